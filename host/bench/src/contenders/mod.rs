//! The ways to make the same decision.

mod bare;
mod engine;
mod native;
mod webhook;

use std::time::Instant;

use anyhow::{Result, ensure};
use boomerang_engine::contract::Adjustment;

use crate::setup::{Components, Setup};

pub(crate) use bare::{Bare, Question};
pub(crate) use engine::Asked;

/// What everything is compared with.
pub(crate) const BARE: &str = "bare wasmtime, fresh instance";
/// What is compared with everything.
pub(crate) const ENGINE: &str = "engine, one feature";

/// One way to price one cart.
pub(crate) trait Contender {
    /// What it is.
    fn name(&self) -> &'static str;

    /// Prices the cart once and gives the adjustments of the sale.
    fn decide(&mut self) -> Result<Vec<Adjustment>>;

    /// Prices the cart `times.calls` times and notes how long it took.
    fn round(&mut self, times: &mut Times) -> Result<()>;

    /// Calls behind one measured time: more than one where a single call is hardly longer than looking at the clock.
    fn batch(&self) -> u32 {
        1
    }
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

    /// Notes a call that began at `started`.
    pub(crate) fn note(&mut self, started: Instant) {
        self.note_batch(started, 1);
    }

    /// Notes so many calls, the first of which began at `started`.
    pub(crate) fn note_batch(&mut self, started: Instant, calls: u32) {
        self.micros.push(started.elapsed().as_secs_f64() * 1e6 / f64::from(calls));
    }
}

/// A contender and the size of the cart it prices.
pub(crate) struct Entry {
    pub(crate) lines: usize,
    pub(crate) contender: Box<dyn Contender>,
}

/// Everybody who prices a cart of so many lines.
pub(crate) fn all(setup: &Setup, components: &Components, lines: usize) -> Result<Vec<Entry>> {
    let bare = Bare::new(components, setup.prepared())?;
    let contenders: Vec<Box<dyn Contender>> = vec![
        Box::new(native::Native::new(setup.prepared(), lines)?),
        Box::new(bare::Reused::new(bare.clone(), lines)?),
        Box::new(bare::Fresh::new(bare, lines)?),
        Box::new(engine::Chain::new(ENGINE, setup, &setup.one, lines)?),
        Box::new(engine::Chain::new("engine, all four features", setup, &setup.four, lines)?),
        Box::new(webhook::Webhook::new(setup.prepared(), lines)?),
    ];
    Ok(contenders.into_iter().map(|contender| Entry { lines, contender }).collect())
}

/// Everybody who prices the same cart has to come to the same price, or there is nothing to compare.
pub(crate) fn agree(entries: &mut [Entry]) -> Result<()> {
    for entries in entries.chunk_by_mut(|one, other| one.lines == other.lines) {
        let Some((first, others)) = entries.split_first_mut() else { continue };
        let expected = first.contender.decide()?;
        ensure!(expected.len() == first.lines, "the sale reduced {} of {} lines", expected.len(), first.lines);
        for other in others {
            let answer = other.contender.decide()?;
            let (this, that) = (first.contender.name(), other.contender.name());
            ensure!(answer == expected, "{this} and {that} differ at {} lines", first.lines);
        }
    }
    Ok(())
}
