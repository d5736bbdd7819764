//! Measures the engine beside what else could make the same decision: every ratio comes from one run, in which everything
//! takes turns.
//!
//! | module | what it is about |
//! | --- | --- |
//! | [`contenders`] | the ways to make the decision: the engine, a native function, bare wasmtime, a webhook, what others have |
//! | [`rounds`] | lets them take turns, and makes medians of it |
//! | [`throughput`], [`neighbour`] | calls per second, and beside an extension that does its worst |
//! | [`tenants`], [`rotation`] | many shops, many components |
//! | [`whole`] | a whole shop: pages, orders, events |
//! | [`memory`], [`live`], [`start`], [`sizes`] | memory, process starts, component sizes |
//! | [`cart`], [`shop`], [`setup`] | what is decided, the shop that answers, the engine that is measured |
//! | [`machine`], [`report`], [`bars`], [`table`] | what it ran on, what came out, what was aimed at; as JSON and for people |
//!
//! `cargo xtask bench` builds and runs it. Nothing is asserted but that everybody gives the same answer.

mod bars;
mod cart;
mod contenders;
mod live;
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

use contenders::{BARE, ENGINE, Program};
use machine::Machine;
use report::{Report, Section};
use rounds::Row;
use setup::{Components, Setup};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Sizes of the carts that are priced.
const CARTS: [usize; 3] = [1, 10, 100];

/// Rounds in which a neighbour does its worst: each waits for calls that end at their time limit.
const NOISY_ROUNDS: usize = 21;

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
    /// Measure this alone; all of it if there is none
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Section>,
    /// The folder of the program `alternatives` and its guests; without it they are left out
    #[arg(long)]
    alternatives: Option<PathBuf>,
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
    /// Let many calls live at the same time and print what they take
    #[command(hide = true)]
    Live,
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
        Some(Part::Live) => live::in_this_process(&components),
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
    let noisy = rounds.min(NOISY_ROUNDS);
    let asked = |section| arguments.only.is_empty() || arguments.only.contains(&section);
    // Before anything else leaves memory to the allocator, which it would be taken from.
    let installed = when(asked(Section::Tenants), || tenants::memory(&setup))?;
    let mut report = Report {
        rounds,
        installed,
        decisions: when(asked(Section::Decisions), || decisions(&setup, components, arguments))?,
        throughput: when(asked(Section::Throughput), || throughput::run(&setup, components))?,
        neighbours: when(asked(Section::Neighbours), || {
            rounds::run(&mut neighbour::entries(&setup)?, noisy, &[neighbour::QUIET])
        })?,
        tenants: when(asked(Section::Tenants), || {
            rounds::run(&mut tenants::entries(&setup)?, rounds, &[tenants::ALONE])
        })?,
        rotation: when(asked(Section::Rotation), || rotation::run(components, rounds))?,
        requests: when(asked(Section::Requests), || whole::requests(components, rounds))?,
        events: when(asked(Section::Events), || whole::events(components))?,
        toggle: when(asked(Section::Toggle), || whole::toggle(components))?,
        memory: when(asked(Section::Memory), || memory::run(components))?,
        live: when(asked(Section::Memory), || live::run(components))?,
        starts: when(asked(Section::Starts), || start::run(components, arguments.boomerang.as_deref()))?,
        sizes: sizes::of(components)?,
        load_after: machine::load(),
        machine: before,
        bars: Vec::new(),
    };
    report.bars = bars::of(&report);
    print!("{}", table::render(&report));
    let path = arguments.out.join("latest.json");
    fs::create_dir_all(&arguments.out)
        .and_then(|()| fs::write(&path, serde_json::to_vec_pretty(&report)?))
        .with_context(|| format!("could not write {}", path.display()))?;
    eprintln!("written to {}", path.display());
    Ok(())
}

/// Every decision, by everything that could make it.
fn decisions(setup: &Setup, components: &Components, arguments: &Arguments) -> Result<Vec<Row>> {
    let start = |folder: &PathBuf| Program::start(folder, setup.prepared(), &CARTS);
    let alternatives = arguments.alternatives.as_ref().map(start).transpose()?;
    let mut deciding = Vec::new();
    for (cart, lines) in CARTS.into_iter().enumerate() {
        let others = alternatives.iter().flat_map(|program| program.pricers(cart));
        deciding.extend(contenders::pricing(setup, components, lines, others)?);
    }
    deciding.extend(contenders::other::entries(setup, components)?);
    rounds::run(&mut deciding, arguments.rounds, &[BARE, ENGINE])
}

fn when<T>(wanted: bool, measure: impl FnOnce() -> Result<T>) -> Result<Option<T>> {
    wanted.then(measure).transpose()
}
