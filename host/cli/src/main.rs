//! `boomerang`: the shop platform, and the tools of plugin developers.
//!
//! | command | for |
//! | --- | --- |
//! | `serve` | running the platform, and the demo shop |
//! | `shop add` | opening a shop, with its owner |
//! | `backup`, `restore` | copying the shops, also while they are open, and putting a copy in their place |
//! | `story` | seeing what the features do, checked as it is told |
//! | `new` | starting a plugin |
//! | `inspect` | seeing what a component is and what it asks for |
//! | `check` | loading it as a shop would |
//! | `run` | asking it for one decision, JSON in and JSON out |
//! | `pack` | putting a manifest into a component of any language |
//!
//! Commands return their errors; they are printed here, once.

mod commands;
mod fixtures;
mod home;
mod story;
mod words;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(version, about = "Runs untrusted plugins inside a shop's checkout", propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the shop platform
    Serve(commands::serve::Options),
    /// Open shops
    Shop(commands::shop::Options),
    /// Copy the shops into a file, also while they are open
    Backup(commands::backup::Options),
    /// Put a copy that was made by `backup` in the place of the shops
    Restore(commands::restore::Options),
    /// Tell what the features do, by doing it in a shop of their own
    Story(story::Options),
    /// Start a plugin in Rust
    New(commands::new::Options),
    /// Show what a component is, what it does and what it asks for
    Inspect(commands::inspect::Options),
    /// Load a component as a shop would, and say why one is refused
    Check(commands::check::Options),
    /// Ask a component for one decision
    Run(commands::run::Options),
    /// Put a manifest into a component
    Pack(commands::pack::Options),
    /// Compile one component for a host, which starts this by itself
    #[command(name = commands::COMPILE_WORKER, hide = true)]
    CompileWorker,
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Serve(options) => commands::serve::run(&options),
        Command::Shop(options) => commands::shop::run(&options),
        Command::Backup(options) => commands::backup::run(&options),
        Command::Restore(options) => commands::restore::run(&options),
        Command::Story(options) => story::run(&options),
        Command::New(options) => commands::new::run(&options),
        Command::Inspect(options) => commands::inspect::run(&options),
        Command::Check(options) => commands::check::run(&options),
        Command::Run(options) => commands::run::run(&options),
        Command::Pack(options) => commands::pack::run(&options),
        Command::CompileWorker => return boomerang_engine::serve_compile_worker(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
