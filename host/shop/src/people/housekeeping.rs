//! What has ended is deleted, in every shop. Nothing depends on when this runs: every read checks the time itself.

use super::offer;
use crate::clock::{DAY, Instant};
use crate::store::{Store, StoreError, admins, contacts, devices, idempotency, limits, sessions, tokens};

/// Answers to writes are kept for a repeated request this long.
const ANSWERS_KEPT: Instant = DAY;

/// Deletes ended sessions, devices, proofs and limits, addresses that were only typed, old answers, and accounts that
/// nobody has claimed. Gives how many rows went.
///
/// # Errors
/// If the database fails.
pub async fn sweep(store: &Store, now: Instant) -> Result<u64, StoreError> {
    let mut deleted = store
        .write(move |tx| -> Result<u64, StoreError> {
            Ok(sessions::sweep(tx, now)?
                + admins::sweep(tx, now)?
                + devices::sweep(tx, now)?
                + tokens::sweep(tx, now)?
                + limits::sweep(tx, now)?
                + contacts::sweep(tx, now)?
                + idempotency::sweep(tx, now - ANSWERS_KEPT)?)
        })
        .await?;
    loop {
        let unclaimed = store.write(move |tx| offer::sweep(tx, now)).await?;
        if unclaimed == 0 {
            return Ok(deleted);
        }
        deleted += unclaimed;
    }
}
