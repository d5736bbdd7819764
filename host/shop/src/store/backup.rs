//! Copies of the database: made while work goes on, and looked through before they are trusted.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::{StoreError, schema};

/// How long a copy waits for somebody who writes.
const PATIENCE: Duration = Duration::from_secs(10);

/// Copies a database, consistent at one moment, into a new file while others work on it. The file it copies is only read,
/// so a program of another version than the one at work can do it.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    if to.exists() {
        return Err(StoreError::Database(format!("{} exists already", to.display())));
    }
    let source = read_only(from)?;
    source.busy_timeout(PATIENCE)?;
    source.execute("vacuum into ?1", [to.to_string_lossy()])?;
    Ok(())
}

fn read_only(path: &Path) -> Result<Connection, StoreError> {
    Ok(Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?)
}

/// Looks through a database that nobody is using: whether it is whole, is one of ours, and is not of a newer program.
pub(super) fn check(path: &Path) -> Result<(), StoreError> {
    let handle = read_only(path)?;
    let found = schema::version(&handle)?;
    if found == 0 {
        return Err(StoreError::Foreign);
    }
    let known = schema::newest();
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    let verdict: String = handle.query_row("pragma integrity_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(StoreError::Damaged(verdict));
    }
    let dangling: i64 = handle.query_row("select count(*) from pragma_foreign_key_check", [], |row| row.get(0))?;
    if dangling > 0 {
        return Err(StoreError::Damaged(format!("{dangling} rows refer to rows that are missing")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, audit};
    use serde_json::json;

    async fn copy(folder: &Path) -> std::path::PathBuf {
        let store = Store::in_memory().unwrap();
        for at in 0..200 {
            let write = move |tx: &mut crate::store::Tx<'_>| {
                audit::write(tx, "a", at, "system", "test", "", &json!({ "text": "x".repeat(500) }))
            };
            store.write(write).await.unwrap();
        }
        let path = folder.join("copy.db");
        store.backup(&path).await.unwrap();
        path
    }

    #[tokio::test]
    async fn a_copy_is_whole_and_damage_to_it_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = copy(folder.path()).await;
        Store::check(&path).await.unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 4_096].fill(0x5a);
        std::fs::write(&path, bytes).unwrap();
        let error = Store::check(&path).await.unwrap_err().to_string();
        assert!(error.contains("damaged") || error.contains("malformed"), "{error}");
    }

    #[tokio::test]
    async fn a_file_that_is_no_shop_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other.db");
        Connection::open(&path).unwrap().execute_batch("create table notes (text text)").unwrap();
        assert!(matches!(Store::check(&path).await, Err(StoreError::Foreign)));
        std::fs::write(&path, "no database at all, but long enough to be looked at").unwrap();
        assert!(matches!(Store::check(&path).await, Err(StoreError::Database(_))));
    }

    #[tokio::test]
    async fn a_copy_takes_the_place_of_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = copy(folder.path()).await;
        let error = Store::in_memory().unwrap().backup(&path).await.unwrap_err();
        assert!(error.to_string().contains("exists already"), "{error}");
        Store::check(&path).await.unwrap();
    }
}
