//! `catalogue`: products, and what they cost and have cost.

use async_trait::async_trait;
use boomerang_engine::capability::Catalogue;
use boomerang_engine::contract::{Fault, Instant, Money, Product};
use boomerang_engine::{Read, ReadVersion, Scope};

use super::FromStore;
use crate::store::{prices, shops, versions};

#[async_trait]
impl Catalogue for FromStore {
    async fn products(&self, scope: &Scope, ids: &[String]) -> Result<Read<Vec<Product>>, Fault> {
        let (shop, ids) = (scope.shop.clone(), ids.to_vec());
        self.answer(move |tx| {
            let products = crate::store::catalogue::products(tx, &shop, &ids)?;
            let mut read = Vec::with_capacity(products.len());
            for product in &products {
                let key = format!("product/{}", product.id);
                let version = versions::get(tx, &shop, &key)?;
                read.push(ReadVersion { key, version });
            }
            Ok(Read { value: products.iter().map(Into::into).collect(), versions: read })
        })
        .await
    }

    async fn prior_price(
        &self,
        scope: &Scope,
        variant: &str,
        reduction_start: Instant,
        days: u32,
    ) -> Result<Read<Option<Money>>, Fault> {
        let (shop, variant) = (scope.shop.clone(), variant.to_owned());
        self.answer(move |tx| {
            let zone = shops::find(tx, &shop)?.map_or(jiff::tz::TimeZone::UTC, |shop| shop.zone());
            prices::lowest_before(tx, &shop, &variant, reduction_start, days, &zone).map(Read::from)
        })
        .await
    }
}
