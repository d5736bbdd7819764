//! One file for each command.

pub(crate) mod check;
pub(crate) mod inspect;
pub(crate) mod new;
pub(crate) mod pack;
pub(crate) mod run;
pub(crate) mod serve;

use std::path::Path;

use anyhow::{Context, Result};
use boomerang_engine::WorkerConfig;

/// What the hidden command is called that compiles one component for a host.
pub(crate) const COMPILE_WORKER: &str = "compile-worker";

/// This program as a compile worker: what merchants and strangers hand in is compiled under limits, in a process of its
/// own.
fn compile_worker() -> Result<WorkerConfig> {
    WorkerConfig::this_program([COMPILE_WORKER]).context("this program cannot be started a second time")
}

/// Reads a file that was named on the command line.
fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("could not read {}", path.display()))
}
