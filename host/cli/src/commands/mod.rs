//! One file for each command.

pub(crate) mod check;
pub(crate) mod inspect;
pub(crate) mod new;
pub(crate) mod pack;
pub(crate) mod run;
pub(crate) mod serve;

use std::path::Path;

use anyhow::{Context, Result};

/// Reads a file that was named on the command line.
fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("could not read {}", path.display()))
}
