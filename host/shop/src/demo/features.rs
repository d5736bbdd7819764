//! The demo shop with its features: rewards from its first day, a sale that is running, and somebody to look after it.

use serde_json::{Value, json};
use thiserror::Error;

use super::{BEGUN, DemoError, SHOP, fill, open};
use crate::admin::{self, NewAdmin, Role, StaffError};
use crate::catalogue::Product;
use crate::clock::{DAY, HOUR, Instant, MINUTE};
use crate::extensions::manage::{Actor, ManageError};
use crate::extensions::time_zones::wall_clock;
use crate::platform::Platform;
use crate::shops::Shop;
use crate::store::shops::ShopError;
use crate::store::{StoreError, Tx, admins, audit, catalogue, mails, shops, wipe};

/// The address that the demo's merchant signs in with.
pub const ADMIN: &str = "merchant@example.com";
/// The password of the demo's merchant.
pub const PASSWORD: &str = "hearth-and-hand";

const ACTOR: &str = "system";

/// Why the demo could not be set up.
#[derive(Debug, Error)]
pub enum SetUpError {
    /// The shop and its history.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// A feature.
    #[error("the feature `{id}` could not be set up")]
    Feature {
        /// Which one.
        id: &'static str,
        /// Why.
        source: ManageError,
    },
    /// The shop.
    #[error(transparent)]
    Shop(#[from] ShopError),
    /// The merchant's account.
    #[error(transparent)]
    Staff(#[from] StaffError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes the demo shop with months of history and its four features on. Says whether it was made now: one that is complete
/// is left as it is, and one that was interrupted is made anew.
///
/// # Errors
/// If something could not be saved, or a component is missing or refused.
pub async fn set_up(platform: &Platform, base_url: &str) -> Result<bool, SetUpError> {
    let now = platform.clock.now();
    if platform.store.read(was_interrupted).await? {
        platform.store.write(|tx| wipe::shop(tx, SHOP)).await?;
    }
    if !open(&platform.store, now, base_url).await? {
        return Ok(false);
    }
    let shop = platform.store.read(|tx| shops::get(tx, SHOP)).await?;
    // Rewards are there from the first day, so that history earns points; the rest begins today.
    switch_on(platform, &shop, "loyalty-points", rewards()).await?;
    fill(&platform.store, &platform.secret, &*platform.gateway, now).await?;
    platform.extensions.dispatch(&platform.secret, now).await?;
    let on_sale = on_sale(platform).await?;
    switch_on(platform, &shop, "flash-sale", sales(&shop, &on_sale, now)).await?;
    platform
        .extensions
        .reorder(&shop, &["flash-sale".to_owned(), "loyalty-points".to_owned()], &actor(now))
        .await
        .map_err(|source| SetUpError::Feature { id: "flash-sale", source })?;
    switch_on(platform, &shop, "checkout-autofill", json!({})).await?;
    switch_on(platform, &shop, "auto-account", json!({ "elsewhere": "automatic" })).await?;
    platform.store.write(|tx| mails::settle_history(tx, SHOP)).await?;
    // Last, because it says that the demo is complete.
    let merchant = NewAdmin { email: ADMIN.into(), name: "Robin".into(), role: Role::Owner, password: PASSWORD.into() };
    admin::add(&platform.store, SHOP, ACTOR, merchant, now).await?;
    Ok(true)
}

/// Whether a start has begun to make the demo shop and did not get to its end, which is the merchant's account. A shop that
/// somebody else has opened under its name was never begun.
fn was_interrupted(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    Ok(audit::has(tx, SHOP, BEGUN)? && admins::by_email(tx, SHOP, ADMIN)?.is_none())
}

fn actor(now: Instant) -> Actor<'static> {
    Actor { name: ACTOR, now }
}

async fn switch_on(platform: &Platform, shop: &Shop, id: &'static str, settings: Value) -> Result<(), SetUpError> {
    let actor = actor(platform.clock.now());
    let failed = |source| SetUpError::Feature { id, source };
    let consent = platform.extensions.shelf().get(id).map(|package| package.inspection.capabilities.clone());
    let consent = consent.unwrap_or_default().into_iter().collect();
    platform.extensions.install_from_shelf(shop, id, &consent, &actor).await.map_err(failed)?;
    platform.extensions.save_settings(shop, id, &settings, &actor).await.map_err(failed)?;
    platform.extensions.set_enabled(shop, id, true, &actor).await.map_err(failed)
}

/// The products of the demo's sales: lamps now, mugs for a few more minutes.
async fn on_sale(platform: &Platform) -> Result<Vec<Product>, StoreError> {
    platform
        .store
        .read(|tx| {
            let mut products = Vec::new();
            for handle in ["reading-lamp", "harbour-mug"] {
                products.extend(catalogue::by_handle(tx, SHOP, handle)?);
            }
            Ok(products)
        })
        .await
}

fn rewards() -> Value {
    json!({
        "earning": { "points": 1, "per": 100, "pending-days": 30 },
        "bonuses": { "sign-up": 50, "first-order": 25, "birthday": 100, "review": 20 },
        "redemption": { "points": 100, "worth": 500, "minimum": 10, "step": 10 },
        "tiers": {
            "levels": [
                { "id": "bronze", "name": "Bronze", "from": 0, "multiplier": 10_000 },
                { "id": "silver", "name": "Silver", "from": 200, "multiplier": 12_500 },
                { "id": "gold", "name": "Gold", "from": 600, "multiplier": 15_000 },
            ],
        },
    })
}

fn sales(shop: &Shop, products: &[Product], now: Instant) -> Value {
    let wall = |at: Instant| wall_clock(&shop.time_zone, at).unwrap_or_default();
    let sale = |id: &str, title: &str, product: &Product, percent: u32, ends: Instant, stock: u32| {
        json!({
            "id": id,
            "title": title,
            "starts": wall(now - HOUR),
            "ends": wall(ends),
            "products": [product.id],
            "percent": percent,
            "stock": stock,
            "per_customer": 3,
            "cart_policy": "grace",
        })
    };
    let planned =
        [("Three bright days", 2_000, now + 3 * DAY, 40), ("The last half hour", 1_500, now + 31 * MINUTE, 25)];
    let sales: Vec<Value> = products
        .iter()
        .zip(planned)
        .map(|(product, (title, percent, ends, stock))| {
            sale(&format!("demo-{}", product.details.handle), title, product, percent, ends, stock)
        })
        .collect();
    json!({ "sales": sales })
}
