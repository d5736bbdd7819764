//! What things cost now: the catalogue, the pricing chain and the tax together.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`coupons`] | what the codes of a cart take off |
//! | `histories` | price histories that were read lately |
//! | [`lawful`] | which prices before a reduction a page may show |
//! | [`on_offer`] | which products the first page begins with |
//! | [`preview`] | what a cart would cost at an instant, with a feature on that is still off |
//! | [`public`] | what one unit costs, and which of it everybody would pay |
//! | [`reduced`] | what everybody can buy for less just now, for the merchant |
//! | [`shown`] | the prices that a page of products shows |

pub mod coupons;
pub(crate) mod histories;
pub mod lawful;
pub mod on_offer;
pub mod preview;
pub mod public;
pub mod reduced;
pub mod shown;

use boomerang_engine::{CartError, Pricing, Report};
use thiserror::Error;

use self::coupons::{Codes, EnteredCode};
use crate::cart::Cart;
use crate::cart::snapshot::{Snapshot, snapshot};
use crate::cart::totals::Totals;
use crate::catalogue::Product;
use crate::clock::Instant;
use crate::extensions::ask::Asking;
use crate::money::MoneyError;
use crate::platform::Platform;
use crate::shops::Shop;
use crate::store::carts::{self, CartChangeError};
use crate::store::{self, StoreError, catalogue};

/// A cart with everything that is known of it at one instant.
#[derive(Clone, Debug)]
pub struct PricedCart {
    /// The cart as it is kept.
    pub cart: Cart,
    /// The products of its lines.
    pub products: Vec<Product>,
    /// The cart with the catalogue's prices.
    pub snapshot: Snapshot,
    /// What the pricing chain made of it.
    pub report: Report<Pricing>,
    /// Its codes, in the order of entry, with what came of them.
    pub codes: Vec<EnteredCode>,
    /// What the shopper reads and pays.
    pub totals: Totals,
}

/// Why a cart has no price.
#[derive(Debug, Error)]
pub enum PricingError {
    /// There is no such cart, or it is an order by now.
    #[error(transparent)]
    Cart(#[from] CartChangeError),
    /// The cart cannot be priced at all.
    #[error(transparent)]
    Unpriceable(#[from] CartError),
    /// It is worth more than can be counted.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Platform {
    /// Prices a cart for a page, as it is now. Only the customer in the cart is told to extensions: one who has proved who
    /// they are.
    ///
    /// # Errors
    /// If there is no such cart, or it cannot be priced.
    pub async fn price(&self, shop: &Shop, cart: &str, now: Instant) -> Result<PricedCart, PricingError> {
        let (shop_id, id) = (shop.id.clone(), cart.to_owned());
        let (cart, products) = self
            .store
            .lookup(move |tx| -> Result<_, PricingError> {
                let cart = carts::get(tx, &shop_id, &id)?;
                let wanted: Vec<_> = cart.lines.iter().map(|line| line.product.as_str()).collect();
                let products = catalogue::products(tx, &shop_id, &wanted)?;
                Ok((cart, products))
            })
            .await?;
        let asking = self.extensions.asking_for_page(shop, cart.customer.as_deref(), now).await?;
        self.price_asking(shop, cart, products, now, &asking).await
    }

    /// Prices a cart that has been read already, with every extension called.
    ///
    /// # Errors
    /// If it cannot be priced.
    pub async fn price_loaded(
        &self,
        shop: &Shop,
        cart: Cart,
        products: Vec<Product>,
        now: Instant,
    ) -> Result<PricedCart, PricingError> {
        let asking = self.extensions.asking(shop, cart.customer.as_deref(), now).await?;
        self.price_asking(shop, cart, products, now, &asking).await
    }

    /// Prices a cart with what the extensions of `asking` say.
    pub(crate) async fn price_asking(
        &self,
        shop: &Shop,
        cart: Cart,
        products: Vec<Product>,
        now: Instant,
        asking: &Asking,
    ) -> Result<PricedCart, PricingError> {
        let snapshot = snapshot(shop, &cart, &products, now)?;
        let mut codes = self.codes(shop, &cart, &snapshot, now).await?;
        let mut report = self.extensions.price_after(asking, &cart.id, &snapshot.cart, &codes.adjustments).await?;
        if !codes.adjustments.is_empty() {
            let without = self.extensions.price(asking, Some(&cart.id), &snapshot.cart).await?;
            if without.value.total <= report.value.total {
                codes.leave_out(shop);
                report = without;
            }
        }
        codes.look_at(&report.value, shop);
        let totals = Totals::new(&snapshot, &report.value, &shop.policies)?;
        Ok(PricedCart { cart, products, snapshot, report, codes: codes.entered, totals })
    }

    /// What the codes of a cart take off. A cart without codes asks the database nothing.
    async fn codes(&self, shop: &Shop, cart: &Cart, snapshot: &Snapshot, now: Instant) -> Result<Codes, PricingError> {
        if cart.codes.is_empty() {
            return Ok(Codes::default());
        }
        let (shop_id, id, codes) = (shop.id.clone(), cart.id.clone(), cart.codes.clone());
        let entered = self.store.lookup(move |tx| store::coupons::entered(tx, &shop_id, &id, codes, now)).await?;
        Ok(Codes::new(shop, entered, snapshot, now)?)
    }
}
