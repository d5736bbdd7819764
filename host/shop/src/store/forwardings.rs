//! Orders, or parts of them, that extensions hand to suppliers. Each is mailed through the outbox, and is sent once the mail
//! is.

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
    /// When the supplier was mailed.
    pub sent_at: Option<Instant>,
}

/// Queues a forwarding, once for its key, and gives its id. None if the key is known.
///
/// # Errors
/// If the database fails.
pub fn queue(
    tx: &mut Tx<'_>,
    shop: &str,
    extension: &str,
    forwarding: &Forwarding,
    now: Instant,
) -> Result<Option<String>, StoreError> {
    let id = ids::new("fwd", now);
    let queued = tx.execute(
        "insert into forwardings (shop, id, extension, key, order_id, supplier, forwarding, queued_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) on conflict (shop, extension, key) do nothing",
        values![
            shop,
            &id,
            extension,
            &forwarding.key,
            &forwarding.order,
            &forwarding.supplier,
            to_json(forwarding)?,
            now,
        ],
    )?;
    Ok((queued == 1).then_some(id))
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

/// The forwarding with an id.
///
/// # Errors
/// If the database fails.
pub fn get(tx: &mut Tx<'_>, shop: &str, id: &str) -> Result<Option<Queued>, StoreError> {
    let sql = "select id, extension, forwarding, queued_at, sent_at from forwardings where shop = ?1 and id = ?2";
    tx.first(sql, values![shop, id])?.as_ref().map(queued).transpose()
}

/// Notes that the supplier was mailed.
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
