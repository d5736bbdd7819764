//! What the merchant can set, with safe defaults.

use alloc::{format, string::String, vec, vec::Vec};

use boomerang_sdk::types::SettingError;
use serde::{Deserialize, Serialize};

/// Everything the merchant can set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Settings {
    /// For orders to countries of the European Economic Area, and to an unknown country.
    pub europe: Policy,
    /// For orders to everywhere else.
    pub elsewhere: Policy,
    /// Countries with a policy of their own.
    pub countries: Vec<Country>,
    /// An account that nobody has claimed is deleted after so many days.
    pub delete_unclaimed_after_days: u32,
    /// Orders with one of these flags get no offer.
    pub skip_flags: Vec<String>,
    /// Nothing is offered to addresses of well-known throw-away mail services.
    pub skip_disposable: bool,
    /// More domains to which nothing is offered, their subdomains included.
    pub blocked_domains: Vec<String>,
    /// Domains that are welcome although they count as disposable.
    pub allowed_domains: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            europe: Policy::Invite,
            elsewhere: Policy::Invite,
            countries: Vec::new(),
            delete_unclaimed_after_days: 30,
            skip_flags: vec!["fraud-suspected".into()],
            skip_disposable: true,
            blocked_domains: Vec::new(),
            allowed_domains: Vec::new(),
        }
    }
}

/// What a guest is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// Nothing.
    Off,
    /// An invitation: the account is made once the guest accepts.
    Invite,
    /// An empty account, made at once, with notice and a way to refuse it.
    Automatic,
}

/// A country with a policy of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Country {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// What guests there are offered.
    pub policy: Policy,
}

/// The settings with codes and domains in the form in which orders have them, or what the merchant has to change.
pub fn check(mut settings: Settings) -> Result<Settings, Vec<SettingError>> {
    let mut errors = Vec::new();
    for position in 0..settings.countries.len() {
        let (before, rest) = settings.countries.split_at_mut(position);
        let country = &mut rest[0].country;
        country.make_ascii_uppercase();
        let pointer = format!("/countries/{position}/country");
        if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
            errors.push(SettingError::new(pointer, "Enter a country by its two letters, such as DE."));
        } else if before.iter().any(|other| other.country == *country) {
            errors.push(SettingError::new(pointer, "This country is in the list already. Keep one of the two."));
        }
    }
    if !(1..=365).contains(&settings.delete_unclaimed_after_days) {
        errors.push(SettingError::new("/delete-unclaimed-after-days", "Enter a number of days from 1 to 365."));
    }
    for (list, domains) in
        [("blocked-domains", &mut settings.blocked_domains), ("allowed-domains", &mut settings.allowed_domains)]
    {
        for (position, domain) in domains.iter_mut().enumerate() {
            *domain = domain.trim_ascii().trim_start_matches('@').trim_end_matches('.').to_ascii_lowercase();
            if !is_domain(domain) {
                let message = "Enter a domain only, such as example.com, in the letters it has on the wire.";
                errors.push(SettingError::new(format!("/{list}/{position}"), message));
            }
        }
    }
    if errors.is_empty() { Ok(settings) } else { Err(errors) }
}

/// Whether a text is a domain of at least two labels. Others than ASCII letters have to be in their encoded form.
fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.contains('.') && text.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use boomerang_sdk::settings::{prepare, unpack};

    fn read(json: &str) -> Result<Settings, Vec<SettingError>> {
        prepare(json, check).map(|bytes| unpack(&bytes).expect("packed settings"))
    }

    fn pointers(json: &str) -> Vec<String> {
        read(json).unwrap_err().into_iter().map(|error| error.pointer).collect()
    }

    #[test]
    fn a1_the_defaults_invite_and_make_nothing_by_themselves() {
        let settings = read("{}").unwrap();
        assert_eq!((settings.europe, settings.elsewhere), (Policy::Invite, Policy::Invite));
        assert_eq!(settings, Settings::default());
    }

    #[test]
    fn the_defaults_of_the_manifest_are_those_of_the_code() {
        let manifest: serde_json::Value = serde_json::from_str(include_str!("../manifest.json")).unwrap();
        let properties = manifest["settings"]["properties"].as_object().unwrap();
        let defaults = properties.iter().map(|(name, schema)| (name.clone(), schema["default"].clone()));
        let defaults: serde_json::Value = defaults.collect();
        assert_eq!(defaults["europe"], "invite");
        assert_eq!(read(&defaults.to_string()).unwrap(), Settings::default());
        assert_eq!(properties.len(), 8, "every setting is in the schema");
    }

    #[test]
    fn codes_and_domains_are_brought_into_their_usual_form() {
        let json = r#"{"countries": [{"country": "de", "policy": "off"}], "blocked-domains": [" @Spam.Example. "]}"#;
        let settings = read(json).unwrap();
        assert_eq!(settings.countries[0], Country { country: "DE".into(), policy: Policy::Off });
        assert_eq!(settings.blocked_domains, ["spam.example"]);
    }

    #[test]
    fn what_is_wrong_is_pointed_at() {
        let json = r#"{"countries": [{"country": "AT", "policy": "off"}, {"country": "at", "policy": "invite"},
            {"country": "Austria", "policy": "off"}], "delete-unclaimed-after-days": 0,
            "blocked-domains": ["ok.example", "localhost", "a@b.example", "-x.example", "a..b"],
            "allowed-domains": ["münchen.example"]}"#;
        assert_eq!(
            pointers(json),
            [
                "/countries/1/country",
                "/countries/2/country",
                "/delete-unclaimed-after-days",
                "/blocked-domains/1",
                "/blocked-domains/2",
                "/blocked-domains/3",
                "/blocked-domains/4",
                "/allowed-domains/0",
            ]
        );
    }
}
