//! Which products are offered for less just now, wherever in the catalogue they stand: what the first page begins with.
//!
//! Finding them prices the catalogue, so it is done once in a while and not for every page view; what a page then shows of
//! them is priced anew. Another set of extensions, or other settings of one, is looked at at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::PricingError;
use super::shown::Subject;
use crate::catalogue::{Listing, Product, Sort, Status, Variant};
use crate::clock::{Instant, MINUTE};
use crate::extensions::ShopExtensions;
use crate::platform::Platform;
use crate::shops::Shop;
use crate::store::catalogue;

/// How long what was found holds.
const HOLDS: Instant = MINUTE;
/// Once so many are found, nobody looks further.
const ENOUGH: usize = 24;
/// Pages of the catalogue that are looked through at the most, the newest products first.
const PAGES: u32 = 20;

/// What was found lately, by shop.
#[derive(Default)]
pub struct OnOffer(Mutex<HashMap<String, Found>>);

struct Found {
    at: Instant,
    extensions: Arc<ShopExtensions>,
    products: Vec<String>,
}

impl OnOffer {
    fn get(&self, shop: &str, extensions: &Arc<ShopExtensions>, now: Instant) -> Option<Vec<String>> {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = found.get(shop).filter(|found| Arc::ptr_eq(&found.extensions, extensions))?;
        (found.at..found.at + HOLDS).contains(&now).then(|| found.products.clone())
    }

    fn put(&self, shop: &str, found: Found) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(shop.to_owned(), found);
    }
}

impl Platform {
    /// The ids of products that somebody unknown pays less for than before, the newest products first, at most 24. A sale
    /// that has just begun may be missing for a minute.
    ///
    /// # Errors
    /// If the database fails or a price cannot be counted.
    pub async fn on_offer(&self, shop: &Shop, now: Instant) -> Result<Vec<String>, PricingError> {
        let extensions = self.extensions.of(&shop.id).await?;
        if let Some(known) = self.on_offer.get(&shop.id, &extensions, now) {
            return Ok(known);
        }
        let mut products = Vec::new();
        for page in 0..PAGES {
            let (id, offset) = (shop.id.clone(), page * Listing::MOST);
            let listing = Listing { status: Some(Status::Active), sort: Sort::Newest, offset, ..Listing::default() };
            let found = self.store.read(move |tx| catalogue::list(tx, &id, &listing)).await?;
            products.extend(self.on_offer_of(shop, &found.products, now).await?);
            if products.len() >= ENOUGH || offset + Listing::MOST >= found.total {
                break;
            }
        }
        products.truncate(ENOUGH);
        self.on_offer.put(&shop.id, Found { at: now, extensions, products: products.clone() });
        Ok(products)
    }

    /// The same of some products, by their first variants.
    async fn on_offer_of(&self, shop: &Shop, products: &[Product], now: Instant) -> Result<Vec<String>, PricingError> {
        let variants: Vec<(&Product, &Variant)> =
            products.iter().filter_map(|product| Some((product, product.variants.first()?))).collect();
        let subject = Subject { kind: "home", slots: &["price"], ..Subject::default() };
        let shown = self.show(shop, &variants, &subject, now).await?;
        let is_less = |variant: &Variant| shown.prices.get(&variant.id).is_some_and(|price| price.was.is_some());
        let less = variants.iter().filter(|(_, variant)| is_less(variant));
        Ok(less.map(|(product, _)| product.id.clone()).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use boomerang_engine::Installations;

    use super::*;

    #[test]
    fn what_was_found_holds_for_a_minute_and_for_the_extensions_that_found_it() {
        let none =
            || Arc::new(ShopExtensions { installations: Installations::new([]).unwrap(), broken: BTreeMap::new() });
        let (here, other) = (none(), none());
        let reduced = OnOffer::default();
        reduced.put("a", Found { at: 5, extensions: Arc::clone(&here), products: vec!["pro_1".into()] });
        assert_eq!(reduced.get("a", &here, 5 + HOLDS - 1), Some(vec!["pro_1".to_owned()]));
        assert_eq!(reduced.get("a", &here, 5 + HOLDS), None);
        assert_eq!(reduced.get("a", &here, 4), None, "the clock of a demo may be anywhere");
        assert_eq!(reduced.get("a", &other, 5), None);
        assert_eq!(reduced.get("b", &here, 5), None);
    }
}
