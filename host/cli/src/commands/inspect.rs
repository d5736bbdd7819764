//! `boomerang inspect`: what a component is, does and asks for. Nothing of it is compiled or run.

use std::path::PathBuf;

use anyhow::{Context, Result};
use boomerang_engine::{Engine, EngineConfig};

use crate::fixtures::Fixtures;
use crate::words;

/// What to inspect.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The component
    component: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints what is found.
pub(crate) fn run(options: &Options) -> Result<()> {
    let wasm = super::read(&options.component)?;
    let engine = Engine::new(EngineConfig::default(), Fixtures::default().capabilities())?;
    let inspection = engine.inspect(&wasm).with_context(|| format!("{}", options.component.display()))?;
    if options.json {
        println!("{}", serde_json::to_string_pretty(&inspection)?);
    } else {
        print!("{}", words::describe(&inspection));
    }
    Ok(())
}
