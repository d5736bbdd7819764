//! Everything that was measured.

use clap::ValueEnum;
use serde::Serialize;

use crate::bars::Bar;
use crate::live::Live;
use crate::machine::Machine;
use crate::memory::Memory;
use crate::rotation::Rotation;
use crate::rounds::Row;
use crate::sizes::Size;
use crate::start::Start;
use crate::tenants::Installed;
use crate::throughput::Throughput;
use crate::whole::{Events, Toggle};

/// What can be measured by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Section {
    /// Decisions, by everything that could make them
    Decisions,
    /// Decisions per second on one thread and on two
    Throughput,
    /// Decisions beside an extension that does its worst
    Neighbours,
    /// Decisions for one shop and for many
    Tenants,
    /// Decisions of one component and of many, and loading them
    Rotation,
    /// Pages and orders
    Requests,
    /// Order events
    Events,
    /// A merchant's switch, and the next page
    Toggle,
    /// Memory of a loaded component and of a live call
    Memory,
    /// Process starts
    Starts,
}

/// One run; what was not asked for is missing.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) machine: Machine,
    /// The load when everything had been measured.
    pub(crate) load_after: Option<f64>,
    pub(crate) rounds: usize,
    pub(crate) decisions: Option<Vec<Row>>,
    pub(crate) throughput: Option<Vec<Throughput>>,
    pub(crate) neighbours: Option<Vec<Row>>,
    pub(crate) tenants: Option<Vec<Row>>,
    pub(crate) installed: Option<Installed>,
    pub(crate) rotation: Option<Rotation>,
    pub(crate) requests: Option<Vec<Row>>,
    pub(crate) events: Option<Events>,
    pub(crate) toggle: Option<Toggle>,
    pub(crate) memory: Option<Vec<Memory>>,
    pub(crate) live: Option<Live>,
    pub(crate) starts: Option<Vec<Start>>,
    pub(crate) sizes: Vec<Size>,
    pub(crate) bars: Vec<Bar>,
}
