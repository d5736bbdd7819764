//! The contract as Rust types, generated from `wit/` and re-exported flat.
//!
//! Every record and variant can be cloned, compared, hashed, and written and read with serde, so any input and output of an
//! extension can be kept as JSON and run again. Carts and pages have a form of their own for platforms, in [`cart`].

mod cart;
pub(crate) mod sent;

/// What `bindgen!` makes of the contract. Its `unsafe` is the unchecked cast of functions whose types `load` has just checked.
#[allow(unsafe_code, missing_docs, unreachable_pub)]
pub(crate) mod bindings {
    wasmtime::component::bindgen!({
        world: "extension",
        path: "../../wit",
        // What the engine answers by itself is a plain function; an answer of the vendor may take a while.
        imports: {
            "boomerang:shop/settings": trappable,
            "boomerang:shop/log": trappable,
            "boomerang:shop/points-ledger": trappable,
            "boomerang:shop/storage-write": trappable,
            "boomerang:shop/accounts": trappable,
            "boomerang:shop/messages": trappable,
            "boomerang:shop/coupons": trappable,
            "boomerang:shop/fulfilment": trappable,
            default: async | trappable,
        },
        exports: { default: async },
        additional_derives: [Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize],
    });
}

pub use cart::{Cart, CartLine, Page};

use bindings::boomerang::shop as imports;
use bindings::exports::boomerang::shop as exports;

pub use exports::cart_pricing::{Adjustment, Applied, Change, Claim, QuotaClaim, Target};
pub use exports::checkout_autofill::{CheckoutPlan, FieldPlan};
pub use exports::checkout_validation::FieldError;
pub use exports::configuration::SettingError;
pub use exports::customer_events::CustomerEvent;
pub use exports::insights::{Figure, Report, ReportRequest, Series, SeriesPoint, Table};
pub use exports::order_events::{OrderEvent, Refund, RefundedLine};
pub use exports::schedule::Tick;
pub use exports::storefront_blocks::{
    Block, Content, Countdown, Custom, Form, Input, Listing, Notice, PageLink, PriceDisplay, Progress, ShownProduct,
};
pub use imports::accounts::{AccountMode, AccountOffer};
pub use imports::address_book::{Address, Book, Delivery};
pub use imports::catalogue::{Product, VariantInfo};
pub use imports::coupons::{Coupon, Reduction};
pub use imports::customers::{Birthday, Profile, ProfilePage};
pub use imports::fulfilment::{ForwardedLine, Forwarding};
pub use imports::log::Level;
pub use imports::messages::{Action, Message};
pub use imports::order_history::{OrderPage, OrderSummary};
pub use imports::points::{EarnedLine, Expiring, ExpiringPage, Holdings, Lot, OrderPoints};
pub use imports::points_ledger::{DeficitPolicy, Grant, LineShare, Restoration, Reversal};
pub use imports::storage::KeyPage;
pub use imports::time_zones::{LocalTime, Resolved};
pub use imports::types::{
    Attribute, CheckoutForm, Context, Fault, Instant, Money, Order, OrderAdjustment, OrderLine, PaymentToken,
    Recognition, TypedField,
};

impl Fault {
    /// A fault with a short kebab-case `code` for programs and one sentence for the merchant.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }
}
