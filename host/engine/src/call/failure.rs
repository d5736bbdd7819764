//! Turns what wasmtime says into a reason and a sentence.

use wasmtime::{PoolConcurrencyLimitError, Trap};
use wasmtime_wasi::I32Exit;

use super::budget::Stop;
use super::limiter::Hit;
use super::state::CallState;
use super::text;
use crate::config::Limits;
use crate::contract::Fault;
use crate::machine;
use crate::report::SkipReason;

/// Bytes of untrusted text in one sentence.
const QUOTE: usize = 400;

/// Why a call gave no answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Failure {
    pub(crate) reason: SkipReason,
    pub(crate) detail: String,
}

impl Failure {
    pub(crate) fn new(reason: SkipReason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }

    /// The guest's own fault.
    pub(crate) fn fault(fault: &Fault) -> Self {
        Self::new(
            SkipReason::Fault,
            format!("{}: {}", text::escape(&fault.code, 64), text::escape(&fault.message, QUOTE)),
        )
    }

    /// The breaker is open.
    pub(crate) fn left_out() -> Self {
        Self::new(
            SkipReason::BreakerOpen,
            "it has failed too often lately and is left out for a while; see what it reported before",
        )
    }

    /// The call was cut off while it waited.
    pub(crate) fn timed_out(limit: std::time::Duration) -> Self {
        Self::new(
            SkipReason::TimedOut,
            format!("it took longer than {} ms; do less in one call, or ask capabilities for less", limit.as_millis()),
        )
    }

    /// What an error of wasmtime means.
    pub(crate) fn from_error(
        error: &wasmtime::Error,
        state: &CallState,
        limits: &Limits,
        time: std::time::Duration,
    ) -> Self {
        if let Some(stop) = error.downcast_ref::<Stop>() {
            let reason = match stop {
                Stop::TimedOut => return Self::timed_out(time),
                Stop::ForbiddenWrite(_) => SkipReason::ForbiddenWrite,
                Stop::Starting(_) => SkipReason::Trapped,
                Stop::HostCalls(_) | Stop::HostBytes(_) | Stop::Effects(_) => SkipReason::TooMuchHostWork,
            };
            return Self::new(reason, stop.to_string());
        }
        if let Some(exit) = error.downcast_ref::<I32Exit>() {
            return Self::new(
                SkipReason::Exited,
                format!("it called exit({}); return from the function instead", exit.0),
            );
        }
        // A refused growth usually ends in a trap of the guest's allocator: name the cause, not the trap.
        match state.limiter.hit() {
            Some(Hit::Memory) => {
                return Self::new(
                    SkipReason::OutOfMemory,
                    format!("it asked for more than {} bytes of memory", limits.memory),
                );
            }
            Some(Hit::Table) => {
                return Self::new(
                    SkipReason::OutOfMemory,
                    format!(
                        "it asked for more table elements than it may have: {} in all, {} in one table",
                        limits.table_elements,
                        machine::TABLE_ELEMENTS
                    ),
                );
            }
            None => {}
        }
        match error.downcast_ref::<Trap>() {
            Some(Trap::Interrupt) => Self::timed_out(time),
            Some(Trap::OutOfFuel) => Self::new(
                SkipReason::OutOfFuel,
                format!("it used up its {} units of fuel; do less in one call", limits.fuel),
            ),
            Some(trap) => {
                let output = state.output();
                let said = text::escape(output.trim(), QUOTE);
                let detail = if said.is_empty() { trap.to_string() } else { format!("{trap}: {said}") };
                Self::new(SkipReason::Trapped, detail)
            }
            None if error.downcast_ref::<PoolConcurrencyLimitError>().is_some() => {
                Self::new(SkipReason::Busy, "no room for another call; raise PoolConfig::calls if this happens often")
            }
            None => Self::without_trap(error, limits),
        }
    }

    /// Errors of the canonical ABI have no type: what remains is their root cause in words.
    fn without_trap(error: &wasmtime::Error, limits: &Limits) -> Self {
        let cause = error.root_cause().to_string();
        if cause.contains("fuel allocated for hostcalls") {
            return Self::new(
                SkipReason::OutputTooLarge,
                format!("it handed over more than {} bytes at once", limits.output_bytes),
            );
        }
        Self::new(SkipReason::Trapped, text::escape(&cause, QUOTE))
    }
}
