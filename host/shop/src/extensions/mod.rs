//! The extensions of every shop: which are installed, how they are set up, and what they may ask of the shop.
//!
//! A shop's installations are immutable and are swapped whole when the merchant changes something, so a request sees one
//! state from its start to its end, and the next request sees the new one.

pub mod ask;
pub mod capabilities;
pub mod dispatcher;
pub mod due;
pub mod manage;
pub mod shelf;
pub mod standing;
pub mod stats;
pub mod time_zones;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use boomerang_engine::{
    Engine, Extension, Installation, InstallationOptions, Installations, NotGranted, PreparedSettings,
};

use crate::shops::Shop;
use crate::store::installations::{self, InstallationRow};
use crate::store::{Store, StoreError};
use ask::AsIf;
use manage::ManageError;
use shelf::Shelf;
use stats::Stats;

/// The extensions of all shops. Clones share them.
#[derive(Clone)]
pub struct Extensions(Arc<Inner>);

struct Inner {
    store: Store,
    engine: Engine,
    shelf: Shelf,
    stats: Stats,
    /// Components that have been loaded, by digest; for one that does not load, the reason.
    loaded: Mutex<HashMap<String, Loaded>>,
    shops: RwLock<HashMap<String, Arc<ShopExtensions>>>,
}

type Loaded = Result<Arc<Extension>, Arc<str>>;

/// What one shop has installed, as of its last change.
#[derive(Debug)]
pub struct ShopExtensions {
    /// The enabled ones, in the order of the pricing chain.
    pub installations: Installations,
    /// Those that are enabled and do not load, with the reason. The shop goes on without them.
    pub broken: BTreeMap<String, Arc<str>>,
}

impl Extensions {
    /// Wires the engine to a store. Nothing is loaded until a shop needs it.
    #[must_use]
    pub fn new(store: Store, engine: Engine, shelf: Shelf) -> Self {
        Self(Arc::new(Inner {
            store,
            engine,
            shelf,
            stats: Stats::default(),
            loaded: Mutex::new(HashMap::new()),
            shops: RwLock::new(HashMap::new()),
        }))
    }

    /// The engine behind it.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// The extensions that ship with the platform.
    #[must_use]
    pub fn shelf(&self) -> &Shelf {
        &self.0.shelf
    }

    /// What extensions have cost so far.
    #[must_use]
    pub fn stats(&self) -> &Stats {
        &self.0.stats
    }

    /// What a shop has installed now.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn of(&self, shop: &str) -> Result<Arc<ShopExtensions>, StoreError> {
        let known = self.0.shops.read().unwrap_or_else(PoisonError::into_inner).get(shop).cloned();
        match known {
            Some(extensions) => Ok(extensions),
            None => self.reload(shop).await,
        }
    }

    /// Reads a shop's installations anew and swaps them in. An installation that has not changed keeps its breakers.
    ///
    /// # Errors
    /// If the database fails; the ones in force stay.
    pub async fn reload(&self, shop: &str) -> Result<Arc<ShopExtensions>, StoreError> {
        let id = shop.to_owned();
        let rows = self.0.store.read(move |tx| installations::list(tx, &id)).await?;
        let before = self.0.shops.read().unwrap_or_else(PoisonError::into_inner).get(shop).cloned();
        let extensions = Arc::new(self.ready(rows, before.as_deref()).await?);
        let mut shops = self.0.shops.write().unwrap_or_else(PoisonError::into_inner);
        shops.insert(shop.to_owned(), Arc::clone(&extensions));
        Ok(extensions)
    }

    /// What a shop would have if one of its installations were switched on, or off; none for what it has. Nobody is left
    /// out of it, and its breakers are its own.
    async fn as_if(&self, shop: &Shop, as_if: Option<AsIf<'_>>) -> Result<ShopExtensions, ManageError> {
        let mut rows = self.rows(shop).await?;
        if let Some(AsIf { extension, enabled }) = as_if {
            let row = rows.iter_mut().find(|row| row.extension == extension);
            row.ok_or_else(|| ManageError::NotInstalled(extension.to_owned()))?.enabled = enabled;
        }
        let extensions = self.ready(rows, None).await?;
        match as_if.and_then(|as_if| extensions.broken.get(as_if.extension)) {
            Some(reason) => Err(ManageError::Broken(Arc::clone(reason))),
            None => Ok(extensions),
        }
    }

    /// The installations that are switched on, loaded.
    async fn ready(
        &self,
        rows: Vec<InstallationRow>,
        before: Option<&ShopExtensions>,
    ) -> Result<ShopExtensions, StoreError> {
        let mut enabled = Vec::new();
        let mut broken = BTreeMap::new();
        for row in rows.into_iter().filter(|row| row.enabled) {
            let id = row.extension.clone();
            let ready = match self.component(&row.digest).await? {
                Ok(extension) => installation(extension, row, before).map_err(|error| Arc::from(error.to_string())),
                Err(reason) => Err(reason),
            };
            match ready {
                Ok(installation) => enabled.push(installation),
                Err(reason) => {
                    broken.insert(id, reason);
                }
            }
        }
        let installations = Installations::new(enabled).map_err(|error| StoreError::Constraint(error.to_string()))?;
        Ok(ShopExtensions { installations, broken })
    }

    /// A component by its digest, loaded once for all shops.
    ///
    /// # Errors
    /// If the database fails. A component that does not load is the inner error, with the reason for the merchant.
    pub async fn component(&self, digest: &str) -> Result<Loaded, StoreError> {
        if let Some(loaded) = self.loaded().get(digest) {
            return Ok(loaded.clone());
        }
        let id = digest.to_owned();
        let Some(wasm) = self.0.store.read(move |tx| installations::component(tx, &id)).await? else {
            return Ok(Err("its component is missing from the database; install it again".into()));
        };
        let loaded = match self.load(wasm).await {
            Ok(extension) => Ok(extension),
            // Nothing is known about the component yet, so the next request asks again.
            Err(error) if error.is_transient() => return Ok(Err(error.to_string().into())),
            Err(error) => Err(error.to_string().into()),
        };
        self.loaded().insert(digest.to_owned(), loaded.clone());
        Ok(loaded)
    }

    fn loaded(&self) -> std::sync::MutexGuard<'_, HashMap<String, Loaded>> {
        self.0.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The engine's view of an installation. One that is as it was before is taken over, with the state of its breakers.
fn installation(
    extension: Arc<Extension>,
    row: InstallationRow,
    before: Option<&ShopExtensions>,
) -> Result<Arc<Installation>, NotGranted> {
    let prepared = PreparedSettings::from_bytes(row.prepared);
    let mut options = InstallationOptions::new(prepared, row.grants);
    options.fail_closed = row.fail_closed;
    let new = Installation::new(extension, options)?;
    let old = before.and_then(|before| before.installations.get(new.extension().id()));
    Ok(match old {
        Some(old)
            if old.extension().digest() == new.extension().digest()
                && old.settings() == new.settings()
                && old.fails_closed() == new.fails_closed() =>
        {
            Arc::clone(old)
        }
        _ => Arc::new(new),
    })
}
