//! What a cart would cost at any instant, with a feature as if it were on, or off. Nothing of it is kept, and nothing is
//! counted.

use thiserror::Error;

use super::{PricedCart, PricingError};
use crate::cart::{Cart, CartLine};
use crate::catalogue::Attributes;
use crate::clock::Instant;
use crate::extensions::manage::ManageError;
use crate::ids;
use crate::platform::Platform;
use crate::shops::Shop;
use crate::store::{StoreError, catalogue};

/// One line to be priced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The product's id.
    pub product: String,
    /// The variant's id.
    pub variant: String,
    /// Units.
    pub quantity: u32,
}

/// Why there is no preview.
#[derive(Debug, Error)]
pub enum PreviewError {
    /// The feature cannot be called.
    #[error(transparent)]
    Extension(#[from] ManageError),
    /// The cart has no price.
    #[error(transparent)]
    Pricing(#[from] PricingError),
    /// There is no such variant on sale.
    #[error("there is no such variant on sale; choose another")]
    Gone,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Platform {
    /// Prices one line for somebody unknown at `at`, with `extension` as if it were on, or off.
    ///
    /// # Errors
    /// If the extension cannot be called, or there is nothing to price.
    pub async fn preview(
        &self,
        shop: &Shop,
        wanted: &Wanted,
        at: Instant,
        extension: &str,
        enabled: bool,
    ) -> Result<PricedCart, PreviewError> {
        let line = CartLine {
            id: "1".to_owned(),
            product: wanted.product.clone(),
            variant: wanted.variant.clone(),
            quantity: wanted.quantity,
            added_at: at,
            attributes: Attributes::new(),
        };
        let cart = Cart {
            id: ids::new("preview", at),
            country: Some(shop.country.clone()),
            lines: vec![line],
            ..Cart::default()
        };
        let (id, product) = (shop.id.clone(), wanted.product.clone());
        let products = self.store.lookup(move |tx| catalogue::products(tx, &id, &[product])).await?;
        let asking = self.extensions.asking_as_if(shop, None, at, extension, enabled).await?;
        let priced = self.price_asking(shop, cart, products, at, &asking).await?;
        if priced.snapshot.gone.is_empty() { Ok(priced) } else { Err(PreviewError::Gone) }
    }
}
