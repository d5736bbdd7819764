//! Asks the installations of a shop one after another and keeps account of how it went.

use crate::call::Call;
use crate::call::failure::Failure;
use crate::call::guarded::Guarded;
use crate::call::invocation::Invocation;
use crate::engine::Engine;
use crate::installation::Installation;
use crate::report::{CallStats, Refused, Report, Skipped};

/// The account of a chain: everything of a [`Report`] but its value.
#[derive(Debug, Default)]
pub(crate) struct Account {
    pub(crate) skipped: Vec<Skipped>,
    pub(crate) refused: Vec<Refused>,
    pub(crate) stats: Vec<CallStats>,
    /// Some answer was made although the vendor could not answer something.
    met_a_fault: bool,
}

impl Account {
    /// The report of a chain that made `value`.
    pub(crate) fn report<T>(self, value: T) -> Report<T> {
        Report { value, skipped: self.skipped, refused: self.refused, stats: self.stats, is_repeated: false }
    }

    /// The same question will get the same answer: everybody answered, and so did every capability they asked.
    pub(crate) fn is_repeatable(&self) -> bool {
        self.skipped.is_empty() && !self.met_a_fault
    }

    /// Notes a part of an answer that is left out.
    pub(crate) fn refuse<I: Invocation>(
        &mut self,
        installation: &Installation,
        index: usize,
        reason: impl Into<String>,
    ) {
        self.refused.push(Refused {
            extension: installation.extension().id().clone(),
            point: I::POINT,
            index,
            reason: reason.into(),
        });
    }
}

impl Engine {
    /// Asks one installation. None if it does not have the point, or gave no answer, which is noted.
    pub(crate) async fn ask<I: Invocation>(
        &self,
        installation: &Installation,
        call: &Call,
        invocation: &I,
        account: &mut Account,
    ) -> Option<I::Output> {
        if !installation.exports(I::POINT) {
            return None;
        }
        let extension = installation.extension();
        let skip = |failure: Failure, opened_breaker| Skipped {
            extension: extension.id().clone(),
            point: I::POINT,
            reason: failure.reason,
            detail: failure.detail,
            opened_breaker,
        };
        let Some(Guarded { finished, opened_breaker }) = self.guarded(installation, call, invocation).await else {
            account.skipped.push(skip(Failure::left_out(), false));
            return None;
        };
        account.stats.push(finished.stats);
        account.met_a_fault |= finished.met_a_fault;
        match finished.result {
            Ok(output) => Some(output),
            Err(failure) => {
                tracing::warn!(
                    shop = %call.shop, extension = %extension.id(), point = %I::POINT, reason = ?failure.reason,
                    opened_breaker, "skipped an extension: {}", failure.detail
                );
                account.skipped.push(skip(failure, opened_breaker));
                None
            }
        }
    }
}
