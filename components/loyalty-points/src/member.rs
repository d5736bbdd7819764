//! Who earns and spends: a customer, or a guest known only by the contact id of an order.

use alloc::string::String;

use boomerang_sdk::attribute;
use boomerang_sdk::customers::Profile;
use boomerang_sdk::money::WHOLE;
use boomerang_sdk::types::{Fault, Instant};

use crate::desk::Reads;
use crate::settings::{Settings, TierBasis};
use crate::tiers::{self, Standing};

/// The attribute of a customer that fixes a tier.
pub const TIER_PIN: &str = "loyalty-points.tier-pin";

/// Somebody who may take part.
#[derive(Clone, Debug)]
pub enum Member {
    /// A customer with an account.
    Customer(Profile),
    /// Somebody with an order and no account.
    Contact(String),
    /// Somebody who looks at a cart, and of whom nothing is known.
    Unknown,
}

impl Member {
    /// The customer, or nobody where the merchant has shut them out or the account is gone.
    pub fn customer(desk: &impl Reads, customer: &str) -> Result<Option<Self>, Fault> {
        let profile = desk.profile(customer)?;
        Ok(profile.filter(|profile| !profile.blocked).map(Self::Customer))
    }

    /// Whose points they are in the ledger.
    pub fn holder(&self) -> Option<&str> {
        match self {
            Self::Customer(profile) => Some(&profile.id),
            Self::Contact(contact) => Some(contact),
            Self::Unknown => None,
        }
    }

    /// Where they stand at an instant, counting money of one currency, or of every one. Only customers have tiers: a guest's points do not count before they are proved.
    pub fn standing<'a>(
        &self,
        desk: &impl Reads,
        settings: &'a Settings,
        currency: Option<&str>,
        at: Instant,
    ) -> Result<Standing<'a>, Fault> {
        let tiers = &settings.tiers;
        let Self::Customer(profile) = self else { return Ok(Standing::default()) };
        if tiers.levels.is_empty() {
            return Ok(Standing::default());
        }
        let pin = attribute(&profile.attributes, TIER_PIN);
        let orders = match tiers.basis {
            TierBasis::Points => None,
            TierBasis::Spent => Some(desk.orders_of(&profile.id)?),
        };
        tiers::standing(tiers, pin, at, |from, until| match &orders {
            None => desk.earned_between(&profile.id, from, until, &[]),
            Some(orders) => Ok(orders
                .iter()
                .filter(|order| !order.cancelled && currency.is_none_or(|currency| order.currency == currency))
                .filter(|order| order.paid_at.is_some_and(|paid| (from..until).contains(&paid)))
                .fold(0i64, |sum, order| sum.saturating_add(order.total.saturating_sub(order.refunded)))),
        })
    }

    /// What their tier multiplies points by, in basis points.
    pub fn multiplier(
        &self,
        desk: &impl Reads,
        settings: &Settings,
        currency: Option<&str>,
        at: Instant,
    ) -> Result<u32, Fault> {
        Ok(self.standing(desk, settings, currency, at)?.level.map_or(WHOLE, |level| level.multiplier))
    }
}
