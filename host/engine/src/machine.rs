//! How wasmtime is set up: the configuration that held against hostile components.

use std::hash::{Hash, Hasher};

use sha2::{Digest, Sha256};
use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, WasmBacktraceDetails, WasmFeatures,
};

use crate::config::{Limits, PoolConfig};

/// Stack of guest code.
const WASM_STACK: usize = 256 << 10;
/// Stack of a call, the host's own functions included.
const CALL_STACK: usize = 768 << 10;
/// Bytes of one linear memory, and how many of them and of everything else one component may have. Components composed
/// from JavaScript or Go need up to 3 memories and 24 instances.
const MEMORY: usize = 64 << 20;
const MEMORIES: u32 = 4;
const TABLES: u32 = 16;
pub(crate) const TABLE_ELEMENTS: usize = 10_000;
const CORE_INSTANCES: u32 = 64;

/// What a host runs components with.
pub(crate) fn pooled(pool: &PoolConfig, limits: &Limits) -> Config {
    let mut config = settings(pool.copy_on_write);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pooling(pool, limits)));
    config
}

/// An engine that compiles for a host and runs nothing. Code does not depend on where instances are put, so it needs no
/// pool, which would take the address space that its process is short of; and it keeps to one core, because the others
/// are for shoppers.
pub(crate) fn for_compiling(copy_on_write: bool) -> wasmtime::Result<Engine> {
    let mut config = settings(copy_on_write);
    config.allocation_strategy(InstanceAllocationStrategy::OnDemand).parallel_compilation(false);
    Engine::new(&config)
}

/// Stands for everything that code has to be compatible with: the version of wasmtime, the processor, the settings.
pub(crate) fn fingerprint(engine: &Engine) -> [u8; 32] {
    let mut hasher = Fingerprint(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut hasher);
    hasher.0.finalize().into()
}

fn settings(copy_on_write: bool) -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .consume_fuel(true)
        .max_wasm_stack(WASM_STACK)
        .async_stack_size(CALL_STACK)
        .cranelift_nan_canonicalization(true)
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        // Nobody reads backtraces, and the names in them are the component's: sixteen of them can be megabytes.
        .wasm_backtrace_max_frames(None)
        .generate_address_map(false)
        // For other unwinders than wasmtime's own, which Windows has and others do without.
        .native_unwind_info(cfg!(windows))
        .memory_init_cow(copy_on_write)
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
        .wasm_stack_switching(false);
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

/// Turns what implements `Hash` into SHA-256.
struct Fingerprint(Sha256);

impl Hasher for Fingerprint {
    fn finish(&self) -> u64 {
        let digest: [u8; 32] = self.0.clone().finalize().into();
        digest.iter().take(8).fold(0, |value, byte| value << 8 | u64::from(*byte))
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_of_a_compiling_engine_is_code_for_a_pooled_one() {
        for copy_on_write in [false, true] {
            let pool = PoolConfig { calls: 1, copy_on_write, ..PoolConfig::default() };
            let host = Engine::new(&pooled(&pool, &Limits::default())).unwrap();
            let worker = for_compiling(copy_on_write).unwrap();
            assert_eq!(fingerprint(&host), fingerprint(&worker));
            let other = for_compiling(!copy_on_write).unwrap();
            assert_ne!(fingerprint(&host), fingerprint(&other), "the setting is part of it");
        }
    }
}
