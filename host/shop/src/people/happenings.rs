//! What customers do, told to the extensions that listen (`customer-events`).

use boomerang_engine::contract::{Attribute, CustomerEvent};

use crate::clock::Instant;
use crate::store::{StoreError, Tx, events};

/// Tells the installations of a shop what a customer did, in the transaction in which they did it.
pub(crate) fn tell(
    tx: &mut Tx<'_>,
    shop: &str,
    customer: &str,
    topic: &str,
    attributes: &[(&str, &str)],
    now: Instant,
) -> Result<(), StoreError> {
    let attribute = |(key, value): &(&str, &str)| Attribute { key: (*key).into(), value: (*value).into() };
    let event = CustomerEvent {
        id: String::new(),
        topic: topic.into(),
        occurred_at: now,
        customer: customer.into(),
        attributes: attributes.iter().map(attribute).collect(),
    };
    events::publish_customer(tx, shop, event)?;
    Ok(())
}
