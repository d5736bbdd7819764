//! Price histories that were read lately, so that a page with sale prices does not read them all anew.

use std::collections::HashMap;
use std::hash::RandomState;
use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::{Cache, DefaultLifecycle};

use crate::catalogue::prior_price::PriceHistory;
use crate::platform::Platform;
use crate::shops::Shop;
use crate::store::{StoreError, prices};

/// Variants whose histories are expected to be kept.
const VARIANTS: usize = 10_000;
/// Changes and observations of all of them together, 24 bytes each.
const ROWS: u64 = 500_000;
/// What a variant without any counts for.
const LEAST: u64 = 10;

/// What is known of variants, under the version of the shop's data at which it was read.
pub(crate) struct Histories(Cache<(String, String), Known, Rows, RandomState>);

#[derive(Clone)]
struct Known {
    version: u64,
    history: Arc<PriceHistory>,
}

#[derive(Clone)]
struct Rows;

impl Weighter<(String, String), Known> for Rows {
    fn weight(&self, _: &(String, String), known: &Known) -> u64 {
        LEAST + (known.history.changes.len() + known.history.observations.len()) as u64
    }
}

impl Default for Histories {
    fn default() -> Self {
        Self(Cache::with(VARIANTS, ROWS, Rows, RandomState::new(), DefaultLifecycle::default()))
    }
}

impl Platform {
    /// The price histories of some variants. `version` is that of the shop's data, taken before; without one they are read.
    pub(crate) async fn histories(
        &self,
        shop: &Shop,
        version: Option<u64>,
        variants: Vec<String>,
    ) -> Result<HashMap<String, Arc<PriceHistory>>, StoreError> {
        let mut found = HashMap::with_capacity(variants.len());
        let mut missing = Vec::new();
        for variant in variants {
            match self.histories.0.get(&(shop.id.clone(), variant.clone())) {
                Some(known) if Some(known.version) == version => drop(found.insert(variant, known.history)),
                _ => missing.push(variant),
            }
        }
        if missing.is_empty() {
            return Ok(found);
        }
        let id = shop.id.clone();
        let read = self
            .store
            .lookup(move |tx| -> Result<Vec<_>, StoreError> {
                let history = |variant: String| Ok((Arc::new(prices::history(tx, &id, &variant)?), variant));
                missing.into_iter().map(history).collect()
            })
            .await?;
        for (history, variant) in read {
            if let Some(version) = version {
                let known = Known { version, history: Arc::clone(&history) };
                self.histories.0.insert((shop.id.clone(), variant.clone()), known);
            }
            found.insert(variant, history);
        }
        Ok(found)
    }
}
