//! What adjustments use up: claims as an extension makes them, checked, and as an order takes them.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::sheet::Refusal;
use crate::contract::{Adjustment, Cart, Change, Claim, QuotaClaim, Target};

/// Claims of one adjustment.
pub(super) const CLAIMS: usize = 64;
/// Bytes of a counter's name.
pub(super) const QUOTA_NAME: usize = 128;

/// Something scarce that an order takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrderClaim {
    /// This many of the shopper's available points.
    Points(u64),
    /// Units of a counter.
    Counter(CounterClaim),
}

/// Units that an order takes of a counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounterClaim {
    /// The counter's name, in the name space of its extension.
    pub name: String,
    /// Units taken.
    pub units: u64,
    /// How many the counter may reach.
    pub limit: u32,
    /// Counted for each shopper on their own.
    pub per_shopper: bool,
}

/// The name of the counter of one variant, where a claim counts each on its own.
pub(crate) fn counter_of_variant(name: &str, variant: &str) -> String {
    [name, "/", variant].concat()
}

/// What an order takes for an adjustment of a cart.
pub(super) fn of_order<'a>(adjustment: &'a Adjustment, cart: &'a Cart) -> impl Iterator<Item = OrderClaim> + 'a {
    adjustment.claims.iter().flat_map(move |claim| match claim {
        Claim::Points(points) => vec![OrderClaim::Points(*points)],
        Claim::Quota(quota) => counters(quota, &adjustment.changes, cart)
            .map(|(name, units)| {
                let QuotaClaim { limit, per_shopper, .. } = *quota;
                OrderClaim::Counter(CounterClaim { name, units, limit, per_shopper })
            })
            .collect(),
    })
}

/// The counters that a claim takes from, and how many units. One may be named more than once.
fn counters<'a>(
    quota: &'a QuotaClaim,
    changes: &'a [Change],
    cart: &'a Cart,
) -> impl Iterator<Item = (String, u64)> + 'a {
    let whole = (!quota.per_variant).then(|| (quota.name.clone(), units(changes)));
    let counted = changes.iter().filter(|change| quota.per_variant && change.units > 0);
    let parts = counted.filter_map(|change| match change.target {
        Target::Line(line) => {
            let line = cart.lines.get(line as usize)?;
            Some((counter_of_variant(&quota.name, &line.variant), u64::from(change.units)))
        }
        Target::Order | Target::Delivery => None,
    });
    whole.into_iter().chain(parts)
}

fn units(changes: &[Change]) -> u64 {
    changes.iter().map(|change| u64::from(change.units)).sum()
}

/// The claims of one extension so far: several small ones of a counter weigh as much as a big one.
#[derive(Debug)]
pub(super) struct Claimed<'a> {
    cart: &'a Cart,
    /// Units of all counters together.
    units: u64,
    /// Adjustments whose claims `counters` does not hold yet.
    uncounted: Vec<&'a Adjustment>,
    /// Units of each counter.
    counters: HashMap<String, u64>,
}

impl<'a> Claimed<'a> {
    pub(super) fn of(cart: &'a Cart) -> Self {
        Self { cart, units: 0, uncounted: Vec::new(), counters: HashMap::new() }
    }

    /// Checks the claims of the next adjustment, which may be a payment with points, and adds them to those before it.
    pub(super) fn add(&mut self, adjustment: &'a Adjustment, pays: bool) -> Result<(), Refusal> {
        let claims = &adjustment.claims;
        if claims.len() > CLAIMS {
            return Err(Refusal::ManyClaims);
        }
        let points = claims.iter().filter(|claim| matches!(claim, Claim::Points(_))).count();
        if points != usize::from(pays) {
            return Err(Refusal::PointsClaim);
        }
        let (mut least, mut quotas) = (u32::MAX, 0);
        for claim in claims {
            match claim {
                Claim::Points(0) => return Err(Refusal::NothingClaimed),
                // More than a ledger can hold is as good as an overflow.
                Claim::Points(points) if i64::try_from(*points).is_err() => return Err(Refusal::Overflow),
                Claim::Points(_) if self.cart.customer.is_none() => return Err(Refusal::NobodysPoints),
                Claim::Points(_) => {}
                Claim::Quota(quota) => {
                    check_quota(quota, &adjustment.changes)?;
                    (least, quotas) = (least.min(quota.limit), quotas + 1);
                }
            }
        }
        if quotas > 0 {
            let units = self.units + units(&adjustment.changes) * quotas;
            // Where all counters together stay below every limit, so does each, and no names have to be compared.
            if units > u64::from(least) {
                self.check_counters(adjustment)?;
            }
            self.units = units;
            self.uncounted.push(adjustment);
        }
        Ok(())
    }

    /// Checks each counter of an adjustment against its limit, with what is claimed of it already.
    fn check_counters(&mut self, adjustment: &Adjustment) -> Result<(), Refusal> {
        for claim in self.uncounted.drain(..).flat_map(|earlier| of_order(earlier, self.cart)) {
            if let OrderClaim::Counter(CounterClaim { name, units, .. }) = claim {
                *self.counters.entry(name).or_default() += units;
            }
        }
        let mut own = HashMap::new();
        for claim in of_order(adjustment, self.cart) {
            let OrderClaim::Counter(CounterClaim { name, units, limit, .. }) = claim else { continue };
            let before = self.counters.get(&name).copied().unwrap_or_default();
            let own: &mut u64 = own.entry(name).or_default();
            *own += units;
            if before + *own > u64::from(limit) {
                return Err(Refusal::QuotaLimit { units: before + *own, limit });
            }
        }
        Ok(())
    }
}

fn check_quota(quota: &QuotaClaim, changes: &[Change]) -> Result<(), Refusal> {
    let name = &quota.name;
    if name.is_empty() || name.len() > QUOTA_NAME || name.chars().any(char::is_control) {
        return Err(Refusal::QuotaName);
    }
    let mut counted = changes.iter().filter(|change| change.units > 0).peekable();
    if counted.peek().is_none() {
        return Err(Refusal::NothingClaimed);
    }
    if quota.per_variant && counted.any(|change| !matches!(change.target, Target::Line(_))) {
        return Err(Refusal::NoVariant);
    }
    Ok(())
}
