//! Lets everybody take turns, and makes medians of it.
//!
//! Machines are noisy, and the noise comes in stretches. So everybody is called a little in every round, and a ratio is the
//! median of the ratios of the rounds: what disturbs a round disturbs both sides of it.

use anyhow::Result;
use serde::{Deserialize, Serialize};

use crate::contenders::{Entry, Times};

/// About how long everybody has in a round.
const TURN_MICROS: f64 = 3_000.0;
/// The least measurements of a turn.
const LEAST: usize = 5;
/// Calls before anything is measured.
const WARM_UP: usize = 50;

/// How one contender did.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    /// What was asked of it, and of those it is compared with.
    pub(crate) task: String,
    pub(crate) name: String,
    pub(crate) median_micros: f64,
    pub(crate) p99_micros: f64,
    /// Its time as a multiple of that of each of the bases; none where a base did not do this task.
    pub(crate) times_of: Vec<Option<f64>>,
    /// Measured times.
    pub(crate) measured: usize,
}

impl Row {
    /// Its time as a multiple of that of one of the bases.
    pub(crate) fn times(&self, base: usize) -> Option<f64> {
        self.times_of.get(base).copied().flatten()
    }

    /// How much longer than usual it takes at its worst.
    pub(crate) fn tail(&self) -> f64 {
        self.p99_micros / self.median_micros
    }
}

/// The times of one contender over all rounds.
struct Turns {
    entry: usize,
    calls: usize,
    medians: Vec<f64>,
    all: Vec<f64>,
}

/// Lets everybody take turns for so many rounds, and compares them with those of the names in `bases`.
pub(crate) fn run(entries: &mut [Entry], rounds: usize, bases: &[&str]) -> Result<Vec<Row>> {
    let mut turns = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter_mut().enumerate() {
        let mut times = Times::of(WARM_UP);
        entry.contender.round(&mut times)?;
        let micros = median(&mut times.micros) * f64::from(entry.contender.batch());
        let calls = ((TURN_MICROS / micros) as usize).max(LEAST);
        turns.push(Turns { entry: index, calls, medians: Vec::new(), all: Vec::new() });
    }
    for _ in 0..rounds {
        for turn in &mut turns {
            let mut times = Times::of(turn.calls);
            entries[turn.entry].contender.round(&mut times)?;
            turn.all.extend_from_slice(&times.micros);
            turn.medians.push(median(&mut times.micros));
        }
    }
    let of = |task: &str, name: &str| turns.iter().find(|turn| entries[turn.entry].is(task, name));
    Ok(turns
        .iter()
        .map(|turn| {
            let entry = &entries[turn.entry];
            let mut all = turn.all.clone();
            all.sort_by(f64::total_cmp);
            let times_of = |base: &&str| Some(ratio(&turn.medians, &of(&entry.task, base)?.medians));
            Row {
                task: entry.task.clone(),
                name: entry.contender.name().to_owned(),
                median_micros: quantile(&all, 0.5),
                p99_micros: quantile(&all, 0.99),
                times_of: bases.iter().map(times_of).collect(),
                measured: all.len(),
            }
        })
        .collect())
}

/// The median of the ratios of the rounds.
fn ratio(ours: &[f64], theirs: &[f64]) -> f64 {
    median(&mut ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect::<Vec<_>>())
}

/// The median.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    quantile(values, 0.5)
}

/// The value below which a share of all values lies; of sorted values.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let index = (sorted.len().saturating_sub(1) as f64 * share).round() as usize;
    sorted.get(index).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_measured_values() {
        let mut values = [5.0, 1.0, 4.0, 2.0, 3.0];
        assert_eq!(median(&mut values), 3.0);
        assert_eq!(quantile(&values, 0.99), 5.0);
        assert!(median(&mut []).is_nan());
    }

    #[test]
    fn a_ratio_outlives_a_disturbed_round() {
        // In the second round the machine was ten times slower, for both.
        assert_eq!(ratio(&[2.0, 20.0, 2.0], &[1.0, 10.0, 1.0]), 2.0);
    }
}
