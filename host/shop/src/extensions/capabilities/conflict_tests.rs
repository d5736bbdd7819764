//! A handler that read something which has changed since commits nothing: also where what it read was a list, and the
//! change is a row that the list did not have.

use boomerang_engine::capability::{AddressBook, Catalogue, Customers, OrderHistory, Points, Storage};
use boomerang_engine::contract::Grant;
use boomerang_engine::{Commit, Read, ReadVersion, Scope};

use super::FromStore;
use crate::clock::{DAY, Instant};
use crate::orders::place::place;
use crate::orders::testing::{ANN, SHOP, World};
use crate::people::testing::customer;
use crate::store::effects::{EffectError, commit};
use crate::store::{StoreError, contacts, customers, extension_storage, ledger, orders, prices};

const EXT: &str = "loyalty-points";
const NOW: Instant = 100 * DAY;

/// A shop, and what an extension sees of it.
struct Shop {
    world: World,
    source: FromStore,
}

impl Shop {
    async fn new() -> Self {
        let world = World::new(9).await;
        let source = FromStore(world.store.clone());
        Self { world, source }
    }

    fn scope(&self) -> Scope {
        Scope { shop: SHOP.into(), extension: EXT.into(), now: NOW, customer: None, subject: None }
    }

    /// Whether a handler that has read this has to run again.
    async fn has_changed<T>(&self, read: &Read<T>) -> bool {
        assert!(!read.versions.is_empty(), "an answer without versions never changes");
        let (secret, reads): (_, Vec<ReadVersion>) = (self.world.secret.clone(), read.versions.clone());
        let looked = self.world.store.write(move |tx| -> Result<bool, Looked> {
            let found = commit(tx, &secret, SHOP, EXT, "look", &[], &reads, NOW)?;
            Err(Looked::Done(found == Commit::Conflict))
        });
        match looked.await {
            Err(Looked::Done(changed)) => changed,
            other => panic!("{other:?}"),
        }
    }

    async fn order(&self, customer: Option<&str>, at: Instant) -> crate::orders::Order {
        let mut draft = self.world.draft(1).await;
        draft.buyer.customer = customer.map(str::to_owned);
        place(&self.world.store, &self.world.gateway, SHOP, draft, at).await.unwrap().order
    }

    async fn earn(&self, holder: &str, key: &'static str, expires_at: Instant) {
        let grant = Grant {
            holder: holder.into(),
            points: 5,
            key: key.into(),
            rule: "gift".into(),
            reason: "A gift".into(),
            order: None,
            lines: Vec::new(),
            available_at: None,
            expires_at: Some(expires_at),
        };
        self.world.write(move |tx| ledger::earn(tx, SHOP, EXT, &grant, NOW)).await;
    }

    async fn register(&self, id: &'static str, contact: &'static str) {
        self.world
            .write(move |tx| -> Result<(), StoreError> {
                contacts::remember(tx, SHOP, contact, &format!("{id}@example.com"), None)?;
                customers::insert(tx, SHOP, &customer(id, contact, ""))
            })
            .await;
    }
}

/// Rolls a commit back, once it has said whether it would be one.
#[derive(Debug)]
enum Looked {
    Done(bool),
    Failed(#[expect(dead_code, reason = "printed when a test fails")] String),
}

impl From<EffectError> for Looked {
    fn from(error: EffectError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<StoreError> for Looked {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.to_string())
    }
}

#[tokio::test]
async fn a_holders_orders_change_with_another_order_and_with_each_step_of_one() {
    let shop = Shop::new().await;
    let first = shop.order(Some(ANN), 0).await;
    let scope = shop.scope();
    for holder in [ANN, &first.contact] {
        let read = shop.source.of(&scope, holder, 9).await.unwrap();
        let other = shop.source.of(&scope, "cus_bob", 9).await.unwrap();
        assert!(!shop.has_changed(&read).await);
        shop.order(Some(ANN), 1).await;
        assert!(shop.has_changed(&read).await, "another order");
        assert!(!shop.has_changed(&other).await);
        let read = shop.source.of(&scope, holder, 9).await.unwrap();
        let id = read.value[0].id.clone();
        shop.world.write(move |tx| orders::fulfil(tx, SHOP, &id, None, "system", 2)).await;
        assert!(shop.has_changed(&read).await, "one is sent");
    }
}

#[tokio::test]
async fn a_customers_orders_change_when_a_guests_order_joins_them() {
    let shop = Shop::new().await;
    let order = shop.order(None, 0).await;
    let read = shop.source.of(&shop.scope(), ANN, 9).await.unwrap();
    shop.world.write(move |tx| orders::link_contact(tx, SHOP, &order.contact, ANN, 1)).await;
    assert!(shop.has_changed(&read).await);
}

#[tokio::test]
async fn the_orders_of_a_span_change_with_each_of_them_and_with_one_more_while_the_span_lasts() {
    let shop = Shop::new().await;
    let scope = shop.scope();
    let order = shop.order(None, 0).await;
    let over = shop.source.between(&scope, 0, DAY, None, 9).await.unwrap();
    let running = shop.source.between(&scope, NOW - DAY, NOW, None, 9).await.unwrap();
    shop.order(None, NOW - 1).await;
    assert!(shop.has_changed(&running).await);
    assert!(!shop.has_changed(&over).await, "a day that is long over gains no order");
    shop.world.write(move |tx| orders::fulfil(tx, SHOP, &order.id, None, "system", 2)).await;
    assert!(shop.has_changed(&over).await);
}

#[tokio::test]
async fn a_prior_price_changes_with_the_price_and_with_what_pages_show() {
    let shop = Shop::new().await;
    let (scope, variant) = (shop.scope(), shop.world.variant.clone());
    let read = shop.source.prior_price(&scope, &variant, NOW, 30).await.unwrap();
    let elsewhere = shop.source.prior_price(&scope, "another", NOW, 30).await.unwrap();
    let id = variant.clone();
    shop.world.write(move |tx| prices::set(tx, SHOP, NOW - DAY, "admin:1", &id, 900)).await;
    assert!(shop.has_changed(&read).await);
    for (at, what) in [(NOW - 9_000_000, "a sale is shown"), (NOW - 8_000_000, "and still shown")] {
        let read = shop.source.prior_price(&scope, &variant, NOW, 30).await.unwrap();
        let id = variant.clone();
        shop.world.write(move |tx| prices::observe(tx, SHOP, &id, 800, at)).await;
        assert!(shop.has_changed(&read).await, "{what}");
    }
    assert!(!shop.has_changed(&elsewhere).await);
}

#[tokio::test]
async fn products_that_were_asked_for_in_vain_change_when_they_come() {
    let shop = Shop::new().await;
    let read = shop.source.products(&shop.scope(), &["prd_new".to_owned()]).await.unwrap();
    assert!(read.value.is_empty());
    let key = "product/prd_new";
    shop.world.write(move |tx| crate::store::versions::bump(tx, SHOP, key)).await;
    assert!(shop.has_changed(&read).await);
}

#[tokio::test]
async fn points_that_expire_in_a_span_change_with_a_new_lot_in_it_and_not_with_one_outside() {
    let shop = Shop::new().await;
    let scope = shop.scope();
    shop.earn(ANN, "a", NOW + DAY).await;
    let soon = shop.source.expiring_between(&scope, NOW, NOW + 7 * DAY, None, 9).await.unwrap();
    assert_eq!(soon.value.entries.len(), 1);
    shop.earn("cus_bob", "b", NOW + 365 * DAY).await;
    assert!(!shop.has_changed(&soon).await, "what is earned now expires much later");
    shop.earn("cus_bob", "c", NOW + 2 * DAY).await;
    assert!(shop.has_changed(&soon).await, "a new lot");

    let soon = shop.source.expiring_between(&scope, NOW, NOW + 7 * DAY, None, 9).await.unwrap();
    shop.world.write(move |tx| ledger::extend(tx, SHOP, EXT, ANN, NOW + 300 * DAY, "x", NOW)).await;
    assert!(shop.has_changed(&soon).await, "a lot moves out");
    let soon = shop.source.expiring_between(&scope, NOW, NOW + 7 * DAY, None, 9).await.unwrap();
    shop.world.write(move |tx| ledger::extend(tx, SHOP, EXT, ANN, NOW + 3 * DAY, "y", NOW)).await;
    assert!(shop.has_changed(&soon).await, "a lot moves in");
}

#[tokio::test]
async fn points_that_expire_in_a_span_change_when_a_guest_proves_the_address_they_are_held_for() {
    let shop = Shop::new().await;
    let contact = shop.world.secret.contact(SHOP, "ann@example.com");
    shop.earn(&contact, "a", NOW + DAY).await;
    let soon = shop.source.expiring_between(&shop.scope(), NOW, NOW + 7 * DAY, None, 9).await.unwrap();
    assert!(soon.value.entries.is_empty());
    shop.world.write(move |tx| ledger::link_contact(tx, SHOP, &contact, ANN, NOW)).await;
    assert!(shop.has_changed(&soon).await);
}

#[tokio::test]
async fn a_list_of_keys_changes_with_a_key_that_comes_or_goes_and_not_with_a_value() {
    let shop = Shop::new().await;
    let scope = shop.scope();
    let set = async |key: &'static str, value: &'static [u8]| {
        shop.world.write(move |tx| extension_storage::set(tx, SHOP, EXT, key, value)).await;
    };
    set("a/1", b"1").await;
    let read = shop.source.list(&scope, "a/", None, 9).await.unwrap();
    set("a/1", b"2").await;
    assert!(!shop.has_changed(&read).await);
    set("a/2", b"1").await;
    assert!(shop.has_changed(&read).await);
    let read = shop.source.list(&scope, "a/", None, 9).await.unwrap();
    shop.world.write(|tx| extension_storage::delete(tx, SHOP, EXT, "never")).await;
    assert!(!shop.has_changed(&read).await);
    shop.world.write(|tx| extension_storage::delete(tx, SHOP, EXT, "a/1")).await;
    assert!(shop.has_changed(&read).await);
}

#[tokio::test]
async fn a_page_of_customers_changes_with_one_more() {
    let shop = Shop::new().await;
    shop.register("cus_1", "con_1").await;
    let read = shop.source.page(&shop.scope(), None, 9).await.unwrap();
    assert!(!shop.has_changed(&read).await);
    shop.register("cus_2", "con_2").await;
    assert!(shop.has_changed(&read).await);
}

#[tokio::test]
async fn an_address_book_changes_with_what_was_ordered() {
    let shop = Shop::new().await;
    shop.register("cus_1", "con_1").await;
    let read = AddressBook::get(&shop.source, &shop.scope(), "cus_1").await.unwrap();
    let order = shop.order(Some("cus_1"), 0).await;
    assert!(shop.has_changed(&read).await, "an order");
    let read = AddressBook::get(&shop.source, &shop.scope(), "cus_1").await.unwrap();
    shop.world.write(move |tx| orders::fulfil(tx, SHOP, &order.id, None, "system", 1)).await;
    assert!(shop.has_changed(&read).await, "a step of it");
}
