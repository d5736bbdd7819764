//! One-page checkout: what the form needs and holds, what it costs, and the order that it becomes.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`form`] | the fields, and the form as extensions see it |
//! | [`plain`] | the form where no extension plans it |
//! | [`arrange`] | open, change, recalculate: plan, price and reserve |
//! | [`submit`] | check everything, and place the order |
//! | [`address_fields`] | the same fields for the address book |
//! | [`written`] | addresses as their countries write them |
//! | [`typo`] | e-mail addresses that look misspelt |
//! | [`effort`] | what it took of the shopper, counted |
//! | [`countries`] | codes and names |

pub mod address_fields;
pub mod arrange;
pub mod countries;
pub mod effort;
pub mod form;
pub mod plain;
pub mod submit;
pub mod typo;
pub mod written;

use boomerang_engine::CartError;
use boomerang_engine::contract::{CheckoutPlan, Recognition};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use crate::money::MoneyError;
use crate::people::PaymentToken;
use crate::pricing::{PricedCart, PricingError};
use crate::store::StoreError;
use crate::store::carts::CartChangeError;
use crate::store::orders::PlaceError;

/// Who is checking out, and how the platform knows. What is typed into the form never changes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Visitor {
    /// How the customer was recognised.
    pub recognition: Recognition,
    /// The customer, unless nobody knows who it is.
    pub customer: Option<String>,
}

impl Visitor {
    /// Somebody of whom nothing is known.
    #[must_use]
    pub fn anonymous() -> Self {
        Self { recognition: Recognition::Anonymous, customer: None }
    }

    /// A customer who has signed in.
    #[must_use]
    pub fn signed_in(customer: impl Into<String>) -> Self {
        Self { recognition: Recognition::SignedIn, customer: Some(customer.into()) }
    }

    /// A customer whose device was recognised.
    #[must_use]
    pub fn on_known_device(customer: impl Into<String>) -> Self {
        Self { recognition: Recognition::Device, customer: Some(customer.into()) }
    }
}

impl From<&crate::people::Recognition> for Visitor {
    fn from(recognition: &crate::people::Recognition) -> Self {
        use crate::people::Recognition::{Anonymous, Device, SignedIn};
        match recognition {
            Anonymous => Self::anonymous(),
            Device { customer, .. } => Self::on_known_device(customer),
            SignedIn { customer } => Self::signed_in(customer),
        }
    }
}

/// A checkout as it stands.
#[derive(Clone, Debug)]
pub struct Checkout {
    /// The cart with what it costs.
    pub priced: PricedCart,
    /// Which fields there are, in order, with what is filled in.
    pub plan: CheckoutPlan,
    /// The tokens the customer has kept and the gateway still accepts.
    pub tokens: Vec<PaymentToken>,
    /// What could not be reserved; the order would be refused for it.
    pub unavailable: Option<String>,
}

/// Something that the shopper has to change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldProblem {
    /// The field's id, such as `shipping.postal-code`; empty for one that concerns the order as a whole.
    pub field: String,
    /// A short id for programs.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

impl FieldProblem {
    fn new(field: &str, code: &str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { field: field.to_owned(), code: code.to_owned(), message: message.into(), remedy: remedy.into() }
    }

    fn unknown_country(field: &str) -> Self {
        Self::new(field, "unknown-country", "There is no such country.", "Choose one from the list.")
    }
}

/// Why a checkout did not go on. No order was placed.
#[derive(Debug, Error)]
pub enum CheckoutError {
    /// The shopper has to change something.
    #[error("the checkout is not complete; correct the fields named")]
    Fields(Vec<FieldProblem>),
    /// There is nothing to buy in the cart.
    #[error("the cart is empty; put something into it first")]
    Empty,
    /// The order could not be placed.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The cart cannot be priced.
    #[error(transparent)]
    Pricing(#[from] PricingError),
}

impl From<StoreError> for CheckoutError {
    fn from(error: StoreError) -> Self {
        Self::Pricing(error.into())
    }
}

impl From<CartChangeError> for CheckoutError {
    fn from(error: CartChangeError) -> Self {
        Self::Pricing(error.into())
    }
}

impl From<MoneyError> for CheckoutError {
    fn from(error: MoneyError) -> Self {
        Self::Pricing(error.into())
    }
}

impl From<CartError> for CheckoutError {
    fn from(error: CartError) -> Self {
        Self::Pricing(error.into())
    }
}
