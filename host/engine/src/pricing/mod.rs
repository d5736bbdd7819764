//! `cart-pricing`: the chain of extensions that price a cart, and the host's rules over it.

mod allocate;
mod claims;
mod sheet;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::pin::pin;

use serde::{Deserialize, Serialize};

pub use allocate::allocate;
pub(crate) use claims::counter_of_variant;
pub use claims::{CounterClaim, OrderClaim};
pub use sheet::{CartError, Price, Share};

use crate::call::Call;
use crate::call::invocation::PriceCart;
use crate::chain::Account;
use crate::contract::{Adjustment, Applied, Cart, Money, sent};
use crate::engine::Engine;
use crate::id::Id;
use crate::installation::Installations;
use crate::memo::{Asked, Question};
use crate::point::Point;
use crate::report::{Refused, Report};
use claims::Claimed;
use sheet::{Refusal, Sheet};

/// Adjustments, and changes in all of them together, that one extension may make, beside four for each line.
const CHANGES: usize = 32;

/// The id that stands for the platform itself, where it makes an adjustment of its own. No extension can have it.
pub const PLATFORM: &str = "platform";

/// What a cart costs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pricing {
    /// The adjustments in force, in the order in which they were made.
    pub placed: Vec<Placed>,
    /// What each line of the cart costs.
    pub lines: Vec<Price>,
    /// What delivery costs.
    pub delivery: Price,
    /// Lines and delivery after every adjustment, before points.
    pub total: Money,
    /// The part of `total` that is paid with points.
    pub paid_with_points: Money,
    /// What is left to pay.
    pub to_pay: Money,
}

impl Pricing {
    /// Everything scarce that this price of `cart` uses up. Place-order takes all of it together with the stock, or nothing.
    pub fn claims<'a>(&'a self, cart: &'a Cart) -> impl Iterator<Item = (&'a Id, OrderClaim)> + 'a {
        self.placed
            .iter()
            .flat_map(|placed| claims::of_order(&placed.adjustment, cart).map(|claim| (&placed.extension, claim)))
    }
}

/// An adjustment in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Placed {
    /// The extension that made it.
    pub extension: Id,
    /// What it made.
    pub adjustment: Adjustment,
    /// What falls on each line, change by change. Nothing does of a change of the delivery fee.
    pub shares: Vec<Share>,
}

/// The price of a cart in the making: the chain so far.
struct Chain<'a> {
    cart: &'a Cart,
    sheet: Sheet,
    placed: Vec<Placed>,
    applied: Vec<Applied>,
}

impl Engine {
    /// Prices a cart: every installation with `cart-pricing` in turn, each seeing what the ones before it did. An
    /// adjustment that breaks a rule is left out and reported; the others stay.
    ///
    /// # Errors
    /// The cart itself cannot be priced.
    pub async fn price_cart(
        &self,
        installations: &Installations,
        call: &Call,
        cart: &Cart,
    ) -> Result<Report<Pricing>, CartError> {
        self.price_cart_after(installations, call, cart, &[]).await
    }

    /// Prices a cart on which the platform has adjustments of its own to make, such as that of a coupon code. They stand
    /// before the chain, so that every extension sees them; they keep to the same rules, and are reported under
    /// [`PLATFORM`].
    ///
    /// # Errors
    /// The cart itself cannot be priced.
    pub async fn price_cart_after(
        &self,
        installations: &Installations,
        call: &Call,
        cart: &Cart,
        own: &[Adjustment],
    ) -> Result<Report<Pricing>, CartError> {
        let asked = Asked::Price(Cow::Borrowed(cart), Cow::Borrowed(own));
        let work = pin!(async {
            let mut chain = Chain::new(cart)?;
            let mut account = Account::default();
            if !own.is_empty() {
                let platform = Id::from(PLATFORM);
                for (index, refusal) in chain.place_all(&platform, own.to_vec()) {
                    let (extension, reason) = (platform.clone(), refusal.to_string());
                    account.refused.push(Refused { extension, point: Point::CartPricing, index, reason });
                }
            }
            let mut sent = sent::Cart::new(cart);
            if let Some(line) = sent.broken_line() {
                return Err(CartError::Id(line));
            }
            for installation in installations.iter() {
                let ask = PriceCart { cart: sent.to(installation.extension().manifest()), applied: chain.applied() };
                let Some(adjustments) = self.ask(installation, call, &ask, &mut account).await else {
                    continue;
                };
                for (index, refusal) in chain.place_all(installation.extension().id(), adjustments) {
                    account.refuse::<PriceCart<'_>>(installation, index, refusal.to_string());
                }
            }
            Ok((chain.finish(), account))
        });
        self.answer(Question::new(installations, call, asked), work).await
    }
}

impl<'a> Chain<'a> {
    fn new(cart: &'a Cart) -> Result<Self, CartError> {
        Ok(Self { cart, sheet: Sheet::new(cart)?, placed: Vec::new(), applied: Vec::new() })
    }

    /// Places the adjustments of one extension; gives those refused.
    fn place_all(&mut self, extension: &Id, adjustments: Vec<Adjustment>) -> Vec<(usize, Refusal)> {
        let mut claimed = Claimed::of(self.cart);
        let sheet = &mut self.sheet;
        let outcomes: Vec<_> = adjustments.iter().map(|adjustment| sheet.place(adjustment, &mut claimed)).collect();
        let mut refused = Vec::new();
        self.placed.reserve(adjustments.len());
        for (index, (adjustment, outcome)) in adjustments.into_iter().zip(outcomes).enumerate() {
            match outcome {
                Ok(shares) => self.placed.push(Placed { extension: extension.clone(), adjustment, shares }),
                Err(refusal) => refused.push((index, refusal)),
            }
        }
        refused
    }

    /// What the next extension is told of those before it.
    fn applied(&mut self) -> &[Applied] {
        let new = self.placed.iter().skip(self.applied.len());
        self.applied.extend(new.map(|Placed { adjustment, .. }| Applied {
            class: adjustment.class.clone(),
            changes: adjustment.changes.clone(),
        }));
        &self.applied
    }

    fn finish(self) -> Pricing {
        let total = self.sheet.total;
        let paid_with_points = self.sheet.paid_with_points();
        Pricing {
            placed: self.placed,
            lines: self.sheet.lines,
            delivery: self.sheet.delivery,
            total,
            paid_with_points,
            to_pay: total - paid_with_points,
        }
    }
}

/// The rules for an answer as a whole.
pub(crate) fn check_answer(ask: &PriceCart<'_>, adjustments: &[Adjustment]) -> Result<(), String> {
    let lines = ask.cart.lines();
    let most = CHANGES + 4 * lines;
    let changes: usize = adjustments.iter().map(|adjustment| adjustment.changes.len()).sum();
    for (made, what) in [(adjustments.len(), "adjustments"), (changes, "changes")] {
        if made > most {
            return Err(format!("it made {made} {what} for a cart of {lines} lines; at most {most}"));
        }
    }
    Ok(())
}
