//! What extensions may ask of the shop: the engine's capabilities, answered from the store.
//!
//! Every answer that a handler may depend on carries the versions of what it was read from, taken in the same snapshot, so
//! that a commit can tell whether something has changed since.

mod address_book;
mod catalogue;
#[cfg(test)]
mod conflict_tests;
mod customers;
mod order_history;
mod points;
mod quotas;
mod storage;

use std::sync::Arc;

use boomerang_engine::contract::Fault;
use boomerang_engine::{Capabilities, Read, ReadVersion};

use super::time_zones::BundledTimeZones;
use crate::store::{Store, StoreError, Tx, versions};

/// Everything the shop offers, answered from `store`.
#[must_use]
pub fn from_store(store: Store) -> Capabilities {
    let source = Arc::new(FromStore(store));
    Capabilities::builder()
        .time_zones(Arc::new(BundledTimeZones))
        .catalogue(source.clone())
        .customers(source.clone())
        .address_book(source.clone())
        .order_history(source.clone())
        .quotas(source.clone())
        .points(source.clone())
        .storage(source)
        .all_writes()
        .build()
}

/// Answers from the database.
struct FromStore(Store);

impl FromStore {
    /// Reads a few rows by key, in one snapshot.
    async fn answer<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<Read<T>, StoreError> + Send + 'static,
    ) -> Result<Read<T>, Fault> {
        self.0.lookup(|tx| work(&mut tx.answering())).await.map_err(unavailable)
    }

    /// Reads a page of many rows, in one snapshot.
    async fn answer_page<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<Read<T>, StoreError> + Send + 'static,
    ) -> Result<Read<T>, Fault> {
        self.0.read(|tx| work(&mut tx.answering())).await.map_err(unavailable)
    }
}

/// The versions of everything that an answer was made from.
fn versions_of(
    tx: &mut Tx<'_>,
    shop: &str,
    keys: impl IntoIterator<Item = String>,
) -> Result<Vec<ReadVersion>, StoreError> {
    keys.into_iter().map(|key| Ok(ReadVersion { version: versions::get(tx, shop, &key)?, key })).collect()
}

/// Why the database failed is for the platform's log, not for an extension.
fn unavailable(error: StoreError) -> Fault {
    tracing::error!(%error, "a capability could not be answered");
    Fault::new("unavailable", "the shop could not look this up just now; the call can be tried again")
}
