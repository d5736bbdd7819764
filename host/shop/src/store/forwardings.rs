//! Orders, or parts of them, that extensions hand to suppliers. They wait here until somebody has sent them on.

use boomerang_engine::contract::Forwarding;

use super::db::to_json;
use super::{Row, StoreError, Tx, values};
use crate::clock::Instant;
use crate::ids;

/// A forwarding with what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Queued {
    /// The id.
    pub id: String,
    /// The extension.
    pub extension: String,
    /// What goes to whom.
    pub forwarding: Forwarding,
    /// When it was queued.
    pub queued_at: Instant,
    /// When it was sent on.
    pub sent_at: Option<Instant>,
}

/// Queues a forwarding, once for its key. False if the key is known.
///
/// # Errors
/// If the database fails.
pub fn queue(
    tx: &mut Tx<'_>,
    shop: &str,
    extension: &str,
    forwarding: &Forwarding,
    now: Instant,
) -> Result<bool, StoreError> {
    let queued = tx.execute(
        "insert into forwardings (shop, id, extension, key, order_id, supplier, forwarding, queued_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) on conflict (shop, extension, key) do nothing",
        values![
            shop,
            ids::new("fwd", now),
            extension,
            &forwarding.key,
            &forwarding.order,
            &forwarding.supplier,
            to_json(forwarding)?,
            now,
        ],
    )?;
    Ok(queued == 1)
}

/// What of an order was handed to suppliers, oldest first.
///
/// # Errors
/// If the database fails.
pub fn of_order(tx: &mut Tx<'_>, shop: &str, order: &str) -> Result<Vec<Queued>, StoreError> {
    tx.query(
        "select id, extension, forwarding, queued_at, sent_at from forwardings
         where shop = ?1 and order_id = ?2 order by id",
        values![shop, order],
    )?
    .iter()
    .map(queued)
    .collect()
}

/// Forwardings that have not been sent on, oldest first.
///
/// # Errors
/// If the database fails.
pub fn unsent(tx: &mut Tx<'_>, shop: &str, limit: u32) -> Result<Vec<Queued>, StoreError> {
    tx.query(
        "select id, extension, forwarding, queued_at, sent_at from forwardings
         where shop = ?1 and sent_at is null order by id limit ?2",
        values![shop, limit],
    )?
    .iter()
    .map(queued)
    .collect()
}

/// Notes that a forwarding was sent on.
///
/// # Errors
/// If the database fails.
pub fn sent(tx: &mut Tx<'_>, shop: &str, id: &str, now: Instant) -> Result<(), StoreError> {
    tx.execute("update forwardings set sent_at = ?3 where shop = ?1 and id = ?2", values![shop, id, now])?;
    Ok(())
}

fn queued(row: &Row) -> Result<Queued, StoreError> {
    Ok(Queued {
        id: row.text(0)?,
        extension: row.text(1)?,
        forwarding: row.json(2)?,
        queued_at: row.int(3)?,
        sent_at: row.opt_int(4)?,
    })
}
