//! A vendor who offers every capability: with short answers in one shop, and with none at all in another.

use std::future::pending;
use std::sync::Arc;

use async_trait::async_trait;
use boomerang_engine::Capabilities;
use boomerang_engine::capability::{
    AddressBook, Catalogue, Customers, OrderHistory, Points, Quotas, Read, Scope, Storage, TimeZones,
};
use boomerang_engine::contract::{
    Book, ExpiringPage, Fault, Holdings, Instant, KeyPage, LocalTime, Lot, Money, Order, OrderPage, OrderPoints,
    OrderSummary, Product, Profile, ProfilePage, Resolved,
};

/// The shop in which nothing is ever answered.
pub(crate) const SILENT: &str = "silent";

struct Vendor;

/// Every capability.
pub(crate) fn capabilities() -> Capabilities {
    let vendor = Arc::new(Vendor);
    Capabilities::builder()
        .time_zones(vendor.clone())
        .catalogue(vendor.clone())
        .customers(vendor.clone())
        .address_book(vendor.clone())
        .order_history(vendor.clone())
        .quotas(vendor.clone())
        .points(vendor.clone())
        .storage(vendor)
        .all_writes()
        .build()
}

type Answer<T> = Result<Read<T>, Fault>;

async fn answer<T>(scope: &Scope, value: T) -> Answer<T> {
    if &*scope.shop == SILENT {
        return pending().await;
    }
    Ok(Read::versioned(value, "a record with a name of a common length", 1))
}

#[async_trait]
impl TimeZones for Vendor {
    async fn resolve(&self, scope: &Scope, _: &str, _: LocalTime) -> Answer<Resolved> {
        answer(scope, Resolved { earlier: 0, later: 0, in_gap: false }).await
    }

    async fn to_local(&self, scope: &Scope, _: &str, _: Instant) -> Answer<LocalTime> {
        answer(scope, LocalTime { year: 2026, month: 1, day: 1, hour: 0, minute: 0, second: 0 }).await
    }
}

#[async_trait]
impl Catalogue for Vendor {
    async fn products(&self, scope: &Scope, _: &[String]) -> Answer<Vec<Product>> {
        answer(scope, vec![]).await
    }

    async fn prior_price(&self, scope: &Scope, _: &str, _: Instant, _: u32) -> Answer<Option<Money>> {
        answer(scope, Some(1_000)).await
    }
}

#[async_trait]
impl Customers for Vendor {
    async fn get(&self, scope: &Scope, _: &str) -> Answer<Option<Profile>> {
        answer(scope, None).await
    }

    async fn page(&self, scope: &Scope, _: Option<&str>, _: u32) -> Answer<ProfilePage> {
        answer(scope, ProfilePage { profiles: vec![], cursor: None }).await
    }
}

#[async_trait]
impl AddressBook for Vendor {
    async fn get(&self, scope: &Scope, _: &str) -> Answer<Option<Book>> {
        answer(scope, None).await
    }
}

#[async_trait]
impl OrderHistory for Vendor {
    async fn get(&self, scope: &Scope, _: &str) -> Answer<Option<Order>> {
        answer(scope, None).await
    }

    async fn of(&self, scope: &Scope, _: &str, _: u32) -> Answer<Vec<OrderSummary>> {
        answer(scope, vec![]).await
    }

    async fn between(&self, scope: &Scope, _: Instant, _: Instant, _: Option<&str>, _: u32) -> Answer<OrderPage> {
        answer(scope, OrderPage { orders: vec![], cursor: None }).await
    }
}

#[async_trait]
impl Quotas for Vendor {
    async fn taken(&self, scope: &Scope, names: &[String]) -> Answer<Vec<u32>> {
        answer(scope, vec![0; names.len()]).await
    }

    async fn taken_by(&self, scope: &Scope, _: &str, names: &[String]) -> Answer<Vec<u32>> {
        answer(scope, vec![0; names.len()]).await
    }
}

#[async_trait]
impl Points for Vendor {
    async fn balance(&self, scope: &Scope, _: &str) -> Answer<Holdings> {
        answer(scope, Holdings { available: 0, pending: 0, next_available_at: None, held: 0, reserved: 0 }).await
    }

    async fn lots(&self, scope: &Scope, _: &str) -> Answer<Vec<Lot>> {
        answer(scope, vec![]).await
    }

    async fn of_order(&self, scope: &Scope, _: &str) -> Answer<OrderPoints> {
        answer(scope, OrderPoints { earned: vec![], spent: 0, restored: 0 }).await
    }

    async fn earned_between(&self, scope: &Scope, _: &str, _: Instant, _: Instant, _: &[String]) -> Answer<i64> {
        answer(scope, 0).await
    }

    async fn expiring_between(
        &self,
        scope: &Scope,
        _: Instant,
        _: Instant,
        _: Option<&str>,
        _: u32,
    ) -> Answer<ExpiringPage> {
        answer(scope, ExpiringPage { entries: vec![], cursor: None }).await
    }
}

#[async_trait]
impl Storage for Vendor {
    async fn get(&self, scope: &Scope, _: &str) -> Answer<Option<Vec<u8>>> {
        answer(scope, None).await
    }

    async fn list(&self, scope: &Scope, _: &str, _: Option<&str>, _: u32) -> Answer<KeyPage> {
        answer(scope, KeyPage { keys: vec![], cursor: None }).await
    }
}
