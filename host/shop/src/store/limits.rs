//! Limits on how often something may be tried, as one number a key: when the limit will be unused again (the generic
//! cell rate algorithm). Keys hold no personal data.

use thiserror::Error;

use super::{StoreError, Tx, values};
use crate::clock::Instant;

/// So many at once, and so many more each period, spread evenly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How many may be taken at once.
    pub burst: u32,
    /// The time in which `burst` more become free.
    pub period: Instant,
}

/// Why something may not be tried now.
#[derive(Debug, Error)]
pub enum LimitError {
    /// The limit is used up.
    #[error("this was tried too often; try again in {} seconds", retry_after.div_ceil(1_000))]
    UsedUp {
        /// Milliseconds until one more try is free.
        retry_after: u64,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes one try, or refuses and takes nothing.
///
/// # Errors
/// [`LimitError::UsedUp`] with the time to wait, or a failure of the database.
pub fn take(tx: &mut Tx<'_>, shop: &str, key: &str, limit: Limit, now: Instant) -> Result<(), LimitError> {
    let step = limit.period / i64::from(limit.burst.max(1));
    let row = tx.first("select used_until from limits where shop = ?1 and key = ?2", values![shop, key])?;
    // A clock that was moved back must not shut anybody out for longer than one period.
    let used_until = row.map_or(Ok(now), |row| row.int(0))?.clamp(now, now.saturating_add(limit.period));
    let next = used_until.saturating_add(step);
    let over = next.saturating_sub(now).saturating_sub(limit.period);
    if over > 0 {
        return Err(LimitError::UsedUp { retry_after: over.unsigned_abs() });
    }
    tx.execute(
        "insert into limits (shop, key, used_until) values (?1, ?2, ?3)
         on conflict (shop, key) do update set used_until = excluded.used_until",
        values![shop, key, next],
    )?;
    Ok(())
}

/// Forgets what a key has used, such as the failures of somebody who then succeeds.
///
/// # Errors
/// If the database fails.
pub fn reset(tx: &mut Tx<'_>, shop: &str, key: &str) -> Result<(), StoreError> {
    tx.execute("delete from limits where shop = ?1 and key = ?2", values![shop, key])?;
    Ok(())
}

/// Deletes the rows of every shop that limit nothing any more, and counts them.
///
/// # Errors
/// If the database fails.
pub fn sweep(tx: &mut Tx<'_>, now: Instant) -> Result<u64, StoreError> {
    tx.execute("delete from limits where used_until <= ?1", values![now])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{HOUR, MINUTE};
    use crate::store::Store;

    const THREE_AN_HOUR: Limit = Limit { burst: 3, period: HOUR };

    fn refused(result: Result<(), LimitError>) -> u64 {
        match result {
            Err(LimitError::UsedUp { retry_after }) => retry_after,
            other => panic!("expected a refusal, got {other:?}"),
        }
    }

    #[tokio::test]
    async fn a_burst_is_free_and_then_one_each_step() {
        let store = Store::in_memory().unwrap();
        store
            .write(|tx| -> Result<(), LimitError> {
                for _ in 0..3 {
                    take(tx, "a", "k", THREE_AN_HOUR, 0)?;
                }
                assert_eq!(refused(take(tx, "a", "k", THREE_AN_HOUR, 0)), 20 * MINUTE.unsigned_abs());
                take(tx, "a", "other", THREE_AN_HOUR, 0)?;
                take(tx, "b", "k", THREE_AN_HOUR, 0)?;
                take(tx, "a", "k", THREE_AN_HOUR, 20 * MINUTE)?;
                refused(take(tx, "a", "k", THREE_AN_HOUR, 20 * MINUTE));
                Ok(())
            })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn a_clock_moved_back_shuts_nobody_out_for_longer_than_a_period() {
        let store = Store::in_memory().unwrap();
        store
            .write(|tx| -> Result<(), LimitError> {
                take(tx, "a", "k", THREE_AN_HOUR, 1_000 * HOUR)?;
                assert!(refused(take(tx, "a", "k", THREE_AN_HOUR, 0)) <= HOUR.unsigned_abs());
                Ok(())
            })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn a_sweep_leaves_what_still_limits() {
        let store = Store::in_memory().unwrap();
        store
            .write(|tx| -> Result<(), LimitError> {
                take(tx, "a", "old", THREE_AN_HOUR, 0)?;
                take(tx, "a", "new", THREE_AN_HOUR, HOUR)?;
                assert_eq!(sweep(tx, HOUR)?, 1);
                reset(tx, "a", "new")?;
                assert_eq!(sweep(tx, 9 * HOUR)?, 0);
                Ok(())
            })
            .await
            .unwrap();
    }
}
