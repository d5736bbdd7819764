//! What a call costs: the host's memory, byte for byte, and the processor's time, not the clock's, which on a busy
//! machine says more about the neighbours.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::{Duration, Instant};

thread_local! {
    static NOW: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

/// The system's allocator, which counts what each thread holds. Guests' memories are mapped and not allocated, so what is
/// counted is the host's own.
pub(crate) struct Counting;

fn count(bytes: isize) {
    // A thread that is ending has no counters any more, and nobody asks it.
    let _ = NOW.try_with(|now| {
        now.set(now.get() + bytes);
        let _ = MOST.try_with(|most| most.set(most.get().max(now.get())));
    });
}

// SAFETY: every call goes to `System` as it came, and what `System` gives comes back as it is; counting allocates nothing,
// because the counters are `const` and need no destructor.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        // SAFETY: the caller's layout, for which the caller answers.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed());
        // SAFETY: the pointer has come from `System`, with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// What was used.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    pub(crate) wall: Duration,
    /// Of the processor, in this thread.
    pub(crate) cpu: Duration,
    /// Bytes that the host held at most, beyond what it held before.
    pub(crate) most: usize,
    /// Bytes that it still holds.
    pub(crate) left: usize,
}

impl Usage {
    /// The costs of two tries of the same: the shorter by the clock, which counts the neighbours as well, and otherwise the
    /// larger.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            wall: self.wall.min(other.wall),
            cpu: self.cpu.max(other.cpu),
            most: self.most.max(other.most),
            left: self.left.max(other.left),
        }
    }
}

/// Measures what happens in this thread.
pub(crate) fn measure<T>(act: impl FnOnce() -> T) -> (T, Usage) {
    let (before, started, cpu) = (NOW.get(), Instant::now(), thread_time());
    MOST.set(before);
    let value = act();
    let usage = Usage {
        wall: started.elapsed(),
        cpu: thread_time().saturating_sub(cpu),
        most: (MOST.get() - before).unsigned_abs(),
        left: usize::try_from(NOW.get() - before).unwrap_or(0),
    };
    (value, usage)
}

/// Time that this thread has spent on a processor.
fn thread_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    // Where the system does not say, all time counts as nothing, and only the clock is looked at.
    Duration::from_nanos(stat.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or(0))
}
