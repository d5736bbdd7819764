//! What an embedder decides about an [`Engine`](crate::Engine): limits, pool, cache.

use std::path::PathBuf;
use std::time::Duration;

use crate::breaker::BreakerConfig;
use crate::compiler::Compiler;
use crate::memo::MemoConfig;

/// Everything an engine is made with. `EngineConfig::default()` is the configuration that held against every hostile
/// component tried, without a cache on disk and without the compile worker that a host for strangers needs.
#[derive(Clone, Debug, Default)]
pub struct EngineConfig {
    /// Where compiled code is kept; none compiles at every start.
    pub cache: Option<CacheConfig>,
    /// Who compiles. A host that takes components from strangers uses a [worker](Compiler::Worker).
    pub compiler: Compiler,
    /// What one call and one component may use.
    pub limits: Limits,
    /// How much is set aside for calls that run at the same time.
    pub pool: PoolConfig,
    /// When an extension that keeps failing is left out.
    pub breaker: BreakerConfig,
    /// How many answers are kept to be given again.
    pub memo: MemoConfig,
}

/// Where compiled code is kept, and the key that proves the host wrote it.
#[derive(Clone)]
pub struct CacheConfig {
    /// A directory of the host's own; made if it does not exist.
    pub dir: PathBuf,
    /// Random bytes that stay the same over restarts and that nobody else knows. Whoever knows them and can write to
    /// `dir` can run native code in the host.
    pub secret: [u8; 32],
}

impl std::fmt::Debug for CacheConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CacheConfig").field("dir", &self.dir).finish_non_exhaustive()
    }
}

/// What one call and one component may use.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Wall-clock time of a decision, waiting for the vendor's capabilities included.
    pub decision_time: Duration,
    /// Per cent of the processors, 1 to 100, that all decisions together may use beyond their first 2 to 4 ms. One that is
    /// still running waits for turns of 2 ms then, the first of which is free at once unless others are waiting as well.
    /// More of it is good for a host whose extensions are slow ones, and bad for those beside one that never ends.
    pub long_share: u32,
    /// Wall-clock time of a handler, of a report and of `configuration.prepare`.
    pub handler_time: Duration,
    /// How long a decision may wait for its turn when its extension is at `concurrency`.
    pub queue_time: Duration,
    /// Fuel of a call: about one unit for each WebAssembly instruction, the same on every machine.
    pub fuel: u64,
    /// Bytes of all linear memories of a call together.
    pub memory: usize,
    /// Elements of all tables of a call together.
    pub table_elements: usize,
    /// Bytes that a call may give back, and that any single capability call may hand over.
    pub output_bytes: usize,
    /// Bytes of log lines, standard output and standard error that are kept of a call.
    pub log_bytes: usize,
    /// Capability calls in one handler or report.
    pub host_calls: u32,
    /// Capability calls in one decision. Those that the engine answers by itself are one stretch of work in which nobody
    /// else has a turn, so this bounds how long others wait.
    pub decision_host_calls: u32,
    /// Bytes that capabilities may move in one call, each list element counted too.
    pub host_bytes: usize,
    /// Effects that one handler call may leave.
    pub effects: usize,
    /// Bytes of a component file.
    pub wasm_bytes: usize,
    /// Components that may wait while another one is compiled; more are turned away.
    pub compile_queue: usize,
    /// Calls of one extension that run at the same time; decisions and handlers are counted apart.
    pub concurrency: usize,
    /// Calls of one extension that may wait for their turn; more are turned away.
    pub queue: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            // A safety net for guests that wait; what bounds their work is fuel, which a busy machine does not shorten.
            decision_time: Duration::from_millis(250),
            long_share: 12,
            handler_time: Duration::from_secs(2),
            queue_time: Duration::from_millis(100),
            fuel: 200_000_000,
            memory: 64 << 20,
            table_elements: 20_000,
            output_bytes: 1 << 20,
            log_bytes: 4 << 10,
            host_calls: 10_000,
            decision_host_calls: 1_000,
            host_bytes: 1 << 20,
            effects: 1_000,
            wasm_bytes: 32 << 20,
            compile_queue: 16,
            // One core stays free for everybody else; two at once were measured to be harmless even on two cores.
            concurrency: cores.saturating_sub(1).max(2),
            queue: 256,
        }
    }
}

/// How much is set aside for calls that run at the same time, in the whole engine.
#[derive(Clone, Debug)]
pub struct PoolConfig {
    /// Calls that run at the same time.
    pub calls: u32,
    /// Bytes of linear memory that stay mapped between calls. The guest's real size makes a call cheapest; every slot
    /// of the pool may keep this much.
    pub memory_keep_resident: usize,
    /// Bytes of tables that stay mapped between calls.
    pub table_keep_resident: usize,
    /// Map the initial memory of a component copy-on-write. Good when a few large components (JavaScript, Python) are
    /// called all the time; copying is faster when many small ones take turns.
    pub copy_on_write: bool,
}

impl Default for PoolConfig {
    fn default() -> Self {
        Self { calls: 64, memory_keep_resident: 128 << 10, table_keep_resident: 16 << 10, copy_on_write: false }
    }
}
