//! The clock that lets running guests notice how late it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, Thread};
use std::time::Duration;

use wasmtime::EngineWeak;

/// How often a running guest looks at the time.
pub(crate) const TICK: Duration = Duration::from_millis(2);
/// Ticks without a call after which the thread goes to sleep.
const IDLE_TICKS: u32 = 250;

/// A thread that advances the engine's epoch while calls run and sleeps when there are none.
#[derive(Debug)]
pub(crate) struct Ticker {
    shared: Arc<Shared>,
    thread: Thread,
}

#[derive(Debug, Default)]
struct Shared {
    running: AtomicUsize,
    asleep: AtomicBool,
    stopped: AtomicBool,
}

/// Keeps the ticker awake for one call.
pub(crate) struct Awake<'a>(&'a Shared);

impl Ticker {
    pub(crate) fn start(engine: EngineWeak) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let its = Arc::clone(&shared);
        let thread =
            thread::Builder::new().name("boomerang-ticker".into()).spawn(move || tick(&engine, &its))?.thread().clone();
        Ok(Self { shared, thread })
    }

    /// Ticks at least until the answer is dropped.
    pub(crate) fn keep_awake(&self) -> Awake<'_> {
        // Both sides write their own flag before they read the other's, in one total order: either the thread sees this
        // call before it sleeps, or this call sees it asleep and wakes it.
        self.shared.running.fetch_add(1, Ordering::SeqCst);
        if self.shared.asleep.load(Ordering::SeqCst) {
            self.thread.unpark();
        }
        Awake(&self.shared)
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        self.thread.unpark();
    }
}

impl Drop for Awake<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

fn tick(engine: &EngineWeak, shared: &Shared) {
    let mut idle = 0;
    while !shared.stopped.load(Ordering::SeqCst) {
        if idle >= IDLE_TICKS {
            shared.asleep.store(true, Ordering::SeqCst);
            if shared.running.load(Ordering::SeqCst) == 0 {
                thread::park();
            }
            shared.asleep.store(false, Ordering::SeqCst);
            idle = 0;
            continue;
        }
        // Sleeping, not catching up: ticks missed on a busy machine are not made up for in a burst.
        thread::sleep(TICK);
        let Some(engine) = engine.upgrade() else { return };
        engine.increment_epoch();
        idle = if shared.running.load(Ordering::SeqCst) == 0 { idle + 1 } else { 0 };
    }
}
