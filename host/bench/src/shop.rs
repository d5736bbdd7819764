//! The shop that answers capabilities: from memory, at once, and to everybody the same.

use std::sync::Arc;

use async_trait::async_trait;
use boomerang_engine::capability::{
    AddressBook, Catalogue, Customers, OrderHistory, Points, Quotas, Storage, TimeZones,
};
use boomerang_engine::contract::{
    Book, ExpiringPage, Fault, Holdings, Instant, KeyPage, LocalTime, Lot, Money, Order, OrderPage, OrderPoints,
    OrderSummary, Product, Profile, ProfilePage, Resolved,
};
use boomerang_engine::{Capabilities, Read, Scope};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The shop.
pub(crate) struct Shop;

/// Everything that extensions may ask, answered by [`Shop`].
pub(crate) fn capabilities() -> Capabilities {
    capabilities_with(Arc::new(Shop))
}

/// The same, but for the counters of quotas.
pub(crate) fn capabilities_with(quotas: Arc<dyn Quotas>) -> Capabilities {
    Capabilities::builder()
        .time_zones(Arc::new(Shop))
        .catalogue(Arc::new(Shop))
        .customers(Arc::new(Shop))
        .address_book(Arc::new(Shop))
        .order_history(Arc::new(Shop))
        .quotas(quotas)
        .points(Arc::new(Shop))
        .storage(Arc::new(Shop))
        .all_writes()
        .build()
}

/// The instant of a wall time, of which there is exactly one on the days that are asked for here.
fn resolve(zone: &str, time: LocalTime) -> Result<Resolved, Fault> {
    let unknown = |error: jiff::Error| Fault::new("out-of-range", error.to_string());
    let zone = TimeZone::get(zone).map_err(unknown)?;
    let local = jiff::civil::DateTime::new(
        time.year as i16,
        time.month as i8,
        time.day as i8,
        time.hour as i8,
        time.minute as i8,
        time.second as i8,
        0,
    );
    let at = local.and_then(|local| zone.to_timestamp(local)).map_err(unknown)?.as_millisecond();
    Ok(Resolved { earlier: at, later: at, in_gap: false })
}

#[async_trait]
impl TimeZones for Shop {
    async fn resolve(&self, _: &Scope, zone: &str, time: LocalTime) -> Result<Read<Resolved>, Fault> {
        resolve(zone, time).map(Read::from)
    }

    async fn to_local(&self, _: &Scope, zone: &str, at: Instant) -> Result<Read<LocalTime>, Fault> {
        let unknown = |error: jiff::Error| Fault::new("unknown-zone", error.to_string());
        let zone = TimeZone::get(zone).map_err(unknown)?;
        let local = Timestamp::from_millisecond(at).map_err(unknown)?.to_zoned(zone);
        Ok(LocalTime {
            year: local.year().into(),
            month: local.month() as u8,
            day: local.day() as u8,
            hour: local.hour() as u8,
            minute: local.minute() as u8,
            second: local.second() as u8,
        }
        .into())
    }
}

#[async_trait]
impl Quotas for Shop {
    async fn taken_of_variants(&self, _: &Scope, _: &str, variants: &[&str]) -> Result<Read<Vec<u32>>, Fault> {
        Ok(vec![0; variants.len()].into())
    }

    async fn taken(&self, _: &Scope, names: &[String]) -> Result<Read<Vec<u32>>, Fault> {
        Ok(vec![0; names.len()].into())
    }

    async fn taken_by(&self, _: &Scope, _: &str, names: &[String]) -> Result<Read<Vec<u32>>, Fault> {
        Ok(vec![0; names.len()].into())
    }
}

#[async_trait]
impl Points for Shop {
    async fn balance(&self, _: &Scope, _: &str) -> Result<Read<Holdings>, Fault> {
        Ok(Holdings { available: 1_000, pending: 0, next_available_at: None, held: 0, reserved: 0 }.into())
    }

    async fn lots(&self, _: &Scope, _: &str) -> Result<Read<Vec<Lot>>, Fault> {
        Ok(vec![].into())
    }

    async fn of_order(&self, _: &Scope, _: &str) -> Result<Read<OrderPoints>, Fault> {
        Ok(OrderPoints { earned: vec![], spent: 0, restored: 0 }.into())
    }

    async fn earned_between(
        &self,
        _: &Scope,
        _: &str,
        _: Instant,
        _: Instant,
        _: &[String],
    ) -> Result<Read<i64>, Fault> {
        Ok(0.into())
    }

    async fn expiring_between(
        &self,
        _: &Scope,
        _: Instant,
        _: Instant,
        _: Option<&str>,
        _: u32,
    ) -> Result<Read<ExpiringPage>, Fault> {
        Ok(ExpiringPage { entries: vec![], cursor: None }.into())
    }
}

#[async_trait]
impl Customers for Shop {
    async fn get(&self, _: &Scope, customer: &str) -> Result<Read<Option<Profile>>, Fault> {
        Ok(Some(Profile {
            id: customer.into(),
            contact: "contact-1".into(),
            registered_at: 0,
            verified_at: Some(0),
            birthday: None,
            locale: "de-AT".into(),
            blocked: false,
            marketing_consent: true,
            tags: vec![],
            attributes: vec![],
        })
        .into())
    }

    async fn page(&self, _: &Scope, _: Option<&str>, _: u32) -> Result<Read<ProfilePage>, Fault> {
        Ok(ProfilePage { profiles: vec![], cursor: None }.into())
    }
}

#[async_trait]
impl Catalogue for Shop {
    async fn products(&self, _: &Scope, _: &[String]) -> Result<Read<Vec<Product>>, Fault> {
        Ok(vec![].into())
    }

    async fn prior_price(&self, _: &Scope, _: &str, _: Instant, _: u32) -> Result<Read<Option<Money>>, Fault> {
        Ok(None.into())
    }
}

#[async_trait]
impl AddressBook for Shop {
    async fn get(&self, _: &Scope, _: &str) -> Result<Read<Option<Book>>, Fault> {
        Ok(None.into())
    }
}

#[async_trait]
impl OrderHistory for Shop {
    async fn get(&self, _: &Scope, _: &str) -> Result<Read<Option<Order>>, Fault> {
        Ok(None.into())
    }

    async fn of(&self, _: &Scope, _: &str, _: u32) -> Result<Read<Vec<OrderSummary>>, Fault> {
        Ok(vec![].into())
    }

    async fn between(
        &self,
        _: &Scope,
        _: Instant,
        _: Instant,
        _: Option<&str>,
        _: u32,
    ) -> Result<Read<OrderPage>, Fault> {
        Ok(OrderPage { orders: vec![], cursor: None }.into())
    }
}

#[async_trait]
impl Storage for Shop {
    async fn get(&self, _: &Scope, _: &str) -> Result<Read<Option<Vec<u8>>>, Fault> {
        Ok(None.into())
    }

    async fn list(&self, _: &Scope, _: &str, _: Option<&str>, _: u32) -> Result<Read<KeyPage>, Fault> {
        Ok(KeyPage { keys: vec![], cursor: None }.into())
    }
}
