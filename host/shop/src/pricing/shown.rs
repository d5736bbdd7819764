//! The prices that a page of products shows: what whoever looks would pay for one unit, and what is said about it.
//!
//! One call of the pricing chain prices a whole page for somebody unknown, one more for a customer who may pay less (F9),
//! and one call of `storefront-blocks` fills its slots. A `was` price is shown only where it is [`lawful`](super::lawful);
//! a public sale price that was shown is noted in the price history, and nobody's own price ever is.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use boomerang_engine::PlacedBlock;
use boomerang_engine::contract::{Page, PriceDisplay, ShownProduct};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::public::{probe, sale_prices, unit_prices};
use super::{PricedCart, PricingError};
use crate::cart::tax::{Taxed, rate, taxes};
use crate::catalogue::prior_price::reduction_basis_points;
use crate::catalogue::{Product, Variant};
use crate::clock::{HOUR, Instant};
use crate::extensions::ask::Asking;
use crate::money::{Money, MoneyError, plus};
use crate::platform::Platform;
use crate::shops::Shop;
use crate::store::{StoreError, prices};

/// The price of a variant as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShownPrice {
    /// What one unit costs now, for whoever looks.
    pub now: Money,
    /// The lawful price before the reduction; none where there is none.
    pub was: Option<Money>,
    /// The reduction, in basis points of `was`.
    pub reduced_basis_points: Option<u32>,
    /// Units that are truly left at this price; none to show none.
    pub remaining: Option<u32>,
}

/// What a page shows of its products.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// The price of each variant, by its id.
    pub prices: BTreeMap<String, ShownPrice>,
    /// What extensions put into the page's slots. Price displays have become [`prices`](Self::prices).
    pub blocks: Vec<PlacedBlock>,
}

/// What a page is about, beside its products.
#[derive(Clone, Debug, Default)]
pub struct Subject<'a> {
    /// As in `storefront-blocks.page.kind`.
    pub kind: &'a str,
    /// The slots that the page has.
    pub slots: &'a [&'a str],
    /// The customer, if the shopper has proved who they are.
    pub customer: Option<&'a str>,
    /// The cart, on pages that show it.
    pub cart: Option<&'a PricedCart>,
    /// The order's id, on pages about one.
    pub order: Option<&'a str>,
}

/// Public prices that were noted lately, so that a page view is not a write.
#[derive(Default)]
pub struct Noted(Mutex<HashMap<(String, String), (Money, Instant)>>);

impl Noted {
    /// Whether a price has to be noted: it is new, or was noted more than an hour ago.
    fn is_due(&self, shop: &str, variant: &str, price: Money, now: Instant) -> bool {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = noted.entry((shop.to_owned(), variant.to_owned())).or_insert((price, Instant::MIN));
        let due = entry.0 != price || now.saturating_sub(entry.1) >= HOUR;
        if due {
            *entry = (price, now);
        }
        due
    }
}

/// What one unit of each variant of a page costs now, before tax is added.
#[derive(Clone, Debug, Default)]
pub(super) struct UnitPrices {
    /// For somebody unknown.
    pub(super) public: Vec<Money>,
    /// For whoever looks.
    pub(super) own: Vec<Money>,
}

impl Platform {
    /// What a page shows of these variants.
    ///
    /// # Errors
    /// If the database fails or a price cannot be counted.
    pub async fn show(
        &self,
        shop: &Shop,
        variants: &[(&Product, &Variant)],
        subject: &Subject<'_>,
        now: Instant,
    ) -> Result<Shown, PricingError> {
        let asking = self.extensions.asking_for_page(shop, subject.customer, now).await?;
        let units = self.unit_prices(shop, variants, subject.customer, &asking, now).await?;
        self.shown(shop, variants, subject, &units, &asking, now).await
    }

    /// What a page shows of variants that have been priced.
    pub(super) async fn shown(
        &self,
        shop: &Shop,
        variants: &[(&Product, &Variant)],
        subject: &Subject<'_>,
        units: &UnitPrices,
        asking: &Asking,
        now: Instant,
    ) -> Result<Shown, PricingError> {
        let page = page(shop, variants, &units.public, subject);
        let report = self.extensions.blocks(asking, &page).await;
        let (displays, blocks) = self.lawful(shop, variants, units, asking, report.value, now).await?;
        let prices = with_tax(shop, variants, &units.own, &displays)?;
        Ok(Shown { prices, blocks })
    }

    /// One call of the chain for somebody unknown, whose sale prices go into the price history, and one more for a customer.
    async fn unit_prices(
        &self,
        shop: &Shop,
        variants: &[(&Product, &Variant)],
        customer: Option<&str>,
        asking: &Asking,
        now: Instant,
    ) -> Result<UnitPrices, PricingError> {
        if variants.is_empty() {
            return Ok(UnitPrices::default());
        }
        let unknown = asking.clone().of_customer(None);
        let mut cart = probe(shop, variants, asking.now());
        let priced = self.extensions.price(&unknown, None, &cart).await?.value;
        self.note(shop, variants, &sale_prices(&priced), now).await?;
        let public = unit_prices(&priced);
        let own = match customer {
            None => public.clone(),
            Some(customer) => {
                cart.customer = Some(customer.to_owned());
                unit_prices(&self.extensions.price(asking, None, &cart).await?.value)
            }
        };
        Ok(UnitPrices { public, own })
    }

    /// Notes public sale prices in the price history, because whoever was shown one may hold the shop to it, and where one
    /// is over, the ordinary price.
    async fn note(
        &self,
        shop: &Shop,
        variants: &[(&Product, &Variant)],
        sales: &[Option<Money>],
        now: Instant,
    ) -> Result<(), StoreError> {
        let (mut due, mut ordinary) = (Vec::new(), Vec::new());
        for ((_, variant), sale) in variants.iter().zip(sales) {
            let price = sale.unwrap_or(variant.details.price);
            if self.noted.is_due(&shop.id, &variant.id, price, now) {
                let noted = if sale.is_some() { &mut due } else { &mut ordinary };
                noted.push((variant.id.clone(), price));
            }
        }
        let id = shop.id.clone();
        if !ordinary.is_empty() {
            due.extend(self.store.lookup(move |tx| prices::differ_from_last_seen(tx, &id, ordinary)).await?);
        }
        if due.is_empty() {
            return Ok(());
        }
        let id = shop.id.clone();
        self.store
            .write(move |tx| {
                for (variant, price) in &due {
                    prices::observe(tx, &id, variant, *price, now)?;
                }
                Ok(())
            })
            .await
    }
}

pub(super) fn page(shop: &Shop, variants: &[(&Product, &Variant)], charged: &[Money], subject: &Subject<'_>) -> Page {
    Page {
        kind: subject.kind.to_owned(),
        slots: subject.slots.iter().map(|slot| (*slot).to_owned()).collect(),
        currency: shop.currency.clone(),
        customer: subject.customer.map(str::to_owned),
        products: variants
            .iter()
            .zip(charged)
            .map(|((product, variant), current_price)| ShownProduct {
                product: product.id.clone(),
                variant: variant.id.clone(),
                list_price: variant.details.price,
                current_price: *current_price,
            })
            .collect(),
        cart: subject.cart.map(|priced| priced.snapshot.cart.clone()),
        cart_total: subject.cart.map_or(0, |priced| {
            priced.totals.lines.iter().map(|line| line.price.total - line.price.paid_with_points).sum()
        }),
        order: subject.order.map(str::to_owned),
        attributes: Vec::new(),
    }
}

/// The prices as shoppers read them. Where the shop's prices are without tax, it is added to both.
fn with_tax(
    shop: &Shop,
    variants: &[(&Product, &Variant)],
    charged: &[Money],
    displays: &HashMap<String, PriceDisplay>,
) -> Result<BTreeMap<String, ShownPrice>, MoneyError> {
    let mut prices = BTreeMap::new();
    for ((product, variant), now) in variants.iter().zip(charged) {
        let basis_points =
            product.details.tax_basis_points.unwrap_or_else(|| rate(&shop.policies, Some(shop.country.as_str())));
        let shown = |amount: Money| -> Result<Money, MoneyError> {
            if shop.policies.prices_include_tax {
                return Ok(amount);
            }
            let tax = taxes(&[Taxed { amount, basis_points }], false)?;
            plus(amount, tax.first().copied().unwrap_or(0))
        };
        let display = displays.get(&variant.id);
        let now = shown(*now)?;
        let was = match display.and_then(|display| display.was) {
            Some(was) => Some(shown(was)?).filter(|was| *was > now),
            None => None,
        };
        prices.insert(
            variant.id.clone(),
            ShownPrice {
                now,
                was,
                reduced_basis_points: was.map(|was| reduction_basis_points(was, now)),
                remaining: display.and_then(|display| display.remaining),
            },
        );
    }
    Ok(prices)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_noted_once_an_hour_and_when_it_changes() {
        let noted = Noted::default();
        assert!(noted.is_due("s", "v", 800, 0));
        assert!(!noted.is_due("s", "v", 800, HOUR - 1));
        assert!(noted.is_due("s", "v", 800, HOUR));
        assert!(noted.is_due("s", "v", 700, HOUR + 1));
        assert!(noted.is_due("other", "v", 700, HOUR + 1));
    }
}
