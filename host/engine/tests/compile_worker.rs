//! The compile worker itself: what comes of one that is missing, foreign, mute, or of another build.

mod support;

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use boomerang_engine::{
    CacheConfig, Capabilities, Compiler, Engine, EngineConfig, Extension, Limits, LoadError, WorkerConfig,
};

use support::*;

fn worker() -> WorkerConfig {
    WorkerConfig::new(env!("CARGO_BIN_EXE_boomerang-compile-worker"))
}

/// A program of the system that does something else.
fn other(program: &str, args: &[&str]) -> WorkerConfig {
    WorkerConfig {
        args: args.iter().map(Into::into).collect(),
        time: Duration::from_millis(500),
        ..WorkerConfig::new(program)
    }
}

fn load(worker: WorkerConfig) -> Result<Arc<Extension>, LoadError> {
    let config = EngineConfig { compiler: Compiler::Worker(worker), ..EngineConfig::default() };
    engine_with(config, Capabilities::default()).load(&pricing_guest("sale", &[]).build())
}

#[tokio::test]
async fn what_a_worker_compiles_is_what_the_host_would_have() {
    let guest = pricing_guest("sale", &[(0, -100, "sale", "Sale")]);
    for copy_on_write in [false, true] {
        let mut config = EngineConfig { compiler: Compiler::Worker(worker()), ..EngineConfig::default() };
        config.pool.copy_on_write = copy_on_write;
        let engine = engine_with(config, Capabilities::default());
        let installed = shop(&[&guest.install(&engine)]);
        let report = engine.price_cart(&installed, &call_at(0), &cart(1)).await.unwrap();
        assert_eq!(report.value.lines[0].total, 900);
    }
}

#[test]
fn a_worker_that_is_not_there_is_the_hosts_trouble() {
    let refusal = load(other("/nowhere/compile-worker", &[])).unwrap_err();
    assert!(matches!(refusal, LoadError::Host(_)), "{refusal}");
    assert!(refusal.is_transient(), "nothing is known about the component");
}

#[test]
fn a_program_that_is_no_worker_is_never_believed() {
    for (program, args) in [("/bin/echo", &["\x7fELF"][..]), ("/bin/cat", &[]), ("/bin/true", &[]), ("/bin/false", &[])]
    {
        let refusal = load(other(program, args)).unwrap_err();
        assert!(matches!(refusal, LoadError::Host(_) | LoadError::Compile(_)), "{program}: {refusal}");
    }
}

#[test]
fn a_worker_that_does_nothing_is_killed_when_its_time_is_up() {
    let started = Instant::now();
    let refusal = load(other("/bin/sleep", &["600"])).unwrap_err();
    assert!(matches!(refusal, LoadError::TooSlow { .. }), "{refusal}");
    assert!(started.elapsed() < Duration::from_secs(60));
}

#[test]
fn a_worker_without_memory_or_time_says_which() {
    let guest = pricing_guest("sale", &[]).with(&"(func (param i32) (result i32) local.get 0)".repeat(20_000)).build();
    let load = |worker| {
        let config = EngineConfig { compiler: Compiler::Worker(worker), ..EngineConfig::default() };
        engine_with(config, Capabilities::default()).load(&guest).unwrap_err()
    };
    let refusal = load(WorkerConfig { memory: 8 << 20, ..worker() });
    assert_eq!(refusal, LoadError::TooMuchMemory { most: 8 }, "{refusal}");
    let refusal = load(WorkerConfig { code_bytes: 1 << 20, ..worker() });
    assert_eq!(refusal, LoadError::CodeTooLarge { most: 1 }, "{refusal}");
}

#[test]
fn a_full_queue_turns_away_for_now() {
    let limits = Limits { compile_queue: 0, ..Limits::default() };
    let slow = WorkerConfig { time: Duration::from_secs(2), ..other("/bin/sleep", &["600"]) };
    let config = EngineConfig { compiler: Compiler::Worker(slow), limits, ..EngineConfig::default() };
    let engine = engine_with(config, Capabilities::default());
    let guest = pricing_guest("sale", &[]).build();
    let refusals: Vec<LoadError> = std::thread::scope(|scope| {
        let load = || engine.load(&guest).unwrap_err();
        let loads: Vec<_> = (0..3).map(|_| scope.spawn(load)).collect();
        loads.into_iter().map(|load| load.join().unwrap()).collect()
    });
    let busy = refusals.iter().filter(|refusal| matches!(refusal, LoadError::Busy { .. })).count();
    assert!(busy > 0, "{refusals:?}");
    assert!(refusals.iter().all(|refusal| refusal.is_transient() == matches!(refusal, LoadError::Busy { .. })));
}

/// A directory that is gone after the test.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn what_a_worker_has_compiled_is_signed_and_kept_by_the_host() {
    let dir = std::env::temp_dir().join(format!("boomerang-worker-{}", std::process::id()));
    let scratch = Scratch(dir);
    let engine = |worker: WorkerConfig, secret: u8| -> Engine {
        let cache = Some(CacheConfig { dir: scratch.0.clone(), secret: [secret; 32] });
        let config = EngineConfig { cache, compiler: Compiler::Worker(worker), ..EngineConfig::default() };
        engine_with(config, Capabilities::default())
    };
    let guest = pricing_guest("sale", &[]).build();
    engine(worker(), 1).load(&guest).unwrap();
    // Nothing is compiled any more, so a worker that cannot is not missed.
    assert!(engine(other("/bin/false", &[]), 1).load(&guest).is_ok());
    assert!(engine(other("/bin/false", &[]), 2).load(&guest).is_err(), "code of another host is not believed");
}
