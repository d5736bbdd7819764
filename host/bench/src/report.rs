//! Everything that was measured.

use serde::Serialize;

use crate::machine::Machine;
use crate::memory::Memory;
use crate::rotation::Rotation;
use crate::rounds::Row;
use crate::sizes::Size;
use crate::start::Start;
use crate::tenants::Installed;
use crate::throughput::Throughput;
use crate::whole::Events;

/// One run.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) machine: Machine,
    /// The load when everything had been measured.
    pub(crate) load_after: Option<f64>,
    pub(crate) rounds: usize,
    pub(crate) decisions: Vec<Row>,
    pub(crate) throughput: Vec<Throughput>,
    pub(crate) neighbours: Vec<Row>,
    pub(crate) tenants: Vec<Row>,
    pub(crate) installed: Installed,
    pub(crate) rotation: Rotation,
    pub(crate) requests: Vec<Row>,
    pub(crate) events: Events,
    pub(crate) memory: Vec<Memory>,
    pub(crate) starts: Vec<Start>,
    pub(crate) sizes: Vec<Size>,
}
