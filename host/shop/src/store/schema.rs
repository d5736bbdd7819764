//! The schema and its versions. A migration, once released, never changes; a new one is appended.

use super::db::StoreError;

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

const MIGRATIONS: &[&[&str]] = &[VERSION_1];

/// Brings a database up to date, in one transaction.
pub(super) fn migrate(handle: &mut rusqlite::Connection) -> Result<(), StoreError> {
    let known = MIGRATIONS.len() as i64;
    let transaction = handle.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let found: i64 = transaction.query_row("pragma user_version", [], |row| row.get(0))?;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for files in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        for file in *files {
            transaction.execute_batch(file)?;
        }
    }
    transaction.pragma_update(None, "user_version", known)?;
    transaction.commit()?;
    Ok(())
}
