//! `points`: read the points ledger.

use async_trait::async_trait;

use super::{Read, Scope, check};
use crate::call::state::CallState;
use crate::contract::bindings::boomerang::shop::points::Host;
use crate::contract::{ExpiringPage, Fault, Holdings, Instant, Lot, OrderPoints};
use crate::point::Capability;

/// The points ledger. A holder is a customer's id or a contact id.
#[async_trait]
pub trait Points: Send + Sync {
    /// The holder's balance at `scope.now`.
    async fn balance(&self, scope: &Scope, holder: &str) -> Result<Read<Holdings>, Fault>;

    /// Available lots, first to expire first.
    async fn lots(&self, scope: &Scope, holder: &str) -> Result<Read<Vec<Lot>>, Fault>;

    /// What an order has earned and was paid with.
    async fn of_order(&self, scope: &Scope, order: &str) -> Result<Read<OrderPoints>, Fault>;

    /// Points that became available in [from, until) under any of `rules` (every rule where empty), less what was
    /// reversed of them.
    async fn earned_between(
        &self,
        scope: &Scope,
        holder: &str,
        from: Instant,
        until: Instant,
        rules: &[String],
    ) -> Result<Read<i64>, Fault>;

    /// Available lots of everybody that expire in [from, until), summed by holder and instant; `limit` is 1 to 200.
    async fn expiring_between(
        &self,
        scope: &Scope,
        from: Instant,
        until: Instant,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Read<ExpiringPage>, Fault>;
}

impl Host for CallState {
    async fn balance(&mut self, holder: String) -> wasmtime::Result<Result<Holdings, Fault>> {
        self.ask(Capability::Points, &holder).await?;
        let vendor = self.vendor(Capability::Points, |all| all.points.as_ref())?;
        let answer = vendor.balance(&self.scope, &holder).await;
        self.hand_over(answer)
    }

    async fn lots(&mut self, holder: String) -> wasmtime::Result<Result<Vec<Lot>, Fault>> {
        self.ask(Capability::Points, &holder).await?;
        let vendor = self.vendor(Capability::Points, |all| all.points.as_ref())?;
        let answer = vendor.lots(&self.scope, &holder).await;
        self.hand_over(answer)
    }

    async fn of_order(&mut self, order: String) -> wasmtime::Result<Result<OrderPoints, Fault>> {
        self.ask(Capability::Points, &order).await?;
        let vendor = self.vendor(Capability::Points, |all| all.points.as_ref())?;
        let answer = vendor.of_order(&self.scope, &order).await;
        self.hand_over(answer)
    }

    async fn earned_between(
        &mut self,
        holder: String,
        from: Instant,
        until: Instant,
        rules: Vec<String>,
    ) -> wasmtime::Result<Result<i64, Fault>> {
        self.ask(Capability::Points, &(&holder, &rules)).await?;
        if let Err(fault) = check::count("rules", rules.len()) {
            return Ok(Err(fault));
        }
        let vendor = self.vendor(Capability::Points, |all| all.points.as_ref())?;
        let answer = vendor.earned_between(&self.scope, &holder, from, until, &rules).await;
        self.hand_over(answer)
    }

    async fn expiring_between(
        &mut self,
        from: Instant,
        until: Instant,
        cursor: Option<String>,
        limit: u32,
    ) -> wasmtime::Result<Result<ExpiringPage, Fault>> {
        self.ask(Capability::Points, &cursor).await?;
        if let Err(fault) = check::page_limit(limit) {
            return Ok(Err(fault));
        }
        let vendor = self.vendor(Capability::Points, |all| all.points.as_ref())?;
        let answer = vendor.expiring_between(&self.scope, from, until, cursor.as_deref(), limit).await;
        self.hand_over(answer)
    }
}
