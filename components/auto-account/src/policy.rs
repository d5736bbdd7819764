//! What the buyer of an order is offered: a function of the order and the settings, and of nothing else. It does not know
//! whether the address has an account, so nobody can learn that from it.

use boomerang_sdk::accounts::{AccountMode, AccountOffer};
use boomerang_sdk::types::Order;

use crate::disposable::is_refused;
use crate::settings::{Policy, Settings};

/// The European Economic Area, where a guest's data may not be kept for an account that was not asked for (EDPB
/// recommendations 2/2025), with Switzerland and the United Kingdom, whose law is close to it.
const EUROPE: [&str; 32] = [
    "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE", "IS", "IT",
    "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// What is offered to the buyer of an order; none for nothing.
pub fn offered(settings: &Settings, order: &Order) -> Option<AccountMode> {
    let flagged = order.flags.iter().any(|flag| settings.skip_flags.contains(flag));
    if order.customer.is_some() || flagged || is_refused(settings, &order.contact_domain) {
        return None;
    }
    match in_country(settings, order.country.as_deref()) {
        Policy::Off => None,
        Policy::Invite => Some(AccountMode::Invite),
        Policy::Automatic => Some(AccountMode::Automatic),
    }
}

/// The policy of a country. An order to nowhere (a download) may come from anywhere, so the stricter rules hold.
fn in_country(settings: &Settings, country: Option<&str>) -> Policy {
    let Some(country) = country else { return settings.europe };
    let own = settings.countries.iter().find(|own| own.country.eq_ignore_ascii_case(country));
    let european = || EUROPE.iter().any(|european| european.eq_ignore_ascii_case(country));
    own.map_or_else(|| if european() { settings.europe } else { settings.elsewhere }, |own| own.policy)
}

/// The offer itself, once for each order.
pub fn offer(settings: &Settings, order: &Order) -> Option<AccountOffer> {
    Some(AccountOffer {
        order: order.id.clone(),
        mode: offered(settings, order)?,
        delete_unclaimed_after_days: settings.delete_unclaimed_after_days,
        key: alloc::format!("order/{}/account", order.id),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Country;

    fn guest(country: Option<&str>) -> Order {
        Order {
            id: "1042".into(),
            country: country.map(Into::into),
            contact_domain: "example.com".into(),
            ..Order::default()
        }
    }

    #[test]
    fn a1_policy_by_jurisdiction() {
        let settings = Settings {
            europe: Policy::Invite,
            elsewhere: Policy::Automatic,
            countries: [
                Country { country: "FR".into(), policy: Policy::Off },
                Country { country: "US".into(), policy: Policy::Invite },
            ]
            .into(),
            ..Settings::default()
        };
        for (country, mode) in [
            (Some("DE"), Some(AccountMode::Invite)),
            (Some("de"), Some(AccountMode::Invite)),
            (Some("FR"), None),
            (Some("US"), Some(AccountMode::Invite)),
            (Some("CA"), Some(AccountMode::Automatic)),
            (None, Some(AccountMode::Invite)),
        ] {
            assert_eq!(offered(&settings, &guest(country)), mode, "{country:?}");
        }
    }

    #[test]
    fn a1_by_default_nobody_gets_an_account_unasked() {
        for country in EUROPE.into_iter().chain(["US", "BR", "JP", "ZZ"]).map(Some).chain([None]) {
            assert_eq!(offered(&Settings::default(), &guest(country)), Some(AccountMode::Invite), "{country:?}");
        }
    }

    #[test]
    fn a1_the_offer_says_when_an_unclaimed_account_goes() {
        let settings = Settings { delete_unclaimed_after_days: 14, ..Settings::default() };
        let offer = offer(&settings, &guest(Some("DE"))).unwrap();
        assert_eq!((offer.order.as_str(), offer.delete_unclaimed_after_days), ("1042", 14));
    }

    #[test]
    fn a2_the_key_is_that_of_the_order() {
        let first = offer(&Settings::default(), &guest(Some("DE"))).unwrap();
        let again = offer(&Settings::default(), &guest(Some("DE"))).unwrap();
        assert_eq!(first.key, "order/1042/account");
        assert_eq!(first, again);
    }

    #[test]
    fn a2_nothing_for_flagged_orders_and_disposable_addresses() {
        let flagged = Order { flags: ["vip".into(), "fraud-suspected".into()].into(), ..guest(Some("US")) };
        assert_eq!(offered(&Settings::default(), &flagged), None);
        let disposable = Order { contact_domain: "x.mailinator.com".into(), ..guest(Some("US")) };
        assert_eq!(offered(&Settings::default(), &disposable), None);
        let settings = Settings { skip_flags: ["vip".into()].into(), ..Settings::default() };
        assert_eq!(offered(&settings, &flagged), None);
    }

    #[test]
    fn a3_an_order_that_belongs_to_an_account_gets_no_offer() {
        let known = Order { customer: Some("anna".into()), ..guest(Some("US")) };
        assert_eq!(offered(&Settings::default(), &known), None);
    }

    #[test]
    fn a6_the_offer_depends_on_nothing_that_tells_one_address_from_another() {
        let other = Order { contact: "another-contact".into(), ..guest(Some("DE")) };
        assert_eq!(offer(&Settings::default(), &other), offer(&Settings::default(), &guest(Some("DE"))));
    }

    #[test]
    fn the_countries_are_sorted() {
        assert!(EUROPE.is_sorted());
    }
}
