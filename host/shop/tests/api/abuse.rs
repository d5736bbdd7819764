//! What an attacker tries from outside: to tell addresses apart by the time, to have links lead elsewhere, to get more out
//! of a request than it should hold.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use boomerang_shop::admin::Role;
use boomerang_shop::clock::HOUR;
use boomerang_shop::mail::{Mailbox, Outgoing, SendError, Transport, send_due};
use boomerang_shop::server;
use boomerang_shop::store::{StoreError, mailbox};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::account::mailed;
use crate::world::World;

/// How far two groups of times lie apart, in standard errors (Welch's t).
fn distance(first: &[f64], second: &[f64]) -> f64 {
    let mean = |times: &[f64]| times.iter().sum::<f64>() / times.len() as f64;
    let error = |times: &[f64]| {
        let mean = mean(times);
        let squares: f64 = times.iter().map(|time| (time - mean).powi(2)).sum();
        squares / (times.len() as f64 - 1.0) / times.len() as f64
    };
    (mean(first) - mean(second)) / (error(first) + error(second)).sqrt()
}

/// The shorter half of the times: what is slower was held up by something else on this machine.
fn quick(mut times: Vec<Duration>) -> Vec<f64> {
    times.sort();
    times.truncate(times.len() / 2);
    times.into_iter().map(|time| time.as_secs_f64()).collect()
}

/// Measures two kinds of requests in turn, and says how far their times lie apart. A machine that is busy with something
/// else may disturb a measurement; a shop that gives itself away does so every time.
async fn apart(rounds: u32, mut measure: impl AsyncFnMut(bool) -> Duration) -> f64 {
    let mut least = f64::INFINITY;
    for _ in 0..3 {
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for round in 0..rounds {
            // Whichever comes first has no advantage.
            for turn in [round % 2 == 0, round % 2 != 0] {
                let time = measure(turn).await;
                if turn { known.push(time) } else { unknown.push(time) }
            }
        }
        least = least.min(distance(&quick(known), &quick(unknown)).abs());
        if least < 4.5 {
            break;
        }
    }
    least
}

#[test]
fn the_measure_tells_a_tenth_apart_and_not_nothing() {
    let around = |base: f64| (0..40).map(|number| base + f64::from(number % 7) * 0.01).collect::<Vec<_>>();
    assert!(distance(&around(1.0), &around(1.1)).abs() > 10.0);
    assert!(distance(&around(1.0), &around(1.0)).abs() < 1.0);
}

#[tokio::test]
async fn a6_the_time_of_an_answer_does_not_tell_whether_an_address_has_an_account() {
    let world = World::new().await;
    world.customer("known@example.com").await;
    let apart = apart(60, async |known| {
        // An hour later, so that no limit answers in the place of the shop.
        world.platform.clock.advance(HOUR);
        let token = world.shopper().await;
        let email = if known { "known@example.com" } else { "other@example.com" };
        let call = world.request("POST", "/api/v1/demo/sign-in").token(&token).keyed();
        let started = Instant::now();
        let answer = call.json(&json!({ "email": email })).send().await;
        let took = started.elapsed();
        assert_eq!(answer.status, 202);
        took
    });
    let apart = apart.await;
    assert!(apart < 4.5, "the times lie {apart:.1} standard errors apart");
}

#[tokio::test]
async fn a6_the_time_of_an_answer_does_not_tell_who_works_here() {
    let world = World::new().await;
    let owner = world.staff(Role::Owner).await;
    let email = world.read(&owner, "/admin/session").await.text("/email");
    let apart = apart(24, async |known| {
        world.platform.clock.advance(HOUR);
        let email = if known { email.as_str() } else { "nobody@shop.example" };
        let body = json!({ "email": email, "password": "a wrong password" });
        let call = world.request("POST", "/api/v1/demo/admin/sessions").keyed().json(&body);
        let started = Instant::now();
        let answer = call.send().await;
        let took = started.elapsed();
        assert_eq!((answer.status, answer.problem()), (401, "unauthenticated"));
        took
    });
    let apart = apart.await;
    assert!(apart < 4.5, "the times lie {apart:.1} standard errors apart");
}

#[tokio::test]
async fn a4_a_link_in_a_mail_leads_to_the_shop_whatever_host_the_request_names() {
    let world = World::new().await;
    let token = world.shopper().await;
    let call = world.request("POST", "/api/v1/demo/sign-in").token(&token).keyed();
    let call = call.header("host", "evil.example").header("x-forwarded-host", "evil.example");
    let call = call.header("forwarded", "host=evil.example").json(&json!({ "email": "ann@example.com" }));
    assert_eq!(call.send().await.status, 202);
    mailed(&world, "ann@example.com").await;
    let mails = world.platform.store.read(|tx| mailbox::list(tx, "demo", None, 9)).await;
    let mails = mails.map_err(|error: StoreError| error).unwrap();
    let everything = format!("{}{}", mails[0].text, mails[0].html);
    assert!(everything.contains("https://shop.example/sign-in/confirm?token="));
    assert!(!everything.contains("evil"));
}

#[tokio::test]
async fn a_form_sent_under_another_host_mails_no_link_to_it() {
    let world = World::new().await;
    let router = server::router(world.platform.clone());
    let page = |method: &str, cookie: String, body: String| {
        let request = axum::http::Request::builder().method(method).uri("/sign-in").header("host", "evil.example");
        let request = request.header("cookie", cookie).header("content-type", "application/x-www-form-urlencoded");
        router.clone().oneshot(request.body(axum::body::Body::from(body)).unwrap())
    };
    let shown = page("GET", String::new(), String::new()).await.unwrap();
    let cookies: Vec<String> = shown
        .headers()
        .get_all("set-cookie")
        .iter()
        .filter_map(|line| line.to_str().ok()?.split(';').next().map(str::to_owned))
        .collect();
    let bytes = axum::body::to_bytes(shown.into_body(), usize::MAX).await.unwrap();
    let html = String::from_utf8_lossy(&bytes).into_owned();
    assert!(!html.contains("evil.example"), "a page repeats the host it was asked under");
    let csrf = html.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let sent = page("POST", cookies.join("; "), format!("csrf={csrf}&email=ann%40example.com")).await.unwrap();
    assert!(sent.status().is_success() || sent.status().is_redirection(), "{}", sent.status());
    let location = sent.headers().get("location").map_or("", |value| value.to_str().unwrap());
    assert!(location.is_empty() || location.starts_with('/'), "{location}");
    let (platform, transport) = (&world.platform, Mailbox::new(world.platform.store.clone()));
    send_due(&platform.store, &platform.secret, &transport, platform.clock.now(), 9).await.unwrap();
    let mails = platform.store.read(|tx| mailbox::list(tx, "demo", None, 9)).await;
    let mails = mails.map_err(|error: StoreError| error).unwrap();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains("https://shop.example/") && !mails[0].html.contains("evil"));
}

#[tokio::test]
async fn a_formula_in_a_title_is_text_in_the_file_that_staff_open() {
    let world = World::new().await;
    let staff = world.staff(Role::Staff).await;
    for (handle, title) in [("a", "=HYPERLINK(\"https://evil.example\")"), ("b", "+1"), ("c", "-1"), ("d", "@SUM(A1)")]
    {
        let product = json!({ "handle": handle, "title": title, "variants": [{ "price": 100, "sku": title }] });
        world.write(&staff, "POST", "/admin/products", product).await.ok();
    }
    let file = world.read(&staff, "/admin/products/export").await;
    assert_eq!(file.status, 200, "{:?}", file.json);
    let text = String::from_utf8(file.bytes).unwrap();
    for cell in text.split(['\n', ',']).map(|cell| cell.trim_matches(['"', '\r'])) {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t']), "{cell}");
    }
    assert_eq!(file.headers["content-type"].to_str().unwrap().split(';').next(), Some("text/csv"));
    assert_eq!(file.headers["x-content-type-options"], "nosniff");
}

#[tokio::test]
async fn addresses_that_smuggle_headers_or_recipients_are_refused_everywhere() {
    let world = World::new().await;
    let token = world.shopper().await;
    for email in ["ann@example.com\r\nBcc: eve@example.com", "ann@example.com,eve@example.com", "ann@example.com\0"] {
        let answer = world.write(&token, "POST", "/sign-in", json!({ "email": email })).await;
        assert_eq!((answer.status, answer.problem()), (422, "invalid"), "{email:?}");
    }
    let owner = world.staff(Role::Owner).await;
    let mut policies = world.read(&owner, "/admin/policies").await.ok();
    policies["reply_to"] = json!("hello@example.com");
    world.write(&owner, "PUT", "/admin/policies", policies.clone()).await.ok();
    for reply_to in [
        "hello@example.com\r\nBcc: eve@example.com",
        "hello@example.com, eve@example.com",
        " hello@example.com\n",
        "hello",
    ] {
        let mut smuggling: Value = policies.clone();
        smuggling["reply_to"] = json!(reply_to);
        let answer = world.write(&owner, "PUT", "/admin/policies", smuggling).await;
        assert_eq!((answer.status, answer.problem()), (422, "invalid"), "{reply_to:?}");
        assert_eq!(answer.json["errors"][0]["pointer"], "/reply_to");
        assert_eq!(world.read(&owner, "/admin/policies").await.ok(), policies, "{reply_to:?} has changed something");
    }
    world.write(&token, "POST", "/sign-in", json!({ "email": "ann@example.com" })).await;
    let (platform, post) = (&world.platform, Post::default());
    send_due(&platform.store, &platform.secret, &post, platform.clock.now(), 9).await.unwrap();
    let sent = post.0.into_inner().unwrap();
    assert_eq!(sent, [("ann@example.com".to_owned(), Some("hello@example.com".to_owned()))]);
}

/// What went out: to whom, and where answers go.
#[derive(Default)]
struct Post(Mutex<Vec<(String, Option<String>)>>);

#[async_trait]
impl Transport for Post {
    async fn send(&self, mail: &Outgoing) -> Result<(), SendError> {
        let reply_to = mail.reply_to.as_ref().map(|email| email.as_typed().to_owned());
        self.0.lock().unwrap().push((mail.to.as_typed().to_owned(), reply_to));
        Ok(())
    }
}
