//! How many points somebody may still be given under the merchant's limits.

use alloc::{string::String, vec::Vec};

use boomerang_sdk::types::{Fault, Instant};

use crate::calendar;
use crate::desk::Reads;
use crate::settings::{Limit, LimitedRule};

/// Names of rules, as the ledger keeps them.
pub mod rule {
    /// Points for what was bought.
    pub const PURCHASE: &str = "purchase";
    /// Points for the first order.
    pub const FIRST_ORDER: &str = "first-order";
    /// Points for an account.
    pub const SIGN_UP: &str = "sign-up";
    /// Points on a birthday.
    pub const BIRTHDAY: &str = "birthday";
    /// Points for a review.
    pub const REVIEW: &str = "review";
    /// Points for bringing somebody, and for having been brought.
    pub const REFERRAL: &str = "referral";
}

/// Points that a call has decided to grant already, and that no reading shows yet.
pub type Decided<'a> = [(&'a str, u64)];

/// The most points that `holder` may still be given under `rule`, where they become available at `available_at`.
///
/// Points count in the span in which they become available. Pending ones are in the ledger with that instant, so they
/// count from the moment they are granted, and several orders of one day share that day's limit.
pub fn room(
    desk: &impl Reads,
    limits: &[Limit],
    holder: &str,
    rule: &str,
    available_at: Instant,
    decided: &Decided<'_>,
) -> Result<u64, Fault> {
    let mut room = u64::MAX;
    for limit in limits.iter().filter(|limit| covers(limit.rule, rule)) {
        let (from, until) = calendar::span(desk, limit.per, available_at)?;
        let rules: Vec<String> = ledger_name(limit.rule).into_iter().map(Into::into).collect();
        let earned = desk.earned_between(holder, from, until, &rules)?.max(0) as u64;
        let now = decided.iter().filter(|(rule, _)| covers(limit.rule, rule)).map(|(_, points)| points).sum::<u64>();
        room = room.min(limit.points.saturating_sub(earned).saturating_sub(now));
    }
    Ok(room)
}

fn covers(limited: LimitedRule, rule: &str) -> bool {
    ledger_name(limited).is_none_or(|limited| limited == rule)
}

const fn ledger_name(limited: LimitedRule) -> Option<&'static str> {
    match limited {
        LimitedRule::Everything => None,
        LimitedRule::Purchase => Some(rule::PURCHASE),
        LimitedRule::Review => Some(rule::REVIEW),
        LimitedRule::Referral => Some(rule::REFERRAL),
    }
}
