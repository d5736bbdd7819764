//! What the shop knows of a customer. Types that hold personal data print only ids.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::Instant;

/// How far an account has come. Only proof of the e-mail address leads beyond [`Invited`](Self::Invited).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CustomerState {
    /// Made for a guest who has not been told yet.
    Shell,
    /// The guest was mailed.
    Invited,
    /// The address is proved.
    Verified,
    /// The customer has come back, or has changed something of their own.
    Active,
    /// Erased: an id without a person.
    Erased,
}

impl CustomerState {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Shell => "shell",
            Self::Invited => "invited",
            Self::Verified => "verified",
            Self::Active => "active",
            Self::Erased => "erased",
        }
    }

    pub(crate) fn read(text: &str) -> Option<Self> {
        [Self::Shell, Self::Invited, Self::Verified, Self::Active, Self::Erased]
            .into_iter()
            .find(|state| state.as_str() == text)
    }

    /// The e-mail address has been proved.
    #[must_use]
    pub fn is_proved(self) -> bool {
        matches!(self, Self::Verified | Self::Active)
    }
}

/// A month and a day, 1-based; the year is nobody's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Birthday {
    /// 1 to 12.
    #[schema(minimum = 1, maximum = 12)]
    pub month: u8,
    /// 1 to 31.
    #[schema(minimum = 1, maximum = 31)]
    pub day: u8,
}

impl Birthday {
    /// Some year has this day.
    #[must_use]
    pub fn exists(self) -> bool {
        // 2000 had a 29 February.
        jiff::civil::Date::new(2000, i8::try_from(self.month).unwrap_or(0), i8::try_from(self.day).unwrap_or(0)).is_ok()
    }
}

/// Somebody with an account.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Customer {
    /// The customer's id.
    pub id: String,
    /// The opaque id of the e-mail address; of an erased customer, the customer's id.
    pub contact: String,
    /// The e-mail address as typed; empty once erased.
    pub email: String,
    /// How far the account has come.
    pub state: CustomerState,
    /// The whole name, as the customer writes it; may be empty.
    pub name: String,
    /// May be empty.
    pub phone: String,
    /// BCP 47.
    pub locale: String,
    /// For a birthday's reward, where the customer has said.
    pub birthday: Option<Birthday>,
    /// Shut out of rewards by the merchant.
    pub blocked: bool,
    /// When marketing messages were consented to; none without consent.
    pub marketing_since: Option<Instant>,
    /// Labels that the merchant gives, such as `vip`.
    pub tags: Vec<String>,
    /// Set by the merchant; a key that concerns one extension starts with its id and a dot.
    pub attributes: BTreeMap<String, String>,
    /// The id of the default delivery address.
    pub default_shipping: Option<String>,
    /// The id of the default billing address.
    pub default_billing: Option<String>,
    /// When the account was made.
    pub registered_at: Instant,
    /// When the e-mail address was proved.
    pub verified_at: Option<Instant>,
    /// When the account is deleted if nobody claims it.
    pub delete_unclaimed_at: Option<Instant>,
}

impl fmt::Debug for Customer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Customer").field("id", &self.id).field("state", &self.state).finish_non_exhaustive()
    }
}

/// What a customer changes in their profile. What is absent stays.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ProfileChange {
    /// The whole name.
    #[schema(max_length = 200)]
    pub name: Option<String>,
    /// The phone number.
    #[schema(max_length = 50)]
    pub phone: Option<String>,
    /// BCP 47.
    #[schema(max_length = 35)]
    pub locale: Option<String>,
    /// The birthday; null takes it out again.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Birthday>)]
    pub birthday: Option<Option<Birthday>>,
    /// Consent to marketing messages: given or withdrawn.
    pub marketing_consent: Option<bool>,
}

/// A member that is there, be it null, in contrast to one that is absent.
fn given<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Option<Birthday>>, D::Error> {
    Option::deserialize(from).map(Some)
}

impl fmt::Debug for ProfileChange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ProfileChange(…)")
    }
}

/// A postal address. Its fields are those of the contract's `address-book`; which of them a country uses is its own rule.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Address {
    /// Whom it is for.
    #[schema(max_length = 200)]
    pub name: String,
    /// A company or other organization.
    #[schema(max_length = 200)]
    pub organization: String,
    /// Street and number.
    #[schema(max_length = 200)]
    pub line1: String,
    /// What line 1 had no room for.
    #[schema(max_length = 200)]
    pub line2: String,
    /// A district or neighbourhood.
    #[schema(max_length = 200)]
    pub dependent_locality: String,
    /// The city.
    #[schema(max_length = 200)]
    pub locality: String,
    /// The region's code where the country has codes, else its name.
    #[schema(max_length = 200)]
    pub region: String,
    /// The postal code.
    #[schema(max_length = 40)]
    pub postal_code: String,
    /// Such as a CEDEX.
    #[schema(max_length = 40)]
    pub sorting_code: String,
    /// ISO 3166-1 alpha-2.
    #[schema(min_length = 2, max_length = 2)]
    pub country: String,
    /// The phone number for the carrier.
    #[schema(max_length = 50)]
    pub phone: String,
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Address(…)")
    }
}

/// An address in a customer's book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SavedAddress {
    /// The address's id.
    pub id: String,
    /// The fields.
    pub address: Address,
    /// When it was saved.
    pub saved_at: Instant,
    /// When an order last used it.
    pub used_at: Option<Instant>,
}

/// A token of the payment gateway that a customer keeps. No field can hold a card number or a security code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaymentToken {
    /// Opaque.
    pub token: String,
    /// Such as `visa`.
    pub brand: String,
    /// The last four digits of the card.
    #[schema(min_length = 4, max_length = 4)]
    pub last4: String,
    /// The year in which the card expires.
    pub expires_year: u16,
    /// The month in which the card expires, 1 to 12.
    pub expires_month: u8,
    /// When it was last paid with.
    pub used_at: Instant,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_read_back_and_only_proof_leads_beyond_invited() {
        for (state, proved) in [
            (CustomerState::Shell, false),
            (CustomerState::Invited, false),
            (CustomerState::Verified, true),
            (CustomerState::Active, true),
            (CustomerState::Erased, false),
        ] {
            assert_eq!(CustomerState::read(state.as_str()), Some(state));
            assert_eq!(state.is_proved(), proved);
        }
    }

    #[test]
    fn a_birthday_may_be_on_a_leap_day_but_not_on_a_day_that_no_year_has() {
        assert!(Birthday { month: 2, day: 29 }.exists());
        assert!(!Birthday { month: 2, day: 30 }.exists());
        assert!(!Birthday { month: 0, day: 1 }.exists());
        assert!(!Birthday { month: 255, day: 1 }.exists());
    }

    #[test]
    fn a_birthday_that_is_absent_stays_and_null_takes_it_out() {
        let read = |json: &str| serde_json::from_str::<ProfileChange>(json).unwrap().birthday;
        assert_eq!(read("{}"), None);
        assert_eq!(read(r#"{"birthday":null}"#), Some(None));
        assert_eq!(read(r#"{"birthday":{"month":2,"day":3}}"#), Some(Some(Birthday { month: 2, day: 3 })));
        for change in ["{}", r#"{"birthday":null}"#] {
            let change: ProfileChange = serde_json::from_str(change).unwrap();
            assert_eq!(
                serde_json::from_value::<ProfileChange>(serde_json::to_value(&change).unwrap()).unwrap(),
                change
            );
        }
    }

    #[test]
    fn c8_personal_data_does_not_print_itself() {
        let address = Address { name: "Ann Lee".into(), line1: "Main St 1".into(), ..Address::default() };
        assert_eq!(format!("{address:?}"), "Address(…)");
        let change = ProfileChange { name: Some("Ann Lee".into()), ..ProfileChange::default() };
        assert_eq!(format!("{change:?}"), "ProfileChange(…)");
    }
}
