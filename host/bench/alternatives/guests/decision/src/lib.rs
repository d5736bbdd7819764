//! The decision of the flash sale, JSON in and JSON out, for everybody who runs WebAssembly without components.
//!
//! | module | what it is |
//! | --- | --- |
//! | [`pricing`] and what it needs | the component's own source |
//! | [`document`] | what is read and written, and how it becomes the component's types |
//! | [`answers`] | the shop as the benchmark has it |

extern crate alloc;

// As a dependency the component would export its points from here as well.
#[path = "../../../../../../components/flash-sale/src/bundles.rs"]
pub mod bundles;
#[path = "../../../../../../components/flash-sale/src/choice.rs"]
pub mod choice;
#[path = "../../../../../../components/flash-sale/src/limits.rs"]
mod limits;
#[path = "../../../../../../components/flash-sale/src/plan.rs"]
pub mod plan;
#[path = "../../../../../../components/flash-sale/src/pricing.rs"]
pub mod pricing;
#[path = "../../../../../../components/flash-sale/src/sale.rs"]
pub mod sale;
#[path = "../../../../../../components/flash-sale/src/shop.rs"]
pub mod shop;

pub mod answers;
pub mod document;

use answers::Answers;
use document::{Asked, Made};

/// Prices the cart of a document and gives the adjustments as JSON; the error says what is wrong with the document.
pub fn decide(document: &[u8]) -> Result<Vec<u8>, String> {
    let Asked { context, settings, cart } = serde_json::from_slice(document).map_err(|error| error.to_string())?;
    let made =
        pricing::price_cart(&settings, context.now, &cart.into(), &[], &Answers).map_err(|fault| fault.message)?;
    let made: Vec<_> = made.into_iter().map(Made::from).collect();
    serde_json::to_vec(&made).map_err(|error| error.to_string())
}
