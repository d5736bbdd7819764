//! The ways to do the same thing.

mod alternatives;
mod bare;
mod engine;
mod limited;
mod native;
pub(crate) mod other;
mod way;
mod webhook;

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Result, ensure};
use boomerang_engine::contract::Adjustment;
use tokio::runtime::Runtime;

use crate::setup::{Components, Setup};

pub(crate) use alternatives::Program;
pub(crate) use bare::{Bare, Question};
pub(crate) use engine::Asked;
pub(crate) use way::Way;

/// What everything is compared with.
pub(crate) const BARE: &str = "bare wasmtime, fresh instance";
/// The same with the limits that the engine sets.
pub(crate) const LIMITED: &str = "bare wasmtime, fresh, with limits";
/// What is compared with everything.
pub(crate) const ENGINE: &str = "engine, one feature";
/// The whole chain.
pub(crate) const FOUR: &str = "engine, all four features";
/// What most platforms do today.
pub(crate) const WEBHOOK: &str = "JSON webhook on loopback";
/// Kept for all calls, with its memory.
pub(crate) const EXTISM_REUSED: &str = "Extism, reused plugin";
/// Made for every call, from compiled code.
pub(crate) const EXTISM_FRESH: &str = "Extism, fresh plugin";
/// A core module between stdin and stdout.
pub(crate) const FUNCTION: &str = "Shopify-like Function, fresh";
/// JavaScript without WebAssembly.
pub(crate) const QUICKJS: &str = "QuickJS in process, fresh context";

/// One way to do one thing.
pub(crate) trait Contender {
    /// What it is.
    fn name(&self) -> &str;

    /// Does it `times.calls` times and notes how long it took.
    fn round(&mut self, times: &mut Times) -> Result<()>;

    /// Calls behind one measured time: more than one where a single call is hardly longer than looking at the clock.
    fn batch(&self) -> u32 {
        1
    }
}

/// One way to price one cart.
pub(crate) trait Pricer: Contender {
    /// Prices the cart once and gives the adjustments of the sale.
    fn decide(&mut self) -> Result<Vec<Adjustment>>;
}

/// The times of one round.
#[derive(Default)]
pub(crate) struct Times {
    /// Measurements to make.
    pub(crate) calls: usize,
    /// Microseconds of each call.
    pub(crate) micros: Vec<f64>,
}

impl Times {
    pub(crate) fn of(calls: usize) -> Self {
        Self { calls, micros: Vec::with_capacity(calls) }
    }

    /// Makes and notes all calls, one after the other.
    pub(crate) fn make<T>(&mut self, runtime: &Runtime, mut call: impl AsyncFnMut() -> Result<T>) -> Result<()> {
        runtime.block_on(async {
            for _ in 0..self.calls {
                let started = Instant::now();
                black_box(call().await?);
                self.note(started);
            }
            Ok(())
        })
    }

    /// Notes a call that began at `started`.
    pub(crate) fn note(&mut self, started: Instant) {
        self.note_batch(started, 1);
    }

    /// Notes so many calls, the first of which began at `started`.
    pub(crate) fn note_batch(&mut self, started: Instant, calls: u32) {
        self.micros.push(started.elapsed().as_secs_f64() * 1e6 / f64::from(calls));
    }
}

/// A contender and what it does.
pub(crate) struct Entry {
    pub(crate) task: String,
    pub(crate) contender: Box<dyn Contender>,
}

impl Entry {
    pub(crate) fn new(task: impl Into<String>, contender: impl Contender + 'static) -> Self {
        Self { task: task.into(), contender: Box::new(contender) }
    }

    pub(crate) fn is(&self, task: &str, name: &str) -> bool {
        self.task == task && self.contender.name() == name
    }
}

/// Pricing a cart of so many lines, as a task.
pub(crate) fn price(lines: usize) -> String {
    format!("price {lines} {}", if lines == 1 { "line" } else { "lines" })
}

/// Everybody who prices a cart of so many lines, and `others`. They have to come to the same price, or there is nothing to
/// compare.
pub(crate) fn pricing(
    setup: &Setup,
    components: &Components,
    lines: usize,
    others: impl Iterator<Item = Box<dyn Pricer>>,
) -> Result<Vec<Entry>> {
    let bare = Bare::new(components, setup.prepared())?;
    let mut pricers: Vec<Box<dyn Pricer>> = vec![
        Box::new(native::Native::new(setup.prepared(), lines)?),
        Box::new(bare::Reused::new(bare.clone(), lines)?),
        Box::new(bare::Fresh::new(bare, lines)?),
        Box::new(limited::Limited::new(components, setup.prepared(), lines)?),
        Box::new(engine::Chain::new(ENGINE, setup, &setup.one, lines)?),
        Box::new(engine::Chain::new(FOUR, setup, &setup.four, lines)?),
        Box::new(webhook::Webhook::new(setup.prepared(), lines)?),
    ];
    pricers.extend(others);
    agree(&mut pricers, lines)?;
    let task = price(lines);
    Ok(pricers.into_iter().map(|contender| Entry { task: task.clone(), contender }).collect())
}

fn agree(pricers: &mut [Box<dyn Pricer>], lines: usize) -> Result<()> {
    let Some((first, others)) = pricers.split_first_mut() else { return Ok(()) };
    let expected = first.decide()?;
    let reduced: usize = expected.iter().map(|made| made.changes.len()).sum();
    ensure!(reduced == lines, "the sale reduced {reduced} of {lines} lines");
    for other in others {
        let answer = other.decide()?;
        ensure!(answer == expected, "{} and {} differ at {lines} lines", first.name(), other.name());
    }
    Ok(())
}
