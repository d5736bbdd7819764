//! Runs the corpus and judges it.

use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use boomerang_engine::{Compiler, Engine, EngineConfig, Limits, Point, SkipReason, WorkerConfig};

use crate::ask::{Outcome, ask, call};
use crate::case::{Case, Verdict};
use crate::honest::Honest;
use crate::meter::{Usage, measure};
use crate::support::install;
use crate::vendor;

/// Bytes that the host may hold for one call.
const HOST_MEMORY: usize = 2 << 20;
/// Bytes that may be left of a call: what a breaker or a thread's first call keeps.
const LEFT: usize = 16 << 10;
/// What the host itself may take to load a component: its time is that of a trial, twice.
const LOADING: Duration = Duration::from_secs(4);
const LOADED: usize = 50 << 20;
/// How often a case is tried that has taken long by the clock: on a busy machine a thread waits for its turn, and the least of
/// three says what the call itself takes.
const TRIES: u32 = 3;

/// One case, and how it went.
pub(crate) struct Tried<'a> {
    case: &'a Case,
    outcome: Outcome,
    usage: Usage,
    load: Usage,
    budget: Duration,
    harm: Option<String>,
}

/// Runs all cases, each thread with an engine of its own.
pub(crate) fn all(cases: &[Case]) -> Vec<Tried<'_>> {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 4);
    let mut tried: Vec<(usize, Tried<'_>)> = std::thread::scope(|scope| {
        let work = || {
            let lane = Lane::new();
            let mut done = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(case) = cases.get(index) else { return done };
                // A panic of the host is what must not happen; the others are tried all the same.
                let tried = catch_unwind(AssertUnwindSafe(|| lane.try_one(case)));
                done.push((index, tried.unwrap_or_else(|_| Tried::panicked(case))));
            }
        };
        let lanes: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        lanes.into_iter().flat_map(|lane| lane.join().expect("no case brings a lane down")).collect()
    });
    tried.sort_by_key(|(index, _)| *index);
    tried.into_iter().map(|(_, tried)| tried).collect()
}

/// An engine as a host for strangers has it, and an honest neighbour in it.
struct Lane {
    runtime: tokio::runtime::Runtime,
    engine: Engine,
    honest: Honest,
}

impl Lane {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
        let worker = WorkerConfig::new(env!("CARGO_BIN_EXE_boomerang-compile-worker"));
        let config = EngineConfig { compiler: Compiler::Worker(worker), ..EngineConfig::default() };
        let engine = Engine::new(config, vendor::capabilities()).expect("the engine starts");
        let honest = runtime.block_on(Honest::new(&engine));
        Self { runtime, engine, honest }
    }

    fn try_one<'a>(&self, case: &'a Case) -> Tried<'a> {
        let wasm = (case.build)();
        let budget = budget(&self.engine.config().limits, case.point);
        let (loaded, load) = measure(|| self.engine.load(&wasm));
        let (outcome, usage) = match loaded {
            Err(error) => (error.into(), Usage::default()),
            Ok(extension) => {
                let installation = install(&extension);
                let call = call(case.now, case.silent);
                let ask = || self.runtime.block_on(ask(&self.engine, &installation, case.point, &call)).0;
                let (mut outcome, mut usage) = measure(ask);
                for _ in 1..TRIES {
                    // On a busy machine time runs out for those, too, that do not take any.
                    let is_right = !is_late(&outcome) || may_be_late(&case.verdict);
                    if is_right && usage.wall <= budget * 2 {
                        break;
                    }
                    let (again, cost) = measure(ask);
                    (outcome, usage) = (again, usage.and(cost));
                }
                (outcome, usage)
            }
        };
        let harm = self.harm(case);
        Tried { case, outcome, usage, load, budget, harm }
    }

    fn harm(&self, case: &Case) -> Option<String> {
        let used = self.engine.occupancy();
        if !used.is_idle() {
            return Some(format!("the pool is not empty: {used:?}"));
        }
        self.runtime.block_on(self.honest.harm(&self.engine, case.point))
    }
}

fn is_late(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Skipped { reason: SkipReason::TimedOut, .. })
}

fn may_be_late(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::CutOff | Verdict::Skipped(SkipReason::TimedOut))
}

/// How long a call of a point may take.
fn budget(limits: &Limits, point: Point) -> Duration {
    match point {
        Point::Configuration | Point::Insights => limits.handler_time,
        point if point.is_handler() => limits.handler_time,
        _ => limits.decision_time,
    }
}

impl<'a> Tried<'a> {
    fn panicked(case: &'a Case) -> Self {
        let outcome = Outcome::Answered { left_out: 0, answer: String::new() };
        let harm = Some("the host panicked".into());
        Self { case, outcome, usage: Usage::default(), load: Usage::default(), budget: Duration::MAX, harm }
    }

    /// How much of its time it used, of the processor's.
    fn share(&self) -> f64 {
        self.usage.cpu.as_secs_f64() / self.budget.as_secs_f64()
    }

    /// What is wrong with it, in words.
    pub(crate) fn wrong(&self) -> Option<String> {
        let Usage { wall, most, left, .. } = self.usage;
        let complaint = if let Some(harm) = &self.harm {
            harm.clone()
        } else if !self.is_as_expected() {
            format!("expected {}, and it is {:?}", self.case.verdict, self.outcome)
        } else if self.share() > 2.0 || wall > self.budget * 2 {
            format!("it took {:?} of the processor in {wall:?}, and may take {:?}", self.usage.cpu, self.budget)
        } else if self.load.cpu > LOADING || self.load.most > LOADED {
            format!("to load it the host took {:?} and {} bytes", self.load.cpu, self.load.most)
        } else if most > HOST_MEMORY || left > LEFT {
            format!("the host held {most} bytes for it, and {left} afterwards")
        } else {
            return None;
        };
        Some(format!("  {} {}: {complaint}", self.case.class, self.case.name))
    }

    fn is_as_expected(&self) -> bool {
        match (&self.case.verdict, &self.outcome) {
            (Verdict::Refused(expected), Outcome::Refused { kind, words }) => kind == expected && is_plain(words),
            (Verdict::CutOff, Outcome::Skipped { reason, .. }) => {
                matches!(reason, SkipReason::OutOfFuel | SkipReason::TimedOut)
            }
            (Verdict::Skipped(expected), Outcome::Skipped { reason, words }) => reason == expected && is_plain(words),
            (Verdict::PartsLeftOut(expected), Outcome::Answered { left_out, .. }) => left_out == expected,
            (Verdict::Harmless, Outcome::Answered { left_out, .. }) => *left_out == 0,
            _ => false,
        }
    }
}

/// Words that a merchant can be shown: short, and of one line.
fn is_plain(words: &str) -> bool {
    !words.is_empty() && words.len() < 1_200 && !words.chars().any(char::is_control)
}

/// The run in numbers.
pub(crate) fn summary(tried: &[Tried<'_>]) -> String {
    let mut out = format!("{} hostile components\n", tried.len());
    let mut classes: Vec<&str> = tried.iter().map(|one| one.case.class).collect();
    classes.dedup();
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "{:14} {:>5} {:>6} {:>12} {:>12} {:>12}",
        "class", "tried", "wrong", "worst time", "host memory", "left"
    );
    for class in classes {
        let of_class: Vec<_> = tried.iter().filter(|one| one.case.class == class).collect();
        let wrong = of_class.iter().filter(|one| one.wrong().is_some()).count();
        let share = of_class.iter().map(|one| one.share()).fold(0.0, f64::max);
        let most = of_class.iter().map(|one| one.usage.most).max().unwrap_or(0);
        let left = of_class.iter().map(|one| one.usage.left).max().unwrap_or(0);
        let _ = writeln!(
            out,
            "{class:14} {:>5} {wrong:>6} {:>10.2} × {:>9} kB {:>9} kB",
            of_class.len(),
            share,
            most >> 10,
            left >> 10
        );
    }
    let longest = tried.iter().map(|one| one.usage.wall.as_secs_f64() / one.budget.as_secs_f64()).fold(0.0, f64::max);
    let _ = writeln!(out, "  {longest:.2} × its time by the clock at the worst, of {TRIES} tries the best");
    let mut slowest: Vec<_> = tried.iter().collect();
    slowest.sort_by(|one, other| other.share().total_cmp(&one.share()));
    for one in slowest.iter().take(3) {
        let _ = writeln!(out, "  {:.2} × its time: {} {}", one.share(), one.case.class, one.case.name);
    }
    let mut largest: Vec<_> = tried.iter().collect();
    largest.sort_by_key(|one| std::cmp::Reverse(one.usage.most));
    for one in largest.iter().take(3) {
        let _ =
            writeln!(out, "  {} kB of the host's memory: {} {}", one.usage.most >> 10, one.case.class, one.case.name);
    }
    largest.sort_by_key(|one| std::cmp::Reverse(one.load.most));
    for one in largest.iter().take(3) {
        let _ = writeln!(
            out,
            "  {} kB of the host's memory to load: {} {}",
            one.load.most >> 10,
            one.case.class,
            one.case.name
        );
    }
    largest.sort_by_key(|one| std::cmp::Reverse(one.load.cpu));
    for one in largest.iter().take(5) {
        let _ =
            writeln!(out, "  {:?} of the host's processor to load: {} {}", one.load.cpu, one.case.class, one.case.name);
    }
    out
}
