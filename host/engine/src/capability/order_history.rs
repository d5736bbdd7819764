//! `order-history`: read past orders.

use async_trait::async_trait;

use super::{Read, Scope, check};
use crate::call::state::CallState;
use crate::contract::bindings::boomerang::shop::order_history::Host;
use crate::contract::{Fault, Instant, Order, OrderPage, OrderSummary};
use crate::point::Capability;

/// The orders of a shop.
#[async_trait]
pub trait OrderHistory: Send + Sync {
    /// One order, whole.
    async fn get(&self, scope: &Scope, order: &str) -> Result<Read<Option<Order>>, Fault>;

    /// A customer's or contact's orders, newest first; `limit` is 1 to 200.
    async fn of(&self, scope: &Scope, holder: &str, limit: u32) -> Result<Read<Vec<OrderSummary>>, Fault>;

    /// Every order placed in [from, until), oldest first; `limit` is 1 to 200.
    async fn between(
        &self,
        scope: &Scope,
        from: Instant,
        until: Instant,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Read<OrderPage>, Fault>;
}

impl Host for CallState {
    async fn get(&mut self, order: String) -> wasmtime::Result<Result<Option<Order>, Fault>> {
        self.ask(Capability::OrderHistory, &order).await?;
        let vendor = self.vendor(Capability::OrderHistory, |all| all.order_history.as_ref())?;
        let answer = vendor.get(&self.scope, &order).await;
        self.hand_over(answer)
    }

    async fn of(&mut self, holder: String, limit: u32) -> wasmtime::Result<Result<Vec<OrderSummary>, Fault>> {
        self.ask(Capability::OrderHistory, &holder).await?;
        if let Err(fault) = check::page_limit(limit) {
            return Ok(Err(fault));
        }
        let vendor = self.vendor(Capability::OrderHistory, |all| all.order_history.as_ref())?;
        let answer = vendor.of(&self.scope, &holder, limit).await;
        self.hand_over(answer)
    }

    async fn between(
        &mut self,
        from: Instant,
        until: Instant,
        cursor: Option<String>,
        limit: u32,
    ) -> wasmtime::Result<Result<OrderPage, Fault>> {
        self.ask(Capability::OrderHistory, &cursor).await?;
        if let Err(fault) = check::page_limit(limit) {
            return Ok(Err(fault));
        }
        let vendor = self.vendor(Capability::OrderHistory, |all| all.order_history.as_ref())?;
        let answer = vendor.between(&self.scope, from, until, cursor.as_deref(), limit).await;
        self.hand_over(answer)
    }
}
