//! The logic of the component as a function of this program: no boundary, no copies, settings read once.

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Result, anyhow};
use boomerang_engine::contract as engine;
use boomerang_sdk::catalogue::Product;
use boomerang_sdk::customers::Profile;
use boomerang_sdk::order_history::OrderPage;
use boomerang_sdk::time_zones::{LocalTime, Resolved};
use boomerang_sdk::types as sdk;
use boomerang_sdk::types::{Fault, Money, Order};
use flash_sale::plan::Plan;
use flash_sale::pricing::price_cart;
use flash_sale::shop::Shop;

use super::{Contender, Pricer, Times};
use crate::cart;

/// The function and what it is called with.
pub(super) struct Native {
    plan: Plan,
    cart: sdk::Cart,
}

impl Native {
    pub(super) fn new(prepared: &[u8], lines: usize) -> Result<Self> {
        Ok(Self { plan: plan(prepared)?, cart: cart_from(cart::cart(lines)) })
    }
}

impl Contender for Native {
    fn name(&self) -> &str {
        "native Rust function"
    }

    fn round(&mut self, times: &mut Times) -> Result<()> {
        let now = cart::context().now;
        for _ in 0..times.calls {
            let started = Instant::now();
            for _ in 0..self.batch() {
                black_box(price(black_box(&self.plan), now, black_box(&self.cart))?);
            }
            times.note_batch(started, self.batch());
        }
        Ok(())
    }

    fn batch(&self) -> u32 {
        16
    }
}

impl Pricer for Native {
    fn decide(&mut self) -> Result<Vec<engine::Adjustment>> {
        price(&self.plan, cart::context().now, &self.cart)
            .map(|adjustments| adjustments.into_iter().map(adjustment_into).collect())
    }
}

/// The settings in force.
pub(super) fn plan(prepared: &[u8]) -> Result<Plan> {
    boomerang_sdk::settings::unpack(prepared).map_err(|fault| anyhow!("{}", fault.message))
}

/// Prices a cart in the shop of this benchmark.
pub(super) fn price(plan: &Plan, now: sdk::Instant, cart: &sdk::Cart) -> Result<Vec<sdk::Adjustment>> {
    price_cart(plan, now, cart, &[], &Answers).map_err(|fault| anyhow!("{}", fault.message))
}

/// The shop as the component's logic sees it: nothing has been sold yet, and nothing else is known.
struct Answers;

impl Shop for Answers {
    fn products(&self, _: &[String]) -> Result<Vec<Product>, Fault> {
        Ok(Vec::new())
    }

    fn prior_price(&self, _: &str, _: sdk::Instant, _: u32) -> Result<Option<Money>, Fault> {
        Ok(None)
    }

    fn profile(&self, _: &str) -> Result<Option<Profile>, Fault> {
        Ok(None)
    }

    fn taken(&self, counters: &[String]) -> Result<Vec<u32>, Fault> {
        Ok(vec![0; counters.len()])
    }

    fn taken_of_variants(&self, _: &str, variants: &str) -> Result<Vec<u32>, Fault> {
        Ok(vec![0; variants.split('\n').count()])
    }

    fn taken_by(&self, _: &str, counters: &[String]) -> Result<Vec<u32>, Fault> {
        Ok(vec![0; counters.len()])
    }

    fn resolve(&self, _: &str, _: LocalTime) -> Result<Resolved, Fault> {
        Ok(Resolved::default())
    }

    fn to_local(&self, _: &str, _: sdk::Instant) -> Result<LocalTime, Fault> {
        Ok(LocalTime::default())
    }

    fn orders(&self, _: sdk::Instant, _: sdk::Instant, _: Option<&str>) -> Result<OrderPage, Fault> {
        Ok(OrderPage::default())
    }

    fn order(&self, _: &str) -> Result<Option<Order>, Fault> {
        Ok(None)
    }
}

/// The engine's cart as the component's, without the attributes that a sale does not see.
pub(super) fn cart_from(cart: engine::Cart) -> sdk::Cart {
    let empty = sdk::Cart {
        currency: cart.currency,
        delivery_fee: cart.delivery_fee,
        customer: cart.customer,
        country: cart.country,
        checkout_since: cart.checkout_since,
        codes: cart.codes,
        ..sdk::Cart::default()
    };
    cart.lines.iter().fold(empty, |cart, line| {
        let engine::CartLine { quantity, unit_price, added_at, .. } = *line;
        cart.with(&line.product, &line.variant, sdk::CartLine { quantity, unit_price, added_at })
    })
}

/// The component's adjustment as the engine's.
pub(super) fn adjustment_into(made: sdk::Adjustment) -> engine::Adjustment {
    let claim = |claim| match claim {
        sdk::Claim::Points(points) => engine::Claim::Points(points),
        sdk::Claim::Quota(quota) => engine::Claim::Quota(engine::QuotaClaim {
            name: quota.name,
            limit: quota.limit,
            per_shopper: quota.per_shopper,
            per_variant: quota.per_variant,
        }),
    };
    let change = |change: sdk::Change| engine::Change {
        target: match change.target {
            sdk::Target::Line(line) => engine::Target::Line(line),
            sdk::Target::Order => engine::Target::Order,
            sdk::Target::Delivery => engine::Target::Delivery,
        },
        amount: change.amount,
        units: change.units,
    };
    engine::Adjustment {
        class: made.class,
        label: made.label,
        changes: made.changes.into_iter().map(change).collect(),
        claims: made.claims.into_iter().map(claim).collect(),
    }
}
