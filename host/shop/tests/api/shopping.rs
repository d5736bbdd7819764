//! Buying: from the catalogue over cart and checkout to an order, and what staff do with it.

use boomerang_shop::admin::Role;
use boomerang_shop::clock::SECOND;
use serde_json::{Value, json};

use crate::world::{Answer, World};

/// A shop with mugs in two sizes, and what a test needs of them.
pub(crate) struct Mugs {
    pub(crate) staff: String,
    pub(crate) product: String,
    pub(crate) small: String,
    pub(crate) large: String,
}

pub(crate) async fn mugs(world: &World) -> Mugs {
    let staff = world.staff(Role::Staff).await;
    let category = json!({ "title": "Mugs" });
    world.write(&staff, "PUT", "/admin/categories/mugs", category).await.ok();
    let saved = world
        .write(
            &staff,
            "POST",
            "/admin/products",
            json!({
                "handle": "mug", "title": "Mug", "category": "mugs", "options": ["Size"], "variants": [
                    { "options": ["S"], "price": 900, "stock": 3, "cost": 300 },
                    { "options": ["L"], "price": 1_200, "stock": 5 },
                ],
            }),
        )
        .await;
    Mugs { staff, product: saved.text("/id"), small: saved.text("/variants/0/id"), large: saved.text("/variants/1/id") }
}

/// A cart with units of a variant; its id.
pub(crate) async fn cart(world: &World, token: &str, variant: &str, quantity: u32) -> String {
    let cart = world.write(token, "POST", "/carts", Value::Null).await.text("/id");
    let line = json!({ "variant": variant, "quantity": quantity });
    world.write(token, "POST", &format!("/carts/{cart}/lines"), line).await.ok();
    cart
}

/// What a guest enters.
pub(crate) fn entries(email: &str, payment: &str) -> Value {
    json!({
        "fields": {
            "email": email, "shipping.country": "AT", "shipping.name": "Ann Lee", "shipping.line1": "Hauptplatz 1",
            "shipping.postal-code": "8010", "shipping.locality": "Graz",
        },
        "delivery_method": "standard", "payment_token": payment,
    })
}

pub(crate) async fn place(world: &World, token: &str, cart: &str, total: i64, payment: &str) -> Answer {
    world.write(token, "POST", &format!("/carts/{cart}/checkout"), Value::Null).await.ok();
    let body = json!({ "total": total, "entries": entries("ann@example.com", payment) });
    world.write(token, "POST", &format!("/carts/{cart}/order"), body).await
}

#[tokio::test]
async fn a_guest_buys_and_staff_send_and_refund_it() {
    let world = World::new().await;
    story(&world).await;
}

pub(crate) async fn story(world: &World) {
    let mugs = mugs(world).await;
    let shop = world.get("/api/v1/demo").await.ok();
    assert_eq!((&shop["currency"], &shop["id"]), (&json!("EUR"), &json!("demo")));
    assert_eq!(world.get("/api/v1/demo/categories").await.ok()[0]["id"], "mugs");
    let found = world.get("/api/v1/demo/products?query=mug&sort=price-ascending").await.ok();
    assert_eq!(found["items"][0]["variants"][0]["price"]["now"], 900);
    assert!(!found.to_string().contains("cost"), "what a mug costs the merchant is nobody's business");
    assert_eq!(world.get("/api/v1/demo/products/mug").await.text("/id"), mugs.product);
    assert!(world.get("/api/v1/demo/checkout-fields").await.ok().as_array().unwrap().contains(&json!("email")));

    let opened = world.request("POST", "/api/v1/demo/sessions").keyed().send().await;
    let token = opened.text("/token");
    let cart = cart(world, &token, &mugs.small, 1).await;
    let path = format!("/carts/{cart}");
    let code = json!({ "code": "NOTHING" });
    world.write(&token, "POST", &format!("{path}/codes"), code).await.ok();
    world.write(&token, "DELETE", &format!("{path}/codes/nothing"), Value::Null).await.ok();
    world.platform.clock.advance(SECOND);
    let extra = json!({ "variant": mugs.large, "quantity": 1, "attributes": { "engraving": "Ann" } });
    let extra = world.write(&token, "POST", &format!("{path}/lines"), extra).await.text("/lines/1/id");
    world.write(&token, "DELETE", &format!("{path}/lines/{extra}"), Value::Null).await.ok();
    let line = world.read(&token, &path).await.text("/lines/0/id");
    let two = world.write(&token, "PUT", &format!("{path}/lines/{line}"), json!({ "quantity": 2 })).await.ok();
    assert_eq!(two["totals"]["to_pay"], 1_800);
    let changed = json!({ "country": "AT", "delivery_method": "standard", "attributes": { "note": "soon" } });
    assert_eq!(world.write(&token, "PATCH", &path, changed).await.ok()["delivery_method"], "standard");

    let checkout = world.write(&token, "POST", &format!("{path}/checkout"), Value::Null).await.ok();
    assert!(checkout["fields"].as_array().unwrap().iter().any(|field| field["field"] == "email"));
    let entered = entries("ann@example.com", "tok_visa_ok");
    let checkout = world.write(&token, "PATCH", &format!("{path}/checkout"), entered).await.ok();
    let total = checkout["cart"]["totals"]["to_pay"].as_i64().unwrap();
    let order = json!({ "total": total });
    let placed = world.write(&token, "POST", &format!("{path}/order"), order.clone()).await.ok();
    assert_eq!((&placed["state"], &placed["total"]), (&json!("paid"), &json!(1_800)));
    let again = world.write(&token, "POST", &format!("{path}/order"), order).await.ok();
    assert_eq!(again["id"], placed["id"], "pressed twice, ordered once");
    assert_eq!(world.read(&token, &format!("{path}/order")).await.ok()["id"], placed["id"]);
    world.write(&token, "POST", &format!("{path}/order/refuse-account"), Value::Null).await.ok();

    let order = format!("/admin/orders/{}", placed["id"].as_str().unwrap());
    assert_eq!(world.read(&mugs.staff, "/admin/orders?state=paid").await.ok()["items"][0]["id"], placed["id"]);
    assert_eq!(world.read(&mugs.staff, &order).await.ok()["contact"], placed["contact"]);
    let moved = json!({ "name": "Ann Lee", "line1": "Ring 1", "country": "AT" });
    let moved = world.write(&mugs.staff, "PUT", &format!("{order}/address"), moved).await.ok();
    assert_eq!((&moved["shipping"]["line1"], &moved["total"]), (&json!("Ring 1"), &json!(1_800)));
    let units = world.write(&mugs.staff, "PUT", &format!("{order}/lines/{line}"), json!({ "quantity": 2 })).await.ok();
    assert_eq!(units["refunded"], 0, "as many as there are already");
    for suspected in [true, false] {
        let flagged = world.write(&mugs.staff, "PATCH", &order, json!({ "fraud_suspected": suspected })).await.ok();
        let flags = flagged["flags"].as_array().unwrap();
        assert_eq!(flags.contains(&json!("fraud-suspected")), suspected);
    }
    let sent = json!({ "tracking": "0042" });
    world.write(&mugs.staff, "POST", &format!("{order}/fulfil"), sent).await.ok();
    let delivered = world.write(&mugs.staff, "POST", &format!("{order}/deliver"), Value::Null).await.ok();
    assert_eq!(delivered["state"], "delivered");
    let back = json!({ "lines": [{ "line": line, "quantity": 1 }], "reason": "Came broken" });
    let asked = world.write(&token, "POST", &format!("{path}/order/returns"), back).await;
    assert_eq!((asked.status, asked.text("/state").as_str()), (201, "asked"));
    let too_many = json!({ "lines": [{ "line": line, "quantity": 2 }] });
    let too_many = world.write(&token, "POST", &format!("{path}/order/returns"), too_many).await;
    assert_eq!((too_many.status, too_many.problem()), (422, "invalid"));
    assert_eq!(world.read(&token, &format!("{path}/order/returns")).await.ok().as_array().unwrap().len(), 1);
    assert_eq!(world.read(&mugs.staff, &format!("{order}/returns")).await.ok()[0]["id"], asked.json["id"]);
    let answer = json!({ "accept": true, "answer": "Send it to Graz" });
    let answer_path = format!("{order}/returns/{}/answer", asked.text("/id"));
    assert_eq!(world.write(&mugs.staff, "PUT", &answer_path, answer.clone()).await.ok()["state"], "accepted");
    let again = world.write(&mugs.staff, "PUT", &answer_path, answer).await;
    assert_eq!((again.status, again.problem()), (409, "conflict"));
    let one = json!({
        "lines": [{ "line": line, "quantity": 1 }], "reason": "Came broken", "restock": false, "settles": asked.json["id"],
    });
    let refund = world.write(&mugs.staff, "POST", &format!("{order}/refunds"), one).await.ok();
    assert_eq!((&refund["money"], &refund["state"]), (&json!(900), &json!("done")));
    assert_eq!(world.read(&mugs.staff, &format!("{order}/refunds")).await.ok().as_array().unwrap().len(), 1);
    assert_eq!(world.read(&token, &format!("{path}/order/returns")).await.ok()[0]["state"], "refunded");
    let too_late = world.write(&mugs.staff, "POST", &format!("{order}/cancel"), json!({ "reason": "x" })).await;
    assert_eq!((too_late.status, too_late.problem()), (409, "conflict"));

    let late = world.write(&mugs.staff, "PATCH", &order, json!({ "fraud_suspected": true })).await;
    assert_eq!((late.status, late.problem()), (409, "conflict"), "it was sent");

    let other = self::cart(world, &token, &mugs.large, 1).await;
    let placed = place(world, &token, &other, 1_200, "tok_visa_ok").await.text("/id");
    let off = json!({ "reason": "Ordered twice" });
    let cancelled = world.write(&mugs.staff, "POST", &format!("/admin/orders/{placed}/cancel"), off).await.ok();
    assert_eq!(cancelled["state"], "cancelled");
    assert_eq!(world.read(&token, "/session").await.status, 200);
    world.write(&token, "DELETE", "/session", Value::Null).await.ok();
    assert_eq!(world.read(&token, "/session").await.status, 401);
}

#[tokio::test]
async fn f4_a_price_that_rose_asks_again_and_one_that_fell_is_passed_on() {
    let world = World::new().await;
    let mugs = mugs(&world).await;
    let token = world.shopper().await;
    let cart = cart(&world, &token, &mugs.small, 1).await;
    let price = format!("/admin/variants/{}/price", mugs.small);
    world.write(&mugs.staff, "PUT", &price, json!({ "price": 1_000 })).await.ok();
    let rose = place(&world, &token, &cart, 900, "tok_visa_ok").await;
    assert_eq!((rose.status, rose.problem()), (409, "price-rose"));
    assert_eq!((&rose.json["shown"], &rose.json["total"]), (&json!(900), &json!(1_000)));
    world.write(&mugs.staff, "PUT", &price, json!({ "price": 800 })).await.ok();
    let placed = place(&world, &token, &cart, 1_000, "tok_visa_ok").await.ok();
    assert_eq!(placed["total"], 800);
}

#[tokio::test]
async fn a_declined_card_makes_no_order_and_another_card_does() {
    let world = World::new().await;
    let mugs = mugs(&world).await;
    let token = world.shopper().await;
    let cart = cart(&world, &token, &mugs.small, 1).await;
    for declined in ["tok_declined", "tok_insufficient", "tok_expired"] {
        let answer = place(&world, &token, &cart, 900, declined).await;
        assert_eq!((answer.status, answer.problem()), (402, "payment-declined"), "{declined}");
    }
    assert_eq!(world.read(&token, &format!("/carts/{cart}/order")).await.status, 404);
    assert_eq!(place(&world, &token, &cart, 900, "tok_visa_ok").await.status, 201);
}

#[tokio::test]
async fn c8_a_card_number_is_taken_nowhere_and_repeated_nowhere() {
    let world = World::new().await;
    let mugs = mugs(&world).await;
    let token = world.shopper().await;
    let cart = cart(&world, &token, &mugs.small, 1).await;
    let answer = place(&world, &token, &cart, 900, "4242424242424242").await;
    assert_eq!((answer.status, answer.problem()), (422, "invalid"));
    assert!(!answer.json.to_string().contains("4242"));
}

#[tokio::test]
async fn c9_missing_fields_are_named_with_what_to_do() {
    let world = World::new().await;
    let mugs = mugs(&world).await;
    let token = world.shopper().await;
    let cart = cart(&world, &token, &mugs.small, 1).await;
    world.write(&token, "POST", &format!("/carts/{cart}/checkout"), Value::Null).await.ok();
    let answer = world.write(&token, "POST", &format!("/carts/{cart}/order"), json!({ "total": 900 })).await;
    assert_eq!((answer.status, answer.problem()), (422, "invalid"));
    let errors = answer.json["errors"].as_array().unwrap();
    for field in ["email", "payment"] {
        assert!(errors.iter().any(|error| error["pointer"] == field), "{field}: {errors:?}");
    }
}

#[tokio::test]
async fn f5_more_than_there_is_cannot_be_bought() {
    let world = World::new().await;
    let mugs = mugs(&world).await;
    let (first, second) = (world.shopper().await, world.shopper().await);
    let too_many = json!({ "variant": mugs.small, "quantity": 4 });
    let mine = world.write(&first, "POST", "/carts", Value::Null).await.text("/id");
    let answer = world.write(&first, "POST", &format!("/carts/{mine}/lines"), too_many).await;
    assert_eq!((answer.status, answer.problem(), &answer.json["left"]), (409, "out-of-stock", &json!(3)));
    let mine = cart(&world, &first, &mugs.small, 2).await;
    let theirs = cart(&world, &second, &mugs.small, 2).await;
    assert_eq!(place(&world, &first, &mine, 1_800, "tok_visa_ok").await.status, 201);
    let answer = place(&world, &second, &theirs, 1_800, "tok_visa_ok").await;
    assert_eq!((answer.status, answer.problem()), (409, "out-of-stock"));
    assert_eq!(answer.json["variants"], json!([mugs.small]));
}

#[tokio::test]
async fn a_cart_of_a_customer_is_there_for_nobody_else() {
    let world = World::new().await;
    let mugs = mugs(&world).await;
    let (ann, bob) = (world.customer("ann@example.com").await, world.customer("bob@example.com").await);
    let guest = world.shopper().await;
    let cart = cart(&world, &ann, &mugs.small, 1).await;
    let order = json!({ "total": 900, "entries": entries("ann@example.com", "tok_visa_ok") });
    for stranger in [&bob, &guest] {
        for (method, path, body) in [
            ("GET", String::new(), Value::Null),
            ("PATCH", String::new(), json!({ "country": "AT" })),
            ("POST", "/lines".into(), json!({ "variant": mugs.large, "quantity": 1 })),
            ("POST", "/checkout".into(), Value::Null),
            ("POST", "/order".into(), order.clone()),
            ("GET", "/order".into(), Value::Null),
        ] {
            let path = format!("/carts/{cart}{path}");
            let answer = match method {
                "GET" => world.read(stranger, &path).await,
                _ => world.write(stranger, method, &path, body).await,
            };
            assert_eq!((answer.status, answer.problem()), (404, "not-found"), "{method} {path}");
        }
    }
    assert_eq!(world.read(&ann, &format!("/carts/{cart}")).await.ok()["lines"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_guests_cart_is_taken_over_on_signing_in() {
    let world = World::new().await;
    let mugs = mugs(&world).await;
    let guest = world.shopper().await;
    let ann = world.customer("ann@example.com").await;
    let left = cart(&world, &ann, &mugs.large, 1).await;
    let brought = cart(&world, &guest, &mugs.small, 2).await;
    let claim = format!("/carts/{brought}/claim");
    assert_eq!(world.write(&guest, "POST", &claim, Value::Null).await.status, 403);
    let mine = world.write(&ann, "POST", &claim, Value::Null).await.ok();
    assert_eq!(mine["lines"].as_array().unwrap().len(), 2);
    assert_eq!(world.read(&ann, &format!("/carts/{left}")).await.status, 404);
    assert_eq!(world.write(&ann, "POST", "/carts", Value::Null).await.ok()["id"], brought.as_str());
}

#[tokio::test]
async fn unknown_ids_and_impossible_amounts_are_told_apart() {
    let world = World::new().await;
    let mugs = mugs(&world).await;
    let token = world.shopper().await;
    let cart = cart(&world, &token, &mugs.small, 1).await;
    let path = format!("/carts/{cart}");
    for (method, path, body, status) in [
        ("POST", format!("{path}/lines"), json!({ "variant": "var_nowhere", "quantity": 1 }), 422),
        ("POST", format!("{path}/lines"), json!({ "variant": mugs.large, "quantity": 0 }), 422),
        ("POST", format!("{path}/lines"), json!({ "variant": mugs.large, "quantity": 4_294_967_296_u64 }), 422),
        ("PUT", format!("{path}/lines/lin_nowhere"), json!({ "quantity": 1 }), 404),
        ("PATCH", path.clone(), json!({ "country": "Austria" }), 422),
        ("PATCH", path.clone(), json!({ "delivery_method": "teleport" }), 422),
        ("POST", format!("{path}/codes"), json!({ "code": "" }), 422),
        ("POST", "/carts/crt_nowhere/checkout".into(), Value::Null, 404),
    ] {
        let answer = world.write(&token, method, &path, body).await;
        assert_eq!(answer.status, status, "{method} {path}: {:#}", answer.json);
    }
}
