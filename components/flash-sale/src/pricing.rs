//! Prices a cart.

use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};

use boomerang_sdk::types::{Adjustment, Applied, Cart, CartLine, Claim, Fault, Instant, Money, QuotaClaim, Target};

use crate::bundles;
use crate::choice::{Choice, Item, Reductions, Running};
use crate::plan::Plan;
use crate::sale::Moment;
use crate::shop::{Shop, Shopper};

/// The adjustments of a cart: sales line by line, so that giving one line back is always right, then bundles on the lines
/// that no sale has touched.
pub fn price_cart(
    plan: &Plan,
    now: Instant,
    cart: &Cart,
    applied: &[Applied],
    shop: &dyn Shop,
) -> Result<Vec<Adjustment>, Fault> {
    let running = Running::at(plan, now, cart.lines.iter().map(item), shop)?;
    let mut adjustments = Vec::new();
    if !running.is_empty() {
        let shopper = Shopper::new(shop, cart.customer.as_deref());
        let mut chosen = Vec::with_capacity(cart.lines.len());
        for (index, line) in (0..).zip(&cart.lines) {
            let moment = Moment { now, added_at: Some(line.added_at), checkout_since: cart.checkout_since };
            if let Some(choice) = running.choose(item(line), &moment, &shopper, Reductions::of_line(index, applied))? {
                chosen.push(Wanted { index, line, choice, units: line.quantity });
            }
        }
        limit_to_stock(&mut chosen, shop)?;
        limit_to_shopper(&mut chosen, &shopper, shop)?;
        for wanted in &chosen {
            adjustments.extend(wanted.adjustment()?);
        }
    }
    adjustments.extend(bundles::price_bundles(plan, now, cart, applied, &adjustments)?);
    Ok(adjustments)
}

/// A cart's line as something that may be on sale.
fn item(line: &CartLine) -> Item<'_> {
    Item { product: &line.product, variant: &line.variant, unit_price: line.unit_price }
}

/// A line with the sale it gets, for as many units as there are.
struct Wanted<'a> {
    index: u32,
    line: &'a CartLine,
    choice: Choice<'a>,
    units: u32,
}

impl Wanted<'_> {
    fn adjustment(&self) -> Result<Option<Adjustment>, Fault> {
        if self.units == 0 {
            return Ok(None);
        }
        let sale = self.choice.sale;
        let mut claims = Vec::new();
        if let Some(limit) = sale.stock {
            let name = sale.stock_counter(&self.line.variant);
            claims.push(Claim::Quota(QuotaClaim { name, units: self.units, limit, per_shopper: false }));
        }
        if let Some(limit) = sale.per_customer {
            let name = sale.shopper_counter();
            claims.push(Claim::Quota(QuotaClaim { name, units: self.units, limit, per_shopper: true }));
        }
        let label = if self.units < self.line.quantity {
            format!("{} ({} of {})", sale.title, self.units, self.line.quantity)
        } else {
            sale.title.clone()
        };
        Ok(Some(Adjustment {
            target: Target::Line(self.index),
            amount: times(self.choice.price - self.line.unit_price, self.units)?,
            class: "sale".into(),
            label,
            claims,
        }))
    }
}

/// Lets the lines have no more units than are left of the sale's stock, the first line first.
fn limit_to_stock(chosen: &mut [Wanted<'_>], shop: &dyn Shop) -> Result<(), Fault> {
    let mut left: Vec<Counter> = Vec::new();
    for wanted in chosen.iter() {
        if let Some(limit) = wanted.choice.sale.stock {
            Counter::add(&mut left, wanted.choice.sale.stock_counter(&wanted.line.variant), limit);
        }
    }
    Counter::read(&mut left, |names| shop.taken(names))?;
    for wanted in chosen.iter_mut().filter(|wanted| wanted.choice.sale.stock.is_some()) {
        let name = wanted.choice.sale.stock_counter(&wanted.line.variant);
        wanted.units = Counter::take(&mut left, &name, wanted.units);
    }
    Ok(())
}

/// Lets one shopper have no more units of a sale than the limit, the first line first. What a guest has had before is not
/// known until the order names an address; place-order then refuses the claim.
fn limit_to_shopper(chosen: &mut [Wanted<'_>], shopper: &Shopper<'_>, shop: &dyn Shop) -> Result<(), Fault> {
    let mut left: Vec<Counter> = Vec::new();
    for wanted in chosen.iter() {
        if let Some(limit) = wanted.choice.sale.per_customer {
            Counter::add(&mut left, wanted.choice.sale.shopper_counter(), limit);
        }
    }
    if let Some(customer) = shopper.customer() {
        Counter::read(&mut left, |names| shop.taken_by(customer, names))?;
    }
    for wanted in chosen.iter_mut().filter(|wanted| wanted.choice.sale.per_customer.is_some()) {
        let name = wanted.choice.sale.shopper_counter();
        wanted.units = Counter::take(&mut left, &name, wanted.units);
    }
    Ok(())
}

/// What is left of a counter.
struct Counter {
    name: String,
    left: u32,
}

impl Counter {
    fn add(counters: &mut Vec<Self>, name: String, limit: u32) {
        if !counters.iter().any(|counter| counter.name == name) {
            counters.push(Self { name, left: limit });
        }
    }

    fn read(counters: &mut [Self], taken: impl Fn(&[String]) -> Result<Vec<u32>, Fault>) -> Result<(), Fault> {
        for page in counters.chunks_mut(200) {
            let names: Vec<String> = page.iter().map(|counter| counter.name.clone()).collect();
            for (counter, taken) in page.iter_mut().zip(taken(&names)?) {
                counter.left = counter.left.saturating_sub(taken);
            }
        }
        Ok(())
    }

    fn take(counters: &mut [Self], name: &str, wanted: u32) -> u32 {
        let Some(counter) = counters.iter_mut().find(|counter| counter.name == name) else { return wanted };
        let units = wanted.min(counter.left);
        counter.left -= units;
        units
    }
}

/// An amount for several units.
pub(crate) fn times(amount: Money, units: u32) -> Result<Money, Fault> {
    amount.checked_mul(Money::from(units)).ok_or_else(|| {
        Fault::new("amount-too-large", "A line of the cart is worth more than money can count. Lower its quantity.")
    })
}

/// One adjustment of one line, of class `bundle`.
pub(crate) fn bundle_adjustment(line: u32, amount: Money, label: &str) -> Adjustment {
    Adjustment { target: Target::Line(line), amount, class: "bundle".into(), label: label.into(), claims: vec![] }
}
