//! A write is done once for each key.

use boomerang_shop::admin::Role;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_secret_is_answered_once_and_kept_nowhere() {
    let world = World::new().await;
    let send =
        async || world.request("POST", "/api/v1/demo/sessions").header("idempotency-key", "a-key-of-mine").send().await;
    let first = send().await;
    assert_eq!(first.status, 201);
    let token = first.text("/token");
    let again = send().await;
    assert_eq!((again.status, again.problem()), (409, "answered-once"));
    assert!(!again.json.to_string().contains(&token));
    assert_eq!(world.request("GET", "/api/v1/demo/session").token(&token).send().await.status, 200);
}

#[tokio::test]
async fn a_key_that_comes_with_another_request_is_refused() {
    let world = World::new().await;
    let token = world.shopper().await;
    let send = async |email: &str| {
        let call =
            world.request("POST", "/api/v1/demo/sign-in").token(&token).header("idempotency-key", "a-key-of-mine");
        call.json(&json!({ "email": email })).send().await
    };
    assert_eq!(send("ann@example.com").await.status, 202);
    let other = send("bob@example.com").await;
    assert_eq!((other.status, other.problem()), (422, "idempotency-key-reused"));
}

#[tokio::test]
async fn keys_of_different_callers_do_not_meet() {
    let world = World::new().await;
    for _ in 0..2 {
        let token = world.shopper().await;
        let call =
            world.request("POST", "/api/v1/demo/sign-in").token(&token).header("idempotency-key", "a-key-of-mine");
        assert_eq!(call.json(&json!({ "email": "ann@example.com" })).send().await.status, 202);
    }
}

#[tokio::test]
async fn a_replayed_answer_is_the_first_one_and_says_so() {
    let world = World::new().await;
    let token = world.shopper().await;
    let send = async || {
        let call =
            world.request("POST", "/api/v1/demo/sign-in").token(&token).header("idempotency-key", "a-key-of-mine");
        call.json(&json!({ "email": "not an address" })).send().await
    };
    let (first, again) = (send().await, send().await);
    assert_eq!((first.status, first.problem()), (422, "invalid"));
    assert_eq!((again.status, &again.bytes), (first.status, &first.bytes));
    assert_eq!(again.headers["content-type"], "application/problem+json");
    assert!(first.headers.get("idempotency-replayed").is_none());
    assert_eq!(again.headers["idempotency-replayed"], "true");
}

#[tokio::test]
async fn an_answer_that_asks_to_try_again_frees_the_key() {
    let world = World::new().await;
    let token = world.shopper().await;
    let send = async |key: &str| {
        let call = world.request("POST", "/api/v1/demo/sign-in").token(&token).header("idempotency-key", key);
        call.json(&json!({ "email": "ann@example.com" })).send().await
    };
    for number in 0..5 {
        assert_eq!(send(&format!("a-key-of-mine-{number}")).await.status, 202);
    }
    let limited = send("the-key-in-question").await;
    assert_eq!((limited.status, limited.problem()), (429, "too-many-requests"));
    let wait = limited.headers["retry-after"].to_str().unwrap().parse::<i64>().unwrap();
    world.platform.clock.advance(wait * 1_000);
    assert_eq!(send("the-key-in-question").await.status, 202);
}

#[tokio::test]
async fn a_write_that_is_sent_many_times_at_once_is_done_once() {
    let world = World::new().await;
    let staff = world.staff(Role::Staff).await;
    let ann = world.customer("ann@example.com").await;
    let path = format!("/api/v1/demo/admin/customers/{}/points", world.read(&ann, "/account").await.text("/id"));
    let body = json!({ "points": 50, "reason": "An apology" });
    let send = async || {
        world.request("POST", &path).token(&staff).header("idempotency-key", "one-apology").json(&body).send().await
    };
    let (first, second, third, fourth) = tokio::join!(send(), send(), send(), send());
    for answer in [&first, &second, &third, &fourth] {
        let done = answer.status == 200 && answer.json["available"] == 50;
        assert!(done || answer.problem() == "idempotency-key-in-use", "{:#}", answer.json);
    }
    assert_eq!(send().await.ok()["available"], 50);
    assert_eq!(world.read(&ann, "/account/points").await.ok()["available"], 50);
}

#[tokio::test]
async fn a_write_that_ends_its_own_session_is_answered_alike_when_it_is_sent_again() {
    let world = World::new().await;
    let (guest, staff) = (world.shopper().await, world.staff(Role::Staff).await);
    for (token, path) in [(&guest, "/api/v1/demo/session"), (&staff, "/api/v1/demo/admin/session")] {
        let send = async |token: &str, key: &str| {
            world.request("DELETE", path).token(token).header("idempotency-key", key).send().await
        };
        assert_eq!(send(token, "the-last-word").await.status, 204);
        let again = send(token, "the-last-word").await;
        assert_eq!((again.status, again.bytes.len()), (204, 0));
        assert_eq!(again.headers["idempotency-replayed"], "true");
        assert_eq!(send(token, "another-word").await.status, 401, "the session is over for everything else");
        assert_eq!(send(&"f".repeat(64), "the-last-word").await.status, 401, "and so it is for everybody else");
        assert_eq!(world.request("GET", path).token(token).send().await.status, 401);
    }
}
