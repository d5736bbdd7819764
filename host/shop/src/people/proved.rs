//! What follows when somebody proves an e-mail address: the account is theirs, and what was held for the address comes
//! to it. Nothing but a mailed proof leads here (A3, L12).

use std::collections::BTreeMap;

use super::happenings::tell;
use super::{Customer, CustomerState};
use crate::clock::Instant;
use crate::ids;
use crate::mail::Signal;
use crate::store::offers::{self, OfferState};
use crate::store::{StoreError, Tx, addresses, contacts, customers, mails, orders, tokens};

/// The latest orders whose addresses come into the book.
const ORDERS_LOOKED_AT: u32 = 50;

/// Somebody who has just proved an address.
pub(crate) struct Proved {
    pub(crate) customer: Customer,
    /// The address was not proved before.
    pub(crate) first: bool,
}

/// Makes the account behind a contact its reader's: makes it if there is none, claims the one that waits, and moves a
/// verified one on to active. Every other proof mailed to the contact is worthless from now on.
pub(crate) fn prove(
    tx: &mut Tx<'_>,
    shop: &str,
    contact: &str,
    locale: &str,
    now: Instant,
) -> Result<Proved, StoreError> {
    contacts::prove(tx, shop, contact, now)?;
    tokens::clear(tx, shop, contact)?;
    let known = customers::by_contact(tx, shop, contact)?;
    let first = !known.as_ref().is_some_and(|customer| customer.state.is_proved());
    let mut customer = match known {
        None => register(tx, shop, contact, locale, now)?,
        Some(customer) if first => claim(tx, shop, customer, now)?,
        Some(customer) => activate(tx, shop, customer)?,
    };
    customer = link(tx, shop, customer, now)?;
    if first {
        offers::settle_contact(tx, shop, contact, OfferState::Accepted)?;
        mails::signal(tx, shop, contact, Signal::Verified, now)?;
        tell(tx, shop, &customer.id, "registered", &[], now)?;
        tell(tx, shop, &customer.id, "verified", &[], now)?;
    }
    Ok(Proved { customer, first })
}

/// Brings what was held for the contact to the account: guests' orders with what they took of limits for each shopper,
/// points, and the addresses on those orders. A present's address is somebody else's.
fn link(tx: &mut Tx<'_>, shop: &str, mut customer: Customer, now: Instant) -> Result<Customer, StoreError> {
    let mut joining = orders::of(tx, shop, &customer.contact, ORDERS_LOOKED_AT)?;
    joining.retain(|order| order.customer.is_none());
    orders::link_contact(tx, shop, &customer.contact, &customer.id, now)?;
    if joining.is_empty() {
        return Ok(customer);
    }
    for order in joining {
        let used_at = Some(order.placed_at);
        let own = order.shipping.filter(|_| !order.gift);
        let payer = order.billing.as_ref().or(own.as_ref());
        if let Some(name) = payer.map(|address| &address.name).filter(|_| customer.name.is_empty()) {
            customer.name.clone_from(name);
        }
        if let Some(billing) = &order.billing {
            let id = addresses::add(tx, shop, &customer.id, billing, used_at, now)?;
            customer.default_billing.get_or_insert(id);
        }
        if let Some(shipping) = &own {
            let id = addresses::add(tx, shop, &customer.id, shipping, used_at, now)?;
            customer.default_shipping.get_or_insert(id);
        }
    }
    customers::update(tx, shop, &customer)?;
    Ok(customer)
}

fn register(tx: &mut Tx<'_>, shop: &str, contact: &str, locale: &str, now: Instant) -> Result<Customer, StoreError> {
    let id = ids::new("cus", now);
    let customer = Customer { verified_at: Some(now), ..blank(&id, contact, CustomerState::Verified, locale, now) };
    customers::insert(tx, shop, &customer)?;
    Ok(customers::get(tx, shop, &id)?.unwrap_or(customer))
}

fn claim(tx: &mut Tx<'_>, shop: &str, mut customer: Customer, now: Instant) -> Result<Customer, StoreError> {
    customer.state = CustomerState::Verified;
    customer.verified_at = Some(now);
    customer.delete_unclaimed_at = None;
    customers::update(tx, shop, &customer)?;
    Ok(customer)
}

/// A verified customer who comes back, or changes something of their own, is active.
pub(crate) fn activate(tx: &mut Tx<'_>, shop: &str, mut customer: Customer) -> Result<Customer, StoreError> {
    if customer.state == CustomerState::Verified {
        customer.state = CustomerState::Active;
        customers::update(tx, shop, &customer)?;
    }
    Ok(customer)
}

/// An account with nothing in it. It has no consent to marketing: an account is none (A9).
pub(crate) fn blank(id: &str, contact: &str, state: CustomerState, locale: &str, now: Instant) -> Customer {
    Customer {
        id: id.into(),
        contact: contact.into(),
        email: String::new(),
        state,
        name: String::new(),
        phone: String::new(),
        locale: locale.into(),
        birthday: None,
        blocked: false,
        marketing_since: None,
        tags: Vec::new(),
        attributes: BTreeMap::new(),
        default_shipping: None,
        default_billing: None,
        registered_at: now,
        verified_at: None,
        delete_unclaimed_at: None,
    }
}
