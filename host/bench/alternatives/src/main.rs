//! Makes the decision of the benchmark in the ways of others, as often as it is told, and says how long each time took.
//!
//! | module | way |
//! | --- | --- |
//! | [`plugin`] | an Extism plugin, new for every call or kept |
//! | [`function`] | a program on stdin and stdout, run as Shopify's open-source runner runs a Function |
//! | [`script`] | JavaScript in QuickJS, in this process |
//! | [`turns`] | what the benchmark says and is told, line by line |
//!
//! A program of its own, for what it is built from: two versions of wasmtime, with features that the engine goes without.
//! Every way takes the values that the decision needs, makes JSON of them, and reads the JSON that comes back: that is what
//! a host has to do that holds carts and not texts.

mod function;
mod plugin;
mod script;
mod turns;

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Parser;
use decision::document::{Asked, Made};

use turns::{Done, Turn};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(name = "alternatives", about = "Makes the decision of the benchmark in the ways of others")]
struct Arguments {
    /// The folder of the guests: `decision-extism.wasm` and `decision-stdin.wasm`
    #[arg(long)]
    guests: PathBuf,
}

/// One way to make the decision.
trait Way {
    /// What it is.
    fn name(&self) -> &'static str;

    /// Makes it once.
    fn decide(&mut self, asked: &Asked) -> Result<Vec<Made>>;
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let mut ways = ways(&arguments.guests)?;
    let names: Vec<&str> = ways.iter().map(|way| way.name()).collect();
    turns::serve(&names, |asked, turn| take(ways[turn.way].as_mut(), asked, turn))
}

fn ways(guests: &Path) -> Result<Vec<Box<dyn Way>>> {
    let read = |name: &str| {
        let path = guests.join(name);
        fs::read(&path).with_context(|| format!("could not read {}: `cargo xtask bench` builds it", path.display()))
    };
    let plugin = plugin::compile(&read("decision-extism.wasm")?)?;
    let function = function::Function::new(&read("decision-stdin.wasm")?)?;
    Ok(vec![
        Box::new(plugin::Reused::new(&plugin)?),
        Box::new(plugin::Fresh::new(plugin)),
        Box::new(function),
        Box::new(script::Script::new()?),
    ])
}

fn take(way: &mut dyn Way, asked: &Asked, turn: &Turn) -> Result<Done> {
    let mut done = Done::default();
    for _ in 0..turn.calls {
        let started = Instant::now();
        done.made = black_box(way.decide(black_box(asked))?);
        done.micros.push(started.elapsed().as_secs_f64() * 1e6);
    }
    Ok(done)
}
