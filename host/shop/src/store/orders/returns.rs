//! What buyers want to send back.

use serde_json::json;

use super::{read, version};
use crate::clock::Instant;
use crate::ids;
use crate::mail::order_mail;
use crate::orders::refund::RefundError;
use crate::orders::returns::{self, NewReturn, Return, ReturnAnswer, ReturnError, ReturnLine, ReturnState};
use crate::store::{Row, StoreError, Tx, audit, values};

/// What every query reads of the table, which it gives a name. A refund that the gateway refused has settled nothing.
fn select(t: &str) -> String {
    format!(
        "select {t}.id, {t}.order_id, {t}.asked_at, {t}.reason, {t}.accepted_at, {t}.declined_at, {t}.answer, r.id
         from returns {t} left join refunds r
             on r.shop = {t}.shop and r.id = {t}.refund and r.state in ('pending', 'done')"
    )
}

/// Takes a return down that a buyer asks for.
///
/// # Errors
/// If the order is not there or not yet, or its time is over, or it has fewer units left, or the database fails.
pub fn ask(
    tx: &mut Tx<'_>,
    shop: &str,
    order: &str,
    new: &NewReturn,
    window_days: u32,
    now: Instant,
) -> Result<Return, ReturnError> {
    let order = read::get(tx, shop, order)?;
    let known = of_order(tx, shop, &order.id)?;
    returns::check(&order, &known, new, window_days, now)?;
    let id = ids::new("ret", now);
    tx.execute(
        "insert into returns (shop, id, order_id, asked_at, reason, answer) values (?1, ?2, ?3, ?4, ?5, '')",
        values![shop, &id, &order.id, now, new.reason.trim()],
    )?;
    for line in &new.lines {
        tx.execute(
            "insert into return_lines (shop, return_id, line, quantity) values (?1, ?2, ?3, ?4)",
            values![shop, &id, &line.line, line.quantity],
        )?;
    }
    find(tx, shop, &order.id, &id)
}

/// The returns of an order, oldest first.
///
/// # Errors
/// If the database fails.
pub fn of_order(tx: &mut Tx<'_>, shop: &str, order: &str) -> Result<Vec<Return>, StoreError> {
    let sql = format!("{} where t.shop = ?1 and t.order_id = ?2 order by t.id", select("t"));
    tx.query(&sql, values![shop, order])?.iter().map(|row| from_row(tx, shop, row)).collect()
}

/// Returns that nobody has answered, the oldest first, at most `limit`.
///
/// # Errors
/// If the database fails.
pub fn waiting(tx: &mut Tx<'_>, shop: &str, limit: u32) -> Result<Vec<Return>, StoreError> {
    // An index holds those that wait, and no others.
    let sql = format!(
        "{} where all_waiting.shop = ?1 and all_waiting.accepted_at is null and all_waiting.declined_at is null
                and all_waiting.refund is null
         order by all_waiting.asked_at, all_waiting.id limit ?2",
        select("all_waiting")
    );
    tx.query(&sql, values![shop, limit])?.iter().map(|row| from_row(tx, shop, row)).collect()
}

/// Answers a return, and tells the buyer.
///
/// # Errors
/// If there is no such return, it has been answered, it is declined without a word, or the database fails.
pub fn answer(
    tx: &mut Tx<'_>,
    shop: &str,
    order: &str,
    id: &str,
    answer: &ReturnAnswer,
    actor: &str,
    now: Instant,
) -> Result<Return, ReturnError> {
    let order = read::get(tx, shop, order)?;
    if find(tx, shop, &order.id, id)?.state != ReturnState::Asked {
        return Err(ReturnError::Answered);
    }
    returns::check_text(&answer.answer)?;
    let text = answer.answer.trim();
    if !answer.accept && text.is_empty() {
        return Err(ReturnError::Unexplained);
    }
    let (column, action) =
        if answer.accept { ("accepted_at", "return.accepted") } else { ("declined_at", "return.declined") };
    let sql = format!("update returns set {column} = ?3, answer = ?4 where shop = ?1 and id = ?2");
    tx.execute(&sql, values![shop, id, now, text])?;
    audit::write(tx, shop, now, actor, action, &version(&order.id), &json!({ "return": id }))?;
    let answered = find(tx, shop, &order.id, id)?;
    order_mail::queue_answer(tx, shop, &order, &answered, now)?;
    Ok(answered)
}

/// Notes the refund that settles a return, which counts as accepted then.
pub(super) fn settle(
    tx: &mut Tx<'_>,
    shop: &str,
    order: &str,
    id: &str,
    refund: &str,
    now: Instant,
) -> Result<(), crate::orders::OrderError> {
    let is_open = of_order(tx, shop, order)?.iter().any(|known| known.id == id && known.state.is_open());
    if !is_open {
        return Err(RefundError::Return(id.to_owned()).into());
    }
    tx.execute(
        "update returns set refund = ?3, accepted_at = coalesce(accepted_at, ?4) where shop = ?1 and id = ?2",
        values![shop, id, refund, now],
    )?;
    Ok(())
}

/// Forgets what was written about returns of an order. Part of erasing its buyer.
pub(super) fn erase(tx: &mut Tx<'_>, shop: &str, order: &str) -> Result<(), StoreError> {
    let sql = "update returns set reason = '', answer = '' where shop = ?1 and order_id = ?2";
    tx.execute(sql, values![shop, order])?;
    Ok(())
}

fn find(tx: &mut Tx<'_>, shop: &str, order: &str, id: &str) -> Result<Return, ReturnError> {
    let known = of_order(tx, shop, order)?.into_iter().find(|known| known.id == id);
    known.ok_or(ReturnError::Unknown)
}

fn from_row(tx: &mut Tx<'_>, shop: &str, row: &Row) -> Result<Return, StoreError> {
    let id = row.text(0)?;
    let (accepted_at, declined_at, refund) = (row.opt_int(4)?, row.opt_int(5)?, row.opt_text(7)?);
    let lines = tx.query(
        "select line, quantity from return_lines where shop = ?1 and return_id = ?2 order by line",
        values![shop, &id],
    )?;
    let line = |row: &Row| Ok(ReturnLine { line: row.text(0)?, quantity: row.uint(1)? });
    Ok(Return {
        order: row.text(1)?,
        state: match () {
            () if refund.is_some() => ReturnState::Refunded,
            () if declined_at.is_some() => ReturnState::Declined,
            () if accepted_at.is_some() => ReturnState::Accepted,
            () => ReturnState::Asked,
        },
        asked_at: row.int(2)?,
        lines: lines.iter().map(line).collect::<Result<_, StoreError>>()?,
        reason: row.text(3)?,
        answered_at: declined_at.or(accepted_at),
        answer: row.text(6)?,
        refund,
        id,
    })
}
