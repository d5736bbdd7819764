//! The engine: one wasmtime engine in the configuration that held against hostile components, and what all calls share.

use std::io;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use thiserror::Error;
use wasmtime::{
    Config, Enabled, InstanceAllocationStrategy, PoolingAllocationConfig, WasmBacktraceDetails, WasmFeatures,
};

use crate::call::ticker::Ticker;
use crate::call::turns::Turns;
use crate::capability::Capabilities;
use crate::config::{EngineConfig, Limits, PoolConfig};
use crate::load::cache::Cache;
use crate::point::Point;

/// Stack of guest code.
const WASM_STACK: usize = 256 << 10;
/// Stack of a call, the host's own functions included.
const CALL_STACK: usize = 768 << 10;
/// Frames of a backtrace.
const FRAMES: NonZeroUsize = NonZeroUsize::new(16).unwrap();
/// Bytes of one linear memory, and how many of them and of everything else one component may have. Components composed
/// from JavaScript or Go need up to 3 memories and 24 instances.
const MEMORY: usize = 64 << 20;
const MEMORIES: u32 = 4;
const TABLES: u32 = 16;
const TABLE_ELEMENTS: usize = 10_000;
const CORE_INSTANCES: u32 = 64;

/// Loads extensions and calls them. Cheap to clone; one for each process, because its pool reserves address space for
/// every slot.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    wasmtime: wasmtime::Engine,
    config: EngineConfig,
    capabilities: Arc<Capabilities>,
    cache: Option<Cache>,
    ticker: Ticker,
    places: Turns,
    compiling: Mutex<()>,
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
        let wasmtime = wasmtime::Engine::new(&wasmtime_config(&config.pool, &config.limits))
            .map_err(|error| EngineError::Wasmtime(format!("{error:#}")))?;
        let cache = match &config.cache {
            Some(cache) => Some(Cache::open(cache, &wasmtime).map_err(EngineError::Cache)?),
            None => None,
        };
        let ticker = Ticker::start(wasmtime.weak()).map_err(EngineError::Thread)?;
        let places = Turns::new(config.pool.calls as usize, config.limits.queue);
        Ok(Self(Arc::new(Inner {
            wasmtime,
            cache,
            ticker,
            places,
            compiling: Mutex::new(()),
            capabilities: Arc::new(capabilities),
            config,
        })))
    }

    /// What the engine was made with.
    pub fn config(&self) -> &EngineConfig {
        &self.0.config
    }

    /// What it offers to extensions.
    pub fn capabilities(&self) -> Arc<Capabilities> {
        Arc::clone(&self.0.capabilities)
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

    /// Held while a component is compiled.
    pub(crate) fn compiling(&self) -> MutexGuard<'_, ()> {
        self.0.compiling.lock().unwrap_or_else(PoisonError::into_inner)
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

fn wasmtime_config(pool: &PoolConfig, limits: &Limits) -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .consume_fuel(true)
        .max_wasm_stack(WASM_STACK)
        .async_stack_size(CALL_STACK)
        .cranelift_nan_canonicalization(true)
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .wasm_backtrace_max_frames(Some(FRAMES))
        .generate_address_map(false)
        .memory_init_cow(pool.copy_on_write)
        .concurrency_support(false)
        .gc_support(false)
        .shared_memory(false)
        // Proposals that extensions have no need of. `wasm_multi_memory` stays as it is: without it the adapters that
        // wasmtime fuses itself make the compiler panic.
        .wasm_memory64(false)
        .wasm_custom_page_sizes(false)
        .wasm_relaxed_simd(false)
        .wasm_wide_arithmetic(false)
        .wasm_tail_call(false)
        .wasm_features(WasmFeatures::FUNCTION_REFERENCES | WasmFeatures::EXCEPTIONS, false)
        .wasm_stack_switching(false)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pooling(pool, limits)));
    config
}

fn pooling(pool: &PoolConfig, limits: &Limits) -> PoolingAllocationConfig {
    let mut pooling = PoolingAllocationConfig::new();
    pooling
        .total_component_instances(pool.calls)
        .total_core_instances(pool.calls.saturating_mul(8))
        .total_memories(pool.calls)
        .total_tables(pool.calls.saturating_mul(4))
        .total_stacks(pool.calls)
        .max_core_instances_per_component(CORE_INSTANCES)
        .max_memories_per_component(MEMORIES)
        .max_tables_per_component(TABLES)
        .max_memory_size(MEMORY.min(limits.memory))
        .table_elements(TABLE_ELEMENTS)
        .max_unused_warm_slots(pool.calls)
        .linear_memory_keep_resident(pool.memory_keep_resident)
        .table_keep_resident(pool.table_keep_resident)
        // With swap, pages found by a scan can reach the next instance (wasmtime #14357).
        .pagemap_scan(Enabled::No);
    pooling
}
