//! `catalogue`: read products and what they cost and have cost.

use async_trait::async_trait;

use super::{Read, Scope, check};
use crate::call::state::CallState;
use crate::contract::bindings::boomerang::shop::catalogue::Host;
use crate::contract::{Fault, Instant, Money, Product};
use crate::point::Capability;

/// The products of a shop.
#[async_trait]
pub trait Catalogue: Send + Sync {
    /// The products with these ids (at most 200), in that order, without those that do not exist.
    async fn products(&self, scope: &Scope, ids: &[String]) -> Result<Read<Vec<Product>>, Fault>;

    /// The lowest price of a variant that applied to everybody in the `days` days before `reduction_start`, the price in
    /// force when that span begins included. None where the variant was not on sale in that span.
    async fn prior_price(
        &self,
        scope: &Scope,
        variant: &str,
        reduction_start: Instant,
        days: u32,
    ) -> Result<Read<Option<Money>>, Fault>;
}

impl Host for CallState {
    async fn products(&mut self, ids: Vec<String>) -> wasmtime::Result<Result<Vec<Product>, Fault>> {
        self.ask(Capability::Catalogue, &ids).await?;
        if let Err(fault) = check::count("ids", ids.len()) {
            return Ok(Err(fault));
        }
        let vendor = self.vendor(Capability::Catalogue, |all| all.catalogue.as_ref())?;
        let answer = vendor.products(&self.scope, &ids).await;
        self.hand_over(answer)
    }

    async fn prior_price(
        &mut self,
        variant: String,
        reduction_start: Instant,
        days: u32,
    ) -> wasmtime::Result<Result<Option<Money>, Fault>> {
        self.ask(Capability::Catalogue, &variant).await?;
        let vendor = self.vendor(Capability::Catalogue, |all| all.catalogue.as_ref())?;
        let answer = vendor.prior_price(&self.scope, &variant, reduction_start, days).await;
        self.hand_over(answer)
    }
}
