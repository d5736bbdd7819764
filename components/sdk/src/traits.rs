//! One trait for each extension point. Its function is an associated one without `self`: an instance serves one call, so
//! there is no state to keep.

/// Check the merchant's settings, once, when they are saved. See [`settings::prepare`](crate::settings::prepare).
pub use crate::bindings::configuration::exports::boomerang::shop::configuration::Guest as Configuration;

/// Change what a cart costs. A decision.
pub use crate::bindings::cart_pricing::exports::boomerang::shop::cart_pricing::Guest as CartPricing;

/// Fill the checkout form, and say which fields it needs. A decision.
pub use crate::bindings::checkout_autofill::exports::boomerang::shop::checkout_autofill::Guest as CheckoutAutofill;

/// Refuse a checkout that cannot be fulfilled, field by field. A decision.
pub use crate::bindings::checkout_validation::exports::boomerang::shop::checkout_validation::Guest as CheckoutValidation;

/// Show something on a page, as data. A decision.
pub use crate::bindings::storefront_blocks::exports::boomerang::shop::storefront_blocks::Guest as StorefrontBlocks;

/// Act on what happens to an order. A handler.
pub use crate::bindings::order_events::exports::boomerang::shop::order_events::Guest as OrderEvents;

/// Act on what customers do. A handler.
pub use crate::bindings::customer_events::exports::boomerang::shop::customer_events::Guest as CustomerEvents;

/// Do work that is due at a time. A handler.
pub use crate::bindings::schedule::exports::boomerang::shop::schedule::Guest as Schedule;

/// Make a report for the merchant. A decision.
pub use crate::bindings::insights::exports::boomerang::shop::insights::Guest as Insights;
