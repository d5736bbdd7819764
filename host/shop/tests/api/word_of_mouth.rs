//! Reviews and referrals, with the points that the shipped component gives for them.

use std::sync::Arc;

use boomerang_shop::gateway::TestGateway;
use boomerang_shop::mail::Mailbox;
use boomerang_shop::store::Store;
use serde_json::{Value, json};

use crate::account::mailed;
use crate::components;
use crate::shopping::{Mugs, cart, mugs, place};
use crate::world::{Answer, World};

const ANN: &str = "ann@gmail.com";
const BOB: &str = "bob@example.com";

/// A shop whose loyalty points are given for reviews and referrals, and for nothing else.
async fn rewarding() -> (World, Mugs) {
    let platform = components::platform(Store::in_memory().unwrap(), Arc::new(TestGateway::new()));
    let world = World::over(platform).await;
    let mugs = mugs(&world).await;
    let shelf = world.read(&mugs.staff, "/admin/shelf").await.ok();
    let package = shelf.as_array().unwrap().iter().find(|package| package["id"] == "loyalty-points").unwrap();
    let consent: Vec<&Value> =
        package["permissions"].as_array().unwrap().iter().map(|permission| &permission["id"]).collect();
    let consent = json!({ "consent": consent });
    world.write(&mugs.staff, "POST", "/admin/shelf/loyalty-points/install", consent).await.ok();
    let path = "/admin/extensions/loyalty-points";
    let settings = json!({
        "earning": { "points": 0, "pending-days": 0 }, "bonuses": { "review": 30, "referrer": 50, "referred": 20 },
    });
    world.write(&mugs.staff, "PUT", &format!("{path}/settings"), settings).await.ok();
    world.write(&mugs.staff, "PATCH", path, json!({ "enabled": true })).await.ok();
    (world, mugs)
}

/// The token of somebody who signs in with a mailed code, and with the code of a referral if there is one.
async fn sign_in(world: &World, session: &str, email: &'static str, referral: Option<&str>) -> String {
    let handle = world.write(session, "POST", "/sign-in", json!({ "email": email })).await.text("/handle");
    let (_, code) = mailed(world, email).await;
    let proof = json!({ "handle": handle, "code": code, "referral": referral });
    world.write(session, "POST", "/sign-in/code", proof).await.text("/token")
}

async fn points(world: &World, token: &str) -> Value {
    world.platform.work(&Mailbox::new(world.platform.store.clone())).await.unwrap();
    world.read(token, "/account/points").await.ok()["available"].clone()
}

async fn review(world: &World, token: &str) -> Answer {
    let body = json!({ "rating": 5, "text": "Holds exactly as much tea as I need." });
    world.write(token, "POST", "/products/mug/reviews", body).await
}

#[tokio::test]
async fn l5_a_review_by_a_buyer_is_on_the_page_and_earns_points_once() {
    let (world, mugs) = rewarding().await;
    let ann = sign_in(&world, &world.shopper().await, ANN, None).await;
    let refused = review(&world, &ann).await;
    assert_eq!((refused.status, refused.problem()), (409, "conflict"), "she has not bought it");
    let cart = cart(&world, &ann, &mugs.small, 1).await;
    world.write(&ann, "POST", &format!("/carts/{cart}/claim"), Value::Null).await.ok();
    place(&world, &ann, &cart, 900, "tok_visa_ok").await.ok();
    assert_eq!(points(&world, &ann).await, 0);

    let written = review(&world, &ann).await.text("/id");
    assert_eq!(points(&world, &ann).await, 30);
    assert_eq!(review(&world, &ann).await.status, 409, "there is one review for each product");
    assert_eq!(points(&world, &ann).await, 30);
    let listed = world.get("/api/v1/demo/products/mug/reviews").await.ok();
    assert_eq!(listed["items"][0]["rating"], 5);
    assert!(!listed.to_string().contains("cus_"), "who wrote it is nobody's business: {listed}");

    let path = format!("/admin/reviews/{written}");
    world.write(&mugs.staff, "DELETE", &path, Value::Null).await.ok();
    assert_eq!(world.write(&mugs.staff, "DELETE", &path, Value::Null).await.status, 404);
    assert_eq!(world.get("/api/v1/demo/products/mug/reviews").await.ok()["items"], json!([]));
}

#[tokio::test]
async fn l5_a_referral_earns_both_sides_their_points() {
    let (world, _) = rewarding().await;
    let ann = sign_in(&world, &world.shopper().await, ANN, None).await;
    let code = world.read(&ann, "/account/referral").await.text("/code");
    let bob = sign_in(&world, &world.shopper().await, BOB, Some(&code)).await;
    assert_eq!((points(&world, &ann).await, points(&world, &bob).await), (json!(50), json!(20)));
    let referral = world.read(&ann, "/account/referral").await.ok();
    assert_eq!((&referral["brought"], &referral["code"]), (&json!(1), &json!(code)));
    let again = sign_in(&world, &world.shopper().await, BOB, Some(&code)).await;
    assert_eq!((points(&world, &ann).await, points(&world, &again).await), (json!(50), json!(20)), "once");
}

#[tokio::test]
async fn l11_a_referral_of_oneself_earns_nothing() {
    let (world, _) = rewarding().await;
    let ann = sign_in(&world, &world.shopper().await, ANN, None).await;
    let code = world.read(&ann, "/account/referral").await.text("/code");
    let spelled = sign_in(&world, &world.shopper().await, "a.nn+2@gmail.com", Some(&code)).await;
    assert_eq!((points(&world, &ann).await, points(&world, &spelled).await), (json!(0), json!(0)));
    // In the browser in which she is signed in.
    let other = sign_in(&world, &ann, BOB, Some(&code)).await;
    let ann = sign_in(&world, &world.shopper().await, ANN, None).await;
    assert_eq!((points(&world, &ann).await, points(&world, &other).await), (json!(0), json!(0)));
}

#[tokio::test]
async fn what_is_no_review_is_refused_by_field() {
    let (world, _) = rewarding().await;
    let ann = sign_in(&world, &world.shopper().await, ANN, None).await;
    for (body, pointer) in [
        (json!({ "rating": 6, "text": "x" }), "/rating"),
        (json!({ "rating": 256, "text": "x" }), "/rating"),
        (json!({ "rating": 5, "text": " " }), "/text"),
        (json!({ "rating": 5, "text": "x".repeat(2_001) }), "/text"),
    ] {
        let answer = world.write(&ann, "POST", "/products/mug/reviews", body.clone()).await;
        assert_eq!((answer.status, answer.problem()), (422, "invalid"), "{body}");
        assert_eq!(answer.json["errors"][0]["pointer"], pointer, "{body}");
    }
    let nowhere = world.write(&ann, "POST", "/products/nothing/reviews", json!({ "rating": 5, "text": "x" })).await;
    assert_eq!(nowhere.status, 404);
}
