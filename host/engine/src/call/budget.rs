//! What a call may ask of the host: calls, bytes, log.

use thiserror::Error;

use super::text;
use crate::contract::Level;
use crate::point::Capability;
use crate::report::LogLine;

/// Why the host ended a call.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Too many capability calls.
    #[error("it called capabilities more than {0} times in one call; ask for more at a time, or for less")]
    HostCalls(u32),
    /// Too many bytes through capabilities.
    #[error("it moved more than {0} bytes through capabilities in one call; ask for smaller pages")]
    HostBytes(usize),
    /// A write in a decision.
    #[error(
        "it called `{0}` in a decision; decisions write nothing: move the write into order-events, customer-events or \
         schedule"
    )]
    ForbiddenWrite(Capability),
    /// A capability call while the component is being started.
    #[error("it called `{0}` while it was starting; capabilities answer only inside an extension point")]
    Starting(Capability),
    /// More effects than a handler may leave.
    #[error("it left more than {0} effects in one call; do less in each page")]
    Effects(usize),
    /// Out of wall-clock time, noticed while the guest ran.
    #[error("it ran out of time")]
    TimedOut,
}

/// Counts down calls and bytes.
#[derive(Debug)]
pub(crate) struct Budget {
    calls_left: u32,
    bytes_left: usize,
    calls: u32,
    bytes: usize,
}

impl Budget {
    pub(crate) fn new(calls: u32, bytes: usize) -> Self {
        Self { calls_left: calls, bytes_left: bytes, calls, bytes }
    }

    /// Capability calls that are left.
    pub(crate) fn calls_left(&self) -> u32 {
        self.calls_left
    }

    /// One capability call.
    pub(crate) fn charge_call(&mut self) -> Result<(), Stop> {
        self.calls_left = self.calls_left.checked_sub(1).ok_or(Stop::HostCalls(self.calls))?;
        Ok(())
    }

    /// Bytes in either direction.
    pub(crate) fn charge_bytes(&mut self, bytes: usize) -> Result<(), Stop> {
        self.bytes_left = self.bytes_left.checked_sub(bytes).ok_or(Stop::HostBytes(self.bytes))?;
        Ok(())
    }
}

/// Keeps log lines until it is full; the rest is cut off silently.
#[derive(Debug)]
pub(crate) struct Log {
    lines: Vec<LogLine>,
    left: usize,
}

impl Log {
    pub(crate) fn new(bytes: usize) -> Self {
        Self { lines: Vec::new(), left: bytes }
    }

    pub(crate) fn write(&mut self, level: Level, message: &str) {
        if self.left == 0 {
            return;
        }
        let message = text::escape(message, self.left);
        // An empty line costs something too, or a loop of them would fill the memory.
        self.left = self.left.saturating_sub(message.len().max(16));
        self.lines.push(LogLine { level, message });
    }

    pub(crate) fn into_lines(self) -> Vec<LogLine> {
        self.lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_and_bytes_run_out() {
        let mut budget = Budget::new(2, 10);
        assert_eq!(budget.charge_call(), Ok(()));
        assert_eq!(budget.charge_call(), Ok(()));
        assert_eq!(budget.charge_call(), Err(Stop::HostCalls(2)));
        assert_eq!(budget.charge_bytes(10), Ok(()));
        assert_eq!(budget.charge_bytes(1), Err(Stop::HostBytes(10)));
    }

    #[test]
    fn a_log_is_bounded_in_bytes_and_lines() {
        let mut log = Log::new(100);
        for _ in 0..1_000 {
            log.write(Level::Info, "");
        }
        assert!(log.into_lines().len() <= 7);
        let mut log = Log::new(100);
        log.write(Level::Info, &"x".repeat(1_000));
        log.write(Level::Info, "more");
        let lines = log.into_lines();
        assert_eq!(lines.len(), 1);
        assert!(lines[0].message.len() <= 110);
    }
}
