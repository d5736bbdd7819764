//! Tells extensions what happened, and lets them do scheduled work: off the request path, each in one transaction.
//!
//! An event stays in the outbox until its handler's effects are committed together with its acknowledgement. A failure is
//! tried again with growing pauses, and ends in the dead letters.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use boomerang_engine::contract::{Context, Fault, Tick};
use boomerang_engine::{Call, Commit, Delivery, DeliveryKey, EffectSink, Event, HandlerOutcome, Installation, Point};

use super::{Extensions, due};
use crate::clock::Instant;
use crate::secrets::Secret;
use crate::shops::Shop;
use crate::store::effects::{self, EffectError};
use crate::store::events::{self, Due, Happening};
use crate::store::ticks::{self, DueTick};
use crate::store::{StoreError, shops};

/// Deliveries that are taken from the outbox at once.
const BATCH: u32 = 64;

/// The shops of one batch, as they were at its start.
type Shops = HashMap<String, Option<Arc<Shop>>>;

/// What a round of dispatching did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Events and pages of ticks whose effects are committed.
    pub done: u32,
    /// Those that failed and are tried again, or are dead now.
    pub failed: u32,
}

impl Extensions {
    /// Delivers everything that is due at `now`, until nothing is.
    ///
    /// # Errors
    /// If the database fails; what was not committed stays due.
    pub async fn dispatch(&self, secret: &Secret, now: Instant) -> Result<Round, StoreError> {
        let mut round = Round::default();
        loop {
            let events = self.0.store.write_here(move |tx| events::claim_due(tx, now, BATCH)).await?;
            let ticks = self.0.store.lookup(move |tx| ticks::due(tx, now, BATCH)).await?;
            if events.is_empty() && ticks.is_empty() {
                return Ok(round);
            }
            let mut shops = HashMap::new();
            let mut unheard = Vec::new();
            for due in events {
                unheard.extend(self.tell(secret, due, now, &mut shops, &mut round).await?);
            }
            self.acknowledge(unheard).await?;
            for tick in ticks {
                self.tick(secret, tick, now, &mut shops, &mut round).await?;
            }
        }
    }

    /// Makes one delivery. Gives it back if the extension has no handler for it.
    async fn tell(
        &self,
        secret: &Secret,
        due: Due,
        now: Instant,
        shops: &mut Shops,
        round: &mut Round,
    ) -> Result<Option<Due>, StoreError> {
        let Some((shop, installation)) = self.installed(&due.shop, &due.extension, shops).await? else {
            self.fail(&due, "it is switched on, but its component does not load", now, round).await?;
            return Ok(None);
        };
        let (point, event) = match &*due.happening {
            Happening::Order(event) => (Point::OrderEvents, Event::Order(event)),
            Happening::Customer(event) => (Point::CustomerEvents, Event::Customer(event)),
        };
        if !installation.extension().points().contains(&point) {
            return Ok(Some(due));
        }
        let sink = Sink { extensions: self, secret, now, tick: None };
        let delivery = self.engine().deliver(&sink, &installation, &call(&shop, now), event).await;
        self.note(&shop, &installation, point, now, &delivery);
        match reason(delivery) {
            None => round.done += 1,
            Some(error) => self.fail(&due, &error, now, round).await?,
        }
        Ok(None)
    }

    /// Ends deliveries that concern no handler.
    async fn acknowledge(&self, unheard: Vec<Due>) -> Result<(), StoreError> {
        if unheard.is_empty() {
            return Ok(());
        }
        self.0
            .store
            .write_here(move |tx| {
                for due in &unheard {
                    events::acknowledge(tx, &due.shop, &due.extension, &due.event)?;
                }
                Ok(())
            })
            .await
    }

    async fn fail(&self, due: &Due, error: &str, now: Instant, round: &mut Round) -> Result<(), StoreError> {
        round.failed += 1;
        let (shop, extension, event) = (due.shop.clone(), due.extension.clone(), due.event.clone());
        let error = error.to_owned();
        self.0.store.write_here(move |tx| events::fail(tx, &shop, &extension, &event, &error, now).map(drop)).await
    }

    async fn tick(
        &self,
        secret: &Secret,
        tick: DueTick,
        now: Instant,
        shops: &mut Shops,
        round: &mut Round,
    ) -> Result<(), StoreError> {
        let found = self.installed(&tick.shop, &tick.extension, shops).await?;
        let entry = found.as_ref().and_then(|(_, installation)| {
            installation.extension().manifest().schedule.iter().find(|entry| entry.name == tick.name)
        });
        let (Some((shop, installation)), Some(entry)) = (&found, entry) else {
            // A new version may have dropped the entry, or the component does not load: try again much later.
            round.failed += 1;
            let error = "the installed version has no such entry in its schedule, or does not load";
            return self.0.store.write_here(move |tx| ticks::fail(tx, &tick, now, error)).await;
        };
        // What was missed while nobody was there is made up for once, not once for each time.
        let next_due = due::next(entry.every, now.max(tick.due_at), &shop.time_zone);
        let page = Tick {
            id: format!("tick/{}/{}/{}", tick.name, tick.due_at, tick.cursor.as_deref().unwrap_or("")),
            name: tick.name.clone(),
            due_at: tick.due_at,
            cursor: tick.cursor.clone(),
        };
        let sink = Sink { extensions: self, secret, now, tick: Some((tick.clone(), next_due)) };
        let delivery = self.engine().deliver(&sink, installation, &call(shop, now), Event::Tick(&page)).await;
        self.note(shop, installation, Point::Schedule, now, &delivery);
        match reason(delivery) {
            None => {
                round.done += 1;
                Ok(())
            }
            Some(error) => {
                round.failed += 1;
                self.0.store.write_here(move |tx| ticks::fail(tx, &tick, now, &error)).await
            }
        }
    }

    async fn installed(
        &self,
        shop: &str,
        extension: &str,
        shops: &mut Shops,
    ) -> Result<Option<(Arc<Shop>, Arc<Installation>)>, StoreError> {
        let found = match shops.get(shop) {
            Some(known) => known.clone(),
            None => {
                let id = shop.to_owned();
                let found = self.0.store.lookup(move |tx| shops::find(tx, &id)).await?.map(Arc::new);
                shops.insert(shop.to_owned(), found.clone());
                found
            }
        };
        let installation = self.of(shop).await?.installations.get(extension).cloned();
        Ok(found.zip(installation))
    }

    fn note(&self, shop: &Shop, installation: &Installation, point: Point, now: Instant, delivery: &Delivery) {
        match delivery {
            Delivery::Done(outcome) => {
                self.stats().record(&shop.id, now, std::slice::from_ref(&outcome.stats), &[]);
            }
            Delivery::Failed(failure) => {
                self.stats().record(&shop.id, now, std::slice::from_ref(&failure.stats), &[]);
                let id = installation.extension().id();
                self.stats().record_failure(&shop.id, id, now, point, failure.detail.clone());
            }
            Delivery::AlreadyDone | Delivery::Contended { .. } | Delivery::NotCommitted(_) => {}
        }
    }
}

fn call(shop: &Shop, now: Instant) -> Call {
    let context = Context { now, locale: shop.locale.clone(), time_zone: shop.time_zone.clone() };
    Call::new(shop.id.as_str(), context)
}

/// Why a delivery has to be tried again; none if it is done.
fn reason(delivery: Delivery) -> Option<String> {
    match delivery {
        Delivery::Done(_) | Delivery::AlreadyDone => None,
        Delivery::Failed(failure) => Some(failure.detail),
        Delivery::Contended { runs } => {
            Some(format!("what it reads kept changing while it ran, {runs} times; it is tried again"))
        }
        Delivery::NotCommitted(fault) => Some(fault.message),
    }
}

/// Commits what a handler wants, with the acknowledgement of its event or the step of its tick, in one transaction.
struct Sink<'a> {
    extensions: &'a Extensions,
    secret: &'a Secret,
    now: Instant,
    /// The tick, and when it is due next.
    tick: Option<(DueTick, Instant)>,
}

#[async_trait]
impl EffectSink for Sink<'_> {
    async fn commit(&self, key: &DeliveryKey, outcome: &HandlerOutcome) -> Result<Commit, Fault> {
        let (secret, now, tick) = (self.secret.clone(), self.now, self.tick.clone());
        let (key, outcome) = (key.clone(), outcome.clone());
        let committed = self.extensions.0.store.write_here(move |tx| -> Result<Commit, EffectError> {
            let commit = effects::commit(
                tx,
                &secret,
                &key.shop,
                &key.extension,
                &key.event,
                &outcome.effects,
                &outcome.reads,
                now,
            )?;
            if let (Some((tick, next_due)), Commit::Done | Commit::AlreadyDone) = (&tick, commit) {
                ticks::advance(tx, tick, outcome.next_cursor.as_deref(), *next_due)?;
            }
            Ok(commit)
        });
        committed.await.map_err(|error| Fault::new("not-committed", error.to_string()))
    }
}
