//! Compile bombs: components that are small to send and large to compile. Each is refused, in words; the host's memory
//! does not grow by more than 100 MB for it, and others are served meanwhile, at most three times as slowly.
//!
//! A program of its own with one thing at a time: what is measured is the memory of the whole process.

#[path = "../support/mod.rs"]
mod support;

mod bomb;

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use boomerang_engine::{Capabilities, Compiler, Engine, EngineConfig, WorkerConfig};
use support::*;

/// Bytes that the host may grow by for one bomb, its own bytes included.
const GROWTH: u64 = 100 << 20;

/// How much slower others may be served meanwhile.
const SLOWER: u32 = 3;
/// What nobody notices, whatever it is a multiple of: at half of the decisions, and at one in a hundred.
const FLOORS: [(usize, Duration); 2] = [(50, Duration::from_micros(200)), (99, Duration::from_millis(2))];
/// How long decisions are asked for at the least: a bomb that is refused at once is sent again and again meanwhile.
const ASKED_FOR: Duration = Duration::from_millis(400);

/// A host for strangers, whose workers have less time than is usual, so that a test ends.
fn host(cpu_seconds: u64) -> Engine {
    let worker = WorkerConfig { cpu_seconds, ..WorkerConfig::new(env!("CARGO_BIN_EXE_boomerang-compile-worker")) };
    let config = EngineConfig { compiler: Compiler::Worker(worker), ..EngineConfig::default() };
    engine_with(config, Capabilities::builder().all_writes().build())
}

#[test]
fn every_bomb_is_refused_while_the_host_neither_grows_nor_slows_down() {
    let engine = host(2);
    let good = pricing_guest("good", &[(0, -100, "sale", "Sale")]).install(&engine);
    let quiet = || Served::while_doing(&engine, &good, || std::thread::sleep(ASKED_FOR)).1;
    let mut wrong = Vec::new();
    for bomb in bomb::ALL {
        let wasm = (bomb.build)();
        let memory = Memory::now();
        let started = Instant::now();
        let load = || {
            let begun = Instant::now();
            loop {
                let refusal = engine.load(&wasm).map(|extension| format!("{extension:?}"));
                if refusal.is_ok() || begun.elapsed() >= ASKED_FOR {
                    return refusal;
                }
            }
        };
        let (refusal, mut served) = Served::while_doing(&engine, &good, load);
        let growth = memory.growth();
        println!(
            "{:44} {:>9} B  {:>7.2} s  host +{:>5.1} MB  {served}  {}",
            bomb.name,
            wasm.len(),
            started.elapsed().as_secs_f64(),
            growth as f64 / (1 << 20) as f64,
            refusal.as_ref().map_or_else(ToString::to_string, Clone::clone)
        );
        match refusal {
            Err(error) if bomb.refused_as.contains(&bomb::kind(&error).as_str()) => {}
            other => wrong.push(format!("{}: expected {:?}, and it is {other:?}", bomb.name, bomb.refused_as)),
        }
        // On a busy machine others are slow for other reasons, so what was slow is tried once more.
        let mut before = quiet();
        if served.is_slower_than(&before) {
            (before, served) = (quiet(), Served::while_doing(&engine, &good, load).1);
        }
        if served.is_slower_than(&before) {
            wrong.push(format!("{}: others are served too slowly, {served} and {before} without it", bomb.name));
        }
        if growth > GROWTH {
            wrong.push(format!("{}: the host has grown by {growth} bytes", bomb.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// How long honest decisions took.
struct Served {
    times: Vec<Duration>,
}

impl Served {
    /// Does something on one thread, and asks for a price again and again on another.
    fn while_doing<T: Send>(
        engine: &Engine,
        good: &std::sync::Arc<boomerang_engine::Installation>,
        act: impl FnOnce() -> T + Send,
    ) -> (T, Self) {
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let asking = scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("it starts");
                let (shop, call, cart) = (shop(&[good]), call_at(0), cart(3));
                let mut times = Vec::new();
                while !done.load(Ordering::Relaxed) {
                    let started = Instant::now();
                    let report = runtime.block_on(engine.price_cart(&shop, &call, &cart)).expect("the cart is right");
                    times.push(started.elapsed());
                    assert!(report.is_clean(), "a shopper is served all the while: {:?}", report.skipped);
                    std::thread::sleep(Duration::from_millis(2));
                }
                times
            });
            let value = act();
            done.store(true, Ordering::Relaxed);
            let mut times = asking.join().expect("every decision is right");
            times.sort_unstable();
            (value, Self { times })
        })
    }

    /// Whether decisions took more than [`SLOWER`] times what they took otherwise.
    fn is_slower_than(&self, quiet: &Self) -> bool {
        FLOORS.iter().any(|(percent, floor)| self.at(*percent) > (quiet.at(*percent) * SLOWER).max(*floor))
    }

    fn at(&self, percent: usize) -> Duration {
        self.times.get(self.times.len() * percent / 100).copied().unwrap_or_default()
    }
}

impl std::fmt::Display for Served {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "decisions p50 {:>4} µs p99 {:>5} µs", self.at(50).as_micros(), self.at(99).as_micros())
    }
}

/// The memory of this process.
struct Memory {
    before: u64,
}

impl Memory {
    /// Forgets the peak so far.
    fn now() -> Self {
        // Where the peak cannot be forgotten, the growth is taken for larger than it is.
        let _ = fs::write("/proc/self/clear_refs", "5");
        Self { before: status("VmRSS:") }
    }

    /// Bytes at the peak since, beyond what there was.
    fn growth(&self) -> u64 {
        status("VmHWM:").saturating_sub(self.before)
    }
}

/// A line of what the kernel says about this process, in bytes; 0 on other systems.
fn status(line: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = status.lines().find_map(|text| text.strip_prefix(line)?.trim().strip_suffix(" kB")?.parse().ok());
    kilobytes.unwrap_or(0_u64) << 10
}
