//! Memory of a loaded component: what the process grows by over many loads of distinct components.
//!
//! A process of its own loads copies of every component, which differ in a custom section and so in their digest. It does
//! so twice: the first time fills the cache of compiled code, the second time measures, so that what the compiler leaves
//! behind is not counted.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use boomerang_engine::{CacheConfig, Engine, EngineConfig};
use serde::{Deserialize, Serialize};

use crate::setup::{self, Components};
use crate::{cart, shop};

/// Copies of each component.
const COPIES: u32 = 24;

/// What copies of one component take.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Memory {
    pub(crate) component: String,
    /// Resident bytes for each copy.
    pub(crate) bytes: u64,
}

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Where compiled code is kept
    #[arg(long)]
    cache: PathBuf,
}

/// Measures in processes of their own.
pub(crate) fn run(components: &Components) -> Result<Vec<Memory>> {
    let cache = tempfile::tempdir().context("no folder for compiled code")?;
    in_a_process(components, cache.path())?;
    in_a_process(components, cache.path())
}

fn in_a_process(components: &Components, cache: &Path) -> Result<Vec<Memory>> {
    let output = Command::new(std::env::current_exe()?)
        .arg("--components")
        .arg(components.folder())
        .args(["memory", "--cache"])
        .arg(cache)
        .stderr(Stdio::inherit())
        .output()?;
    ensure!(output.status.success(), "the process that measures memory failed: {}", output.status);
    serde_json::from_slice(&output.stdout).context("the process that measures memory printed something else")
}

/// Loads and prints, in this process.
pub(crate) fn in_this_process(components: &Components, options: &Options) -> Result<()> {
    let cache = CacheConfig { dir: options.cache.clone(), secret: [7; 32] };
    let engine = Engine::new(EngineConfig { cache: Some(cache), ..EngineConfig::default() }, shop::capabilities())?;
    // Everything stays loaded until the end.
    let mut loaded = Vec::new();
    let mut measured = Vec::new();
    for (id, _) in cart::features() {
        let wasm = components.read(id)?;
        // What is there once, for the first.
        loaded.push(engine.load(&copy(&wasm, u32::MAX))?);
        let before = resident()?;
        for number in 0..COPIES {
            loaded.push(engine.load(&copy(&wasm, number))?);
        }
        let bytes = resident()?.saturating_sub(before) / u64::from(COPIES);
        measured.push(Memory { component: id.into(), bytes });
    }
    println!("{}", serde_json::to_string(&measured)?);
    Ok(())
}

/// The component with another digest: it ends in a custom section with a number.
pub(crate) fn copy(wasm: &[u8], number: u32) -> Vec<u8> {
    let mut copy = wasm.to_vec();
    setup::append_section(&mut copy, "copy", &number.to_le_bytes());
    copy
}

/// Bytes of this process that are in memory.
pub(crate) fn resident() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status").context("memory can be measured on Linux only")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("the kernel names no VmRSS")?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib << 10)
}
