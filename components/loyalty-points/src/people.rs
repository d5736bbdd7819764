//! Points for what customers do besides buying.

use alloc::{string::String, vec::Vec};

use boomerang_sdk::attribute;
use boomerang_sdk::joined;
use boomerang_sdk::points_ledger::Grant;
use boomerang_sdk::types::{CustomerEvent, Fault, Instant};

use crate::calendar;
use crate::desk::Writes;
use crate::limits::{self, rule};
use crate::member::Member;
use crate::settings::{Settings, SignUpOn};

/// Points for an occasion that is no order.
#[derive(Clone, Debug)]
pub struct Bonus<'a> {
    /// Which rule gives them.
    pub rule: &'a str,
    /// How many, before limits.
    pub points: u32,
    /// Unique in this extension.
    pub key: String,
    /// Why, for the customer.
    pub reason: &'a str,
    /// When it happened: limits count in the span around it.
    pub at: Instant,
    /// When they can be spent.
    pub available_at: Instant,
}

/// Acts on something a customer did.
pub fn on_event(desk: &impl Writes, settings: &Settings, event: &CustomerEvent) -> Result<(), Fault> {
    let bonuses = &settings.bonuses;
    let customer = &event.customer;
    match (event.topic.as_str(), bonuses.sign_up_on) {
        ("registered", SignUpOn::Registered) | ("verified", SignUpOn::Verified) => {
            let bonus = Bonus {
                rule: rule::SIGN_UP,
                points: bonuses.sign_up,
                key: joined!("customer/", customer, "/sign-up"),
                reason: "Welcome",
                at: event.occurred_at,
                available_at: event.occurred_at,
            };
            give(desk, settings, customer, bonus)
        }
        ("review-published", _) => {
            let product = attribute(&event.attributes, "product").unwrap_or_default();
            let bonus = Bonus {
                rule: rule::REVIEW,
                points: bonuses.review,
                key: joined!("review/", customer, "/", product),
                reason: "Thank you for your review",
                at: event.occurred_at,
                available_at: event.occurred_at,
            };
            give(desk, settings, customer, bonus)
        }
        ("referred", _) => refer(desk, settings, event),
        _ => Ok(()),
    }
}

/// Gives both sides of a referral their points, once for each customer that was brought. They stay pending for the refund
/// window, as those of the order that a referral is about.
fn refer(desk: &impl Writes, settings: &Settings, event: &CustomerEvent) -> Result<(), Fault> {
    let customer = &event.customer;
    let Some(by) = attribute(&event.attributes, "by") else { return Ok(()) };
    let (Some(referrer), Some(referred)) = (desk.profile(by)?, desk.profile(customer)?) else { return Ok(()) };
    if referrer.id == referred.id || referrer.contact == referred.contact || referrer.blocked || referred.blocked {
        return Ok(());
    }
    let once = joined!("referred/", customer);
    if desk.recall(&once)?.is_some() {
        return Ok(());
    }
    desk.remember(&once, by.as_bytes())?;
    let available_at = calendar::window_end(event.occurred_at, settings.earning.pending_days);
    let sides = [
        (by, settings.bonuses.referrer, "by", "Thank you for recommending us"),
        (customer, settings.bonuses.referred, "of", "Welcome: you came by recommendation"),
    ];
    for (holder, points, side, reason) in sides {
        let key = joined!("referral/", customer, "/", side);
        let at = event.occurred_at;
        give(desk, settings, holder, Bonus { rule: rule::REFERRAL, points, key, reason, at, available_at })?;
    }
    Ok(())
}

/// Grants a bonus within the merchant's limits; nothing to somebody who is shut out.
pub fn give(desk: &impl Writes, settings: &Settings, customer: &str, bonus: Bonus<'_>) -> Result<(), Fault> {
    if bonus.points == 0 || Member::customer(desk, customer)?.is_none() {
        return Ok(());
    }
    let Bonus { rule, key, reason, at, available_at, .. } = bonus;
    let room = limits::room(desk, &settings.earning.limits, customer, rule, at, &[])?;
    let points = u64::from(bonus.points).min(room);
    if points == 0 {
        return Ok(());
    }
    desk.earn(&Grant {
        holder: customer.into(),
        points,
        key,
        rule: rule.into(),
        reason: reason.into(),
        order: None,
        lines: Vec::new(),
        available_at: Some(available_at),
        expires_at: calendar::expires_at(desk, &settings.expiry, available_at)?,
    })?;
    limits::note(desk, &settings.earning.limits, customer, at, &[(rule, points)])
}
