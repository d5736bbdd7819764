//! Who changed what, and when. Rows are only ever added.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::db::to_json;
use super::{Row, StoreError, Tx, values};
use crate::clock::Instant;
use crate::ids;

/// One change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AuditEntry {
    /// The entry's id; ids sort by time.
    pub id: String,
    /// When it happened.
    pub at: Instant,
    /// `admin:<id>`, `customer:<id>`, `extension:<id>` or `system`.
    pub actor: String,
    /// What was done, such as `extension.enabled`.
    pub action: String,
    /// What it was done to, such as `extension/flash-sale`.
    pub subject: String,
    /// What a person needs to understand it. Holds no personal data.
    pub details: Value,
}

/// Notes a change, in the transaction that makes it. `details` must hold no personal data: name people by id.
///
/// # Errors
/// If the database fails.
pub fn write(
    tx: &mut Tx<'_>,
    shop: &str,
    now: Instant,
    actor: &str,
    action: &str,
    subject: &str,
    details: &Value,
) -> Result<(), StoreError> {
    tx.execute(
        "insert into audit (shop, id, at, actor, action, subject, details) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        values![shop, ids::new("aud", now), now, actor, action, subject, to_json(details)?],
    )?;
    Ok(())
}

/// The newest entries first, at most `limit`, older than the entry `before` if one is given.
///
/// # Errors
/// If the database fails.
pub fn list(tx: &mut Tx<'_>, shop: &str, before: Option<&str>, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
    tx.query(
        "select id, at, actor, action, subject, details from audit
         where shop = ?1 and (?2 is null or id < ?2) order by id desc limit ?3",
        values![shop, before, limit],
    )?
    .iter()
    .map(entry)
    .collect()
}

/// Whether something was ever done.
///
/// # Errors
/// If the database fails.
pub fn has(tx: &mut Tx<'_>, shop: &str, action: &str) -> Result<bool, StoreError> {
    let sql = "select 1 from audit where shop = ?1 and action = ?2 limit 1";
    Ok(tx.first(sql, values![shop, action])?.is_some())
}

fn entry(row: &Row) -> Result<AuditEntry, StoreError> {
    Ok(AuditEntry {
        id: row.text(0)?,
        at: row.int(1)?,
        actor: row.text(2)?,
        action: row.text(3)?,
        subject: row.text(4)?,
        details: row.json(5)?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn entries_come_newest_first_page_by_page_and_stay_in_their_shop() {
        let store = Store::in_memory().unwrap();
        store
            .write(|tx| -> Result<(), StoreError> {
                for at in 1..=3 {
                    write(tx, "a", at, "admin:1", "extension.enabled", "extension/x", &json!({ "at": at }))?;
                }
                write(tx, "b", 9, "system", "other", "", &json!({}))?;
                let first = list(tx, "a", None, 2)?;
                assert_eq!(first.iter().map(|entry| entry.at).collect::<Vec<_>>(), [3, 2]);
                let rest = list(tx, "a", Some(&first[1].id), 2)?;
                assert_eq!(rest.len(), 1);
                assert_eq!(rest[0].details, json!({ "at": 1 }));
                Ok(())
            })
            .await
            .unwrap();
    }
}
