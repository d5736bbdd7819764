//! `cart-pricing`: the chain of extensions that price a cart, and the host's rules over it.

mod allocate;
mod sheet;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use allocate::allocate;
pub use sheet::{CartError, Price, Share};

use crate::call::Call;
use crate::call::invocation::PriceCart;
use crate::chain::Account;
use crate::contract::{Adjustment, Applied, Cart, Claim, Money};
use crate::engine::Engine;
use crate::id::Id;
use crate::installation::Installations;
use crate::report::Report;
use sheet::Sheet;

/// Adjustments that one extension may make, beside four for each line.
const ADJUSTMENTS: usize = 32;

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
    /// Everything scarce that this price uses up. Place-order takes all of it together with the stock, or nothing.
    pub fn claims(&self) -> impl Iterator<Item = (&Id, &Claim)> {
        self.placed
            .iter()
            .flat_map(|placed| placed.adjustment.claims.iter().map(move |claim| (&placed.extension, claim)))
    }
}

/// An adjustment in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Placed {
    /// The extension that made it.
    pub extension: Id,
    /// What it made.
    pub adjustment: Adjustment,
    /// What falls on each line; sums to the amount. Empty for an adjustment of the delivery fee.
    pub shares: Vec<Share>,
}

/// The price of a cart in the making: the chain so far.
struct Chain {
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
        let mut chain = Chain::new(cart)?;
        let mut account = Account::default();
        for installation in installations.iter() {
            let ask = PriceCart { cart, applied: &chain.applied };
            let Some(adjustments) = self.ask(installation, call, &ask, &mut account).await else {
                continue;
            };
            for (index, refusal) in chain.place_all(installation.extension().id(), adjustments) {
                account.refuse::<PriceCart<'_>>(installation, index, refusal.to_string());
            }
        }
        Ok(account.report(chain.finish()))
    }
}

impl Chain {
    fn new(cart: &Cart) -> Result<Self, CartError> {
        Ok(Self { sheet: Sheet::new(cart)?, placed: Vec::new(), applied: Vec::new() })
    }

    /// Places the adjustments of one extension; gives those refused.
    fn place_all(&mut self, extension: &Id, adjustments: Vec<Adjustment>) -> Vec<(usize, sheet::Refusal)> {
        let mut refused = Vec::new();
        let mut claimed: Vec<Claim> = Vec::new();
        for (index, adjustment) in adjustments.into_iter().enumerate() {
            match self.sheet.place(&adjustment, &claimed) {
                Ok(shares) => {
                    claimed.extend_from_slice(&adjustment.claims);
                    self.applied.push(Applied {
                        target: adjustment.target,
                        amount: adjustment.amount,
                        class: adjustment.class.clone(),
                    });
                    self.placed.push(Placed { extension: extension.clone(), adjustment, shares });
                }
                Err(refusal) => refused.push((index, refusal)),
            }
        }
        refused
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
    let most = ADJUSTMENTS + 4 * ask.cart.lines.len();
    if adjustments.len() > most {
        return Err(format!(
            "it made {} adjustments for a cart of {} lines; at most {most}",
            adjustments.len(),
            ask.cart.lines.len()
        ));
    }
    Ok(())
}
