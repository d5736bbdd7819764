//! A seam for tests that end the program between two writes: somebody may be told of every commit. A build with
//! optimisations has none of it.

#[cfg(debug_assertions)]
use std::sync::OnceLock;

/// When somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Everything of the transaction is written, and nothing of it is committed.
    BeforeCommit,
    /// The transaction is committed, and nobody knows it yet.
    AfterCommit,
}

#[cfg(debug_assertions)]
static WATCHER: OnceLock<fn(Moment)> = OnceLock::new();

/// Has `watcher` told of every commit of this process from now on, on the thread that makes it. The first who asks for it
/// gets it.
#[cfg(debug_assertions)]
pub fn commits(watcher: fn(Moment)) {
    // A second watcher has no place, which its test would find out.
    let _ = WATCHER.set(watcher);
}

pub(super) fn tell(_moment: Moment) {
    #[cfg(debug_assertions)]
    if let Some(watcher) = WATCHER.get() {
        watcher(_moment);
    }
}
