//! What extensions cost and how they fail, since the program started. Kept in memory: it is a gauge, not a record.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use boomerang_engine::{CallStats, Point, Refused, SkipReason, Skipped};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::Instant;

/// Calls that the percentiles are taken over.
const RECENT: usize = 512;

/// What an extension of a shop has cost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Cost {
    /// Calls since the program started.
    pub calls: u64,
    /// Those that gave no answer.
    pub failures: u64,
    /// The usual time of the latest calls, in microseconds.
    pub p50_micros: u64,
    /// The time that 99 in 100 of the latest calls stayed below, in microseconds.
    pub p99_micros: u64,
    /// The latest failure.
    pub last_failure: Option<Failure>,
    /// Parts of its answers that broke a rule of the shop and were left out.
    pub refusals: u64,
    /// The latest of them.
    pub last_refusal: Option<Failure>,
}

/// Why an extension gave no answer, or why a part of its answer was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Failure {
    /// When.
    pub at: Instant,
    /// What it was asked: the id of the extension point.
    pub point: String,
    /// Why, for the merchant.
    pub detail: String,
}

#[derive(Default)]
struct Gauge {
    calls: u64,
    failures: u64,
    recent: VecDeque<u64>,
    last_failure: Option<Failure>,
    refusals: u64,
    last_refusal: Option<Failure>,
}

/// The gauges of all shops.
#[derive(Default)]
pub struct Stats(Mutex<HashMap<(String, String), Gauge>>);

impl Stats {
    /// Notes what a chain of calls cost and who failed.
    pub fn record(&self, shop: &str, now: Instant, stats: &[CallStats], skipped: &[Skipped]) {
        let mut gauges = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for call in stats {
            let gauge = gauges.entry((shop.to_owned(), call.extension.to_string())).or_default();
            gauge.calls += 1;
            if gauge.recent.len() == RECENT {
                gauge.recent.pop_front();
            }
            gauge.recent.push_back(call.micros);
        }
        // Who is left out was not asked: that is no failure of its own, and would hide the one that led to it.
        for skip in skipped.iter().filter(|skip| skip.reason != SkipReason::BreakerOpen) {
            let gauge = gauges.entry((shop.to_owned(), skip.extension.to_string())).or_default();
            gauge.fail(now, skip.point, skip.detail.clone());
        }
    }

    /// Notes parts of answers that were left out.
    pub fn record_refused(&self, shop: &str, now: Instant, refused: &[Refused]) {
        let mut gauges = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for part in refused {
            let gauge = gauges.entry((shop.to_owned(), part.extension.to_string())).or_default();
            gauge.refusals += 1;
            let (point, detail) = (part.point.id().to_owned(), part.reason.clone());
            gauge.last_refusal = Some(Failure { at: now, point, detail });
        }
    }

    /// Notes a handler that failed.
    pub fn record_failure(&self, shop: &str, extension: &str, now: Instant, point: Point, detail: String) {
        let mut gauges = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        gauges.entry((shop.to_owned(), extension.to_owned())).or_default().fail(now, point, detail);
    }

    /// What an extension of a shop has cost.
    #[must_use]
    pub fn of(&self, shop: &str, extension: &str) -> Cost {
        let gauges = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(gauge) = gauges.get(&(shop.to_owned(), extension.to_owned())) else { return Cost::default() };
        let mut recent: Vec<u64> = gauge.recent.iter().copied().collect();
        recent.sort_unstable();
        let at = |hundredths: usize| {
            let place = (recent.len() * hundredths).div_ceil(100).saturating_sub(1);
            recent.get(place).copied().unwrap_or(0)
        };
        Cost {
            calls: gauge.calls,
            failures: gauge.failures,
            p50_micros: at(50),
            p99_micros: at(99),
            last_failure: gauge.last_failure.clone(),
            refusals: gauge.refusals,
            last_refusal: gauge.last_refusal.clone(),
        }
    }
}

impl Gauge {
    fn fail(&mut self, at: Instant, point: Point, detail: String) {
        self.failures += 1;
        self.last_failure = Some(Failure { at, point: point.id().to_owned(), detail });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(micros: u64) -> CallStats {
        CallStats { extension: "a".into(), point: Point::CartPricing, micros, fuel: 0, log: Vec::new() }
    }

    #[test]
    fn percentiles_are_of_the_latest_calls_of_one_shop() {
        let stats = Stats::default();
        let calls: Vec<_> = (1..=100).map(call).collect();
        stats.record("s", 0, &calls, &[]);
        stats.record("other", 0, &[call(9_999)], &[]);
        let cost = stats.of("s", "a");
        assert_eq!((cost.calls, cost.p50_micros, cost.p99_micros, cost.failures), (100, 50, 99, 0));
        stats.record("s", 0, &vec![call(7); RECENT], &[]);
        assert_eq!(stats.of("s", "a").p99_micros, 7);
    }

    fn skip(reason: SkipReason, detail: &str) -> Skipped {
        let detail = detail.to_owned();
        Skipped { extension: "a".into(), point: Point::CartPricing, reason, detail, opened_breaker: false }
    }

    #[test]
    fn a_failure_is_counted_and_the_latest_kept() {
        let stats = Stats::default();
        stats.record("s", 1, &[], &[skip(SkipReason::Trapped, "first")]);
        stats.record("s", 2, &[], &[skip(SkipReason::Fault, "second")]);
        let cost = stats.of("s", "a");
        assert_eq!((cost.failures, cost.last_failure.unwrap().detail.as_str()), (2, "second"));
        assert_eq!(stats.of("s", "b"), Cost::default());
    }

    #[test]
    fn being_left_out_is_no_failure_and_does_not_hide_what_led_to_it() {
        let stats = Stats::default();
        stats.record("s", 1, &[], &[skip(SkipReason::Trapped, "it ran into a trap")]);
        stats.record("s", 2, &[], &[skip(SkipReason::BreakerOpen, "it has failed too often lately")]);
        let cost = stats.of("s", "a");
        assert_eq!((cost.failures, cost.last_failure.unwrap().detail.as_str()), (1, "it ran into a trap"));
    }

    #[test]
    fn what_was_left_out_of_an_answer_is_counted_apart_from_failures() {
        let stats = Stats::default();
        let part = |reason: &str| Refused {
            extension: "a".into(),
            point: Point::StorefrontBlocks,
            index: 0,
            reason: reason.into(),
        };
        stats.record_refused("s", 1, &[part("first"), part("second")]);
        let cost = stats.of("s", "a");
        assert_eq!((cost.refusals, cost.failures, cost.last_failure), (2, 0, None));
        let last = cost.last_refusal.unwrap();
        assert_eq!((last.at, last.point.as_str(), last.detail.as_str()), (1, "storefront-blocks", "second"));
    }
}
