//! Delivers events to handlers: call, commit, and call again where something read has changed meanwhile.
//!
//! [`Engine::deliver`] is for one event. A vendor with many calls [`Engine::handle_event`] for several of them, of different
//! streams, and commits their outcomes in one transaction, each under its own key and each all or nothing by itself; those
//! for which something read has changed meanwhile, also by an outcome of the same batch, are delivered again one by one.

use async_trait::async_trait;
use serde::Serialize;

use crate::call::Call;
use crate::contract::{CustomerEvent, Fault, OrderEvent, Tick};
use crate::engine::Engine;
use crate::handler::{HandlerFailure, HandlerOutcome};
use crate::id::Id;
use crate::installation::Installation;
use crate::point::Point;

/// Runs of one delivery, while others keep changing what the handler reads.
const RUNS: u32 = 5;

/// Something to tell a handler.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// For `order-events`.
    Order(&'a OrderEvent),
    /// For `customer-events`.
    Customer(&'a CustomerEvent),
    /// For `schedule`: one page of a tick.
    Tick(&'a Tick),
}

impl Event<'_> {
    /// The same for every delivery of the same event.
    pub fn id(&self) -> &str {
        match self {
            Self::Order(event) => &event.id,
            Self::Customer(event) => &event.id,
            Self::Tick(tick) => &tick.id,
        }
    }

    /// The point that is called.
    pub fn point(&self) -> Point {
        match self {
            Self::Order(_) => Point::OrderEvents,
            Self::Customer(_) => Point::CustomerEvents,
            Self::Tick(_) => Point::Schedule,
        }
    }
}

/// Under which key a delivery is committed, once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct DeliveryKey {
    /// The shop.
    pub shop: Id,
    /// The extension's id.
    pub extension: Id,
    /// Which handler.
    pub point: Point,
    /// The event's id.
    pub event: String,
}

/// What became of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commit {
    /// Effects and acknowledgement are written.
    Done,
    /// The key was there already: an earlier delivery was committed, and nothing has been written now.
    AlreadyDone,
    /// Something read has changed meanwhile, and nothing has been written.
    Conflict,
}

/// The vendor's side of a delivery.
#[async_trait]
pub trait EffectSink: Send + Sync {
    /// Writes effects, acknowledgement and next page in one transaction under `key`, or nothing: not if the key is there
    /// already, and not if a version in `outcome.reads` is no longer current.
    ///
    /// # Errors
    /// The store could not say; nothing is written.
    async fn commit(&self, key: &DeliveryKey, outcome: &HandlerOutcome) -> Result<Commit, Fault>;
}

/// How a delivery ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Delivery {
    /// The handler ran, and its outcome is committed.
    Done(HandlerOutcome),
    /// An earlier delivery of the same event was committed.
    AlreadyDone,
    /// The handler failed, or was left out because it keeps failing; try again later.
    Failed(HandlerFailure),
    /// What the handler reads kept changing; try again later.
    Contended {
        /// How often it was run.
        runs: u32,
    },
    /// The store failed; try again later.
    NotCommitted(Fault),
}

impl Engine {
    /// Delivers an event to an installation and commits what its handler wants. No transaction is open while the handler
    /// runs; where something it read has changed by the commit, it runs again, which it can, being a function.
    pub async fn deliver(
        &self,
        sink: &dyn EffectSink,
        installation: &Installation,
        call: &Call,
        event: Event<'_>,
    ) -> Delivery {
        let key = DeliveryKey {
            shop: call.shop.clone(),
            extension: installation.extension().id().clone(),
            point: event.point(),
            event: event.id().into(),
        };
        for _ in 0..RUNS {
            let outcome = match self.handle_event(installation, call, event).await {
                Ok(outcome) => outcome,
                Err(failure) => return Delivery::Failed(failure),
            };
            match sink.commit(&key, &outcome).await {
                Ok(Commit::Done) => return Delivery::Done(outcome),
                Ok(Commit::AlreadyDone) => return Delivery::AlreadyDone,
                Ok(Commit::Conflict) => {}
                Err(fault) => return Delivery::NotCommitted(fault),
            }
        }
        Delivery::Contended { runs: RUNS }
    }

    /// Calls the handler of an event, whatever kind it is.
    ///
    /// # Errors
    /// The handler failed: nothing is to be committed.
    pub async fn handle_event(
        &self,
        installation: &Installation,
        call: &Call,
        event: Event<'_>,
    ) -> Result<HandlerOutcome, HandlerFailure> {
        match event {
            Event::Order(event) => self.handle_order_event(installation, call, event).await,
            Event::Customer(event) => self.handle_customer_event(installation, call, event).await,
            Event::Tick(tick) => self.handle_tick(installation, call, tick).await,
        }
    }
}
