//! Two shops in memory, and what their extensions were told.

use std::sync::Arc;
use std::time::Duration;

use boomerang_engine::{Engine, EngineConfig, Limits};
use boomerang_shop::clock::{Clock, DAY, Instant};
use boomerang_shop::extensions::dispatcher::{Dispatcher, Round};
use boomerang_shop::extensions::manage::Actor;
use boomerang_shop::extensions::shelf::Shelf;
use boomerang_shop::extensions::{Extensions, capabilities};
use boomerang_shop::gateway::TestGateway;
use boomerang_shop::platform::{Platform, PlatformConfig};
use boomerang_shop::secrets::Secret;
use boomerang_shop::shops::{Policies, Shop};
use boomerang_shop::store::events::{self, OpenDelivery};
use boomerang_shop::store::{Store, StoreError, extension_storage, shops};

use crate::guest;

/// 2 March 2026, 9:00 in Vienna.
pub(crate) const START: Instant = 1_772_438_400_000;

/// A platform with the shops `one` and `two`.
pub(crate) struct World {
    pub(crate) platform: Platform,
    shops: [Shop; 2],
}

impl World {
    pub(crate) async fn new() -> Self {
        let config = PlatformConfig {
            clock: Clock::manual(START),
            secret: Secret::new([7; 32]),
            components: None,
            cache: None,
            demo: false,
        };
        let platform = Platform::new(Store::in_memory().unwrap(), Arc::new(TestGateway::new()), config).unwrap();
        let shops = ["one", "two"].map(|id| Shop {
            id: id.into(),
            name: id.into(),
            base_url: format!("https://{id}.example"),
            currency: "EUR".into(),
            time_zone: "Europe/Vienna".into(),
            locale: "en".into(),
            country: "AT".into(),
            created_at: START - 90 * DAY,
            policies: Policies::default(),
        });
        for shop in shops.clone() {
            platform.store.write(move |tx| shops::create(tx, "system", &shop)).await.unwrap();
        }
        Self { platform, shops }
    }

    /// The same, but a handler that does not end is never cut off: what gets on beside it owes that to no limit.
    pub(crate) async fn without_limits() -> Self {
        let mut world = Self::new().await;
        let store = &world.platform.store;
        let config = EngineConfig {
            limits: Limits {
                handler_time: Duration::from_hours(1),
                fuel: u64::MAX,
                host_calls: u32::MAX,
                host_bytes: usize::MAX,
                ..Limits::default()
            },
            ..EngineConfig::default()
        };
        let engine = Engine::new(config, capabilities::from_store(store.clone())).unwrap();
        world.platform.extensions = Extensions::new(store.clone(), engine, Shelf::default());
        world
    }

    /// Switches an extension on that does with an event what its topic says.
    pub(crate) async fn switch_on(&self, shop: &str, id: &str) {
        let shop = self.shops.iter().find(|known| known.id == shop).unwrap();
        let actor = Actor { name: "system", now: START };
        let extensions = &self.platform.extensions;
        let held = extensions.hold(guest::component(id), START).await.unwrap();
        let consent = held.capabilities.iter().copied().collect();
        extensions.install_held(shop, &held.digest, &consent, &actor).await.unwrap();
        extensions.set_enabled(shop, id, true, &actor).await.unwrap();
    }

    /// Something has happened to a customer.
    pub(crate) async fn happens(&self, shop: &str, topic: &str, customer: &str) {
        let event = boomerang_engine::contract::CustomerEvent {
            id: String::new(),
            topic: topic.into(),
            occurred_at: START,
            customer: customer.into(),
            attributes: Vec::new(),
        };
        let shop = shop.to_owned();
        let published = self.platform.store.write(move |tx| events::publish_customer(tx, &shop, event)).await;
        published.map_err(|error: StoreError| error).unwrap();
    }

    pub(crate) fn dispatcher(&self) -> Dispatcher {
        Dispatcher::new(self.platform.extensions.clone(), self.platform.secret.clone())
    }

    /// Tells everything that is due.
    pub(crate) async fn dispatch(&self) -> Round {
        self.platform.extensions.dispatch(&self.platform.secret, self.platform.clock.now()).await.unwrap()
    }

    /// What an extension has noted.
    pub(crate) async fn noted(&self, shop: &str, extension: &str, key: &str) -> String {
        let (shop, extension, key) = (shop.to_owned(), extension.to_owned(), key.to_owned());
        let found = self.platform.store.read(move |tx| extension_storage::get(tx, &shop, &extension, &key)).await;
        String::from_utf8(found.map_err(|error: StoreError| error).unwrap().unwrap_or_default()).unwrap()
    }

    /// Writes what an extension keeps.
    pub(crate) async fn note(&self, shop: &str, extension: &str, key: &str, value: &'static [u8]) {
        let (shop, extension, key) = (shop.to_owned(), extension.to_owned(), key.to_owned());
        let set = self.platform.store.write(move |tx| extension_storage::set(tx, &shop, &extension, &key, value));
        set.await.unwrap();
    }

    /// Deliveries that are not done.
    pub(crate) async fn open(&self, shop: &str) -> Vec<OpenDelivery> {
        let shop = shop.to_owned();
        self.platform.store.read(move |tx| events::open(tx, &shop, 1_000)).await.unwrap()
    }

    /// How often a handler was called to its end.
    pub(crate) fn calls(&self, shop: &str, extension: &str) -> u64 {
        self.platform.extensions.stats().of(shop, extension).calls
    }
}
