//! Money back, in two transactions around the gateway: the first keeps what is to be given back from being given back
//! twice, the second makes it so. A refund that something interrupts stays pending, and is finished later under its key.

use serde_json::json;

use super::{read, returns, steps, version};
use crate::clock::Instant;
use crate::ids;
use crate::mail::Signal;
use crate::orders::refund::{self, RefundState, RefundedLine};
use crate::orders::state::{OrderState, Step, is_due};
use crate::orders::{OrderError, Refund, RefundRequest};
use crate::store::events::{self, OrderNotice};
use crate::store::{Row, StoreError, Tx, audit, catalogue, mails, payments, values, versions};

/// The key of the refund that a cancelled order makes.
pub const CANCELLATION: &str = "order-cancelled";

const COLUMNS: &str = "id, order_id, at, state, delivery, amount, money, reason";

/// Works out a refund and keeps its amounts. The same key gives the same refund.
///
/// # Errors
/// If the order is not paid or has less left, or the database fails.
pub fn begin_refund(
    tx: &mut Tx<'_>,
    shop: &str,
    order: &str,
    key: &str,
    request: &RefundRequest,
    actor: &str,
    now: Instant,
) -> Result<Refund, OrderError> {
    if let Some(known) = refund_by_key(tx, shop, order, key)? {
        return Ok(known);
    }
    let order = read::get(tx, shop, order)?;
    if key == CANCELLATION {
        // It may have been sent since somebody looked.
        is_due(&order, Step::Cancel)?;
    }
    is_due(&order, Step::Refund)?;
    let plan = refund::plan(&order, request)?;
    // A refund that the gateway refused can shift the rounding by a unit; the card never gets more than it gave.
    let given = tx.first(
        "select cast(coalesce(sum(money), 0) as bigint) from refunds
         where shop = ?1 and order_id = ?2 and state in ('pending', 'done')",
        values![shop, &order.id],
    )?;
    let charged = order.payment.as_ref().map_or(0, |payment| payment.captured);
    let money = plan.money.min(charged - given.map_or(Ok(0), |row| row.int(0))?);
    let id = ids::new("ref", now);
    tx.execute(
        "insert into refunds
             (shop, id, order_id, key, at, state, delivery, amount, money, restock, reason, actor)
         values (?1, ?2, ?3, ?4, ?5, 'pending', ?6, ?7, ?8, ?9, ?10, ?11)",
        values![
            shop,
            &id,
            &order.id,
            key,
            now,
            plan.delivery,
            plan.amount,
            money,
            request.restock,
            &request.reason,
            actor,
        ],
    )?;
    if let Some(settled) = &request.settles {
        returns::settle(tx, shop, &order.id, settled, &id, now)?;
    }
    for line in &plan.lines {
        tx.execute(
            "insert into refund_lines (shop, refund, line, quantity, amount, so_far) values (?1, ?2, ?3, ?4, ?5, ?6)",
            values![shop, &id, &line.line, line.quantity, line.amount, line.amount_so_far],
        )?;
    }
    versions::bump(tx, shop, &version(&order.id))?;
    refund(tx, shop, &id)
}

/// Notes that the gateway gave the money back, and tells whom it concerns. A cancelled order's refund cancels it.
///
/// # Errors
/// If there is no such refund, or the database fails.
pub fn finish_refund(tx: &mut Tx<'_>, shop: &str, id: &str, now: Instant) -> Result<Refund, OrderError> {
    let pending = refund(tx, shop, id)?;
    if pending.state != RefundState::Pending {
        return Ok(pending);
    }
    let row = tx.first(
        "update refunds set state = 'done' where shop = ?1 and id = ?2 returning key, restock, actor",
        values![shop, id],
    )?;
    let row = row.ok_or(OrderError::NotFound)?;
    let (key, restock, actor) = (row.text(0)?, row.flag(1)?, row.text(2)?);
    payments::refunded(tx, shop, &pending.order, pending.money, now)?;
    versions::bump(tx, shop, &version(&pending.order))?;
    let done = refund(tx, shop, id)?;
    let mut order = read::get(tx, shop, &done.order)?;
    let details = json!({ "refund": done.id, "amount": done.amount, "money": done.money });
    audit::write(tx, shop, now, &actor, "order.refunded", &version(&order.id), &details)?;
    mails::signal(tx, shop, &order.contact, Signal::Refunded, now)?;
    if restock {
        for back in &done.lines {
            let line = order.lines.iter().find(|line| line.id == back.line).ok_or(OrderError::NotFound)?;
            catalogue::put_back(tx, shop, &line.variant, back.quantity)?;
        }
    }
    if key == CANCELLATION {
        order = steps::cancel(tx, shop, &order.id, &actor, now)?;
        debug_assert_eq!(order.state, OrderState::Cancelled);
    } else {
        events::publish_order(tx, shop, &order, OrderNotice::Refunded(done.clone()), now)?;
    }
    Ok(done)
}

/// Notes that the gateway refused: nothing was given back.
///
/// # Errors
/// If the database fails.
pub fn fail_refund(tx: &mut Tx<'_>, shop: &str, id: &str) -> Result<(), StoreError> {
    let failed = tx.first(
        "update refunds set state = 'failed' where shop = ?1 and id = ?2 and state = 'pending' returning order_id",
        values![shop, id],
    )?;
    failed.map_or(Ok(()), |row| versions::bump(tx, shop, &version(&row.text(0)?)))
}

/// A refund.
///
/// # Errors
/// If there is none, or the database fails.
pub fn refund(tx: &mut Tx<'_>, shop: &str, id: &str) -> Result<Refund, OrderError> {
    let sql = format!("select {COLUMNS} from refunds where shop = ?1 and id = ?2");
    let row = tx.first(&sql, values![shop, id])?.ok_or(OrderError::NotFound)?;
    Ok(from_row(tx, shop, &row)?)
}

/// The refund that was asked for under a key.
///
/// # Errors
/// If the database fails.
pub fn refund_by_key(tx: &mut Tx<'_>, shop: &str, order: &str, key: &str) -> Result<Option<Refund>, StoreError> {
    let sql = format!("select {COLUMNS} from refunds where shop = ?1 and order_id = ?2 and key = ?3");
    let Some(row) = tx.first(&sql, values![shop, order, key])? else { return Ok(None) };
    from_row(tx, shop, &row).map(Some)
}

/// Every refund of an order, oldest first.
///
/// # Errors
/// If the database fails.
pub fn refunds(tx: &mut Tx<'_>, shop: &str, order: &str) -> Result<Vec<Refund>, StoreError> {
    let sql = format!("select {COLUMNS} from refunds where shop = ?1 and order_id = ?2 order by id");
    tx.query(&sql, values![shop, order])?.iter().map(|row| from_row(tx, shop, row)).collect()
}

/// Refunds of every shop that have been pending since before `before`: shop and refund. Something interrupted them.
///
/// # Errors
/// If the database fails.
pub fn pending_refunds(tx: &mut Tx<'_>, before: Instant, limit: u32) -> Result<Vec<(String, String)>, StoreError> {
    tx.query(
        "select shop, id from refunds where state = 'pending' and at < ?1 order by at limit ?2",
        values![before, limit],
    )?
    .iter()
    .map(|row| Ok((row.text(0)?, row.text(1)?)))
    .collect()
}

fn from_row(tx: &mut Tx<'_>, shop: &str, row: &Row) -> Result<Refund, StoreError> {
    let (id, order) = (row.text(0)?, row.text(1)?);
    let lines = tx.query(
        "select line, quantity, amount, so_far from refund_lines where shop = ?1 and refund = ?2 order by line",
        values![shop, &id],
    )?;
    let lines = lines
        .iter()
        .map(|row| {
            Ok(RefundedLine {
                line: row.text(0)?,
                quantity: row.uint(1)?,
                amount: row.int(2)?,
                amount_so_far: row.int(3)?,
            })
        })
        .collect::<Result<_, StoreError>>()?;
    Ok(Refund {
        at: row.int(2)?,
        state: match row.text(3)?.as_str() {
            "pending" => RefundState::Pending,
            "done" => RefundState::Done,
            _ => RefundState::Failed,
        },
        lines,
        delivery: row.int(4)?,
        amount: row.int(5)?,
        money: row.int(6)?,
        reason: row.text(7)?,
        id,
        order,
    })
}
