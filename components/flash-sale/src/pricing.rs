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
    let running = Running::at(plan, now, &mut cart.lines.iter().map(item), shop)?;
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
        limit(&mut chosen, Wanted::stock, &|names| shop.taken(names))?;
        limit(&mut chosen, Wanted::share, &|names| match shopper.customer() {
            Some(customer) => shop.taken_by(customer, names),
            None => Ok(vec![0; names.len()]),
        })?;
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
        let claim = |limit: Limit, per_shopper| {
            Claim::Quota(QuotaClaim { name: limit.counter, units: self.units, limit: limit.units, per_shopper })
        };
        let stock = self.stock().map(|limit| claim(limit, false));
        let share = self.share().map(|limit| claim(limit, true));
        let claims = stock.into_iter().chain(share).collect();
        let label = if self.units < self.line.quantity {
            let (units, of) = (i64::from(self.units), i64::from(self.line.quantity));
            format!("{} ({units} of {of})", sale.title)
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

/// Units of something, of which there are only so many.
struct Limit {
    counter: String,
    units: u32,
}

impl Wanted<'_> {
    /// The sale's stock of the variant.
    fn stock(&self) -> Option<Limit> {
        let sale = self.choice.sale;
        sale.stock.map(|units| Limit { counter: sale.stock_counter(&self.line.variant), units })
    }

    /// What one shopper may have of the sale. What a guest has had before is not known until the order names an address;
    /// place-order then refuses the claim.
    fn share(&self) -> Option<Limit> {
        let sale = self.choice.sale;
        sale.per_customer.map(|units| Limit { counter: sale.shopper_counter(), units })
    }
}

/// Asks how many units are gone of each counter.
type Taken<'a> = dyn Fn(&[String]) -> Result<Vec<u32>, Fault> + 'a;

/// Lets the lines have no more units than are left, the first line first.
fn limit<'a>(chosen: &mut [Wanted<'a>], of: fn(&Wanted<'a>) -> Option<Limit>, taken: &Taken<'_>) -> Result<(), Fault> {
    let mut names: Vec<String> = Vec::new();
    let mut left: Vec<u32> = Vec::new();
    for limit in chosen.iter().filter_map(of) {
        if !names.contains(&limit.counter) {
            names.push(limit.counter);
            left.push(limit.units);
        }
    }
    for (names, left) in names.chunks(200).zip(left.chunks_mut(200)) {
        for (left, taken) in left.iter_mut().zip(taken(names)?) {
            *left = left.saturating_sub(taken);
        }
    }
    for wanted in chosen {
        let Some(limit) = of(wanted) else { continue };
        let Some(index) = names.iter().position(|name| *name == limit.counter) else { continue };
        wanted.units = wanted.units.min(left[index]);
        left[index] -= wanted.units;
    }
    Ok(())
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
