//! What staff do: each other, the catalogue, policies, the clock, mails.

use boomerang_shop::admin::Role;
use boomerang_shop::clock::DAY;
use serde_json::{Value, json};

use crate::shopping::mugs;
use crate::world::{START, World};

const PASSWORD: &str = "correct horse battery staple";

#[tokio::test]
async fn staff_run_the_shop() {
    let world = World::new().await;
    story(&world).await;
}

pub(crate) async fn story(world: &World) {
    let owner = world.staff(Role::Owner).await;
    let bob = json!({ "email": "bob@shop.example", "name": "Bob", "role": "staff", "password": PASSWORD });
    let bob = world.write(&owner, "POST", "/admin/staff", bob).await.text("/id");
    assert!(world.read(&owner, "/admin/staff").await.ok().as_array().unwrap().len() >= 2);
    let credentials = json!({ "email": "Bob@shop.example", "password": PASSWORD });
    let opened = world.request("POST", "/api/v1/demo/admin/sessions").keyed().json(&credentials).send().await;
    let staff = opened.text("/token");
    assert_eq!(world.read(&staff, "/admin/session").await.ok()["id"], bob.as_str());
    world.write(&staff, "DELETE", "/admin/session", Value::Null).await.ok();
    assert_eq!(world.read(&staff, "/admin/session").await.status, 401);
    let password = json!({ "password": "another horse battery staple" });
    world.write(&owner, "PATCH", &format!("/admin/staff/{bob}"), password).await.ok();
    let old = world.request("POST", "/api/v1/demo/admin/sessions").keyed().json(&credentials).send().await;
    assert_eq!(old.status, 401);
    let shut_out = json!({ "disabled": true });
    world.write(&owner, "PATCH", &format!("/admin/staff/{bob}"), shut_out).await.ok();
    let refused = world.request("POST", "/api/v1/demo/admin/sessions").keyed().json(&credentials).send().await;
    assert_eq!((refused.status, refused.problem()), (401, "unauthenticated"));

    let policies = json!({ "refund_window_days": 14 });
    assert_eq!(world.write(&owner, "PUT", "/admin/policies", policies).await.ok()["refund_window_days"], 14);
    assert_eq!(world.read(&owner, "/admin/policies").await.ok()["refund_window_days"], 14);

    let mugs = mugs(world).await;
    let product = format!("/admin/products/{}", mugs.product);
    assert_eq!(world.read(&owner, &product).await.ok()["variants"][0]["cost"], 300);
    let changed = json!({ "handle": "mug", "title": "Cup", "status": "draft", "variants": [{ "price": 900 }] });
    assert_eq!(world.write(&owner, "PUT", &product, changed).await.ok()["title"], "Cup");
    assert_eq!(world.read(&owner, "/admin/products?status=draft").await.ok()["items"][0]["id"], mugs.product.as_str());
    assert_eq!(world.get("/api/v1/demo/products/mug").await.status, 404, "a draft is not on sale");
    let stock = format!("/admin/variants/{}/stock", world.read(&owner, &product).await.text("/variants/0/id"));
    world.write(&owner, "PUT", &stock, json!({ "stock": 7 })).await.ok();
    world.write(&owner, "PUT", &stock.replace("stock", "price"), json!({ "price": 950 })).await.ok();
    world.write(&owner, "PUT", "/admin/categories/empty", json!({ "title": "Empty" })).await.ok();
    world.write(&owner, "DELETE", "/admin/categories/empty", Value::Null).await.ok();
    assert_eq!(world.write(&owner, "DELETE", "/admin/categories/empty", Value::Null).await.status, 404);

    let file = world.read(&owner, "/admin/products/export").await;
    assert_eq!(file.headers["content-type"], "text/csv");
    let import = world.request("POST", "/api/v1/demo/admin/products/import").token(&owner).keyed();
    let imported = import.body("text/csv", file.bytes).send().await.ok();
    assert_eq!(imported["products"], json!([mugs.product]));

    let before = world.read(&owner, "/admin/clock").await.ok();
    let moved = world.write(&owner, "POST", "/admin/clock", json!({ "advance": DAY })).await.ok();
    assert_eq!(moved["now"].as_i64().unwrap(), before["now"].as_i64().unwrap() + DAY);
    // The staff session has ended meanwhile.
    let owner = world.staff(Role::Owner).await;
    let log = world.read(&owner, "/admin/audit?limit=100").await.ok();
    let actions: Vec<&str> =
        log["items"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    for action in ["clock.moved", "catalogue.imported", "shop.policies-changed", "staff.disabled"] {
        assert!(actions.contains(&action), "{action} is not in {actions:?}");
    }
    assert!(!log.to_string().contains("bob@shop.example"), "the log names people by id");
    assert_eq!(world.read(&owner, "/admin/deliveries").await.ok(), json!([]));
    assert!(world.read(&owner, "/admin/mails").await.ok()["items"].is_array());
}

#[tokio::test]
async fn the_last_owner_cannot_be_shut_out() {
    let world = World::new().await;
    let owner = world.staff(Role::Owner).await;
    let path = format!("/admin/staff/{}", world.read(&owner, "/admin/session").await.text("/id"));
    for change in [json!({ "disabled": true }), json!({ "role": "staff" })] {
        let answer = world.write(&owner, "PATCH", &path, change).await;
        assert_eq!((answer.status, answer.problem()), (409, "conflict"));
    }
}

#[tokio::test]
async fn guessing_a_password_is_slowed_down() {
    let world = World::new().await;
    let mut statuses = Vec::new();
    for _ in 0..11 {
        let guess = json!({ "email": "owner@shop.example", "password": "a wrong password" });
        let call = world.request("POST", "/api/v1/demo/admin/sessions").keyed().json(&guess);
        statuses.push(call.send().await.status);
    }
    assert_eq!((statuses[0], statuses[10]), (401, 429));
}

#[tokio::test]
async fn a_wrong_row_of_a_file_is_named_and_nothing_of_the_file_stays() {
    let world = World::new().await;
    let staff = world.staff(Role::Staff).await;
    let import = async |file: &[u8]| {
        let call = world.request("POST", "/api/v1/demo/admin/products/import").token(&staff).keyed();
        call.body("text/csv", file).send().await
    };
    let file = b"Handle,Title,Variant Price\ncup,Cup,9.00\nbowl,Bowl,nine\n";
    let answer = import(file).await;
    assert_eq!((answer.status, answer.problem()), (422, "invalid"));
    assert_eq!(answer.json["rows"][0]["line"], 3);
    assert!(answer.json["rows"][0]["reason"].as_str().unwrap().len() > 10);
    assert_eq!(import(b"Handle,Title\ncup,\xff\n").await.status, 422);
    assert_eq!(import(b"").await.status, 422);
    assert_eq!(world.read(&staff, "/admin/products").await.ok()["items"], json!([]));
}

#[tokio::test]
async fn members_that_nobody_knows_and_amounts_that_do_not_fit_are_refused() {
    let world = World::new().await;
    let mugs = mugs(&world).await;
    let product = |price: Value| json!({ "handle": "cup", "title": "Cup", "variants": [{ "price": price }] });
    for (body, pointer) in [
        (json!({ "handle": "cup", "title": "Cup", "variants": [{ "price": 1, "colour": "x" }] }), "/variants/0/colour"),
        (product(json!(-1)), "/variants/0/price"),
        (product(json!(i64::MAX)), "/variants/0/price"),
        (product(json!(1.5)), "/variants/0/price"),
        (json!({ "handle": "cup", "title": "", "variants": [{ "price": 1 }] }), "/title"),
    ] {
        let answer = world.write(&mugs.staff, "POST", "/admin/products", body.clone()).await;
        assert_eq!((answer.status, answer.problem()), (422, "invalid"), "{body}");
        assert_eq!(answer.json["errors"][0]["pointer"], pointer, "{body}");
    }
    let policies = json!({ "refund_window_days": 91 });
    let owner = world.staff(Role::Owner).await;
    let answer = world.write(&owner, "PUT", "/admin/policies", policies).await;
    assert_eq!(answer.json["errors"][0]["pointer"], "/refund_window_days");
    let too_far = json!({ "advance": i64::MAX });
    assert_eq!(world.write(&owner, "POST", "/admin/clock", too_far).await.status, 422);
    assert_eq!(world.platform.clock.now(), START);
}

/// Sets a second factor up, signs in with it, and has it turned off.
pub(crate) async fn second_factor(world: &World) {
    let owner = world.staff(Role::Owner).await;
    let email = "tess@shop.example";
    let tess = json!({ "email": email, "name": "Tess", "role": "staff", "password": PASSWORD });
    let tess = world.write(&owner, "POST", "/admin/staff", tess).await.text("/id");
    let sign_in = async |code: &str| {
        let body = json!({ "email": email, "password": PASSWORD, "code": code });
        world.request("POST", "/api/v1/demo/admin/sessions").keyed().json(&body).send().await
    };
    let token = sign_in("").await.text("/token");
    let path = "/admin/session/second-factor";
    let enrolled = world.write(&token, "POST", path, Value::Null).await;
    assert_eq!(enrolled.status, 201);
    let shared = totp_rs::Secret::try_from_base32(enrolled.text("/secret")).unwrap();
    let app = totp_rs::Builder::new().with_secret(shared).build().unwrap();
    let code = || app.generate((world.platform.clock.now() / 1_000).cast_unsigned()).to_string();
    let wrong = world.write(&token, "POST", &format!("{path}/confirm"), json!({ "code": "nonsense" })).await;
    assert_eq!((wrong.status, &wrong.json["errors"][0]["pointer"]), (422, &json!("/code")));
    let confirmed = world.write(&token, "POST", &format!("{path}/confirm"), json!({ "code": code() })).await.ok();
    assert_eq!(confirmed["recovery_codes"].as_array().unwrap().len(), 10);
    assert_eq!(world.read(&token, path).await.ok(), json!({ "in_force": true, "recovery_codes_left": 10 }));

    for wrong in ["", "123456"] {
        let answer = sign_in(wrong).await;
        assert_eq!((answer.status, answer.problem()), (401, "second-factor"));
    }
    world.platform.clock.advance(60_000);
    assert_eq!(sign_in(&code()).await.status, 201);
    world.platform.clock.advance(60_000);
    world.write(&token, "POST", &format!("{path}/off"), json!({ "code": code() })).await.ok();
    let of_tess = format!("/admin/staff/{tess}/second-factor");
    let none = world.write(&owner, "DELETE", &of_tess, Value::Null).await;
    assert_eq!((none.status, none.problem()), (409, "conflict"));
    world.write(&token, "POST", path, Value::Null).await;
    world.write(&owner, "DELETE", &of_tess, Value::Null).await.ok();
    assert_eq!(sign_in("").await.status, 201);
}

#[tokio::test]
async fn a_second_factor_is_asked_for_at_every_sign_in_until_it_is_turned_off() {
    second_factor(&World::new().await).await;
}
