//! Prices a cart.

use alloc::vec;
use alloc::vec::Vec;

use boomerang_sdk::text::number;
use boomerang_sdk::types::{Adjustment, Applied, Cart, CartLine, Claim, Fault, Instant, Money, QuotaClaim, Target};

use crate::bundles;
use crate::choice::{Choice, Item, Reductions, Running};
use crate::limits::{Kind, Limit, limit};
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
                chosen.push(Wanted { index, line, choice, units: line.quantity, stock: None, share: None });
            }
        }
        limit(&mut chosen, Kind::Stock, &|names| shop.taken(names))?;
        limit(&mut chosen, Kind::Share, &|names| match shopper.customer() {
            Some(customer) => shop.taken_by(customer, names),
            None => Ok(vec![0; names.len()]),
        })?;
        adjustments.reserve(chosen.len());
        for wanted in chosen {
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
pub(crate) struct Wanted<'a> {
    pub(crate) index: u32,
    pub(crate) line: &'a CartLine,
    pub(crate) choice: Choice<'a>,
    pub(crate) units: u32,
    /// The sale's stock of the variant, if there is a limit.
    pub(crate) stock: Option<Limit>,
    /// What one shopper may have of the sale, if there is a limit.
    pub(crate) share: Option<Limit>,
}

impl Wanted<'_> {
    fn adjustment(self) -> Result<Option<Adjustment>, Fault> {
        if self.units == 0 {
            return Ok(None);
        }
        let sale = self.choice.sale;
        let mut claims = Vec::new();
        for (limit, per_shopper) in [(self.stock, false), (self.share, true)] {
            if let Some(Limit { counter: name, units: limit }) = limit {
                claims.push(Claim::Quota(QuotaClaim { name, units: self.units, limit, per_shopper }));
            }
        }
        let label = if self.units < self.line.quantity {
            let [units, of] = [self.units, self.line.quantity].map(|units| number(i64::from(units)));
            [&sale.title, " (", &units, " of ", &of, ")"].concat()
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
