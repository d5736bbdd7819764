//! Customers' address books.

use super::db::to_json;
use super::{Row, StoreError, Tx, values, versions};
use crate::clock::Instant;
use crate::ids;
use crate::people::{Address, SavedAddress};

/// The addresses of a customer, those used last first.
///
/// # Errors
/// If the database fails.
pub fn list(tx: &mut Tx<'_>, shop: &str, customer: &str) -> Result<Vec<SavedAddress>, StoreError> {
    tx.query(
        "select id, address, saved_at, used_at from addresses where shop = ?1 and customer = ?2
         order by coalesce(used_at, saved_at) desc, id desc",
        values![shop, customer],
    )?
    .iter()
    .map(saved)
    .collect()
}

/// One address of a customer.
///
/// # Errors
/// If the database fails.
pub fn get(tx: &mut Tx<'_>, shop: &str, customer: &str, id: &str) -> Result<Option<SavedAddress>, StoreError> {
    tx.first(
        "select id, address, saved_at, used_at from addresses where shop = ?1 and customer = ?2 and id = ?3",
        values![shop, customer, id],
    )?
    .as_ref()
    .map(saved)
    .transpose()
}

/// Puts an address into the book and gives its id; an address that is there already keeps its own.
///
/// # Errors
/// If the database fails.
pub fn add(
    tx: &mut Tx<'_>,
    shop: &str,
    customer: &str,
    address: &Address,
    used_at: Option<Instant>,
    now: Instant,
) -> Result<String, StoreError> {
    if let Some(same) = list(tx, shop, customer)?.into_iter().find(|saved| saved.address == *address) {
        if used_at > same.used_at {
            tx.execute(
                "update addresses set used_at = ?4 where shop = ?1 and customer = ?2 and id = ?3",
                values![shop, customer, &same.id, used_at],
            )?;
            versions::bump(tx, shop, &format!("customer/{customer}"))?;
        }
        return Ok(same.id);
    }
    let id = ids::new("adr", now);
    tx.execute(
        "insert into addresses (shop, customer, id, address, saved_at, used_at) values (?1, ?2, ?3, ?4, ?5, ?6)",
        values![shop, customer, &id, to_json(address)?, now, used_at],
    )?;
    versions::bump(tx, shop, &format!("customer/{customer}"))?;
    Ok(id)
}

/// Changes an address of the book. Says whether there is one with the id.
///
/// # Errors
/// If the database fails.
pub fn change(tx: &mut Tx<'_>, shop: &str, customer: &str, id: &str, address: &Address) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "update addresses set address = ?4 where shop = ?1 and customer = ?2 and id = ?3",
        values![shop, customer, id, to_json(address)?],
    )?;
    versions::bump(tx, shop, &format!("customer/{customer}"))?;
    Ok(changed > 0)
}

/// Takes an address out of the book, and out of the customer's defaults. Says whether there was one with the id.
///
/// # Errors
/// If the database fails.
pub fn remove(tx: &mut Tx<'_>, shop: &str, customer: &str, id: &str) -> Result<bool, StoreError> {
    let removed =
        tx.execute("delete from addresses where shop = ?1 and customer = ?2 and id = ?3", values![shop, customer, id])?;
    tx.execute(
        "update customers set default_shipping = case when default_shipping = ?3 then null else default_shipping end,
             default_billing = case when default_billing = ?3 then null else default_billing end
         where shop = ?1 and id = ?2",
        values![shop, customer, id],
    )?;
    versions::bump(tx, shop, &format!("customer/{customer}"))?;
    Ok(removed > 0)
}

/// Empties a customer's book.
///
/// # Errors
/// If the database fails.
pub fn clear(tx: &mut Tx<'_>, shop: &str, customer: &str) -> Result<(), StoreError> {
    tx.execute("delete from addresses where shop = ?1 and customer = ?2", values![shop, customer])?;
    Ok(())
}

fn saved(row: &Row) -> Result<SavedAddress, StoreError> {
    Ok(SavedAddress { id: row.text(0)?, address: row.json(1)?, saved_at: row.int(2)?, used_at: row.opt_int(3)? })
}
