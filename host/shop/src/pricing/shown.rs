//! The prices that a page of products shows: what somebody unknown would pay for one unit, and what is said about it.
//!
//! One call of the pricing chain prices a whole page, and one call of `storefront-blocks` fills its slots. A `was` price is
//! shown only if the host's own price history says the same (F6); a public sale price that was shown is noted there.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use boomerang_engine::contract::{Content, Page, PriceDisplay, ShownProduct};
use boomerang_engine::{PlacedBlock, Pricing, Report};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::public::{probe, sale_prices, unit_prices};
use super::{PricedCart, PricingError};
use crate::cart::tax::{Taxed, rate, taxes};
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
    /// What one unit costs now, for somebody unknown.
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

/// Public sale prices that were noted lately, so that a page view is not a write.
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
        let unknown = self.extensions.asking(shop, None, now).await?;
        let priced = self.extensions.price(&unknown, None, &probe(shop, variants, now)).await?.value;
        self.note(shop, variants, &sale_prices(&priced), now).await?;
        let asking = self.extensions.asking(shop, subject.customer, now).await?;
        self.shown(shop, variants, subject, &priced, &asking).await
    }

    /// What a page shows of variants that have been priced.
    pub(super) async fn shown(
        &self,
        shop: &Shop,
        variants: &[(&Product, &Variant)],
        subject: &Subject<'_>,
        priced: &Pricing,
        asking: &Asking,
    ) -> Result<Shown, PricingError> {
        let charged = unit_prices(priced);
        let page = page(shop, variants, &charged, subject);
        let report = self.extensions.blocks(asking, &page).await;
        let (displays, blocks) = self.lawful(shop, report).await?;
        let prices = with_tax(shop, variants, &charged, &displays)?;
        Ok(Shown { prices, blocks })
    }

    /// Notes public sale prices in the price history: whoever was shown one may hold the shop to it.
    async fn note(
        &self,
        shop: &Shop,
        variants: &[(&Product, &Variant)],
        sales: &[Option<Money>],
        now: Instant,
    ) -> Result<(), StoreError> {
        let due: Vec<(String, Money)> = variants
            .iter()
            .zip(sales)
            .filter_map(|((_, variant), sale)| Some((variant.id.clone(), (*sale)?)))
            .filter(|(variant, price)| self.noted.is_due(&shop.id, variant, *price, now))
            .collect();
        if due.is_empty() {
            return Ok(());
        }
        let shop = shop.id.clone();
        self.store
            .write(move |tx| {
                for (variant, price) in &due {
                    prices::observe(tx, &shop, variant, *price, now)?;
                }
                Ok(())
            })
            .await
    }

    /// Takes the price displays out of the blocks, and drops those whose `was` the price history does not bear out.
    async fn lawful(
        &self,
        shop: &Shop,
        report: Report<Vec<PlacedBlock>>,
    ) -> Result<(HashMap<String, PriceDisplay>, Vec<PlacedBlock>), StoreError> {
        let (mut claimed, mut blocks) = (Vec::new(), Vec::new());
        for placed in report.value {
            match placed.block.content {
                Content::Price(display) => claimed.push((placed.extension, display)),
                _ => blocks.push(placed),
            }
        }
        if claimed.is_empty() {
            return Ok((HashMap::new(), blocks));
        }
        let (id, zone, days) = (shop.id.clone(), shop.zone(), shop.policies.prior_price.days);
        let displays = self
            .store
            .lookup(move |tx| -> Result<_, StoreError> {
                let mut lawful = HashMap::new();
                for (extension, mut shown) in claimed {
                    if let Some(was) = shown.was {
                        let prior = prices::lowest_before(tx, &id, &shown.variant, shown.reduced_since, days, &zone)?;
                        if prior != Some(was) {
                            tracing::warn!(
                                shop = %id, %extension, variant = %shown.variant, was, prior,
                                "a price before the reduction is not shown: it is not the lowest of the days before"
                            );
                            shown.was = None;
                        }
                    }
                    lawful.insert(shown.variant.clone(), shown);
                }
                Ok(lawful)
            })
            .await?;
        Ok((displays, blocks))
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
                reduced_basis_points: was.map(|was| reduction(was, now)),
                remaining: display.and_then(|display| display.remaining),
            },
        );
    }
    Ok(prices)
}

/// How much less `now` is than `was`, in basis points, rounded down: never more than it is.
fn reduction(was: Money, now: Money) -> u32 {
    let less = i128::from(was) - i128::from(now);
    u32::try_from(less * 10_000 / i128::from(was.max(1))).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f6_the_percentage_is_of_the_prior_price_and_never_flatters() {
        assert_eq!(reduction(1_000, 800), 2_000);
        assert_eq!(reduction(999, 666), 3_333);
        assert_eq!(reduction(1_000, 1_000), 0);
        assert_eq!(reduction(i64::MAX, 0), 10_000);
    }

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
