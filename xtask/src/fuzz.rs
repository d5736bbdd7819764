//! `cargo xtask fuzz`: the long run of the fuzz targets, of which `cargo xtask test` replays a short one.
//!
//! libFuzzer makes the inputs, guided by which code they reach. cargo-fuzz builds the programs under `fuzz/` for it on the
//! stable toolchain: with `--sanitizer none` every flag that it needs is a stable one. No sanitizer is missed, because no
//! code of ours is unsafe; what has to be found are panics, overflows, answers that break a rule, and inputs that hang.
//!
//! The first build makes everything anew, wasmtime included, one crate at a time where it is optimised as a whole: that takes
//! a core about twenty minutes, and 6 GB of memory at the end. Later ones make only what has changed.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use crate::guests;
use crate::workspace::{self, Workspace, cargo};

/// Seconds after which one input counts as one that hangs: a component may use the whole time of a handler at each point.
const HANGS: u32 = 60;

/// What is fuzzed, and for how long.
#[derive(Args)]
pub(crate) struct Options {
    /// The target; every one of them in turn if none is named
    target: Option<String>,
    /// How long each is fuzzed
    #[arg(long, default_value_t = 300)]
    seconds: u32,
}

/// Builds the components and the programs, and fuzzes until the time is over or an input breaks a rule. What is found on
/// the way is kept under `target/fuzz`, so the next run goes on from there.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let is_there = workspace.cargo(["fuzz", "--version"]).output().is_ok_and(|output| output.status.success());
    ensure!(is_there, "cargo-fuzz is missing: install it with `cargo install --locked cargo-fuzz`");
    let programs = programs(workspace)?;
    let chosen: Vec<_> =
        programs.iter().filter(|name| options.target.as_ref().is_none_or(|chosen| chosen == *name)).collect();
    ensure!(!chosen.is_empty(), "there is no such target; choose one of {}", programs.join(", "));
    guests::build(workspace)?.keep_their_size()?;
    for target in chosen {
        fuzz(workspace, target, options.seconds)?;
    }
    Ok(())
}

/// The names of the targets.
fn programs(workspace: &Workspace) -> Result<Vec<String>> {
    let folder = workspace.root.join("fuzz");
    let metadata = workspace::metadata(&folder)?;
    let targets = metadata["packages"][0]["targets"].as_array().context("the fuzzer has no programs")?;
    Ok(targets.iter().filter_map(|target| target["name"].as_str()).map(str::to_owned).collect())
}

fn fuzz(workspace: &Workspace, target: &str, seconds: u32) -> Result<()> {
    let kept = workspace.target.join("fuzz/kept").join(target);
    let found: PathBuf = workspace.target.join("fuzz/found").join(target);
    for folder in [&kept, &found] {
        fs::create_dir_all(folder).with_context(|| format!("could not make {}", folder.display()))?;
    }
    let mut command = cargo(&workspace.root);
    command.args(["fuzz", "run", "--fuzz-dir", "fuzz", "--sanitizer", "none", "--target-dir"]);
    command.arg(workspace.target.join("fuzz")).arg(target);
    // The first folder gets what is found on the way; the seeds are read.
    command.arg(&kept).arg(workspace.root.join("host/fuzz/corpus").join(target)).arg("--");
    command.arg(format!("-artifact_prefix={}/", found.display()));
    command.args([format!("-max_total_time={seconds}"), format!("-timeout={HANGS}")]);
    command.args(["-rss_limit_mb=4096", "-print_final_stats=1"]);
    command.env("BOOMERANG_COMPONENTS", workspace.component_folder());
    if workspace::run(&mut command).is_err() {
        bail!(
            "an input of `{target}` breaks a rule: it is in {}. Mend what is wrong, add a test with its name, and put the \
             input into host/fuzz/corpus/{target}, where every run of the tests tries it",
            found.display()
        );
    }
    Ok(())
}
