//! `cargo xtask demo`: from a clone to a shop in the browser.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;

use crate::guests;
use crate::workspace::{self, Workspace};

/// How to serve the demo shop.
#[derive(Args)]
pub(crate) struct Options {
    /// The port on 127.0.0.1 to serve on
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Build the host with every optimisation: minutes more to build, microseconds less a call
    #[arg(long)]
    release: bool,
    /// Handed on to `boomerang serve`
    #[arg(last = true)]
    rest: Vec<String>,
}

/// Builds guests and host, and hands over to `boomerang serve --demo`.
///
/// The development profile is the default: it optimises every dependency, wasmtime above all, and it is the profile of
/// the tests, so that whoever ran those has most of it built.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    // One that is too large is a failure of `guests` and `test`; a shop can be shown with it.
    let _ = guests::build(workspace)?;
    let mut build = workspace.cargo(["build", "--package", "boomerang"]);
    let folder = if options.release { "release" } else { "debug" };
    if options.release {
        build.arg("--release");
    }
    workspace::run(&mut build)?;
    let name = format!("boomerang{}", std::env::consts::EXE_SUFFIX);
    let program = workspace.target.join(folder).join(name);
    hand_over(&mut serve(workspace, &program, options))
}

/// The command that serves the demo shop.
fn serve(workspace: &Workspace, program: &Path, options: &Options) -> Command {
    let mut command = Command::new(program);
    command.current_dir(&workspace.root).args(["serve", "--demo"]);
    command.args(["--port", &options.port.to_string()]).args(&options.rest);
    command.env("BOOMERANG_COMPONENTS", workspace.component_folder());
    command.env("BOOMERANG_DATA", workspace.target.join("demo"));
    command
}

/// Becomes the server, so that a signal sent to this process reaches it.
#[cfg(unix)]
fn hand_over(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    Err(command.exec()).context("could not start the server that was just built")
}

/// Runs the server for as long as this process lives.
#[cfg(not(unix))]
fn hand_over(command: &mut Command) -> Result<()> {
    workspace::run(command).context("the server stopped")
}
