//! Asks the installations of a shop one after another and keeps account of how it went.

use crate::call::Call;
use crate::call::failure::Failure;
use crate::call::invocation::Invocation;
use crate::engine::Engine;
use crate::installation::Installation;
use crate::report::{CallStats, Refused, Report, SkipReason, Skipped};

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
        let breaker = installation.breaker();
        let config = &self.config().breaker;
        let now = call.context.now;
        let skip = |failure: Failure, opened_breaker| Skipped {
            extension: extension.id().clone(),
            point: I::POINT,
            reason: failure.reason,
            detail: failure.detail,
            opened_breaker,
        };
        if !breaker.admits(I::POINT, now, config) {
            let failure = Failure::new(
                SkipReason::BreakerOpen,
                "it has failed too often lately and is left out for a while; see what it reported before",
            );
            account.skipped.push(skip(failure, false));
            return None;
        }
        let settings = installation.settings().shared();
        let finished = self.run(extension, settings, call, invocation).await;
        account.stats.push(finished.stats);
        account.met_a_fault |= finished.met_a_fault;
        match finished.result {
            Ok(output) => {
                breaker.succeeded(I::POINT);
                Some(output)
            }
            Err(failure) => {
                let opened = if failure.reason.counts_for_breaker() {
                    breaker.failed(I::POINT, now, config)
                } else {
                    breaker.undecided(I::POINT);
                    false
                };
                tracing::warn!(
                    shop = %call.shop, extension = %extension.id(), point = %I::POINT, reason = ?failure.reason,
                    opened_breaker = opened, "skipped an extension: {}", failure.detail
                );
                account.skipped.push(skip(failure, opened));
                None
            }
        }
    }
}
