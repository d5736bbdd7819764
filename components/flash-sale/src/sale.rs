//! What a sale says at an instant. Prices and timers both come from here and from nowhere else.

use alloc::string::String;

use boomerang_sdk::money::{WHOLE, ratio, share};
use boomerang_sdk::types::{Fault, Instant, Money};

use crate::plan::{CartPolicy, Cut, Sale};
use crate::shop::Shopper;

/// The circumstances in which somebody asks for a price.
#[derive(Debug, Clone, Copy, Default)]
pub struct Moment {
    /// Now.
    pub now: Instant,
    /// When the goods were put into the cart; none where they are only looked at.
    pub added_at: Option<Instant>,
    /// When the shopper opened checkout with this cart.
    pub checkout_since: Option<Instant>,
}

/// A sale's price, to be had by this shopper now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Offer {
    /// When it ends for this shopper and cart.
    pub until: Instant,
    /// It is not there for everybody yet.
    pub early: bool,
}

impl Sale {
    /// The instants between which the sale can concern anybody at all.
    pub fn may_apply(&self, now: Instant) -> bool {
        let first = self.early.as_ref().map_or(self.window.starts_at, |early| early.starts_at);
        first <= now && now < self.last_end()
    }

    /// The sale's one truth: whether a shopper gets its price at a moment, and until when.
    pub fn offer(&self, moment: &Moment, shopper: &Shopper<'_>) -> Result<Option<Offer>, Fault> {
        if !self.may_apply(moment.now) {
            return Ok(None);
        }
        if moment.now < self.window.ends_at {
            return Ok(self
                .open_to(moment.now, shopper)?
                .then_some(Offer { until: self.window.ends_at, early: moment.now < self.window.starts_at }));
        }
        let since = match self.policy {
            CartPolicy::Live => None,
            CartPolicy::Locked(_) => moment.added_at,
            CartPolicy::Grace(_) => moment.checkout_since,
        };
        let kept = match since {
            Some(at) => at < self.window.ends_at && self.open_to(at, shopper)?,
            None => false,
        };
        Ok(kept.then_some(Offer { until: self.last_end(), early: false }))
    }

    /// The price of one unit. Never above what it costs without the sale, and never below the margin floor where the
    /// merchant's own cost is known.
    pub fn price(&self, unit: Money, cost: Option<Money>) -> Money {
        let reduced = match self.cut {
            Cut::Percent(basis_points) => unit - share(unit, basis_points),
            Cut::Fixed(price) => price,
        };
        let floor = match (self.margin_floor, cost) {
            // Rounded up, so that the margin is kept to the cent.
            (Some(margin), Some(cost)) => -ratio(-cost, u64::from(WHOLE) + u64::from(margin), u64::from(WHOLE)),
            _ => 0,
        };
        reduced.max(floor).min(unit)
    }

    /// What the counters of the units at this price are called, of which each variant has its own.
    pub fn stock_name(&self) -> String {
        ["sale/", &self.id].concat()
    }

    /// The counter of the units of one variant.
    pub fn stock_counter(&self, variant: &str) -> String {
        ["sale/", &self.id, "/", variant].concat()
    }

    /// The counter of the units that one shopper has had.
    pub fn shopper_counter(&self) -> String {
        ["sale/", &self.id, "/each"].concat()
    }

    fn open_to(&self, at: Instant, shopper: &Shopper<'_>) -> Result<bool, Fault> {
        if self.window.contains(at) {
            return Ok(true);
        }
        match &self.early {
            Some(early) if early.starts_at <= at && at < self.window.starts_at => shopper.belongs_to(early),
            _ => Ok(false),
        }
    }

    fn last_end(&self) -> Instant {
        match self.policy {
            CartPolicy::Live => self.window.ends_at,
            CartPolicy::Locked(kept) | CartPolicy::Grace(kept) => self.window.ends_at.saturating_add(kept),
        }
    }
}
