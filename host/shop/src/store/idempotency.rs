//! Idempotency keys: a write that is sent twice with one key is done once, and answered twice alike.

use super::{Row, StoreError, Tx, values};
use crate::clock::{Instant, MINUTE};

/// A first request that has not finished after this long is taken to have been lost, and its key may be used again.
const LOST_AFTER: Instant = MINUTE;

/// What to do with a request that carries a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begin {
    /// Nobody has used the key: do the work, then call [`finish`], or [`abandon`] if nothing was changed.
    New,
    /// The first request with the key is still under way.
    Running,
    /// The work is done: answer this.
    Replay {
        /// The HTTP status answered first.
        status: u16,
        /// The body answered first.
        body: String,
    },
    /// The key came before with another request.
    Conflict,
}

/// Claims a key for a request. `principal` is whose key it is (a session, an admin), `request_hash` a hash of method,
/// path and body.
///
/// # Errors
/// If the database fails.
pub fn begin(
    tx: &mut Tx<'_>,
    shop: &str,
    principal: &str,
    key: &str,
    request_hash: &str,
    now: Instant,
) -> Result<Begin, StoreError> {
    let claimed = tx.execute(
        "insert into idempotency (shop, principal, key, request_hash, status, body, created_at)
         values (?1, ?2, ?3, ?4, 0, '', ?5)
         on conflict (shop, principal, key) do update set created_at = excluded.created_at
         where idempotency.status = 0 and idempotency.request_hash = excluded.request_hash
           and idempotency.created_at <= ?6",
        values![shop, principal, key, request_hash, now, now - LOST_AFTER],
    )?;
    if claimed == 1 {
        return Ok(Begin::New);
    }
    let row = tx.first(
        "select request_hash, status, body from idempotency where shop = ?1 and principal = ?2 and key = ?3",
        values![shop, principal, key],
    )?;
    let Some(row) = row else { return Ok(Begin::Running) };
    if row.text(0)? != request_hash {
        return Ok(Begin::Conflict);
    }
    let status = u16::try_from(row.int(1)?).map_err(|_| StoreError::Corrupt { column: 1 })?;
    Ok(if status == 0 { Begin::Running } else { Begin::Replay { status, body: row.text(2)? } })
}

/// Whether work is done for the first time under a name that all retries of one write share. Call it in the transaction of
/// the work: the answer of [`begin`] is lost with a program that ends before it has answered, and this is not.
///
/// # Errors
/// If the database fails.
pub fn is_first(tx: &mut Tx<'_>, shop: &str, name: &str, now: Instant) -> Result<bool, StoreError> {
    let noted = tx.execute(
        "insert into idempotency (shop, principal, key, request_hash, status, body, created_at)
         values (?1, 'work', ?2, '', 204, '', ?3) on conflict (shop, principal, key) do nothing",
        values![shop, name, now],
    )?;
    Ok(noted == 1)
}

/// What was answered to a request that has a key, without claiming the key: none if nothing was yet, or to another request.
///
/// # Errors
/// If the database fails.
pub fn answered(
    tx: &mut Tx<'_>,
    shop: &str,
    principal: &str,
    key: &str,
    request_hash: &str,
) -> Result<Option<(u16, String)>, StoreError> {
    let row = tx.first(
        "select status, body from idempotency
         where shop = ?1 and principal = ?2 and key = ?3 and request_hash = ?4 and status <> 0",
        values![shop, principal, key, request_hash],
    )?;
    let status = |row: &Row| u16::try_from(row.int(0)?).map_err(|_| StoreError::Corrupt { column: 0 });
    row.map(|row| Ok((status(&row)?, row.text(1)?))).transpose()
}

/// Lets another principal meet an answer that is stored: what is left of a session which the request has ended.
///
/// # Errors
/// If the database fails.
pub fn hand_on(tx: &mut Tx<'_>, shop: &str, principal: &str, key: &str, heir: &str) -> Result<(), StoreError> {
    tx.execute(
        "insert into idempotency (shop, principal, key, request_hash, status, body, created_at)
         select shop, ?4, key, request_hash, status, body, created_at from idempotency
         where shop = ?1 and principal = ?2 and key = ?3 and status <> 0
         on conflict (shop, principal, key) do nothing",
        values![shop, principal, key, heir],
    )?;
    Ok(())
}

/// Stores the answer, in the transaction of the work where there is one.
///
/// # Errors
/// If the database fails.
pub fn finish(
    tx: &mut Tx<'_>,
    shop: &str,
    principal: &str,
    key: &str,
    status: u16,
    body: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "update idempotency set status = ?4, body = ?5 where shop = ?1 and principal = ?2 and key = ?3",
        values![shop, principal, key, u32::from(status), body],
    )?;
    Ok(())
}

/// Frees a key whose request changed nothing, so that it may be tried again.
///
/// # Errors
/// If the database fails.
pub fn abandon(tx: &mut Tx<'_>, shop: &str, principal: &str, key: &str) -> Result<(), StoreError> {
    tx.execute(
        "delete from idempotency where shop = ?1 and principal = ?2 and key = ?3 and status = 0",
        values![shop, principal, key],
    )?;
    Ok(())
}

/// Deletes the keys of every shop that were first used before `before`, and counts them.
///
/// # Errors
/// If the database fails.
pub fn sweep(tx: &mut Tx<'_>, before: Instant) -> Result<u64, StoreError> {
    tx.execute("delete from idempotency where created_at < ?1", values![before])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn a_key_is_new_once_then_running_then_replayed() {
        let store = Store::in_memory().unwrap();
        store
            .write(|tx| -> Result<(), StoreError> {
                assert_eq!(begin(tx, "a", "s1", "k", "h", 0)?, Begin::New);
                assert_eq!(begin(tx, "a", "s1", "k", "h", 1)?, Begin::Running);
                finish(tx, "a", "s1", "k", 201, "{}")?;
                let replay = Begin::Replay { status: 201, body: "{}".into() };
                assert_eq!(begin(tx, "a", "s1", "k", "h", 2)?, replay);
                assert_eq!(begin(tx, "a", "s1", "k", "h", 2 + LOST_AFTER)?, replay);
                assert_eq!(begin(tx, "a", "s1", "k", "other", 3)?, Begin::Conflict);
                assert_eq!(begin(tx, "a", "s2", "k", "other", 3)?, Begin::New);
                assert_eq!(begin(tx, "b", "s1", "k", "other", 3)?, Begin::New);
                Ok(())
            })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn a_key_whose_request_was_lost_or_abandoned_is_free_again() {
        let store = Store::in_memory().unwrap();
        store
            .write(|tx| -> Result<(), StoreError> {
                assert_eq!(begin(tx, "a", "s", "lost", "h", 0)?, Begin::New);
                assert_eq!(begin(tx, "a", "s", "lost", "h", LOST_AFTER)?, Begin::New);
                assert_eq!(begin(tx, "a", "s", "lost", "h", LOST_AFTER + 1)?, Begin::Running);
                abandon(tx, "a", "s", "lost")?;
                assert_eq!(begin(tx, "a", "s", "lost", "another", LOST_AFTER + 2)?, Begin::New);
                finish(tx, "a", "s", "lost", 200, "done")?;
                abandon(tx, "a", "s", "lost")?;
                assert!(matches!(begin(tx, "a", "s", "lost", "another", 0)?, Begin::Replay { .. }));
                assert_eq!(sweep(tx, LOST_AFTER + 3)?, 1);
                Ok(())
            })
            .await
            .unwrap();
    }
}
