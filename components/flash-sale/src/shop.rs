//! What has to be asked of the platform, as a trait, so that everything else is plain functions.

use alloc::string::String;
use alloc::vec::Vec;
use core::cell::OnceCell;

use boomerang_sdk::catalogue::{self, Product};
use boomerang_sdk::customers::{self, Profile};
use boomerang_sdk::order_history::{self, OrderPage};
use boomerang_sdk::quotas;
use boomerang_sdk::time_zones::{self, LocalTime, Resolved};
use boomerang_sdk::types::{Fault, Instant, Money, Order};

use crate::plan::EarlyAccess;

/// The platform, as far as sales need it. Each function is one of a capability.
pub trait Shop {
    /// Products by their ids.
    fn products(&self, ids: &[String]) -> Result<Vec<Product>, Fault>;
    /// The lowest price of a variant in the days before a reduction.
    fn prior_price(&self, variant: &str, reduced_since: Instant, days: u32) -> Result<Option<Money>, Fault>;
    /// A customer's profile.
    fn profile(&self, customer: &str) -> Result<Option<Profile>, Fault>;
    /// Units taken from counters.
    fn taken(&self, counters: &[String]) -> Result<Vec<u32>, Fault>;
    /// Units taken from the counters that a claim keeps for each of these variants, whose ids have a line break between them.
    fn taken_of_variants(&self, name: &str, variants: &str) -> Result<Vec<u32>, Fault>;
    /// Units that one customer has taken from counters.
    fn taken_by(&self, customer: &str, counters: &[String]) -> Result<Vec<u32>, Fault>;
    /// The instants that a wall time may mean.
    fn resolve(&self, zone: &str, time: LocalTime) -> Result<Resolved, Fault>;
    /// What a clock shows at an instant.
    fn to_local(&self, zone: &str, at: Instant) -> Result<LocalTime, Fault>;
    /// A page of the orders placed in a span.
    fn orders(&self, from: Instant, until: Instant, cursor: Option<&str>) -> Result<OrderPage, Fault>;
    /// One order.
    fn order(&self, id: &str) -> Result<Option<Order>, Fault>;
}

/// The platform that runs this extension.
#[derive(Debug, Clone, Copy)]
pub struct Platform;

impl Shop for Platform {
    fn products(&self, ids: &[String]) -> Result<Vec<Product>, Fault> {
        catalogue::products(ids)
    }

    fn prior_price(&self, variant: &str, reduced_since: Instant, days: u32) -> Result<Option<Money>, Fault> {
        catalogue::prior_price(variant, reduced_since, days)
    }

    fn profile(&self, customer: &str) -> Result<Option<Profile>, Fault> {
        customers::get(customer)
    }

    fn taken(&self, counters: &[String]) -> Result<Vec<u32>, Fault> {
        quotas::taken(counters)
    }

    fn taken_of_variants(&self, name: &str, variants: &str) -> Result<Vec<u32>, Fault> {
        quotas::taken_of_variants(name, variants)
    }

    fn taken_by(&self, customer: &str, counters: &[String]) -> Result<Vec<u32>, Fault> {
        quotas::taken_by(customer, counters)
    }

    fn resolve(&self, zone: &str, time: LocalTime) -> Result<Resolved, Fault> {
        time_zones::resolve(zone, time)
    }

    fn to_local(&self, zone: &str, at: Instant) -> Result<LocalTime, Fault> {
        time_zones::to_local(zone, at)
    }

    fn orders(&self, from: Instant, until: Instant, cursor: Option<&str>) -> Result<OrderPage, Fault> {
        order_history::between(from, until, cursor, 200)
    }

    fn order(&self, id: &str) -> Result<Option<Order>, Fault> {
        order_history::get(id)
    }
}

/// Who is asking for a price: somebody with a proved identity, or nobody in particular. The profile is read only where a
/// sale depends on it, and once.
pub struct Shopper<'a> {
    shop: &'a dyn Shop,
    customer: Option<&'a str>,
    profile: OnceCell<Option<Profile>>,
}

impl<'a> Shopper<'a> {
    /// The shopper of a cart or a page. `customer` is set by the host, only where the identity is proved.
    pub fn new(shop: &'a dyn Shop, customer: Option<&'a str>) -> Self {
        Self { shop, customer, profile: OnceCell::new() }
    }

    /// The proved identity.
    pub fn customer(&self) -> Option<&'a str> {
        self.customer
    }

    /// Whether early access is for them.
    pub fn belongs_to(&self, early: &EarlyAccess) -> Result<bool, Fault> {
        let Some(customer) = self.customer else { return Ok(false) };
        let profile = match self.profile.get() {
            Some(profile) => profile,
            None => {
                let read = self.shop.profile(customer)?;
                self.profile.get_or_init(|| read)
            }
        };
        Ok(profile.as_ref().is_some_and(|profile| {
            (early.subscribers && profile.marketing_consent) || early.tags.iter().any(|tag| profile.tags.contains(tag))
        }))
    }
}
