//! The smallest embedding: load a component, price a cart with it, print the report.
//!
//! ```console
//! $ cargo xtask guests
//! $ cargo run -p boomerang-embed -- target/components/plugins/free-delivery.wasm
//! ```

use std::error::Error;
use std::sync::Arc;

use async_trait::async_trait;
use boomerang_engine::capability::Quotas;
use boomerang_engine::contract::{Cart, CartLine, Context, Fault};
use boomerang_engine::{
    Call, Capabilities, Engine, EngineConfig, Installation, InstallationOptions, Installations, Read, Scope,
};
use serde_json::json;

/// What this platform lets extensions ask: counters, and here nothing has been sold yet.
struct NothingSold;

#[async_trait]
impl Quotas for NothingSold {
    async fn taken(&self, _: &Scope, names: &[String]) -> Result<Read<Vec<u32>>, Fault> {
        Ok(vec![0; names.len()].into())
    }

    async fn taken_by(&self, scope: &Scope, _customer: &str, names: &[String]) -> Result<Read<Vec<u32>>, Fault> {
        self.taken(scope, names).await
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("name a component: embed FILE.wasm")?;
    let offered = Capabilities::builder().quotas(Arc::new(NothingSold)).build();
    let engine = Engine::new(EngineConfig::default(), offered)?;

    // Load it once: a component that is broken, hostile or asks for too much is refused here, with the reason.
    let extension = engine.load(&std::fs::read(path)?)?;
    println!("{}", extension.manifest().summary);
    for capability in extension.capabilities() {
        println!("  wants to: {}", capability.describe());
    }

    // Install it in a shop: settings from the merchant, consent to what it asks for.
    let context = Context { now: 1_764_000_000_000, locale: "en".into(), time_zone: "Europe/Vienna".into() };
    let call = Call::new("my-shop", context);
    let settings = engine.prepare_settings(&extension, &call, &json!({})).await?;
    let consent = extension.capabilities().to_vec();
    let options = InstallationOptions::new(settings, consent);
    let installed = Installations::new([Arc::new(Installation::new(extension, options)?)])?;

    // Price a cart: at every change of it, and once more when the order is placed.
    let shoe = CartLine {
        product: "shoe".into(),
        variant: "shoe-42".into(),
        quantity: 2,
        unit_price: 7_990,
        added_at: call.context.now,
        attributes: vec![],
    };
    let cart = Cart {
        currency: "EUR".into(),
        lines: vec![shoe],
        delivery_fee: 490,
        customer: None,
        country: Some("AT".into()),
        checkout_since: None,
        codes: vec![],
        attributes: vec![],
    };
    let report = engine.price_cart(&installed, &call, &cart).await?;
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(())
}
