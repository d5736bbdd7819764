//! Everything that was measured.

use serde::Serialize;

use crate::machine::Machine;
use crate::memory::Memory;
use crate::rounds::Decision;
use crate::sizes::Size;
use crate::start::Start;
use crate::throughput::Throughput;

/// One run.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) machine: Machine,
    /// The load when the decisions had been measured.
    pub(crate) load_after: Option<f64>,
    pub(crate) rounds: usize,
    pub(crate) decisions: Vec<Decision>,
    pub(crate) throughput: Vec<Throughput>,
    pub(crate) memory: Vec<Memory>,
    pub(crate) starts: Vec<Start>,
    pub(crate) sizes: Vec<Size>,
}
