//! `order-history`: past orders, without a person in them.

use async_trait::async_trait;
use boomerang_engine::capability::OrderHistory;
use boomerang_engine::contract::{Fault, Instant, Order, OrderPage, OrderSummary};
use boomerang_engine::{Read, Scope};

use super::{FromStore, versions_of};
use crate::clock::HOUR;
use crate::store::{orders, versions};

/// An order is in the database at the latest so long after the instant that it carries.
const LONGEST_PLACING: Instant = HOUR;

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
        self.answer(move |tx| {
            let orders = orders::summaries_of(tx, &shop, &holder, limit)?;
            let keys = orders.iter().map(|order| orders::version(&order.id)).chain([orders::holder_version(&holder)]);
            let versions = versions_of(tx, &shop, keys)?;
            Ok(Read { value: orders, versions })
        })
        .await
    }

    async fn between(
        &self,
        scope: &Scope,
        from: Instant,
        until: Instant,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Read<OrderPage>, Fault> {
        let (shop, now, cursor) = (scope.shop.clone(), scope.now, cursor.map(str::to_owned));
        self.answer_page(move |tx| {
            let page = orders::between(tx, &shop, from, until, cursor.as_deref(), limit)?;
            // A span that has long ended gains no order, and what reads it need not run again for each new one.
            let may_grow = until > now.saturating_sub(LONGEST_PLACING);
            let keys = page.orders.iter().map(|order| orders::version(&order.id));
            let versions = versions_of(tx, &shop, keys.chain(may_grow.then(|| orders::ANY_VERSION.to_owned())))?;
            Ok(Read { value: page, versions })
        })
        .await
    }
}
