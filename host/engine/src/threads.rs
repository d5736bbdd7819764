//! The threads on which decisions are made: what of a tokio runtime matters beside an extension that takes all it gets.

use std::io;

use tokio::runtime::{Builder, Runtime};

/// Turns after which a thread looks for new requests. Turns are short, a decision's own slices among them, but tokio's 61
/// of them are milliseconds beside an extension that uses each to the end.
const INTERVAL: u32 = 7;

/// A runtime of so many threads for decisions and for what asks for them, with everything of tokio enabled.
///
/// `pinned` keeps each thread on a processor of its own, where there are as many threads as processors that the process may
/// use and the system is Linux; elsewhere it does nothing. Linux may put two threads that become busy at the same moment on
/// one processor, for up to 4 ms, while another has nothing to do: that is most of what one request in a hundred waits for
/// beside a hostile extension. It is for a machine that does little else: a pinned thread cannot make room for another
/// program. Threads and processes that a task starts by itself are kept where its thread is; `spawn_blocking` has them all.
///
/// # Errors
/// The system does not give it threads or a way to wait.
pub fn decision_threads(count: usize, pinned: bool) -> io::Result<Runtime> {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(count).thread_name("decisions").enable_all();
    builder.event_interval(INTERVAL).global_queue_interval(INTERVAL);
    #[cfg(target_os = "linux")]
    if pinned {
        pin::each(&mut builder, count);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = pinned;
    builder.build()
}

#[cfg(target_os = "linux")]
mod pin {
    use std::cell::Cell;
    use std::slice;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
    use tokio::runtime::Builder;

    thread_local! {
        static IS_PINNED: Cell<bool> = const { Cell::new(false) };
    }

    /// Has each thread that does the runtime's work pin itself, which are those that wait for some. The others are for what
    /// blocks, and begin where the thread is that starts them.
    pub(super) fn each(builder: &mut Builder, count: usize) {
        let processors = allowed();
        if processors.len() != count {
            return;
        }
        let (all, pinned) = (set_of(&processors), AtomicUsize::new(0));
        // A thread that may not be moved works all the same.
        builder.on_thread_start(move || {
            let _ = sched_setaffinity(None, &all);
        });
        builder.on_thread_park(move || {
            if !IS_PINNED.replace(true)
                && let Some(own) = processors.get(pinned.fetch_add(1, Ordering::Relaxed))
            {
                let _ = sched_setaffinity(None, &set_of(slice::from_ref(own)));
            }
        });
    }

    fn set_of(processors: &[usize]) -> CpuSet {
        let mut set = CpuSet::new();
        for &processor in processors {
            set.set(processor);
        }
        set
    }

    /// The processors that this thread may use; none if the system does not say.
    pub(super) fn allowed() -> Vec<usize> {
        sched_getaffinity(None).map_or_else(
            |_| Vec::new(),
            |set| (0..CpuSet::MAX_CPU).filter(|&processor| set.is_set(processor)).collect(),
        )
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::sync::{Arc, Barrier};

    use super::*;

    /// The processors that each of so many threads may use.
    fn processors_of(runtime: &Runtime, count: usize) -> Vec<Vec<usize>> {
        // Nobody is done before everybody is at it, so each has a thread of its own.
        let together = Arc::new(Barrier::new(count));
        let one = |_| {
            let together = Arc::clone(&together);
            runtime.spawn(async move {
                together.wait();
                pin::allowed()
            })
        };
        let asked: Vec<_> = (0..count).map(one).collect();
        let mut processors: Vec<_> = asked.into_iter().map(|one| runtime.block_on(one).unwrap()).collect();
        processors.sort();
        processors
    }

    #[test]
    fn each_thread_has_a_processor_of_its_own_and_what_blocks_has_them_all() {
        let all = pin::allowed();
        let each: Vec<_> = all.iter().map(|&processor| vec![processor]).collect();
        let runtime = decision_threads(all.len(), true).unwrap();
        assert!(
            (0..10_000).any(|_| processors_of(&runtime, all.len()) == each),
            "as soon as each has had nothing to do"
        );
        let of_what_blocks = runtime.spawn(async { tokio::task::spawn_blocking(pin::allowed).await.unwrap() });
        assert_eq!(runtime.block_on(of_what_blocks).unwrap(), all);
    }

    #[test]
    fn threads_are_free_where_they_are_not_one_for_each_processor() {
        let all = pin::allowed();
        for (count, pinned) in [(all.len() + 1, true), (all.len(), false)] {
            let runtime = decision_threads(count, pinned).unwrap();
            assert_eq!(processors_of(&runtime, count), vec![all.clone(); count]);
        }
    }
}
