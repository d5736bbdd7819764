//! The outbox: what happened, in the transaction in which it happened, and to which installations it still has to be
//! delivered.
//!
//! Every enabled installation gets a delivery of every event; one without a handler for it is acknowledged at once by the
//! dispatcher. Events of one order, or one customer, reach an installation in the order in which they happened: a delivery
//! waits for those before it, also for one that is dead, until somebody retries or discards that one. While an
//! installation is disabled, its deliveries wait.

use std::sync::Arc;

use boomerang_engine::contract::{CustomerEvent, OrderEvent};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::db::to_json;
use super::{Row, StoreError, Tx, audit, values};
use crate::clock::{HOUR, Instant, MINUTE, SECOND};
use crate::ids;
use crate::mail::{OrderNews, order_mail};
use crate::orders::{Order, Refund};

/// Failures after which a delivery is dead. With the pauses between them that is about a day and a half.
pub const MOST_ATTEMPTS: u32 = 12;
/// How long a delivery may be worked on before it counts as lost and is tried again.
const LEASE: Instant = 5 * MINUTE;
/// The first pause; each later one is twice as long.
const FIRST_PAUSE: Instant = 10 * SECOND;
/// The longest pause.
const LONGEST_PAUSE: Instant = 6 * HOUR;
/// The longest error that is kept.
const LONGEST_ERROR: usize = 1_000;

/// What happened to an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderNotice {
    /// It was placed.
    Placed,
    /// Its money was taken.
    Paid,
    /// It was sent, with the carrier's tracking page or number.
    Fulfilled {
        /// Where to follow it.
        tracking: Option<String>,
    },
    /// It arrived.
    Delivered,
    /// Money was given back.
    Refunded(Refund),
    /// It was cancelled.
    Cancelled,
}

impl OrderNotice {
    /// The topic of the contract's `order-event`.
    #[must_use]
    pub const fn topic(&self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Paid => "paid",
            Self::Fulfilled { .. } => "fulfilled",
            Self::Delivered => "delivered",
            Self::Refunded(_) => "refunded",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What is told to an extension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "event", rename_all = "kebab-case")]
pub enum Happening {
    /// For `order-events`.
    Order(Box<OrderEvent>),
    /// For `customer-events`.
    Customer(CustomerEvent),
}

/// An event that is to be told to one installation now.
#[derive(Clone, Debug, PartialEq)]
pub struct Due {
    /// The shop.
    pub shop: String,
    /// The extension.
    pub extension: String,
    /// The event's id.
    pub event: String,
    /// How often it was tried before.
    pub attempts: u32,
    /// The event, which several deliveries may share.
    pub happening: Arc<Happening>,
}

/// A delivery that is not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenDelivery {
    /// The extension.
    pub extension: String,
    /// The event's id.
    pub event: String,
    /// What it is about: `order/<id>` or `customer/<id>`.
    pub stream: String,
    /// What happened.
    pub topic: String,
    /// When it happened.
    pub occurred_at: Instant,
    /// It failed too often, and is tried again only if somebody asks.
    pub dead: bool,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next, if it is not dead.
    pub due_at: Instant,
    /// Why it failed last.
    pub last_error: String,
}

/// Tells every enabled installation what happened to an order, and queues the buyer's mail. `order` is as it is afterwards.
///
/// # Errors
/// If the database fails.
pub fn publish_order(
    tx: &mut Tx<'_>,
    shop: &str,
    order: &Order,
    notice: OrderNotice,
    now: Instant,
) -> Result<String, StoreError> {
    let topic = notice.topic();
    let id = ids::new("evt", now);
    let refund = match &notice {
        OrderNotice::Refunded(refund) => Some(refund.to_contract()),
        _ => None,
    };
    let event =
        OrderEvent { id: id.clone(), topic: topic.to_owned(), occurred_at: now, order: order.to_contract(), refund };
    publish(tx, shop, &format!("order/{}", order.id), topic, &Happening::Order(Box::new(event)), &id, now)?;
    order_mail::queue(tx, shop, order, &notice, &id, now)?;
    Ok(id)
}

/// Tells every enabled installation what a customer did. Its id is set here.
///
/// # Errors
/// If the database fails.
pub fn publish_customer(tx: &mut Tx<'_>, shop: &str, mut event: CustomerEvent) -> Result<String, StoreError> {
    let now = event.occurred_at;
    let id = ids::new("evt", now);
    event.id.clone_from(&id);
    let (stream, topic) = (format!("customer/{}", event.customer), event.topic.clone());
    publish(tx, shop, &stream, &topic, &Happening::Customer(event), &id, now)?;
    Ok(id)
}

fn publish(
    tx: &mut Tx<'_>,
    shop: &str,
    stream: &str,
    topic: &str,
    happening: &Happening,
    id: &str,
    now: Instant,
) -> Result<(), StoreError> {
    let kind = match happening {
        Happening::Order(_) => "order",
        Happening::Customer(_) => "customer",
    };
    tx.execute(
        "insert into events (shop, id, stream, sequence, kind, topic, at, payload)
         values (?1, ?2, ?3, (select coalesce(max(sequence), 0) + 1 from events where shop = ?1 and stream = ?3),
                 ?4, ?5, ?6, ?7)",
        values![shop, id, stream, kind, topic, now, to_json(happening)?],
    )?;
    tx.execute(
        "insert into deliveries (shop, extension, event, stream, sequence, state, attempts, due_at, last_error)
         select e.shop, i.extension, e.id, e.stream, e.sequence, 'due', 0, e.at, ''
         from events e join installations i on i.shop = e.shop and i.enabled = 1
         where e.shop = ?1 and e.id = ?2",
        values![shop, id],
    )?;
    Ok(())
}

/// Takes deliveries of enabled installations that are due, over all shops, the longest due first. They are the caller's
/// for five minutes; then they count as lost and are due again.
///
/// # Errors
/// If the database fails.
pub fn claim_due(tx: &mut Tx<'_>, now: Instant, limit: u32) -> Result<Vec<Due>, StoreError> {
    let rows = tx.query(
        "select d.shop, d.extension, d.event, d.attempts, e.payload from deliveries d
         join events e on e.shop = d.shop and e.id = d.event
         join installations i on i.shop = d.shop and i.extension = d.extension and i.enabled = 1
         where d.state = 'due' and d.due_at <= ?1
               and not exists (select 1 from deliveries b
                               where b.shop = d.shop and b.extension = d.extension and b.stream = d.stream
                                     and b.sequence < d.sequence)
         order by d.due_at, e.id, d.extension limit ?2",
        values![now, limit],
    )?;
    let mut claimed: Vec<Due> = Vec::with_capacity(rows.len());
    for row in &rows {
        let (shop, event) = (row.text(0)?, row.text(2)?);
        // The deliveries of one event come one after another.
        let happening = match claimed.last().filter(|last| last.shop == shop && last.event == event) {
            Some(last) => Arc::clone(&last.happening),
            None => Arc::new(row.json(4)?),
        };
        let due = Due { shop, extension: row.text(1)?, event, attempts: row.uint(3)?, happening };
        tx.execute(
            "update deliveries set due_at = ?4 where shop = ?1 and extension = ?2 and event = ?3",
            values![&due.shop, &due.extension, &due.event, now.saturating_add(LEASE)],
        )?;
        claimed.push(due);
    }
    Ok(claimed)
}

/// Ends a delivery: it was committed, or concerns no handler. [`effects::commit`](super::effects::commit) calls this.
///
/// # Errors
/// If the database fails.
pub fn acknowledge(tx: &mut Tx<'_>, shop: &str, extension: &str, event: &str) -> Result<bool, StoreError> {
    let ended = tx.execute(
        "delete from deliveries where shop = ?1 and extension = ?2 and event = ?3",
        values![shop, extension, event],
    )?;
    Ok(ended == 1)
}

/// Notes that an attempt failed: it is tried again after a pause that doubles, and is dead after [`MOST_ATTEMPTS`]. Says
/// whether it is.
///
/// # Errors
/// If the database fails.
pub fn fail(
    tx: &mut Tx<'_>,
    shop: &str,
    extension: &str,
    event: &str,
    error: &str,
    now: Instant,
) -> Result<bool, StoreError> {
    let row = tx.first(
        "update deliveries set attempts = attempts + 1, last_error = ?4
         where shop = ?1 and extension = ?2 and event = ?3 returning attempts",
        values![shop, extension, event, error.chars().take(LONGEST_ERROR).collect::<String>()],
    )?;
    let Some(row) = row else { return Ok(false) };
    let attempts = row.uint(0)?;
    let dead = attempts >= MOST_ATTEMPTS;
    tx.execute(
        "update deliveries set state = ?4, due_at = ?5 where shop = ?1 and extension = ?2 and event = ?3",
        values![shop, extension, event, if dead { "dead" } else { "due" }, now.saturating_add(pause(attempts))],
    )?;
    Ok(dead)
}

/// The pause after that many failures.
fn pause(attempts: u32) -> Instant {
    FIRST_PAUSE.saturating_mul(1 << attempts.saturating_sub(1).min(20)).min(LONGEST_PAUSE)
}

/// Forgets the events of a stream that everybody has been told of.
///
/// # Errors
/// If the database fails.
pub(super) fn forget(tx: &mut Tx<'_>, shop: &str, stream: &str) -> Result<(), StoreError> {
    tx.execute(
        "delete from events where shop = ?1 and stream = ?2
             and not exists (select 1 from deliveries d where d.shop = events.shop and d.event = events.id)",
        values![shop, stream],
    )?;
    Ok(())
}

/// Forgets what is older than `before` and done: events that everybody has been told of, and the keys of commits. Keep both
/// longer than a delivery can be under way.
///
/// # Errors
/// If the database fails.
pub fn prune(tx: &mut Tx<'_>, shop: &str, before: Instant) -> Result<u64, StoreError> {
    let events = tx.execute(
        "delete from events where shop = ?1 and at < ?2
             and not exists (select 1 from deliveries d where d.shop = events.shop and d.event = events.id)",
        values![shop, before],
    )?;
    let commits = tx.execute(
        "delete from commits where shop = ?1 and at < ?2
             and not exists (select 1 from deliveries d where d.shop = commits.shop and d.event = commits.event_key)",
        values![shop, before],
    )?;
    Ok(events + commits)
}

/// Deliveries of a shop that are not done, dead ones first, at most `limit`.
///
/// # Errors
/// If the database fails.
pub fn open(tx: &mut Tx<'_>, shop: &str, limit: u32) -> Result<Vec<OpenDelivery>, StoreError> {
    tx.query(
        "select extension, event, deliveries.stream, topic, at, state, attempts, due_at, last_error
         from deliveries join events on events.shop = deliveries.shop and events.id = event
         where deliveries.shop = ?1 order by state, due_at, event, extension limit ?2",
        values![shop, limit],
    )?
    .iter()
    .map(open_delivery)
    .collect()
}

/// How many deliveries of a shop failed too often.
///
/// # Errors
/// If the database fails.
pub fn dead(tx: &mut Tx<'_>, shop: &str) -> Result<u32, StoreError> {
    let row = tx.first("select count(*) from deliveries where shop = ?1 and state = 'dead'", values![shop])?;
    row.map_or(Ok(0), |row| row.uint(0))
}

fn open_delivery(row: &Row) -> Result<OpenDelivery, StoreError> {
    Ok(OpenDelivery {
        extension: row.text(0)?,
        event: row.text(1)?,
        stream: row.text(2)?,
        topic: row.text(3)?,
        occurred_at: row.int(4)?,
        dead: row.text(5)? == "dead",
        attempts: row.uint(6)?,
        due_at: row.int(7)?,
        last_error: row.text(8)?,
    })
}

/// Tries a dead delivery again, from the first attempt. Says whether it was dead.
///
/// # Errors
/// If the database fails.
pub fn retry(
    tx: &mut Tx<'_>,
    shop: &str,
    extension: &str,
    event: &str,
    actor: &str,
    now: Instant,
) -> Result<bool, StoreError> {
    let retried = tx.execute(
        "update deliveries set state = 'due', attempts = 0, due_at = ?4
         where shop = ?1 and extension = ?2 and event = ?3 and state = 'dead'",
        values![shop, extension, event, now],
    )?;
    note(tx, shop, retried, "delivery.retried", extension, event, actor, now)
}

/// Gives a dead delivery up, so that those behind it go on. Says whether it was dead.
///
/// # Errors
/// If the database fails.
pub fn discard(
    tx: &mut Tx<'_>,
    shop: &str,
    extension: &str,
    event: &str,
    actor: &str,
    now: Instant,
) -> Result<bool, StoreError> {
    let discarded = tx.execute(
        "delete from deliveries where shop = ?1 and extension = ?2 and event = ?3 and state = 'dead'",
        values![shop, extension, event],
    )?;
    note(tx, shop, discarded, "delivery.discarded", extension, event, actor, now)
}

#[expect(clippy::too_many_arguments, reason = "what an audit entry says, and no more")]
fn note(
    tx: &mut Tx<'_>,
    shop: &str,
    changed: u64,
    action: &str,
    extension: &str,
    event: &str,
    actor: &str,
    now: Instant,
) -> Result<bool, StoreError> {
    if changed == 1 {
        let details = json!({ "extension": extension });
        audit::write(tx, shop, now, actor, action, &format!("event/{event}"), &details)?;
    }
    Ok(changed == 1)
}

/// What follows from an event for the buyer.
impl OrderNotice {
    /// The news that is mailed; none for what the next one says better.
    pub(crate) const fn news(&self) -> Option<OrderNews> {
        match self {
            // The mail is sent once the order is paid, which for the buyer is one thing.
            Self::Placed => None,
            Self::Paid => Some(OrderNews::Placed),
            Self::Fulfilled { .. } => Some(OrderNews::Fulfilled),
            Self::Delivered => Some(OrderNews::Delivered),
            Self::Refunded(_) => Some(OrderNews::Refunded),
            Self::Cancelled => Some(OrderNews::Cancelled),
        }
    }
}

#[cfg(test)]
#[path = "events_tests.rs"]
mod tests;
