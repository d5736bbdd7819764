//! A customer's account: signing in, what is kept, and taking it along or having it erased.

use std::collections::BTreeMap;

use boomerang_shop::admin::Role;
use boomerang_shop::clock::{HOUR, MINUTE};
use boomerang_shop::mail::{Mailbox, send_due};
use boomerang_shop::people::{PaymentToken, devices, session};
use boomerang_shop::store::{StoreError, mailbox, payment_tokens};
use serde_json::{Value, json};

use crate::shopping::{cart, mugs, place};
use crate::world::World;

/// The link's token and the code of the newest mail to an address.
pub(crate) async fn mailed(world: &World, email: &'static str) -> (String, String) {
    let platform = &world.platform;
    let transport = Mailbox::new(platform.store.clone());
    send_due(&platform.store, &platform.secret, &transport, platform.clock.now(), 100).await.unwrap();
    let mails = platform.store.read(move |tx| mailbox::list(tx, "demo", Some(email), 1)).await;
    let text = mails.map_err(|error: StoreError| error).unwrap().remove(0).text;
    let words: Vec<&str> = text.split(|letter: char| !letter.is_ascii_alphanumeric()).collect();
    let token = words.iter().find(|word| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let code = words.iter().find(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit()));
    (token.expect("a link").to_string(), code.expect("a code").to_string())
}

/// Asks for a mail; the handle.
async fn ask(world: &World, token: &str, email: &str) -> String {
    world.write(token, "POST", "/sign-in", json!({ "email": email })).await.text("/handle")
}

#[tokio::test]
async fn a_customer_keeps_an_account_and_has_it_erased() {
    let world = World::new().await;
    story(&world).await;
}

pub(crate) async fn story(world: &World) {
    let mugs = mugs(world).await;
    let guest = world.shopper().await;
    ask(world, &guest, "ada@example.com").await;
    let (link, _) = mailed(world, "ada@example.com").await;
    let proof = json!({ "token": link, "remember": true });
    let signed_in = world.write(&guest, "POST", "/sign-in/link", proof).await;
    let (token, _device) = (signed_in.text("/token"), signed_in.text("/device_token"));
    assert_eq!(signed_in.json["first"], true);
    assert_eq!(world.read(&guest, "/session").await.status, 401, "the session before is worth nothing");

    let profile = json!({ "name": "Ada L.", "birthday": { "month": 12, "day": 10 }, "marketing_consent": true });
    assert_eq!(world.write(&token, "PATCH", "/account", profile).await.ok()["name"], "Ada L.");
    assert_eq!(world.read(&token, "/account").await.ok()["email"], "ada@example.com");

    let address = |line1: &str| json!({ "name": "Ada L.", "line1": line1, "postal_code": "8010", "locality": "Graz", "country": "at" });
    let added = world.write(&token, "POST", "/account/addresses", address("Hauptplatz 1")).await;
    let path = format!("/account/addresses/{}", added.text("/id"));
    assert_eq!(world.write(&token, "PUT", &path, address("Hauptplatz 2")).await.ok()["address"]["country"], "AT");
    let defaults = json!({ "shipping": added.text("/id") });
    let defaults = world.write(&token, "PUT", "/account/default-addresses", defaults).await.ok();
    assert_eq!(defaults["default_shipping"], added.json["id"]);
    assert_eq!(world.read(&token, "/account/addresses").await.ok().as_array().unwrap().len(), 1);
    world.write(&token, "DELETE", &path, Value::Null).await.ok();
    assert_eq!(world.write(&token, "DELETE", &path, Value::Null).await.status, 404);

    let wish = format!("/account/favourites/{}", mugs.product);
    world.write(&token, "PUT", &wish, Value::Null).await.ok();
    assert_eq!(world.read(&token, "/account/favourites").await.ok()[0]["product"], mugs.product.as_str());
    world.write(&token, "DELETE", &wish, Value::Null).await.ok();

    let cart = cart(world, &token, &mugs.small, 1).await;
    world.write(&token, "POST", &format!("/carts/{cart}/claim"), Value::Null).await.ok();
    let order = place(world, &token, &cart, 900, "tok_visa_ok").await.text("/id");
    assert_eq!(world.read(&token, "/account/orders").await.ok()[0]["id"], order.as_str());
    let order = world.read(&token, &format!("/account/orders/{order}")).await.ok();
    assert_eq!(order["flags"], json!([]), "what staff note is not for the buyer");
    let mine = format!("/account/orders/{}", order["id"].as_str().unwrap());
    let theirs = format!("/admin/orders/{}", order["id"].as_str().unwrap());
    let back = json!({ "lines": [{ "line": order["lines"][0]["id"], "quantity": 1 }] });
    let early = world.write(&token, "POST", &format!("{mine}/returns"), back.clone()).await;
    assert_eq!((early.status, early.problem()), (409, "conflict"), "it has not arrived");
    world.write(&mugs.staff, "POST", &format!("{theirs}/fulfil"), json!({})).await.ok();
    world.write(&mugs.staff, "POST", &format!("{theirs}/deliver"), Value::Null).await.ok();
    world.write(&token, "POST", &format!("{mine}/returns"), back).await.ok();
    assert_eq!(world.read(&token, &format!("{mine}/returns")).await.ok()[0]["state"], "asked");

    let review = json!({ "rating": 4, "text": "Holds my tea." });
    let review = world.write(&token, "POST", "/products/mug/reviews", review).await.text("/id");
    let reviews = world.get("/api/v1/demo/products/mug/reviews").await.ok();
    assert_eq!(reviews["items"][0]["id"], review.as_str());
    world.write(&mugs.staff, "DELETE", &format!("/admin/reviews/{review}"), Value::Null).await.ok();
    assert!(world.read(&token, "/account/referral").await.text("/link").starts_with("https://shop.example/r/"));

    let customer = world.read(&token, "/account").await.text("/id");
    let kept = customer.clone();
    let (other, card) = {
        let now = world.platform.clock.now();
        let write = world.platform.store.write(move |tx| {
            let other = session::begin(tx, "demo", Some(&kept), "elsewhere", now)?;
            let card = PaymentToken {
                token: "tok_mastercard_ok".into(),
                brand: "mastercard".into(),
                last4: "4444".into(),
                expires_year: 2030,
                expires_month: 1,
                used_at: now,
            };
            payment_tokens::keep(tx, "demo", &kept, &card)?;
            Ok::<_, StoreError>((other.session.id, card.token))
        });
        write.await.unwrap()
    };
    assert_eq!(world.read(&token, "/account/sessions").await.ok().as_array().unwrap().len(), 2);
    world.write(&token, "DELETE", &format!("/account/sessions/{other}"), Value::Null).await.ok();
    world.write(&token, "DELETE", "/account/sessions", Value::Null).await.ok();
    let device = world.read(&token, "/account/devices").await.text("/0/id");
    world.write(&token, "DELETE", &format!("/account/devices/{device}"), Value::Null).await.ok();
    let cards = world.read(&token, "/account/payment-tokens").await.ok();
    assert!(cards.as_array().unwrap().iter().any(|known| known["token"] == card.as_str()));
    world.write(&token, "DELETE", &format!("/account/payment-tokens/{card}"), Value::Null).await.ok();

    let points = json!({ "points": 50, "reason": "A welcome" });
    let customer = format!("/admin/customers/{customer}");
    let given = world.write(&mugs.staff, "POST", &format!("{customer}/points"), points).await.ok();
    assert_eq!(given["available"], 50);
    assert_eq!(world.read(&token, "/account/points").await.ok()["lots"][0]["remaining"], 50);
    assert_eq!(world.read(&token, "/account/points/history").await.ok()["items"][0]["reason"], "A welcome");
    assert_eq!(world.read(&mugs.staff, &format!("{customer}/points")).await.ok()["available"], 50);
    let history = world.read(&mugs.staff, &format!("{customer}/points/history")).await.ok();
    assert_eq!(history["items"][0]["points"], 50);
    let books = world.read(&mugs.staff, "/admin/points").await.ok();
    assert_eq!((&books["issued"], &books["difference"]), (&json!(50), &json!(0)));
    assert_eq!(world.read(&mugs.staff, "/admin/customers?query=ADA").await.ok()["items"][0]["name"], "Ada L.");
    world.write(&mugs.staff, "PATCH", &customer, json!({ "blocked": true })).await.ok();
    assert_eq!(world.read(&mugs.staff, &customer).await.ok()["blocked"], true);
    let standing = json!({ "tags": ["vip"], "attributes": { "loyalty-points.tier-pin": "gold" } });
    let noted = world.write(&mugs.staff, "PATCH", &customer, standing).await.ok();
    assert_eq!((&noted["blocked"], &noted["tags"]), (&json!(true), &json!(["vip"])));
    assert_eq!(noted["attributes"]["loyalty-points.tier-pin"], "gold");
    let wrong = world.write(&mugs.staff, "PATCH", &customer, json!({ "tags": ["a,b"] })).await;
    assert_eq!((wrong.status, &wrong.json["errors"][0]["pointer"]), (422, &json!("/tags")));

    let everything = world.read(&token, "/account/export").await.ok();
    assert_eq!(everything["profile"]["email"], "ada@example.com");
    assert_eq!(everything["reviews"][0]["text"], "Holds my tea.");
    world.write(&token, "DELETE", "/account", Value::Null).await.ok();
    assert_eq!(world.read(&token, "/account").await.status, 401);
    let erased = world.read(&mugs.staff, &customer).await.ok();
    assert_eq!((&erased["email"], &erased["name"]), (&json!(""), &json!("")));

    let owner = world.staff(Role::Owner).await;
    world.customer("eve@example.com").await;
    let eve = world.read(&owner, "/admin/customers?query=eve@example.com").await.text("/items/0/id");
    world.write(&owner, "DELETE", &format!("/admin/customers/{eve}"), Value::Null).await.ok();
}

#[tokio::test]
async fn a5_a_code_signs_in_once_and_only_with_its_handle() {
    let world = World::new().await;
    let (asker, stranger) = (world.shopper().await, world.shopper().await);
    let handle = ask(&world, &asker, "ann@example.com").await;
    let elsewhere = ask(&world, &stranger, "bob@example.com").await;
    let (_, code) = mailed(&world, "ann@example.com").await;
    let body = |handle: &str| json!({ "handle": handle, "code": code });
    let refused = world.write(&stranger, "POST", "/sign-in/code", body(&elsewhere)).await;
    assert_eq!((refused.status, refused.problem()), (422, "invalid"));
    assert_eq!(world.write(&asker, "POST", "/sign-in/code", body(&handle)).await.status, 201);
    assert_eq!(world.write(&stranger, "POST", "/sign-in/code", body(&handle)).await.status, 422);
}

#[tokio::test]
async fn a5_five_wrong_guesses_end_a_code_and_time_ends_a_link() {
    let world = World::new().await;
    let token = world.shopper().await;
    let handle = ask(&world, &token, "ann@example.com").await;
    let (link, code) = mailed(&world, "ann@example.com").await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        let guess = json!({ "handle": handle, "code": wrong });
        assert_eq!(world.write(&token, "POST", "/sign-in/code", guess).await.status, 422);
    }
    let right = json!({ "handle": handle, "code": code });
    assert_eq!(world.write(&token, "POST", "/sign-in/code", right).await.status, 422);
    world.platform.clock.advance(15 * MINUTE);
    assert_eq!(world.write(&token, "POST", "/sign-in/link", json!({ "token": link })).await.status, 422);
}

#[tokio::test]
async fn a6_an_address_with_an_account_and_one_without_are_answered_alike() {
    let world = World::new().await;
    world.customer("known@example.com").await;
    let mut answers = Vec::new();
    for email in ["known@example.com", "unknown@example.com"] {
        let token = world.shopper().await;
        let answer = world.write(&token, "POST", "/sign-in", json!({ "email": email })).await;
        let mut headers: BTreeMap<_, _> =
            answer.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
        headers.remove("date");
        answers.push((answer.status, headers, answer.text("/handle").len()));
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn c1_a_remembered_device_fills_the_checkout_and_opens_no_account() {
    let world = World::new().await;
    let mugs = mugs(&world).await;
    let ann = world.customer("ann@example.com").await;
    let id = world.read(&ann, "/account").await.text("/id");
    let now = world.platform.clock.now();
    let owner = id.clone();
    let remember = world.platform.store.write(move |tx| devices::remember(tx, "demo", &owner, "phone", now));
    let device = remember.await.map_err(|error: StoreError| error).unwrap();
    let guest = world.shopper().await;
    let cart = cart(&world, &guest, &mugs.small, 1).await;
    world.platform.clock.advance(25 * HOUR);
    let path = format!("/api/v1/demo/carts/{cart}/checkout");
    let open = async |device: &str| {
        world.request("POST", &path).token(&guest).keyed().header("device-token", device).send().await
    };
    let opened = open(&device).await;
    assert_eq!(opened.text("/cart/customer"), id);
    let successor = opened.headers["device-token"].to_str().unwrap().to_owned();
    assert_ne!(successor, device);
    assert_eq!(open(&successor).await.status, 200);
    assert_eq!(world.read(&guest, "/account").await.status, 403, "recognised is not signed in");
    let without = world.read(&guest, &format!("/carts/{cart}")).await;
    assert_eq!(without.status, 404, "the cart is Ann's now");
}

#[tokio::test]
async fn what_is_another_customers_is_not_found() {
    let world = World::new().await;
    let (ann, bob) = (world.customer("ann@example.com").await, world.customer("bob@example.com").await);
    let address = json!({ "name": "Ann", "line1": "Ring 1", "country": "AT" });
    let id = world.write(&ann, "POST", "/account/addresses", address.clone()).await.text("/id");
    let path = format!("/account/addresses/{id}");
    assert_eq!(world.write(&bob, "PUT", &path, address).await.status, 404);
    assert_eq!(world.write(&bob, "DELETE", &path, Value::Null).await.status, 404);
    let session = world.read(&ann, "/session").await.text("/id");
    assert_eq!(world.write(&bob, "DELETE", &format!("/account/sessions/{session}"), Value::Null).await.status, 404);
    let default = json!({ "shipping": id });
    assert_eq!(world.write(&bob, "PUT", "/account/default-addresses", default).await.status, 404);
}
