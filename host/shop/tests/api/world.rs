//! A shop in memory whose API is called in process. Every answer is held against the document.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, Request};
use boomerang_shop::admin::{self, Credentials, NewAdmin, Role};
use boomerang_shop::api;
use boomerang_shop::clock::{Clock, DAY, Instant};
use boomerang_shop::people::{Customer, CustomerState, session};
use boomerang_shop::platform::{Platform, PlatformConfig};
use boomerang_shop::secrets::Secret;
use boomerang_shop::shops::{Policies, Shop};
use boomerang_shop::store::{Store, contacts, customers, shops};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use crate::document::Document;
use crate::guest;

/// When every story begins: 2 March 2026, 9:00 in Vienna.
pub(crate) const START: Instant = 1_772_438_400_000;

/// A shop with its API.
pub(crate) struct World {
    pub(crate) platform: Platform,
    router: Router,
    document: OnceLock<Arc<Document>>,
    keys: AtomicU32,
    /// Operations that have succeeded here.
    succeeded: Mutex<BTreeSet<String>>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
    /// Null where the body is no JSON.
    pub(crate) json: Value,
}

impl Answer {
    /// The last part of the problem's `type`; empty for a success.
    pub(crate) fn problem(&self) -> &str {
        self.json["type"].as_str().and_then(|kind| kind.strip_prefix("/api/problems/")).unwrap_or_default()
    }

    /// The answer of a request that should have succeeded.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{} {:#}", self.status, self.json);
        self.json
    }

    /// A text member.
    #[track_caller]
    pub(crate) fn text(&self, pointer: &str) -> String {
        let value = self.json.pointer(pointer).and_then(Value::as_str);
        value.unwrap_or_else(|| panic!("{pointer} is no text in {:#}", self.json)).to_owned()
    }
}

/// A request that is being put together.
pub(crate) struct Call<'a> {
    world: &'a World,
    method: String,
    path: String,
    headers: Vec<(HeaderName, String)>,
    body: Vec<u8>,
}

impl World {
    pub(crate) async fn new() -> Self {
        let config = PlatformConfig {
            clock: Clock::manual(START),
            secret: Secret::new([7; 32]),
            components: Some(guest::shelf().to_owned()),
            cache: None,
            demo: true,
        };
        let gateway = Arc::new(boomerang_shop::gateway::TestGateway::new());
        Self::over(Platform::new(Store::in_memory().unwrap(), gateway, config).unwrap()).await
    }

    /// The shops on a platform that has none.
    pub(crate) async fn over(platform: Platform) -> Self {
        for id in ["demo", "other"] {
            let shop = Shop {
                id: id.into(),
                name: "Demo".into(),
                base_url: "https://shop.example".into(),
                currency: "EUR".into(),
                time_zone: "Europe/Vienna".into(),
                locale: "en".into(),
                country: "AT".into(),
                created_at: START - 90 * DAY,
                policies: Policies::default(),
            };
            platform.store.write(move |tx| shops::create(tx, "system", &shop)).await.unwrap();
        }
        let router = api::router(platform.clone());
        let world =
            Self { platform, router, document: OnceLock::new(), keys: AtomicU32::new(0), succeeded: Mutex::default() };
        let document = world.raw("GET", "/api/openapi.json", Vec::new(), Vec::new()).await;
        world.document.set(Arc::new(Document::new(document.json))).ok().unwrap();
        world
    }

    pub(crate) fn document(&self) -> Arc<Document> {
        Arc::clone(self.document.get().unwrap())
    }

    /// The ids of the operations that have succeeded here.
    pub(crate) fn succeeded(&self) -> BTreeSet<String> {
        self.succeeded.lock().unwrap().clone()
    }

    /// A request as it stands, with nothing added.
    pub(crate) fn request(&self, method: &str, path: &str) -> Call<'_> {
        Call { world: self, method: method.into(), path: path.into(), headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.request("GET", path).send().await
    }

    /// Reads something of the demo shop with a token.
    pub(crate) async fn read(&self, token: &str, path: &str) -> Answer {
        self.request("GET", &format!("/api/v1/demo{path}")).token(token).send().await
    }

    /// Writes to the demo shop with a token, without a body where it is null.
    pub(crate) async fn write(&self, token: &str, method: &str, path: &str, body: Value) -> Answer {
        let call = self.request(method, &format!("/api/v1/demo{path}")).token(token).keyed();
        if body.is_null() { call.send().await } else { call.json(&body).send().await }
    }

    /// An idempotency key that nobody has used.
    pub(crate) fn key(&self) -> String {
        format!("key-{:08}", self.keys.fetch_add(1, Ordering::Relaxed))
    }

    /// The token of a session that nobody is signed in with.
    pub(crate) async fn shopper(&self) -> String {
        let new = self.platform.store.write(|tx| session::begin(tx, "demo", None, "a browser", START)).await;
        new.unwrap().token
    }

    /// The token of a session that a customer with this address is signed in with.
    pub(crate) async fn customer(&self, email: &'static str) -> String {
        let contact = self.platform.secret.contact("demo", email);
        let customer = Customer {
            id: format!("cus_{}", &contact[4..]),
            contact,
            email: email.into(),
            state: CustomerState::Active,
            name: "Ann Lee".into(),
            phone: String::new(),
            locale: "en".into(),
            birthday: None,
            blocked: false,
            marketing_since: None,
            tags: Vec::new(),
            attributes: Default::default(),
            default_shipping: None,
            default_billing: None,
            registered_at: START - 60 * DAY,
            verified_at: Some(START - 60 * DAY),
            delete_unclaimed_at: None,
        };
        let write = self.platform.store.write(move |tx| {
            contacts::remember(tx, "demo", &customer.contact, &customer.email, None)?;
            customers::insert(tx, "demo", &customer)?;
            session::begin(tx, "demo", Some(&customer.id), "a browser", START)
        });
        write.await.unwrap().token
    }

    /// The token of a new member of the staff.
    pub(crate) async fn staff(&self, role: Role) -> String {
        let (store, password) = (&self.platform.store, "correct horse battery staple");
        let email = format!("{role:?}-{}@shop.example", self.key()).to_lowercase();
        let new = NewAdmin { email: email.clone(), name: "Sam".into(), role, password: password.into() };
        let now = self.platform.clock.now();
        admin::add(store, "demo", "system", new, now).await.unwrap();
        let credentials = Credentials {
            email,
            password: password.into(),
            code: String::new(),
            ip: String::new(),
            label: String::new(),
        };
        admin::sign_in(store, &self.platform.secret, "demo", credentials, now).await.unwrap().token
    }

    async fn raw(&self, method: &str, path: &str, headers: Vec<(HeaderName, String)>, body: Vec<u8>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let response = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status.as_u16(), headers: parts.headers, bytes, json }
    }
}

impl Call<'_> {
    pub(crate) fn query(mut self, query: &str) -> Self {
        self.path = format!("{}?{query}", self.path);
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.parse().unwrap(), value.to_owned()));
        self
    }

    pub(crate) fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Adds an idempotency key that nobody has used.
    pub(crate) fn keyed(self) -> Self {
        let key = self.world.key();
        self.header("idempotency-key", &key)
    }

    pub(crate) fn body(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("content-type", media_type)
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// Sends it, and holds the answer against the document if the document knows the operation.
    pub(crate) async fn send(self) -> Answer {
        let answer = self.world.raw(&self.method, &self.path, self.headers, self.body).await;
        let document = self.world.document();
        if let Some(operation) = document.operation(&self.method, &self.path) {
            let media_type = answer.headers.get("content-type").map_or("", |value| value.to_str().unwrap());
            assert_eq!(answer.headers["x-content-type-options"], "nosniff");
            assert!(answer.headers.contains_key("cache-control"), "{} may be kept by anybody", self.path);
            if let Err(error) = document.check(operation, answer.status, media_type, &answer.bytes) {
                panic!("{} {}: {error}", self.method, self.path);
            }
            if (200..300).contains(&answer.status) {
                self.world.succeeded.lock().unwrap().insert(operation.id.clone());
            }
        }
        answer
    }
}
