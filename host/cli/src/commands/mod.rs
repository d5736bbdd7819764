//! One file for each command.

pub(crate) mod backup;
pub(crate) mod check;
pub(crate) mod inspect;
pub(crate) mod new;
pub(crate) mod pack;
pub(crate) mod restore;
pub(crate) mod run;
pub(crate) mod serve;
pub(crate) mod shop;

use std::path::{Path, PathBuf};

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

/// Where the secret that belongs to a backup is kept. Without it the addresses in the backup are nobody's.
fn secret_of(backup: &Path) -> PathBuf {
    let mut name = backup.as_os_str().to_owned();
    name.push(".secret");
    name.into()
}

/// Runs work that is asynchronous, on this thread.
fn block_on<T>(work: impl Future<Output = T>) -> Result<T> {
    Ok(tokio::runtime::Builder::new_current_thread().build().context("could not start a runtime")?.block_on(work))
}
