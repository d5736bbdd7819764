//! Recognising a device that its customer asked to be remembered on (C1). Recognition fills a checkout; it signs nobody in.
//!
//! The token rotates: every [`ROTATED_EVERY`] the device is given a new one, which replaces the old one once the device
//! shows it, so a lost answer locks nobody out. A token that was replaced and is shown again has been copied: the device
//! is forgotten.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::session::short;
use crate::clock::{DAY, Instant, MINUTE};
use crate::ids;
use crate::secrets::{hash_token, new_token};
use crate::store::devices::{self, StoredDevice};
use crate::store::{StoreError, Tx};

/// A device is forgotten this long after it was last seen.
pub const DEVICE_IDLE: Instant = 180 * DAY;
/// A device is given a new token this often.
pub const ROTATED_EVERY: Instant = DAY;
/// Requests that were under way when the token was replaced may still carry the old one.
const GRACE: Instant = MINUTE;

/// A device that its customer asked to be remembered on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Device {
    /// The device's id; it opens nothing.
    pub id: String,
    /// Whose it is.
    pub customer: String,
    /// What its browser says it is.
    pub label: String,
    /// When it was first remembered.
    pub created_at: Instant,
    /// When it was last seen, to the day.
    pub seen_at: Instant,
    /// When it is forgotten unless it is seen.
    pub expires_at: Instant,
}

/// A device that was recognised.
#[derive(Clone)]
pub struct Recognised {
    /// The device, and with it its customer.
    pub device: Device,
    /// The new value for the device's cookie, if it is time for one.
    pub token: Option<String>,
}

/// Remembers a device, which its customer must have asked for, and gives its cookie's value.
///
/// # Errors
/// If the database fails.
pub fn remember(tx: &mut Tx<'_>, shop: &str, customer: &str, label: &str, now: Instant) -> Result<String, StoreError> {
    let token = new_token();
    let device = Device {
        id: ids::new("dev", now),
        customer: customer.to_owned(),
        label: short(label),
        created_at: now,
        seen_at: now,
        expires_at: now + DEVICE_IDLE,
    };
    devices::insert(tx, shop, &device, &hash_token(&token))?;
    Ok(token)
}

/// Who holds the device with this token, without changing anything: for pages that only read.
///
/// # Errors
/// If the database fails.
pub fn peek(tx: &mut Tx<'_>, shop: &str, token: &str, now: Instant) -> Result<Option<Device>, StoreError> {
    let hash = hash_token(token);
    let stored = devices::by_hash(tx, shop, &hash, now)?;
    Ok(stored.filter(|stored| !is_copied(stored, &hash, now)).map(|stored| stored.device))
}

/// Recognises a device by its token, and rotates the token when it is time.
///
/// # Errors
/// If the database fails.
pub fn recognise(tx: &mut Tx<'_>, shop: &str, token: &str, now: Instant) -> Result<Option<Recognised>, StoreError> {
    let hash = hash_token(token);
    let Some(mut stored) = devices::by_hash(tx, shop, &hash, now)? else { return Ok(None) };
    if is_copied(&stored, &hash, now) {
        devices::revoke(tx, shop, &stored.device.customer, &stored.device.id)?;
        return Ok(None);
    }
    let arrived = stored.next_hash.as_deref() == Some(&hash);
    if arrived {
        stored.spent_hash = Some(std::mem::replace(&mut stored.hash, hash));
        stored.next_hash = None;
    }
    let due = now - stored.rotated_at >= ROTATED_EVERY;
    let next = due.then(new_token);
    if let Some(next) = &next {
        rotate(&mut stored, next, now);
    }
    if arrived || due {
        devices::update(tx, shop, &stored)?;
    }
    Ok(Some(Recognised { device: stored.device, token: next }))
}

fn is_copied(stored: &StoredDevice, hash: &str, now: Instant) -> bool {
    stored.spent_hash.as_deref() == Some(hash) && now - stored.rotated_at > GRACE
}

fn rotate(stored: &mut StoredDevice, next: &str, now: Instant) {
    stored.next_hash = Some(hash_token(next));
    stored.rotated_at = now;
    stored.device.seen_at = now;
    stored.device.expires_at = now + DEVICE_IDLE;
}

/// Forgets the device with this token: "not you?".
///
/// # Errors
/// If the database fails.
pub fn forget(tx: &mut Tx<'_>, shop: &str, token: &str, now: Instant) -> Result<(), StoreError> {
    if let Some(stored) = devices::by_hash(tx, shop, &hash_token(token), now)? {
        devices::revoke(tx, shop, &stored.device.customer, &stored.device.id)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    fn in_a_shop(test: impl FnOnce(&mut Tx<'_>) -> Result<(), StoreError> + Send + 'static) {
        let store = Store::in_memory().unwrap();
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(store.write(test)).unwrap();
    }

    #[test]
    fn c1_a_device_is_recognised_by_its_token_in_its_shop_until_it_is_forgotten() {
        in_a_shop(|tx| {
            let token = remember(tx, "a", "cus_1", "Phone", 0)?;
            let recognised = recognise(tx, "a", &token, 1)?.unwrap();
            assert_eq!(recognised.device.customer, "cus_1");
            assert!(recognised.token.is_none());
            assert!(recognise(tx, "b", &token, 1)?.is_none());
            assert!(recognise(tx, "a", "guess", 1)?.is_none());
            forget(tx, "a", &token, 2)?;
            assert!(recognise(tx, "a", &token, 3)?.is_none());
            Ok(())
        });
    }

    #[test]
    fn c1_the_token_rotates_and_a_lost_answer_locks_nobody_out() {
        in_a_shop(|tx| {
            let first = remember(tx, "a", "cus_1", "Phone", 0)?;
            let lost = recognise(tx, "a", &first, DAY)?.unwrap().token.unwrap();
            assert!(recognise(tx, "a", &first, DAY + 1)?.unwrap().token.is_none());
            let second = recognise(tx, "a", &first, 2 * DAY)?.unwrap().token.unwrap();
            assert!(recognise(tx, "a", &lost, 2 * DAY)?.is_none());
            assert!(recognise(tx, "a", &second, 2 * DAY)?.is_some());
            Ok(())
        });
    }

    #[test]
    fn c1_a_token_shown_again_after_it_was_replaced_forgets_the_device() {
        in_a_shop(|tx| {
            let first = remember(tx, "a", "cus_1", "Phone", 0)?;
            let second = recognise(tx, "a", &first, DAY)?.unwrap().token.unwrap();
            recognise(tx, "a", &second, DAY)?.unwrap();
            assert!(recognise(tx, "a", &first, DAY + GRACE)?.is_some(), "a request that was under way");
            let late = DAY + GRACE + 1;
            assert!(peek(tx, "a", &first, late)?.is_none());
            assert!(recognise(tx, "a", &first, late)?.is_none());
            assert!(recognise(tx, "a", &second, late)?.is_none());
            Ok(())
        });
    }

    #[test]
    fn c1_a_device_unseen_for_half_a_year_is_forgotten_and_customers_revoke_only_their_own() {
        in_a_shop(|tx| {
            let token = remember(tx, "a", "cus_1", "Phone", 0)?;
            let device = peek(tx, "a", &token, DEVICE_IDLE - 1)?.unwrap();
            assert!(peek(tx, "a", &token, DEVICE_IDLE)?.is_none());
            assert!(!devices::revoke(tx, "a", "cus_2", &device.id)?);
            assert_eq!(devices::of_customer(tx, "a", "cus_1", 1)?, std::slice::from_ref(&device));
            assert!(devices::revoke(tx, "a", "cus_1", &device.id)?);
            assert!(peek(tx, "a", &token, 1)?.is_none());
            Ok(())
        });
    }
}
