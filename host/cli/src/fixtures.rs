//! A shop made of JSON, which answers what a plugin asks while it is tried out.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use boomerang_engine::capability::{
    AddressBook, Catalogue, Customers, OrderHistory, Points, Quotas, Read, Scope, Storage,
};
use boomerang_engine::contract::{
    Book, Expiring, ExpiringPage, Fault, Holdings, Instant, KeyPage, Lot, Money, Order, OrderPage, OrderPoints,
    OrderSummary, Product, Profile, ProfilePage,
};
use boomerang_engine::{Capabilities, CapabilitiesBuilder};
use serde::Deserialize;

use boomerang_shop::extensions::time_zones::BundledTimeZones;

/// What the shop knows. Everything may be left out; what is asked for and is not there does not exist.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Fixtures {
    products: Vec<Product>,
    /// By variant.
    prior_prices: BTreeMap<String, Money>,
    customers: Vec<Profile>,
    /// By customer.
    address_books: BTreeMap<String, Book>,
    orders: Vec<Order>,
    order_summaries: Vec<OrderSummary>,
    /// Units taken, by counter.
    quotas: BTreeMap<String, u32>,
    /// Units taken, by customer and counter.
    quotas_by_customer: BTreeMap<String, BTreeMap<String, u32>>,
    /// By holder.
    points: BTreeMap<String, Holder>,
    /// By order.
    order_points: BTreeMap<String, OrderPoints>,
    expiring: Vec<Expiring>,
    /// The extension's own values, as text.
    storage: BTreeMap<String, String>,
}

/// One holder's points.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Holder {
    holdings: Option<Holdings>,
    lots: Vec<Lot>,
    /// What every span is said to have earned.
    earned: i64,
}

impl Fixtures {
    /// Everything a platform can offer, answered from these fixtures.
    pub(crate) fn capabilities(self) -> Capabilities {
        let shop = Arc::new(self);
        offer(Capabilities::builder(), &shop).time_zones(Arc::new(BundledTimeZones)).all_writes().build()
    }
}

fn offer(builder: CapabilitiesBuilder, shop: &Arc<Fixtures>) -> CapabilitiesBuilder {
    builder
        .catalogue(shop.clone())
        .customers(shop.clone())
        .address_book(shop.clone())
        .order_history(shop.clone())
        .quotas(shop.clone())
        .points(shop.clone())
        .storage(shop.clone())
}

/// At most `limit` of what comes after `cursor`, and the cursor of the next page.
///
/// The cursor is the key of the last item given, so keys have to be in order.
fn page<T: Clone>(
    items: impl Iterator<Item = (String, T)>,
    cursor: Option<&str>,
    limit: u32,
) -> (Vec<T>, Option<String>) {
    let mut rest = items.skip_while(|(key, _)| cursor.is_some_and(|cursor| key.as_str() <= cursor)).peekable();
    let mut given = Vec::new();
    let mut last = None;
    while given.len() < limit as usize
        && let Some((key, item)) = rest.next()
    {
        given.push(item);
        last = Some(key);
    }
    let next = if rest.peek().is_some() { last } else { None };
    (given, next)
}

#[async_trait]
impl Catalogue for Fixtures {
    async fn products(&self, _: &Scope, ids: &[String]) -> Result<Read<Vec<Product>>, Fault> {
        let find = |id: &String| self.products.iter().find(|product| product.id == *id);
        Ok(ids.iter().filter_map(find).cloned().collect::<Vec<_>>().into())
    }

    async fn prior_price(&self, _: &Scope, variant: &str, _: Instant, _: u32) -> Result<Read<Option<Money>>, Fault> {
        Ok(self.prior_prices.get(variant).copied().into())
    }
}

#[async_trait]
impl Customers for Fixtures {
    async fn get(&self, _: &Scope, customer: &str) -> Result<Read<Option<Profile>>, Fault> {
        Ok(self.customers.iter().find(|profile| profile.id == customer).cloned().into())
    }

    async fn page(&self, _: &Scope, cursor: Option<&str>, limit: u32) -> Result<Read<ProfilePage>, Fault> {
        let by_id: BTreeMap<_, _> =
            self.customers.iter().map(|profile| (profile.id.clone(), profile.clone())).collect();
        let (profiles, cursor) = page(by_id.into_iter(), cursor, limit);
        Ok(ProfilePage { profiles, cursor }.into())
    }
}

#[async_trait]
impl AddressBook for Fixtures {
    async fn get(&self, _: &Scope, customer: &str) -> Result<Read<Option<Book>>, Fault> {
        Ok(self.address_books.get(customer).cloned().into())
    }
}

#[async_trait]
impl OrderHistory for Fixtures {
    async fn get(&self, _: &Scope, order: &str) -> Result<Read<Option<Order>>, Fault> {
        Ok(self.orders.iter().find(|one| one.id == order).cloned().into())
    }

    async fn of(&self, _: &Scope, holder: &str, limit: u32) -> Result<Read<Vec<OrderSummary>>, Fault> {
        let is_theirs = |order: &&OrderSummary| order.customer.as_deref() == Some(holder) || order.contact == holder;
        let mut found: Vec<_> = self.order_summaries.iter().filter(is_theirs).cloned().collect();
        found.sort_by_key(|order| std::cmp::Reverse(order.placed_at));
        found.truncate(limit as usize);
        Ok(found.into())
    }

    async fn between(
        &self,
        _: &Scope,
        from: Instant,
        until: Instant,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Read<OrderPage>, Fault> {
        let in_span = self.order_summaries.iter().filter(|order| (from..until).contains(&order.placed_at));
        let by_time: BTreeMap<_, _> =
            in_span.map(|order| (format!("{:020}/{}", order.placed_at, order.id), order.clone())).collect();
        let (orders, cursor) = page(by_time.into_iter(), cursor, limit);
        Ok(OrderPage { orders, cursor }.into())
    }
}

#[async_trait]
impl Quotas for Fixtures {
    async fn taken(&self, _: &Scope, names: &[String]) -> Result<Read<Vec<u32>>, Fault> {
        Ok(counts(Some(&self.quotas), names).into())
    }

    async fn taken_by(&self, _: &Scope, customer: &str, names: &[String]) -> Result<Read<Vec<u32>>, Fault> {
        Ok(counts(self.quotas_by_customer.get(customer), names).into())
    }
}

fn counts(counters: Option<&BTreeMap<String, u32>>, names: &[String]) -> Vec<u32> {
    let count = |name| counters.and_then(|counters| counters.get(name)).copied().unwrap_or_default();
    names.iter().map(count).collect()
}

#[async_trait]
impl Points for Fixtures {
    async fn balance(&self, _: &Scope, holder: &str) -> Result<Read<Holdings>, Fault> {
        const NOTHING: Holdings = Holdings { available: 0, pending: 0, next_available_at: None, held: 0, reserved: 0 };
        let holdings = self.points.get(holder).and_then(|holder| holder.holdings);
        Ok(holdings.unwrap_or(NOTHING).into())
    }

    async fn lots(&self, _: &Scope, holder: &str) -> Result<Read<Vec<Lot>>, Fault> {
        Ok(self.points.get(holder).map(|holder| holder.lots.clone()).unwrap_or_default().into())
    }

    async fn of_order(&self, _: &Scope, order: &str) -> Result<Read<OrderPoints>, Fault> {
        const NOTHING: OrderPoints = OrderPoints { earned: Vec::new(), spent: 0, restored: 0 };
        Ok(self.order_points.get(order).cloned().unwrap_or(NOTHING).into())
    }

    async fn earned_between(
        &self,
        _: &Scope,
        holder: &str,
        _: Instant,
        _: Instant,
        _: &[String],
    ) -> Result<Read<i64>, Fault> {
        Ok(self.points.get(holder).map_or(0, |holder| holder.earned).into())
    }

    async fn expiring_between(
        &self,
        _: &Scope,
        from: Instant,
        until: Instant,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Read<ExpiringPage>, Fault> {
        let in_span = self.expiring.iter().filter(|entry| (from..until).contains(&entry.expires_at));
        let by_holder: BTreeMap<_, _> =
            in_span.map(|entry| (format!("{}/{:020}", entry.holder, entry.expires_at), entry.clone())).collect();
        let (entries, cursor) = page(by_holder.into_iter(), cursor, limit);
        Ok(ExpiringPage { entries, cursor }.into())
    }
}

#[async_trait]
impl Storage for Fixtures {
    async fn get(&self, _: &Scope, key: &str) -> Result<Read<Option<Vec<u8>>>, Fault> {
        Ok(self.storage.get(key).map(|value| value.clone().into_bytes()).into())
    }

    async fn list(&self, _: &Scope, prefix: &str, cursor: Option<&str>, limit: u32) -> Result<Read<KeyPage>, Fault> {
        let keys = self.storage.keys().filter(|key| key.starts_with(prefix)).map(|key| (key.clone(), key.clone()));
        let (keys, cursor) = page(keys, cursor, limit);
        Ok(KeyPage { keys, cursor }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_join_into_the_whole() {
        let keys = || ["a", "b", "c", "d", "e"].into_iter().map(|key| (key.to_owned(), key));
        let (first, cursor) = page(keys(), None, 2);
        assert_eq!((first, cursor.as_deref()), (vec!["a", "b"], Some("b")));
        let (second, cursor) = page(keys(), cursor.as_deref(), 2);
        assert_eq!((second, cursor.as_deref()), (vec!["c", "d"], Some("d")));
        let (last, cursor) = page(keys(), cursor.as_deref(), 2);
        assert_eq!((last, cursor), (vec!["e"], None));
    }

    #[test]
    fn a_page_that_ends_with_the_last_item_has_no_cursor() {
        let keys = ["a", "b"].into_iter().map(|key| (key.to_owned(), key));
        assert_eq!(page(keys, None, 2), (vec!["a", "b"], None));
    }

    #[test]
    fn a_misspelt_fixture_is_an_error() {
        assert!(serde_json::from_str::<Fixtures>(r#"{"produkts": []}"#).is_err());
        assert!(serde_json::from_str::<Fixtures>("{}").is_ok());
    }
}
