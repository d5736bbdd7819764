//! Tells extensions what happened, and lets them do scheduled work: off the request path, each all or nothing.
//!
//! An event stays in the outbox until its handler's effects are committed together with its acknowledgement. A failure is
//! tried again with growing pauses, and ends in the dead letters.
//!
//! Work is done in steps. A step commits what handlers have wanted since the last one, takes what is due, and starts a lane
//! for each installation that is to be told something: one database transaction for all of it. Inside, each delivery is all
//! or nothing by itself, under its own key; one for which something has changed that it read, also by another delivery of
//! the same step, is made again alone. A crash loses the step: nothing of it was acknowledged, so all of it is due again.
//!
//! No installation waits for another:
//!
//! | what | bound |
//! | --- | --- |
//! | lanes at once | 16; one for each installation, two for each extension over all shops |
//! | a lane | begins no further call after 100 ms, and what is left is due again |
//! | deliveries under way | 64, shared evenly by the installations whose turn it is; four for each lane begun beside them |
//! | an installation that keeps failing | left out by its breaker; what is due to it stays due, and is no attempt |
//!
//! So a handler that never answers holds up its own lane for the time limit of a handler, and nobody else.
//!
//! | module | what it does |
//! | --- | --- |
//! | `lane` | calls one installation for one thing after another |
//! | `settle` | writes what became of them |

mod lane;
mod settle;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::Arc;
use std::time::Duration;

use boomerang_engine::{BreakerState, Installation, Point};
use tokio::task::{Id, JoinSet};

use super::{Extensions, due};
use crate::clock::Instant;
use crate::secrets::Secret;
use crate::shops::Shop;
use crate::store::events::{self, Happenings, Listener};
use crate::store::ticks::{self, DueTick};
use crate::store::{StoreError, Tx, shops};
use lane::{Ended, Lane, Task};
use settle::Settled;

/// Lanes at once.
const LANES: usize = 16;
/// Lanes of one extension at once, over all shops.
const LANES_OF_ONE: usize = 2;
/// Deliveries under way at once, as long as each lane has its [`LEAST`].
const UNDER_WAY: usize = 64;
/// Deliveries that a lane may begin with although all are under way: whoever has them might not end for a long time.
const LEAST: usize = UNDER_WAY / LANES;
/// Installations that are looked at for a step, and ticks.
const LOOKED_AT: usize = 1_000;
/// Deliveries of an extension without a handler that are ended in one step.
const UNHEARD: u32 = 1_000;
/// The points that events and ticks are told to.
const HANDLERS: [Point; 3] = [Point::OrderEvents, Point::CustomerEvents, Point::Schedule];

/// What dispatching has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Events and pages of ticks whose effects are committed.
    pub done: u32,
    /// Those that failed and are tried again, or are dead now.
    pub failed: u32,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Something was written or begun: go on at once.
    GotOn,
    /// Handlers are running, and nothing else can be done meanwhile.
    Running,
    /// There is nothing to do.
    Idle,
}

impl Extensions {
    /// Delivers everything that is due at `now`, until nothing is. What is due to an installation whose breaker is open
    /// stays due.
    ///
    /// # Errors
    /// If the database fails; what was not committed stays due.
    pub async fn dispatch(&self, secret: &Secret, now: Instant) -> Result<Round, StoreError> {
        let mut dispatcher = Dispatcher::new(self.clone(), secret.clone());
        loop {
            match dispatcher.step(now).await? {
                Step::GotOn => {}
                Step::Running => dispatcher.wait().await,
                Step::Idle => return Ok(dispatcher.round),
            }
        }
    }
}

/// Does the work of handlers, step by step, with what is running in between.
pub struct Dispatcher {
    extensions: Extensions,
    secret: Secret,
    lanes: JoinSet<Ended>,
    /// Whose lanes they are.
    running: HashMap<Id, Running>,
    /// Lanes that have ended and are not settled.
    ended: Vec<Ended>,
    /// Whose turn was last.
    last: Listener,
    round: Round,
}

struct Running {
    listener: Listener,
    tasks: usize,
}

/// An installation whose turn it is.
struct Chosen {
    listener: Listener,
    shop: Arc<Shop>,
    /// None if its component does not load.
    installation: Option<Arc<Installation>>,
    ticks: Vec<DueTick>,
}

impl Chosen {
    /// It has no handler for any event.
    fn is_deaf(&self) -> bool {
        self.installation.as_ref().is_some_and(|installation| {
            let points = installation.extension().points();
            !points.contains(&Point::OrderEvents) && !points.contains(&Point::CustomerEvents)
        })
    }
}

impl Dispatcher {
    /// A dispatcher that has not begun. One for each process is enough.
    #[must_use]
    pub fn new(extensions: Extensions, secret: Secret) -> Self {
        Self {
            extensions,
            secret,
            lanes: JoinSet::new(),
            running: HashMap::new(),
            ended: Vec::new(),
            last: Listener::default(),
            round: Round::default(),
        }
    }

    /// Commits what handlers have wanted, and begins what is due at `now` and fits in beside what is running. It waits for
    /// no handler.
    ///
    /// # Errors
    /// If the database fails. What handlers have wanted since the last step is void then, and due again after some
    /// minutes, as after a crash.
    pub async fn step(&mut self, now: Instant) -> Result<Step, StoreError> {
        while let Some(ended) = self.lanes.try_join_next_with_id() {
            self.collect(ended);
        }
        let chosen = self.choose(now).await?;
        let ended = std::mem::take(&mut self.ended);
        let got_on = ended.iter().any(Ended::got_on);
        let begun = if ended.is_empty() && chosen.is_empty() { 0 } else { self.write(ended, chosen, now).await? };
        // Those that have just begun come first, where there is one thread for all.
        tokio::task::yield_now().await;
        Ok(match (got_on || begun > 0, self.lanes.is_empty()) {
            (true, _) => Step::GotOn,
            (false, false) => Step::Running,
            (false, true) => Step::Idle,
        })
    }

    /// Waits until a handler that is running has ended, or long enough to look whether something else has become due.
    pub async fn wait(&mut self) {
        const LONG_ENOUGH: Duration = Duration::from_millis(50);
        if let Ok(Some(ended)) = tokio::time::timeout(LONG_ENOUGH, self.lanes.join_next_with_id()).await {
            self.collect(ended);
            // Who is nearly through comes into the same transaction.
            tokio::task::yield_now().await;
        }
    }

    /// Lets what is running come to its end, and commits it.
    ///
    /// # Errors
    /// If the database fails; what was not committed stays due.
    pub async fn finish(&mut self, now: Instant) -> Result<(), StoreError> {
        while !self.lanes.is_empty() || !self.ended.is_empty() {
            while let Some(ended) = self.lanes.join_next_with_id().await {
                self.collect(ended);
            }
            let ended = std::mem::take(&mut self.ended);
            self.write(ended, Vec::new(), now).await?;
        }
        Ok(())
    }

    /// What has been done so far.
    #[must_use]
    pub fn round(&self) -> Round {
        self.round
    }

    fn collect(&mut self, ended: Result<(Id, Ended), tokio::task::JoinError>) {
        match ended {
            Ok((id, ended)) => {
                self.running.remove(&id);
                self.ended.push(ended);
            }
            Err(error) => {
                // What it had claimed counts as lost in some minutes, and is due again.
                self.running.remove(&error.id());
                tracing::error!(%error, "a lane of handlers ended early");
            }
        }
    }

    /// The installations whose turn it is, with their ticks that are due.
    async fn choose(&mut self, now: Instant) -> Result<Vec<Chosen>, StoreError> {
        if self.running.len() >= LANES {
            return Ok(Vec::new());
        }
        let last = self.last.clone();
        let due = self.extensions.0.store.lookup(move |tx| -> Result<_, StoreError> {
            Ok((events::waiting(tx, now, &last, LOOKED_AT)?, ticks::due(tx, now, LOOKED_AT as u32)?))
        });
        let (waiting, ticks) = due.await?;
        let is_waiting: HashSet<_> = waiting.iter().cloned().collect();
        let mut turns: BTreeMap<Listener, Vec<DueTick>> =
            waiting.into_iter().map(|listener| (listener, Vec::new())).collect();
        for tick in ticks {
            let listener = Listener { shop: tick.shop.clone(), extension: tick.extension.clone() };
            turns.entry(listener).or_default().push(tick);
        }
        let after = (Excluded(self.last.clone()), Unbounded);
        let in_turn: Vec<_> = turns.range(after).chain(turns.range(..=self.last.clone())).collect();
        let mut shops = HashMap::new();
        let mut chosen: Vec<Chosen> = Vec::new();
        for (listener, ticks) in in_turn {
            if self.running.len() + chosen.len() >= LANES {
                break;
            }
            // The ticks of a lane that has just ended were read before they were moved on.
            let was_running = self.ended.iter().any(|ended| ended.listener == *listener);
            let ticks = if was_running { Vec::new() } else { ticks.clone() };
            if self.is_busy(listener, &chosen) || (ticks.is_empty() && !is_waiting.contains(listener)) {
                continue;
            }
            let Some((shop, installation)) = self.installed(listener, &mut shops).await? else { continue };
            if installation.as_ref().is_some_and(|installation| rests(installation, now)) {
                continue;
            }
            chosen.push(Chosen { listener: listener.clone(), shop, installation, ticks });
        }
        if let Some(chosen) = chosen.last() {
            self.last = chosen.listener.clone();
        }
        Ok(chosen)
    }

    fn under_way(&self) -> usize {
        self.running.values().map(|running| running.tasks).sum()
    }

    /// Whether it has a lane, or its extension as many as it may, or it was just found to be left out.
    fn is_busy(&self, listener: &Listener, chosen: &[Chosen]) -> bool {
        let running = self.running.values().map(|running| &running.listener);
        let lanes: Vec<_> = running.chain(chosen.iter().map(|chosen| &chosen.listener)).collect();
        lanes.contains(&listener)
            || lanes.iter().filter(|lane| lane.extension == listener.extension).count() >= LANES_OF_ONE
            || self.ended.iter().any(|ended| ended.listener == *listener && !ended.got_on())
    }

    /// A shop, and what it has installed there; none if the shop is gone.
    async fn installed(
        &self,
        listener: &Listener,
        shops: &mut HashMap<String, Option<Arc<Shop>>>,
    ) -> Result<Option<(Arc<Shop>, Option<Arc<Installation>>)>, StoreError> {
        let found = match shops.get(&listener.shop) {
            Some(known) => known.clone(),
            None => {
                let id = listener.shop.clone();
                let found = self.extensions.0.store.lookup(move |tx| shops::find(tx, &id)).await?.map(Arc::new);
                shops.insert(listener.shop.clone(), found.clone());
                found
            }
        };
        let Some(shop) = found else { return Ok(None) };
        let in_force = self.extensions.of(&listener.shop).await?;
        Ok(Some((shop, in_force.installations.get(&listener.extension).cloned())))
    }

    /// Writes what became of lanes, claims what those whose turn it is have due, and begins it. Says how much it begins.
    async fn write(&mut self, ended: Vec<Ended>, chosen: Vec<Chosen>, now: Instant) -> Result<usize, StoreError> {
        let sharing = chosen.iter().filter(|chosen| !chosen.is_deaf()).count();
        let share = (UNDER_WAY.saturating_sub(self.under_way()) / sharing.max(1)).max(LEAST);
        let secret = self.secret.clone();
        let written = self.extensions.0.store.write_here(move |tx| -> Result<_, StoreError> {
            let settled = settle::settle(tx, &secret, ended, now)?;
            let mut known = Happenings::default();
            let mut begun = Begun::default();
            for chosen in chosen {
                begun.claim(tx, chosen, now, share, &mut known)?;
            }
            Ok((settled, begun))
        });
        let (Settled { done, failed, again }, begun) = written.await?;
        self.round.done += done;
        self.round.failed += failed + begun.failed;
        let count = again.len() + begun.lanes.len() + begun.ended;
        for lane in again.into_iter().chain(begun.lanes) {
            self.start(lane);
        }
        Ok(count)
    }

    fn start(&mut self, lane: Lane) {
        let running = Running { listener: lane.listener(), tasks: lane.tasks.len() };
        let handle = self.lanes.spawn(lane.run(self.extensions.clone(), self.secret.clone()));
        self.running.insert(handle.id(), running);
    }
}

/// What a step begins.
#[derive(Default)]
struct Begun {
    lanes: Vec<Lane>,
    /// Deliveries that were ended without a call.
    ended: usize,
    /// Those for which that was a failure.
    failed: u32,
}

impl Begun {
    fn claim(
        &mut self,
        tx: &mut Tx<'_>,
        chosen: Chosen,
        now: Instant,
        share: usize,
        known: &mut Happenings,
    ) -> Result<(), StoreError> {
        let is_deaf = chosen.is_deaf();
        let Chosen { listener, shop, installation, ticks } = chosen;
        let Some(installation) = installation else {
            return self.give_up(tx, &listener, &ticks, now, share, known);
        };
        let points = installation.extension().points();
        if is_deaf {
            self.ended += usize::try_from(events::acknowledge_unheard(tx, &listener, now, UNHEARD)?).unwrap_or(0);
        }
        let mut tasks = Vec::new();
        for due in events::claim(tx, &listener, now, if is_deaf { 0 } else { share }, known)? {
            if points.contains(&lane::event(&due.happening).point()) {
                tasks.push(Task::event(due));
            } else {
                events::acknowledge(tx, &due.shop, &due.extension, &due.event)?;
                self.ended += 1;
            }
        }
        for tick in ticks {
            let schedule = &installation.extension().manifest().schedule;
            match schedule.iter().find(|entry| entry.name == tick.name) {
                Some(entry) => {
                    // What was missed while nobody was there is made up for once, not once for each time.
                    let next_due = due::next(entry.every, now.max(tick.due_at), &shop.time_zone);
                    tasks.push(Task::tick(tick, next_due));
                }
                None => {
                    // A new version may have dropped the entry: look again much later.
                    ticks::fail(tx, &tick, now, "the installed version has no such entry in its schedule")?;
                    self.ended += 1;
                    self.failed += 1;
                }
            }
        }
        if !tasks.is_empty() {
            self.lanes.push(Lane { shop, installation, tasks, now });
        }
        Ok(())
    }

    /// Notes that an installation cannot be told anything.
    fn give_up(
        &mut self,
        tx: &mut Tx<'_>,
        listener: &Listener,
        ticks: &[DueTick],
        now: Instant,
        share: usize,
        known: &mut Happenings,
    ) -> Result<(), StoreError> {
        const ERROR: &str = "it is switched on, but its component does not load";
        for due in events::claim(tx, listener, now, share, known)? {
            events::fail(tx, &due.shop, &due.extension, &due.event, ERROR, now)?;
            self.ended += 1;
            self.failed += 1;
        }
        for tick in ticks {
            ticks::fail(tx, tick, now, ERROR)?;
            self.ended += 1;
            self.failed += 1;
        }
        Ok(())
    }
}

/// Whether it keeps failing, and is left alone for now.
fn rests(installation: &Installation, now: Instant) -> bool {
    HANDLERS.iter().any(|point| matches!(installation.breaker().state(*point, now), BreakerState::Open { .. }))
}
