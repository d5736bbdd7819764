//! The types of the contract that extension points take and give, in one flat list. What only a capability uses is in the
//! module of that capability. The records have a `Default`, so that a test names only the fields it is about.

pub use crate::bindings::capabilities::boomerang::shop::types::{
    Attribute, Cart, CartLine, CheckoutForm, Context, Fault, Instant, LineAttribute, Money, Order, OrderAdjustment,
    OrderLine, PaymentToken, Recognition, TypedField,
};
pub use crate::bindings::cart_pricing::exports::boomerang::shop::cart_pricing::{
    Adjustment, Applied, Change, Claim, QuotaClaim, Target,
};
pub use crate::bindings::checkout_autofill::exports::boomerang::shop::checkout_autofill::{CheckoutPlan, FieldPlan};
pub use crate::bindings::checkout_validation::exports::boomerang::shop::checkout_validation::FieldError;
pub use crate::bindings::configuration::exports::boomerang::shop::configuration::SettingError;
pub use crate::bindings::customer_events::exports::boomerang::shop::customer_events::CustomerEvent;
pub use crate::bindings::insights::exports::boomerang::shop::insights::{
    Figure, Report, ReportRequest, Series, SeriesPoint, Table,
};
pub use crate::bindings::order_events::exports::boomerang::shop::order_events::{OrderEvent, Refund, RefundedLine};
pub use crate::bindings::schedule::exports::boomerang::shop::schedule::Tick;
pub use crate::bindings::storefront_blocks::exports::boomerang::shop::storefront_blocks::{
    Block, Content, Countdown, Custom, Form, Input, Listing, Notice, Page, PageLink, PriceDisplay, Progress,
    ShownProduct,
};
