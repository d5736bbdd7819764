//! Who may run now: a bounded number at once, a bounded number waiting, for a bounded time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

/// A number of places, and a queue for them.
#[derive(Debug)]
pub(crate) struct Turns {
    places: Semaphore,
    waiting: AtomicUsize,
    queue: usize,
}

impl Turns {
    pub(crate) fn new(places: usize, queue: usize) -> Self {
        Self { places: Semaphore::new(places.max(1)), waiting: AtomicUsize::new(0), queue }
    }

    /// Waits for a place; none if the queue is full or the wait too long.
    pub(crate) async fn take(&self, patience: Duration) -> Option<SemaphorePermit<'_>> {
        if let Ok(place) = self.places.try_acquire() {
            return Some(place);
        }
        let _queued = Queued::join(self)?;
        tokio::time::timeout(patience, self.places.acquire()).await.ok()?.ok()
    }
}

/// A place in the queue, given up when dropped, also when the waiting call is cancelled.
struct Queued<'a>(&'a AtomicUsize);

impl<'a> Queued<'a> {
    fn join(turns: &'a Turns) -> Option<Self> {
        let queued = Self(&turns.waiting);
        let before = turns.waiting.fetch_add(1, Ordering::Relaxed);
        (before < turns.queue).then_some(queued)
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_queue_turns_away_and_a_freed_place_is_taken() {
        let turns = Turns::new(1, 0);
        let place = turns.take(Duration::ZERO).await.unwrap();
        assert!(turns.take(Duration::from_secs(60)).await.is_none(), "nobody may wait");
        drop(place);
        assert!(turns.take(Duration::ZERO).await.is_some());
        assert_eq!(turns.waiting.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn patience_ends() {
        let turns = Turns::new(1, 1);
        let _place = turns.take(Duration::ZERO).await.unwrap();
        assert!(turns.take(Duration::from_millis(1)).await.is_none());
        assert_eq!(turns.waiting.load(Ordering::Relaxed), 0);
    }
}
