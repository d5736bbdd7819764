//! Single-use proofs that were mailed. A row is used up by deleting it, in the statement that reads it, so that of two
//! concurrent uses one finds nothing.

use super::{Row, StoreError, Tx, values};
use crate::clock::Instant;

/// A proof that was mailed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredToken {
    /// The hash of the token.
    pub hash: String,
    /// What it proves.
    pub purpose: String,
    /// Whose mail it was in.
    pub contact: String,
    /// The hash of what the browser that asked for a code holds.
    pub handle: Option<String>,
    /// The keyed hash of the short code; none once it was guessed wrong too often.
    pub code: Option<String>,
    /// Wrong guesses so far.
    pub tries: u32,
    /// When it was mailed.
    pub created_at: Instant,
    /// When it ends.
    pub expires_at: Instant,
}

const COLUMNS: &str = "hash, purpose, contact, handle, code, tries, created_at, expires_at";

/// Adds a proof; the one before for the same contact and purpose is worth nothing from now on.
///
/// # Errors
/// If the database fails.
pub fn replace(tx: &mut Tx<'_>, shop: &str, token: &StoredToken) -> Result<(), StoreError> {
    tx.execute(
        "delete from tokens where shop = ?1 and contact = ?2 and purpose = ?3",
        values![shop, &token.contact, &token.purpose],
    )?;
    tx.execute(
        "insert into tokens (shop, hash, purpose, contact, handle, code, tries, created_at, expires_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        values![
            shop,
            &token.hash,
            &token.purpose,
            &token.contact,
            token.handle.as_deref(),
            token.code.as_deref(),
            token.tries,
            token.created_at,
            token.expires_at,
        ],
    )?;
    Ok(())
}

/// Looks at a proof without using it up; none if it is unknown, used, replaced or has ended.
///
/// # Errors
/// If the database fails.
pub fn peek(tx: &mut Tx<'_>, shop: &str, hash: &str, now: Instant) -> Result<Option<StoredToken>, StoreError> {
    let sql = format!("select {COLUMNS} from tokens where shop = ?1 and hash = ?2 and expires_at > ?3");
    tx.first(&sql, values![shop, hash, now])?.as_ref().map(token).transpose()
}

/// Uses a proof up; none if it is unknown, used, replaced or has ended.
///
/// # Errors
/// If the database fails.
pub fn take(tx: &mut Tx<'_>, shop: &str, hash: &str, now: Instant) -> Result<Option<StoredToken>, StoreError> {
    let sql = format!("delete from tokens where shop = ?1 and hash = ?2 and expires_at > ?3 returning {COLUMNS}");
    tx.first(&sql, values![shop, hash, now])?.as_ref().map(token).transpose()
}

/// The proof whose code was asked for with a handle.
///
/// # Errors
/// If the database fails.
pub fn by_handle(tx: &mut Tx<'_>, shop: &str, handle: &str, now: Instant) -> Result<Option<StoredToken>, StoreError> {
    let sql = format!("select {COLUMNS} from tokens where shop = ?1 and handle = ?2 and expires_at > ?3");
    tx.first(&sql, values![shop, handle, now])?.as_ref().map(token).transpose()
}

/// Counts a wrong guess of a code, and takes the code away at `most`. The link in the same mail keeps working: it cannot
/// be guessed, and somebody else's guesses must not lock its owner out.
///
/// # Errors
/// If the database fails.
pub fn wrong_guess(tx: &mut Tx<'_>, shop: &str, hash: &str, most: u32) -> Result<(), StoreError> {
    tx.execute(
        "update tokens set tries = tries + 1, code = case when tries + 1 >= ?3 then null else code end
         where shop = ?1 and hash = ?2",
        values![shop, hash, most],
    )?;
    Ok(())
}

/// Makes every proof of a contact worthless.
///
/// # Errors
/// If the database fails.
pub fn clear(tx: &mut Tx<'_>, shop: &str, contact: &str) -> Result<(), StoreError> {
    tx.execute("delete from tokens where shop = ?1 and contact = ?2", values![shop, contact])?;
    Ok(())
}

/// Deletes the proofs of every shop that have ended, and counts them.
///
/// # Errors
/// If the database fails.
pub fn sweep(tx: &mut Tx<'_>, now: Instant) -> Result<u64, StoreError> {
    tx.execute("delete from tokens where expires_at <= ?1", values![now])
}

fn token(row: &Row) -> Result<StoredToken, StoreError> {
    Ok(StoredToken {
        hash: row.text(0)?,
        purpose: row.text(1)?,
        contact: row.text(2)?,
        handle: row.opt_text(3)?,
        code: row.opt_text(4)?,
        tries: row.uint(5)?,
        created_at: row.int(6)?,
        expires_at: row.int(7)?,
    })
}
