//! The shop that everything is tried on: the demo with its four features, made once and set back now and then.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use boomerang_shop::clock::{Clock, Instant};
use boomerang_shop::demo::{self, features};
use boomerang_shop::gateway::TestGateway;
use boomerang_shop::people::session;
use boomerang_shop::platform::{Platform, PlatformConfig};
use boomerang_shop::secrets::Secret;
use boomerang_shop::server;
use boomerang_shop::store::{Store, StoreError, customers};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt;

use crate::document::Document;

/// When the shop is looked at: 2 March 2026, 9:00 in Vienna.
pub(crate) const NOW: Instant = 1_772_438_400_000;

/// Inputs that one shop is tried with. Then it is set back, so that what some of them take away is there for the others,
/// and an input that breaks a rule needs few others before it.
const INPUTS: u32 = 200;

/// A shop that can be asked.
pub(crate) struct Stage {
    runtime: Runtime,
    pub(crate) platform: Platform,
    router: Router,
    pub(crate) document: Document,
    /// The tokens of a session, by the right that it has.
    tokens: BTreeMap<&'static str, String>,
    /// What can be named in a path, by the name of the path's parameter.
    pub(crate) known: BTreeMap<&'static str, String>,
    keys: u64,
    inputs: u32,
    /// The shop as it was made.
    template: PathBuf,
    folder: TempDir,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) media_type: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body; null where it is no JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    fn text(&self, pointer: &str) -> String {
        let json = self.json();
        let found = json.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("{pointer} is no text in {} {json:#}", self.status)).to_owned()
    }
}

thread_local! {
    static STAGE: RefCell<Option<Stage>> = const { RefCell::new(None) };
}

/// Gives an input the shop of this thread.
pub(crate) fn with<T>(act: impl FnOnce(&mut Stage) -> T) -> T {
    STAGE.with_borrow_mut(|stage| {
        let stage = stage.get_or_insert_with(Stage::new);
        if stage.inputs == INPUTS {
            stage.set_back();
        }
        stage.inputs += 1;
        act(stage)
    })
}

/// Where the components are that ship.
///
/// # Panics
/// If they have not been built.
fn shelf() -> PathBuf {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/components");
    let folder = std::env::var_os("BOOMERANG_COMPONENTS").map_or(built, PathBuf::from);
    assert!(folder.is_dir(), "{} is missing: run `cargo xtask guests` first", folder.display());
    folder
}

fn platform(folder: &Path, store: Store) -> Platform {
    let config = PlatformConfig {
        clock: Clock::manual(NOW),
        secret: Secret::new([7; 32]),
        components: Some(shelf()),
        cache: Some(folder.join("cache")),
        demo: true,
    };
    Platform::new(store, Arc::new(TestGateway::new()), config).expect("the components that ship load")
}

impl Stage {
    fn new() -> Self {
        let folder = TempDir::with_prefix("boomerang-fuzz-").expect("there is room for a shop");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
        let store = Store::open(&folder.path().join("made.sqlite")).expect("a database can be made");
        let platform = platform(folder.path(), store);
        runtime.block_on(features::set_up(&platform, "https://shop.example")).expect("the demo can be made");
        let template = folder.path().join("template.sqlite");
        let router = server::router(platform.clone());
        let mut stage = Self {
            runtime,
            platform,
            router,
            document: Document { json: Value::Null, operations: Vec::new() },
            tokens: BTreeMap::new(),
            known: BTreeMap::new(),
            keys: 0,
            inputs: 0,
            template: template.clone(),
            folder,
        };
        stage.document = Document::new(stage.send("GET", "/api/openapi.json", None, None).json());
        stage.meet();
        stage.runtime.block_on(stage.platform.store.backup(&template)).expect("the shop can be copied");
        stage
    }

    /// Takes the shop as it was made.
    fn set_back(&mut self) {
        let path = self.folder.path().join(format!("shop-{}.sqlite", self.keys));
        std::fs::copy(&self.template, &path).expect("there is room for a shop");
        let store = Store::open(&path).expect("a copy opens");
        self.platform = platform(self.folder.path(), store);
        self.router = server::router(self.platform.clone());
        // The handles that were there are gone, so the file before it is as well.
        for entry in std::fs::read_dir(self.folder.path()).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_old = name.starts_with("shop-") || name.starts_with("made.");
            if is_old && !name.starts_with(&format!("shop-{}.", self.keys)) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
        self.inputs = 0;
    }

    /// Signs somebody in with every right, and notes what there is.
    fn meet(&mut self) {
        let shop = demo::SHOP;
        let ada = self.platform.secret.contact(shop, demo::SHOPPER);
        let found = self.platform.store.read(move |tx| customers::by_contact(tx, shop, &ada));
        let found: Result<_, StoreError> = self.runtime.block_on(found);
        let customer = found.expect("the database answers").expect("the demo has its shopper").id;
        let id = customer.clone();
        let begin = self.platform.store.write(move |tx| {
            let guest = session::begin(tx, shop, None, "a browser", NOW)?;
            Ok::<_, StoreError>((guest, session::begin(tx, shop, Some(&id), "a browser", NOW)?))
        });
        let (guest, signed_in) = self.runtime.block_on(begin).expect("sessions begin");
        let merchant = json!({ "email": features::ADMIN, "password": features::PASSWORD });
        let owner = self.post("/admin/sessions", None, &merchant).text("/token");
        self.tokens =
            [("session", guest.token), ("customer", signed_in.token), ("staff", owner.clone()), ("owner", owner)]
                .into();
        let first = |stage: &mut Self, path: &str, pointer: &str| stage.call("staff", "GET", path, None).text(pointer);
        let product = first(self, "/admin/products", "/items/0/id");
        let variant = first(self, &format!("/admin/products/{product}"), "/variants/0/id");
        let order = first(self, "/admin/orders", "/items/0/id");
        let category = self.call("session", "GET", "/categories", None).text("/0/id");
        let mail = first(self, "/admin/mails", "/items/0/id");
        let cart = self.call("session", "POST", "/carts", None).text("/id");
        let line = json!({ "variant": variant, "quantity": 1 });
        let line = self.call("session", "POST", &format!("/carts/{cart}/lines"), Some(&line)).text("/lines/0/id");
        self.known = [
            ("shop", shop.to_owned()),
            ("product", product),
            ("variant", variant),
            ("category", category),
            ("order", order),
            ("customer", customer),
            ("mail", mail),
            ("cart", cart),
            ("line", line),
            ("extension", "flash-sale".to_owned()),
            ("point", "cart-pricing".to_owned()),
            ("report", "results".to_owned()),
            ("kind", "invalid".to_owned()),
            ("code", "SPRING".to_owned()),
        ]
        .into();
    }

    /// A number that no other input has had.
    pub(crate) fn key(&mut self) -> u64 {
        self.keys += 1;
        self.keys
    }

    /// Waits for something that the platform does.
    pub(crate) fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// The token of a session with a right.
    pub(crate) fn token(&self, right: &str) -> Option<&str> {
        self.tokens.get(right).map(String::as_str)
    }

    fn post(&mut self, path: &str, token: Option<&str>, body: &Value) -> Answer {
        let body = ("application/json", body.to_string().into_bytes());
        self.send("POST", &format!("/api/v1/{}{path}", demo::SHOP), token, Some(body))
    }

    /// Calls an operation of the demo shop with JSON.
    pub(crate) fn call(&mut self, right: &str, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let token = self.tokens.get(right).cloned();
        let body = body.map(|body| ("application/json", body.to_string().into_bytes()));
        self.send(method, &format!("/api/v1/{}{path}", demo::SHOP), token.as_deref(), body)
    }

    /// Sends a request under an idempotency key of its own.
    ///
    /// # Panics
    /// If the server fails.
    pub(crate) fn send(
        &mut self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<(&str, Vec<u8>)>,
    ) -> Answer {
        let key = self.key();
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "shop.example")
            .header("idempotency-key", format!("fuzz-{key:012}"));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some((media_type, _)) = &body {
            request = request.header("content-type", *media_type);
        }
        let body = body.map_or_else(Body::empty, |(_, bytes)| Body::from(bytes));
        let request = request.body(body).expect("the parts of a path are encoded");
        let answer = self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.expect("a router answers");
            let (parts, body) = response.into_parts();
            let media_type = parts.headers.get("content-type").and_then(|value| value.to_str().ok());
            let media_type = media_type.unwrap_or_default().to_owned();
            let body = body.collect().await.expect("the body is whole").to_bytes().to_vec();
            Answer { status: parts.status.as_u16(), media_type, body }
        });
        assert!(answer.status < 500, "{method} {path}: {} {:#}", answer.status, answer.json());
        answer
    }
}
