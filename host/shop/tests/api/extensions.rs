//! Extensions: from a component's bytes to a price that it changes.

use boomerang_engine::contract::CustomerEvent;
use boomerang_shop::admin::Role;
use boomerang_shop::store::StoreError;
use boomerang_shop::store::events::{self, MOST_ATTEMPTS};
use serde_json::{Value, json};

use crate::guest;
use crate::shopping::{cart, mugs};
use crate::world::{Answer, START, World};

async fn send(world: &World, staff: &str, path: &str, wasm: impl Into<Vec<u8>>) -> Answer {
    let call = world.request("POST", &format!("/api/v1/demo/admin/extensions{path}")).token(staff).keyed();
    call.body("application/wasm", wasm).send().await
}

#[tokio::test]
async fn a_merchant_installs_an_extension_and_takes_it_away() {
    let world = World::new().await;
    story(&world).await;
}

pub(crate) async fn story(world: &World) {
    let mugs = mugs(world).await;
    let (staff, shopper) = (&mugs.staff, world.shopper().await);
    let cart = cart(world, &shopper, &mugs.large, 1).await;
    let to_pay = async || world.read(&shopper, &format!("/carts/{cart}")).await.ok()["totals"]["to_pay"].clone();
    let wasm = guest::component("one-off", "1.0.0");

    let inspected = send(world, staff, "/inspect", wasm.clone()).await.ok();
    assert_eq!((&inspected["id"], &inspected["points"][0]["id"]), (&json!("one-off"), &json!("cart-pricing")));
    assert_eq!(inspected["permissions"][0]["id"], "points");
    let without = send(world, staff, "", wasm.clone()).await;
    assert_eq!((without.status, &without.json["missing"]), (422, &json!(["points"])));
    assert_eq!(world.read(staff, "/admin/extensions").await.ok(), json!([]), "nothing is installed without consent");

    let installed = send(world, staff, "?consent=points", wasm).await.ok();
    assert_eq!((&installed["enabled"], &installed["settings"]), (&json!(false), &json!({ "note": "" })));
    assert_eq!(to_pay().await, 1_200, "an installation starts switched off");
    let path = "/admin/extensions/one-off";
    world.write(staff, "PATCH", path, json!({ "enabled": true, "fail_closed": false })).await.ok();
    assert_eq!(to_pay().await, 1_100, "a switch takes effect on the next request");

    let settings = format!("{path}/settings");
    assert_eq!(world.write(staff, "PUT", &settings, json!({ "note": "hi" })).await.ok()["settings"]["note"], "hi");
    let wrong = world.write(staff, "PUT", &settings, json!({ "note": 5 })).await;
    assert_eq!((wrong.status, &wrong.json["errors"][0]["pointer"]), (422, &json!("/note")));
    let order = json!({ "order": ["one-off"] });
    world.write(staff, "PUT", "/admin/extension-order", order).await.ok();
    let other = world.write(staff, "PUT", "/admin/extension-order", json!({ "order": ["flash-sale"] })).await;
    assert_eq!(other.status, 422);
    let reset = format!("{path}/breakers/cart-pricing/reset");
    assert_eq!(world.write(staff, "POST", &reset, Value::Null).await.ok()["open_breakers"], json!([]));

    let line = json!({ "product": mugs.product, "variant": mugs.large, "quantity": 2 });
    let preview = json!({ "at": START, "lines": [line] });
    let preview = world.write(staff, "POST", "/admin/preview", preview).await.ok();
    assert_eq!((&preview["totals"]["to_pay"], &preview["skipped"]), (&json!(2_300), &json!([])));

    let view = world.read(staff, path).await.ok();
    assert!(view["cost"]["calls"].as_u64().unwrap() > 0);
    let report = world.read(staff, &format!("{path}/reports/summary")).await.ok();
    assert_eq!((&report["title"], &report["figures"]), (&json!("One off"), &json!([])));
    assert_eq!(world.read(staff, &format!("{path}/reports/other")).await.status, 404);
    let shelf = world.read(staff, "/admin/shelf").await.ok();
    assert_eq!(shelf[0]["id"], "on-the-shelf");
    let install = |consent: Value| world.write(staff, "POST", "/admin/shelf/on-the-shelf/install", consent);
    assert_eq!(install(json!({ "consent": [] })).await.status, 422);
    assert_eq!(install(json!({ "consent": ["everything"] })).await.status, 422);
    assert_eq!(install(json!({ "consent": ["points"] })).await.ok()["enabled"], false);
    assert_eq!(to_pay().await, 1_100);
    world.write(staff, "PATCH", path, json!({ "enabled": false })).await.ok();
    assert_eq!(to_pay().await, 1_200);
    let as_if = json!({ "at": START, "lines": [line], "as_if": { "extension": "one-off", "enabled": true } });
    assert_eq!(world.write(staff, "POST", "/admin/preview", as_if).await.ok()["totals"]["to_pay"], 2_300);
    assert_eq!(to_pay().await, 1_200, "it stays off");
    world.write(staff, "DELETE", path, Value::Null).await.ok();
    assert_eq!(world.read(staff, path).await.status, 404);
}

#[tokio::test]
async fn instants_at_the_ends_of_time_are_no_failure() {
    let world = World::new().await;
    let mugs = mugs(&world).await;
    let path = "/admin/extensions/one-off";
    send(&world, &mugs.staff, "?consent=points", guest::component("one-off", "1.0.0")).await.ok();
    world.write(&mugs.staff, "PATCH", path, json!({ "enabled": true })).await.ok();
    let ann = world.customer("ann@example.com").await;
    let ann = world.read(&ann, "/account").await.text("/id");
    let line = json!({ "product": mugs.product, "variant": mugs.large, "quantity": 1 });
    for at in [i64::MIN, -1, i64::MAX] {
        for span in [format!("until={at}"), format!("from={at}"), format!("from={}&until={at}", i64::MIN)] {
            let answer = world.read(&mugs.staff, &format!("{path}/reports/summary?{span}")).await;
            assert!(answer.status < 500, "{span}: {:#}", answer.json);
        }
        let preview = json!({ "at": at, "lines": [line] });
        let answer = world.write(&mugs.staff, "POST", "/admin/preview", preview).await;
        assert!(answer.status < 500, "{at}: {:#}", answer.json);
        for points in [i64::MIN, 1, i64::MAX] {
            let correction = json!({ "points": points, "reason": "A gift", "expires_at": at });
            let answer = world.write(&mugs.staff, "POST", &format!("/admin/customers/{ann}/points"), correction).await;
            assert!(answer.status < 500, "{points} until {at}: {:#}", answer.json);
        }
    }
}

#[tokio::test]
async fn a_preview_is_with_an_extension_or_without_it_and_is_nobodys_cost() {
    let world = World::new().await;
    let mugs = mugs(&world).await;
    let path = "/admin/extensions/one-off";
    send(&world, &mugs.staff, "?consent=points", guest::component("one-off", "1.0.0")).await.ok();
    let line = json!({ "product": mugs.product, "variant": mugs.large, "quantity": 1 });
    let preview = async |change: Value| {
        let mut body = json!({ "at": START, "lines": [line] });
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        world.write(&mugs.staff, "POST", "/admin/preview", body).await
    };
    let as_if = |enabled: bool| json!({ "as_if": { "extension": "one-off", "enabled": enabled } });
    let pays = async |change: Value| preview(change).await.ok()["totals"]["to_pay"].as_i64().unwrap();
    assert_eq!((pays(json!({})).await, pays(as_if(true)).await, pays(as_if(false)).await), (1_200, 1_100, 1_200));
    world.write(&mugs.staff, "PATCH", path, json!({ "enabled": true })).await.ok();
    assert_eq!((pays(json!({})).await, pays(as_if(true)).await, pays(as_if(false)).await), (1_100, 1_100, 1_200));
    assert_eq!(world.read(&mugs.staff, path).await.ok()["cost"]["calls"], 0);

    let nobody = json!({ "as_if": { "extension": "nothing", "enabled": true } });
    let half = json!({ "as_if": { "extension": "one-off" } });
    let units = json!({ "lines": [{ "product": mugs.product, "variant": mugs.large, "quantity": 0 }] });
    let gone = json!({ "lines": [line, { "product": mugs.product, "variant": "var_no", "quantity": 1 }] });
    for (change, pointer) in [
        (nobody, "/as_if/extension"),
        (half, "/as_if"),
        (json!({ "customer": "cus_nobody" }), "/customer"),
        (units, "/lines"),
        (gone, "/lines/1"),
    ] {
        let answer = preview(change).await;
        assert_eq!(answer.status, 422, "{pointer}");
        assert_eq!(answer.json["errors"][0]["pointer"], pointer);
    }
}

#[tokio::test]
async fn every_switch_and_every_breaker_closed_by_hand_is_in_the_audit_log() {
    let world = World::new().await;
    let staff = world.staff(Role::Staff).await;
    let path = "/admin/extensions/one-off";
    send(&world, &staff, "?consent=points", guest::component("one-off", "1.0.0")).await.ok();
    world.write(&staff, "PATCH", path, json!({ "enabled": true, "fail_closed": true })).await.ok();
    world.write(&staff, "POST", &format!("{path}/breakers/cart-pricing/reset"), Value::Null).await.ok();
    let nowhere = world.write(&staff, "POST", "/admin/extensions/x/breakers/cart-pricing/reset", Value::Null).await;
    assert_eq!(nowhere.status, 404);
    let log = world.read(&staff, "/admin/audit?limit=4").await.ok();
    let entry = |number: usize| (log["items"][number]["action"].as_str().unwrap(), &log["items"][number]["subject"]);
    assert_eq!(entry(0), ("extension.breaker-reset", &json!("one-off")));
    assert_eq!(entry(1), ("extension.fail-closed", &json!("one-off")));
    assert_eq!(entry(2), ("extension.enable", &json!("one-off")));
    assert_eq!(entry(3).0, "extension.install");
    assert_eq!(log["items"][0]["details"], json!({ "point": "cart-pricing" }));
}

#[tokio::test]
async fn an_update_keeps_place_switch_and_settings() {
    let world = World::new().await;
    let staff = world.staff(Role::Staff).await;
    let path = "/admin/extensions/one-off";
    send(&world, &staff, "?consent=points", guest::component("one-off", "1.0.0")).await.ok();
    world.write(&staff, "PATCH", path, json!({ "enabled": true })).await.ok();
    world.write(&staff, "PUT", &format!("{path}/settings"), json!({ "note": "mine" })).await.ok();
    let updated = send(&world, &staff, "?consent=points", guest::component("one-off", "2.0.0")).await.ok();
    assert_eq!((&updated["enabled"], &updated["settings"]["note"]), (&json!(true), &json!("mine")));
    assert_eq!(updated["package"]["version"], "2.0.0");
}

#[tokio::test]
async fn a_dead_delivery_is_tried_again_or_given_up() {
    let world = World::new().await;
    deliveries(&world).await;
}

pub(crate) async fn deliveries(world: &World) {
    let staff = world.staff(Role::Staff).await;
    send(world, &staff, "?consent=points", guest::component("hears-nothing", "1.0.0")).await.ok();
    world.write(&staff, "PATCH", "/admin/extensions/hears-nothing", json!({ "enabled": true })).await.ok();
    assert_eq!(world.read(&staff, "/admin/ticks").await.ok(), json!([]));
    let event = dead_delivery(world).await;
    let listed = world.read(&staff, "/admin/deliveries").await.ok();
    assert_eq!((&listed[0]["event"], &listed[0]["dead"]), (&json!(event), &json!(true)));
    let path = format!("/admin/deliveries/hears-nothing/{event}");
    world.write(&staff, "POST", &format!("{path}/retry"), Value::Null).await.ok();
    assert_eq!(world.read(&staff, "/admin/deliveries").await.ok()[0]["dead"], false);
    assert_eq!(world.write(&staff, "DELETE", &path, Value::Null).await.status, 404, "it is alive again");
    fail(world, event.clone()).await;
    world.write(&staff, "DELETE", &path, Value::Null).await.ok();
    assert_eq!(world.read(&staff, "/admin/deliveries").await.ok(), json!([]));
}

/// An event that could not be told to `hears-nothing` too often; its id.
async fn dead_delivery(world: &World) -> String {
    let event = CustomerEvent {
        id: String::new(),
        topic: "subscribed".into(),
        occurred_at: START,
        customer: "cus_nobody".into(),
        attributes: Vec::new(),
    };
    let write = world.platform.store.write(move |tx| events::publish_customer(tx, "demo", event));
    let event = write.await.map_err(|error: StoreError| error).unwrap();
    fail(world, event.clone()).await;
    event
}

async fn fail(world: &World, event: String) {
    let write = world.platform.store.write(move |tx| {
        for _ in 0..MOST_ATTEMPTS {
            events::fail(tx, "demo", "hears-nothing", &event, "it hears nothing", START)?;
        }
        Ok::<_, StoreError>(())
    });
    write.await.unwrap();
}

#[tokio::test]
async fn what_is_no_extension_is_refused_in_words_and_changes_nothing() {
    let world = World::new().await;
    let staff = world.staff(Role::Staff).await;
    let sound = guest::component("one-off", "1.0.0");
    let mut broken = sound.clone();
    broken.truncate(sound.len() / 2);
    let core = wat::parse_str("(module)").unwrap();
    let empty = wat::parse_str("(component)").unwrap();
    for wasm in [Vec::new(), b"nonsense".to_vec(), b"\0asm".to_vec(), core, empty, broken] {
        for path in ["", "/inspect"] {
            let answer = send(&world, &staff, path, wasm.clone()).await;
            assert_eq!((answer.status, answer.problem()), (422, "extension-refused"), "{path}");
            assert!(answer.json["detail"].as_str().unwrap().len() > 30, "{:#}", answer.json);
        }
    }
    assert_eq!(world.read(&staff, "/admin/extensions").await.ok(), json!([]));
}

#[tokio::test]
async fn what_is_not_installed_is_not_found() {
    let world = World::new().await;
    let staff = world.staff(Role::Staff).await;
    for (method, path, body) in [
        ("PATCH", "/admin/extensions/nothing", json!({ "enabled": true })),
        ("DELETE", "/admin/extensions/nothing", Value::Null),
        ("PUT", "/admin/extensions/nothing/settings", json!({})),
        ("POST", "/admin/shelf/nothing/install", json!({ "consent": [] })),
        ("POST", "/admin/extensions/nothing/breakers/cart-pricing/reset", Value::Null),
        ("POST", "/admin/deliveries/nothing/evt/retry", Value::Null),
        ("DELETE", "/admin/deliveries/nothing/evt", Value::Null),
    ] {
        let answer = world.write(&staff, method, path, body).await;
        assert_eq!((answer.status, answer.problem()), (404, "not-found"), "{method} {path}");
    }
    assert_eq!(world.read(&staff, "/admin/extensions/nothing/reports/none").await.status, 404);
}
