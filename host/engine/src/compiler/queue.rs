//! One compilation at a time, and not too many waiting: each of them holds a component in memory.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A place to compile at, and the queue for it.
#[derive(Debug)]
pub(crate) struct Queue {
    place: Mutex<()>,
    inside: AtomicUsize,
    most: usize,
}

/// The place, given up when dropped.
pub(crate) struct Place<'a> {
    _place: MutexGuard<'a, ()>,
    _inside: Inside<'a>,
}

impl Queue {
    /// A place, and a queue for `waiting` others.
    pub(crate) fn new(waiting: usize) -> Self {
        Self { place: Mutex::new(()), inside: AtomicUsize::new(0), most: waiting.saturating_add(1) }
    }

    /// Waits for the place; none if the queue is full.
    pub(crate) fn enter(&self) -> Option<Place<'_>> {
        let inside = Inside(&self.inside);
        if self.inside.fetch_add(1, Ordering::Relaxed) >= self.most {
            return None;
        }
        let place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        Some(Place { _place: place, _inside: inside })
    }
}

/// One who is in the queue or at the place.
struct Inside<'a>(&'a AtomicUsize);

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::Queue;

    #[test]
    fn a_full_queue_turns_away_and_a_freed_place_is_taken() {
        let queue = Queue::new(0);
        let place = queue.enter();
        assert!(place.is_some());
        assert!(queue.enter().is_none(), "nobody may wait");
        drop(place);
        assert!(queue.enter().is_some());
    }
}
