//! A shop (a tenant) and the policies that its merchant sets.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use axum::http::Uri;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use crate::cart::delivery::DeliveryMethod;
use crate::clock::{Instant, MINUTE};
use crate::people::Email;

/// One tenant of the platform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Shop {
    /// The id that stands in addresses, such as `demo`.
    pub id: String,
    /// The name that shoppers read.
    pub name: String,
    /// What every link in a mail starts with, such as `https://shop.example`; without a slash at its end.
    pub base_url: String,
    /// ISO 4217.
    pub currency: String,
    /// An IANA time zone.
    pub time_zone: String,
    /// A BCP 47 tag.
    pub locale: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// When the shop was opened.
    pub created_at: Instant,
    /// What the merchant has set.
    pub policies: Policies,
}

/// What a merchant decides for the whole shop. Every field has a safe default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Policies {
    /// The usual rate of tax.
    pub tax_basis_points: u32,
    /// Rates for goods sent to other countries; the usual rate where a country is missing.
    pub tax_by_country: BTreeMap<String, u32>,
    /// Catalogue prices and fees contain the tax; otherwise it is added to them.
    pub prices_include_tax: bool,
    /// How long a delivered order can be given back; points stay pending as long.
    pub refund_window_days: u32,
    /// How goods can be sent, in the order shown.
    pub delivery: Vec<DeliveryMethod>,
    /// Dates on which nothing is sent or delivered, as `2026-12-25`.
    pub holidays: Vec<String>,
    /// How long stock, points and quotas stay reserved for a shopper in checkout.
    pub checkout_minutes: u32,
    /// A customer's cart counts as abandoned once it was not touched for so long, and extensions are told.
    pub abandoned_after_hours: u32,
    /// No messages are sent in these hours, except those that the shopper is waiting for.
    pub quiet_hours: Option<QuietHours>,
    /// At most this many messages of all extensions together, for each shopper.
    pub mail_cap: MailCap,
    /// Where answers to mails go; the address that mails come from when none is set.
    pub reply_to: Option<String>,
    /// Which price may be shown as the one before a reduction.
    pub prior_price: PriorPricePolicy,
    /// Who sends goods for the shop. Extensions hand them parts of orders, and each part is mailed.
    pub suppliers: Vec<Supplier>,
    /// What the first page says.
    pub welcome: Welcome,
}

impl Default for Policies {
    fn default() -> Self {
        Self {
            tax_basis_points: 2_000,
            tax_by_country: BTreeMap::new(),
            prices_include_tax: true,
            refund_window_days: 30,
            delivery: vec![DeliveryMethod::standard()],
            holidays: Vec::new(),
            checkout_minutes: 15,
            abandoned_after_hours: 4,
            quiet_hours: Some(QuietHours::default()),
            mail_cap: MailCap::default(),
            reply_to: None,
            prior_price: PriorPricePolicy::default(),
            suppliers: Vec::new(),
            welcome: Welcome::default(),
        }
    }
}

/// Somebody who sends goods to the shop's customers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Supplier {
    /// What extensions call them: 1 to 64 small letters, digits and hyphens.
    #[schema(example = "acme")]
    pub id: String,
    /// The name.
    #[schema(example = "Acme Logistics")]
    pub name: String,
    /// Where orders are mailed to.
    #[schema(example = "orders@acme.example")]
    pub email: String,
}

/// What the first page of a shop says, in the merchant's words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Welcome {
    /// The heading; the shop's name where there is none.
    pub title: String,
    /// A sentence below it.
    pub text: String,
}

/// A span of the day in the shop's time zone, as minutes since midnight. It may run over midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuietHours {
    /// The first quiet minute.
    pub from_minute: u16,
    /// The first minute that is no longer quiet.
    pub until_minute: u16,
}

impl Default for QuietHours {
    /// From 21:00 until 8:00.
    fn default() -> Self {
        Self { from_minute: 21 * 60, until_minute: 8 * 60 }
    }
}

impl QuietHours {
    /// Whether a minute of the day is quiet.
    #[must_use]
    pub fn contain(&self, minute: u16) -> bool {
        if self.from_minute <= self.until_minute {
            (self.from_minute..self.until_minute).contains(&minute)
        } else {
            minute >= self.from_minute || minute < self.until_minute
        }
    }
}

/// How many messages are friendly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MailCap {
    /// Messages.
    pub messages: u32,
    /// In this many days.
    pub days: u32,
}

impl Default for MailCap {
    fn default() -> Self {
        Self { messages: 3, days: 7 }
    }
}

/// The rule for the price before a reduction (EU directive 98/6, Art. 6a), with its options for member states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct PriorPricePolicy {
    /// The days before the reduction that count.
    pub days: u32,
    /// Art. 6a (4): for goods on the market for a shorter time, this many days before the reduction are enough; none to ask
    /// for the whole span, so that such goods have no prior price yet.
    pub new_goods_days: Option<u32>,
    /// Art. 6a (3): goods that perish are free of the rule; their prior price is the one in force just before.
    pub perishables_exempt: bool,
    /// Art. 6a (5): of a reduction that grows step by step without a break, the prior price is the one before its first step.
    pub progressive: bool,
}

impl Default for PriorPricePolicy {
    fn default() -> Self {
        Self { days: 30, new_goods_days: Some(1), perishables_exempt: false, progressive: false }
    }
}

/// One thing about a shop that the merchant has to change.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{field}: {message}")]
pub struct PolicyError {
    /// The field, such as `policies.delivery`.
    pub field: &'static str,
    /// What is wrong and what to enter instead.
    pub message: String,
}

impl Shop {
    /// The shop's time zone; UTC if the database of zones has lost it since it was checked.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC)
    }

    /// Whether browsers may be told to send cookies over an encrypted connection only: everywhere but on this machine.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        !is_local(&self.base_url)
    }

    /// How long a reservation made in checkout lasts.
    #[must_use]
    pub fn checkout_time(&self) -> Instant {
        Instant::from(self.policies.checkout_minutes) * MINUTE
    }

    /// Checks what a merchant has entered.
    ///
    /// # Errors
    /// The first thing to change.
    pub fn check(&self) -> Result<(), PolicyError> {
        ensure(is_id(&self.id), "id", "use 1 to 64 small letters, digits and hyphens")?;
        ensure((1..=120).contains(&self.name.trim().chars().count()), "name", "use 1 to 120 characters")?;
        let url = self.base_url.starts_with("https://") || is_local(&self.base_url);
        let wanted = "start with https:// and leave out the last slash; http:// is for this machine alone, such as \
                      http://localhost:8080";
        ensure(url && !self.base_url.ends_with('/'), "base_url", wanted)?;
        let letters = |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_uppercase());
        ensure(letters(&self.currency, 3), "currency", "use three capital letters of ISO 4217, such as EUR")?;
        ensure(letters(&self.country, 2), "country", "use two capital letters of ISO 3166, such as AT")?;
        ensure(!self.locale.is_empty() && self.locale.len() <= 35, "locale", "use a BCP 47 tag, such as de-AT")?;
        let zone = TimeZone::get(&self.time_zone).is_ok();
        ensure(zone, "time_zone", "use a name of the IANA database, such as Europe/Vienna")?;
        self.policies.check()
    }
}

impl Policies {
    fn check(&self) -> Result<(), PolicyError> {
        let rates = self.tax_by_country.values().chain([&self.tax_basis_points]);
        ensure(
            rates.into_iter().all(|rate| *rate <= 10_000),
            "policies.tax",
            "use at most 10000 basis points (100 %)",
        )?;
        ensure(self.refund_window_days <= 90, "policies.refund_window_days", "use 0 to 90 days")?;
        ensure((1..=120).contains(&self.checkout_minutes), "policies.checkout_minutes", "use 1 to 120 minutes")?;
        let left = (1..=720).contains(&self.abandoned_after_hours);
        ensure(left, "policies.abandoned_after_hours", "use 1 to 720 hours")?;
        ensure((1..=365).contains(&self.prior_price.days), "policies.prior_price.days", "use 1 to 365 days")?;
        ensure((1..=365).contains(&self.mail_cap.days), "policies.mail_cap.days", "use 1 to 365 days")?;
        ensure(self.welcome.title.chars().count() <= 80, "policies.welcome.title", "use at most 80 characters")?;
        ensure(self.welcome.text.chars().count() <= 300, "policies.welcome.text", "use at most 300 characters")?;
        if let Some(address) = &self.reply_to {
            // It stands in the head of every mail, so not even a space around it is let by.
            let is_address = Email::parse(address).is_ok_and(|email| email.as_typed() == address);
            ensure(is_address, "policies.reply_to", "enter one e-mail address, such as hello@example.com")?;
        }
        if let Some(quiet) = self.quiet_hours {
            let day = 24 * 60;
            let fits = quiet.from_minute < day && quiet.until_minute < day;
            ensure(fits, "policies.quiet_hours", "use minutes of the day, 0 to 1439")?;
        }
        for date in &self.holidays {
            let known = date.parse::<jiff::civil::Date>().is_ok();
            ensure(known, "policies.holidays", "write each date as 2026-12-25")?;
        }
        for supplier in &self.suppliers {
            let named = is_id(&supplier.id) && (1..=120).contains(&supplier.name.trim().chars().count());
            let hint = "give each an id of small letters, digits and hyphens, a name and an e-mail address";
            ensure(named && Email::parse(&supplier.email).is_ok(), "policies.suppliers", hint)?;
        }
        let suppliers: BTreeSet<&str> = self.suppliers.iter().map(|supplier| supplier.id.as_str()).collect();
        ensure(suppliers.len() == self.suppliers.len(), "policies.suppliers", "give every supplier an id of its own")?;
        let mut ids: Vec<&str> = self.delivery.iter().map(|method| method.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        ensure(ids.len() == self.delivery.len(), "policies.delivery", "give every method an id of its own")?;
        self.delivery.iter().try_for_each(|method| {
            method.check().map_err(|message| PolicyError { field: "policies.delivery", message: message.to_owned() })
        })
    }
}

fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// Whether an address is plain HTTP to this very machine, where nobody listens in between.
fn is_local(base_url: &str) -> bool {
    let Ok(url) = base_url.parse::<Uri>() else { return false };
    let host = url.host().unwrap_or_default();
    let is_loopback = match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    };
    url.scheme_str() == Some("http") && is_loopback
}

fn ensure(holds: bool, field: &'static str, message: &str) -> Result<(), PolicyError> {
    if holds { Ok(()) } else { Err(PolicyError { field, message: message.to_owned() }) }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A shop in Vienna that sells in euros.
    pub(crate) fn vienna() -> Shop {
        Shop {
            id: "demo".into(),
            name: "Demo".into(),
            base_url: "https://shop.example".into(),
            currency: "EUR".into(),
            time_zone: "Europe/Vienna".into(),
            locale: "de-AT".into(),
            country: "AT".into(),
            created_at: 0,
            policies: Policies::default(),
        }
    }

    /// A supplier of that id and address.
    pub(crate) fn acme(id: &str, email: &str) -> Supplier {
        Supplier { id: id.into(), name: "Acme".into(), email: email.into() }
    }

    #[test]
    fn a_shop_with_the_defaults_is_valid_and_one_with_a_supplier_too() {
        let mut shop = vienna();
        assert_eq!(shop.check(), Ok(()));
        shop.policies.suppliers = vec![acme("acme", "orders@acme.example")];
        assert_eq!(shop.check(), Ok(()));
    }

    #[test]
    fn plain_http_is_for_this_machine_alone() {
        let with = |base_url: &str| Shop { base_url: base_url.into(), ..vienna() };
        for local in ["http://localhost", "http://localhost:8080", "http://127.0.0.1:1", "http://[::1]:8080"] {
            assert!(with(local).check().is_ok() && !with(local).is_secure(), "{local}");
        }
        for wide in
            ["http://shop.example", "http://localhost.evil.example", "http://127.0.0.1.evil.example", "http://10.0.0.1"]
        {
            assert_eq!(with(wide).check().unwrap_err().field, "base_url", "{wide}");
            assert!(with(wide).is_secure(), "{wide}");
        }
        assert!(with("https://localhost").is_secure() && with("https://localhost").check().is_ok());
    }

    #[test]
    fn what_a_merchant_gets_wrong_is_named_by_field() {
        type Change = fn(&mut Shop);
        let wrong: [(&str, Change); 15] = [
            ("id", |shop| shop.id = "De mo".into()),
            ("base_url", |shop| shop.base_url = "https://shop.example/".into()),
            ("currency", |shop| shop.currency = "eur".into()),
            ("time_zone", |shop| shop.time_zone = "Europe/Atlantis".into()),
            ("policies.tax", |shop| shop.policies.tax_basis_points = 10_001),
            ("policies.refund_window_days", |shop| shop.policies.refund_window_days = 91),
            ("policies.abandoned_after_hours", |shop| shop.policies.abandoned_after_hours = 0),
            ("policies.holidays", |shop| shop.policies.holidays = vec!["25.12.2026".into()]),
            ("policies.delivery", |shop| shop.policies.delivery.push(DeliveryMethod::standard())),
            ("policies.suppliers", |shop| shop.policies.suppliers = vec![acme("Acme Ltd", "orders@acme.example")]),
            ("policies.suppliers", |shop| shop.policies.suppliers = vec![acme("acme", "orders")]),
            ("policies.suppliers", |shop| shop.policies.suppliers = vec![acme("acme", "a@acme.example"); 2]),
            ("policies.reply_to", |shop| {
                shop.policies.reply_to = Some("hello@example.com\r\nBcc: eve@example.com".into())
            }),
            ("policies.reply_to", |shop| shop.policies.reply_to = Some("hello@example.com ".into())),
            ("policies.welcome.title", |shop| shop.policies.welcome.title = "x".repeat(81)),
        ];
        for (field, change) in wrong {
            let mut shop = vienna();
            change(&mut shop);
            assert_eq!(shop.check().map_err(|error| error.field), Err(field));
        }
    }

    #[test]
    fn quiet_hours_run_over_midnight_and_are_half_open() {
        let night = QuietHours::default();
        assert!(night.contain(21 * 60) && night.contain(0) && night.contain(8 * 60 - 1));
        assert!(!night.contain(8 * 60) && !night.contain(21 * 60 - 1));
        let siesta = QuietHours { from_minute: 780, until_minute: 900 };
        assert!(siesta.contain(780) && !siesta.contain(900) && !siesta.contain(0));
    }

    #[test]
    fn policies_stored_before_a_field_existed_get_its_default() {
        let stored: Policies = serde_json::from_str(r#"{"refund_window_days":14}"#).unwrap();
        assert_eq!(stored, Policies { refund_window_days: 14, ..Policies::default() });
    }

    #[test]
    fn policies_stored_with_a_field_that_is_gone_are_still_read() {
        let stored: Policies = serde_json::from_str(r#"{"deficit":"clamp","checkout_minutes":5}"#).unwrap();
        assert_eq!(stored, Policies { checkout_minutes: 5, ..Policies::default() });
    }
}
