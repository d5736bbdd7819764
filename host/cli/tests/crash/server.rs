//! The server that is killed: the real one, with its background work, over a file.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use boomerang_shop::admin::{self, NewAdmin, Role};
use boomerang_shop::catalogue::{ProductDetails, ProductInput, Status, VariantDetails};
use boomerang_shop::clock::{Clock, DAY, Instant, MINUTE};
use boomerang_shop::extensions::manage::Actor;
use boomerang_shop::ledger::LedgerError;
use boomerang_shop::people::{Customer, CustomerState, session};
use boomerang_shop::platform::{Platform, PlatformConfig};
use boomerang_shop::secrets::Secret;
use boomerang_shop::server;
use boomerang_shop::shops::{Policies, Shop};
use boomerang_shop::store::ledger::{self, Correction};
use boomerang_shop::store::{Store, catalogue, contacts, customers, shops, watch};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::outside::{Bank, Post};
use crate::point;

/// 2 March 2026, 9:00 in Vienna.
const START: Instant = 1_772_438_400_000;
/// What a life of the server adds to the clock: longer than anything counts as under way.
const LIFE: Instant = 11 * MINUTE;
/// Units of each product at the beginning.
pub(crate) const STOCK: i64 = 1_000_000;
pub(crate) const ADMIN: (&str, &str) = ("owner@shop.example", "correct horse battery staple");

/// What every key is derived from.
pub(crate) const SECRET: [u8; 32] = [7; 32];
/// Points of each member at the beginning.
pub(crate) const POINTS: i64 = 10_000_000;

/// The address of a member, who has an account and points.
pub(crate) fn member(number: usize) -> String {
    format!("member-{number}@example.com")
}

/// When a life of the server is.
pub(crate) fn time(life: u32) -> Instant {
    START + i64::from(life) * LIFE
}

pub(crate) fn database(folder: &Path) -> PathBuf {
    folder.join("shop.db")
}

async fn platform(folder: &Path, life: u32) -> Platform {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/components");
    let config = PlatformConfig {
        clock: Clock::manual(time(life)),
        secret: Secret::new(SECRET),
        components: Some(std::env::var_os("BOOMERANG_COMPONENTS").map_or(built, PathBuf::from)),
        cache: Some(folder.join("cache")),
        demo: false,
    };
    let store = Store::open(&database(folder)).unwrap();
    Platform::new(store, Arc::new(Bank::open(folder).await), config).unwrap()
}

/// Serves until it is killed. The first line it prints is where.
pub(crate) async fn serve(folder: &Path, life: u32) {
    let platform = platform(folder, life).await;
    watch::commits(point::pass_commit);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    println!("http://{address}");
    std::io::stdout().flush().unwrap();
    server::serve(platform, Arc::new(Post::open(folder)), listener, std::future::pending()).await.unwrap();
}

/// Opens the shop, with two mugs, of which one is on sale, with every feature on, and with members. Gives the token of a
/// session for each of them.
pub(crate) async fn set_up(folder: &Path, members: usize) -> Vec<String> {
    let platform = platform(folder, 0).await;
    let shop = Shop {
        id: "demo".into(),
        name: "Demo".into(),
        base_url: "https://shop.example".into(),
        currency: "EUR".into(),
        time_zone: "Europe/Vienna".into(),
        locale: "en".into(),
        country: "AT".into(),
        created_at: START - 90 * DAY,
        policies: Policies::default(),
    };
    let opened = shop.clone();
    platform.store.write(move |tx| shops::create(tx, "system", &opened)).await.unwrap();
    let on_sale = product(&platform, "sale-mug").await;
    product(&platform, "mug").await;
    let new = NewAdmin { email: ADMIN.0.into(), name: "Sam".into(), role: Role::Owner, password: ADMIN.1.into() };
    admin::add(&platform.store, "demo", "system", new, START).await.unwrap();
    let sale = json!({ "sales": [{
        "id": "crash", "title": "A sale", "starts": "2026-03-02T08:00", "ends": "2026-03-15T08:00",
        "products": [on_sale], "percent": 2_000, "stock": STOCK, "cart_policy": "live",
    }] });
    let rewards = json!({ "earning": { "points": 1, "per": 100, "pending-days": 30 } });
    switch_on(&platform, &shop, "flash-sale", sale).await;
    switch_on(&platform, &shop, "loyalty-points", rewards).await;
    switch_on(&platform, &shop, "checkout-autofill", json!({})).await;
    switch_on(&platform, &shop, "auto-account", json!({ "europe": "automatic" })).await;
    let mut tokens = Vec::new();
    for number in 0..members {
        tokens.push(join(&platform, &member(number)).await);
    }
    tokens
}

/// Makes somebody a member; the token of a session that they are signed in with.
async fn join(platform: &Platform, email: &str) -> String {
    let contact = platform.secret.contact("demo", email);
    let customer = Customer {
        id: format!("cus_{}", &contact[4..]),
        contact,
        email: email.to_owned(),
        state: CustomerState::Active,
        name: "Ann Lee".into(),
        phone: String::new(),
        locale: "en".into(),
        birthday: None,
        blocked: false,
        marketing_since: None,
        tags: Vec::new(),
        attributes: BTreeMap::new(),
        default_shipping: None,
        default_billing: None,
        registered_at: START,
        verified_at: Some(START),
        delete_unclaimed_at: None,
    };
    let joined = platform.store.write(move |tx| -> Result<_, LedgerError> {
        contacts::remember(tx, "demo", &customer.contact, &customer.email, None)?;
        customers::insert(tx, "demo", &customer)?;
        let gift = Correction {
            holder: &customer.id,
            points: POINTS,
            reason: "A gift",
            actor: "system",
            key: &format!("gift/{}", customer.id),
            expires_at: None,
        };
        ledger::adjust(tx, "demo", &gift, START)?;
        Ok(session::begin(tx, "demo", Some(&customer.id), "a browser", START)?)
    });
    joined.await.unwrap().token
}

async fn product(platform: &Platform, handle: &str) -> String {
    let input = ProductInput {
        details: ProductDetails {
            handle: handle.into(),
            title: handle.into(),
            status: Status::Active,
            ..ProductDetails::default()
        },
        variants: vec![VariantDetails { price: 1_000, stock: Some(STOCK), ..VariantDetails::default() }],
    };
    let at = START - 60 * DAY;
    platform.store.write(move |tx| catalogue::save(tx, "demo", at, "system", &input)).await.unwrap().id
}

async fn switch_on(platform: &Platform, shop: &Shop, id: &str, settings: Value) {
    let actor = Actor { name: "system", now: START };
    let package = platform.extensions.shelf().get(id);
    let package = package.unwrap_or_else(|| panic!("{id} is missing: run `cargo xtask guests` first"));
    let consent = package.inspection.capabilities.iter().copied().collect();
    platform.extensions.install_from_shelf(shop, id, &consent, &actor).await.unwrap();
    platform.extensions.save_settings(shop, id, &settings, &actor).await.unwrap();
    platform.extensions.set_enabled(shop, id, true, &actor).await.unwrap();
}
