//! A number for each thing that a handler may read, so that a commit can tell whether something has changed since.
//!
//! Keys of things: `customer/<id>`, `points/<holder>`, `order/<id>`, `order-points/<id>`, `product/<id>`,
//! `prices/<variant>`, `quota/<extension>/<name>`, `storage/<extension>/<key>`.
//!
//! Keys of what a list may gain or lose, so that a row that was not there when the list was read is noticed too:
//! `customers`, `orders`, `orders-of/<holder>`, `points-holders`, `points-expiring/<span>`, `storage/<extension>`.

use super::{StoreError, Tx, values};

/// The version of a thing; 0 for one never written.
///
/// # Errors
/// If the database fails.
pub fn get(tx: &mut Tx<'_>, shop: &str, key: &str) -> Result<u64, StoreError> {
    let row = tx.first("select version from versions where shop = ?1 and key = ?2", values![shop, key])?;
    row.map_or(Ok(0), |row| Ok(u64::try_from(row.int(0)?).unwrap_or(0)))
}

/// Notes that a thing has changed. Call it in the transaction that changes it.
///
/// # Errors
/// If the database fails.
pub fn bump(tx: &mut Tx<'_>, shop: &str, key: &str) -> Result<(), StoreError> {
    tx.execute(
        "insert into versions (shop, key, version) values (?1, ?2, 1)
         on conflict (shop, key) do update set version = version + 1",
        values![shop, key],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn a_version_grows_with_every_change_and_only_its_own() {
        let store = Store::in_memory().unwrap();
        store
            .write(|tx| -> Result<(), StoreError> {
                bump(tx, "a", "order/1")?;
                bump(tx, "a", "order/1")?;
                assert_eq!(get(tx, "a", "order/1")?, 2);
                assert_eq!(get(tx, "b", "order/1")?, 0);
                Ok(())
            })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn a_failed_write_leaves_nothing() {
        let store = Store::in_memory().unwrap();
        let failed: Result<(), StoreError> = store
            .write(|tx| {
                bump(tx, "a", "order/1")?;
                Err(StoreError::Interrupted)
            })
            .await;
        assert!(failed.is_err());
        let version: Result<u64, StoreError> = store.read(|tx| get(tx, "a", "order/1")).await;
        assert_eq!(version.unwrap(), 0);
    }
}
