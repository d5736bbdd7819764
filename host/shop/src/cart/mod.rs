//! The cart: what a shopper is about to buy, and what they have told the checkout so far.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`delivery`] | methods, fees and promised dates |
//! | [`snapshot`] | a cart with the prices of now, as the pricing chain gets it |
//! | [`tax`], [`totals`] | what the shopper reads and pays |
//!
//! A cart never holds a price: it is priced anew whenever it is shown, so that a price shown is a price of now. Every change
//! grows its version; an order is placed for one version and for the total that was shown.

pub(crate) mod abandoned;
pub mod delivery;
mod edit;
pub mod snapshot;
pub mod tax;
pub mod totals;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use crate::catalogue::Attributes;
use crate::clock::Instant;
use crate::money::Money;

/// The most lines of a cart.
pub const MOST_LINES: usize = 200;
/// The most units of a line.
pub const MOST_UNITS: u32 = 9_999;
/// The most codes of a cart.
pub const MOST_CODES: usize = 20;
/// The most attributes of a cart or a line.
pub const MOST_ATTRIBUTES: usize = 64;

/// What a shopper is about to buy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Cart {
    /// The id. Nobody can guess it, and it opens the cart, so it is kept like a key.
    pub id: String,
    /// Grows with every change.
    pub version: u32,
    /// The customer, if the shopper has proved who they are.
    pub customer: Option<String>,
    /// Where the goods go, as ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// When the shopper opened checkout.
    pub checkout_since: Option<Instant>,
    /// Codes as they were typed, in the order of entry.
    pub codes: Vec<String>,
    /// Free keys and values; those of an extension start with its id and a dot.
    pub attributes: Attributes,
    /// The delivery method chosen.
    pub delivery_method: Option<String>,
    /// What has been entered into the checkout.
    pub form: CheckoutEntries,
    /// What a page last showed.
    pub shown: Option<Shown>,
    /// When it was made.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// The order it became; from then on it cannot be changed.
    pub order: Option<String>,
    /// The lines, in the order of entry.
    pub lines: Vec<CartLine>,
}

/// Units of one variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CartLine {
    /// The line's id, unique in its cart.
    pub id: String,
    /// The product.
    pub product: String,
    /// The variant.
    pub variant: String,
    /// Units, at least 1.
    pub quantity: u32,
    /// Since when the shopper wants at least this many. Adding more renews it, so that a price locked when a line was put in
    /// holds for what was put in then, and for nothing added later.
    pub added_at: Instant,
    /// What the shopper or the platform noted on this line.
    pub attributes: Attributes,
}

/// A total that a page showed, and the version of the cart it was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Shown {
    /// The total.
    pub total: Money,
    /// The cart's version.
    pub version: u32,
}

/// What has been entered into the checkout, by field id such as `shipping.postal-code`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct CheckoutEntries {
    /// What the shopper typed. Nothing else ever overwrites it.
    pub typed: BTreeMap<String, String>,
    /// What was filled in for them.
    pub prefilled: BTreeMap<String, String>,
    /// Fields that were filled in, and that the shopper has typed over.
    pub changed: BTreeSet<String>,
    /// Fields that were filled in, and that the shopper has left as they were beside one that they changed. They hold by
    /// now because the shopper sent them, so they are among those typed, too.
    pub kept: BTreeSet<String>,
    /// The billing address differs from the delivery address.
    pub billing_differs: bool,
    /// The order is a gift for somebody else.
    pub gift: bool,
    /// The shopper wants this device to be remembered.
    pub remember: bool,
    /// The payment token chosen.
    pub payment_token: Option<String>,
}

impl CheckoutEntries {
    /// A field's value: what was typed, else what was filled in.
    #[must_use]
    pub fn value(&self, field: &str) -> Option<&str> {
        self.typed.get(field).or_else(|| self.prefilled.get(field)).map(String::as_str)
    }
}

/// Why a cart cannot be changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CartError {
    /// No such cart.
    #[error("there is no such cart; start a new one")]
    NotFound,
    /// It has become an order.
    #[error("the cart has been ordered already; start a new one")]
    Placed,
    /// No such line.
    #[error("the cart has no line {0:?}; reload the cart")]
    UnknownLine(String),
    /// The variant does not exist or is not on sale.
    #[error("the product is not on sale any more; choose another")]
    NotOnSale,
    /// There are fewer in stock.
    #[error("only {left} are left; choose at most that many")]
    OutOfStock {
        /// How many can be bought.
        left: u32,
    },
    /// The quantity is out of range.
    #[error("choose 1 to {MOST_UNITS} units")]
    Quantity,
    /// The cart is full.
    #[error("a cart holds at most {MOST_LINES} different products; order these first")]
    Full,
    /// The code cannot be one, or there are too many.
    #[error("a code has 1 to 64 characters, and a cart at most {MOST_CODES} codes; check what you typed")]
    Code,
    /// An attribute is too long, or there are too many.
    #[error(
        "an attribute has a key of 1 to 128 and a value of at most 1024 characters, and a cart has at most {MOST_ATTRIBUTES}"
    )]
    Attribute,
    /// The country is not one.
    #[error("a country is two capital letters, such as AT")]
    Country,
    /// The shop does not offer this delivery to this country.
    #[error("this delivery is not offered to this country; choose another")]
    Delivery,
    /// A checkout field is too long, or there are too many.
    #[error("a field holds at most 500 characters; shorten {0:?}")]
    Field(String),
}
