//! `cargo xtask test`: every test there is.

use std::time::Instant;

use anyhow::{Result, bail};
use clap::Args;

use crate::browser::{self, Tools};
use crate::guests;
use crate::workspace::{self, Workspace, cargo};

/// What to leave out.
#[derive(Args)]
pub(crate) struct Options {
    /// Leave out the tests that drive a real browser, and the need for Chromium and npm with them
    #[arg(long)]
    no_browser: bool,
}

/// Builds the components, then runs the tests of the workspace and those of every plugin.
///
/// A failure does not keep the rest from running: one call shows everything that is broken.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let started = Instant::now();
    let guests = guests::build(workspace)?;
    let mut runs = vec![workspace.cargo(["test", "--workspace", "--no-fail-fast"])];
    for plugin in workspace.plugins()? {
        let mut command = cargo(&plugin.folder);
        command.args(["test", "--target-dir"]).arg(workspace.plugin_target());
        runs.push(command);
    }
    let mut failures: Vec<_> = guests.keep_their_size().err().into_iter().collect();
    // Without a browser the rest is run all the same, and the whole has failed, unless that was asked for.
    let browser = (!options.no_browser).then(|| Tools::prepare(workspace));
    let tools = browser.and_then(|tools| tools.map_err(|error| failures.push(error)).ok());
    for command in &mut runs {
        command.env("BOOMERANG_COMPONENTS", workspace.component_folder());
        match &tools {
            Some(tools) => tools.tell(command),
            None => browser::leave_out(command),
        }
        failures.extend(workspace::run(command).err());
    }
    let seconds = started.elapsed().as_secs();
    match failures.as_slice() {
        [] => {
            let rest = if options.no_browser { " but those in a browser, which were left out," } else { "" };
            eprintln!("every test{rest} passed, in {} min {:02} s", seconds / 60, seconds % 60);
        }
        failures => bail!("{} checks failed; the first: {:#}", failures.len(), failures[0]),
    }
    Ok(())
}
