//! What decisions share that take long: turns of one tick each, as many as a small part of the processors gives, whoever
//! they belong to. The rest of the machine is for decisions that are short, as decisions should be.

use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::ticker::TICK;

/// Gives out turns one after another.
#[derive(Debug)]
pub(crate) struct Lane {
    /// From the beginning of one turn to that of the next.
    apart: Duration,
    /// When the next turn may begin.
    next: Mutex<Instant>,
}

impl Lane {
    /// A lane of so many per cent of the processors.
    pub(crate) fn new(percent: u32) -> Self {
        let processors =
            thread::available_parallelism().map_or(1, |count| u32::try_from(count.get()).unwrap_or(u32::MAX));
        Self::of(percent.clamp(1, 100).saturating_mul(processors))
    }

    /// A lane of so many per cent of one processor.
    fn of(percent: u32) -> Self {
        Self { apart: TICK * 100 / percent, next: Mutex::new(Instant::now()) }
    }

    /// When the next turn of a decision begins, which is taken by that; its deadline, and nothing is taken, where none is
    /// free before.
    pub(crate) fn turn(&self, now: Instant, deadline: Instant) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = now.max(*next);
        if turn >= deadline {
            return deadline;
        }
        *next = turn + self.apart;
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_come_one_after_another_and_the_first_at_once() {
        let (lane, now) = (Lane::of(25), Instant::now());
        let later = now + Duration::from_secs(1);
        let turns = [lane.turn(now, later), lane.turn(now, later), lane.turn(now, later)];
        assert_eq!(turns, [now, now + 4 * TICK, now + 8 * TICK]);
    }

    #[test]
    fn turns_that_nobody_wanted_are_not_made_up_for() {
        let (lane, now) = (Lane::of(25), Instant::now());
        let later = now + Duration::from_secs(1);
        lane.turn(now, later + TICK);
        assert_eq!([lane.turn(later, later + TICK), lane.turn(later, later + 8 * TICK)], [later, later + 4 * TICK]);
    }

    #[test]
    fn a_decision_whose_time_is_over_before_its_turn_takes_none() {
        let (lane, now) = (Lane::of(25), Instant::now());
        lane.turn(now, now + TICK);
        assert_eq!(lane.turn(now, now + TICK), now + TICK, "its deadline, by which it is cut off");
        assert_eq!(lane.turn(now, now + 8 * TICK), now + 4 * TICK, "and the turn is still free");
    }
}
