//! People in orders: joining a guest's orders to an account, and erasing somebody.

use super::version;
use crate::clock::Instant;
use crate::store::{StoreError, Tx, claims, ledger, values, versions};

/// Gives a customer who has just proved an address the guests' orders made with it, the points held for it, and what those
/// orders took of limits for each shopper. Says how many orders joined. Doing it again changes nothing.
///
/// # Errors
/// If the database fails.
pub fn link_contact(
    tx: &mut Tx<'_>,
    shop: &str,
    contact: &str,
    customer: &str,
    now: Instant,
) -> Result<usize, StoreError> {
    let joined = tx.query(
        "update orders set customer = ?3 where shop = ?1 and contact = ?2 and customer is null returning id",
        values![shop, contact, customer],
    )?;
    for row in &joined {
        let order = row.text(0)?;
        claims::join_customer(tx, shop, &order, customer)?;
        versions::bump(tx, shop, &version(&order))?;
    }
    ledger::link_contact(tx, shop, contact, customer, now)?;
    Ok(joined.len())
}

/// Takes the person out of every order of a customer: addresses, notes and language go, what was bought and paid stays, as
/// the law asks. The points' book forgets whose they were.
///
/// # Errors
/// If the database fails.
pub fn erase(tx: &mut Tx<'_>, shop: &str, customer: &str) -> Result<(), StoreError> {
    let orders = tx.query(
        "update orders set shipping = null, billing = null, attributes = '{}', contact_domain = ''
         where shop = ?1 and customer = ?2 returning id",
        values![shop, customer],
    )?;
    for row in &orders {
        let order = row.text(0)?;
        tx.execute(
            "update order_lines set attributes = '{}' where shop = ?1 and order_id = ?2",
            values![shop, &order],
        )?;
        tx.execute("update refunds set reason = '' where shop = ?1 and order_id = ?2", values![shop, &order])?;
        versions::bump(tx, shop, &version(&order))?;
    }
    ledger::erase(tx, shop, customer)
}
