//! Builds what the benchmark compares with: the program in `host/bench/alternatives`, and the guests that it runs.
//!
//! A workspace of its own, built by nothing but `cargo xtask bench`: it takes minutes and hundreds of crates.

use std::path::PathBuf;

use anyhow::Result;

use crate::guests::{add_target, guest_cargo, publish, read};
use crate::workspace::{self, Workspace, cargo};

/// Each guest's crate, the target it is built for, and what cargo calls the result: a library by another name than a
/// program.
const GUESTS: [(&str, &str, &str); 2] = [
    ("decision-extism", "wasm32-unknown-unknown", "decision_extism.wasm"),
    ("decision-stdin", "wasm32-wasip1", "decision-stdin.wasm"),
];

/// The workspace.
pub(crate) fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root.join("host/bench/alternatives")
}

/// Builds program and guests, and gives the folder that holds all of them.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    let (folder, target) = (folder(workspace), workspace.target.join("alternatives"));
    let programs = target.join("release");
    let mut build = cargo(&folder);
    workspace::run(build.args(["build", "--locked", "--release", "--target-dir"]).arg(&target))?;
    for (name, wasm, artefact) in GUESTS {
        add_target(wasm)?;
        let mut build = guest_cargo(&folder);
        build.args(["build", "--locked", "--profile", "guest", "--target", wasm, "--package", name, "--target-dir"]);
        workspace::run(build.arg(&target))?;
        publish(&read(&target.join(wasm).join("guest").join(artefact))?, &programs, name)?;
    }
    Ok(programs)
}
