//! Runs one call in a store of its own, which is dropped afterwards whatever happened.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use wasmtime::{Store, UpdateDeadline};

use super::Call;
use super::budget::Stop;
use super::failure::Failure;
use super::invocation::Invocation;
use super::state::{CallState, Purpose};
use crate::capability::{ReadVersion, Scope};
use crate::contract::Level;
use crate::effect::Effect;
use crate::engine::Engine;
use crate::extension::Extension;
use crate::point::Point;
use crate::report::{CallStats, SkipReason};

/// Fuel after which a decision lets others go first, who would wait for a tick otherwise: some 50 µs, and more than most
/// decisions use at all.
const SLICE: u64 = 100_000;
/// Ticks after which a decision is a long one: 2 to 4 ms, hundreds of times what it needs.
const LONG: u32 = 1;
/// Bytes of memory from which on a call is large: the kernel takes back what it has touched in one go, which takes it about
/// a millisecond for every 32 MB.
const LARGE: usize = 16 << 20;
/// Handles that a guest may have open at once.
const HANDLES: usize = 1_000;

/// The end of a call.
pub(crate) struct Finished<T> {
    pub(crate) result: Result<T, Failure>,
    pub(crate) effects: Vec<Effect>,
    pub(crate) reads: Vec<ReadVersion>,
    /// The vendor could not answer something, so that another try may end otherwise.
    pub(crate) met_a_fault: bool,
    pub(crate) stats: CallStats,
}

impl<T> Finished<T> {
    /// The end of a call that was not made.
    pub(crate) fn not_called(extension: &Extension, point: Point, failure: Failure) -> Self {
        Self {
            result: Err(failure),
            effects: Vec::new(),
            reads: Vec::new(),
            met_a_fault: false,
            stats: CallStats { extension: extension.id().clone(), point, micros: 0, fuel: 0, log: Vec::new() },
        }
    }
}

impl Engine {
    /// Asks one extension one thing.
    pub(crate) async fn run<I: Invocation>(
        &self,
        extension: &Extension,
        settings: &Arc<[u8]>,
        call: &Call,
        invocation: &I,
    ) -> Finished<I::Output> {
        let started = Instant::now();
        let handler = I::POINT.is_handler();
        let mut finished = Finished::not_called(
            extension,
            I::POINT,
            Failure::new(
                SkipReason::Busy,
                "too many of its calls are waiting already; try again, or raise Limits::concurrency",
            ),
        );
        let limits = &self.config().limits;
        // Handlers and decisions queue apart, so that a backlog of events never keeps a shopper waiting.
        let patience = if handler { limits.handler_time } else { limits.queue_time };
        if let Some(_turn) = extension.turns(handler).take(patience).await
            && let Some(_place) = self.places().take(patience).await
        {
            self.run_now(extension, settings, call, invocation, &mut finished).await;
        }
        finished.stats.micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        finished
    }

    async fn run_now<I: Invocation>(
        &self,
        extension: &Extension,
        settings: &Arc<[u8]>,
        call: &Call,
        invocation: &I,
        finished: &mut Finished<I::Output>,
    ) {
        let limits = &self.config().limits;
        let time = self.time_for(I::POINT);
        let scope = Scope {
            shop: call.shop.clone(),
            extension: extension.id().clone(),
            now: call.context.now,
            customer: call.customer.clone(),
            subject: call.subject.clone(),
        };
        let deadline = Instant::now() + time;
        let state = CallState::new(Purpose::of(I::POINT), scope, Arc::clone(settings), self.clone(), deadline);
        let _awake = self.ticker().keep_awake();
        let mut store = self.store(state);
        let outcome = {
            let work = pin!(async {
                let instance = extension.instance_pre().instantiate_async(&mut store).await?;
                invocation.invoke(extension.handles(), &mut store, &instance, &call.context).await
            });
            until(deadline, work).await
        };
        finished.result = match outcome {
            None => Err(Failure::timed_out(time)),
            Some(Err(error)) => Err(Failure::from_error(&error, store.data(), limits, time)),
            Some(Ok(None)) => Err(Failure::new(SkipReason::NotExported, format!("it does not export `{}`", I::POINT))),
            Some(Ok(Some(Err(fault)))) => Err(Failure::fault(&fault)),
            Some(Ok(Some(Ok(output)))) => match invocation.check(&output) {
                Ok(()) => Ok(output),
                Err(reason) => Err(Failure::new(SkipReason::InvalidOutput, reason)),
            },
        };
        finished.stats.fuel = limits.fuel.saturating_sub(store.get_fuel().unwrap_or(0));
        // One at a time, so that never every thread is kept by it.
        let large = limits.memory - store.data().limiter.memory_left() > LARGE;
        let _alone = if large { self.clearing().acquire().await.ok() } else { None };
        let mut state = store.into_data();
        let output = state.output();
        for line in output.lines() {
            state.log.write(Level::Info, line);
        }
        finished.stats.log = state.log.into_lines();
        finished.effects = state.effects;
        finished.reads = state.reads;
        finished.met_a_fault = state.met_a_fault;
    }

    /// A store with every limit on. In a decision a guest gives way all the while, and those that take long share a lane, so
    /// that one which never ends leaves the processors to others until its time is over.
    pub(crate) fn store(&self, state: CallState) -> Store<CallState> {
        let limits = &self.config().limits;
        let purpose = state.purpose;
        let mut store = Store::new(self.wasmtime(), state);
        store.limiter(|state| &mut state.limiter);
        store.set_hostcall_fuel(limits.output_bytes);
        store.set_max_component_handles(HANDLES);
        // The engine is configured to count fuel, so this cannot fail; if it did, the call would end at once.
        let _ = store.set_fuel(limits.fuel);
        let _ = store.fuel_async_yield_interval((purpose == Purpose::Decision).then_some(SLICE));
        store.set_epoch_deadline(1);
        let mut ticks = 0;
        store.epoch_deadline_callback(move |context| {
            ticks += 1;
            let (now, state) = (Instant::now(), context.data());
            if now >= state.deadline {
                Err(Stop::TimedOut.into())
            } else if purpose == Purpose::Trial {
                Ok(UpdateDeadline::Continue(1))
            } else if purpose == Purpose::Decision && ticks > LONG {
                let turn = state.engine.lane().turn(now, state.deadline);
                Ok(UpdateDeadline::YieldCustom(1, Box::pin(tokio::time::sleep_until(turn.into()))))
            } else {
                Ok(UpdateDeadline::Yield(1))
            }
        });
        store
    }
}

/// Does the work, unless it takes longer than until the deadline. Most work never waits, and needs no timer.
async fn until<T>(deadline: Instant, mut work: Pin<&mut impl Future<Output = T>>) -> Option<T> {
    if let Poll::Ready(done) = poll_fn(|task| Poll::Ready(work.as_mut().poll(task))).await {
        return Some(done);
    }
    tokio::time::timeout_at(deadline.into(), work).await.ok()
}
