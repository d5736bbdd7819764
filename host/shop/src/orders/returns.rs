//! What a buyer wants to send back: asked for within the return window, answered by the merchant, settled by a refund.
//!
//! A return moves no money and no goods. It says which units are meant, so that the refund that settles it is filled in
//! already; how far it has come is read off what has happened to it, as with an order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use super::refund::LONGEST_REASON;
use super::{Order, OrderError};
use crate::clock::{DAY, Instant};
use crate::store::StoreError;

/// A return that a buyer has asked for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Return {
    /// The id.
    pub id: String,
    /// The order.
    pub order: String,
    /// How far it has come.
    pub state: ReturnState,
    /// When it was asked for.
    pub asked_at: Instant,
    /// What is to come back.
    pub lines: Vec<ReturnLine>,
    /// Why, in the buyer's words; may be empty, and is once it is erased.
    pub reason: String,
    /// When the merchant answered.
    pub answered_at: Option<Instant>,
    /// What the merchant answered, for the buyer; may be empty.
    pub answer: String,
    /// The refund that settles it.
    pub refund: Option<String>,
}

/// How far a return has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReturnState {
    /// The merchant has not answered yet.
    Asked,
    /// The goods may come back; the money follows.
    Accepted,
    /// The merchant does not take them back.
    Declined,
    /// A refund has settled it.
    Refunded,
}

impl ReturnState {
    /// Its units are spoken for, and its refund is still to come.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Asked | Self::Accepted)
    }
}

/// Units of one line that are to come back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnLine {
    /// The order's line.
    pub line: String,
    /// Units, at least 1.
    #[schema(minimum = 1)]
    pub quantity: u32,
}

/// What a buyer asks to send back.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReturn {
    /// By line.
    pub lines: Vec<ReturnLine>,
    /// Why. Nobody has to say.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub reason: String,
}

/// What the merchant answers.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnAnswer {
    /// The goods may come back.
    pub accept: bool,
    /// For the buyer: where to send them, or why they cannot come back. Must be there to decline.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub answer: String,
}

macro_rules! silent {
    ($($name:ident),*) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(…)"))
            }
        })*
    };
}

// What people write to each other does not print itself.
silent!(Return, NewReturn, ReturnAnswer);

/// Why a return was not taken down or answered. Nothing was changed.
#[derive(Debug, Error)]
pub enum ReturnError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such order.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// There is no such return of this order.
    #[error("the order has no such return; reload it to see those it has")]
    Unknown,
    /// It has not arrived, or was called off.
    #[error("this order has not arrived, so nothing of it can be sent back yet; come back once it has")]
    NotArrived,
    /// The return window is over.
    #[error("the time for returns of this order is over; write to the shop if something is broken")]
    TooLate,
    /// No units were named.
    #[error("nothing is to be sent back; choose how many units of a line")]
    Nothing,
    /// The order has no such line, or it is named twice.
    #[error("a line is named that the order does not have, or one is named twice; reload the order and choose again")]
    Line(String),
    /// More units than are left.
    #[error("{asked} units of one line were to be sent back and {left} can be; choose fewer")]
    Units {
        /// The line.
        line: String,
        /// Units asked for.
        asked: u32,
        /// Units that are neither back nor on their way back.
        left: u32,
    },
    /// The text is too long, or is no plain text.
    #[error("this text has at most {LONGEST_REASON} characters of plain text; shorten it")]
    Text,
    /// It was declined without a word.
    #[error("whoever cannot send something back wants to know why; say it in a sentence")]
    Unexplained,
    /// It has been answered or settled before.
    #[error("this return has been answered already; reload the order to see how")]
    Answered,
}

/// Until when an order can be sent back, with a window of so many days. None while it has not arrived, and where nothing is
/// left of it.
#[must_use]
pub fn until(order: &Order, window_days: u32) -> Option<Instant> {
    let is_left = order.lines.iter().any(|line| line.returned < line.quantity);
    let arrived = order.delivered_at.filter(|_| is_left && order.cancelled_at.is_none());
    arrived.map(|delivered| delivered + i64::from(window_days) * DAY)
}

/// Units of each line that are neither back nor on their way back.
#[must_use]
pub fn left<'a>(order: &'a Order, returns: &[Return]) -> BTreeMap<&'a str, u32> {
    let spoken_for = |line: &str| -> u32 {
        let open = returns.iter().filter(|one| one.state.is_open()).flat_map(|one| &one.lines);
        open.filter(|wanted| wanted.line == line).map(|wanted| wanted.quantity).sum()
    };
    let left = |line: &'a super::OrderLine| {
        let here = line.quantity.saturating_sub(line.returned);
        (line.id.as_str(), here.saturating_sub(spoken_for(&line.id)))
    };
    order.lines.iter().map(left).collect()
}

/// Whether a return can be taken down, beside those there are.
///
/// # Errors
/// If it is too early or too late, or names what cannot be sent back.
pub fn check(
    order: &Order,
    returns: &[Return],
    new: &NewReturn,
    window_days: u32,
    now: Instant,
) -> Result<(), ReturnError> {
    if order.delivered_at.is_none() || order.cancelled_at.is_some() {
        return Err(ReturnError::NotArrived);
    }
    if until(order, window_days).is_some_and(|until| now >= until) {
        return Err(ReturnError::TooLate);
    }
    check_text(&new.reason)?;
    if new.lines.is_empty() {
        return Err(ReturnError::Nothing);
    }
    let mut left = left(order, returns);
    for wanted in &new.lines {
        let left = left.remove(wanted.line.as_str()).ok_or_else(|| ReturnError::Line(wanted.line.clone()))?;
        if wanted.quantity == 0 {
            return Err(ReturnError::Nothing);
        }
        if wanted.quantity > left {
            return Err(ReturnError::Units { line: wanted.line.clone(), asked: wanted.quantity, left });
        }
    }
    Ok(())
}

/// Whether a text can stand in a return.
///
/// # Errors
/// If it is too long, or holds control characters other than line breaks.
pub fn check_text(text: &str) -> Result<(), ReturnError> {
    let is_plain = |letter: char| !letter.is_control() || matches!(letter, '\n' | '\r');
    let fits = text.chars().count() <= LONGEST_REASON && text.chars().all(is_plain);
    if fits { Ok(()) } else { Err(ReturnError::Text) }
}

#[cfg(test)]
#[path = "returns_tests.rs"]
mod tests;
