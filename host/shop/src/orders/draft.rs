//! What an order is going to be: a priced cart, who buys it, and how it is paid for.

use boomerang_engine::OrderClaim;

use super::{OrderAdjustment, OrderDelivery, OrderLine};
use crate::catalogue::Attributes;
use crate::checkout::effort::Effort;
use crate::gateway::CardToken;
use crate::money::Money;
use crate::people::{Address, Email};

/// An order about to be placed.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The cart.
    pub cart: String,
    /// The version of the cart that was priced.
    pub cart_version: u32,
    /// What the shopper was last shown they would be charged.
    pub shown: Money,
    /// ISO 4217.
    pub currency: String,
    /// The buyer's language, BCP 47.
    pub locale: String,
    /// Who buys.
    pub buyer: Buyer,
    /// Where the goods go, as ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Where the goods go; none where nothing is delivered.
    pub shipping: Option<Address>,
    /// Who pays; none if it is the same.
    pub billing: Option<Address>,
    /// It is a present for somebody else.
    pub gift: bool,
    /// How the goods go.
    pub delivery: OrderDelivery,
    /// The lines, with ids unique in the order.
    pub lines: Vec<OrderLine>,
    /// The price changes that made the lines' totals.
    pub adjustments: Vec<OrderAdjustment>,
    /// The tax in it.
    pub tax: Money,
    /// What is charged in money.
    pub total: Money,
    /// Everything scarce that the price uses up.
    pub claims: Vec<PricedClaim>,
    /// What the platform says about it, such as `fraud-suspected`.
    pub flags: Vec<String>,
    /// Free keys and values.
    pub attributes: Attributes,
    /// What it is paid with; none where there is nothing to pay.
    pub payment: Option<PaymentChoice>,
    /// What the checkout took of the buyer; none for an order that did not go through it.
    pub effort: Option<Effort>,
}

/// Who buys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buyer {
    /// The customer, if they have proved who they are.
    pub customer: Option<String>,
    /// The opaque id of the e-mail address.
    pub contact: String,
    /// The e-mail address as typed.
    pub email: Email,
}

/// What an order is paid with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentChoice {
    /// The card's token.
    pub token: CardToken,
    /// Tells one try to pay from the next, such as the request's idempotency key: the same try is authorised once.
    pub attempt: String,
}

/// Something scarce that one extension's adjustment uses up.
#[derive(Clone, Debug, PartialEq)]
pub struct PricedClaim {
    /// The extension.
    pub extension: String,
    /// What it uses up.
    pub claim: OrderClaim,
}

/// Who a claim counts for. A limit for each shopper holds for the account and for the e-mail address alike, so that
/// signing out does not begin anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shopper {
    /// The customer, if they have proved who they are.
    pub customer: Option<String>,
    /// The opaque id of the e-mail address, once known.
    pub contact: Option<String>,
}

impl Shopper {
    /// Everything the shopper goes by.
    pub fn subjects(&self) -> impl Iterator<Item = &str> {
        self.customer.iter().chain(&self.contact).map(String::as_str)
    }
}

impl From<&Buyer> for Shopper {
    fn from(buyer: &Buyer) -> Self {
        Self { customer: buyer.customer.clone(), contact: Some(buyer.contact.clone()) }
    }
}
