//! `catalogue`: products, and what they cost and have cost.

use async_trait::async_trait;
use boomerang_engine::capability::Catalogue;
use boomerang_engine::contract::{Fault, Instant, Money, Product};
use boomerang_engine::{Read, Scope};

use super::{FromStore, versions_of};
use crate::store::{prices, shops};

#[async_trait]
impl Catalogue for FromStore {
    async fn products(&self, scope: &Scope, ids: &[String]) -> Result<Read<Vec<Product>>, Fault> {
        let (shop, ids) = (scope.shop.clone(), ids.to_vec());
        self.answer(move |tx| {
            let products = crate::store::catalogue::products(tx, &shop, &ids)?;
            // Of those that are not there too: they may come.
            let versions = versions_of(tx, &shop, ids.iter().map(|id| format!("product/{id}")))?;
            Ok(Read { value: products.iter().map(Into::into).collect(), versions })
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
            let lowest = prices::lowest_before(tx, &shop, &variant, reduction_start, days, &zone)?;
            let versions = versions_of(tx, &shop, [prices::version(&variant)])?;
            Ok(Read { value: lowest, versions })
        })
        .await
    }
}
