//! What customers put on their wish lists.

use super::{StoreError, Tx, values};
use crate::clock::Instant;

/// Puts a product on the list. Says whether it was not there yet.
///
/// # Errors
/// If the database fails.
pub fn add(tx: &mut Tx<'_>, shop: &str, customer: &str, product: &str, now: Instant) -> Result<bool, StoreError> {
    let added = tx.execute(
        "insert into favourites (shop, customer, product, added_at) values (?1, ?2, ?3, ?4)
         on conflict (shop, customer, product) do nothing",
        values![shop, customer, product, now],
    )?;
    Ok(added > 0)
}

/// Takes a product off the list. Says whether it was there.
///
/// # Errors
/// If the database fails.
pub fn remove(tx: &mut Tx<'_>, shop: &str, customer: &str, product: &str) -> Result<bool, StoreError> {
    let removed = tx.execute(
        "delete from favourites where shop = ?1 and customer = ?2 and product = ?3",
        values![shop, customer, product],
    )?;
    Ok(removed > 0)
}

/// Product ids with when they were added, newest first.
///
/// # Errors
/// If the database fails.
pub fn list(tx: &mut Tx<'_>, shop: &str, customer: &str) -> Result<Vec<(String, Instant)>, StoreError> {
    tx.query(
        "select product, added_at from favourites where shop = ?1 and customer = ?2
         order by added_at desc, product",
        values![shop, customer],
    )?
    .iter()
    .map(|row| Ok((row.text(0)?, row.int(1)?)))
    .collect()
}

/// Empties the list.
///
/// # Errors
/// If the database fails.
pub fn clear(tx: &mut Tx<'_>, shop: &str, customer: &str) -> Result<(), StoreError> {
    tx.execute("delete from favourites where shop = ?1 and customer = ?2", values![shop, customer])?;
    Ok(())
}
