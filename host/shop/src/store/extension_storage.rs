//! What extensions keep: keys and values, each extension's own in each shop.

use boomerang_engine::contract::KeyPage;

use super::{StoreError, Tx, values, versions};

/// The key under which the version of a stored value stands.
#[must_use]
pub fn version(extension: &str, key: &str) -> String {
    format!("storage/{extension}/{key}")
}

/// The key under which the version of an extension's keys stands: it grows when there is one more, or one fewer.
#[must_use]
pub fn keys_version(extension: &str) -> String {
    format!("storage/{extension}")
}

/// A value.
///
/// # Errors
/// If the database fails.
pub fn get(tx: &mut Tx<'_>, shop: &str, extension: &str, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "select value from extension_storage where shop = ?1 and extension = ?2 and key = ?3";
    tx.first(sql, values![shop, extension, key])?.map(|row| row.bytes(0)).transpose()
}

/// Keys that start with `prefix`, in the order of their bytes, `limit` a page.
///
/// # Errors
/// If the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    shop: &str,
    extension: &str,
    prefix: &str,
    cursor: Option<&str>,
    limit: u32,
) -> Result<KeyPage, StoreError> {
    // Compared as text and not by a pattern, so that no character of a prefix means anything else.
    let rows = tx.query(
        "select key from extension_storage
         where shop = ?1 and extension = ?2 and key >= ?3 and substr(key, 1, length(?3)) = ?3
               and (?4 is null or key > ?4)
         order by key limit ?5",
        values![shop, extension, prefix, cursor, limit],
    )?;
    let keys = rows.iter().map(|row| row.text(0)).collect::<Result<Vec<_>, _>>()?;
    let full = keys.len() == usize::try_from(limit).unwrap_or(usize::MAX);
    let cursor = keys.last().filter(|_| full).cloned();
    Ok(KeyPage { keys, cursor })
}

/// Keeps a value.
///
/// # Errors
/// If the database fails.
pub fn set(tx: &mut Tx<'_>, shop: &str, extension: &str, key: &str, value: &[u8]) -> Result<(), StoreError> {
    let known = tx.execute(
        "update extension_storage set value = ?4 where shop = ?1 and extension = ?2 and key = ?3",
        values![shop, extension, key, value],
    )?;
    if known == 0 {
        tx.execute(
            "insert into extension_storage (shop, extension, key, value) values (?1, ?2, ?3, ?4)",
            values![shop, extension, key, value],
        )?;
        versions::bump(tx, shop, &keys_version(extension))?;
    }
    versions::bump(tx, shop, &version(extension, key))
}

/// Forgets a value.
///
/// # Errors
/// If the database fails.
pub fn delete(tx: &mut Tx<'_>, shop: &str, extension: &str, key: &str) -> Result<(), StoreError> {
    let gone = tx.execute(
        "delete from extension_storage where shop = ?1 and extension = ?2 and key = ?3",
        values![shop, extension, key],
    )?;
    if gone > 0 {
        versions::bump(tx, shop, &keys_version(extension))?;
    }
    versions::bump(tx, shop, &version(extension, key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn an_extension_sees_its_own_keys_only_in_byte_order_and_page_by_page() {
        let store = Store::in_memory().unwrap();
        store
            .write(|tx| -> Result<(), StoreError> {
                for key in ["a/2", "a/1", "a%", "b/1", "a/3"] {
                    set(tx, "s", "x", key, key.as_bytes())?;
                }
                set(tx, "s", "y", "a/9", b"")?;
                set(tx, "t", "x", "a/8", b"")?;
                let first = list(tx, "s", "x", "a/", None, 2)?;
                assert_eq!(first.keys, ["a/1", "a/2"]);
                let second = list(tx, "s", "x", "a/", first.cursor.as_deref(), 2)?;
                assert_eq!((second.keys, second.cursor), (vec!["a/3".to_owned()], None));
                assert_eq!(list(tx, "s", "x", "a%", None, 9)?.keys, ["a%"]);
                delete(tx, "s", "x", "a/1")?;
                assert_eq!(get(tx, "s", "x", "a/1")?, None);
                assert_eq!(get(tx, "s", "x", "a/2")?.as_deref(), Some(&b"a/2"[..]));
                assert_eq!(versions::get(tx, "s", "storage/x/a/1")?, 2);
                Ok(())
            })
            .await
            .unwrap();
    }
}
