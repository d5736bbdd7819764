//! Guests that were built against another version of the contract. `wit/VERSIONING.md` names the rule each test shows.
//!
//! The host speaks today's contract, so an older one is made by taking away what is to have been added since, and a newer
//! one by adding something.

mod guest;

use std::sync::Arc;

use async_trait::async_trait;
use boomerang_engine::capability::{Read, Scope, Storage};
use boomerang_engine::contract::{Cart, Context, Fault, KeyPage};
use boomerang_engine::{
    Call, Capabilities, Engine, EngineConfig, Installation, InstallationOptions, Installations, LoadError,
};
use serde_json::json;

use guest::{Contract, Guest, Import, frozen_versions};

/// A shop that has stored nothing.
struct Empty;

#[async_trait]
impl Storage for Empty {
    async fn get(&self, _: &Scope, _: &str) -> Result<Read<Option<Vec<u8>>>, Fault> {
        Ok(None.into())
    }

    async fn list(&self, _: &Scope, _: &str, _: Option<&str>, _: u32) -> Result<Read<KeyPage>, Fault> {
        Ok(KeyPage { keys: Vec::new(), cursor: None }.into())
    }
}

fn engine() -> Engine {
    let capabilities = Capabilities::builder().storage(Arc::new(Empty)).build();
    Engine::new(EngineConfig::default(), capabilities).unwrap()
}

const SETTINGS: Import = Import {
    interface: "settings",
    function: "get",
    signature: "(param i32)",
    call: "(call $capability (i32.const 2048))",
};

const STORAGE: Import = Import {
    interface: "storage",
    function: "get",
    signature: "(param i32 i32 i32)",
    call: "(call $capability (i32.const 1088) (i32.const 4) (i32.const 2048))",
};

/// What a function without arguments and results looks like to a guest.
const PLAIN: &str = "(call $capability)";

/// The guest loads, and makes delivery cheaper.
async fn runs(wasm: &[u8]) {
    let engine = engine();
    let extension = engine.load(wasm).unwrap_or_else(|error| panic!("{error}"));
    let context = Context { now: 0, locale: "en".into(), time_zone: "UTC".into() };
    let call = Call::new("shop", context);
    let settings = engine.prepare_settings(&extension, &call, &json!({})).await.unwrap();
    let grants = extension.capabilities().to_vec();
    let installation = Installation::new(extension, InstallationOptions::new(settings, grants)).unwrap();
    let cart = Cart {
        currency: "EUR".into(),
        lines: Vec::new(),
        delivery_fee: 500,
        customer: None,
        country: None,
        checkout_since: None,
        codes: Vec::new(),
        attributes: Vec::new(),
    };
    let installed = Installations::new([Arc::new(installation)]).unwrap();
    let report = engine.price_cart(&installed, &call, &cart).await.unwrap();
    assert!(report.is_clean(), "{report:?}");
    assert_eq!(report.value.delivery.total, 400);
}

/// The guest is refused, and the refusal says all of this.
fn is_refused(wasm: &[u8], words: &[&str]) -> LoadError {
    let error = engine().load(wasm).expect_err("a guest that cannot work was loaded");
    let text = error.to_string();
    for word in words {
        assert!(text.contains(word), "{text:?} does not say {word:?}");
    }
    error
}

fn current() -> Contract {
    Contract::frozen("0.1.0")
}

#[tokio::test]
async fn a_guest_of_every_frozen_contract_runs() {
    let versions = frozen_versions();
    assert!(!versions.is_empty());
    for version in versions {
        runs(&Guest::default().build(&Contract::frozen(&version))).await;
    }
}

#[tokio::test]
async fn a_guest_from_before_a_capability_grew_runs() {
    let list = "    %list: func(prefix: string, cursor: option<string>, limit: u32) -> result<key-page, fault>;";
    let before =
        current().with("storage.wit", list, "").with("storage.wit", "/// Keys that start", "// Keys that start");
    let before = before.with("storage.wit", "order; `limit` is at most 200.\n    @since(version = 0.1.0)", "");
    runs(&Guest::importing(STORAGE).build(&before)).await;
}

#[tokio::test]
async fn a_guest_from_before_a_capability_existed_runs() {
    runs(&Guest::importing(SETTINGS).build(&current().without("quotas"))).await;
}

#[tokio::test]
async fn a_guest_from_before_an_extension_point_existed_runs() {
    runs(&Guest::importing(SETTINGS).build(&current().without("insights"))).await;
}

#[test]
fn a_guest_from_before_a_record_grew_is_refused() {
    let before = current().with("types.wit", "        locale: string,\n", "");
    is_refused(&Guest::default().build(&before), &["cart-pricing", "does not fit the contract", "0.1.0"]);
}

#[test]
fn a_guest_from_before_a_variant_grew_is_refused() {
    let before = current().with("cart-pricing.wit", "        order,\n", "");
    is_refused(&Guest::default().build(&before), &["cart-pricing", "does not fit the contract"]);
}

#[test]
fn a_guest_from_before_a_parameter_is_refused() {
    let before = current().with("cart-pricing.wit", ", applied: list<applied>)", ")");
    is_refused(&Guest::default().build(&before), &["cart-pricing", "does not fit the contract"]);
}

#[test]
fn a_guest_from_before_a_point_grew_is_refused() {
    // `insights` once had only this function; `make-report` came later.
    let signature = "make-report: func(ctx: context, request: report-request) -> result<report, fault>;";
    let before = current().with("insights.wit", signature, "is-worth-it: func() -> u32;");
    let guest = Guest { export: ("insights", "is-worth-it"), signature: "(result i32)", ..Guest::default() };
    is_refused(&guest.build(&before), &["insights", "make-report"]);
}

#[test]
fn a_guest_that_wants_what_is_gone_is_refused() {
    let before =
        current().with("settings.wit", "get: func() -> list<u8>;", "get: func() -> list<u8>;\n clear: func();");
    let clear = Import { interface: "settings", function: "clear", signature: "", call: PLAIN };
    is_refused(&Guest::importing(clear).build(&before), &["boomerang:shop/settings", "clear"]);
}

#[tokio::test]
async fn a_newer_guest_that_uses_nothing_new_runs() {
    let after = current().at("0.1.9").with("settings.wit", "list<u8>;", "list<u8>;\n clear: func();");
    runs(&Guest::importing(SETTINGS).build(&after)).await;
}

#[test]
fn a_newer_guest_that_calls_a_new_function_is_refused() {
    let after = current().at("0.1.9").with("settings.wit", "list<u8>;", "list<u8>;\n clear: func();");
    let clear = Import { interface: "settings", function: "clear", signature: "", call: PLAIN };
    is_refused(&Guest::importing(clear).build(&after), &["boomerang:shop/settings", "clear"]);
}

#[test]
fn a_guest_with_an_unknown_import_is_refused() {
    let after = current().at("0.1.9").with_interface("weather", "now: func();");
    let weather = Import { interface: "weather", function: "now", signature: "", call: PLAIN };
    let error = is_refused(&Guest::importing(weather).build(&after), &["boomerang:shop/weather@0.1.9"]);
    assert!(matches!(error, LoadError::UnknownImport { .. }), "{error:?}");
}

#[test]
fn a_guest_with_an_unknown_extension_point_is_refused() {
    let after = current().at("0.1.9").with_interface("greetings", "greet: func() -> u32;");
    let guest = Guest { export: ("greetings", "greet"), signature: "(result i32)", ..Guest::default() };
    let error = is_refused(&guest.build(&after), &["boomerang:shop/greetings@0.1.9"]);
    assert!(matches!(error, LoadError::UnknownPoint(_)), "{error:?}");
}

#[test]
fn a_guest_of_another_track_is_refused() {
    let error = is_refused(&Guest::default().build(&current().at("0.2.0")), &["@0.2.0", "0.1.0"]);
    assert!(matches!(error, LoadError::WrongVersion { .. }), "{error:?}");
}
