//! The breaker: an extension that keeps failing is left out for a while, so that shoppers stop waiting for it.

use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use crate::contract::Instant;
use crate::point::Point;

/// When a breaker opens and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerConfig {
    /// Failures in a row that open it.
    pub failures: u32,
    /// Milliseconds in which they have to happen.
    pub window: i64,
    /// Milliseconds that it stays open before one call is let through to try.
    pub pause: i64,
}

impl Default for BreakerConfig {
    fn default() -> Self {
        Self { failures: 5, window: 60_000, pause: 30_000 }
    }
}

/// How a breaker stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BreakerState {
    /// Calls go through.
    Closed,
    /// Calls are left out until this instant.
    Open {
        /// When one call is let through to try.
        until: Instant,
    },
    /// The pause is over: the next call decides, or is deciding already.
    HalfOpen,
}

/// One breaker for each extension point of one installation. Time is that of the calls.
#[derive(Debug, Default)]
pub struct Breaker {
    points: [Mutex<Record>; Point::ALL.len()],
}

#[derive(Clone, Copy, Debug, Default)]
struct Record {
    failures: u32,
    first: Instant,
    open_until: Option<Instant>,
    /// A call is trying whether things work again, since this instant.
    trying: Option<Instant>,
}

impl Breaker {
    /// How the breaker of a point stands.
    pub fn state(&self, point: Point, now: Instant) -> BreakerState {
        self.with(point, |record| match record.open_until {
            None => BreakerState::Closed,
            Some(until) if now < until => BreakerState::Open { until },
            Some(_) => BreakerState::HalfOpen,
        })
    }

    /// Closes the breaker of a point, for a merchant who says that all is well again.
    pub fn reset(&self, point: Point) {
        self.with(point, |record| *record = Record::default());
    }

    /// Whether a call may go through. Once the pause is over, one at a time may; should it never come back, another
    /// may after a further pause.
    pub(crate) fn admits(&self, point: Point, now: Instant, config: &BreakerConfig) -> bool {
        self.with(point, |record| match (record.open_until, record.trying) {
            (None, _) => true,
            (Some(until), _) if now < until => false,
            (Some(_), Some(since)) if now < since.saturating_add(config.pause) => false,
            (Some(_), _) => {
                record.trying = Some(now);
                true
            }
        })
    }

    /// A call went well.
    pub(crate) fn succeeded(&self, point: Point) {
        self.with(point, |record| *record = Record::default());
    }

    /// A call that says nothing about the extension: whoever was trying makes room for the next.
    pub(crate) fn undecided(&self, point: Point) {
        self.with(point, |record| record.trying = None);
    }

    /// A call failed; true if that opened the breaker.
    pub(crate) fn failed(&self, point: Point, now: Instant, config: &BreakerConfig) -> bool {
        self.with(point, |record| {
            if record.failures == 0 || now.saturating_sub(record.first) > config.window {
                record.failures = 0;
                record.first = now;
            }
            record.failures = record.failures.saturating_add(1);
            let was_trying = record.trying.take().is_some();
            let opens = was_trying || (record.open_until.is_none() && record.failures >= config.failures);
            if opens {
                record.open_until = Some(now.saturating_add(config.pause));
            }
            opens
        })
    }

    fn with<T>(&self, point: Point, act: impl FnOnce(&mut Record) -> T) -> T {
        let mut record = self.points[point as usize].lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINT: Point = Point::CartPricing;
    const CONFIG: BreakerConfig = BreakerConfig { failures: 3, window: 1_000, pause: 500 };

    fn failing(breaker: &Breaker, times: u32, at: Instant) -> bool {
        (0..times).fold(false, |_, _| breaker.failed(POINT, at, &CONFIG))
    }

    #[test]
    fn opens_after_failures_in_a_row() {
        let breaker = Breaker::default();
        assert!(!failing(&breaker, 2, 0));
        assert!(breaker.admits(POINT, 0, &CONFIG));
        assert!(failing(&breaker, 1, 0));
        assert_eq!(breaker.state(POINT, 0), BreakerState::Open { until: 500 });
        assert!(!breaker.admits(POINT, 499, &CONFIG));
    }

    #[test]
    fn a_success_or_a_long_time_forgets_failures() {
        let breaker = Breaker::default();
        failing(&breaker, 2, 0);
        breaker.succeeded(POINT);
        assert!(!failing(&breaker, 2, 0));
        assert!(!failing(&breaker, 1, 1_001), "outside the window");
    }

    #[test]
    fn half_open_lets_one_call_through_and_decides_by_it() {
        let breaker = Breaker::default();
        failing(&breaker, 3, 0);
        assert_eq!(breaker.state(POINT, 500), BreakerState::HalfOpen);
        assert!(breaker.admits(POINT, 500, &CONFIG));
        assert!(!breaker.admits(POINT, 500, &CONFIG), "one at a time");
        assert!(failing(&breaker, 1, 501), "still broken: open again");
        assert!(!breaker.admits(POINT, 1_000, &CONFIG));
        assert!(breaker.admits(POINT, 1_001, &CONFIG));
        breaker.succeeded(POINT);
        assert_eq!(breaker.state(POINT, 1_001), BreakerState::Closed);
        assert!(breaker.admits(POINT, 1_001, &CONFIG));
    }

    #[test]
    fn a_try_that_never_ends_or_decides_nothing_makes_room() {
        let breaker = Breaker::default();
        failing(&breaker, 3, 0);
        assert!(breaker.admits(POINT, 500, &CONFIG));
        assert!(breaker.admits(POINT, 1_000, &CONFIG), "the first never came back");
        breaker.undecided(POINT);
        assert!(breaker.admits(POINT, 1_000, &CONFIG));
    }

    #[test]
    fn points_have_breakers_of_their_own_and_can_be_reset() {
        let breaker = Breaker::default();
        failing(&breaker, 3, 0);
        assert!(breaker.admits(Point::StorefrontBlocks, 0, &CONFIG));
        breaker.reset(POINT);
        assert!(breaker.admits(POINT, 0, &CONFIG));
    }
}
