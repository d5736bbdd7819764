//! Settings, as a merchant saves them, for every extension that ships.
//!
//! The first line of an input names the extension; the rest is the body. One that starts with `~` is no body: its bytes
//! choose a value after the extension's schema. Where the line names none, the input is a manifest, whose own schema is read.

use arbitrary::Unstructured;
use boomerang_engine::Manifest;
use boomerang_engine::contract::Cart;
use boomerang_shop::demo;
use boomerang_shop::store::{StoreError, shops};
use serde_json::Value;

use crate::stage::{self, NOW, Stage};
use crate::{ask, head, values};

/// Saves the settings. They are refused, or what was saved reads back and can be saved again, and no decision fails for it.
///
/// # Panics
/// If that does not hold.
pub fn run(input: &[u8]) {
    let (extension, body) = head(input);
    stage::with(|stage| {
        let found = stage.platform.extensions.shelf().get(&extension).map(|package| &package.inspection.manifest);
        let Some(manifest) = found else { return read_manifest(input) };
        let schema = manifest.settings.value();
        let settings = match body.strip_prefix(b"~") {
            Some(choices) => {
                let made = values::after(&schema, &schema, &mut Unstructured::new(choices)).unwrap_or_default();
                made.to_string().into_bytes()
            }
            None => body.to_vec(),
        };
        save(stage, &extension, settings);
    });
}

/// A manifest that reads describes settings, and its defaults are settings.
fn read_manifest(json: &[u8]) {
    match Manifest::parse(json) {
        Ok(manifest) => {
            assert!(manifest.settings.value().is_object(), "{manifest:?}");
            let again = serde_json::to_vec(&manifest).expect("a manifest can be written");
            assert_eq!(Manifest::parse(&again).as_ref(), Ok(&manifest), "it does not read as it is written");
        }
        Err(error) => ask::assert_plain(&error.to_string()),
    }
}

fn save(stage: &mut Stage, extension: &str, settings: Vec<u8>) {
    let token = stage.token("owner").map(str::to_owned);
    let path = format!("/api/v1/{}/admin/extensions/{extension}/settings", demo::SHOP);
    let answer = stage.send("PUT", &path, token.as_deref(), Some(("application/json", settings.clone())));
    if !answer.is_success() {
        let problem = answer.json();
        assert!((400..500).contains(&answer.status) && problem["detail"].is_string(), "{problem:#}");
        return;
    }
    let saved = answer.json()["settings"].clone();
    assert!(saved.is_object(), "settings are an object: {saved}");
    let again = stage.send("PUT", &path, token.as_deref(), Some(("application/json", saved.to_string().into_bytes())));
    assert!(again.is_success(), "what was saved cannot be saved again: {:#}", again.json());
    assert_eq!(again.json()["settings"], saved, "what was saved has changed by saving it");
    decide(stage, &saved);
}

/// Everything that a shopper meets, with these settings in force.
fn decide(stage: &mut Stage, saved: &Value) {
    let platform = stage.platform.clone();
    let cart: Cart = ask::cart(&stage.known["product"], &stage.known["variant"]);
    let skipped = stage.wait(async {
        let shop: Result<_, StoreError> = platform.store.read(|tx| shops::find(tx, demo::SHOP)).await;
        let shop = shop.expect("the database answers").expect("the demo is there");
        let asking = platform.extensions.asking(&shop, None, NOW).await.expect("the database answers");
        let priced = platform.extensions.price(&asking, None, &cart).await.expect("the cart is right");
        let planned = platform.extensions.plan(&asking, &ask::form()).await;
        let shown = platform.extensions.blocks(&asking, &ask::page(&cart)).await;
        [priced.skipped, planned.skipped, shown.skipped].concat()
    });
    assert!(skipped.is_empty(), "an extension fails with settings that it has accepted: {skipped:?}\n{saved:#}");
}
