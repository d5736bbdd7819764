//! What checkouts took that became orders.

use super::{StoreError, Tx, values};
use crate::checkout::effort::Effort;
use crate::clock::Instant;

/// Notes what the checkout of an order took.
///
/// # Errors
/// If the database fails.
pub fn insert(tx: &mut Tx<'_>, shop: &str, order: &str, effort: &Effort, at: Instant) -> Result<(), StoreError> {
    tx.execute(
        "insert into checkout_efforts (shop, order_id, at, recognised, shown, typed, kept, changed, took)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        values![
            shop,
            order,
            at,
            effort.recognised,
            effort.shown,
            effort.typed,
            effort.kept,
            effort.changed,
            effort.took,
        ],
    )?;
    Ok(())
}

/// What the checkouts since an instant took, the latest first, at most `limit`.
///
/// # Errors
/// If the database fails.
pub fn since(tx: &mut Tx<'_>, shop: &str, since: Instant, limit: u32) -> Result<Vec<Effort>, StoreError> {
    tx.query(
        "select recognised, shown, typed, kept, changed, took from checkout_efforts
         where shop = ?1 and at >= ?2 order by at desc, order_id desc limit ?3",
        values![shop, since, limit],
    )?
    .iter()
    .map(|row| {
        Ok(Effort {
            recognised: row.flag(0)?,
            shown: row.uint(1)?,
            typed: row.uint(2)?,
            kept: row.uint(3)?,
            changed: row.uint(4)?,
            took: row.int(5)?,
        })
    })
    .collect()
}
