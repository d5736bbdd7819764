//! What a cart would cost at any instant, with a feature as if it were on, or off. Nothing of it is kept, and nothing is
//! counted.

use boomerang_engine::contract::{Content, Input};
use thiserror::Error;

use super::shown::{Subject, page};
use super::{PricedCart, PricingError};
use crate::cart::{Cart, CartError, CartLine, MOST_LINES, MOST_UNITS};
use crate::catalogue::Attributes;
use crate::clock::Instant;
use crate::extensions::ask::AsIf;
use crate::extensions::manage::ManageError;
use crate::ids;
use crate::platform::Platform;
use crate::shops::Shop;
use crate::store::{StoreError, catalogue, customers};

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
    Gone {
        /// Its line, counted from 0.
        line: usize,
    },
    /// There is no such customer.
    #[error("there is no such customer; name another, or nobody")]
    Stranger,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A cart with these lines, which nobody has and nothing keeps. It goes to the shop's own country.
///
/// # Errors
/// If it has more lines, or a line more or fewer units, than a cart may have.
pub fn cart(shop: &Shop, lines: Vec<Wanted>, at: Instant) -> Result<Cart, CartError> {
    if lines.len() > MOST_LINES {
        return Err(CartError::Full);
    }
    if lines.iter().any(|line| !(1..=MOST_UNITS).contains(&line.quantity)) {
        return Err(CartError::Quantity);
    }
    let line = |(number, line): (usize, Wanted)| CartLine {
        id: number.to_string(),
        product: line.product,
        variant: line.variant,
        quantity: line.quantity,
        added_at: at,
        attributes: Attributes::new(),
    };
    Ok(Cart {
        id: ids::new("preview", at),
        country: Some(shop.country.clone()),
        lines: lines.into_iter().enumerate().map(line).collect(),
        ..Cart::default()
    })
}

impl Platform {
    /// Prices a [`cart`] at `at`, for the customer in it, with the extensions that are on, with one more, or with one less.
    ///
    /// # Errors
    /// If the extension cannot be called, there is no such customer, or the cart cannot be priced.
    pub async fn preview(
        &self,
        shop: &Shop,
        cart: Cart,
        at: Instant,
        as_if: Option<AsIf<'_>>,
    ) -> Result<PricedCart, PreviewError> {
        let wanted: Vec<String> = cart.lines.iter().map(|line| line.product.clone()).collect();
        let (id, customer) = (shop.id.clone(), cart.customer.clone());
        let read = self.store.lookup(move |tx| -> Result<_, StoreError> {
            let known = match &customer {
                Some(customer) => customers::get(tx, &id, customer)?.is_some(),
                None => true,
            };
            Ok((known, catalogue::products(tx, &id, &wanted)?))
        });
        let (known, products) = read.await?;
        if !known {
            return Err(PreviewError::Stranger);
        }
        let asking = self.extensions.asking_as_if(shop, cart.customer.as_deref(), at, as_if).await?;
        let priced = self.price_asking(shop, cart, products, at, &asking).await?;
        let gone = priced.snapshot.gone.first();
        match gone.and_then(|gone| priced.cart.lines.iter().position(|line| line.id == gone.id)) {
            Some(line) => Err(PreviewError::Gone { line }),
            None => Ok(priced),
        }
    }

    /// What the forms of extensions ask a shopper for beside a cart that was previewed, with what the cart holds of it.
    ///
    /// # Errors
    /// If the extension cannot be called, or the database fails.
    pub async fn preview_inputs(
        &self,
        shop: &Shop,
        priced: &PricedCart,
        at: Instant,
        as_if: Option<AsIf<'_>>,
    ) -> Result<Vec<Input>, ManageError> {
        let customer = priced.cart.customer.as_deref();
        let asking = self.extensions.asking_as_if(shop, customer, at, as_if).await?;
        let subject =
            Subject { kind: "cart", slots: &["cart-summary"], customer, cart: Some(priced), ..Subject::default() };
        let blocks = self.extensions.blocks(&asking, &page(shop, &[], &[], &subject)).await.value;
        let inputs = blocks.into_iter().filter_map(|placed| match placed.block.content {
            Content::Form(form) => Some(form.inputs),
            _ => None,
        });
        Ok(inputs.flatten().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shops::tests::vienna;

    fn line(quantity: u32) -> Wanted {
        Wanted { product: "p".into(), variant: "v".into(), quantity }
    }

    #[test]
    fn a_cart_of_a_preview_holds_what_a_cart_may_hold() {
        let made = |lines| cart(&vienna(), lines, 7);
        let sound = made(vec![line(1), line(MOST_UNITS)]).unwrap();
        assert_eq!((sound.lines.len(), sound.lines[1].added_at, sound.customer), (2, 7, None));
        assert_ne!(sound.lines[0].id, sound.lines[1].id);
        for quantity in [0, MOST_UNITS + 1] {
            assert_eq!(made(vec![line(quantity)]), Err(CartError::Quantity));
        }
        assert_eq!(made(vec![line(1); MOST_LINES + 1]), Err(CartError::Full));
    }
}
