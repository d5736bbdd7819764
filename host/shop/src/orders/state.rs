//! Which step may follow which: placed → paid → fulfilled → delivered, and cancelled before anything is sent.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Order, OrderError};

/// How far an order has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OrderState {
    /// Its money is kept ready.
    Placed,
    /// Its money was taken.
    Paid,
    /// It was sent.
    Fulfilled,
    /// It arrived.
    Delivered,
    /// It is off.
    Cancelled,
}

impl OrderState {
    /// The state that follows from what has happened.
    #[must_use]
    pub const fn of(paid: bool, fulfilled: bool, delivered: bool, cancelled: bool) -> Self {
        match () {
            () if cancelled => Self::Cancelled,
            () if delivered => Self::Delivered,
            () if fulfilled => Self::Fulfilled,
            () if paid => Self::Paid,
            () => Self::Placed,
        }
    }
}

impl fmt::Display for OrderState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Placed => "placed",
            Self::Paid => "paid",
            Self::Fulfilled => "fulfilled",
            Self::Delivered => "delivered",
            Self::Cancelled => "cancelled",
        })
    }
}

/// Something that happens to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Its money was taken.
    Pay,
    /// It is sent.
    Fulfil,
    /// It arrived.
    Deliver,
    /// It is called off.
    Cancel,
    /// Money is given back.
    Refund,
    /// Its address or its units are changed.
    Change,
}

impl Step {
    const fn word(self) -> &'static str {
        match self {
            Self::Pay => "paid",
            Self::Fulfil => "fulfilled",
            Self::Deliver => "delivered",
            Self::Cancel => "cancelled",
            Self::Refund => "refunded",
            Self::Change => "changed",
        }
    }
}

/// Whether a step is still to be done. A step that was done already is not done again, so repeating one is harmless.
///
/// # Errors
/// If the step may not follow.
pub fn is_due(order: &Order, step: Step) -> Result<bool, OrderError> {
    use OrderState::{Cancelled, Delivered, Fulfilled, Paid, Placed};
    match (step, order.state) {
        (Step::Pay, Placed)
        | (Step::Fulfil, Paid)
        | (Step::Deliver, Fulfilled)
        | (Step::Cancel | Step::Change, Placed | Paid)
        | (Step::Refund, Paid | Fulfilled | Delivered) => Ok(true),
        (Step::Pay, Paid | Fulfilled | Delivered)
        | (Step::Fulfil, Fulfilled | Delivered)
        | (Step::Deliver, Delivered)
        | (Step::Cancel, Cancelled) => Ok(false),
        (step, state) => Err(OrderError::WrongState { state, step: step.word() }),
    }
}
