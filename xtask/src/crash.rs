//! `cargo xtask crash`: the long run of the crash test, of which `cargo xtask test` has a short one.

use anyhow::Result;
use clap::Args;

use crate::guests;
use crate::workspace::{self, Workspace};

/// How long it goes on.
#[derive(Args)]
pub(crate) struct Options {
    /// How often the server is killed, at the least
    #[arg(long, default_value_t = 300)]
    kills: u32,
    /// How many purchases are made at the least
    #[arg(long, default_value_t = 5_500)]
    purchases: u32,
}

/// Events of orders in five purchases at the least: placed and paid, and what becomes of them then.
const EVENTS_OF_FIVE: u32 = 19;

/// Builds the components and the test, and runs it. It prints its figures, and fails if anything is lost or doubled.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    guests::build(workspace)?.keep_their_size()?;
    let mut command = workspace.cargo(["test", "--workspace", "--test", "crash"]);
    command.env("BOOMERANG_COMPONENTS", workspace.component_folder());
    command.env("BOOMERANG_CRASH_KILLS", options.kills.to_string());
    command.env("BOOMERANG_CRASH_PURCHASES", options.purchases.to_string());
    command.env("BOOMERANG_CRASH_EVENTS", (options.purchases / 5 * EVENTS_OF_FIVE).to_string());
    workspace::run(&mut command)
}
