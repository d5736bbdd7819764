//! Remembered devices. The token is known to the device only; here are hashes: of the token in use, of the one given
//! out to replace it, and of the one before.

use super::{Row, StoreError, Tx, values};
use crate::clock::Instant;
use crate::people::Device;

/// A device as it is stored.
pub struct StoredDevice {
    /// The device.
    pub device: Device,
    /// The hash of the token in use.
    pub hash: String,
    /// The hash of the token given out next, until it is first shown.
    pub next_hash: Option<String>,
    /// The hash of the token before.
    pub spent_hash: Option<String>,
    /// When a token was last given out.
    pub rotated_at: Instant,
}

const COLUMNS: &str = "id, customer, label, created_at, seen_at, expires_at, hash, next_hash, spent_hash, rotated_at
    from devices";

/// Adds a device under the hash of its first token.
///
/// # Errors
/// If the database fails.
pub fn insert(tx: &mut Tx<'_>, shop: &str, device: &Device, hash: &str) -> Result<(), StoreError> {
    tx.execute(
        "insert into devices (shop, id, customer, label, hash, next_hash, spent_hash, created_at, seen_at, rotated_at,
             expires_at)
         values (?1, ?2, ?3, ?4, ?5, null, null, ?6, ?7, ?6, ?8)",
        values![
            shop,
            &device.id,
            &device.customer,
            &device.label,
            hash,
            device.created_at,
            device.seen_at,
            device.expires_at,
        ],
    )?;
    Ok(())
}

/// The device that has, is given or had the token with this hash, unless it has expired.
///
/// # Errors
/// If the database fails.
pub fn by_hash(tx: &mut Tx<'_>, shop: &str, hash: &str, now: Instant) -> Result<Option<StoredDevice>, StoreError> {
    let sql = format!(
        "select {COLUMNS} where shop = ?1 and (hash = ?2 or next_hash = ?2 or spent_hash = ?2) and expires_at > ?3"
    );
    tx.first(&sql, values![shop, hash, now])?.as_ref().map(stored).transpose()
}

/// Writes what changes when a device is seen.
///
/// # Errors
/// If the database fails.
pub fn update(tx: &mut Tx<'_>, shop: &str, stored: &StoredDevice) -> Result<(), StoreError> {
    tx.execute(
        "update devices set hash = ?3, next_hash = ?4, spent_hash = ?5, seen_at = ?6, rotated_at = ?7, expires_at = ?8
         where shop = ?1 and id = ?2",
        values![
            shop,
            &stored.device.id,
            &stored.hash,
            stored.next_hash.as_deref(),
            stored.spent_hash.as_deref(),
            stored.device.seen_at,
            stored.rotated_at,
            stored.device.expires_at,
        ],
    )?;
    Ok(())
}

/// The devices of a customer, the one seen last first.
///
/// # Errors
/// If the database fails.
pub fn of_customer(tx: &mut Tx<'_>, shop: &str, customer: &str, now: Instant) -> Result<Vec<Device>, StoreError> {
    let sql = format!(
        "select {COLUMNS} where shop = ?1 and customer = ?2 and expires_at > ?3 order by seen_at desc, id desc"
    );
    tx.query(&sql, values![shop, customer, now])?.iter().map(|row| Ok(stored(row)?.device)).collect()
}

/// Forgets one of a customer's devices. Says whether there was one.
///
/// # Errors
/// If the database fails.
pub fn revoke(tx: &mut Tx<'_>, shop: &str, customer: &str, id: &str) -> Result<bool, StoreError> {
    let revoked =
        tx.execute("delete from devices where shop = ?1 and customer = ?2 and id = ?3", values![shop, customer, id])?;
    Ok(revoked > 0)
}

/// Forgets every device of a customer, and counts them.
///
/// # Errors
/// If the database fails.
pub fn revoke_all(tx: &mut Tx<'_>, shop: &str, customer: &str) -> Result<u64, StoreError> {
    tx.execute("delete from devices where shop = ?1 and customer = ?2", values![shop, customer])
}

/// Deletes the expired devices of every shop, and counts them.
///
/// # Errors
/// If the database fails.
pub fn sweep(tx: &mut Tx<'_>, now: Instant) -> Result<u64, StoreError> {
    tx.execute("delete from devices where expires_at <= ?1", values![now])
}

fn stored(row: &Row) -> Result<StoredDevice, StoreError> {
    Ok(StoredDevice {
        device: Device {
            id: row.text(0)?,
            customer: row.text(1)?,
            label: row.text(2)?,
            created_at: row.int(3)?,
            seen_at: row.int(4)?,
            expires_at: row.int(5)?,
        },
        hash: row.text(6)?,
        next_hash: row.opt_text(7)?,
        spent_hash: row.opt_text(8)?,
        rotated_at: row.int(9)?,
    })
}
