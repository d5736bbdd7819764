//! Everything that the shop logs, down to the smallest detail, while people buy, sign in and fail to: none of it names
//! anybody, and none of it opens anything.

#[expect(dead_code, reason = "other tests use the rest of it")]
#[path = "../pages/browser.rs"]
mod browser;
#[expect(dead_code, reason = "other tests use the rest of it")]
#[path = "../pages/world.rs"]
mod world;

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use boomerang_shop::admin::{self, NewAdmin, Role};
use boomerang_shop::gateway::{Authorisation, Card, CardToken, Gateway, GatewayError};
use boomerang_shop::mail::Smtp;
use boomerang_shop::money::Money;
use boomerang_shop::{server, web};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use tracing_subscriber::EnvFilter;

use browser::Browser;
use world::World;

const EMAIL: &str = "planted.marker@mailbox.example";
/// What a guest enters, each of it nowhere else.
const ENTERED: [(&str, &str); 7] = [
    ("email", EMAIL),
    ("shipping.country", "AT"),
    ("shipping.name", "Plantedname Markersson"),
    ("shipping.line1", "Markergasse 4711"),
    ("shipping.postal-code", "8010"),
    ("shipping.locality", "Markerstadt"),
    ("payment_token", "tok_visa_ok"),
];
const STAFF: (&str, &str) = ("planted.staff@shop.example", "planted battery staple marker");

/// The lines of the log. Clones share them.
#[derive(Clone, Default)]
struct Logs(Arc<Mutex<Vec<u8>>>);

impl Logs {
    fn keep() -> Self {
        let logs = Self::default();
        let writer = logs.clone();
        // What compiles components knows nobody. Without the time, a number of six digits is a number that was logged.
        let filter = EnvFilter::new("trace,cranelift=off,regalloc2=off,wasmtime_internal=off");
        let lines = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).without_time();
        lines.with_writer(move || writer.clone()).init();
        logs
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Logs {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What must not be logged, with what it is.
#[derive(Default)]
struct Secrets(BTreeMap<String, &'static str>);

impl Secrets {
    fn add(&mut self, what: &'static str, secret: &str) {
        assert!(secret.len() >= 6, "{what}: {secret:?} is too short to be told from other words");
        self.0.insert(secret.to_owned(), what);
    }

    fn of_browser(&mut self, browser: &Browser) {
        browser.cookies.values().for_each(|cookie| self.add("a cookie", cookie));
    }

    /// The lines that tell one of them, each as a word of its own.
    fn told<'a>(&'a self, log: &'a str) -> Vec<(&'static str, &'a str)> {
        let is_end = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_ascii_alphanumeric());
        let is_word = |line: &str, at: usize, length: usize| {
            is_end(line[..at].chars().next_back()) && is_end(line[at + length..].chars().next())
        };
        let mut told = Vec::new();
        for line in log.lines() {
            for (secret, what) in &self.0 {
                if line.match_indices(secret).any(|(at, _)| is_word(line, at, secret.len())) {
                    told.push((*what, line));
                }
            }
        }
        told
    }
}

/// A mail server that says no and repeats the address; where it is.
fn refusing_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(move || refuse(stream.unwrap()));
        }
    });
    url
}

/// One connection, until either side ends it.
fn refuse(stream: TcpStream) -> io::Result<()> {
    let mut out = stream.try_clone()?;
    let mut say = move |words: &str| out.write_all(format!("{words}\r\n").as_bytes());
    say("220 ready")?;
    let refused = format!("550 {EMAIL} has no mailbox here");
    for line in BufReader::new(stream).lines() {
        say(if line?.starts_with("RCPT") { &refused } else { "250 fine" })?;
    }
    Ok(())
}

/// A payment provider whose library fails in the middle of it.
#[derive(Debug)]
struct Broken;

#[async_trait]
impl Gateway for Broken {
    async fn card(&self, _: &CardToken) -> Result<Card, GatewayError> {
        Ok(Card { brand: "visa".into(), last4: "4242".into(), expires_year: 2034, expires_month: 12 })
    }

    async fn authorise(&self, _: &str, token: &CardToken, _: Money, _: &str) -> Result<Authorisation, GatewayError> {
        panic!("{token:?} could not be charged")
    }

    async fn capture(&self, _: &str, _: &str, _: Money) -> Result<(), GatewayError> {
        Err(GatewayError::Unavailable)
    }

    async fn refund(&self, _: &str, _: &str, _: Money) -> Result<(), GatewayError> {
        Err(GatewayError::Unavailable)
    }

    async fn void(&self, _: &str, _: &str) -> Result<(), GatewayError> {
        Err(GatewayError::Unavailable)
    }
}

/// Calls the API.
async fn call(router: &Router, path: &str, token: &str, body: Value) -> (u16, Value) {
    let key = format!("key-of-{}-{body}", path.replace('/', "-"));
    let key: String = key.chars().filter(char::is_ascii_graphic).take(100).collect();
    let request = Request::post(format!("/api/v1/demo{path}"))
        .header("idempotency-key", key)
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {token}"));
    let response = router.clone().oneshot(request.body(Body::from(body.to_string())).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (parts.status.as_u16(), serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

/// A guest buys on the pages, and signs in there with the code of a mail.
async fn shop(world: &World, secrets: &mut Secrets) {
    let mut browser = world.browser();
    world.fill_cart(&mut browser).await;
    let page = browser.get("/checkout").await.ok();
    let form = page.form("/checkout");
    let placed = browser.send(&page, "/checkout", &[&ENTERED[..], &[("action", "place")]].concat()).await.ok();
    placed.says("Thank you");
    // The mails are told apart by when they arrive.
    world.work().await;
    world.platform.clock.advance(1_000);
    secrets.of_browser(&browser);
    form.iter().filter(|(name, _)| name == "csrf").for_each(|(_, token)| secrets.add("a form's token", token));

    let page = browser.get("/sign-in").await.ok();
    secrets.add("a form's token", &page.value("csrf"));
    let page = browser.send(&page, "/sign-in", &[("email", EMAIL)]).await.ok();
    let mail = world.mail(EMAIL).await;
    let words = mail.text.split(|letter: char| !letter.is_ascii_alphanumeric());
    for word in words {
        match word.len() {
            6 if word.bytes().all(|byte| byte.is_ascii_digit()) => secrets.add("a mailed code", word),
            64 => secrets.add("a mailed token", word),
            _ => {}
        }
    }
    let code = secrets.0.iter().find(|(_, what)| **what == "a mailed code").expect("the mail has a code").0.clone();
    let refused = browser.send(&page, "/sign-in/code", &[("code", "000000")]).await;
    browser.send(&refused, "/sign-in/code", &[("code", &code), ("remember", "true")]).await.ok();
    browser.get("/account").await.ok().says(EMAIL);
    secrets.of_browser(&browser);
}

/// Somebody of the staff signs in with a password and a second factor.
async fn manage(world: &World, secrets: &mut Secrets) {
    let (email, password) = STAFF;
    let new =
        NewAdmin { email: email.into(), name: "Markus Planted".into(), role: Role::Owner, password: password.into() };
    admin::add(&world.platform.store, "demo", "system", new, world.platform.clock.now()).await.unwrap();
    let router = server::router(world.platform.clone());
    let wrong = json!({ "email": email, "password": "planted wrong password" });
    assert_eq!(call(&router, "/admin/sessions", "", wrong).await.0, 401);
    let (_, session) = call(&router, "/admin/sessions", "", json!({ "email": email, "password": password })).await;
    let token = session["token"].as_str().unwrap();
    let (_, enrolled) = call(&router, "/admin/session/second-factor", token, Value::Null).await;
    let secret = enrolled["secret"].as_str().unwrap_or_else(|| panic!("{enrolled:#}"));
    let shared = totp_rs::Secret::try_from_base32(secret).unwrap();
    let app = totp_rs::Builder::new().with_secret(shared).build().unwrap();
    let code = app.generate((world.platform.clock.now() / 1_000).cast_unsigned()).to_string();
    let (_, confirmed) = call(&router, "/admin/session/second-factor/confirm", token, json!({ "code": code })).await;
    for (what, secret) in [
        ("the address of staff", email),
        ("a password", password),
        ("a wrong password", "planted wrong password"),
        ("a staff session", token),
        ("the secret of a second factor", secret),
        ("a code of a second factor", &code),
    ] {
        secrets.add(what, secret);
    }
    let recovery = confirmed["recovery_codes"].as_array().unwrap_or_else(|| panic!("{confirmed:#}"));
    recovery.iter().filter_map(Value::as_str).for_each(|code| secrets.add("a recovery code", code));
}

/// A mail that is refused, and an order that fails in the middle.
async fn fail(world: &World, secrets: &mut Secrets) {
    let post = Smtp::new(&refusing_server(), "hello@shop.example").unwrap();
    let mut browser = world.browser();
    let page = browser.get("/sign-in").await.ok();
    world.platform.clock.advance(120_000);
    browser.send(&page, "/sign-in", &[("email", EMAIL)]).await.ok();
    let worked = world.platform.work(&post).await.unwrap();
    assert_eq!(worked.mails.sent, 0, "the mail server takes nothing: {worked:?}");
    secrets.of_browser(&browser);

    let mut platform = world.platform.clone();
    platform.gateway = Arc::new(Broken);
    let mut browser = Browser::new(web::router(platform));
    world.fill_cart(&mut browser).await;
    let page = browser.get("/checkout").await.ok();
    let failed = browser.send(&page, "/checkout", &[&ENTERED[..], &[("action", "place")]].concat()).await;
    assert_eq!(failed.status, 500, "{}", failed.text());
    secrets.of_browser(&browser);
}

#[tokio::test]
async fn the_logs_name_nobody_and_open_nothing() {
    let logs = Logs::keep();
    let mut secrets = Secrets::default();
    for (field, value) in ENTERED {
        if !matches!(field, "shipping.country" | "shipping.postal-code") {
            secrets.add("what a shopper entered", value);
        }
    }
    let world = World::new().await;
    shop(&world, &mut secrets).await;
    manage(&world, &mut secrets).await;
    fail(&world, &mut secrets).await;

    let log = logs.text();
    assert!(log.contains("CardToken(…) could not be charged"), "what failed is not in the log, so nothing is:\n{log}");
    let kinds: std::collections::BTreeSet<_> = secrets.0.values().collect();
    for kind in ["a cookie", "a form's token", "a mailed code", "a mailed token", "the secret of a second factor"] {
        assert!(kinds.contains(&kind), "{kind} is not looked for");
    }
    let told = secrets.told(&log);
    assert!(told.is_empty(), "{told:#?}");
}

#[test]
fn a_marker_in_a_line_is_found_and_a_part_of_a_word_is_none() {
    let mut secrets = Secrets::default();
    secrets.add("a code", "123456");
    assert_eq!(secrets.told("one line\ncode=123456 and more"), [("a code", "code=123456 and more")]);
    assert!(secrets.told("bytes=1234567 id=a123456").is_empty());
}
