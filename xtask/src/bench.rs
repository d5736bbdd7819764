//! `cargo xtask bench`: how fast it is, beside what else could make the same decisions.

use anyhow::Result;
use clap::Args;

use crate::workspace::{self, Workspace};
use crate::{alternatives, guests};

/// Optimised like a release, in a fraction of the time that takes to build.
const PROFILE: &str = "bench-host";

/// How to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// Leave out Extism, the Shopify-like Function and QuickJS, which take minutes to build
    #[arg(long)]
    no_alternatives: bool,
    /// Handed on to the benchmark; `--help` shows what it understands
    #[arg(last = true)]
    rest: Vec<String>,
}

/// Builds guests and host, measures, prints a table and writes the same to `target/bench`.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    // One that is too large is a failure of `guests` and `test`; it can be measured all the same.
    let _ = guests::build(workspace)?;
    let mut build =
        workspace.cargo(["build", "--profile", PROFILE, "--package", "boomerang-bench", "--package", "boomerang"]);
    workspace::run(&mut build)?;
    let alternatives = (!options.no_alternatives).then(|| alternatives::build(workspace)).transpose()?;
    let programs = workspace.target.join(PROFILE);
    let program = |name: &str| programs.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let mut bench = std::process::Command::new(program("boomerang-bench"));
    bench.current_dir(&workspace.root).env("BOOMERANG_COMPONENTS", workspace.component_folder());
    bench.arg("--boomerang").arg(program("boomerang"));
    if let Some(folder) = alternatives {
        bench.arg("--alternatives").arg(folder);
    }
    bench.arg("--out").arg(workspace.target.join("bench")).args(&options.rest);
    workspace::run(&mut bench)
}
