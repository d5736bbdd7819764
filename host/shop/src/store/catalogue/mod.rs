//! Products, variants, categories and stock.

mod categories;
mod listing;
mod read;
mod stock;
mod write;

use thiserror::Error;

pub use categories::{categories, remove_category, save_category};
pub use listing::list;
pub use read::{by_handle, by_variant, get, products};
pub use stock::{put_back, set_stock, take};
pub use write::{import, save, update};
pub(super) use write::{refresh_product, variant_row};

use super::StoreError;
use crate::catalogue::check::ProductError;

/// Why the catalogue cannot be changed.
#[derive(Debug, Error)]
pub enum CatalogueError {
    /// Something about the product is not valid.
    #[error(transparent)]
    Product(#[from] ProductError),
    /// No such product.
    #[error("there is no product with the id {0:?}; check the id in the list of products")]
    UnknownProduct(String),
    /// No such variant.
    #[error("there is no variant with the id {0:?}; check the id in the list of products")]
    UnknownVariant(String),
    /// No such category.
    #[error("there is no category with the id {0:?}; make it first")]
    UnknownCategory(String),
    /// The category would be wider than itself.
    #[error("the category {0:?} would stand below itself; choose another parent")]
    CategoryLoop(String),
    /// The category has products or narrower categories.
    #[error("the category {0:?} still holds products or categories; move them first")]
    CategoryInUse(String),
    /// The category's id or title is not valid.
    #[error("a category needs an id of small letters, digits and hyphens, and a title of 1 to 120 characters")]
    CategoryName,
    /// Another product has the handle.
    #[error("another product has the handle {0:?}; choose another handle")]
    HandleTaken(String),
    /// The price is out of range.
    #[error("the price is out of range; use 0 to {max} minor units", max = crate::money::MAX_AMOUNT)]
    PriceRange,
    /// The stock is out of range.
    #[error("the stock is out of range; use at most {max} units", max = crate::money::MAX_AMOUNT)]
    StockRange,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
