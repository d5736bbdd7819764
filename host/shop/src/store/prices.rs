//! Catalogue prices, their history, and the sale prices that pages have shown.

use serde_json::json;

use super::catalogue::{CatalogueError, refresh_product, variant_row};
use super::{StoreError, Tx, audit, values, versions};
use crate::catalogue::Status;
use crate::catalogue::prior_price::{Observation, PriceChange, PriceHistory, days_before};
use crate::clock::{HOUR, Instant, MINUTE};
use crate::money::{MAX_AMOUNT, Money};

/// An observation is written again only after this time, so that page views rarely write.
const OBSERVED_EVERY: Instant = MINUTE;
/// After a longer silence the same price is a new observation.
const SILENCE: Instant = HOUR;

/// The key under which the version of what a variant costs and has cost stands.
#[must_use]
pub fn version(variant: &str) -> String {
    format!("prices/{variant}")
}

/// Sets a variant's catalogue price from `now` on.
///
/// # Errors
/// If there is no such variant, or the price is out of range.
pub fn set(
    tx: &mut Tx<'_>,
    shop: &str,
    now: Instant,
    actor: &str,
    variant: &str,
    price: Money,
) -> Result<(), CatalogueError> {
    if !(0..=MAX_AMOUNT).contains(&price) {
        return Err(CatalogueError::PriceRange);
    }
    let before = variant_row(tx, shop, variant)?;
    if before.price == price {
        return Ok(());
    }
    tx.execute("update variants set price = ?3 where shop = ?1 and id = ?2", values![shop, variant, price])?;
    record(tx, shop, variant, now, (before.status == Status::Active).then_some(price))?;
    refresh_product(tx, shop, &before.product, now)?;
    let details = json!({ "from": before.price, "to": price });
    audit::write(tx, shop, now, actor, "price.changed", &format!("variant/{variant}"), &details)?;
    Ok(())
}

/// Notes which price everybody is asked from `now` on; none when the variant is not on sale.
pub(super) fn record(
    tx: &mut Tx<'_>,
    shop: &str,
    variant: &str,
    now: Instant,
    price: Option<Money>,
) -> Result<(), StoreError> {
    let last = tx.first(
        "select price from price_history where shop = ?1 and variant = ?2 order by at desc limit 1",
        values![shop, variant],
    )?;
    let known = match &last {
        Some(row) => row.opt_int(0)?,
        None => None,
    };
    if known != price {
        tx.execute(
            "insert into price_history (shop, variant, at, price) values (?1, ?2, ?3, ?4)
             on conflict (shop, variant, at) do update set price = excluded.price",
            values![shop, variant, now, price],
        )?;
        versions::bump(tx, shop, &version(variant))?;
    }
    Ok(())
}

/// Notes that pages show this price to everybody. Call it for prices of class `sale` that were computed for nobody in
/// particular, for the ordinary price where such a one is over, and for no others. Answers whether anything had to be written.
///
/// # Errors
/// If the database fails.
pub fn observe(tx: &mut Tx<'_>, shop: &str, variant: &str, price: Money, now: Instant) -> Result<bool, StoreError> {
    let latest = tx.first(
        "select first_seen, last_seen from price_observations
         where shop = ?1 and variant = ?2 and price = ?3 order by first_seen desc limit 1",
        values![shop, variant, price],
    )?;
    if let Some(row) = latest {
        let (first, last) = (row.int(0)?, row.int(1)?);
        if now < last + OBSERVED_EVERY {
            return Ok(false);
        }
        if now <= last + SILENCE {
            tx.execute(
                "update price_observations set last_seen = ?5
                 where shop = ?1 and variant = ?2 and price = ?3 and first_seen = ?4",
                values![shop, variant, price, first, now],
            )?;
            versions::bump(tx, shop, &version(variant))?;
            return Ok(true);
        }
    }
    tx.execute(
        "insert into price_observations (shop, variant, first_seen, price, last_seen) values (?1, ?2, ?3, ?4, ?3)
         on conflict (shop, variant, first_seen, price) do nothing",
        values![shop, variant, now, price],
    )?;
    versions::bump(tx, shop, &version(variant))?;
    if let Some(row) = tx.first("select product from variants where shop = ?1 and id = ?2", values![shop, variant])? {
        versions::bump(tx, shop, &format!("product/{}", row.text(0)?))?;
    }
    Ok(true)
}

/// Those of some variants and their ordinary prices of which another price was seen last: their sale is over.
///
/// # Errors
/// If the database fails.
pub fn differ_from_last_seen(
    tx: &mut Tx<'_>,
    shop: &str,
    variants: Vec<(String, Money)>,
) -> Result<Vec<(String, Money)>, StoreError> {
    let mut differ = Vec::new();
    for (variant, price) in variants {
        let last = tx.first(
            "select price from price_observations where shop = ?1 and variant = ?2 order by last_seen desc limit 1",
            values![shop, &variant],
        )?;
        if last.map(|row| row.int(0)).transpose()?.is_some_and(|last| last != price) {
            differ.push((variant, price));
        }
    }
    Ok(differ)
}

/// What is known of a variant's prices.
///
/// # Errors
/// If the database fails.
pub fn history(tx: &mut Tx<'_>, shop: &str, variant: &str) -> Result<PriceHistory, StoreError> {
    let changes = tx.query(
        "select at, price from price_history where shop = ?1 and variant = ?2 order by at",
        values![shop, variant],
    )?;
    let observations = tx.query(
        "select price, first_seen, last_seen from price_observations
         where shop = ?1 and variant = ?2 order by first_seen, last_seen",
        values![shop, variant],
    )?;
    Ok(PriceHistory {
        changes: changes
            .iter()
            .map(|row| Ok(PriceChange { at: row.int(0)?, price: row.opt_int(1)? }))
            .collect::<Result<_, StoreError>>()?,
        observations: observations
            .iter()
            .map(|row| Ok(Observation { price: row.int(0)?, first_seen: row.int(1)?, last_seen: row.int(2)? }))
            .collect::<Result<_, StoreError>>()?,
    })
}

/// The lowest price that applied to everybody in the `days` days before `start`, days of the shop's zone. None where the
/// variant was not on sale then.
///
/// # Errors
/// If the database fails.
pub fn lowest_before(
    tx: &mut Tx<'_>,
    shop: &str,
    variant: &str,
    start: Instant,
    days: u32,
    zone: &jiff::tz::TimeZone,
) -> Result<Option<Money>, StoreError> {
    Ok(history(tx, shop, variant)?.lowest(days_before(start, days, zone), start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{ProductDetails, ProductInput, VariantDetails};
    use crate::clock::DAY;
    use crate::store::{Store, catalogue};

    fn mug(status: Status) -> ProductInput {
        ProductInput {
            details: ProductDetails { handle: "mug".into(), title: "Mug".into(), status, ..Default::default() },
            variants: vec![VariantDetails { price: 1_000, ..Default::default() }],
        }
    }

    async fn with_mug(work: impl FnOnce(&mut Tx<'_>, &str) -> Result<(), CatalogueError> + Send + 'static) {
        let store = Store::in_memory().unwrap();
        store
            .write(|tx| {
                let product = catalogue::save(tx, "demo", 0, "system", &mug(Status::Active))?;
                work(tx, &product.variants[0].id)
            })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn f6_every_change_of_price_and_status_is_kept() {
        with_mug(|tx, variant| {
            set(tx, "demo", DAY, "admin:1", variant, 900)?;
            set(tx, "demo", 2 * DAY, "admin:1", variant, 900)?;
            catalogue::save(tx, "demo", 3 * DAY, "admin:1", &mug(Status::Archived))?;
            let change = |day: i64, price| PriceChange { at: day * DAY, price };
            let expected = [change(0, Some(1_000)), change(1, Some(900)), change(3, None)];
            assert_eq!(history(tx, "demo", variant)?.changes, expected);
            Ok(())
        })
        .await;
    }

    #[tokio::test]
    async fn f6_the_lowest_price_is_found_through_the_store() {
        with_mug(|tx, variant| {
            set(tx, "demo", 40 * DAY, "admin:1", variant, 1_200)?;
            let utc = jiff::tz::TimeZone::UTC;
            assert_eq!(lowest_before(tx, "demo", variant, 60 * DAY, 30, &utc)?, Some(1_000));
            assert_eq!(lowest_before(tx, "demo", variant, 80 * DAY, 30, &utc)?, Some(1_200));
            observe(tx, "demo", variant, 800, 65 * DAY)?;
            assert_eq!(lowest_before(tx, "demo", variant, 80 * DAY, 30, &utc)?, Some(800));
            assert_eq!(lowest_before(tx, "demo", "unknown", 80 * DAY, 30, &utc)?, None);
            Ok(())
        })
        .await;
    }

    #[tokio::test]
    async fn f6_views_of_a_sale_price_make_one_observation_and_few_writes() {
        with_mug(|tx, variant| {
            assert!(observe(tx, "demo", variant, 800, DAY)?);
            assert!(!observe(tx, "demo", variant, 800, DAY + MINUTE - 1)?);
            assert!(observe(tx, "demo", variant, 800, DAY + MINUTE)?);
            assert!(observe(tx, "demo", variant, 750, DAY + MINUTE)?);
            assert!(observe(tx, "demo", variant, 800, 2 * DAY)?);
            let seen = |price, first_seen, last_seen| Observation { price, first_seen, last_seen };
            let expected =
                [seen(800, DAY, DAY + MINUTE), seen(750, DAY + MINUTE, DAY + MINUTE), seen(800, 2 * DAY, 2 * DAY)];
            assert_eq!(history(tx, "demo", variant)?.observations, expected);
            Ok(())
        })
        .await;
    }

    #[tokio::test]
    async fn a_price_out_of_range_changes_nothing() {
        with_mug(|tx, variant| {
            for price in [-1, MAX_AMOUNT + 1, i64::MIN] {
                assert!(matches!(set(tx, "demo", 1, "admin:1", variant, price), Err(CatalogueError::PriceRange)));
            }
            assert!(matches!(set(tx, "demo", 1, "admin:1", "nothing", 5), Err(CatalogueError::UnknownVariant(_))));
            assert_eq!(history(tx, "demo", variant)?.changes.len(), 1);
            Ok(())
        })
        .await;
    }
}
