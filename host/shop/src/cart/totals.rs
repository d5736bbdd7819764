//! What the shopper reads and pays: the pricing chain's answer with tax.

use boomerang_engine::{Price, Pricing};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::delivery::DeliveryOffer;
use super::snapshot::Snapshot;
use super::tax::{Taxed, rate, taxes};
use crate::catalogue::Attributes;
use crate::money::{Money, MoneyError, plus, sum};
use crate::orders::{OrderDelivery, OrderLine};
use crate::shops::Policies;

/// What a cart costs. Every sum is exact: the lines and the delivery sum to the total, and their taxes to the tax.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Totals {
    /// ISO 4217.
    pub currency: String,
    /// Each line of the cart that can be bought, in order.
    pub lines: Vec<LineTotal>,
    /// Delivery.
    pub delivery: PartTotal,
    /// What the goods cost in the catalogue, before every adjustment.
    pub goods: Money,
    /// What adjustments change in all, points left out: a reduction is negative.
    pub adjusted: Money,
    /// The part of `total` that is tax.
    pub tax: Money,
    /// Prices contain the tax; otherwise it was added to them.
    pub prices_include_tax: bool,
    /// Everything, with the tax, before points paid for any of it.
    pub total: Money,
    /// The part of `total` that is paid with points.
    pub paid_with_points: Money,
    /// What is left to pay.
    pub to_pay: Money,
    /// The adjustments in force, for the shopper to read.
    pub adjustments: Vec<ShownAdjustment>,
}

/// What a line costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LineTotal {
    /// The cart line's id.
    pub line: String,
    /// The product's id.
    pub product: String,
    /// The variant's id.
    pub variant: String,
    /// The product's title.
    pub title: String,
    /// The variant's title.
    pub variant_title: String,
    /// Units.
    pub quantity: u32,
    /// The catalogue's price of one unit.
    pub unit_price: Money,
    /// The price.
    #[serde(flatten)]
    pub price: PartTotal,
}

/// What a part of an order costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PartTotal {
    /// Before every adjustment, as the catalogue has it.
    pub list: Money,
    /// After every adjustment, with the tax, before points paid for any of it.
    pub total: Money,
    /// The part of `total` that is tax.
    pub tax: Money,
    /// The part of `total` that is paid with points.
    pub paid_with_points: Money,
}

/// An adjustment for the shopper to read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShownAdjustment {
    /// The extension that made it.
    pub extension: String,
    /// `sale`, `bundle`, `coupon`, `membership`, `points` or `fee`.
    pub class: String,
    /// Its words.
    pub label: String,
    /// What it changes.
    pub amount: Money,
    /// The cart line's id; none for one that concerns the order or its delivery.
    pub line: Option<String>,
}

impl Totals {
    /// The totals of a snapshot that the chain has priced. Points pay for goods, so they never reduce the tax; where the tax
    /// is added to prices, points do not pay for it either.
    ///
    /// # Errors
    /// If something is too large to be counted.
    pub fn new(snapshot: &Snapshot, pricing: &Pricing, policies: &Policies) -> Result<Self, MoneyError> {
        let usual = rate(policies, snapshot.cart.country.as_deref());
        let of_lines = snapshot
            .lines
            .iter()
            .zip(&pricing.lines)
            .map(|(line, price)| Taxed { amount: price.total, basis_points: line.tax_basis_points.unwrap_or(usual) });
        let of_delivery = Taxed { amount: pricing.delivery.total, basis_points: usual };
        let amounts: Vec<Taxed> = of_lines.chain([of_delivery]).collect();
        let included = policies.prices_include_tax;
        let taxes = taxes(&amounts, included)?;
        let part = |price: &Price, tax: Money| -> Result<PartTotal, MoneyError> {
            let total = if included { price.total } else { plus(price.total, tax)? };
            Ok(PartTotal { list: price.list, total, tax, paid_with_points: price.paid_with_points })
        };
        let mut lines = Vec::with_capacity(snapshot.lines.len());
        for (position, (known, price)) in snapshot.lines.iter().zip(&pricing.lines).enumerate() {
            let line = &snapshot.cart.lines[position];
            lines.push(LineTotal {
                line: known.id.clone(),
                product: line.product.clone(),
                variant: line.variant.clone(),
                title: known.title.clone(),
                variant_title: known.variant_title.clone(),
                quantity: line.quantity,
                unit_price: line.unit_price,
                price: part(price, taxes[position])?,
            });
        }
        let delivery = part(&pricing.delivery, taxes.last().copied().unwrap_or(0))?;
        let parts: Vec<PartTotal> = lines.iter().map(|line| line.price).chain([delivery]).collect();
        let total = sum(parts.iter().map(|part| part.total))?;
        let listed = sum(parts.iter().map(|part| part.list))?;
        let paid_with_points = sum(parts.iter().map(|part| part.paid_with_points))?;
        Ok(Self {
            currency: snapshot.cart.currency.clone(),
            goods: sum(lines.iter().map(|line| line.price.list))?,
            adjusted: pricing.total.checked_sub(listed).ok_or(MoneyError::Overflow)?,
            tax: sum(taxes)?,
            prices_include_tax: included,
            to_pay: total.checked_sub(paid_with_points).ok_or(MoneyError::Overflow)?,
            total,
            paid_with_points,
            adjustments: shown(snapshot, pricing),
            lines,
            delivery,
        })
    }
}

impl From<&LineTotal> for OrderLine {
    /// The line as an order keeps it, without what was noted on it.
    fn from(line: &LineTotal) -> Self {
        let title = match line.variant_title.as_str() {
            "" => line.title.clone(),
            variant => format!("{}, {variant}", line.title),
        };
        Self {
            id: line.line.clone(),
            product: line.product.clone(),
            variant: line.variant.clone(),
            title,
            quantity: line.quantity,
            unit_price: line.unit_price,
            total: line.price.total,
            paid_with_points: line.price.paid_with_points,
            paid_with_gift_cards: 0,
            tax: line.price.tax,
            returned: 0,
            refunded: 0,
            attributes: Attributes::new(),
        }
    }
}

impl OrderDelivery {
    /// A delivery as an order keeps it.
    #[must_use]
    pub fn of(offer: &DeliveryOffer, price: &PartTotal) -> Self {
        Self {
            method: offer.id.clone(),
            name: offer.name.clone(),
            promise: Some((offer.promise.earliest.clone(), offer.promise.latest.clone())),
            fee: offer.fee,
            total: price.total,
            paid_with_points: price.paid_with_points,
            tax: price.tax,
            refunded: 0,
        }
    }
}

fn shown(snapshot: &Snapshot, pricing: &Pricing) -> Vec<ShownAdjustment> {
    use boomerang_engine::contract::Target;
    let line = |target: &Target| match target {
        Target::Line(position) => snapshot.lines.get(*position as usize).map(|line| line.id.clone()),
        Target::Order | Target::Delivery => None,
    };
    let changes = pricing.placed.iter().flat_map(|placed| placed.adjustment.changes.iter().map(move |it| (placed, it)));
    let each = changes.map(|(placed, change)| ShownAdjustment {
        extension: placed.extension.to_string(),
        class: placed.adjustment.class.clone(),
        label: placed.adjustment.label.clone(),
        amount: change.amount,
        line: line(&change.target),
    });
    each.collect()
}

#[cfg(test)]
#[path = "totals_tests.rs"]
pub(crate) mod tests;
