//! The codes with which customers recommend the shop, and who came with which.

use super::{StoreError, Tx, values};
use crate::clock::Instant;

/// A customer's code; none if they have none yet.
///
/// # Errors
/// If the database fails.
pub fn code_of(tx: &mut Tx<'_>, shop: &str, customer: &str) -> Result<Option<String>, StoreError> {
    let sql = "select code from referral_codes where shop = ?1 and customer = ?2";
    tx.first(sql, values![shop, customer])?.map(|row| row.text(0)).transpose()
}

/// Gives a customer a code, unless they have one.
///
/// # Errors
/// If somebody else has the code, or the database fails.
pub fn add_code(tx: &mut Tx<'_>, shop: &str, customer: &str, code: &str) -> Result<(), StoreError> {
    tx.execute(
        "insert into referral_codes (shop, code, customer) values (?1, ?2, ?3)
         on conflict (shop, customer) do nothing",
        values![shop, code, customer],
    )?;
    Ok(())
}

/// Whose code it is.
///
/// # Errors
/// If the database fails.
pub fn owner(tx: &mut Tx<'_>, shop: &str, code: &str) -> Result<Option<String>, StoreError> {
    let row = tx.first("select customer from referral_codes where shop = ?1 and code = ?2", values![shop, code])?;
    row.map(|row| row.text(0)).transpose()
}

/// Notes who brought a new customer. False if somebody did before.
///
/// # Errors
/// If the database fails.
pub fn insert(tx: &mut Tx<'_>, shop: &str, customer: &str, by: &str, now: Instant) -> Result<bool, StoreError> {
    let added = tx.execute(
        "insert into referrals (shop, customer, referred_by, at) values (?1, ?2, ?3, ?4)
         on conflict (shop, customer) do nothing",
        values![shop, customer, by, now],
    )?;
    Ok(added > 0)
}

/// How many customers somebody has brought.
///
/// # Errors
/// If the database fails.
pub fn count(tx: &mut Tx<'_>, shop: &str, by: &str) -> Result<u32, StoreError> {
    let row = tx.first("select count(*) from referrals where shop = ?1 and referred_by = ?2", values![shop, by])?;
    row.map_or(Ok(0), |row| row.uint(0))
}

/// Forgets a customer's code, who brought them, and whom they brought.
///
/// # Errors
/// If the database fails.
pub fn clear(tx: &mut Tx<'_>, shop: &str, customer: &str) -> Result<(), StoreError> {
    tx.execute("delete from referral_codes where shop = ?1 and customer = ?2", values![shop, customer])?;
    tx.execute("delete from referrals where shop = ?1 and customer = ?2", values![shop, customer])?;
    tx.execute("delete from referrals where shop = ?1 and referred_by = ?2", values![shop, customer])?;
    Ok(())
}
