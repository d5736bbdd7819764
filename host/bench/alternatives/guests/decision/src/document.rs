//! What is read and written. The names are those of the engine's own JSON; what the decision does not look at is not read.

use boomerang_sdk::types as sdk;
use serde::{Deserialize, Serialize};

use crate::plan::Plan;

/// What is asked.
#[derive(Debug, Serialize, Deserialize)]
pub struct Asked {
    /// When.
    pub context: Context,
    /// What the merchant has set up.
    pub settings: Plan,
    /// What is priced.
    pub cart: Cart,
}

/// The circumstances.
#[derive(Debug, Serialize, Deserialize)]
pub struct Context {
    /// Milliseconds since 1970.
    pub now: sdk::Instant,
}

/// A cart.
#[derive(Debug, Serialize, Deserialize)]
pub struct Cart {
    lines: Vec<Line>,
    customer: Option<String>,
    checkout_since: Option<sdk::Instant>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    product: String,
    variant: String,
    quantity: u32,
    unit_price: sdk::Money,
    added_at: sdk::Instant,
}

impl From<Cart> for sdk::Cart {
    fn from(Cart { lines, customer, checkout_since }: Cart) -> Self {
        let empty = Self { customer, checkout_since, ..Self::default() };
        lines.iter().fold(empty, |cart, line| {
            let Line { quantity, unit_price, added_at, .. } = *line;
            cart.with(&line.product, &line.variant, sdk::CartLine { quantity, unit_price, added_at })
        })
    }
}

/// An adjustment.
#[derive(Debug, Serialize, Deserialize)]
pub struct Made {
    class: String,
    label: String,
    changes: Vec<Change>,
    claims: Vec<Claim>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Change {
    target: Target,
    amount: sdk::Money,
    units: u32,
}

#[derive(Debug, Serialize, Deserialize)]
enum Target {
    Line(u32),
    Order,
    Delivery,
}

#[derive(Debug, Serialize, Deserialize)]
enum Claim {
    Points(u64),
    Quota(QuotaClaim),
}

#[derive(Debug, Serialize, Deserialize)]
struct QuotaClaim {
    name: String,
    limit: u32,
    per_shopper: bool,
    per_variant: bool,
}

impl From<sdk::Adjustment> for Made {
    fn from(made: sdk::Adjustment) -> Self {
        let claim = |claim| match claim {
            sdk::Claim::Points(points) => Claim::Points(points),
            sdk::Claim::Quota(sdk::QuotaClaim { name, limit, per_shopper, per_variant }) => {
                Claim::Quota(QuotaClaim { name, limit, per_shopper, per_variant })
            }
        };
        let change = |sdk::Change { target, amount, units }| Change {
            target: match target {
                sdk::Target::Line(line) => Target::Line(line),
                sdk::Target::Order => Target::Order,
                sdk::Target::Delivery => Target::Delivery,
            },
            amount,
            units,
        };
        Self {
            class: made.class,
            label: made.label,
            changes: made.changes.into_iter().map(change).collect(),
            claims: made.claims.into_iter().map(claim).collect(),
        }
    }
}
