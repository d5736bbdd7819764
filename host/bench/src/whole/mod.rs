//! A whole shop: what its features add to a page, an order and an event.
//!
//! | module | what it is about |
//! | --- | --- |
//! | [`browser`] | asks for pages over HTTP on one connection that is kept alive |
//! | [`pages`] | a product page and a checkout, with the features on and off |
//! | [`toggle`] | a feature that is switched off and on, and the next page |
//! | [`orders`] | placing an order, with the features on and off; telling extensions of it |
//! | [`raw`] | the same writes without anything around them |

mod browser;
mod orders;
mod pages;
mod raw;
mod toggle;

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use boomerang_shop::catalogue::{ProductDetails, ProductInput, Status, VariantDetails};
use boomerang_shop::clock::{Clock, DAY};
use boomerang_shop::demo::{self, features};
use boomerang_shop::extensions::manage::Actor;
use boomerang_shop::extensions::time_zones::wall_clock;
use boomerang_shop::gateway::TestGateway;
use boomerang_shop::platform::{Platform, PlatformConfig};
use boomerang_shop::secrets::Secret;
use boomerang_shop::shops::Shop;
use boomerang_shop::store::{Store, catalogue, shops};
use serde_json::json;

use crate::cart;
use crate::rounds::{self, Row};
use crate::setup::Components;

pub(crate) use orders::Events;
pub(crate) use toggle::Toggle;

/// The demo shop with its features switched off.
pub(crate) const OFF: &str = "features off";
/// The demo shop as it is.
const ON: &str = "all four features on";
/// The tasks that are pages.
pub(crate) const PRODUCT_PAGE: &str = "product page over HTTP";
pub(crate) const CHECKOUT_PAGE: &str = "checkout page over HTTP";
/// A product of which there is always more, and what it is called in links.
const PRODUCT: &str = "endless-mug";

/// Pages and orders, with the features on and off.
pub(crate) fn requests(components: &Components, rounds: usize) -> Result<Vec<Row>> {
    let folder = tempfile::tempdir().context("no folder for databases")?;
    let runtime = crate::setup::runtime()?;
    let on = runtime.block_on(Site::open(folder.path(), components, true))?;
    let off = runtime.block_on(Site::open(folder.path(), components, false))?;
    let mut entries = pages::entries(&on, &off)?;
    entries.extend(orders::entries(&on, &off)?);
    rounds::run(&mut entries, rounds, &[OFF])
}

/// Order events through the features, beside the same writes alone.
pub(crate) fn events(components: &Components) -> Result<Events> {
    let folder = tempfile::tempdir().context("no folder for databases")?;
    crate::setup::runtime()?.block_on(orders::events(folder.path(), components))
}

/// Switches a feature and asks for a page, again and again.
pub(crate) fn toggle(components: &Components) -> Result<Toggle> {
    let folder = tempfile::tempdir().context("no folder for databases")?;
    toggle::measure(folder.path(), components)
}

/// A demo shop in a database of its own.
#[derive(Clone)]
struct Site {
    name: &'static str,
    platform: Platform,
    shop: Shop,
    variant: String,
}

impl Site {
    async fn open(folder: &Path, components: &Components, features_on: bool) -> Result<Self> {
        let name = if features_on { ON } else { OFF };
        let config = PlatformConfig {
            clock: Clock::system(),
            secret: Secret::new([7; 32]),
            components: Some(components.folder().to_owned()),
            cache: Some(folder.join("cache")),
            demo: true,
        };
        let store = Store::open(&folder.join(format!("{}.db", name.replace(' ', "-"))))?;
        let platform = Platform::new(store, Arc::new(TestGateway::new()), config)?;
        features::set_up(&platform, "http://127.0.0.1").await?;
        let shop = platform.store.read(|tx| shops::get(tx, demo::SHOP)).await?;
        let (product, variant) = endless(&platform).await?;
        let site = Self { name, platform, shop, variant };
        site.arrange(&product, features_on).await?;
        Ok(site)
    }

    /// A sale that outlasts the measurement, or no features at all.
    async fn arrange(&self, product: &str, features_on: bool) -> Result<()> {
        let extensions = &self.platform.extensions;
        let actor = Actor { name: "system", now: self.platform.clock.now() };
        for (id, _) in cart::features() {
            if !features_on {
                extensions.set_enabled(&self.shop, id, false, &actor).await?;
            }
        }
        let wall = |at| {
            wall_clock(&self.shop.time_zone, at).map_err(|fault| anyhow!("the shop's clock cannot be read: {fault:?}"))
        };
        let sale = json!({ "sales": [{
            "id": "bench", "title": "Bench", "starts": wall(actor.now - DAY)?, "ends": wall(actor.now + DAY)?,
            "products": [product], "percent": 1_000, "stock": 1_000_000_000,
        }] });
        extensions.save_settings(&self.shop, "flash-sale", &sale, &actor).await?;
        Ok(())
    }
}

/// Whether the page of the product shows the price of the sale.
fn shows_the_sale(page: &str) -> bool {
    page.contains("17.91")
}

/// Puts a product into the shop of which there is always more, and gives its id and that of its variant.
async fn endless(platform: &Platform) -> Result<(String, String)> {
    let input = ProductInput {
        details: ProductDetails {
            handle: PRODUCT.into(),
            title: "Endless mug".into(),
            status: Status::Active,
            ..ProductDetails::default()
        },
        variants: vec![VariantDetails { price: 1_990, stock: None, ..VariantDetails::default() }],
    };
    let now = platform.clock.now();
    let saved = platform.store.write(move |tx| catalogue::save(tx, demo::SHOP, now, "system", &input)).await?;
    let variant = saved.variants.first().context("the product has no variant")?;
    Ok((saved.id.clone(), variant.id.clone()))
}
