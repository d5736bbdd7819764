//! `boomerang check`: everything that a shop does when it loads a component.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use boomerang_engine::{Compiler, Engine, EngineConfig};

use crate::fixtures::Fixtures;
use crate::words;

/// What to check.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The components
    #[arg(required = true)]
    components: Vec<PathBuf>,
}

/// Loads each component into an engine that offers every capability, and stops at the first that is refused.
pub(crate) fn run(options: &Options) -> Result<()> {
    let config = EngineConfig { compiler: Compiler::Worker(super::compile_worker()?), ..EngineConfig::default() };
    let engine = Engine::new(config, Fixtures::default().capabilities())?;
    for path in &options.components {
        let wasm = super::read(path)?;
        let started = Instant::now();
        let extension = engine.load(&wasm).with_context(|| format!("{} is refused", path.display()))?;
        let millis = started.elapsed().as_millis();
        println!("{} loads in {millis} ms: {}", path.display(), words::list(extension.points()));
    }
    Ok(())
}
