//! `cargo xtask …`: everything that is done to this repository rather than by it.
//!
//! | command | does |
//! | --- | --- |
//! | `guests` | builds every component into `target/components` |
//! | `demo` | builds guests and host, and serves the demo shop |
//! | `test` | builds guests, runs every test |
//! | `layers` | checks the rules about what may know what |
//! | `lint` | formatting, layers, clippy |
//! | `ci` | `lint`, `deny`, then `test` |
//! | `bench` | measures speed and memory, prints a table |
//! | `crash` | kills the server hundreds of times while orders flow, and counts what was lost or doubled |
//! | `fuzz` | looks for inputs that break a rule, guided by the code that they reach |
//! | `deny` | checks the licence and the source of every dependency, and that none is there that must not be |
//! | `sbom` | lists every dependency as a CycloneDX document |
//! | `schemathesis` | asks the whole API what its document allows, and more |
//! | `freeze` | keeps a copy of the contract for ever |
//!
//! Guests are built here and not by a `build.rs`: a cargo inside a cargo waits for its own lock, and rebuilds everything
//! whenever an environment variable differs.

mod alternatives;
mod bench;
mod browser;
mod crash;
mod demo;
mod dependencies;
mod direct;
mod freeze;
mod fuzz;
mod guests;
mod layers;
mod lint;
mod schemathesis;
mod sections;
mod test;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, runs and checks Boomerang")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build every component into target/components
    Guests,
    /// Build everything and serve the demo shop
    Demo(demo::Options),
    /// Build the components and run every test
    Test(test::Options),
    /// Check the layer rules
    Layers,
    /// Check formatting, the layer rules, and clippy with warnings denied
    Lint,
    /// Everything that has to pass before a change is accepted: lint, deny, then test
    Ci(test::Options),
    /// Measure speed and memory beside what else could make the same decisions
    Bench(bench::Options),
    /// Kill the server again and again while orders flow, and count what was lost or doubled
    Crash(crash::Options),
    /// Look for inputs that break a rule, guided by the code that they reach
    Fuzz(fuzz::Options),
    /// Check the licence and the source of every dependency, and that none is there that must not be, with cargo-deny
    Deny,
    /// List every dependency of the host as a CycloneDX document in target/sbom.json
    Sbom,
    /// Ask the whole API what its document allows, and more, with schemathesis
    Schemathesis(schemathesis::Options),
    /// Keep a copy of the contract under wit/frozen, to be done when a version is released
    Freeze(freeze::Options),
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    let workspace = Workspace::open()?;
    match command {
        Command::Guests => guests::build(&workspace)?.keep_their_size(),
        Command::Demo(options) => demo::run(&workspace, &options),
        Command::Test(options) => test::run(&workspace, &options),
        Command::Layers => layers::run(&workspace),
        Command::Lint => lint::run(&workspace),
        Command::Ci(options) => {
            lint::run(&workspace)?;
            dependencies::deny(&workspace)?;
            test::run(&workspace, &options)
        }
        Command::Bench(options) => bench::run(&workspace, &options),
        Command::Crash(options) => crash::run(&workspace, &options),
        Command::Fuzz(options) => fuzz::run(&workspace, &options),
        Command::Deny => dependencies::deny(&workspace),
        Command::Sbom => dependencies::sbom(&workspace),
        Command::Schemathesis(options) => schemathesis::run(&workspace, &options),
        Command::Freeze(options) => freeze::run(&workspace, &options),
    }
}
