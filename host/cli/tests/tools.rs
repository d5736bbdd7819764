//! The developer's commands, as a developer types them, on the plugins that outsiders wrote.

mod support;

use serde_json::{Value, json};
use support::{Run, boomerang, plugin};

/// A cart of two teapots for 29.99 each.
fn cart() -> Value {
    json!({
        "currency": "EUR",
        "lines": [{
            "product": "teapot", "variant": "red", "quantity": 2, "unit_price": 2999, "added_at": 0, "attributes": [],
        }],
        "delivery_fee": 490, "customer": null, "country": "AT", "checkout_since": null, "codes": [], "attributes": [],
    })
}

#[test]
fn inspect_says_what_a_plugin_does_and_asks_for() {
    let text = boomerang(["inspect"]).arg(plugin("thank-you-coupon")).succeeds();
    for words in ["Thank-you coupon 1.0.0", "order-events", "Make coupon codes", "Send e-mails", "sha256 "] {
        assert!(text.contains(words), "{text}");
    }
    assert!(!text.contains("Read its own settings"), "what everybody has is not asked for: {text}");
}

#[test]
fn inspect_as_json_lists_points_and_capabilities() {
    let text = boomerang(["inspect", "--json"]).arg(plugin("free-delivery")).succeeds();
    let found: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(found["points"], json!(["configuration", "cart-pricing", "storefront-blocks"]));
    assert_eq!(found["capabilities"], json!(["settings"]));
    assert_eq!(found["manifest"]["id"], "free-delivery");
}

#[test]
fn check_loads_plugins_with_and_without_the_sdk() {
    let text = boomerang(["check"]).arg(plugin("free-delivery")).arg(plugin("minimum-order")).succeeds();
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.contains("checkout-validation"), "{text}");
}

#[test]
fn check_says_in_one_line_why_something_is_refused() {
    let text = boomerang(["check"]).file("not-wasm.wasm", b"hello").fails();
    assert!(text.starts_with("error: ") && text.contains("not-wasm.wasm is refused"), "{text}");
    assert!(text.contains("not a WebAssembly component"), "{text}");
    assert_eq!(text.trim_end().lines().count(), 1, "{text}");
}

#[test]
fn a_missing_file_is_named() {
    let text = boomerang(["check", "nowhere.wasm"]).fails();
    assert!(text.contains("could not read nowhere.wasm"), "{text}");
}

fn price(run: Run) -> Value {
    let text = run.option("--point", "cart-pricing").json("--input", &cart()).succeeds();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn run_prices_a_cart() {
    let report = price(boomerang(["run"]).arg(plugin("free-delivery")));
    assert_eq!(report["value"]["delivery"]["total"], 0, "{report:#}");
    assert_eq!(report["skipped"], json!([]));
}

#[test]
fn run_uses_the_merchants_settings() {
    let run = boomerang(["run"]).arg(plugin("free-delivery"));
    let report = price(run.json("--settings", &json!({ "from": 1_000_000 })));
    assert_eq!(report["value"]["delivery"]["total"], 490, "{report:#}");
}

#[test]
fn run_refuses_settings_that_break_the_schema() {
    let run = boomerang(["run"]).arg(plugin("free-delivery")).option("--point", "cart-pricing");
    let text = run.json("--input", &cart()).json("--settings", &json!({ "from": "much" })).fails();
    assert!(text.contains("/from"), "{text}");
}

#[test]
fn run_validates_a_checkout_without_the_sdk() {
    let form = json!({
        "recognition": "Anonymous", "customer": null, "country": "AT", "fields": [], "billing_differs": false,
        "gift": false, "needs_delivery": true, "delivery_methods": [], "payment_tokens": [], "attributes": [],
    });
    let run = boomerang(["run"]).arg(plugin("minimum-order")).option("--point", "checkout-validation");
    let run = run.json("--input", &json!({ "form": form, "cart": cart() }));
    let text = run.json("--settings", &json!({ "worth": 10_000 })).succeeds();
    assert!(text.contains("We deliver orders from EUR 100.00."), "{text}");
}

#[test]
fn run_shows_the_effects_of_a_handler() {
    let order = json!({
        "id": "o1", "number": "1042", "placed_at": 0, "currency": "EUR", "lines": [], "adjustments": [],
        "delivery_fee": 0, "tax": 0, "total": 20_000, "customer": "k1", "contact": "c1",
        "contact_domain": "example.com", "country": "AT", "flags": [], "attributes": [],
    });
    let event = json!({ "id": "e1", "topic": "paid", "occurred_at": 0, "order": order, "refund": null });
    let run = boomerang(["run"]).arg(plugin("thank-you-coupon")).option("--point", "order-events");
    let outcome: Value = serde_json::from_str(&run.json("--input", &event).succeeds()).unwrap();
    let effects = outcome["effects"].as_array().unwrap();
    assert_eq!(effects.len(), 2, "{outcome:#}");
    assert_eq!(effects[1]["Coupon"]["code"], "THANKS-1042", "{outcome:#}");
}

#[test]
fn run_names_the_points_there_are() {
    let run = boomerang(["run"]).arg(plugin("free-delivery")).option("--point", "order-events");
    let text = run.json("--input", &json!({})).fails();
    assert!(text.contains("it exports configuration, cart-pricing, storefront-blocks"), "{text}");
    let text = boomerang(["run"]).arg(plugin("free-delivery")).option("--point", "pricing").fails();
    assert!(text.contains("use one of: configuration, cart-pricing"), "{text}");
}

#[test]
fn run_says_where_an_input_does_not_fit() {
    let mut cart = cart();
    cart["delivery_fee"] = json!("free");
    let run = boomerang(["run"]).arg(plugin("free-delivery")).option("--point", "cart-pricing");
    let text = run.json("--input", &cart).fails();
    assert!(text.contains("does not fit") && text.contains("line 1 column"), "{text}");
}

#[test]
fn pack_puts_a_manifest_before_the_one_inside() {
    let wasm = std::fs::read(plugin("free-delivery")).unwrap();
    let manifest = json!({ "id": "renamed", "name": "Renamed", "version": "2.0.0", "summary": "The same." });
    let run = boomerang(["pack"]).file("plugin.wasm", &wasm).json("--manifest", &manifest);
    let folder = run.succeeds_in();
    let text = boomerang(["inspect"]).arg(folder.path().join("plugin.wasm")).succeeds();
    assert!(text.starts_with("Renamed 2.0.0 (renamed)"), "{text}");
}

#[test]
fn pack_refuses_a_manifest_that_is_wrong() {
    let run = boomerang(["pack"]).arg(plugin("free-delivery")).option("--output", "out.wasm");
    let text = run.json("--manifest", &json!({ "id": "Not An Id" })).fails();
    assert!(text.starts_with("error: 1.json: "), "{text}");
}
