//! Everything wired together: the one value that the API, the pages and the background work share.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use boomerang_engine::{CacheConfig, Compiler, Engine, EngineConfig, EngineError};
use serde_json::json;
use thiserror::Error;

use crate::clock::{Clock, DAY, Instant};
use crate::extensions::shelf::Shelf;
use crate::extensions::{Extensions, capabilities};
use crate::gateway::Gateway;
use crate::pricing::histories::Histories;
use crate::pricing::on_offer::OnOffer;
use crate::pricing::shown::Noted;
use crate::secrets::Secret;
use crate::server::Patience;
use crate::shops::Shop;
use crate::store::{Store, StoreError, audit};

/// The platform. Clones share everything.
#[derive(Clone)]
pub struct Platform {
    /// The database.
    pub store: Store,
    /// What time it is.
    pub clock: Clock,
    /// What every key is derived from.
    pub secret: Secret,
    /// The payment provider.
    pub gateway: Arc<dyn Gateway>,
    /// The extensions of every shop.
    pub extensions: Extensions,
    /// It is a demonstration: the clock can be moved, and mail stays in the mailbox.
    pub demo: bool,
    /// How long requests may take to arrive.
    pub patience: Patience,
    /// Public sale prices noted lately.
    pub(crate) noted: Arc<Noted>,
    /// Price histories read lately.
    pub(crate) histories: Arc<Histories>,
    /// Products found to be on offer lately.
    pub(crate) on_offer: Arc<OnOffer>,
}

/// What a platform is made from.
#[derive(Debug)]
pub struct PlatformConfig {
    /// What time it is.
    pub clock: Clock,
    /// What every key is derived from; the same at every start.
    pub secret: Secret,
    /// Where the components that ship with the platform are.
    pub components: Option<PathBuf>,
    /// Where compiled components are kept; none compiles at every start.
    pub cache: Option<PathBuf>,
    /// It is a demonstration.
    pub demo: bool,
}

/// Why a platform could not be made.
#[derive(Debug, Error)]
pub enum PlatformError {
    /// The engine did not start.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The components could not be read.
    #[error("the components in {} cannot be read; build them with `cargo xtask guests`", directory.display())]
    Shelf {
        /// Where they should be.
        directory: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
}

impl Platform {
    /// Wires a platform together over a store. It compiles components in its own process: for tests, and where nobody
    /// uploads what strangers have written.
    ///
    /// # Errors
    /// If the engine does not start, or the components cannot be read.
    pub fn new(store: Store, gateway: Arc<dyn Gateway>, config: PlatformConfig) -> Result<Self, PlatformError> {
        Self::with_compiler(store, gateway, config, Compiler::InProcess)
    }

    /// Wires a platform together over a store, with its components compiled by `compiler`.
    ///
    /// # Errors
    /// If the engine does not start, or the components cannot be read.
    pub fn with_compiler(
        store: Store,
        gateway: Arc<dyn Gateway>,
        config: PlatformConfig,
        compiler: Compiler,
    ) -> Result<Self, PlatformError> {
        let cache = config.cache.map(|dir| CacheConfig { dir, secret: config.secret.derive("component-cache") });
        let engine_config = EngineConfig { cache, compiler, ..EngineConfig::default() };
        let engine = Engine::new(engine_config, capabilities::from_store(store.clone()))?;
        let shelf = match config.components {
            Some(directory) => {
                Shelf::open(&directory, &engine).map_err(|source| PlatformError::Shelf { directory, source })?
            }
            None => Shelf::default(),
        };
        Ok(Self {
            extensions: Extensions::new(store.clone(), engine, shelf),
            store,
            gateway,
            clock: config.clock,
            secret: config.secret,
            demo: config.demo,
            patience: Patience::default(),
            noted: Arc::default(),
            histories: Arc::default(),
            on_offer: Arc::default(),
        })
    }

    /// Moves the clock of a demonstration, for every shop in it, and notes it in the audit log.
    ///
    /// # Errors
    /// If it is no demonstration, the way is too far, or the database fails.
    pub async fn advance_demo(&self, shop: &Shop, actor: &str, by: Instant) -> Result<Instant, ClockError> {
        if !self.demo {
            return Err(ClockError::NoDemo);
        }
        if by.unsigned_abs() > FARTHEST.unsigned_abs() {
            return Err(ClockError::TooFar);
        }
        let (now, details) = (self.clock.now(), json!({ "advance": by }));
        let (shop, actor) = (shop.id.clone(), actor.to_owned());
        self.store.write(move |tx| audit::write(tx, &shop, now, &actor, "clock.moved", "clock", &details)).await?;
        self.clock.advance(by);
        Ok(self.clock.now())
    }
}

/// The farthest that the clock of a demonstration moves at once.
const FARTHEST: Instant = 3_660 * DAY;

/// Why the clock was not moved.
#[derive(Debug, Error)]
pub enum ClockError {
    /// The clock of a real shop stands still for nobody.
    #[error("only the clock of a demonstration can be moved; start the shop with its demo")]
    NoDemo,
    /// Too far.
    #[error("the clock moves by ten years at most")]
    TooFar,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
