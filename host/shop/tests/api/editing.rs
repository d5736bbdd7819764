//! What staff change about an order that has not been sent (F11): what was agreed stays, also when the sale is over.

use std::sync::Arc;

use boomerang_shop::clock::DAY;
use boomerang_shop::extensions::manage::Actor;
use boomerang_shop::gateway::TestGateway;
use boomerang_shop::store::{Store, shops};
use serde_json::{Value, json};

use crate::components;
use crate::shopping::{Mugs, cart, mugs, place};
use crate::world::{START, World};

/// An order of two mugs in a sale that is over by now; one costs 9.60 in it and 12.00 since.
async fn after_the_sale() -> (World, Mugs, Value) {
    let world = World::over(components::platform(Store::in_memory().unwrap(), Arc::new(TestGateway::new()))).await;
    let mugs = mugs(&world).await;
    let shop = world.platform.store.read(|tx| shops::get(tx, "demo")).await.unwrap();
    let (extensions, actor) = (&world.platform.extensions, Actor { name: "system", now: START });
    let consent = extensions.shelf().get("flash-sale").unwrap().inspection.capabilities.iter().copied().collect();
    extensions.install_from_shelf(&shop, "flash-sale", &consent, &actor).await.unwrap();
    let sale = json!({
        "id": "flash", "title": "Flash", "starts": "2026-03-02T08:00", "ends": "2026-03-03T08:00",
        "products": [mugs.product], "percent": 2_000,
    });
    extensions.save_settings(&shop, "flash-sale", &json!({ "sales": [sale] }), &actor).await.unwrap();
    extensions.set_enabled(&shop, "flash-sale", true, &actor).await.unwrap();
    let shopper = world.shopper().await;
    let cart = cart(&world, &shopper, &mugs.large, 2).await;
    let line = json!({ "variant": mugs.small, "quantity": 1 });
    world.write(&shopper, "POST", &format!("/carts/{cart}/lines"), line).await.ok();
    let order = place(&world, &shopper, &cart, 100_000, "tok_visa_ok").await.ok();
    world.platform.clock.advance(DAY);
    let staff = world.staff(boomerang_shop::admin::Role::Staff).await;
    let mugs = Mugs { staff, ..mugs };
    let now = world.get("/api/v1/demo/products/mug").await.ok();
    assert_eq!(now["variants"][1]["price"]["now"], 1_200, "the sale is over");
    (world, mugs, order)
}

/// Everything of an order that money has to do with.
fn agreed(order: &Value) -> Value {
    let lines: Vec<_> = order["lines"].as_array().unwrap().iter().map(|line| (&line["id"], &line["total"])).collect();
    json!([order["total"], order["tax"], order["delivery"], order["adjustments"], lines])
}

fn address() -> Value {
    json!({ "name": " Ann Lee ", "line1": "Ring 1", "postal_code": "1010", "locality": "Wien", "country": "AT" })
}

fn path(order: &Value) -> String {
    format!("/admin/orders/{}", order["id"].as_str().unwrap())
}

#[tokio::test]
async fn f11_a_new_address_changes_no_price_and_no_discount_when_the_sale_is_over() {
    let (world, mugs, order) = after_the_sale().await;
    assert_eq!(order["lines"][0]["total"], 1_920);
    let path = path(&order);
    let changed = world.write(&mugs.staff, "PUT", &format!("{path}/address"), address()).await.ok();
    assert_eq!((&changed["shipping"]["name"], &changed["shipping"]["line1"]), (&json!("Ann Lee"), &json!("Ring 1")));
    assert_eq!(agreed(&changed), agreed(&world.read(&mugs.staff, &path).await.ok()));
    assert_eq!(agreed(&changed), agreed(&order));
    let audit = world.read(&mugs.staff, "/admin/audit").await.ok();
    let entry = &audit["items"][0];
    assert_eq!(entry["action"], "order.address-changed");
    assert!(!entry.to_string().contains("Ring 1"), "the log holds nobody's address");
}

#[tokio::test]
async fn f11_a_line_that_is_reduced_gives_back_what_it_cost_in_the_sale() {
    let (world, mugs, order) = after_the_sale().await;
    let (path, large) = (path(&order), order["lines"][0]["id"].as_str().unwrap());
    let stock = async || {
        world.read(&mugs.staff, &format!("/admin/products/{}", mugs.product)).await.ok()["variants"][1]["stock"].clone()
    };
    assert_eq!(stock().await, 3);
    let reduce = async |quantity: u32| {
        let body = json!({ "quantity": quantity, "reason": "One was enough" });
        world.write(&mugs.staff, "PUT", &format!("{path}/lines/{large}"), body).await
    };
    let reduced = reduce(1).await.ok();
    let line = &reduced["lines"][0];
    assert_eq!((&line["returned"], &line["refunded"], &line["total"]), (&json!(1), &json!(960), &json!(1_920)));
    assert_eq!((&reduced["refunded"], &reduced["payment"]["refunded"]), (&json!(960), &json!(960)));
    assert_eq!(agreed(&reduced), agreed(&order));
    assert_eq!(stock().await, 4, "the unit is back in stock");
    assert_eq!(agreed(&reduce(1).await.ok()), agreed(&reduced), "saying it again changes nothing");
    assert_eq!(world.read(&mugs.staff, &path).await.ok()["refunded"], 960);
    let more = reduce(2).await;
    assert_eq!((more.status, more.json["errors"][0]["pointer"].as_str()), (422, Some("/quantity")));
    assert_eq!(reduce(0).await.ok()["refunded"], 1_920);
    assert_eq!(stock().await, 5);
}

#[tokio::test]
async fn an_order_is_changed_only_within_what_was_agreed_and_before_it_is_sent() {
    let (world, mugs, order) = after_the_sale().await;
    let path = path(&order);
    let set = async |change: Value| {
        let mut body = address();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        world.write(&mugs.staff, "PUT", &format!("{path}/address"), body).await
    };
    for (change, pointer) in [
        (json!({ "country": "DE" }), "/country"),
        (json!({ "country": "Austria" }), "/country"),
        (json!({ "name": " " }), "/name"),
        (json!({ "line1": "" }), "/line1"),
        (json!({ "locality": "a".repeat(201) }), "/locality"),
    ] {
        let refused = set(change.clone()).await;
        let named = refused.json["errors"][0]["pointer"].as_str().unwrap_or_default();
        assert_eq!((refused.status, named), (422, pointer), "{change}");
    }
    let line = |line: &str| format!("{path}/lines/{line}");
    let nothing = json!({ "quantity": 0 });
    assert_eq!(world.write(&mugs.staff, "PUT", &line("nothing"), nothing.clone()).await.status, 404);
    let ids: Vec<&str> = order["lines"].as_array().unwrap().iter().map(|line| line["id"].as_str().unwrap()).collect();
    world.write(&mugs.staff, "PUT", &line(ids[0]), nothing.clone()).await.ok();
    let last = world.write(&mugs.staff, "PUT", &line(ids[1]), nothing.clone()).await;
    assert_eq!(last.status, 409);
    assert!(last.text("/detail").contains("cancel the order"), "{}", last.json);
    assert_eq!(world.read(&mugs.staff, &path).await.ok()["shipping"], order["shipping"], "nothing was changed");

    world.write(&mugs.staff, "POST", &format!("{path}/fulfil"), json!({ "tracking": null })).await.ok();
    assert_eq!(set(json!({})).await.status, 409);
    assert_eq!(world.write(&mugs.staff, "PUT", &line(ids[1]), nothing).await.status, 409);
}
