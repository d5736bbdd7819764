//! What staff do with an order, with its money: refund, cancel; and finishing what was interrupted.

use super::place::settle;
use super::refund::{RefundState, everything};
use super::state::{OrderState, Step, is_due};
use super::{Order, OrderError, Refund, RefundRequest};
use crate::clock::{Instant, MINUTE};
use crate::gateway::{Gateway, GatewayError};
use crate::store::orders::{self as stored, CANCELLATION};
use crate::store::payments::{self, PaymentState};
use crate::store::{Store, StoreError};

/// How long something may be under way before it counts as interrupted.
const INTERRUPTED_AFTER: Instant = MINUTE;
/// Interrupted orders and refunds looked at in one go.
const AT_ONCE: u32 = 50;

/// Gives money back. The same key gives the same refund. While the gateway is away the refund is pending, and is finished
/// by [`resume`].
///
/// # Errors
/// If it asks for more than is left, or the gateway refuses; nothing is given back then.
#[expect(clippy::too_many_arguments, reason = "who gives what back, for what, under which key, and when")]
pub async fn refund(
    store: &Store,
    gateway: &dyn Gateway,
    shop: &str,
    order: &str,
    key: &str,
    request: RefundRequest,
    actor: &str,
    now: Instant,
) -> Result<Refund, OrderError> {
    let (owner, order, key, actor) = (shop.to_owned(), order.to_owned(), key.to_owned(), actor.to_owned());
    let begun = store.write(move |tx| stored::begin_refund(tx, &owner, &order, &key, &request, &actor, now)).await?;
    finish(store, gateway, shop, begun, now).await
}

/// Sends fewer units of a line than were ordered, before the order is sent: gives back what the others cost in this order,
/// as a refund does. A line that has that many units already stays as it is.
///
/// # Errors
/// If the order is not paid or was sent, the line has fewer units, nothing would be left to be sent, or the gateway refuses;
/// nothing is changed then.
#[expect(clippy::too_many_arguments, reason = "how many of what is kept, why, under which key, by whom and when")]
pub async fn reduce(
    store: &Store,
    gateway: &dyn Gateway,
    shop: &str,
    order: &str,
    line: String,
    keep: u32,
    reason: String,
    key: &str,
    actor: &str,
    now: Instant,
) -> Result<Order, OrderError> {
    let (owner, id, key, actor) = (shop.to_owned(), order.to_owned(), key.to_owned(), actor.to_owned());
    let begun = store
        .write(move |tx| stored::begin_reduction(tx, &owner, &id, &line, keep, &reason, &key, &actor, now))
        .await?;
    if let Some(begun) = begun {
        finish(store, gateway, shop, begun, now).await?;
    }
    let (owner, id) = (shop.to_owned(), order.to_owned());
    store.read(move |tx| stored::get(tx, &owner, &id)).await
}

async fn finish(
    store: &Store,
    gateway: &dyn Gateway,
    shop: &str,
    refund: Refund,
    now: Instant,
) -> Result<Refund, OrderError> {
    if refund.state != RefundState::Pending {
        return Ok(refund);
    }
    if refund.money > 0 {
        let (owner, order) = (shop.to_owned(), refund.order.clone());
        let payment = store.read(move |tx| payments::get(tx, &owner, &order)).await?;
        let payment = payment.ok_or(GatewayError::State)?;
        match gateway.refund(&format!("refund/{}", refund.id), &payment.authorisation, refund.money).await {
            Ok(()) => {}
            Err(GatewayError::Unavailable) => return Ok(refund),
            Err(error) => {
                let (owner, id) = (shop.to_owned(), refund.id.clone());
                store.write(move |tx| stored::fail_refund(tx, &owner, &id)).await?;
                return Err(error.into());
            }
        }
    }
    let (owner, id) = (shop.to_owned(), refund.id);
    store.write(move |tx| stored::finish_refund(tx, &owner, &id, now)).await
}

/// Calls an order off that was not sent: its money is let go or given back, its stock and its claims go back.
///
/// # Errors
/// If it was sent, or the gateway refuses or is away; nothing is changed then.
pub async fn cancel(
    store: &Store,
    gateway: &dyn Gateway,
    shop: &str,
    order: &str,
    reason: &str,
    actor: &str,
    now: Instant,
) -> Result<Order, OrderError> {
    let (owner, id) = (shop.to_owned(), order.to_owned());
    let (found, payment) = store
        .read(move |tx| -> Result<_, OrderError> {
            Ok((stored::get(tx, &owner, &id)?, payments::get(tx, &owner, &id)?))
        })
        .await?;
    if !is_due(&found, Step::Cancel)? {
        return Ok(found);
    }
    let mut let_go = false;
    let anything_left = found.refunded < value(&found);
    if found.state == OrderState::Paid && anything_left {
        let request = everything(&found, reason);
        let done = refund(store, gateway, shop, order, CANCELLATION, request, actor, now).await?;
        if done.state != RefundState::Done {
            return Err(GatewayError::Unavailable.into());
        }
    } else if let Some(payment) = payment.filter(|payment| payment.state == PaymentState::Authorised) {
        gateway.void(&format!("void/{}", payment.authorisation), &payment.authorisation).await?;
        let_go = true;
    }
    let (owner, id, actor) = (shop.to_owned(), order.to_owned(), actor.to_owned());
    store
        .write(move |tx| {
            if let_go {
                payments::voided(tx, &owner, &id, now)?;
            }
            stored::cancel(tx, &owner, &id, &actor, now)
        })
        .await
}

/// What an order is worth in all: money, points and gift cards.
fn value(order: &Order) -> crate::money::Money {
    order.lines.iter().map(|line| line.total).sum::<i64>() + order.delivery.total
}

/// Finishes what was interrupted, in every shop: takes money that is kept ready for placed orders, and gives back what
/// pending refunds promise. Says how many it finished. What the gateway refuses is for the merchant to see.
///
/// # Errors
/// If the database fails.
pub async fn resume(store: &Store, gateway: &dyn Gateway, now: Instant) -> Result<usize, StoreError> {
    let before = now.saturating_sub(INTERRUPTED_AFTER);
    let (open, pending) = store
        .read(move |tx| -> Result<_, StoreError> {
            Ok((payments::open(tx, before, AT_ONCE)?, stored::pending_refunds(tx, before, AT_ONCE)?))
        })
        .await?;
    let mut finished = 0;
    for (shop, id) in open {
        let owner = shop.clone();
        let Some(order) = store.read(move |tx| stored::find(tx, &owner, &id)).await? else { continue };
        if settle(store, gateway, &shop, order, now).await.is_ok_and(|order| order.paid_at.is_some()) {
            finished += 1;
        }
    }
    for (shop, id) in pending {
        let owner = shop.clone();
        let Ok(refund) = store.read(move |tx| stored::refund(tx, &owner, &id)).await else { continue };
        if finish(store, gateway, &shop, refund, now).await.is_ok_and(|refund| refund.state == RefundState::Done) {
            finished += 1;
        }
    }
    Ok(finished)
}

#[cfg(test)]
#[path = "manage_tests.rs"]
mod tests;
