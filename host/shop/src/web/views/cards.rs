//! Products with the prices that a page shows.

use serde::Serialize;

use super::blocks::{self, BlockView};
use crate::catalogue::{Product, Variant};
use crate::money::Money;
use crate::platform::Platform;
use crate::pricing::shown::{ShownPrice, Subject};
use crate::web::failure::Failure;
use crate::web::pictures::Image;
use crate::web::visit::Visit;

/// A price for a template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(in crate::web) struct PriceView {
    now: Money,
    was: Option<Money>,
    /// The reduction in whole percent of `was`, rounded down: never more than it is.
    percent: u32,
    /// Units that are truly left at this price.
    remaining: Option<u32>,
    /// Other variants cost something else.
    from: bool,
}

impl PriceView {
    pub(in crate::web) fn new(price: &ShownPrice) -> Self {
        Self {
            now: price.now,
            was: price.was,
            percent: price.reduced_basis_points.unwrap_or_default() / 100,
            remaining: price.remaining,
            from: false,
        }
    }

    pub(in crate::web) fn is_reduced(&self) -> bool {
        self.was.is_some()
    }

    pub(in crate::web) fn amount(&self) -> Money {
        self.now
    }
}

/// A product in a list.
#[derive(Clone, Debug, Serialize)]
pub(in crate::web) struct Card {
    pub(in crate::web) handle: String,
    title: String,
    brand: String,
    picture: Image,
    pub(in crate::web) price: PriceView,
    sold_out: bool,
}

/// The products of a page, and what extensions show beside them.
#[derive(Debug)]
pub(in crate::web) struct Shelf {
    pub(in crate::web) cards: Vec<Card>,
    pub(in crate::web) blocks: Vec<BlockView>,
}

/// Prices a list of products: each is shown with the cheapest variant that can be had.
pub(in crate::web) async fn shelf(
    platform: &Platform,
    visit: &Visit,
    kind: &str,
    products: &[Product],
) -> Result<Shelf, Failure> {
    let chosen: Vec<(&Product, &Variant)> =
        products.iter().filter_map(|product| Some((product, pick(product)?))).collect();
    let subject = Subject { kind, slots: &["banner", "price"], customer: visit.signed_in(), ..Subject::default() };
    let shown = platform.show(&visit.shop, &chosen, &subject, visit.now).await?;
    let cards = chosen
        .iter()
        .filter_map(|(product, variant)| {
            let mut price = PriceView::new(shown.prices.get(&variant.id)?);
            price.from = product.variants.iter().any(|other| other.details.price > variant.details.price);
            Some(Card {
                handle: product.details.handle.clone(),
                title: product.details.title.clone(),
                brand: product.details.brand.clone(),
                picture: Image::of(product, Some(variant)),
                price,
                sold_out: is_sold_out(product),
            })
        })
        .collect();
    Ok(Shelf { cards, blocks: blocks::views(shown.blocks) })
}

/// The variant that stands for a product: the cheapest of those that can be had.
fn pick(product: &Product) -> Option<&Variant> {
    product.variants.iter().min_by_key(|variant| (!variant.details.can_sell(1), variant.details.price))
}

/// Nothing of it can be had.
pub(in crate::web) fn is_sold_out(product: &Product) -> bool {
    product.variants.iter().all(|variant| !variant.details.can_sell(1))
}
