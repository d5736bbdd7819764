//! Paid, fulfilled, delivered, cancelled. A step that was done already is not done again and tells nobody.

use serde_json::json;

use super::{read, refunds, version};
use crate::clock::Instant;
use crate::orders::refund::RefundState;
use crate::orders::state::{Step, is_due};
use crate::orders::{Order, OrderError, OrderState, draft::Shopper};
use crate::store::db::to_json;
use crate::store::events::{self, OrderNotice};
use crate::store::{StoreError, Tx, audit, catalogue, claims, values, versions};

/// The flag of an order that may be a fraud; see the contract's `order.flags`.
pub const SUSPECTED: &str = "fraud-suspected";

/// Notes that the money of an order was taken.
///
/// # Errors
/// If the order is cancelled, or the database fails.
pub fn pay(tx: &mut Tx<'_>, shop: &str, order: &str, now: Instant) -> Result<Order, OrderError> {
    step(tx, shop, order, Step::Pay, "paid_at", OrderNotice::Paid, now).map(|(order, _)| order)
}

/// Notes that an order was sent, with the carrier's tracking page or number.
///
/// # Errors
/// If it is not paid, is cancelled or being cancelled, or the database fails.
pub fn fulfil(
    tx: &mut Tx<'_>,
    shop: &str,
    order: &str,
    tracking: Option<&str>,
    actor: &str,
    now: Instant,
) -> Result<Order, OrderError> {
    // The refund that cancels it waits for the gateway, and would find an order that cannot be cancelled any more.
    let cancellation = refunds::refund_by_key(tx, shop, order, refunds::CANCELLATION)?;
    if cancellation.is_some_and(|refund| refund.state == RefundState::Pending) {
        return Err(OrderError::BeingCancelled);
    }
    let tracking = tracking.map(str::to_owned);
    let notice = OrderNotice::Fulfilled { tracking };
    let (order, done) = step(tx, shop, order, Step::Fulfil, "fulfilled_at", notice, now)?;
    note(tx, shop, &order, done, "order.fulfilled", actor, now)?;
    Ok(order)
}

/// Notes that an order arrived.
///
/// # Errors
/// If it was not sent, or the database fails.
pub fn deliver(tx: &mut Tx<'_>, shop: &str, order: &str, actor: &str, now: Instant) -> Result<Order, OrderError> {
    let (order, done) = step(tx, shop, order, Step::Deliver, "delivered_at", OrderNotice::Delivered, now)?;
    note(tx, shop, &order, done, "order.delivered", actor, now)?;
    Ok(order)
}

/// Calls an order off that was not sent: what is left of its stock and its claims goes back. Its money is let go or given
/// back by [`manage::cancel`](crate::orders::manage::cancel), which calls this.
///
/// # Errors
/// If it was sent, or the database fails.
pub fn cancel(tx: &mut Tx<'_>, shop: &str, order: &str, actor: &str, now: Instant) -> Result<Order, OrderError> {
    // What earlier refunds returned is back in stock or gone; what cancelling returns is in the refund it makes.
    let before = read::get(tx, shop, order)?;
    let (order, done) = step(tx, shop, order, Step::Cancel, "cancelled_at", OrderNotice::Cancelled, now)?;
    if done {
        for line in before.lines.iter().filter(|line| line.quantity > line.returned) {
            catalogue::put_back(tx, shop, &line.variant, line.quantity - line.returned)?;
        }
        let shopper = Shopper { customer: order.customer.clone(), contact: Some(order.contact.clone()) };
        claims::give_back(tx, shop, &order.id, &shopper)?;
    }
    note(tx, shop, &order, done, "order.cancelled", actor, now)?;
    Ok(order)
}

/// Notes that fraud is suspected, or no longer, of an order that was not sent. Extensions see it with the next thing that
/// happens to the order, and when they ask for it.
///
/// # Errors
/// If it was sent or cancelled, or the database fails.
pub fn suspect(
    tx: &mut Tx<'_>,
    shop: &str,
    order: &str,
    suspected: bool,
    actor: &str,
    now: Instant,
) -> Result<Order, OrderError> {
    let before = read::get(tx, shop, order)?;
    if !matches!(before.state, OrderState::Placed | OrderState::Paid) {
        return Err(OrderError::WrongState { state: before.state, step: "flagged" });
    }
    let mut flags: Vec<&str> = before.flags.iter().map(String::as_str).filter(|flag| *flag != SUSPECTED).collect();
    if suspected {
        flags.push(SUSPECTED);
    }
    if flags.len() == before.flags.len() {
        return Ok(before);
    }
    let flags = to_json(&flags)?;
    tx.execute("update orders set flags = ?3 where shop = ?1 and id = ?2", values![shop, order, flags])?;
    versions::bump(tx, shop, &version(order))?;
    note(tx, shop, &before, true, if suspected { "order.flagged" } else { "order.unflagged" }, actor, now)?;
    read::get(tx, shop, order)
}

fn step(
    tx: &mut Tx<'_>,
    shop: &str,
    id: &str,
    step: Step,
    column: &str,
    notice: OrderNotice,
    now: Instant,
) -> Result<(Order, bool), OrderError> {
    let order = read::get(tx, shop, id)?;
    if !is_due(&order, step)? {
        return Ok((order, false));
    }
    tx.execute(&format!("update orders set {column} = ?3 where shop = ?1 and id = ?2"), values![shop, id, now])?;
    versions::bump(tx, shop, &version(id))?;
    let order = read::get(tx, shop, id)?;
    events::publish_order(tx, shop, &order, notice, now)?;
    Ok((order, true))
}

fn note(
    tx: &mut Tx<'_>,
    shop: &str,
    order: &Order,
    done: bool,
    action: &str,
    actor: &str,
    now: Instant,
) -> Result<(), StoreError> {
    if !done {
        return Ok(());
    }
    audit::write(tx, shop, now, actor, action, &version(&order.id), &json!({ "number": order.number }))
}
