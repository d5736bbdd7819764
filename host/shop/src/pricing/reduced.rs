//! What everybody can buy for less at this moment, whichever feature is behind it.
//!
//! It is a look for the merchant: nobody is shown these prices, so none is noted in the price history, and no extension
//! pays for it with its figures or its breaker.

use boomerang_engine::contract::Content;

use super::PricingError;
use super::public::{probe, sale_prices, unit_prices};
use super::shown::{ShownPrice, Subject, UnitPrices};
use crate::catalogue::{Listing, Product, Sort, Status, Variant};
use crate::clock::Instant;
use crate::extensions::ask::Asking;
use crate::money::Money;
use crate::platform::Platform;
use crate::shops::Shop;
use crate::store::catalogue;

/// Variants of one call of the pricing chain: an extension that reads every product of a cart stays within what a call may
/// move.
const AT_ONCE: usize = 100;
/// Products after which the look ends, so that a large catalogue does not keep the page waiting.
const MOST_PRODUCTS: u32 = 2_000;

/// Products that are offered for less.
#[derive(Clone, Debug, Default)]
pub struct Reductions {
    /// The first of them, by title.
    pub products: Vec<Reduced>,
    /// How many more there are.
    pub more: usize,
    /// Products that were not looked at, because there are too many.
    pub unseen: u32,
}

/// A product that is offered for less.
#[derive(Clone, Debug)]
pub struct Reduced {
    /// The product.
    pub product: Product,
    /// How many of its variants cost less.
    pub variants: usize,
    /// The variant that costs the least of what it costs otherwise: its place among the product's.
    pub best: usize,
    /// What that one costs.
    pub price: ShownPrice,
    /// When it costs that no more, if an extension says so.
    pub ends_at: Option<Instant>,
}

impl Platform {
    /// What somebody unknown can buy for less at `now`: every variant is looked at, and the first `most` products are told
    /// in full.
    ///
    /// # Errors
    /// If the database fails or a price cannot be counted.
    pub async fn reduced(&self, shop: &Shop, now: Instant, most: usize) -> Result<Reductions, PricingError> {
        let asking = self.extensions.looking(shop, now).await?;
        let (mut found, mut offset) = (Vec::new(), 0);
        let unseen = loop {
            let listing = Listing { status: Some(Status::Active), sort: Sort::Title, offset, ..Listing::default() };
            let id = shop.id.clone();
            let page = self.store.lookup(move |tx| catalogue::list(tx, &id, &listing)).await?;
            offset += Listing::MOST;
            found.extend(self.reduced_of(shop, page.products, &asking, now).await?);
            if offset >= page.total.min(MOST_PRODUCTS) {
                break page.total.saturating_sub(offset);
            }
        };
        let more = found.len().saturating_sub(most);
        found.truncate(most);
        Ok(Reductions { products: self.told(shop, found, &asking, now).await?, more, unseen })
    }

    /// Those of some products that cost less.
    async fn reduced_of(
        &self,
        shop: &Shop,
        products: Vec<Product>,
        asking: &Asking,
        now: Instant,
    ) -> Result<Vec<Less>, PricingError> {
        let variants: Vec<(&Product, &Variant)> = products
            .iter()
            .flat_map(|product| product.variants.iter().map(move |variant| (product, variant)))
            .collect();
        let mut sales = Vec::with_capacity(variants.len());
        for some in variants.chunks(AT_ONCE) {
            let priced = self.extensions.price(asking, None, &probe(shop, some, now)).await?.value;
            sales.extend(sale_prices(&priced));
        }
        let mut sales = sales.into_iter();
        let mut found = Vec::new();
        for product in products {
            let own: Vec<Option<Money>> = sales.by_ref().take(product.variants.len()).collect();
            found.extend(Less::of(product, &own));
        }
        Ok(found)
    }

    /// What a page of these products would say of the price and its end.
    async fn told(
        &self,
        shop: &Shop,
        found: Vec<Less>,
        asking: &Asking,
        now: Instant,
    ) -> Result<Vec<Reduced>, PricingError> {
        let best: Vec<(&Product, &Variant)> =
            found.iter().map(|less| (&less.product, &less.product.variants[less.best])).collect();
        // The page of a product says until when; a list does not.
        let subject = Subject { kind: "product", slots: &["price", "product-info"], ..Subject::default() };
        let priced = self.extensions.price(asking, None, &probe(shop, &best, now)).await?.value;
        let public = unit_prices(&priced);
        let units = UnitPrices { own: public.clone(), public };
        let mut shown = self.shown(shop, &best, &subject, &units, asking, now).await?;
        let told = found.into_iter().filter_map(|Less { product, variants, best }| {
            let variant = &product.variants[best].id;
            let price = shown.prices.remove(variant)?;
            let ends_at = shown.blocks.iter().find_map(|placed| match &placed.block.content {
                Content::Countdown(timer) if timer.variant.as_ref() == Some(variant) => Some(timer.ends_at),
                _ => None,
            });
            Some(Reduced { product, variants, best, price, ends_at })
        });
        Ok(told.collect())
    }
}

/// A product that costs less, before it is told in full.
struct Less {
    product: Product,
    variants: usize,
    best: usize,
}

impl Less {
    /// With the sale price of each variant; nothing where none has one.
    fn of(product: Product, sales: &[Option<Money>]) -> Option<Self> {
        // What is left of the catalogue's price, in millionths: the smallest is the best.
        let left = |place: usize| -> Option<i128> {
            let (sale, list) = ((*sales.get(place)?)?, product.variants[place].details.price);
            Some(i128::from(sale) * 1_000_000 / i128::from(list.max(1)))
        };
        let reduced = (0..product.variants.len()).filter_map(|place| Some((left(place)?, place)));
        let (_, best) = reduced.min()?;
        Some(Self { variants: sales.iter().flatten().count(), product, best })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{ProductDetails, VariantDetails};

    fn product(prices: &[Money]) -> Product {
        let variant = |(number, price): (usize, &Money)| Variant {
            id: number.to_string(),
            product: "p".into(),
            details: VariantDetails { price: *price, ..VariantDetails::default() },
        };
        Product {
            id: "p".into(),
            categories: Vec::new(),
            offered_since: 0,
            lowest_price: 0,
            details: ProductDetails::default(),
            variants: prices.iter().enumerate().map(variant).collect(),
        }
    }

    #[test]
    fn a_product_is_reduced_if_any_of_its_variants_is() {
        let of = |sales: &[Option<Money>]| {
            Less::of(product(&[1_000, 2_000, 500]), sales).map(|less| (less.variants, less.best))
        };
        assert_eq!(of(&[None, None, None]), None);
        assert_eq!(of(&[None, None, Some(400)]), Some((1, 2)));
        assert_eq!(of(&[Some(900), Some(1_000), Some(400)]), Some((3, 1)), "half off is the most");
    }
}
