//! Erasing a customer (A12, L15): the person goes, the books stay.
//!
//! What named the person is deleted: the address, the profile, the address book, devices, sessions, proofs, what mails
//! said. Orders keep what was sold and the ledger keeps its entries, under ids that lead to nobody.

use serde_json::json;
use thiserror::Error;

use super::{CustomerState, proved};
use crate::clock::Instant;
use crate::store::{
    StoreError, Tx, addresses, audit, carts, contacts, customers, devices, favourites, mailbox, mails, orders,
    payment_tokens, referrals, reviews, sessions, tokens,
};

/// Why nobody was erased.
#[derive(Debug, Error)]
pub enum EraseError {
    /// There is no such account, or it was erased before.
    #[error("there is no account with this id; it may have been erased already")]
    Unknown,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Erases a customer. `actor` is who wants it: the customer, or staff on the customer's behalf.
///
/// # Errors
/// If there is no such account or the database fails.
pub fn erase(tx: &mut Tx<'_>, shop: &str, actor: &str, id: &str, now: Instant) -> Result<(), EraseError> {
    let customer = customers::get(tx, shop, id)?
        .filter(|customer| customer.state != CustomerState::Erased)
        .ok_or(EraseError::Unknown)?;
    let contact = customer.contact.clone();
    orders::erase(tx, shop, id, &contact)?;
    carts::erase_customer(tx, shop, id)?;
    mails::erase_contact(tx, shop, &contact, "the recipient was erased")?;
    mailbox::erase(tx, shop, &customer.email)?;
    tokens::clear(tx, shop, &contact)?;
    sessions::revoke_all(tx, shop, id, None)?;
    devices::revoke_all(tx, shop, id)?;
    addresses::clear(tx, shop, id)?;
    favourites::clear(tx, shop, id)?;
    payment_tokens::clear(tx, shop, id)?;
    reviews::clear(tx, shop, id)?;
    referrals::clear(tx, shop, id)?;
    contacts::delete(tx, shop, &contact)?;
    let nobody = proved::blank(id, id, CustomerState::Erased, "", customer.registered_at);
    customers::update(tx, shop, &nobody)?;
    audit::write(tx, shop, now, actor, "customer.erased", &format!("customer/{id}"), &json!({}))?;
    Ok(())
}
