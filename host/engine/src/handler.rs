//! Handlers: calls for events and schedules, whose writes come back as effects for the vendor to commit.

use serde::Serialize;
use thiserror::Error;

use crate::call::Call;
use crate::call::failure::Failure;
use crate::call::invocation::{Invocation, OnCustomerEvent, OnOrderEvent, OnTick};
use crate::call::run::Finished;
use crate::capability::ReadVersion;
use crate::contract::{CustomerEvent, OrderEvent, Tick};
use crate::effect::Effect;
use crate::engine::Engine;
use crate::id::Id;
use crate::installation::Installation;
use crate::report::{CallStats, SkipReason};

/// Bytes of a cursor.
const CURSOR: usize = 1_024;

/// What a handler wants done. Nothing of it has happened yet: commit all of it, with the event's acknowledgement, in one
/// transaction.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HandlerOutcome {
    /// Writes, in the order in which they were made.
    pub effects: Vec<Effect>,
    /// Versions of what was read. The commit is void if one of them is no longer current.
    pub reads: Vec<ReadVersion>,
    /// For `schedule`: where the next page begins; none ends the tick.
    pub next_cursor: Option<String>,
    /// What the call cost and logged.
    pub stats: CallStats,
}

/// A handler that gave no outcome. The event stays where it is and is tried again.
///
/// With [`SkipReason::BreakerOpen`] and [`SkipReason::Busy`] it was not called at all, which is no attempt.
#[derive(Clone, Debug, Error, PartialEq, Serialize)]
#[error("{extension} failed at {} ({reason:?}): {detail}", stats.point)]
pub struct HandlerFailure {
    /// The extension's id.
    pub extension: Id,
    /// Why, for programs.
    pub reason: SkipReason,
    /// Why, for the merchant and the plugin developer. Untrusted text in it is cut short and escaped.
    pub detail: String,
    /// What the call cost and logged.
    pub stats: CallStats,
}

impl Engine {
    /// Tells an installation about an order.
    ///
    /// # Errors
    /// The handler failed: nothing is to be committed.
    pub async fn handle_order_event(
        &self,
        installation: &Installation,
        call: &Call,
        event: &OrderEvent,
    ) -> Result<HandlerOutcome, HandlerFailure> {
        let finished = self.handle(installation, call, &OnOrderEvent { event }).await;
        outcome(finished).map(|(outcome, ())| outcome)
    }

    /// Tells an installation about a customer.
    ///
    /// # Errors
    /// The handler failed: nothing is to be committed.
    pub async fn handle_customer_event(
        &self,
        installation: &Installation,
        call: &Call,
        event: &CustomerEvent,
    ) -> Result<HandlerOutcome, HandlerFailure> {
        let finished = self.handle(installation, call, &OnCustomerEvent { event }).await;
        outcome(finished).map(|(outcome, ())| outcome)
    }

    /// Lets an installation do one page of scheduled work.
    ///
    /// # Errors
    /// The handler failed: nothing is to be committed.
    pub async fn handle_tick(
        &self,
        installation: &Installation,
        call: &Call,
        tick: &Tick,
    ) -> Result<HandlerOutcome, HandlerFailure> {
        let finished = self.handle(installation, call, &OnTick { tick }).await;
        outcome(finished).map(|(outcome, next_cursor)| HandlerOutcome { next_cursor, ..outcome })
    }

    async fn handle<I: Invocation>(
        &self,
        installation: &Installation,
        call: &Call,
        invocation: &I,
    ) -> Finished<I::Output> {
        match self.guarded(installation, call, invocation).await {
            Some(guarded) => guarded.finished,
            None => Finished::not_called(installation.extension(), I::POINT, Failure::left_out()),
        }
    }
}

fn outcome<T>(finished: Finished<T>) -> Result<(HandlerOutcome, T), HandlerFailure> {
    let Finished { result, effects, reads, stats, .. } = finished;
    match result {
        Ok(output) => Ok((HandlerOutcome { effects, reads, next_cursor: None, stats }, output)),
        Err(Failure { reason, detail }) => {
            let extension = stats.extension.clone();
            Err(HandlerFailure { extension, reason, detail, stats })
        }
    }
}

/// The rules for a cursor: short, and never the one that was just done, or a tick would have no end.
pub(crate) fn check_cursor(ask: &OnTick<'_>, next: &Option<String>) -> Result<(), String> {
    match next {
        Some(next) if next.len() > CURSOR => Err(format!("the cursor has {} bytes; at most {CURSOR}", next.len())),
        Some(next) if ask.tick.cursor.as_ref() == Some(next) => {
            Err("the cursor is the one of the page just done; a tick would never end".into())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tick_comes_to_an_end() {
        let tick = Tick { id: "t1".into(), name: "warn".into(), due_at: 0, cursor: Some("page-2".into()) };
        let ask = OnTick { tick: &tick };
        assert!(check_cursor(&ask, &None).is_ok());
        assert!(check_cursor(&ask, &Some("page-3".into())).is_ok());
        assert!(check_cursor(&ask, &Some("page-2".into())).is_err());
        assert!(check_cursor(&ask, &Some("x".repeat(CURSOR + 1))).is_err());
    }
}
