//! A demo shop, and a browser that looks at it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use boomerang_shop::admin::{self, NewAdmin, Role};
use boomerang_shop::clock::{Clock, Instant};
use boomerang_shop::demo::{SHOP, features};
use boomerang_shop::gateway::TestGateway;
use boomerang_shop::platform::{Platform, PlatformConfig};
use boomerang_shop::secrets::Secret;
use boomerang_shop::shops::Shop;
use boomerang_shop::store::{Store, shops};
use boomerang_shop::{server, store};
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::forms::{Form, forms};

/// When every story begins: 2 March 2026, 9:00 in Vienna.
pub(crate) const START: Instant = 1_772_438_400_000;

/// Where the components are that were built: in `target/components`, or where `BOOMERANG_COMPONENTS` says.
pub(crate) fn components() -> PathBuf {
    let folder = std::env::var_os("BOOMERANG_COMPONENTS")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/components"), PathBuf::from);
    assert!(folder.join("flash-sale.wasm").exists(), "build the components first, with `cargo xtask guests`");
    folder
}

/// The demo shop with its features on.
pub(crate) async fn demo() -> Platform {
    on_shelf(&components()).await
}

/// The demo shop with more components on its shelf, by name.
pub(crate) async fn demo_with(more: &[(&str, &[u8])]) -> Platform {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    for entry in std::fs::read_dir(components()).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_file()) {
        std::fs::copy(entry.path(), place(entry.file_name().to_str().unwrap())).unwrap();
    }
    for (name, wasm) in more {
        std::fs::write(place(&format!("{name}.wasm")), wasm).unwrap();
    }
    on_shelf(folder.path()).await
}

async fn on_shelf(components: &Path) -> Platform {
    let config = PlatformConfig {
        clock: Clock::manual(START),
        secret: Secret::new([7; 32]),
        components: Some(components.to_owned()),
        cache: None,
        demo: true,
    };
    let platform = Platform::new(Store::in_memory().unwrap(), Arc::new(TestGateway::new()), config).unwrap();
    features::set_up(&platform, "http://localhost").await.unwrap();
    platform
}

/// A browser with its one cookie of the admin.
pub(crate) struct Browser {
    pub(crate) platform: Platform,
    router: Router,
    cookie: Mutex<String>,
}

/// A page that came back.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    /// Where it leads on to.
    pub(crate) location: String,
    pub(crate) text: String,
    pub(crate) set_cookie: String,
}

impl Page {
    /// The form that is sent to an address.
    #[track_caller]
    pub(crate) fn form(&self, action: &str) -> Form {
        let found = forms(&self.text).into_iter().find(|form| form.action.split('#').next() == Some(action));
        found.unwrap_or_else(|| panic!("no form for {action} on a page of status {}:\n{}", self.status, self.text))
    }

    #[track_caller]
    pub(crate) fn shows(&self, text: &str) -> &Self {
        assert!(self.text.contains(text), "{text:?} is not on the page of status {}:\n{}", self.status, self.text);
        self
    }
}

impl Browser {
    /// A browser that nobody has signed in with.
    pub(crate) fn new(platform: &Platform) -> Self {
        let router = server::router(platform.clone());
        Self { platform: platform.clone(), router, cookie: Mutex::new(String::new()) }
    }

    /// A browser of the demo's owner.
    pub(crate) async fn of_owner(platform: &Platform) -> Self {
        let browser = Self::new(platform);
        browser.sign_in(features::ADMIN, features::PASSWORD).await;
        browser
    }

    /// A browser of somebody who works here without owning anything.
    pub(crate) async fn of_staff(platform: &Platform) -> Self {
        let (email, password) = ("sam@shop.example", "four random words here");
        let new = NewAdmin { email: email.into(), name: "Sam".into(), role: Role::Staff, password: password.into() };
        admin::add(&platform.store, SHOP, "system", new, START).await.unwrap();
        let browser = Self::new(platform);
        browser.sign_in(email, password).await;
        browser
    }

    async fn sign_in(&self, email: &str, password: &str) {
        let form = self.get("/admin/sign-in").await.form("/admin/sign-in");
        let page = self.send(form.fill("email", email).fill("password", password)).await;
        assert_eq!((page.status, page.location.as_str()), (303, "/admin"), "{}", page.text);
    }

    pub(crate) async fn get(&self, path: &str) -> Page {
        self.request(Request::get(path), Body::empty()).await
    }

    /// Sends a form and does not follow where it leads.
    pub(crate) async fn send(&self, form: Form) -> Page {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&form.fields).finish();
        let request = Request::post(form.action.split('#').next().unwrap_or_default())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.request(request, body.into()).await
    }

    /// Sends a form with a file.
    pub(crate) async fn upload(&self, form: &Form, file: &[u8]) -> Page {
        let mut body = Vec::new();
        for (name, value) in &form.fields {
            let part = format!("--xx\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        body.extend_from_slice(b"--xx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"file\"\r\n\r\n");
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--xx--\r\n");
        let request = Request::post(&form.action).header(header::CONTENT_TYPE, "multipart/form-data; boundary=xx");
        self.request(request, body.into()).await
    }

    async fn request(&self, request: axum::http::request::Builder, body: Body) -> Page {
        let cookie = self.cookie.lock().unwrap().clone();
        let request = request.header(header::HOST, "localhost").header(header::COOKIE, cookie).body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let mut cookies = parts.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        let set_cookie = cookies.rfind(|line| line.starts_with("staff=")).unwrap_or_default().to_owned();
        if let Some(cookie) = set_cookie.split(';').next().filter(|cookie| !cookie.is_empty()) {
            cookie.clone_into(&mut self.cookie.lock().unwrap());
        }
        let bytes = body.collect().await.unwrap().to_bytes();
        Page {
            status: parts.status.as_u16(),
            location: text(header::LOCATION),
            text: String::from_utf8_lossy(&bytes).into_owned(),
            set_cookie,
        }
    }

    /// The demo's shop.
    pub(crate) async fn shop(&self) -> Shop {
        self.platform.store.read(|tx| shops::get(tx, SHOP)).await.unwrap()
    }

    /// What the audit log says was done last.
    pub(crate) async fn last_action(&self) -> String {
        let entries = self.platform.store.read(|tx| store::audit::list(tx, SHOP, None, 1)).await.unwrap();
        format!("{} {}", entries[0].action, entries[0].subject)
    }
}
