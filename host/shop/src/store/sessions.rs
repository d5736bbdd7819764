//! Shoppers' sessions. The cookie's value is known to the browser only; here is its hash.

use super::{Row, StoreError, Tx, values};
use crate::clock::Instant;
use crate::people::Session;

const COLUMNS: &str = "id, customer, label, created_at, seen_at, expires_at from sessions";

/// Adds a session under the hash of its cookie's value.
///
/// # Errors
/// If the database fails.
pub fn insert(tx: &mut Tx<'_>, shop: &str, hash: &str, session: &Session) -> Result<(), StoreError> {
    tx.execute(
        "insert into sessions (shop, hash, id, customer, label, created_at, seen_at, expires_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        values![
            shop,
            hash,
            &session.id,
            session.customer.as_deref(),
            &session.label,
            session.created_at,
            session.seen_at,
            session.expires_at,
        ],
    )?;
    Ok(())
}

/// The session under a hash, unless it has expired.
///
/// # Errors
/// If the database fails.
pub fn get(tx: &mut Tx<'_>, shop: &str, hash: &str, now: Instant) -> Result<Option<Session>, StoreError> {
    let sql = format!("select {COLUMNS} where shop = ?1 and hash = ?2 and expires_at > ?3");
    tx.first(&sql, values![shop, hash, now])?.as_ref().map(session).transpose()
}

/// Notes that a session is in use, and puts its end off.
///
/// # Errors
/// If the database fails.
pub fn touch(tx: &mut Tx<'_>, shop: &str, hash: &str, now: Instant, expires_at: Instant) -> Result<(), StoreError> {
    tx.execute(
        "update sessions set seen_at = ?3, expires_at = ?4 where shop = ?1 and hash = ?2",
        values![shop, hash, now, expires_at],
    )?;
    Ok(())
}

/// Ends the session under a hash.
///
/// # Errors
/// If the database fails.
pub fn delete(tx: &mut Tx<'_>, shop: &str, hash: &str) -> Result<(), StoreError> {
    tx.execute("delete from sessions where shop = ?1 and hash = ?2", values![shop, hash])?;
    Ok(())
}

/// The sessions a customer is signed in with, the one used last first.
///
/// # Errors
/// If the database fails.
pub fn of_customer(tx: &mut Tx<'_>, shop: &str, customer: &str, now: Instant) -> Result<Vec<Session>, StoreError> {
    let sql = format!(
        "select {COLUMNS} where shop = ?1 and customer = ?2 and expires_at > ?3 order by seen_at desc, id desc"
    );
    tx.query(&sql, values![shop, customer, now])?.iter().map(session).collect()
}

/// Ends one of a customer's sessions by its id. Says whether there was one.
///
/// # Errors
/// If the database fails.
pub fn revoke(tx: &mut Tx<'_>, shop: &str, customer: &str, id: &str) -> Result<bool, StoreError> {
    let ended =
        tx.execute("delete from sessions where shop = ?1 and customer = ?2 and id = ?3", values![shop, customer, id])?;
    Ok(ended > 0)
}

/// Ends every session of a customer, but the one with the id `but` if one is given, and counts them.
///
/// # Errors
/// If the database fails.
pub fn revoke_all(tx: &mut Tx<'_>, shop: &str, customer: &str, but: Option<&str>) -> Result<u64, StoreError> {
    tx.execute(
        "delete from sessions where shop = ?1 and customer = ?2 and (?3 is null or id <> ?3)",
        values![shop, customer, but],
    )
}

/// Deletes the expired sessions of every shop, and counts them.
///
/// # Errors
/// If the database fails.
pub fn sweep(tx: &mut Tx<'_>, now: Instant) -> Result<u64, StoreError> {
    tx.execute("delete from sessions where expires_at <= ?1", values![now])
}

fn session(row: &Row) -> Result<Session, StoreError> {
    Ok(Session {
        id: row.text(0)?,
        customer: row.opt_text(1)?,
        label: row.text(2)?,
        created_at: row.int(3)?,
        seen_at: row.int(4)?,
        expires_at: row.int(5)?,
    })
}
