//! What a call gives back beside its value: who was skipped, what was refused, what it cost.

use serde::Serialize;

use crate::contract::Level;
use crate::id::Id;
use crate::point::Point;

/// The answer of a chain of extensions. Extensions that failed are left out of `value` and named in `skipped`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report<T> {
    /// What the extensions that answered make together.
    pub value: T,
    /// Extensions that gave no answer.
    pub skipped: Vec<Skipped>,
    /// Parts of answers that broke a rule of the host and were left out.
    pub refused: Vec<Refused>,
    /// What each call cost, in the order of the calls.
    pub stats: Vec<CallStats>,
    /// The answer was given before and is [given again](crate::MemoConfig): no extension was called, so there are no `stats`.
    pub is_repeated: bool,
}

impl<T> Report<T> {
    /// Every extension that was asked answered, and nothing in the answers was refused.
    pub fn is_clean(&self) -> bool {
        self.skipped.is_empty() && self.refused.is_empty()
    }
}

/// An extension that gave no answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Skipped {
    /// The extension's id.
    pub extension: Id,
    /// What it was asked.
    pub point: Point,
    /// Why, for programs.
    pub reason: SkipReason,
    /// Why, for the merchant and the plugin developer. Untrusted text in it is cut short and escaped.
    pub detail: String,
    /// This failure opened the breaker: the extension is left out from now on, until the pause is over.
    pub opened_breaker: bool,
}

/// Why an extension gave no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkipReason {
    /// It answered with a fault.
    Fault,
    /// It took longer than the time limit.
    TimedOut,
    /// It used up its fuel.
    OutOfFuel,
    /// It asked for more memory or table elements than it may have.
    OutOfMemory,
    /// It panicked or ran into another trap.
    Trapped,
    /// It called `exit`.
    Exited,
    /// It called capabilities too often or moved too much data through them.
    TooMuchHostWork,
    /// Its answer is larger than allowed.
    OutputTooLarge,
    /// Its answer breaks the contract as a whole.
    InvalidOutput,
    /// It tried to write in a decision.
    ForbiddenWrite,
    /// Too many calls of this extension are running already.
    Busy,
    /// The breaker is open: it has failed too often lately.
    BreakerOpen,
    /// It does not have this extension point.
    NotExported,
}

impl SkipReason {
    /// The extension is to blame, so the failure counts for the breaker.
    pub const fn counts_for_breaker(self) -> bool {
        !matches!(self, Self::Busy | Self::BreakerOpen | Self::NotExported)
    }
}

/// A part of an answer that broke a rule of the host.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Refused {
    /// The extension's id.
    pub extension: Id,
    /// What it was asked.
    pub point: Point,
    /// Where in the answer, counted from 0: the adjustment, block, field…
    pub index: usize,
    /// Which rule it broke, in words for the plugin developer.
    pub reason: String,
}

/// What one call cost.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CallStats {
    /// The extension's id.
    pub extension: Id,
    /// What it was asked.
    pub point: Point,
    /// Wall-clock time, waiting for its turn included.
    pub micros: u64,
    /// Fuel used.
    pub fuel: u64,
    /// What it logged, and what it wrote to standard output and error.
    pub log: Vec<LogLine>,
}

/// A line that an extension logged.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LogLine {
    /// How much it matters.
    pub level: Level,
    /// The words, with control characters escaped.
    pub message: String,
}
