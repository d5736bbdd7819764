//! The price before a reduction (EU directive 98/6, Art. 6a; CJEU C-330/23): the lowest that applied to everybody in the
//! 30 days before it, the price already in force when that span begins included, and nothing of the reduction itself.
//!
//! Two things are known of a variant: every change of its catalogue price, and the sale prices that pages showed to
//! somebody unknown, with the ordinary price that came after them. Prices for one person or for members are never recorded, so they cannot count.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::clock::{DAY, Instant};
use crate::money::Money;
use crate::shops::PriorPricePolicy;

/// A reduction is over when its price has been away for so long. One that is sold out for as long as others have it in their
/// carts goes on.
const INTERRUPTION: Instant = DAY;

/// From `at` on the catalogue asks this price; none from when the variant is not on sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceChange {
    /// When it took effect.
    pub at: Instant,
    /// The price.
    pub price: Option<Money>,
}

/// A sale price that pages showed to somebody unknown, or the ordinary price after one, from `first_seen` to `last_seen`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// The price of one unit.
    pub price: Money,
    /// When it was first shown.
    pub first_seen: Instant,
    /// When it was last shown.
    pub last_seen: Instant,
}

/// What is known of a variant's prices, each list oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceHistory {
    /// Changes of the catalogue price.
    pub changes: Vec<PriceChange>,
    /// Public sale prices, and what came after them.
    pub observations: Vec<Observation>,
}

/// What the rule asks about a variant besides its prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Goods {
    /// When it was first offered.
    pub offered_since: Instant,
    /// It perishes soon.
    pub perishable: bool,
}

/// Why no prior price can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoPriorPrice {
    /// It has not been on the market long enough.
    #[error("the product has not been offered long enough before the reduction; show the price without a comparison")]
    TooNew,
    /// It was not on sale in the span that counts.
    #[error("the product was not on sale in the days before the reduction; show the price without a comparison")]
    NotOnSale,
}

/// A "was" price that a page is about to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// The price it claims was asked before.
    pub was: Money,
    /// The price that everybody is asked now.
    pub public: Money,
    /// The price that the page asks now: lower than `public` for somebody with early access.
    pub shown: Money,
    /// When it says that the reduction began.
    pub reduced_since: Instant,
}

/// Why a "was" price must not be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum UnlawfulWas {
    /// The reduction has not begun.
    #[error("the reduction begins later; show the comparison only from its beginning on")]
    NotYet,
    /// The price is not lower than the claimed one.
    #[error("the price is not below the one it is compared with; show it without a comparison")]
    NoReduction,
    /// There is no prior price.
    #[error(transparent)]
    NoPriorPrice(#[from] NoPriorPrice),
    /// Another price was the lowest.
    #[error("the lowest price before the reduction was {lowest}, not {claimed}; compare with the lowest")]
    NotTheLowest {
        /// The lowest price of the span that counts.
        lowest: Money,
        /// The one that was claimed.
        claimed: Money,
    },
    /// The price went back up after `reduced_since` and was reduced again.
    #[error("the price went back up after the beginning named; name the beginning of the present reduction")]
    Interrupted,
    /// The reduced price changed after `reduced_since`, so that the present reduction is a newer one.
    #[error("the reduced price changed after the beginning named; name the beginning of the present reduction")]
    Stepped,
}

impl PriceHistory {
    /// The lowest price that applied in [`from`, `until`), the one in force at `from` included.
    #[must_use]
    pub fn lowest(&self, from: Instant, until: Instant) -> Option<Money> {
        let in_force = self.changes.iter().rev().find(|change| change.at <= from).and_then(|change| change.price);
        let within = self.changes.iter().filter(|change| from < change.at && change.at < until);
        let shown = self.observations.iter().filter(|seen| seen.first_seen < until && seen.last_seen >= from);
        let prices = in_force.into_iter().chain(within.filter_map(|change| change.price));
        if from < until { prices.chain(shown.map(|seen| seen.price)).min() } else { None }
    }

    /// The prior price of a reduction that begins at `start`, under a shop's policy.
    ///
    /// # Errors
    /// If the law knows none, so that no comparison may be shown.
    pub fn prior_price(
        &self,
        start: Instant,
        goods: Goods,
        policy: &PriorPricePolicy,
        zone: &TimeZone,
    ) -> Result<Money, NoPriorPrice> {
        let lowest = |from| self.lowest(from, start).ok_or(NoPriorPrice::NotOnSale);
        if goods.perishable && policy.perishables_exempt {
            return lowest(start.saturating_sub(1));
        }
        let from = days_before(start, policy.days, zone);
        if goods.offered_since > from {
            let enough = policy.new_goods_days.map(|days| days_before(start, days, zone));
            if enough.is_none_or(|latest| goods.offered_since > latest) {
                return Err(NoPriorPrice::TooNew);
            }
        }
        lowest(from)
    }

    /// Whether a page may show a "was" price at `now`.
    ///
    /// A price for one person or for members is no step of a reduction: only the lowest price before it binds it.
    ///
    /// # Errors
    /// The reason why it must not, in words for the merchant.
    pub fn check(
        &self,
        claimed: Claimed,
        now: Instant,
        goods: Goods,
        policy: &PriorPricePolicy,
        zone: &TimeZone,
    ) -> Result<(), UnlawfulWas> {
        if claimed.reduced_since > now {
            return Err(UnlawfulWas::NotYet);
        }
        if claimed.shown >= claimed.was {
            return Err(UnlawfulWas::NoReduction);
        }
        let lowest = self.prior_price(claimed.reduced_since, goods, policy, zone)?;
        // Goods that are free of the rule may keep to it all the same.
        let strict = PriorPricePolicy { perishables_exempt: false, ..*policy };
        let is_lowest = |lowest| lowest == claimed.was;
        if !is_lowest(lowest) && !self.prior_price(claimed.reduced_since, goods, &strict, zone).is_ok_and(is_lowest) {
            return Err(UnlawfulWas::NotTheLowest { lowest, claimed: claimed.was });
        }
        if claimed.public >= claimed.was {
            return Ok(());
        }
        let steps = self.steps(claimed, now).ok_or(UnlawfulWas::Interrupted)?;
        let lawful = if policy.progressive {
            steps.windows(2).all(|pair| pair[1] <= pair[0])
        } else {
            steps.iter().all(|price| *price == claimed.public)
        };
        if lawful { Ok(()) } else { Err(UnlawfulWas::Stepped) }
    }

    /// The public prices since the reduction that is claimed, the present one last: sale prices that were seen, and what
    /// the catalogue asked where that was the reduction. None if it was over in between, for long enough that it was not
    /// just sold out for a while.
    fn steps(&self, claimed: Claimed, now: Instant) -> Option<Vec<Money>> {
        let since = claimed.reduced_since;
        let asked = |at, price| Observation { price, first_seen: at, last_seen: at };
        let seen = self.observations.iter().filter(|seen| seen.last_seen >= since && seen.first_seen <= now);
        let changed = self.changes.iter().filter(|change| (since..=now).contains(&change.at));
        let changed = changed.filter_map(|change| Some(asked(change.at, change.price?)));
        let mut seen: Vec<_> = seen.copied().chain(changed.filter(|asked| asked.price < claimed.was)).collect();
        seen.sort_by_key(|seen| seen.first_seen);
        let (mut steps, mut reduced_until, mut went_back) = (Vec::new(), since, false);
        for seen in seen.into_iter().chain([asked(now, claimed.public)]) {
            if seen.price >= claimed.was {
                went_back = true;
                continue;
            }
            if went_back && seen.first_seen - reduced_until >= INTERRUPTION {
                return None;
            }
            (reduced_until, went_back) = (reduced_until.max(seen.last_seen), false);
            steps.push(seen.price);
        }
        Some(steps)
    }
}

/// The same wall time this many days earlier, which is not always a multiple of 24 hours earlier.
#[must_use]
pub fn days_before(instant: Instant, days: u32, zone: &TimeZone) -> Instant {
    let local = Timestamp::from_millisecond(instant).ok().map(|at| at.to_zoned(zone.clone()));
    let earlier = local.and_then(|at| at.checked_sub(i64::from(days).days()).ok());
    earlier.map_or(Instant::MIN, |at| at.timestamp().as_millisecond())
}

/// How much lower `current` is than `was`, in basis points, rounded down so that it never promises too much.
#[must_use]
pub fn reduction_basis_points(was: Money, current: Money) -> u32 {
    if was <= 0 || current >= was || current < 0 {
        return 0;
    }
    let points = i128::from(was - current) * 10_000 / i128::from(was);
    u32::try_from(points).unwrap_or(0)
}

#[cfg(test)]
#[path = "prior_price_tests.rs"]
mod tests;
