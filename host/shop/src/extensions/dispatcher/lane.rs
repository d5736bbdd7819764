//! A lane: one installation is told one thing after another.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use boomerang_engine::contract::{Context, Fault, Tick};
use boomerang_engine::{
    Call, Commit, Delivery, DeliveryKey, EffectSink, Event, HandlerFailure, HandlerOutcome, Installation, Point,
    SkipReason,
};

use super::settle;
use crate::clock::Instant;
use crate::extensions::Extensions;
use crate::secrets::Secret;
use crate::shops::Shop;
use crate::store::events::{Due, Happening, Listener};
use crate::store::ticks::DueTick;

/// After this time a lane begins no further call.
const TURN: Duration = Duration::from_millis(100);

/// What one installation is to be told.
pub(super) struct Lane {
    pub(super) shop: Arc<Shop>,
    pub(super) installation: Arc<Installation>,
    pub(super) tasks: Vec<Task>,
    pub(super) now: Instant,
}

/// One thing to tell.
pub(super) struct Task {
    pub(super) work: Work,
    /// It is committed at once, because something that it reads is changed by others.
    alone: bool,
}

pub(super) enum Work {
    Event(Due),
    /// A page of a tick.
    Tick {
        due: DueTick,
        /// The page as it is told.
        page: Tick,
        /// When the tick is due again after its last page.
        next_due: Instant,
    },
}

/// What became of a task.
pub(super) enum Told {
    /// The handler has run, and this is to be committed.
    Wants(HandlerOutcome),
    /// It is committed already.
    Done,
    /// It is to be tried again after a pause.
    Failed(String),
    /// It was not called: its turn comes again.
    NotCalled,
}

/// A lane that has come to its end.
pub(super) struct Ended {
    pub(super) listener: Listener,
    pub(super) shop: Arc<Shop>,
    pub(super) installation: Arc<Installation>,
    pub(super) told: Vec<(Task, Told)>,
}

impl Ended {
    /// Whether anything was called.
    pub(super) fn got_on(&self) -> bool {
        self.told.iter().any(|(_, told)| !matches!(told, Told::NotCalled))
    }
}

impl Task {
    pub(super) fn event(due: Due) -> Self {
        Self { work: Work::Event(due), alone: false }
    }

    pub(super) fn tick(due: DueTick, next_due: Instant) -> Self {
        let page = Tick {
            id: format!("tick/{}/{}/{}", due.name, due.due_at, due.cursor.as_deref().unwrap_or("")),
            name: due.name.clone(),
            due_at: due.due_at,
            cursor: due.cursor.clone(),
        };
        Self { work: Work::Tick { due, page, next_due }, alone: false }
    }

    /// The same once more, committed by itself.
    pub(super) fn alone(self) -> Self {
        Self { alone: true, ..self }
    }

    pub(super) fn told(&self) -> Event<'_> {
        match &self.work {
            Work::Event(due) => event(&due.happening),
            Work::Tick { page, .. } => Event::Tick(page),
        }
    }
}

/// What the engine is to say.
pub(super) fn event(happening: &Happening) -> Event<'_> {
    match happening {
        Happening::Order(event) => Event::Order(event),
        Happening::Customer(event) => Event::Customer(event),
    }
}

impl Lane {
    pub(super) fn listener(&self) -> Listener {
        Listener { shop: self.shop.id.clone(), extension: self.installation.extension().id().to_string() }
    }

    /// Tells it everything, unless that takes too long.
    pub(super) async fn run(self, extensions: Extensions, secret: Secret) -> Ended {
        let listener = self.listener();
        let Self { shop, installation, tasks, now } = self;
        let context = Context { now, locale: shop.locale.clone(), time_zone: shop.time_zone.clone() };
        let call = Call::new(shop.id.as_str(), context);
        let begun = std::time::Instant::now();
        let mut told = Vec::with_capacity(tasks.len());
        let mut stops = false;
        for task in tasks {
            stops = stops || begun.elapsed() > TURN;
            let answer = if stops {
                Told::NotCalled
            } else if task.alone {
                let sink = Sink { extensions: &extensions, secret: &secret, work: &task.work, now };
                let delivery = extensions.engine().deliver(&sink, &installation, &call, task.told()).await;
                note(&extensions, &shop, task.told().point(), now, &delivery);
                delivered(delivery)
            } else {
                match extensions.engine().handle_event(&installation, &call, task.told()).await {
                    Ok(outcome) => {
                        extensions.stats().record(&shop.id, now, std::slice::from_ref(&outcome.stats), &[]);
                        Told::Wants(outcome)
                    }
                    Err(failure) => {
                        let delivery = Delivery::Failed(failure);
                        note(&extensions, &shop, task.told().point(), now, &delivery);
                        delivered(delivery)
                    }
                }
            };
            stops = stops || matches!(answer, Told::NotCalled);
            told.push((task, answer));
        }
        Ended { listener, shop, installation, told }
    }
}

/// What a delivery that was made alone came to.
fn delivered(delivery: Delivery) -> Told {
    match delivery {
        Delivery::Done(_) | Delivery::AlreadyDone => Told::Done,
        Delivery::Failed(failure) if !was_called(&failure) => Told::NotCalled,
        Delivery::Failed(failure) => Told::Failed(failure.detail),
        Delivery::Contended { runs } => {
            Told::Failed(format!("what it reads kept changing while it ran, {runs} times; it is tried again"))
        }
        Delivery::NotCommitted(fault) => Told::Failed(fault.message),
    }
}

fn was_called(failure: &HandlerFailure) -> bool {
    !matches!(failure.reason, SkipReason::BreakerOpen | SkipReason::Busy)
}

fn note(extensions: &Extensions, shop: &Shop, point: Point, now: Instant, delivery: &Delivery) {
    let stats = extensions.stats();
    match delivery {
        Delivery::Done(outcome) => stats.record(&shop.id, now, std::slice::from_ref(&outcome.stats), &[]),
        Delivery::Failed(failure) if was_called(failure) => {
            stats.record(&shop.id, now, std::slice::from_ref(&failure.stats), &[]);
            stats.record_failure(&shop.id, &failure.extension, now, point, failure.detail.clone());
        }
        _ => {}
    }
}

/// Commits what one handler wants, in a transaction of its own.
struct Sink<'a> {
    extensions: &'a Extensions,
    secret: &'a Secret,
    work: &'a Work,
    now: Instant,
}

#[async_trait]
impl EffectSink for Sink<'_> {
    async fn commit(&self, _: &DeliveryKey, outcome: &HandlerOutcome) -> Result<Commit, Fault> {
        let Self { secret, work, now, .. } = *self;
        let store = &self.extensions.0.store;
        let committed = store.write_here(move |tx| settle::commit(tx, secret, work, outcome, now)).await;
        committed.map_err(|error| Fault::new("not-committed", error.to_string()))
    }
}
