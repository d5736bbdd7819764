//! Write Boomerang extensions in Rust.
//!
//! An extension is one WebAssembly component with a manifest inside. Implement the trait of each extension point it has,
//! name the points in [`extension!`], and build with `cargo build --target wasm32-wasip2`:
//!
//! ```
//! #![cfg_attr(target_arch = "wasm32", no_std)]
//! extern crate alloc;
//!
//! use alloc::{vec, vec::Vec};
//! use boomerang_sdk::prelude::*;
//!
//! struct FreeDelivery;
//!
//! impl CartPricing for FreeDelivery {
//!     fn price_cart(_: Context, cart: Cart, _: Vec<Applied>) -> Result<Vec<Adjustment>, Fault> {
//!         let goods: Money = cart.lines.iter().map(|line| line.unit_price * Money::from(line.quantity)).sum();
//!         if goods < 50_00 || cart.delivery_fee == 0 {
//!             return Ok(Vec::new());
//!         }
//!         Ok(vec![Adjustment::new("sale", "Free delivery over 50", Target::Delivery, -cart.delivery_fee)])
//!     }
//! }
//!
//! boomerang_sdk::extension! {
//!     manifest: "../tests/manifest.json",
//!     type: FreeDelivery,
//!     points: [cart_pricing],
//! }
//! # fn main() {}
//! ```
//!
//! - [`prelude`] has the traits, the types of the contract and the macro.
//! - Each capability is a module of functions: [`points::balance`], [`quotas::taken`], [`catalogue::products`]. What an
//!   extension calls is what it asks the merchant's consent for; what it does not call is not imported.
//! - [`settings`] checks and packs settings once, when they are saved, and loads them in a few nanoseconds at every call.
//! - [`money`] and [`time`] hold the arithmetic that is easy to get wrong, [`text`] puts numbers into words.
//!
//! Keep decisions in plain functions: an extension crate also compiles for the machine it is written on, so its logic is
//! tested with `cargo test`. Capabilities answer only inside an engine; calling one elsewhere panics.
//!
//! # Without the standard library
//! By default the SDK brings its own allocator, panic handler and entry points (see [the design of the runtime](#runtime)),
//! so an extension imports no WASI interface, fits one page of memory and starts in microseconds. Such a crate needs
//! `#![cfg_attr(target_arch = "wasm32", no_std)]`, as above. With the feature `std` it may use the standard library,
//! at the price of thirteen imports and some 60 kB.
//!
//! # Runtime
//! An instance serves one call and is thrown away, so memory is only ever handed out, and a panic is a trap that the host
//! reports and survives.
#![no_std]

extern crate alloc;
// The bindings name the crate from inside and from outside in the same way.
extern crate self as boomerang_sdk;

#[doc(hidden)]
pub mod bindings;
mod cart;
mod extension;
mod helpers;
pub mod log;
#[doc(hidden)]
pub mod manifest;
pub mod money;
#[cfg(all(target_arch = "wasm32", not(feature = "std")))]
mod runtime;
pub mod settings;
pub mod text;
pub mod time;
mod traits;
pub mod types;

pub use bindings::capabilities::boomerang::shop::{
    accounts, address_book, catalogue, coupons, customers, fulfilment, messages, order_history, points, points_ledger,
    quotas, storage, storage_write, time_zones,
};
pub use cart::{CartItem, Items};
pub use helpers::attribute;
pub use traits::{
    CartPricing, CheckoutAutofill, CheckoutValidation, Configuration, CustomerEvents, Insights, OrderEvents, Schedule,
    StorefrontBlocks,
};

/// Everything an extension usually needs.
pub mod prelude {
    pub use crate::types::*;
    pub use crate::{
        CartItem, CartPricing, CheckoutAutofill, CheckoutValidation, Configuration, CustomerEvents, Insights,
        OrderEvents, Schedule, StorefrontBlocks, attribute,
    };
}

#[doc(hidden)]
pub use wit_bindgen::rt as __rt;
