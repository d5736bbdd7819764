//! Many components in one engine: what it takes to load them, and whether a decision is slower when they take turns.
//!
//! The components are copies of the flash sale with digests of their own. They are loaded in a process of its own, from a
//! cache that an earlier process has filled.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use boomerang_engine::{CacheConfig, Engine, EngineConfig, Installation, InstallationOptions, Installations};
use serde::{Deserialize, Serialize};

use crate::contenders::{Entry, Way};
use crate::memory::{copy, resident};
use crate::rounds::{self, Row};
use crate::setup::{self, Components};
use crate::{cart, shop};

/// The decision by one component that is always the same.
pub(crate) const ONE: &str = "1 component";
/// Components that are loaded, in steps.
const STEPS: [u32; 3] = [4, 100, 1_000];
/// Lines of the cart.
const LINES: usize = 10;

/// What came out.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Rotation {
    pub(crate) loads: Vec<Loaded>,
    pub(crate) decisions: Vec<Row>,
}

/// So many components, loaded.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Loaded {
    pub(crate) components: u32,
    /// Milliseconds from nothing until all of them are loaded.
    pub(crate) millis: f64,
    /// Resident bytes of all of them.
    pub(crate) bytes: u64,
}

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Where compiled code is kept
    #[arg(long)]
    cache: PathBuf,
    #[arg(long)]
    rounds: usize,
}

/// Measures in processes of their own: one fills the cache.
pub(crate) fn run(components: &Components, rounds: usize) -> Result<Rotation> {
    let cache = tempfile::tempdir().context("no folder for compiled code")?;
    in_a_process(components, cache.path(), 1)?;
    in_a_process(components, cache.path(), rounds)
}

fn in_a_process(components: &Components, cache: &Path, rounds: usize) -> Result<Rotation> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("--components").arg(components.folder()).args(["rotation", "--cache"]).arg(cache);
    let output = command.args(["--rounds", &rounds.to_string()]).stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "the process that loads many components failed: {}", output.status);
    serde_json::from_slice(&output.stdout).context("the process that loads many components printed something else")
}

/// Loads and measures in this process.
pub(crate) fn in_this_process(components: &Components, options: &Options) -> Result<()> {
    let cache = CacheConfig { dir: options.cache.clone(), secret: [7; 32] };
    let engine = Engine::new(EngineConfig { cache: Some(cache), ..EngineConfig::default() }, shop::capabilities())?;
    let wasm = components.read("flash-sale")?;
    let runtime = setup::runtime()?;
    let first = engine.load(&wasm)?;
    let prepared = runtime.block_on(engine.prepare_settings(&first, &setup::call(), &cart::flash_sale()))?;
    let install = |number| -> Result<Installations> {
        let extension = engine.load(&copy(&wasm, number))?;
        let options = InstallationOptions::new(prepared.clone(), extension.capabilities().to_vec());
        Ok(Installations::new([Arc::new(Installation::new(extension, options)?)])?)
    };
    let (mut all, mut loads) = (Vec::new(), Vec::new());
    let (started, before) = (Instant::now(), resident()?);
    for number in 0..STEPS[STEPS.len() - 1] {
        all.push(install(number)?);
        if STEPS.contains(&(number + 1)) {
            let bytes = resident()?.saturating_sub(before);
            loads.push(Loaded { components: number + 1, millis: started.elapsed().as_secs_f64() * 1e3, bytes });
        }
    }
    let one = [install(0)?];
    let mut entries = [entry(&engine, ONE, &one)?, entry(&engine, "1,000 components in turn", &all)?];
    let decisions = rounds::run(&mut entries, options.rounds, &[ONE])?;
    println!("{}", serde_json::to_string(&Rotation { loads, decisions })?);
    Ok(())
}

fn entry(engine: &Engine, name: &str, installed: &[Installations]) -> Result<Entry> {
    let (engine, installed, call, cart) = (engine.clone(), installed.to_vec(), setup::call(), cart::cart(LINES));
    let (runtime, mut next) = (setup::runtime()?, 0_usize);
    let count = installed.len();
    let mut decide = move || {
        // A step that visits all of them.
        next = next.wrapping_add(619);
        let report = runtime.block_on(engine.price_cart(&installed[next % installed.len()], &call, &cart))?;
        ensure!(report.is_clean(), "skipped: {:?}", report.skipped);
        black_box(report);
        Ok(())
    };
    // The first call of a component finds nothing in any cache.
    (0..count).try_for_each(|_| decide())?;
    Ok(Entry::new("price 10 lines", Way::new(name, decide)))
}
