//! What is checked without running anything: formatting, layers, clippy.

use std::process::Command;

use anyhow::{Context, Result};

use crate::alternatives;
use crate::guests::{self, TARGET};
use crate::layers;
use crate::workspace::{self, Workspace, cargo};

/// Checks formatting, the layer rules, and clippy for the host and for the guests' target, with warnings denied.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    add_tools()?;
    guests::add_target(TARGET)?;
    format(workspace)?;
    layers::run(workspace)?;
    clippy(workspace)
}

/// Adds rustfmt and clippy with rustup, unless the toolchain has them: rustup's minimal profile does not.
fn add_tools() -> Result<()> {
    for (tool, program) in [("rustfmt", "rustfmt"), ("clippy", "cargo-clippy")] {
        let is_there = Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
        if !is_there {
            workspace::run(Command::new("rustup").args(["component", "add", tool]))
                .with_context(|| format!("{tool} is missing: add it to your Rust toolchain"))?;
        }
    }
    Ok(())
}

fn format(workspace: &Workspace) -> Result<()> {
    workspace::run(&mut workspace.cargo(["fmt", "--all", "--check"]))?;
    workspace::run(cargo(&workspace.root.join("fuzz")).args(["fmt", "--check"]))?;
    for plugin in workspace.plugins()? {
        workspace::run(cargo(&plugin.folder).args(["fmt", "--check"]))?;
    }
    workspace::run(cargo(&alternatives::folder(workspace)).args(["fmt", "--all", "--check"]))
}

fn clippy(workspace: &Workspace) -> Result<()> {
    let deny = ["--", "--deny", "warnings"];
    workspace::run(workspace.cargo(["clippy", "--workspace", "--all-targets"]).args(deny))?;
    let mut guests = workspace.cargo(["clippy", "--target", TARGET]);
    for package in workspace.components() {
        guests.args(["--package", &package.name]);
    }
    workspace::run(guests.args(deny))?;
    for plugin in workspace.plugins()? {
        for scope in [&["--all-targets"][..], &["--target", TARGET]] {
            let mut command = cargo(&plugin.folder);
            command.arg("clippy").args(scope).arg("--target-dir").arg(workspace.plugin_target());
            workspace::run(command.args(deny))?;
        }
    }
    Ok(())
}
