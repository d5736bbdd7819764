//! A disk that is full and a file that cannot be written: the shop says so in words, does nothing by halves, and goes on by
//! itself once there is room.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use serde_json::{Value as Json, json};
use tower::ServiceExt;

use super::*;
use crate::clock::Clock;
use crate::gateway::TestGateway;
use crate::orders::place::place;
use crate::orders::testing::{SHOP, World, with_points, with_quota};
use crate::people::session;
use crate::platform::{Platform, PlatformConfig};
use crate::secrets::Secret;
use crate::server;
use crate::shops::tests::vienna;
use crate::store::orders::{self, PlaceError};
use crate::store::{Store, audit, shops};

/// What every key of the shop is derived from.
const SECRET: [u8; 32] = [7; 32];
/// More bytes than are free in pages that are there already.
const LARGE: usize = 64 << 10;

/// Lets the database have no page more than it has, and uses up those that are empty.
async fn fill(store: &Store) {
    lock(&store.database.writer).execute_batch("pragma max_page_count = 1").unwrap();
    let text = json!({ "text": "x".repeat(3_000) });
    for at in 0.. {
        let text = text.clone();
        if store.write(move |tx| audit::write(tx, "other", at, "system", "fill", "", &text)).await.is_err() {
            return;
        }
    }
}

fn make_room(store: &Store) {
    lock(&store.database.writer).execute_batch("pragma max_page_count = 1000000").unwrap();
}

fn allow_writing(store: &Store, allowed: bool) {
    let switch = if allowed { "off" } else { "on" };
    lock(&store.database.writer).execute_batch(&format!("pragma query_only = {switch}")).unwrap();
}

#[tokio::test]
async fn an_order_that_the_disk_has_no_room_for_takes_nothing_and_is_placed_once_there_is_room() {
    let world = World::new(5).await;
    world.give_points(500).await;
    let mut draft = with_quota(with_points(world.draft(2).await, 100), 2, 10, false);
    // What is written last needs pages of its own, after stock, points and the sale's units are taken.
    draft.attributes.insert("note".into(), "x".repeat(LARGE));
    fill(&world.store).await;
    let refused = place(&world.store, &world.gateway, SHOP, draft.clone(), 1).await;
    assert!(matches!(refused, Err(PlaceError::Store(StoreError::Full))), "{refused:?}");
    make_room(&world.store);
    let cart = draft.cart.clone();
    let taken = world.write(move |tx| -> Result<_, StoreError> {
        let names = ["sale/mug".to_owned()];
        Ok((orders::by_cart(tx, SHOP, &cart)?, crate::store::claims::taken(tx, SHOP, "flash-sale", &names, None, 1)?))
    });
    assert_eq!(taken.await, (None, vec![0]));
    assert_eq!((world.stock().await, world.points(1).await), (5, 500));
    let placed = place(&world.store, &world.gateway, SHOP, draft, 2).await.unwrap();
    assert!(!placed.again);
    assert_eq!((world.stock().await, world.points(2).await), (3, 400));
}

/// A shop and its pages, over a store.
struct Site {
    store: Store,
    router: Router,
}

impl Site {
    async fn new() -> Self {
        let store = Store::in_memory().unwrap();
        store.write(|tx| shops::create(tx, "system", &vienna())).await.unwrap();
        let config = PlatformConfig {
            clock: Clock::manual(1),
            secret: Secret::new(SECRET),
            components: None,
            cache: None,
            demo: true,
        };
        let platform = Platform::new(store.clone(), Arc::new(TestGateway::new()), config).unwrap();
        Self { store, router: server::router(platform) }
    }

    /// Status, `Retry-After` and body.
    async fn send(&self, request: axum::http::request::Builder, body: String) -> (u16, String, String) {
        let response = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let wait = parts.headers.get("retry-after").map_or("", |value| value.to_str().unwrap()).to_owned();
        let body = body.collect().await.unwrap().to_bytes();
        (parts.status.as_u16(), wait, String::from_utf8_lossy(&body).into_owned())
    }

    /// Opens a session of the API under a key.
    async fn open(&self, key: &str) -> (u16, String, String) {
        self.send(Request::post("/api/v1/demo/sessions").header("idempotency-key", key), String::new()).await
    }

    /// Asks for a sign-in on the pages.
    async fn sign_in(&self) -> (u16, String, String) {
        let token = "a".repeat(64);
        let csrf = session::csrf_token(&Secret::new(SECRET), "demo", &token);
        let request = Request::post("/sign-in")
            .header("cookie", format!("session={token}"))
            .header("content-type", "application/x-www-form-urlencoded");
        self.send(request, format!("csrf={csrf}&email=ann%40example.com")).await
    }

    /// The API turns away what it cannot keep, and everything that only reads goes on.
    async fn turns_away(&self, key: &str) {
        let (status, wait, body) = self.open(key).await;
        let problem: Json = serde_json::from_str(&body).unwrap();
        assert_eq!((status, wait.as_str(), problem["type"].as_str()), (503, "30", Some("/api/problems/unavailable")));
        assert!(problem["detail"].as_str().unwrap().contains("again in half a minute"), "{problem:#}");
        for read in ["/", "/api/v1/demo"] {
            assert_eq!(self.send(Request::get(read), String::new()).await.0, 200, "{read}");
        }
    }
}

#[tokio::test]
async fn a_full_disk_turns_writes_away_in_words_until_there_is_room() {
    let site = Site::new().await;
    fill(&site.store).await;
    // Small rows still fit into pages that are there: those are used up, too.
    for number in 0.. {
        if site.open(&format!("filling-{number}")).await.0 != 201 {
            break;
        }
    }
    site.turns_away("the-session").await;
    make_room(&site.store);
    assert_eq!(site.open("the-session").await.0, 201, "the key is as good as new");
}

#[tokio::test]
async fn a_file_that_cannot_be_written_turns_writes_away_in_words_until_it_can() {
    let site = Site::new().await;
    allow_writing(&site.store, false);
    let refused = site.store.write(|tx| audit::write(tx, "demo", 1, "system", "test", "", &json!({}))).await;
    assert!(matches!(refused, Err(StoreError::ReadOnly)), "{refused:?}");
    site.turns_away("the-session").await;
    let (status, _, page) = site.sign_in().await;
    assert_eq!(status, 503, "{page}");
    assert!(page.contains("We cannot take anything down just now"), "{page}");
    allow_writing(&site.store, true);
    assert_eq!(site.open("the-session").await.0, 201, "the key is as good as new");
    assert_eq!(site.sign_in().await.0, 303, "the form is as good as new");
}

#[test]
fn what_is_to_be_done_about_the_machine_is_said() {
    let words = |error: StoreError| error.to_string();
    assert!(words(StoreError::Full).contains("make room"));
    assert!(words(StoreError::ReadOnly).contains("let the user that the shop runs as write it"));
    assert!(words(StoreError::Disk("disk I/O error".into())).contains("quota"));
    assert!(!StoreError::Interrupted.is_of_the_machine());
}
