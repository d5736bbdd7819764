//! Measures the engine beside what else could make the same decision: every ratio comes from one run, in which everything
//! takes turns.
//!
//! | module | what it is about |
//! | --- | --- |
//! | [`contenders`] | the ways to make the decision: the engine, a native function, bare wasmtime, a webhook |
//! | [`rounds`] | lets them take turns, and makes medians of it |
//! | [`throughput`], [`neighbour`] | calls per second, and beside an extension that does its worst |
//! | [`tenants`], [`rotation`] | many shops, many components |
//! | [`whole`] | a whole shop: pages, orders, events |
//! | [`memory`], [`start`], [`sizes`] | memory, process starts, component sizes |
//! | [`cart`], [`shop`], [`setup`] | what is decided, the shop that answers, the engine that is measured |
//! | [`machine`], [`report`], [`table`] | what it ran on, and what came out, as JSON and for people |
//!
//! `cargo xtask bench` builds and runs it. Nothing is asserted but that everybody gives the same answer.

mod cart;
mod contenders;
mod machine;
mod memory;
mod neighbour;
mod report;
mod rotation;
mod rounds;
mod setup;
mod shop;
mod sizes;
mod start;
mod table;
mod tenants;
mod throughput;
mod whole;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

use contenders::{BARE, ENGINE};
use machine::Machine;
use report::Report;
use setup::{Components, Setup};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Sizes of the carts that are priced.
const CARTS: [usize; 3] = [1, 10, 100];

/// Rounds in which a neighbour does its worst: each waits for calls that end at their time limit.
const NOISY_ROUNDS: usize = 9;

#[derive(Parser)]
#[command(name = "boomerang-bench", about = "Measures the engine beside its alternatives")]
struct Arguments {
    /// Where the built components are
    #[arg(long, env = "BOOMERANG_COMPONENTS", default_value = "target/components")]
    components: PathBuf,
    /// The folder for the JSON of the results
    #[arg(long, default_value = "target/bench")]
    out: PathBuf,
    /// How many rounds everybody takes turns in
    #[arg(long, default_value_t = 101)]
    rounds: usize,
    /// The `boomerang` program, to measure how fast a whole shop starts
    #[arg(long)]
    boomerang: Option<PathBuf>,
    #[command(subcommand)]
    part: Option<Part>,
}

/// What runs in a process of its own; started by this program itself.
#[derive(Subcommand)]
enum Part {
    /// Load copies of every component and print what they take
    #[command(hide = true)]
    Memory(memory::Options),
    /// Load many components, and let them take turns
    #[command(hide = true)]
    Rotation(rotation::Options),
    /// Start an engine from a cache, make a first decision, and say so
    #[command(hide = true)]
    Start(start::Options),
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let components = Components::at(&arguments.components);
    match &arguments.part {
        Some(Part::Memory(options)) => memory::in_this_process(&components, options),
        Some(Part::Rotation(options)) => rotation::in_this_process(&components, options),
        Some(Part::Start(options)) => start::in_this_process(&components, options),
        None => measure(&arguments, &components),
    }
}

fn measure(arguments: &Arguments, components: &Components) -> Result<()> {
    let before = Machine::look();
    eprintln!("{before}");
    let setup = Setup::new(components)?;
    let rounds = arguments.rounds;
    let mut deciding = contenders::other::entries(&setup, components)?;
    for lines in CARTS.iter().rev() {
        deciding.splice(0..0, contenders::pricing(&setup, components, *lines)?);
    }
    let report = Report {
        rounds,
        decisions: rounds::run(&mut deciding, rounds, &[BARE, ENGINE])?,
        throughput: throughput::run(&setup, components)?,
        neighbours: rounds::run(&mut neighbour::entries(&setup)?, rounds.min(NOISY_ROUNDS), &[neighbour::QUIET])?,
        tenants: rounds::run(&mut tenants::entries(&setup)?, rounds, &[tenants::ALONE])?,
        installed: tenants::memory(&setup)?,
        rotation: rotation::run(components, rounds)?,
        requests: whole::requests(components, rounds)?,
        events: whole::events(components)?,
        memory: memory::run(components)?,
        starts: start::run(components, arguments.boomerang.as_deref())?,
        sizes: sizes::of(components)?,
        load_after: machine::load(),
        machine: before,
    };
    print!("{}", table::render(&report));
    let path = arguments.out.join("latest.json");
    fs::create_dir_all(&arguments.out)
        .and_then(|()| fs::write(&path, serde_json::to_vec_pretty(&report)?))
        .with_context(|| format!("could not write {}", path.display()))?;
    eprintln!("written to {}", path.display());
    Ok(())
}
