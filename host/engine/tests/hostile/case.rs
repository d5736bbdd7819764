//! One hostile component, and what must come of it.

use std::fmt;

use boomerang_engine::{Point, SkipReason};

use crate::guest::Guest;

/// A hostile component.
pub(crate) struct Case {
    /// The class of attack.
    pub(crate) class: &'static str,
    /// Unique in its class.
    pub(crate) name: String,
    /// What it tries.
    pub(crate) tries: String,
    /// What it is asked, if it loads.
    pub(crate) point: Point,
    /// The instant it is told, by which a guest may choose what to do.
    pub(crate) now: i64,
    /// The shop's capabilities never answer.
    pub(crate) silent: bool,
    /// What must come of it.
    pub(crate) verdict: Verdict,
    /// Its bytes.
    pub(crate) build: Box<dyn Fn() -> Vec<u8> + Send + Sync>,
}

/// What must come of a hostile component.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Verdict {
    /// It is refused at load, by this kind of `LoadError`.
    Refused(&'static str),
    /// It is stopped for using up its fuel or its time, whichever this machine comes to first.
    CutOff,
    /// Its call is skipped for this reason.
    Skipped(SkipReason),
    /// It answers, and so many parts of its answer are left out.
    PartsLeftOut(usize),
    /// It answers, and has got nowhere.
    Harmless,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(why) => write!(f, "refused at load: `{why}`"),
            Self::CutOff => f.write_str("skipped: `OutOfFuel` or `TimedOut`"),
            Self::Skipped(reason) => write!(f, "skipped: `{reason:?}`"),
            Self::PartsLeftOut(1) => f.write_str("1 part of the answer left out"),
            Self::PartsLeftOut(parts) => write!(f, "{parts} parts of the answer left out"),
            Self::Harmless => f.write_str("answers, and has got nowhere"),
        }
    }
}

/// The cases of one class.
pub(crate) struct Class {
    name: &'static str,
    pub(crate) cases: Vec<Case>,
}

impl Class {
    /// A class without cases.
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, cases: Vec::new() }
    }

    /// Adds a case: its name, what it tries, what it is asked, the verdict, and the guest.
    pub(crate) fn add(
        &mut self,
        name: impl Into<String>,
        tries: impl Into<String>,
        point: Point,
        verdict: Verdict,
        guest: impl Fn(Guest) -> Guest + Send + Sync + 'static,
    ) {
        let build = move || guest(Guest::new("hostile")).build();
        self.add_bytes(name, tries, point, verdict, build);
    }

    /// Adds a case that is built otherwise.
    pub(crate) fn add_bytes(
        &mut self,
        name: impl Into<String>,
        tries: impl Into<String>,
        point: Point,
        verdict: Verdict,
        build: impl Fn() -> Vec<u8> + Send + Sync + 'static,
    ) {
        self.cases.push(Case {
            class: self.name,
            name: name.into(),
            tries: tries.into(),
            point,
            now: 1_764_000_000_000,
            silent: false,
            verdict,
            build: Box::new(build),
        });
    }
}
