//! The engine: one wasmtime engine in the configuration that held against hostile components, and what all calls share.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::Semaphore;

use crate::call::lane::Lane;
use crate::call::ticker::Ticker;
use crate::call::turns::Turns;
use crate::capability::Capabilities;
use crate::compiler::queue::Queue;
use crate::config::EngineConfig;
use crate::load::cache::Cache;
use crate::machine;
use crate::memo::{Memo, MemoUse};
use crate::point::Point;

/// Loads extensions and calls them. Cheap to clone; one for each process, because its pool reserves address space for
/// every slot.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    wasmtime: wasmtime::Engine,
    config: EngineConfig,
    capabilities: Capabilities,
    cache: Option<Cache>,
    ticker: Ticker,
    places: Turns,
    lane: Lane,
    clearing: Semaphore,
    compiling: Queue,
    memo: Memo,
}

/// What of the pool is in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Occupancy {
    /// Calls that are running.
    pub calls: u64,
    /// Core instances that they consist of.
    pub core_instances: u64,
    /// Linear memories.
    pub memories: usize,
    /// Tables.
    pub tables: usize,
    /// Stacks.
    pub stacks: usize,
}

impl Occupancy {
    /// Nothing is in use.
    pub fn is_idle(&self) -> bool {
        *self == Self::default()
    }
}

/// Why an engine could not be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EngineError {
    /// wasmtime does not work here with this configuration.
    #[error("the WebAssembly engine does not start on this machine: {0}")]
    Wasmtime(String),
    /// The cache directory cannot be used.
    #[error("the cache directory cannot be used: {0}. Make it writable, or run without a cache")]
    Cache(#[source] io::Error),
    /// The ticker's thread cannot be started.
    #[error("no thread could be started: {0}")]
    Thread(#[source] io::Error),
}

impl Engine {
    /// Makes an engine that offers `capabilities` to extensions.
    ///
    /// # Errors
    /// The machine, the cache directory or the limits of the process do not allow it.
    pub fn new(config: EngineConfig, capabilities: Capabilities) -> Result<Self, EngineError> {
        let wasmtime = wasmtime::Engine::new(&machine::pooled(&config.pool, &config.limits))
            .map_err(|error| EngineError::Wasmtime(format!("{error:#}")))?;
        let cache = match &config.cache {
            Some(cache) => Some(Cache::open(cache, &wasmtime).map_err(EngineError::Cache)?),
            None => None,
        };
        let ticker = Ticker::start(wasmtime.weak()).map_err(EngineError::Thread)?;
        let places = Turns::new(config.pool.calls as usize, config.limits.queue);
        let lane = Lane::new(config.limits.long_share);
        Ok(Self(Arc::new(Inner {
            wasmtime,
            cache,
            ticker,
            places,
            lane,
            clearing: Semaphore::new(1),
            compiling: Queue::new(config.limits.compile_queue),
            memo: Memo::new(&config.memo),
            capabilities,
            config,
        })))
    }

    /// What the engine was made with.
    pub fn config(&self) -> &EngineConfig {
        &self.0.config
    }

    /// What of the pool is in use at this moment: for a page of metrics, and to see that nothing is kept.
    pub fn occupancy(&self) -> Occupancy {
        self.0.wasmtime.pooling_allocator_metrics().map_or_else(Occupancy::default, |pool| Occupancy {
            calls: pool.component_instances(),
            core_instances: pool.core_instances(),
            memories: pool.memories(),
            tables: pool.tables(),
            stacks: pool.stacks(),
        })
    }

    /// How many answers are kept to be given again, and how often they were.
    pub fn memo_use(&self) -> MemoUse {
        self.0.memo.used()
    }

    /// What it offers to extensions.
    pub fn capabilities(&self) -> &Capabilities {
        &self.0.capabilities
    }

    pub(crate) fn wasmtime(&self) -> &wasmtime::Engine {
        &self.0.wasmtime
    }

    pub(crate) fn cache(&self) -> Option<&Cache> {
        self.0.cache.as_ref()
    }

    pub(crate) fn ticker(&self) -> &Ticker {
        &self.0.ticker
    }

    pub(crate) fn places(&self) -> &Turns {
        &self.0.places
    }

    /// What decisions share that take long.
    pub(crate) fn lane(&self) -> &Lane {
        &self.0.lane
    }

    /// Held while the memory of a large call is given back.
    pub(crate) fn clearing(&self) -> &Semaphore {
        &self.0.clearing
    }

    /// Answers to be given again.
    pub(crate) fn memo(&self) -> &Memo {
        &self.0.memo
    }

    /// Entered while a component is compiled.
    pub(crate) fn compiling(&self) -> &Queue {
        &self.0.compiling
    }

    /// How long a call of this point may take. Nobody waits at a checkout for settings or a report.
    pub(crate) fn time_for(&self, point: Point) -> Duration {
        let limits = &self.0.config.limits;
        match point {
            _ if point.is_handler() => limits.handler_time,
            Point::Configuration | Point::Insights => limits.handler_time,
            _ => limits.decision_time,
        }
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("config", &self.0.config).finish_non_exhaustive()
    }
}
