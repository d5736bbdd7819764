//! `order-history`: past orders, without a person in them.

use async_trait::async_trait;
use boomerang_engine::capability::OrderHistory;
use boomerang_engine::contract::{Fault, Instant, Order, OrderPage, OrderSummary};
use boomerang_engine::{Read, Scope};

use super::FromStore;
use crate::store::{orders, versions};

#[async_trait]
impl OrderHistory for FromStore {
    async fn get(&self, scope: &Scope, order: &str) -> Result<Read<Option<Order>>, Fault> {
        let (shop, id) = (scope.shop.clone(), order.to_owned());
        self.answer(move |tx| {
            let key = format!("order/{id}");
            let version = versions::get(tx, &shop, &key)?;
            let order = orders::find(tx, &shop, &id)?.map(|order| order.to_contract());
            Ok(Read::versioned(order, key, version))
        })
        .await
    }

    async fn of(&self, scope: &Scope, holder: &str, limit: u32) -> Result<Read<Vec<OrderSummary>>, Fault> {
        let (shop, holder) = (scope.shop.clone(), holder.to_owned());
        self.answer(move |tx| orders::summaries_of(tx, &shop, &holder, limit).map(Read::from)).await
    }

    async fn between(
        &self,
        scope: &Scope,
        from: Instant,
        until: Instant,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Read<OrderPage>, Fault> {
        let (shop, cursor) = (scope.shop.clone(), cursor.map(str::to_owned));
        self.answer_page(move |tx| orders::between(tx, &shop, from, until, cursor.as_deref(), limit).map(Read::from))
            .await
    }
}
