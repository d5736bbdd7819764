//! When each entry of an installation's schedule is due, and how far its pages have come.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{StoreError, Tx, values};
use crate::clock::{Instant, MINUTE};

/// A tick that can be worked on now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueTick {
    /// The shop.
    pub shop: String,
    /// The extension's id.
    pub extension: String,
    /// The entry's name in the manifest.
    pub name: String,
    /// When it was due.
    pub due_at: Instant,
    /// The page to go on with; none for the first.
    pub cursor: Option<String>,
    /// How often this page has failed.
    pub attempts: u32,
}

/// A tick whose latest page failed. It is tried again by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FailedTick {
    /// The extension.
    pub extension: String,
    /// The entry's name in its schedule.
    pub name: String,
    /// When it was due.
    pub due_at: Instant,
    /// How often its latest page was tried.
    pub attempts: u32,
    /// When that is tried next.
    pub retry_at: Instant,
    /// Why it failed last.
    pub last_error: String,
}

/// The longest pause between two attempts.
const LONGEST_PAUSE: Instant = 60 * MINUTE;

/// Puts an entry on the schedule, unless it is there already.
///
/// # Errors
/// If the database fails.
pub fn ensure(tx: &mut Tx<'_>, shop: &str, extension: &str, name: &str, first_due: Instant) -> Result<(), StoreError> {
    tx.execute(
        "insert into ticks (shop, extension, name, due_at, retry_at) values (?1, ?2, ?3, ?4, ?4)
         on conflict (shop, extension, name) do nothing",
        values![shop, extension, name, first_due],
    )?;
    Ok(())
}

/// Takes every entry off the schedule that is not among `names`: a new version of the extension has dropped them.
///
/// # Errors
/// If the database fails.
pub fn keep_only(tx: &mut Tx<'_>, shop: &str, extension: &str, names: &[String]) -> Result<(), StoreError> {
    for row in tx.query("select name from ticks where shop = ?1 and extension = ?2", values![shop, extension])? {
        let name = row.text(0)?;
        if !names.contains(&name) {
            tx.execute(
                "delete from ticks where shop = ?1 and extension = ?2 and name = ?3",
                values![shop, extension, name],
            )?;
        }
    }
    Ok(())
}

/// Ticks of a shop's enabled installations whose latest page failed, those that were due first in front.
///
/// # Errors
/// If the database fails.
pub fn failed(tx: &mut Tx<'_>, shop: &str) -> Result<Vec<FailedTick>, StoreError> {
    tx.query(
        "select ticks.extension, name, due_at, attempts, retry_at, error from installations i
         join ticks on ticks.shop = i.shop and ticks.extension = i.extension
         where i.shop = ?1 and enabled = 1 and error is not null order by due_at, ticks.extension, name",
        values![shop],
    )?
    .iter()
    .map(|row| {
        Ok(FailedTick {
            extension: row.text(0)?,
            name: row.text(1)?,
            due_at: row.int(2)?,
            attempts: row.uint(3)?,
            retry_at: row.int(4)?,
            last_error: row.text(5)?,
        })
    })
    .collect()
}

/// Ticks of enabled installations that are due, the longest due first.
///
/// # Errors
/// If the database fails.
pub fn due(tx: &mut Tx<'_>, now: Instant, limit: u32) -> Result<Vec<DueTick>, StoreError> {
    tx.query(
        "select t.shop, t.extension, t.name, t.due_at, t.cursor, t.attempts from ticks t
         join installations i on i.shop = t.shop and i.extension = t.extension and i.enabled = 1
         where t.retry_at <= ?1 order by t.retry_at, t.shop, t.extension, t.name limit ?2",
        values![now, limit],
    )?
    .iter()
    .map(|row| {
        Ok(DueTick {
            shop: row.text(0)?,
            extension: row.text(1)?,
            name: row.text(2)?,
            due_at: row.int(3)?,
            cursor: row.opt_text(4)?,
            attempts: row.uint(5)?,
        })
    })
    .collect()
}

/// Moves a tick on: to its next page, which queues behind what else is due at `now`, or after the last page to the next
/// time. False if somebody else has moved it.
///
/// # Errors
/// If the database fails.
pub fn advance(
    tx: &mut Tx<'_>,
    tick: &DueTick,
    next_cursor: Option<&str>,
    next_due: Instant,
    now: Instant,
) -> Result<bool, StoreError> {
    let (due, next_try) = if next_cursor.is_some() { (tick.due_at, now) } else { (next_due, next_due) };
    let moved = tx.execute(
        "update ticks set cursor = ?6, due_at = ?7, retry_at = ?8, attempts = 0, error = null
         where shop = ?1 and extension = ?2 and name = ?3 and due_at = ?4 and cursor is not distinct from ?5",
        values![
            &tick.shop,
            &tick.extension,
            &tick.name,
            tick.due_at,
            tick.cursor.as_deref(),
            next_cursor,
            due,
            next_try
        ],
    )?;
    Ok(moved == 1)
}

/// Notes that a page failed, and when to try it again: after 1, 2, 4 … minutes, at most an hour.
///
/// # Errors
/// If the database fails.
pub fn fail(tx: &mut Tx<'_>, tick: &DueTick, now: Instant, error: &str) -> Result<(), StoreError> {
    let pause = MINUTE.saturating_mul(1 << tick.attempts.min(6)).min(LONGEST_PAUSE);
    tx.execute(
        "update ticks set attempts = attempts + 1, retry_at = ?4, error = ?5
         where shop = ?1 and extension = ?2 and name = ?3",
        values![&tick.shop, &tick.extension, &tick.name, now.saturating_add(pause), error],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, installations};

    async fn store_with_a_tick(due_at: Instant) -> Store {
        let store = Store::in_memory().unwrap();
        store
            .write(move |tx| -> Result<(), StoreError> {
                installations::put_component(tx, "d", b"wasm", 0)?;
                installations::put(tx, "s", &installations::tests::row("loyalty-points", "d", 0))?;
                ensure(tx, "s", "loyalty-points", "daily", due_at)?;
                ensure(tx, "s", "loyalty-points", "daily", due_at + 5)
            })
            .await
            .unwrap();
        store
    }

    async fn due_at(store: &Store, now: Instant) -> Vec<DueTick> {
        store.read(move |tx| due(tx, now, 10)).await.unwrap()
    }

    #[tokio::test]
    async fn a_tick_is_due_once_and_goes_on_page_by_page() {
        let store = store_with_a_tick(100).await;
        assert!(due_at(&store, 99).await.is_empty());
        let first = due_at(&store, 100).await.remove(0);
        let moved = first.clone();
        assert!(store.write(move |tx| advance(tx, &moved, Some("page-2"), 200, 100)).await.unwrap());
        let second = due_at(&store, 100).await.remove(0);
        assert_eq!((second.cursor.as_deref(), second.due_at), (Some("page-2"), 100));
        assert!(!store.write(move |tx| advance(tx, &first, None, 200, 100)).await.unwrap(), "a page moves on once");
        assert!(store.write(move |tx| advance(tx, &second, None, 200, 100)).await.unwrap());
        assert!(due_at(&store, 199).await.is_empty());
        assert_eq!(due_at(&store, 200).await[0].cursor, None);
    }

    #[tokio::test]
    async fn a_failed_tick_comes_again_with_growing_pauses() {
        let store = store_with_a_tick(0).await;
        let tick = due_at(&store, 0).await.remove(0);
        store.write(move |tx| fail(tx, &tick, 0, "no answer")).await.unwrap();
        assert!(due_at(&store, MINUTE - 1).await.is_empty());
        let tick = due_at(&store, MINUTE).await.remove(0);
        assert_eq!(tick.attempts, 1);
        store.write(move |tx| fail(tx, &tick, MINUTE, "no answer")).await.unwrap();
        assert!(due_at(&store, 3 * MINUTE - 1).await.is_empty());
        assert_eq!(due_at(&store, 3 * MINUTE).await.len(), 1);
    }

    #[tokio::test]
    async fn a_tick_that_fails_is_listed_until_it_succeeds() {
        let store = store_with_a_tick(0).await;
        let listed = async || store.read(|tx| failed(tx, "s")).await.unwrap();
        assert!(listed().await.is_empty());
        let tick = due_at(&store, 0).await.remove(0);
        let failing = tick.clone();
        store.write(move |tx| fail(tx, &failing, 0, "no answer")).await.unwrap();
        let expected = FailedTick {
            extension: "loyalty-points".into(),
            name: "daily".into(),
            due_at: 0,
            attempts: 1,
            retry_at: MINUTE,
            last_error: "no answer".into(),
        };
        assert_eq!(listed().await, [expected]);
        store.write(move |tx| advance(tx, &tick, None, 200, 0)).await.unwrap();
        assert!(listed().await.is_empty());
    }

    #[tokio::test]
    async fn an_entry_that_a_new_version_has_dropped_is_off_the_schedule() {
        let store = store_with_a_tick(0).await;
        store
            .write(|tx| -> Result<(), StoreError> {
                ensure(tx, "s", "loyalty-points", "weekly", 0)?;
                keep_only(tx, "s", "loyalty-points", &["weekly".to_owned()])?;
                Ok(())
            })
            .await
            .unwrap();
        let left = due_at(&store, 0).await;
        assert_eq!(left.iter().map(|tick| tick.name.as_str()).collect::<Vec<_>>(), ["weekly"]);
    }
}
