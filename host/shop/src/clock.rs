//! Time as an input: the platform asks a [`Clock`], never the system, so that a test or a demo can move it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Instant = i64;

/// One second in milliseconds.
pub const SECOND: Instant = 1_000;
/// One minute in milliseconds.
pub const MINUTE: Instant = 60 * SECOND;
/// One hour in milliseconds.
pub const HOUR: Instant = 60 * MINUTE;
/// 24 hours in milliseconds. A calendar day in a time zone may be longer or shorter.
pub const DAY: Instant = 24 * HOUR;

/// The whole second that an instant lies in.
#[must_use]
pub fn whole_second(at: Instant) -> Instant {
    at - at.rem_euclid(SECOND)
}

/// A clock that can be moved. Clones share one time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Source>);

#[derive(Debug)]
enum Source {
    /// The system's time plus an offset.
    System { offset: AtomicI64 },
    /// Stands still until it is moved.
    Manual { now: AtomicI64 },
}

impl Clock {
    /// The system's time, which [`advance`](Self::advance) can shift.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(Source::System { offset: AtomicI64::new(0) }))
    }

    /// A clock that stands still at `now` until it is moved.
    #[must_use]
    pub fn manual(now: Instant) -> Self {
        Self(Arc::new(Source::Manual { now: AtomicI64::new(now) }))
    }

    /// The current instant.
    #[must_use]
    pub fn now(&self) -> Instant {
        match &*self.0 {
            Source::System { offset } => system_now() + offset.load(Ordering::Relaxed),
            Source::Manual { now } => now.load(Ordering::Relaxed),
        }
    }

    /// Moves the clock by `by` milliseconds, backwards if negative.
    pub fn advance(&self, by: Instant) {
        match &*self.0 {
            Source::System { offset } => offset.fetch_add(by, Ordering::Relaxed),
            Source::Manual { now } => now.fetch_add(by, Ordering::Relaxed),
        };
    }

    /// How far the clock has been moved from the system's time; 0 for a manual clock.
    #[must_use]
    pub fn offset(&self) -> Instant {
        match &*self.0 {
            Source::System { offset } => offset.load(Ordering::Relaxed),
            Source::Manual { .. } => 0,
        }
    }
}

fn system_now() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Instant::try_from(since.as_millis()).unwrap_or(Instant::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_it_is_moved() {
        let clock = Clock::manual(5);
        let twin = clock.clone();
        clock.advance(DAY);
        assert_eq!(twin.now(), 5 + DAY);
    }

    #[test]
    fn f1_a_window_of_whole_seconds_holds_an_instant_just_as_it_holds_its_second() {
        let window = 5 * SECOND..9 * SECOND;
        for at in -SECOND..11 * SECOND {
            assert_eq!(window.contains(&at), window.contains(&whole_second(at)), "{at}");
            assert!((0..SECOND).contains(&(at - whole_second(at))), "{at}");
        }
    }

    #[test]
    fn a_shifted_system_clock_keeps_its_distance() {
        let clock = Clock::system();
        clock.advance(DAY);
        assert_eq!(clock.offset(), DAY);
        assert!(clock.now() >= system_now() + DAY - SECOND);
    }
}
