//! People for tests.

use std::collections::BTreeMap;

use super::{Customer, CustomerState};

/// A customer who proved their address at instant 0.
pub(crate) fn customer(id: &str, contact: &str, email: &str) -> Customer {
    Customer {
        id: id.into(),
        contact: contact.into(),
        email: email.into(),
        state: CustomerState::Active,
        name: String::new(),
        phone: String::new(),
        locale: "en".into(),
        birthday: None,
        blocked: false,
        marketing_since: None,
        tags: Vec::new(),
        attributes: BTreeMap::new(),
        default_shipping: None,
        default_billing: None,
        registered_at: 0,
        verified_at: Some(0),
        delete_unclaimed_at: None,
    }
}
