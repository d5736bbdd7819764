//! Components and their installations.

use std::collections::BTreeSet;

use boomerang_engine::Capability;

use super::db::to_json;
use super::{Row, StoreError, Tx, values};
use crate::clock::Instant;

/// An extension installed in a shop.
#[derive(Clone, Debug, PartialEq)]
pub struct InstallationRow {
    /// The extension's id.
    pub extension: String,
    /// The component, by content.
    pub digest: String,
    /// Place in the pricing chain, from 0.
    pub position: u32,
    /// Whether it is called.
    pub enabled: bool,
    /// What the merchant saved.
    pub settings: serde_json::Value,
    /// The form the extension asked for.
    pub prepared: Vec<u8>,
    /// What the merchant has consented to.
    pub grants: BTreeSet<Capability>,
    /// Whether checkout stops when this extension cannot check it.
    pub fail_closed: bool,
    /// When it was last changed.
    pub updated_at: Instant,
}

const COLUMNS: &str = "extension, digest, position, enabled, settings, prepared, grants, fail_closed, updated_at";

fn from_row(row: &Row) -> Result<InstallationRow, StoreError> {
    Ok(InstallationRow {
        extension: row.text(0)?,
        digest: row.text(1)?,
        position: row.uint(2)?,
        enabled: row.flag(3)?,
        settings: row.json(4)?,
        prepared: row.bytes(5)?,
        grants: row.json(6)?,
        fail_closed: row.flag(7)?,
        updated_at: row.int(8)?,
    })
}

/// Keeps a component, if it is not there already.
///
/// # Errors
/// If the database fails.
pub fn put_component(tx: &mut Tx<'_>, digest: &str, wasm: &[u8], now: Instant) -> Result<(), StoreError> {
    tx.execute(
        "insert into components (digest, wasm, added_at) values (?1, ?2, ?3) on conflict (digest) do nothing",
        values![digest, wasm, now],
    )?;
    Ok(())
}

/// The bytes of a component.
///
/// # Errors
/// If the database fails.
pub fn component(tx: &mut Tx<'_>, digest: &str) -> Result<Option<Vec<u8>>, StoreError> {
    tx.first("select wasm from components where digest = ?1", values![digest])?.map(|row| row.bytes(0)).transpose()
}

/// The installations of a shop in the order of the pricing chain.
///
/// # Errors
/// If the database fails.
pub fn list(tx: &mut Tx<'_>, shop: &str) -> Result<Vec<InstallationRow>, StoreError> {
    tx.query(
        &format!("select {COLUMNS} from installations where shop = ?1 order by position, extension"),
        values![shop],
    )?
    .iter()
    .map(from_row)
    .collect()
}

/// One installation.
///
/// # Errors
/// If the database fails.
pub fn get(tx: &mut Tx<'_>, shop: &str, extension: &str) -> Result<Option<InstallationRow>, StoreError> {
    tx.first(
        &format!("select {COLUMNS} from installations where shop = ?1 and extension = ?2"),
        values![shop, extension],
    )?
    .as_ref()
    .map(from_row)
    .transpose()
}

/// Makes an installation or replaces it.
///
/// # Errors
/// If the component is not kept, or the database fails.
pub fn put(tx: &mut Tx<'_>, shop: &str, row: &InstallationRow) -> Result<(), StoreError> {
    tx.execute(
        "insert into installations
             (shop, extension, digest, position, enabled, settings, prepared, grants, fail_closed, updated_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         on conflict (shop, extension) do update set
             digest = excluded.digest, position = excluded.position, enabled = excluded.enabled,
             settings = excluded.settings, prepared = excluded.prepared, grants = excluded.grants,
             fail_closed = excluded.fail_closed, updated_at = excluded.updated_at",
        values![
            shop,
            &row.extension,
            &row.digest,
            row.position,
            row.enabled,
            row.settings.to_string(),
            row.prepared.clone(),
            to_json(&row.grants)?,
            row.fail_closed,
            row.updated_at,
        ],
    )?;
    Ok(())
}

/// Takes an installation away, with the ticks it waited for. What it stored stays, for the case that it comes back.
///
/// # Errors
/// If the database fails.
pub fn remove(tx: &mut Tx<'_>, shop: &str, extension: &str) -> Result<bool, StoreError> {
    tx.execute("delete from ticks where shop = ?1 and extension = ?2", values![shop, extension])?;
    let removed =
        tx.execute("delete from installations where shop = ?1 and extension = ?2", values![shop, extension])?;
    Ok(removed > 0)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::store::Store;

    pub(crate) fn row(extension: &str, digest: &str, position: u32) -> InstallationRow {
        InstallationRow {
            extension: extension.to_owned(),
            digest: digest.to_owned(),
            position,
            enabled: true,
            settings: serde_json::json!({ "percent": 5 }),
            prepared: vec![0, 255, 7],
            grants: [Capability::Points].into(),
            fail_closed: false,
            updated_at: 1,
        }
    }

    #[tokio::test]
    async fn installations_come_back_as_they_were_put_and_in_chain_order() {
        let store = Store::in_memory().unwrap();
        store
            .write(|tx| -> Result<(), StoreError> {
                put_component(tx, "d", b"wasm", 0)?;
                put_component(tx, "d", b"wasm", 9)?;
                put(tx, "s", &row("b", "d", 1))?;
                put(tx, "s", &row("a", "d", 2))?;
                put(tx, "other", &row("c", "d", 0))?;
                put(tx, "s", &row("a", "d", 0))?;
                assert_eq!(list(tx, "s")?, [row("a", "d", 0), row("b", "d", 1)]);
                assert_eq!(component(tx, "d")?.as_deref(), Some(&b"wasm"[..]));
                assert!(remove(tx, "s", "a")?);
                assert!(!remove(tx, "s", "a")?);
                assert_eq!(get(tx, "s", "a")?, None);
                assert!(get(tx, "other", "c")?.is_some());
                Ok(())
            })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn an_installation_needs_its_component() {
        let store = Store::in_memory().unwrap();
        let missing: Result<(), StoreError> = store.write(|tx| put(tx, "s", &row("a", "nowhere", 0))).await;
        assert!(matches!(missing, Err(StoreError::Constraint(_))));
    }
}
