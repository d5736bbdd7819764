//! Orders: what was bought at which price, and what has become of it.
//!
//! An order keeps what was charged, line by line, whatever the catalogue, the sale or the extension says later (F11). What
//! happened to it is read off its instants, never off a second field that could disagree.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`state`] | which step may follow which |
//! | [`refund`] | money by line, units and amount, so that many small refunds equal one large |
//! | [`returns`] | what a buyer wants to send back |
//! | [`draft`] | what an order is going to be, made from a priced cart |
//! | [`place`] | from a draft to a paid order, with the payment |
//! | [`manage`] | refund, cancel, fulfil, deliver, with the payment |

pub mod draft;
pub mod manage;
#[cfg(test)]
mod model_tests;
pub mod place;
pub mod refund;
pub mod returns;
pub mod state;
#[cfg(test)]
pub(crate) mod testing;

use boomerang_engine::contract;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

pub use draft::Draft;
pub use refund::{Refund, RefundRequest};
pub use state::OrderState;

use crate::catalogue::Attributes;
use crate::clock::Instant;
use crate::money::{Money, MoneyError};
use crate::people::Address;
use crate::people::profile::WrongField;
use crate::store::StoreError;

/// An order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Order {
    /// The id.
    pub id: String,
    /// The number that people use.
    pub number: String,
    /// The cart it was. It opens that cart, so it is not shown.
    #[serde(skip)]
    pub cart: String,
    /// How far it has come.
    pub state: OrderState,
    /// When it was placed.
    pub placed_at: Instant,
    /// When its money was taken; when it was placed, for one that cost nothing.
    pub paid_at: Option<Instant>,
    /// When it was sent.
    pub fulfilled_at: Option<Instant>,
    /// When it arrived.
    pub delivered_at: Option<Instant>,
    /// When it was cancelled.
    pub cancelled_at: Option<Instant>,
    /// ISO 4217.
    pub currency: String,
    /// The buyer's language, BCP 47.
    pub locale: String,
    /// The customer, once the order belongs to an account whose e-mail has been proved.
    pub customer: Option<String>,
    /// The opaque id of the e-mail address.
    pub contact: String,
    /// The domain of that address.
    pub contact_domain: String,
    /// Where the goods go, as ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Where the goods go; none where nothing is delivered, and once it is erased.
    pub shipping: Option<Address>,
    /// Who pays; none if it is the same, and once it is erased.
    pub billing: Option<Address>,
    /// It is a present for somebody else.
    pub gift: bool,
    /// How the goods go.
    pub delivery: OrderDelivery,
    /// The lines.
    pub lines: Vec<OrderLine>,
    /// The price changes that made the lines' totals, for the buyer to read.
    pub adjustments: Vec<OrderAdjustment>,
    /// The tax in it.
    pub tax: Money,
    /// What was charged in money: everything, less what was paid with points and gift cards.
    pub total: Money,
    /// What was given back, in value: money, points and gift cards together.
    pub refunded: Money,
    /// What people and the platform say about it, such as `first-order`.
    pub flags: Vec<String>,
    /// Free keys and values.
    pub attributes: Attributes,
    /// The card it was paid with; none if it cost nothing.
    pub payment: Option<OrderPayment>,
}

/// A line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderLine {
    /// The id, unique in the order.
    pub id: String,
    /// The product.
    pub product: String,
    /// The variant.
    pub variant: String,
    /// What they were called.
    pub title: String,
    /// Units.
    pub quantity: u32,
    /// The catalogue's price of one unit.
    pub unit_price: Money,
    /// What the whole line costs after every adjustment, with its tax, before points and gift cards paid for any of it.
    pub total: Money,
    /// The part paid with points.
    pub paid_with_points: Money,
    /// The part paid with gift cards.
    pub paid_with_gift_cards: Money,
    /// The part that is tax.
    pub tax: Money,
    /// Units given back.
    pub returned: u32,
    /// What was given back for the line, in value.
    pub refunded: Money,
    /// What was noted on the line.
    pub attributes: Attributes,
}

/// How the goods of an order go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderDelivery {
    /// The method's id; empty where nothing is delivered.
    pub method: String,
    /// What the method is called.
    pub name: String,
    /// The first and the last day promised, such as `2026-03-29`.
    pub promise: Option<(String, String)>,
    /// What it costs before every adjustment.
    pub fee: Money,
    /// What it costs after every adjustment, with its tax, before points paid for any of it.
    pub total: Money,
    /// The part paid with points.
    pub paid_with_points: Money,
    /// The part that is tax.
    pub tax: Money,
    /// What was given back for it, in value.
    pub refunded: Money,
}

/// A price change that an order keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderAdjustment {
    /// The extension that made it.
    pub extension: String,
    /// The line; none for the order or its delivery.
    pub line: Option<String>,
    /// `sale`, `bundle`, `coupon`, `membership`, `points` or `fee`.
    pub class: String,
    /// Its words.
    pub label: String,
    /// What it changes.
    pub amount: Money,
}

/// What is shown of the payment of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderPayment {
    /// Such as `visa`.
    pub brand: String,
    /// The card's last four digits.
    pub last4: String,
    /// Money kept ready for the order.
    pub authorised: Money,
    /// Money taken.
    pub captured: Money,
    /// Money given back.
    pub refunded: Money,
    /// `authorised`, `captured` or `voided`.
    pub state: String,
}

impl Order {
    /// The order as extensions see it, without a person in it.
    #[must_use]
    pub fn to_contract(&self) -> contract::Order {
        let attributes = |attributes: &Attributes| {
            let pair =
                |(key, value): (&String, &String)| contract::Attribute { key: key.clone(), value: value.clone() };
            attributes.iter().map(pair).collect()
        };
        contract::Order {
            id: self.id.clone(),
            number: self.number.clone(),
            placed_at: self.placed_at,
            currency: self.currency.clone(),
            lines: self
                .lines
                .iter()
                .map(|line| contract::OrderLine {
                    id: line.id.clone(),
                    product: line.product.clone(),
                    variant: line.variant.clone(),
                    quantity: line.quantity,
                    unit_price: line.unit_price,
                    total: line.total,
                    paid_with_points: line.paid_with_points,
                    paid_with_gift_cards: line.paid_with_gift_cards,
                    tax: line.tax,
                    attributes: attributes(&line.attributes),
                })
                .collect(),
            adjustments: self
                .adjustments
                .iter()
                .map(|adjustment| contract::OrderAdjustment {
                    extension: adjustment.extension.clone(),
                    line: adjustment.line.clone(),
                    class: adjustment.class.clone(),
                    label: adjustment.label.clone(),
                    amount: adjustment.amount,
                })
                .collect(),
            delivery_fee: self.delivery.total,
            tax: self.tax,
            total: self.total,
            customer: self.customer.clone(),
            contact: self.contact.clone(),
            contact_domain: self.contact_domain.clone(),
            country: self.country.clone(),
            flags: self.flags.clone(),
            attributes: attributes(&self.attributes),
        }
    }
}

/// Why something could not be done with an order. Nothing was changed.
#[derive(Debug, Error)]
pub enum OrderError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An amount does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// No such order.
    #[error("there is no such order; check its id")]
    NotFound,
    /// The order is past this, or not there yet.
    #[error("the order is {state}, so it cannot be {step}; reload it to see what can be done")]
    WrongState {
        /// How far it has come.
        state: OrderState,
        /// What was to be done.
        step: &'static str,
    },
    /// The address cannot be one.
    #[error(transparent)]
    Address(#[from] WrongField),
    /// The address is in another country, for which the order was not priced.
    #[error("the order was priced for {0}; leave the country, or cancel the order and place another")]
    Country(String),
    /// Nothing of it is delivered, or the address was erased.
    #[error("the order has no delivery address to change")]
    NoAddress,
    /// The order has no such line.
    #[error("the order has no line {0:?}; name one of its lines")]
    UnknownLine(String),
    /// A line was to get more units than it has.
    #[error("{left} units of line {line:?} are left to be sent; choose at most that many, or place another order")]
    MoreUnits {
        /// The line.
        line: String,
        /// Units left.
        left: u32,
    },
    /// Nothing would be left to be sent.
    #[error("nothing would be left to be sent; cancel the order instead")]
    NothingLeft,
    /// Its money is on the way back.
    #[error("the order is being cancelled: its money is on the way back, so it cannot be sent any more")]
    BeingCancelled,
    /// The refund asks for what cannot be given back.
    #[error(transparent)]
    Refund(#[from] refund::RefundError),
    /// The gateway did not do it.
    #[error(transparent)]
    Gateway(#[from] crate::gateway::GatewayError),
}
