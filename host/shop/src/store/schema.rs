//! The schema and its versions. A migration, once released, never changes; a new one is appended.

use super::db::StoreError;
use super::plans;

/// The tables, one file a concern. Version 1 is all of them.
const VERSION_1: &[&str] = &[
    include_str!("schema/base.sql"),
    include_str!("schema/catalogue.sql"),
    include_str!("schema/carts.sql"),
    include_str!("schema/people.sql"),
    include_str!("schema/mail.sql"),
    include_str!("schema/admin.sql"),
    include_str!("schema/ledger.sql"),
    include_str!("schema/claims.sql"),
    include_str!("schema/orders.sql"),
    include_str!("schema/payments.sql"),
    include_str!("schema/events.sql"),
    include_str!("schema/extensions.sql"),
];

/// A second factor for staff.
const VERSION_2: &[&str] = &[include_str!("schema/second_factor.sql")];

/// The lots of an entry, which the points of an order are found by.
const VERSION_3: &[&str] = &["create index points_lots_by_entry on points_lots (shop, entry);"];

/// Reviews and referrals.
const VERSION_4: &[&str] = &[include_str!("schema/word_of_mouth.sql")];

/// What is due, by installation, so that each can have its turn.
const VERSION_5: &[&str] = &["drop index deliveries_due;
     create index deliveries_by_turn on deliveries (state, shop, extension, due_at, event);"];

/// What checkouts take, and what buyers send back.
const VERSION_6: &[&str] = &[include_str!("schema/checkout_efforts.sql"), include_str!("schema/returns.sql")];

const MIGRATIONS: &[&[&str]] = &[VERSION_1, VERSION_2, VERSION_3, VERSION_4, VERSION_5, VERSION_6];

/// The newest version that this program knows.
pub(super) fn newest() -> i64 {
    MIGRATIONS.len() as i64
}

/// The version of a database; 0 for one that was not made by this program.
pub(super) fn version(handle: &rusqlite::Connection) -> Result<i64, StoreError> {
    Ok(handle.query_row("pragma user_version", [], |row| row.get(0))?)
}

/// Brings a database up to date, in one transaction.
pub(super) fn migrate(handle: &mut rusqlite::Connection) -> Result<(), StoreError> {
    let known = newest();
    let transaction = handle.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let found = version(&transaction)?;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for files in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        for file in *files {
            transaction.execute_batch(file)?;
        }
    }
    if found < known {
        plans::advise(&transaction)?;
    }
    transaction.pragma_update(None, "user_version", known)?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use crate::store::{admins, shops};

    /// A database as the version before made it, with a shop and its staff.
    fn older(path: &std::path::Path, version: usize) {
        let handle = rusqlite::Connection::open(path).unwrap();
        for sql in MIGRATIONS[..version].iter().copied().flatten() {
            handle.execute_batch(sql).unwrap();
        }
        handle.pragma_update(None, "user_version", version as i64).unwrap();
        handle
            .execute_batch(
                "insert into shops values ('a', 'A shop', 'https://a.example', 'EUR', 'UTC', 'en', 'AT', 5, '{}');
                 insert into admins values ('a', 'adm_1', 'ann@example.com', 'Ann', 'owner', 'hash', 5, null);",
            )
            .unwrap();
    }

    #[tokio::test]
    async fn a_database_of_every_earlier_version_opens_with_what_it_holds() {
        let folder = tempfile::tempdir().unwrap();
        for version in 1..MIGRATIONS.len() {
            let path = folder.path().join(format!("{version}.db"));
            older(&path, version);
            for _ in 0..2 {
                let store = Store::open(&path).unwrap();
                let (shop, staff) = store
                    .read(|tx| -> Result<_, StoreError> { Ok((shops::find(tx, "a")?, admins::list(tx, "a")?)) })
                    .await
                    .unwrap();
                assert_eq!(shop.unwrap().name, "A shop");
                assert_eq!(staff[0].email, "ann@example.com");
            }
            let fresh = folder.path().join(format!("{version}-fresh.db"));
            drop(Store::open(&fresh).unwrap());
            assert_eq!(tables(&path), tables(&fresh), "an upgraded database is like a new one");
        }
    }

    fn tables(path: &std::path::Path) -> Vec<String> {
        let handle = rusqlite::Connection::open(path).unwrap();
        assert_eq!(version(&handle).unwrap(), newest());
        let mut statement = handle.prepare("select sql from sqlite_schema where sql is not null order by sql").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn a_database_of_a_newer_program_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("newer.db");
        rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", newest() + 1).unwrap();
        assert!(matches!(Store::open(&path), Err(StoreError::Newer { .. })));
    }

    #[test]
    fn an_upgrade_that_fails_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("older.db");
        older(&path, 1);
        // Something is in the way of the second version's last table.
        rusqlite::Connection::open(&path).unwrap().execute_batch("create table admin_recovery_codes (x)").unwrap();
        assert!(matches!(Store::open(&path), Err(StoreError::Database(_))));
        let handle = rusqlite::Connection::open(&path).unwrap();
        assert_eq!(version(&handle).unwrap(), 1);
        assert!(handle.prepare("select 1 from admin_factors").is_err());
    }
}
