//! Payment tokens that customers keep: token, brand, last four digits and expiry, and nothing else.

use super::{Row, StoreError, Tx, values, versions};
use crate::people::PaymentToken;

/// Keeps a token, or notes that one was used again.
///
/// # Errors
/// If the database fails.
pub fn keep(tx: &mut Tx<'_>, shop: &str, customer: &str, token: &PaymentToken) -> Result<(), StoreError> {
    tx.execute(
        "insert into payment_tokens (shop, customer, token, brand, last4, expires_year, expires_month, used_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         on conflict (shop, customer, token) do update set used_at = excluded.used_at",
        values![
            shop,
            customer,
            &token.token,
            &token.brand,
            &token.last4,
            u32::from(token.expires_year),
            u32::from(token.expires_month),
            token.used_at,
        ],
    )?;
    versions::bump(tx, shop, &format!("customer/{customer}"))
}

/// The tokens of a customer, the one used last first.
///
/// # Errors
/// If the database fails.
pub fn list(tx: &mut Tx<'_>, shop: &str, customer: &str) -> Result<Vec<PaymentToken>, StoreError> {
    tx.query(
        "select token, brand, last4, expires_year, expires_month, used_at from payment_tokens
         where shop = ?1 and customer = ?2 order by used_at desc, token",
        values![shop, customer],
    )?
    .iter()
    .map(token)
    .collect()
}

/// Forgets a token. Says whether there was one.
///
/// # Errors
/// If the database fails.
pub fn forget(tx: &mut Tx<'_>, shop: &str, customer: &str, token: &str) -> Result<bool, StoreError> {
    let removed = tx.execute(
        "delete from payment_tokens where shop = ?1 and customer = ?2 and token = ?3",
        values![shop, customer, token],
    )?;
    versions::bump(tx, shop, &format!("customer/{customer}"))?;
    Ok(removed > 0)
}

/// Forgets every token of a customer.
///
/// # Errors
/// If the database fails.
pub fn clear(tx: &mut Tx<'_>, shop: &str, customer: &str) -> Result<(), StoreError> {
    tx.execute("delete from payment_tokens where shop = ?1 and customer = ?2", values![shop, customer])?;
    Ok(())
}

fn token(row: &Row) -> Result<PaymentToken, StoreError> {
    Ok(PaymentToken {
        token: row.text(0)?,
        brand: row.text(1)?,
        last4: row.text(2)?,
        expires_year: u16::try_from(row.int(3)?).map_err(|_| StoreError::Corrupt { column: 3 })?,
        expires_month: u8::try_from(row.int(4)?).map_err(|_| StoreError::Corrupt { column: 4 })?,
        used_at: row.int(5)?,
    })
}
