//! Second factors of staff, and the codes for when one is lost.

use super::{StoreError, Tx, values};
use crate::clock::Instant;

/// A second factor as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Factor {
    /// What the shared secret is derived from, with the platform's secret.
    pub seed: String,
    /// Since when it is asked for; none until a first right code.
    pub confirmed_at: Option<Instant>,
    /// The step of the last code that was taken.
    pub last_step: i64,
}

/// The second factor of a member of staff.
///
/// # Errors
/// If the database fails.
pub fn get(tx: &mut Tx<'_>, shop: &str, admin: &str) -> Result<Option<Factor>, StoreError> {
    let sql = "select seed, confirmed_at, last_step from admin_factors where shop = ?1 and admin = ?2";
    tx.first(sql, values![shop, admin])?
        .map(|row| Ok(Factor { seed: row.text(0)?, confirmed_at: row.opt_int(1)?, last_step: row.int(2)? }))
        .transpose()
}

/// Keeps a second factor in the place of the one before.
///
/// # Errors
/// If the database fails.
pub fn put(tx: &mut Tx<'_>, shop: &str, admin: &str, factor: &Factor) -> Result<(), StoreError> {
    tx.execute(
        "insert into admin_factors (shop, admin, seed, confirmed_at, last_step) values (?1, ?2, ?3, ?4, ?5)
         on conflict (shop, admin) do update set
             seed = excluded.seed, confirmed_at = excluded.confirmed_at, last_step = excluded.last_step",
        values![shop, admin, &factor.seed, factor.confirmed_at, factor.last_step],
    )?;
    Ok(())
}

/// Takes a second factor away, with its codes.
///
/// # Errors
/// If the database fails.
pub fn remove(tx: &mut Tx<'_>, shop: &str, admin: &str) -> Result<bool, StoreError> {
    tx.execute("delete from admin_recovery_codes where shop = ?1 and admin = ?2", values![shop, admin])?;
    Ok(tx.execute("delete from admin_factors where shop = ?1 and admin = ?2", values![shop, admin])? > 0)
}

/// Keeps the hashes of codes in the place of all before.
///
/// # Errors
/// If the database fails.
pub fn set_codes(tx: &mut Tx<'_>, shop: &str, admin: &str, hashes: &[String]) -> Result<(), StoreError> {
    tx.execute("delete from admin_recovery_codes where shop = ?1 and admin = ?2", values![shop, admin])?;
    for hash in hashes {
        tx.execute(
            "insert into admin_recovery_codes (shop, admin, hash) values (?1, ?2, ?3)",
            values![shop, admin, hash],
        )?;
    }
    Ok(())
}

/// Uses a code up. Says whether there was one with this hash.
///
/// # Errors
/// If the database fails.
pub fn use_code(tx: &mut Tx<'_>, shop: &str, admin: &str, hash: &str) -> Result<bool, StoreError> {
    let used = tx.execute(
        "delete from admin_recovery_codes where shop = ?1 and admin = ?2 and hash = ?3",
        values![shop, admin, hash],
    )?;
    Ok(used > 0)
}

/// How many codes are left.
///
/// # Errors
/// If the database fails.
pub fn codes_left(tx: &mut Tx<'_>, shop: &str, admin: &str) -> Result<u32, StoreError> {
    let sql = "select count(*) from admin_recovery_codes where shop = ?1 and admin = ?2";
    tx.first(sql, values![shop, admin])?.map_or(Ok(0), |row| row.uint(0))
}
