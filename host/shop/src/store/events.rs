//! The outbox: what happened, in the transaction in which it happened, and to which installations it still has to be
//! delivered.
//!
//! Every enabled installation gets a delivery of every event; one without a handler for it is acknowledged at once by the
//! dispatcher. Events of one order, or one customer, reach an installation in the order in which they happened: a delivery
//! waits for those before it, also for one that is dead, until somebody retries or discards that one. While an
//! installation is disabled, its deliveries wait.
//!
//! Deliveries are claimed by installation, and [`waiting`] lists the installations in turn, so that however much one of
//! them has to be told, the next comes soon.

use std::collections::HashMap;
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

/// An installation that is to be told something, in the order of turns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Listener {
    /// The shop.
    pub shop: String,
    /// The extension.
    pub extension: String,
}

/// The enabled installations that have something due, those after `last` first and then those before it: at most `most`.
/// A delivery that is due may still wait for one before it.
///
/// # Errors
/// If the database fails.
pub fn waiting(tx: &mut Tx<'_>, now: Instant, last: &Listener, most: usize) -> Result<Vec<Listener>, StoreError> {
    let mut waiting = Vec::new();
    let mut at = last.clone();
    let mut has_turned = false;
    while waiting.len() < most {
        let next = tx.first(
            "select shop, extension, due_at from deliveries
             where state = 'due' and (shop, extension) > (?1, ?2) order by shop, extension, due_at limit 1",
            values![&at.shop, &at.extension],
        )?;
        let Some(row) = next else {
            if has_turned || *last == Listener::default() {
                break;
            }
            (at, has_turned) = (Listener::default(), true);
            continue;
        };
        at = Listener { shop: row.text(0)?, extension: row.text(1)? };
        if has_turned && at > *last {
            break;
        }
        if row.int(2)? <= now && is_enabled(tx, &at)? {
            waiting.push(at.clone());
        }
    }
    Ok(waiting)
}

fn is_enabled(tx: &mut Tx<'_>, listener: &Listener) -> Result<bool, StoreError> {
    let sql = "select 1 from installations where shop = ?1 and extension = ?2 and enabled = 1";
    Ok(tx.first(sql, values![&listener.shop, &listener.extension])?.is_some())
}

/// Events that were read lately, which several installations are told of.
#[derive(Debug, Default)]
pub struct Happenings(HashMap<(String, String), Arc<Happening>>);

impl Happenings {
    fn get(&mut self, tx: &mut Tx<'_>, shop: &str, event: &str) -> Result<Arc<Happening>, StoreError> {
        let key = (shop.to_owned(), event.to_owned());
        if let Some(known) = self.0.get(&key) {
            return Ok(Arc::clone(known));
        }
        let row = tx.first("select payload from events where shop = ?1 and id = ?2", values![shop, event])?;
        let happening: Arc<Happening> = Arc::new(row.ok_or(StoreError::Corrupt { column: 0 })?.json(0)?);
        self.0.insert(key, Arc::clone(&happening));
        Ok(happening)
    }
}

/// Takes deliveries of an enabled installation that are due, the longest due first, and of each order or customer only the
/// first. They are the caller's for five minutes; then they count as lost and are due again.
///
/// # Errors
/// If the database fails.
pub fn claim(
    tx: &mut Tx<'_>,
    listener: &Listener,
    now: Instant,
    most: usize,
    known: &mut Happenings,
) -> Result<Vec<Due>, StoreError> {
    if most == 0 || !is_enabled(tx, listener)? {
        return Ok(Vec::new());
    }
    let Listener { shop, extension } = listener;
    let rows = tx.query(
        "update deliveries set due_at = ?4 where shop = ?1 and extension = ?2 and event in (
             select d.event from deliveries d
             where d.state = 'due' and d.shop = ?1 and d.extension = ?2 and d.due_at <= ?3
                   and not exists (select 1 from deliveries b
                                   where b.shop = d.shop and b.extension = d.extension and b.stream = d.stream
                                         and b.sequence < d.sequence)
             order by d.due_at, d.event limit ?5)
         returning event, attempts",
        values![shop, extension, now, now.saturating_add(LEASE), u32::try_from(most).unwrap_or(u32::MAX)],
    )?;
    let claimed = rows.iter().map(|row| {
        let event = row.text(0)?;
        let happening = known.get(tx, shop, &event)?;
        Ok(Due { shop: shop.clone(), extension: extension.clone(), attempts: row.uint(1)?, event, happening })
    });
    let mut claimed = claimed.collect::<Result<Vec<_>, StoreError>>()?;
    claimed.sort_by(|one, other| one.event.cmp(&other.event));
    Ok(claimed)
}

/// Gives a claimed delivery back untried: it is due again, and this was no attempt.
///
/// # Errors
/// If the database fails.
pub fn give_back(tx: &mut Tx<'_>, due: &Due, now: Instant) -> Result<(), StoreError> {
    tx.execute(
        "update deliveries set due_at = ?4 where shop = ?1 and extension = ?2 and event = ?3 and state = 'due'",
        values![&due.shop, &due.extension, &due.event, now],
    )?;
    Ok(())
}

/// Ends what is due to an installation that has no handler for any event: at most `most` deliveries. Says how many.
///
/// # Errors
/// If the database fails.
pub fn acknowledge_unheard(tx: &mut Tx<'_>, listener: &Listener, now: Instant, most: u32) -> Result<u64, StoreError> {
    tx.execute(
        "delete from deliveries where shop = ?1 and extension = ?2 and event in (
             select event from deliveries where state = 'due' and shop = ?1 and extension = ?2 and due_at <= ?3
             order by due_at limit ?4)",
        values![&listener.shop, &listener.extension, now, most],
    )
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
