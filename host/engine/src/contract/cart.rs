//! Carts and pages as a platform writes them. How they cross into a guest is in [`sent`](super::sent).

use serde::{Deserialize, Serialize};

use super::{Attribute, Instant, Money, ShownProduct};

/// One line of a cart.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CartLine {
    /// The product's id. No id has a line break.
    pub product: String,
    /// The id of the variant (size, colour) that is bought.
    pub variant: String,
    /// Units, at least 1.
    pub quantity: u32,
    /// The catalogue's price of one unit now, before every adjustment.
    pub unit_price: Money,
    /// When the shopper put the line into the cart.
    pub added_at: Instant,
    /// What the shopper or the platform noted on this line. An extension is given those that are its own or that its
    /// manifest names.
    pub attributes: Vec<Attribute>,
}

/// What a cart holds when it is priced or checked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cart {
    /// ISO 4217, such as `EUR`.
    pub currency: String,
    /// What is bought.
    pub lines: Vec<CartLine>,
    /// What delivery costs before every adjustment; 0 while no delivery has been chosen.
    pub delivery_fee: Money,
    /// The customer's id, where the shopper has proved who they are. Never set from a typed e-mail address.
    pub customer: Option<String>,
    /// Where the goods go, as ISO 3166-1 alpha-2, once known.
    pub country: Option<String>,
    /// When the shopper opened checkout with this cart.
    pub checkout_since: Option<Instant>,
    /// Codes the shopper has entered, in order of entry, as typed.
    pub codes: Vec<String>,
    /// What was noted on the cart. An extension is given those that are its own or that its manifest names.
    pub attributes: Vec<Attribute>,
}

/// A page that is about to be shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Page {
    /// Which page, by an id of the contract such as `product`.
    pub kind: String,
    /// The slots this page has, by ids of the contract such as `price`.
    pub slots: Vec<String>,
    /// ISO 4217, such as `EUR`.
    pub currency: String,
    /// The customer's id, where the shopper has proved who they are.
    pub customer: Option<String>,
    /// The products on the page.
    pub products: Vec<ShownProduct>,
    /// The cart, on pages that show it.
    pub cart: Option<Cart>,
    /// What the shopper is going to pay for the cart's goods, after every adjustment. 0 without a cart.
    pub cart_total: Money,
    /// The order, on pages about one.
    pub order: Option<String>,
    /// What the platform notes on the page.
    pub attributes: Vec<Attribute>,
}
