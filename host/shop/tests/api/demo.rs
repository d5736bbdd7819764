//! The demo shop, when the program that fills it is ended in the middle.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use boomerang_shop::demo::features;
use boomerang_shop::gateway::{Authorisation, Card, CardToken, Gateway, GatewayError, TestGateway};
use boomerang_shop::mail::Mailbox;
use boomerang_shop::money::Money;
use boomerang_shop::platform::Platform;
use boomerang_shop::shops::{Policies, Shop};
use boomerang_shop::store::{Store, StoreError, audit, mailbox, orders, shops};

use crate::components;
use crate::world::START;

/// A gateway that cannot be reached any more after some authorisations.
struct Breaking {
    inner: TestGateway,
    left: AtomicU32,
}

#[async_trait]
impl Gateway for Breaking {
    async fn card(&self, token: &CardToken) -> Result<Card, GatewayError> {
        self.inner.card(token).await
    }

    async fn authorise(
        &self,
        key: &str,
        token: &CardToken,
        amount: Money,
        currency: &str,
    ) -> Result<Authorisation, GatewayError> {
        let left = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        left.map_err(|_| GatewayError::Unavailable)?;
        self.inner.authorise(key, token, amount, currency).await
    }

    async fn capture(&self, key: &str, authorisation: &str, amount: Money) -> Result<(), GatewayError> {
        self.inner.capture(key, authorisation, amount).await
    }

    async fn refund(&self, key: &str, authorisation: &str, amount: Money) -> Result<(), GatewayError> {
        self.inner.refund(key, authorisation, amount).await
    }

    async fn void(&self, key: &str, authorisation: &str) -> Result<(), GatewayError> {
        self.inner.void(key, authorisation).await
    }
}

fn platform(store: &Store, orders: u32) -> Platform {
    let gateway = Arc::new(Breaking { inner: TestGateway::new(), left: AtomicU32::new(orders) });
    components::platform(store.clone(), gateway)
}

async fn orders_of(store: &Store) -> usize {
    let read = store.read(|tx| orders::between(tx, "demo", 0, START, None, 200));
    read.await.map_err(|error: StoreError| error).unwrap().orders.len()
}

#[tokio::test]
async fn a_demo_that_was_interrupted_is_made_anew_and_a_whole_one_is_left_alone() {
    let store = Store::in_memory().unwrap();
    assert!(features::set_up(&platform(&store, 30), "http://localhost").await.is_err());
    let partial = orders_of(&store).await;
    assert!((1..=30).contains(&partial), "{partial}");

    assert!(features::set_up(&platform(&store, 1_000), "http://localhost").await.unwrap());
    let whole = orders_of(&store).await;
    assert!(whole >= 120, "{whole}");

    // Nobody gets the mails of a history that was invented.
    let platform = platform(&store, 1_000);
    platform.work(&Mailbox::new(store.clone())).await.unwrap();
    let mails = store.read(|tx| mailbox::list(tx, "demo", None, 10)).await.map_err(|error: StoreError| error).unwrap();
    assert!(mails.is_empty(), "{}", mails[0].subject);

    assert!(!features::set_up(&platform, "http://localhost").await.unwrap());
    assert_eq!(orders_of(&store).await, whole);
}

#[tokio::test]
async fn a_shop_that_only_has_the_name_of_the_demo_is_not_touched() {
    let store = Store::in_memory().unwrap();
    let shop = Shop {
        id: "demo".into(),
        name: "A real shop".into(),
        base_url: "https://shop.example".into(),
        currency: "EUR".into(),
        time_zone: "UTC".into(),
        locale: "en".into(),
        country: "AT".into(),
        created_at: 0,
        policies: Policies::default(),
    };
    store.write(move |tx| shops::create(tx, "system", &shop)).await.unwrap();
    assert!(!features::set_up(&platform(&store, 1_000), "http://localhost").await.unwrap());
    let (shop, log) = store
        .read(|tx| -> Result<_, StoreError> { Ok((shops::find(tx, "demo")?, audit::list(tx, "demo", None, 9)?)) })
        .await
        .unwrap();
    assert_eq!((shop.unwrap().name.as_str(), log.len()), ("A real shop", 1));
}
