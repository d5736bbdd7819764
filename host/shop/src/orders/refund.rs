//! Money back: by line, units and amount, and for delivery.
//!
//! Every amount is the difference of two cumulative amounts, each a rounded share of what the order recorded. So many
//! small refunds come to exactly what one large refund would, and a line never gives back more than it cost. How much of a
//! refund is money is found the same way: what was paid with points comes back as points, which the extension that took
//! them gives back.

use std::collections::BTreeMap;

use boomerang_engine::contract;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use super::{Order, OrderLine};
use crate::clock::Instant;
use crate::money::{Money, MoneyError, plus, ratio};

/// The longest reason.
pub const LONGEST_REASON: usize = 500;

/// What is to be given back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RefundRequest {
    /// By line.
    pub lines: Vec<LineRequest>,
    /// Value given back for delivery.
    pub delivery: Money,
    /// Why, for the buyer.
    pub reason: String,
    /// The returned units go back into stock.
    pub restock: bool,
    /// The return that it settles.
    pub settles: Option<String>,
}

/// What is to be given back for one line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LineRequest {
    /// The order's line.
    pub line: String,
    /// Units returned; 0 where the buyer keeps them.
    pub quantity: u32,
    /// Value given back; none for what the returned units cost.
    pub amount: Option<Money>,
}

/// A refund of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Refund {
    /// The id.
    pub id: String,
    /// The order.
    pub order: String,
    /// When it was asked for.
    pub at: Instant,
    /// `pending` until the gateway has done it, then `done` or `failed`.
    pub state: RefundState,
    /// By line.
    pub lines: Vec<RefundedLine>,
    /// Value given back for delivery.
    pub delivery: Money,
    /// Value given back in all: money, points and gift cards together.
    pub amount: Money,
    /// The part of it that is money.
    pub money: Money,
    /// Why.
    pub reason: String,
}

/// How far a refund has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RefundState {
    /// The gateway has not confirmed it yet. What it gives back cannot be given back a second time.
    Pending,
    /// The money is on its way.
    Done,
    /// The gateway refused it, so nothing was given back.
    Failed,
}

/// What is given back for one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefundedLine {
    /// The order's line.
    pub line: String,
    /// Units returned.
    pub quantity: u32,
    /// Value given back.
    pub amount: Money,
    /// Value given back for the line in all, this refund included.
    pub amount_so_far: Money,
}

impl Refund {
    /// The refund as extensions see it.
    #[must_use]
    pub fn to_contract(&self) -> contract::Refund {
        let line = |line: &RefundedLine| contract::RefundedLine {
            line: line.line.clone(),
            quantity: line.quantity,
            amount: line.amount,
            amount_so_far: line.amount_so_far,
        };
        contract::Refund {
            id: self.id.clone(),
            lines: self.lines.iter().map(line).collect(),
            delivery: self.delivery,
            reason: self.reason.clone(),
        }
    }
}

/// Why a refund is not possible.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RefundError {
    /// The order has no such line.
    #[error("the order has no line {0:?}; name one of its lines")]
    UnknownLine(String),
    /// A line is named twice.
    #[error("line {0:?} is named twice; name each line once")]
    Twice(String),
    /// More units than were bought and not returned yet.
    #[error("{asked} units of line {line:?} were to be returned and {left} can be; return fewer")]
    Units {
        /// The line.
        line: String,
        /// Units asked for.
        asked: u32,
        /// Units that can be returned.
        left: u32,
    },
    /// More than is left of what a line or the delivery cost, or less than nothing.
    #[error("{asked} was to be given back for {what} and {left} can be; use an amount from 0 to {left}")]
    Amount {
        /// The line, or `delivery`.
        what: String,
        /// Asked for.
        asked: Money,
        /// Possible.
        left: Money,
    },
    /// The refund gives back nothing.
    #[error("the refund gives back nothing; name units or an amount")]
    Nothing,
    /// The reason is too long.
    #[error("a reason has at most {LONGEST_REASON} characters; shorten it")]
    Reason,
    /// The order has no such return, or it is settled or declined.
    #[error("the order has no open return {0:?}; reload it to see those it has")]
    Return(String),
    /// An amount does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// What a request comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// By line.
    pub lines: Vec<RefundedLine>,
    /// Value given back for delivery.
    pub delivery: Money,
    /// Value given back in all.
    pub amount: Money,
    /// The part of it that is money.
    pub money: Money,
}

/// Works out a refund. The order says what was given back before, pending refunds included.
///
/// # Errors
/// If it asks for more than is left, or for nothing.
pub fn plan(order: &Order, request: &RefundRequest) -> Result<Plan, RefundError> {
    if request.reason.chars().count() > LONGEST_REASON {
        return Err(RefundError::Reason);
    }
    let known: BTreeMap<&str, &OrderLine> = order.lines.iter().map(|line| (line.id.as_str(), line)).collect();
    let mut lines: Vec<RefundedLine> = Vec::with_capacity(request.lines.len());
    let (mut amount, mut money) = (0, 0);
    for wanted in &request.lines {
        let line = known.get(wanted.line.as_str()).ok_or_else(|| RefundError::UnknownLine(wanted.line.clone()))?;
        if lines.iter().any(|known| known.line == wanted.line) {
            return Err(RefundError::Twice(wanted.line.clone()));
        }
        let back = line_amount(line, wanted)?;
        let so_far = plus(line.refunded, back)?;
        amount = plus(amount, back)?;
        money = plus(money, line_money(line, so_far)? - line_money(line, line.refunded)?)?;
        lines.push(RefundedLine {
            line: line.id.clone(),
            quantity: wanted.quantity,
            amount: back,
            amount_so_far: so_far,
        });
    }
    let delivery = &order.delivery;
    within("delivery", request.delivery, delivery.total - delivery.refunded)?;
    let delivery_so_far = plus(delivery.refunded, request.delivery)?;
    amount = plus(amount, request.delivery)?;
    let paid = delivery.total - delivery.paid_with_points;
    let delivery_money = part(paid, delivery_so_far, delivery.total)? - part(paid, delivery.refunded, delivery.total)?;
    money = plus(money, delivery_money)?;
    // A line that cost nothing can still come back, with its units.
    if amount == 0 && lines.iter().all(|line| line.quantity == 0) {
        return Err(RefundError::Nothing);
    }
    Ok(Plan { lines, delivery: request.delivery, amount, money })
}

/// Everything that has not been given back yet: for an order that is called off.
#[must_use]
pub fn everything(order: &Order, reason: &str) -> RefundRequest {
    let line = |line: &OrderLine| LineRequest {
        line: line.id.clone(),
        quantity: line.quantity - line.returned,
        amount: Some(line.total - line.refunded),
    };
    RefundRequest {
        lines: order.lines.iter().map(line).collect(),
        delivery: order.delivery.total - order.delivery.refunded,
        reason: reason.to_owned(),
        restock: true,
        settles: None,
    }
}

fn line_amount(line: &OrderLine, wanted: &LineRequest) -> Result<Money, RefundError> {
    let left = line.quantity - line.returned;
    if wanted.quantity > left {
        return Err(RefundError::Units { line: line.id.clone(), asked: wanted.quantity, left });
    }
    let most = line.total - line.refunded;
    if let Some(amount) = wanted.amount {
        within(&format!("line {:?}", line.id), amount, most)?;
        return Ok(amount);
    }
    let of_units = |units: u32| ratio(line.total, i64::from(units), i64::from(line.quantity));
    let units = of_units(line.returned + wanted.quantity)? - of_units(line.returned)?;
    // Less than the units cost is left where an amount was given back before.
    Ok(units.min(most))
}

fn line_money(line: &OrderLine, value: Money) -> Result<Money, MoneyError> {
    part(line.total - line.paid_with_points - line.paid_with_gift_cards, value, line.total)
}

/// The share of `whole` that falls on `value` of `total`.
fn part(whole: Money, value: Money, total: Money) -> Result<Money, MoneyError> {
    if total == 0 { Ok(0) } else { ratio(whole, value, total) }
}

fn within(what: &str, asked: Money, left: Money) -> Result<(), RefundError> {
    if (0..=left).contains(&asked) {
        return Ok(());
    }
    Err(RefundError::Amount { what: what.to_owned(), asked, left })
}

#[cfg(test)]
#[path = "refund_tests.rs"]
mod tests;
