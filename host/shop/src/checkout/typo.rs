//! An e-mail address that looks misspelt, and what was probably meant (C9). It is a hint: nothing ever puts it in the place
//! of what was typed but the shopper.

/// Where most people have their mail. Those that differ from another by a letter are here so that neither is taken for the
/// other.
#[rustfmt::skip]
const PROVIDERS: [&str; 32] = [
    "aol.com", "bluewin.ch", "btinternet.com", "comcast.net", "email.com", "fastmail.com", "free.fr", "freenet.de",
    "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.co.uk", "hotmail.com",
    "hotmail.de", "hotmail.fr", "icloud.com", "laposte.net", "live.com", "mail.com", "orange.fr", "outlook.com",
    "outlook.de", "proton.me", "protonmail.com", "t-online.de", "web.de", "yahoo.com", "ymail.com",
];
/// Shorter names of providers have too many neighbours that are somebody's own.
const SHORTEST: usize = 8;
/// From this length on two slips count as one.
const LONG: usize = 11;
/// Ends that no domain has, and what was meant.
const ENDS: [(&str, &str); 7] = [
    (".con", ".com"),
    (".cmo", ".com"),
    (".ocm", ".com"),
    (".comm", ".com"),
    (".vom", ".com"),
    (".nte", ".net"),
    (".ogr", ".org"),
];

/// What was probably meant by an address; none where nothing looks wrong.
#[must_use]
pub fn meant(email: &str) -> Option<String> {
    let (name, domain) = email.trim().rsplit_once('@').filter(|(name, _)| !name.is_empty())?;
    let domain = domain.to_lowercase();
    if PROVIDERS.contains(&domain.as_str()) {
        return None;
    }
    let mended = ENDS.iter().find_map(|(wrong, right)| Some(format!("{}{right}", domain.strip_suffix(wrong)?)));
    let typed = mended.as_deref().unwrap_or(&domain);
    let provider = nearest(typed).map(str::to_owned);
    provider.or(mended).map(|meant| format!("{name}@{meant}"))
}

/// The provider that a domain is one slip away from: a letter too many, too few, another one, or two that changed places.
fn nearest(domain: &str) -> Option<&'static str> {
    if PROVIDERS.contains(&domain) {
        return None;
    }
    let is_near = |provider: &&&str| {
        let slips = if provider.len() >= LONG { 2 } else { 1 };
        provider.len() >= SHORTEST && strsim::osa_distance(provider, domain) <= slips
    };
    PROVIDERS.iter().filter(is_near).min_by_key(|provider| strsim::osa_distance(provider, domain)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c9_a_slip_in_a_well_known_domain_is_noticed() {
        for (typed, expected) in [
            ("ann@gmial.com", "ann@gmail.com"),
            ("ann@gmal.com", "ann@gmail.com"),
            ("Ann.Lee@GMAIL.CON", "Ann.Lee@gmail.com"),
            ("ann@gmail.co", "ann@gmail.com"),
            ("ann@hotmial.com", "ann@hotmail.com"),
            ("ann@outlok.com", "ann@outlook.com"),
            ("ann@googelmial.com", "ann@googlemail.com"),
            ("ann@shop.example.con", "ann@shop.example.com"),
            (" ann@yaho.com ", "ann@yahoo.com"),
        ] {
            assert_eq!(meant(typed).as_deref(), Some(expected), "{typed}");
        }
    }

    #[test]
    fn c9_an_address_that_may_well_be_right_is_left_in_peace() {
        for right in ["ann@example.com", "ann@mail.com", "ann@ymail.com", "ann@gmx.li", "ann@wed.de", "ann@uni-graz.at"]
        {
            assert_eq!(meant(right), None, "{right}");
        }
        for provider in PROVIDERS {
            assert_eq!(meant(&format!("ann@{provider}")), None, "{provider}");
        }
        for nonsense in ["", "ann", "@gmial.com", "ann@"] {
            assert_eq!(meant(nonsense), None, "{nonsense}");
        }
    }
}
