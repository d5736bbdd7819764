//! Stock: taken and put back by conditional updates, so that no two orders get the same unit.

use serde_json::json;

use super::{CatalogueError, variant_row};
use crate::clock::Instant;
use crate::money::MAX_AMOUNT;
use crate::store::{StoreError, Tx, audit, values, versions};

/// Takes units of a variant that is on sale. False, and nothing taken, if there are too few or it is not on sale.
///
/// # Errors
/// If the database fails.
pub fn take(tx: &mut Tx<'_>, shop: &str, variant: &str, units: u32) -> Result<bool, StoreError> {
    let taken = tx.first(
        "update variants set stock = stock - ?3
         where shop = ?1 and id = ?2 and (stock is null or backorder = 1 or stock >= ?3)
           and exists (select 1 from products p
                       where p.shop = variants.shop and p.id = variants.product and p.status = 'active')
         returning product",
        values![shop, variant, units],
    )?;
    match taken {
        Some(row) => {
            versions::bump(tx, shop, &format!("product/{}", row.text(0)?))?;
            Ok(true)
        }
        None => Ok(false),
    }
}

/// Puts units back, of a cancelled or returned order. A variant that is gone or not tracked is left alone.
///
/// # Errors
/// If the database fails.
pub fn put_back(tx: &mut Tx<'_>, shop: &str, variant: &str, units: u32) -> Result<(), StoreError> {
    let row = tx.first(
        "update variants set stock = stock + ?3 where shop = ?1 and id = ?2 and stock is not null returning product",
        values![shop, variant, units],
    )?;
    if let Some(row) = row {
        versions::bump(tx, shop, &format!("product/{}", row.text(0)?))?;
    }
    Ok(())
}

/// Sets what is in stock; none to stop tracking it.
///
/// # Errors
/// If there is no such variant, or the number is out of range.
pub fn set_stock(
    tx: &mut Tx<'_>,
    shop: &str,
    now: Instant,
    actor: &str,
    variant: &str,
    stock: Option<i64>,
) -> Result<(), CatalogueError> {
    if stock.is_some_and(|units| !(-MAX_AMOUNT..=MAX_AMOUNT).contains(&units)) {
        return Err(CatalogueError::StockRange);
    }
    let before = variant_row(tx, shop, variant)?;
    tx.execute("update variants set stock = ?3 where shop = ?1 and id = ?2", values![shop, variant, stock])?;
    versions::bump(tx, shop, &format!("product/{}", before.product))?;
    let details = json!({ "from": before.stock, "to": stock });
    audit::write(tx, shop, now, actor, "stock.changed", &format!("variant/{variant}"), &details)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{ProductDetails, ProductInput, Status, VariantDetails};
    use crate::store::{Store, catalogue};

    async fn with_variant(
        stock: Option<i64>,
        backorder: bool,
        work: impl FnOnce(&mut Tx<'_>, &str) -> Result<(), CatalogueError> + Send + 'static,
    ) {
        let input = ProductInput {
            details: ProductDetails { handle: "mug".into(), title: "Mug".into(), ..Default::default() },
            variants: vec![VariantDetails { stock, backorder, ..Default::default() }],
        };
        let store = Store::in_memory().unwrap();
        store
            .write(move |tx| {
                let product = catalogue::save(tx, "demo", 0, "system", &input)?;
                work(tx, &product.variants[0].id)
            })
            .await
            .unwrap();
    }

    fn stock(tx: &mut Tx<'_>, variant: &str) -> Option<i64> {
        variant_row(tx, "demo", variant).unwrap().stock
    }

    #[tokio::test]
    async fn f5_more_than_is_there_cannot_be_taken() {
        with_variant(Some(3), false, |tx, variant| {
            assert!(take(tx, "demo", variant, 2)?);
            assert!(!take(tx, "demo", variant, 2)?);
            assert_eq!(stock(tx, variant), Some(1));
            put_back(tx, "demo", variant, 2)?;
            assert_eq!(stock(tx, variant), Some(3));
            assert!(!take(tx, "other", variant, 1)?);
            Ok(())
        })
        .await;
    }

    #[tokio::test]
    async fn backorder_goes_below_zero_and_untracked_stock_stays_untracked() {
        with_variant(Some(1), true, |tx, variant| {
            assert!(take(tx, "demo", variant, 3)?);
            assert_eq!(stock(tx, variant), Some(-2));
            Ok(())
        })
        .await;
        with_variant(None, false, |tx, variant| {
            assert!(take(tx, "demo", variant, 3)?);
            put_back(tx, "demo", variant, 3)?;
            assert_eq!(stock(tx, variant), None);
            Ok(())
        })
        .await;
    }

    #[tokio::test]
    async fn what_is_not_on_sale_cannot_be_taken() {
        with_variant(None, false, |tx, variant| {
            let mut product = catalogue::by_handle(tx, "demo", "mug")?.unwrap();
            product.details.status = Status::Archived;
            let variants = product.variants.into_iter().map(|variant| variant.details).collect();
            catalogue::save(tx, "demo", 1, "system", &ProductInput { details: product.details, variants })?;
            assert!(!take(tx, "demo", variant, 1)?);
            Ok(())
        })
        .await;
    }

    #[tokio::test]
    async fn a_change_of_stock_is_a_change_of_the_product() {
        with_variant(Some(1), false, |tx, variant| {
            let key = format!("product/{}", variant_row(tx, "demo", variant)?.product);
            let before = versions::get(tx, "demo", &key)?;
            take(tx, "demo", variant, 1)?;
            put_back(tx, "demo", variant, 1)?;
            set_stock(tx, "demo", 1, "admin:1", variant, Some(9))?;
            assert_eq!(versions::get(tx, "demo", &key)?, before + 3);
            assert!(matches!(
                set_stock(tx, "demo", 1, "admin:1", variant, Some(i64::MAX)),
                Err(CatalogueError::StockRange)
            ));
            Ok(())
        })
        .await;
    }
}
