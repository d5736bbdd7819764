//! How many points somebody may still be given under the merchant's limits.

use alloc::{string::String, vec::Vec};

use boomerang_sdk::joined;
use boomerang_sdk::types::{Fault, Instant};

use crate::calendar;
use crate::desk::{Reads, Writes};
use crate::fields::Choice;
use crate::settings::{Limit, LimitedRule, Span};

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

/// Rules whose points are pending at first. The ledger tells of points only once they are available, so what these have
/// given in a span is noted here. Points that are taken back make no room again.
const NOTED: [&str; 3] = [rule::PURCHASE, rule::FIRST_ORDER, rule::REFERRAL];

/// Rules whose points are available at once: the ledger tells what they have given in a span.
const AT_ONCE: [&str; 3] = [rule::SIGN_UP, rule::BIRTHDAY, rule::REVIEW];

/// Points that a call has decided to grant, by rule.
pub type Decided<'a> = [(&'a str, u64)];

/// The most points that `holder` may still be given under `rule` at an instant, where `decided` is about to be granted.
pub fn room(
    desk: &impl Reads,
    limits: &[Limit],
    holder: &str,
    rule: &str,
    at: Instant,
    decided: &Decided<'_>,
) -> Result<u64, Fault> {
    let mut room = u64::MAX;
    for limit in limits.iter().filter(|limit| covers(limit.rule, rule)) {
        let (from, until) = calendar::span(desk, limit.per, at)?;
        let rules: Vec<String> = AT_ONCE.into_iter().filter(|rule| covers(limit.rule, rule)).map(Into::into).collect();
        // No rules at all would mean every rule.
        let told = if rules.is_empty() { 0 } else { desk.earned_between(holder, from, until, &rules)?.max(0) as u64 };
        let used = told + noted(desk, &key(limit, holder), from)? + sum(limit, decided);
        room = room.min(limit.points.saturating_sub(used));
    }
    Ok(room)
}

/// Notes what has been granted, for the limits that the ledger cannot tell.
pub fn note(
    desk: &impl Writes,
    limits: &[Limit],
    holder: &str,
    at: Instant,
    granted: &Decided<'_>,
) -> Result<(), Fault> {
    for limit in limits {
        let granted: u64 = sum(limit, granted);
        if granted == 0 {
            continue;
        }
        let (from, _) = calendar::span(desk, limit.per, at)?;
        let key = key(limit, holder);
        let points = noted(desk, &key, from)?.saturating_add(granted);
        desk.remember(&key, &[from.to_le_bytes(), points.to_le_bytes()].concat())?;
    }
    Ok(())
}

/// Points that rules of [`NOTED`] give under a limit.
fn sum(limit: &Limit, decided: &Decided<'_>) -> u64 {
    let counted = decided.iter().filter(|(rule, _)| NOTED.contains(rule) && covers(limit.rule, rule));
    counted.map(|(_, points)| *points).sum()
}

/// One note for each limit and holder: where its span began, and the points given in it.
fn key(limit: &Limit, holder: &str) -> String {
    let (rule, span) = (LimitedRule::NAMES[limit.rule.position()], Span::NAMES[limit.per.position()]);
    joined!("limit/", rule, "/", span, "/", holder)
}

/// The points noted for the span that begins at `from`; a note of an earlier span counts no more.
fn noted(desk: &impl Reads, key: &str, from: Instant) -> Result<u64, Fault> {
    let note = desk.recall(key)?.unwrap_or_default();
    let Some((began, points)) =
        note.split_first_chunk().zip(note.last_chunk()).map(|((began, _), points)| (began, points))
    else {
        return Ok(0);
    };
    Ok(if Instant::from_le_bytes(*began) == from { u64::from_le_bytes(*points) } else { 0 })
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
