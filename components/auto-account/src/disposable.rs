//! Domains of throw-away mail: an account for such an address is of no use to anybody but those who farm them.

use alloc::string::String;

use crate::settings::Settings;

/// Well-known services that give out addresses for minutes. Few and sure ones: a longer list grows stale, and the
/// merchant can add to this one.
const KNOWN: [&str; 40] = [
    "0-mail.com",
    "10minutemail.com",
    "20minutemail.com",
    "33mail.com",
    "anonbox.net",
    "burnermail.io",
    "discard.email",
    "dispostable.com",
    "emailondeck.com",
    "fakeinbox.com",
    "getairmail.com",
    "getnada.com",
    "grr.la",
    "guerrillamail.biz",
    "guerrillamail.com",
    "guerrillamail.de",
    "guerrillamail.info",
    "guerrillamail.net",
    "guerrillamail.org",
    "guerrillamailblock.com",
    "harakirimail.com",
    "inboxkitten.com",
    "mail-temp.com",
    "mailcatch.com",
    "maildrop.cc",
    "mailinator.com",
    "mailnesia.com",
    "mintemail.com",
    "moakt.com",
    "mohmal.com",
    "mytemp.email",
    "sharklasers.com",
    "spam4.me",
    "temp-mail.io",
    "temp-mail.org",
    "tempmail.dev",
    "throwawaymail.com",
    "trash-mail.com",
    "trashmail.com",
    "yopmail.com",
];

/// Whether addresses of a domain, or of one above it, get no offer.
pub fn is_refused(settings: &Settings, domain: &str) -> bool {
    let listed = |list: &[String]| list.iter().any(|listed| is_within(domain, listed));
    if listed(&settings.allowed_domains) {
        return false;
    }
    listed(&settings.blocked_domains) || settings.skip_disposable && KNOWN.iter().any(|known| is_within(domain, known))
}

/// Whether a domain is another one or lies below it.
fn is_within(domain: &str, above: &str) -> bool {
    match domain.len().checked_sub(above.len()) {
        Some(0) => domain.eq_ignore_ascii_case(above),
        Some(cut) => {
            let (below, end) = domain.as_bytes().split_at(cut);
            below.ends_with(b".") && end.eq_ignore_ascii_case(above.as_bytes())
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a2_known_services_and_everything_below_them() {
        let settings = Settings::default();
        for domain in ["mailinator.com", "MAILINATOR.COM", "a.b.mailinator.com", "grr.la"] {
            assert!(is_refused(&settings, domain), "{domain}");
        }
        for domain in ["example.com", "notmailinator.com", "mailinator.com.example", "com", "", "ünï.mailinator.comx"]
        {
            assert!(!is_refused(&settings, domain), "{domain}");
        }
    }

    #[test]
    fn a2_the_merchant_adds_and_excepts() {
        let settings = Settings {
            blocked_domains: ["spam.example".into()].into(),
            allowed_domains: ["trashmail.com".into(), "good.spam.example".into()].into(),
            ..Settings::default()
        };
        assert!(is_refused(&settings, "sub.spam.example"));
        assert!(!is_refused(&settings, "good.spam.example"));
        assert!(!is_refused(&settings, "trashmail.com"));
        assert!(is_refused(&settings, "yopmail.com"));
    }

    #[test]
    fn a2_the_built_in_list_can_be_turned_off() {
        let settings =
            Settings { skip_disposable: false, blocked_domains: ["spam.example".into()].into(), ..Settings::default() };
        assert!(!is_refused(&settings, "yopmail.com"));
        assert!(is_refused(&settings, "spam.example"));
    }

    #[test]
    fn the_list_is_sorted_and_in_lower_case() {
        assert!(KNOWN.is_sorted());
        assert!(KNOWN.iter().all(|domain| !domain.contains(|letter: char| letter.is_ascii_uppercase())));
    }

    proptest! {
        #[test]
        fn a2_subdomains_count_and_neighbours_do_not(label in "[a-z0-9]{1,12}", known in prop::sample::select(&KNOWN[..])) {
            let settings = Settings::default();
            let (below, beside) = (format!("{label}.{known}"), format!("{label}{known}"));
            prop_assert!(is_refused(&settings, &below));
            prop_assert_eq!(is_refused(&settings, &beside), KNOWN.contains(&&*beside));
        }
    }
}
