//! Decisions per second on one thread and on two, at ten lines.

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use serde::Serialize;

use crate::contenders::{Asked, BARE, Bare, ENGINE, Question};
use crate::rounds::median;
use crate::setup::{self, Components, Setup};

/// Lines of the cart.
const LINES: usize = 10;
/// How long each measurement takes.
const SPAN: Duration = Duration::from_millis(250);
/// Measurements of each.
const ROUNDS: usize = 9;

/// How much one contender gets done.
#[derive(Debug, Serialize)]
pub(crate) struct Throughput {
    pub(crate) name: &'static str,
    pub(crate) one_thread: f64,
    pub(crate) two_threads: f64,
    /// The median of the ratios of the rounds.
    pub(crate) gain: f64,
}

/// Calls something until the time is over and says how often.
type Work<'a> = &'a (dyn Fn(Instant) -> Result<u64> + Sync);

pub(crate) fn run(setup: &Setup, components: &Components) -> Result<Vec<Throughput>> {
    let bare = Bare::new(components, setup.prepared())?;
    let asked = Asked::new(setup, &setup.one, LINES);
    let question = Question::new(LINES)?;
    let on_bare = |until: Instant| {
        let mut calls = 0;
        while Instant::now() < until {
            black_box(bare.price(&question)?);
            calls += 1;
        }
        Ok(calls)
    };
    let on_engine = |until: Instant| {
        setup::runtime()?.block_on(async {
            let mut calls = 0;
            while Instant::now() < until {
                black_box(asked.price().await?);
                calls += 1;
            }
            Ok(calls)
        })
    };
    let work: [(&'static str, Work<'_>); 2] = [(BARE, &on_bare), (ENGINE, &on_engine)];
    let mut measured = work.map(|_| Vec::new());
    for _ in 0..ROUNDS {
        for ((_, work), measured) in work.iter().zip(&mut measured) {
            measured.push((rate(work, 1)?, rate(work, 2)?));
        }
    }
    Ok(work.iter().zip(measured).map(|((name, _), rounds)| summary(name, &rounds)).collect())
}

fn summary(name: &'static str, rounds: &[(f64, f64)]) -> Throughput {
    let of = |what: fn(&(f64, f64)) -> f64| median(&mut rounds.iter().map(what).collect::<Vec<_>>());
    Throughput {
        name,
        one_thread: of(|(one, _)| *one),
        two_threads: of(|(_, two)| *two),
        gain: of(|(one, two)| two / one),
    }
}

/// Calls per second of so many threads that begin together.
fn rate(work: Work<'_>, threads: usize) -> Result<f64> {
    let together = Barrier::new(threads);
    let calls: u64 = thread::scope(|scope| {
        let all: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    together.wait();
                    work(Instant::now() + SPAN)
                })
            })
            .collect();
        let mut calls = 0;
        for thread in all {
            calls += thread.join().map_err(|_| anyhow!("a thread panicked"))??;
        }
        anyhow::Ok(calls)
    })?;
    Ok(calls as f64 / SPAN.as_secs_f64())
}
