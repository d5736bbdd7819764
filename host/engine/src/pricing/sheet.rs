//! The host's own calculation: every adjustment is checked against the rules and placed, or refused with the reason.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::allocate::allocate;
use super::claims::{CLAIMS, Claimed, QUOTA_NAME};
use crate::call::text;
use crate::contract::{Adjustment, Cart, Change, Money, Target};

/// The class of adjustments that pay rather than reduce.
const POINTS: &str = "points";
/// The only class that may raise a price.
const FEE: &str = "fee";
/// Every class of the contract.
const CLASSES: [&str; 6] = ["sale", "bundle", "coupon", "membership", POINTS, FEE];
/// Characters of a label.
const LABEL: usize = 120;

/// What something costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Before every adjustment.
    pub list: Money,
    /// After every adjustment, with the share of those that concern the whole order, before points paid for any of it.
    pub total: Money,
    /// The part of `total` that is paid with points.
    pub paid_with_points: Money,
}

impl Price {
    fn new(list: Money) -> Self {
        Self { list, total: list, paid_with_points: 0 }
    }

    /// What is left to pay.
    pub fn to_pay(&self) -> Money {
        self.total - self.paid_with_points
    }

    /// The price with `amount` added, unless nothing that is left to pay may change that way.
    fn with(self, amount: Money, pays: bool) -> Result<Self, Refusal> {
        let left = self.to_pay().checked_add(amount).ok_or(Refusal::Overflow)?;
        if left < 0 {
            return Err(Refusal::BelowZero(left));
        }
        let mut price = self;
        if pays {
            price.paid_with_points = price.paid_with_points.checked_sub(amount).ok_or(Refusal::Overflow)?;
        } else {
            price.total = price.total.checked_add(amount).ok_or(Refusal::Overflow)?;
        }
        Ok(price)
    }
}

/// The part of an adjustment that falls on one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// The position in `cart.lines`.
    pub line: u32,
    /// Added to the line's price.
    pub amount: Money,
}

/// A cart that cannot be priced.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum CartError {
    /// An id that has a line break.
    #[error("an id in line {0} of the cart has a line break, and no id may have one; check the product")]
    Id(usize),
    /// A quantity of 0.
    #[error("line {0} of the cart has no quantity; take it out of the cart")]
    NoQuantity(usize),
    /// A price below zero.
    #[error("line {0} of the cart has a price below zero; check the product")]
    NegativePrice(usize),
    /// A delivery fee below zero.
    #[error("the delivery fee is below zero; check the delivery method")]
    NegativeDelivery,
    /// More money than the type holds.
    #[error("the cart is worth more than can be counted; lower a quantity or a price")]
    Overflow,
}

/// The rule an adjustment breaks.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) enum Refusal {
    #[error("line {line} does not exist; the cart has {lines} lines, counted from 0")]
    NoLine { line: u32, lines: usize },
    #[error("an empty cart has no line to share an order's adjustment")]
    EmptyCart,
    #[error("the class `{0}` is not one of sale, bundle, coupon, membership, points, fee")]
    Class(String),
    #[error("the amount {0} is above zero, and only the class `fee` may raise a price")]
    Raises(Money),
    #[error("the amount {0} is below zero, and a fee does not reduce a price; use another class")]
    NegativeFee(Money),
    #[error("it would leave {0}, below zero; reduce by no more than what is left to pay")]
    BelowZero(Money),
    #[error("the amount cannot be counted")]
    Overflow,
    #[error("the label is empty, longer than {LABEL} characters or has control characters")]
    Label,
    #[error("more than {CLAIMS} claims")]
    ManyClaims,
    #[error("a points claim belongs to an adjustment of class `points`, and every such adjustment has exactly one")]
    PointsClaim,
    #[error("points can be claimed only from a customer who is known, and this cart has none")]
    NobodysPoints,
    #[error("an adjustment without a change")]
    NoChange,
    #[error("a claim of nothing: give points, or changes with units")]
    NothingClaimed,
    #[error("only changes of lines can be counted for each variant")]
    NoVariant,
    #[error("a counter's name has 1 to {QUOTA_NAME} bytes and no control characters")]
    QuotaName,
    #[error("{units} units are more than the limit of {limit}")]
    QuotaLimit { units: u64, limit: u32 },
}

/// The prices of a cart in the making. No price is below zero, and `total` is the sum of all of them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sheet {
    pub(crate) lines: Vec<Price>,
    pub(crate) delivery: Price,
    pub(crate) total: Money,
}

impl Sheet {
    /// The cart before every adjustment.
    pub(crate) fn new(cart: &Cart) -> Result<Self, CartError> {
        let mut lines = Vec::with_capacity(cart.lines.len());
        for (index, line) in cart.lines.iter().enumerate() {
            if line.quantity == 0 {
                return Err(CartError::NoQuantity(index));
            }
            if line.unit_price < 0 {
                return Err(CartError::NegativePrice(index));
            }
            let list = line.unit_price.checked_mul(i64::from(line.quantity));
            lines.push(Price::new(list.ok_or(CartError::Overflow)?));
        }
        if cart.delivery_fee < 0 {
            return Err(CartError::NegativeDelivery);
        }
        let delivery = Price::new(cart.delivery_fee);
        let total = lines
            .iter()
            .chain([&delivery])
            .try_fold(0_i64, |sum, price| sum.checked_add(price.total))
            .ok_or(CartError::Overflow)?;
        Ok(Self { lines, delivery, total })
    }

    /// The part of the total that is paid with points.
    pub(crate) fn paid_with_points(&self) -> Money {
        self.lines.iter().chain([&self.delivery]).map(|price| price.paid_with_points).sum()
    }

    /// Places an adjustment and gives the shares of the lines. Changes nothing if a rule is broken. `claimed` is what
    /// earlier adjustments of the same extension claim already.
    pub(super) fn place<'a>(
        &mut self,
        adjustment: &'a Adjustment,
        claimed: &mut Claimed<'a>,
    ) -> Result<Vec<Share>, Refusal> {
        check_words(adjustment)?;
        let pays = adjustment.class == POINTS;
        let (delivery, total) = (self.delivery, self.total);
        let mut shares = Vec::with_capacity(adjustment.changes.len());
        let placed = adjustment.changes.iter().try_for_each(|change| self.change(change, pays, &mut shares));
        if let Err(refusal) = placed.and_then(|()| claimed.add(adjustment, pays)) {
            (self.delivery, self.total) = (delivery, total);
            self.take_back(&shares, pays);
            return Err(refusal);
        }
        Ok(shares)
    }

    /// Undoes what has fallen on lines.
    fn take_back(&mut self, shares: &[Share], pays: bool) {
        for share in shares {
            if let Some(price) = self.lines.get_mut(share.line as usize) {
                // Back to a value that it had, so nothing overflows.
                if pays { price.paid_with_points += share.amount } else { price.total -= share.amount }
            }
        }
    }

    /// Makes one change, or none if it breaks a rule.
    fn change(&mut self, change: &Change, pays: bool, shares: &mut Vec<Share>) -> Result<(), Refusal> {
        let amount = change.amount;
        let total = if pays { Some(self.total) } else { self.total.checked_add(amount) };
        let total = total.ok_or(Refusal::Overflow)?;
        match change.target {
            Target::Delivery => self.delivery = self.delivery.with(amount, pays)?,
            Target::Line(line) => {
                let lines = self.lines.len();
                let price = self.lines.get_mut(line as usize).ok_or(Refusal::NoLine { line, lines })?;
                *price = price.with(amount, pays)?;
                shares.push(Share { line, amount });
            }
            Target::Order => shares.extend(self.share(amount, pays)?),
        }
        self.total = total;
        Ok(())
    }

    /// Shares an amount over what is left to pay of each line.
    fn share(&mut self, amount: Money, pays: bool) -> Result<Vec<Share>, Refusal> {
        let weights: Vec<_> = self.lines.iter().map(Price::to_pay).collect();
        // Parts of a total that can be counted, so their sum can be counted too.
        let left = weights.iter().sum::<Money>().checked_add(amount).ok_or(Refusal::Overflow)?;
        if left < 0 {
            return Err(Refusal::BelowZero(left));
        }
        let shares = allocate(amount, &weights).ok_or(Refusal::EmptyCart)?;
        let lines = self.lines.iter().zip(&shares).map(|(price, share)| price.with(*share, pays));
        self.lines = lines.collect::<Result<_, _>>()?;
        let shares = (0..).zip(shares).map(|(line, amount)| Share { line, amount });
        Ok(shares.filter(|share| share.amount != 0).collect())
    }
}

fn check_words(adjustment: &Adjustment) -> Result<(), Refusal> {
    if !CLASSES.contains(&adjustment.class.as_str()) {
        return Err(Refusal::Class(text::escape(&adjustment.class, 40)));
    }
    if adjustment.label.trim().is_empty() || !text::is_line(&adjustment.label, LABEL) {
        return Err(Refusal::Label);
    }
    if adjustment.changes.is_empty() {
        return Err(Refusal::NoChange);
    }
    let is_fee = adjustment.class == FEE;
    adjustment.changes.iter().try_for_each(|change| match (is_fee, change.amount) {
        (false, 1..) => Err(Refusal::Raises(change.amount)),
        (true, ..0) => Err(Refusal::NegativeFee(change.amount)),
        _ => Ok(()),
    })
}
