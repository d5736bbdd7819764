//! Prices a cart.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use boomerang_sdk::CartItem;
use boomerang_sdk::money::allocate;
use boomerang_sdk::text::number;
use boomerang_sdk::types::{Adjustment, Applied, Cart, Change, Claim, Fault, Instant, Money, QuotaClaim, Target};

use crate::bundles;
use crate::choice::{Choice, Item, Reductions, Running};
use crate::limits::limit;
use crate::plan::{Plan, Sale};
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
    let running = Running::at(plan, now, &mut cart.items().map(Item::from), shop)?;
    let mut adjustments = Vec::new();
    if !running.is_empty() {
        let shopper = Shopper::new(shop, cart.customer.as_deref());
        let mut chosen = Vec::with_capacity(cart.lines.len());
        for of in cart.items() {
            let line = of.line;
            let moment = Moment { now, added_at: Some(line.added_at), checkout_since: cart.checkout_since };
            if let Some(choice) =
                running.choose(of.into(), &moment, &shopper, Reductions::of_line(of.index, applied))?
            {
                chosen.push(Wanted { of, choice, units: line.quantity });
            }
        }
        limit(&mut chosen, cart, shop, &shopper)?;
        adjustments = reductions(&chosen, &left_to_pay(cart, applied)?)?;
    }
    adjustments.extend(bundles::price_bundles(plan, now, cart, applied, &adjustments)?);
    Ok(adjustments)
}

/// A line with the sale it gets, for as many units as there are.
pub(crate) struct Wanted<'a> {
    pub(crate) of: CartItem<'a>,
    pub(crate) choice: Choice<'a>,
    pub(crate) units: u32,
}

impl Wanted<'_> {
    /// Takes units that are left, as many as it can have.
    pub(crate) fn take(&mut self, left: &mut u32) {
        self.units = self.units.min(*left);
        *left -= self.units;
    }

    /// The line's change, by no more than what earlier extensions and codes have left of it; none where that is nothing.
    fn change(&self, left: Option<Money>) -> Result<Option<Change>, Fault> {
        let reduction = times(self.choice.price - self.of.line.unit_price, self.units)?;
        let amount = left.map_or(reduction, |left| reduction.max(-left));
        Ok((amount != 0).then_some(Change { target: Target::Line(self.of.index), amount, units: self.units }))
    }

    /// Says how many of its units are on sale, where not all of them are.
    fn label(&self) -> Option<String> {
        if self.units == self.of.line.quantity {
            return None;
        }
        let [units, of] = [self.units, self.of.line.quantity].map(|units| number(i64::from(units)));
        Some([&self.choice.sale.title, " (", &units, " of ", &of, ")"].concat())
    }
}

/// The adjustments of lines that are on sale: one for each sale, and one for each line that gets only part of what it asks
/// for.
fn reductions(chosen: &[Wanted<'_>], left: &[Money]) -> Result<Vec<Adjustment>, Fault> {
    let mut whole: Vec<(usize, Adjustment)> = Vec::new();
    let mut parts = Vec::new();
    for wanted in chosen {
        let sale = wanted.choice.sale;
        let Some(change) = wanted.change(left.get(wanted.of.index as usize).copied())? else { continue };
        if let Some(label) = wanted.label() {
            parts.push(reduction(sale, label, vec![change]));
            continue;
        }
        match whole.iter_mut().find(|(index, _)| *index == wanted.choice.index) {
            Some((_, made)) => made.changes.push(change),
            None => {
                let mut changes = Vec::with_capacity(chosen.len());
                changes.push(change);
                whole.push((wanted.choice.index, reduction(sale, sale.title.clone(), changes)));
            }
        }
    }
    Ok(whole.into_iter().map(|(_, made)| made).chain(parts).collect())
}

fn reduction(sale: &Sale, label: String, changes: Vec<Change>) -> Adjustment {
    let quota = |name, limit, is_stock: bool| {
        Claim::Quota(QuotaClaim { name, limit, per_variant: is_stock, per_shopper: !is_stock })
    };
    let stock = sale.stock.map(|limit| quota(sale.stock_name(), limit, true));
    let share = sale.per_customer.map(|limit| quota(sale.shopper_counter(), limit, false));
    Adjustment { class: "sale".into(), label, changes, claims: stock.into_iter().chain(share).collect() }
}

/// What the platform has left to pay of each line after what was applied before, shared over the lines as it does; nothing
/// where nothing was.
fn left_to_pay(cart: &Cart, applied: &[Applied]) -> Result<Vec<Money>, Fault> {
    let mut left = Vec::new();
    if applied.is_empty() {
        return Ok(left);
    }
    for line in &cart.lines {
        left.push(times(line.unit_price, line.quantity)?);
    }
    for change in applied.iter().flat_map(|applied| &applied.changes) {
        match change.target {
            Target::Line(index) => {
                if let Some(left) = left.get_mut(index as usize) {
                    *left += change.amount;
                }
            }
            Target::Order => {
                let shares = allocate(change.amount, &left);
                left.iter_mut().zip(shares).for_each(|(left, share)| *left += share);
            }
            Target::Delivery => {}
        }
    }
    Ok(left)
}

/// An amount for several units.
pub(crate) fn times(amount: Money, units: u32) -> Result<Money, Fault> {
    amount.checked_mul(Money::from(units)).ok_or_else(|| {
        Fault::new("amount-too-large", "A line of the cart is worth more than money can count. Lower its quantity.")
    })
}
