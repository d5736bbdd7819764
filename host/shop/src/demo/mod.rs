//! The demo shop: a catalogue, customers and a history of orders, the same at every start. All of it is invented.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `catalogue`, `goods` | what is sold, with the prices it has had |
//! | [`features`] | the features it has on |
//! | `people` | who buys |
//! | `orders` | what they bought, and what became of it |
//! | `timeline` | all of it in the order of time |
//! | `random` | a seeded generator, so that nothing is left to chance |
//!
//! History is made the way it would have happened: step by step in the order of time, through the same functions that the
//! shop itself uses. So every price is in its history, and every total is one that was charged then.

mod catalogue;
pub mod features;
mod goods;
mod orders;
mod people;
mod random;
mod timeline;

use serde_json::json;
use thiserror::Error;

use crate::cart::delivery::DeliveryMethod;
use crate::clock::{DAY, Instant};
use crate::gateway::{Gateway, NotAToken};
use crate::money::MoneyError;
use crate::orders::OrderError;
use crate::people::EmailError;
use crate::secrets::Secret;
use crate::shops::{Policies, Shop, Welcome};
use crate::store::carts::CartChangeError;
use crate::store::catalogue::CatalogueError;
use crate::store::orders::PlaceError;
use crate::store::shops::ShopError;
use crate::store::{Store, StoreError, audit, shops};

/// The demo shop's id.
pub const SHOP: &str = "demo";
/// The e-mail address of the customer whom the demo signs in as.
pub const SHOPPER: &str = "ada@example.com";
/// For how long the shop has been open.
const OPEN_FOR: Instant = 120 * DAY;
/// Who has done everything here.
const ACTOR: &str = "system";
/// What the audit log says of a shop that was opened to be filled.
const BEGUN: &str = "demo.begun";

/// Why the demo shop could not be made.
#[derive(Debug, Error)]
pub enum DemoError {
    /// The shop itself.
    #[error(transparent)]
    Shop(#[from] ShopError),
    /// Its catalogue.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// A cart.
    #[error(transparent)]
    Cart(#[from] CartChangeError),
    /// An amount.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// An address of somebody who buys.
    #[error(transparent)]
    Email(#[from] EmailError),
    /// What they pay with.
    #[error(transparent)]
    Token(#[from] NotAToken),
    /// An order was not placed.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// Something could not be done with an order.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// The file of its goods.
    #[error("the demo's goods do not read: {0}; build the program again")]
    Goods(#[from] serde_json::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Opens the demo shop, still empty. False, and nothing done, if it is there already.
///
/// # Errors
/// If it could not be saved.
pub async fn open(store: &Store, now: Instant, base_url: &str) -> Result<bool, DemoError> {
    if store.read(|tx| shops::find(tx, SHOP)).await?.is_some() {
        return Ok(false);
    }
    let shop = shop(now - OPEN_FOR, base_url);
    store
        .write(move |tx| -> Result<(), DemoError> {
            shops::create(tx, ACTOR, &shop)?;
            audit::write(tx, SHOP, now, ACTOR, BEGUN, "demo", &json!({}))?;
            Ok(())
        })
        .await?;
    Ok(true)
}

/// Fills a shop that was just opened with everything that has happened until `now`. Extensions that are installed before are
/// told of the orders, as if they had been there from the beginning.
///
/// # Errors
/// If something could not be saved. What was saved until then stays.
pub async fn fill(store: &Store, secret: &Secret, gateway: &dyn Gateway, now: Instant) -> Result<(), DemoError> {
    timeline::play(store, secret, gateway, now).await
}

fn shop(opened_at: Instant, base_url: &str) -> Shop {
    let method = |id: &str, name: &str, fee, free_from, countries: &[&str], (min_days, max_days)| DeliveryMethod {
        id: id.into(),
        name: name.into(),
        fee,
        free_from,
        countries: countries.iter().map(|country| (*country).into()).collect(),
        min_days,
        max_days,
        cutoff_minute: 14 * 60,
    };
    let rates =
        [("AT", 2_000), ("DE", 1_900), ("FR", 2_000), ("IT", 2_200), ("NL", 2_100), ("DK", 2_500), ("IE", 2_300)];
    let countries: Vec<&str> = rates.iter().map(|(country, _)| *country).collect();
    Shop {
        id: SHOP.into(),
        name: "Hearth & Hand".into(),
        base_url: base_url.trim_end_matches('/').into(),
        currency: "EUR".into(),
        time_zone: "Europe/Vienna".into(),
        locale: "en".into(),
        country: "AT".into(),
        created_at: opened_at,
        policies: Policies {
            tax_basis_points: 2_000,
            tax_by_country: rates.iter().map(|(country, rate)| ((*country).into(), *rate)).collect(),
            delivery: vec![
                method("standard", "Standard delivery", 490, Some(6_000), &["AT", "DE"], (2, 3)),
                method("express", "Express delivery", 990, None, &["AT"], (1, 1)),
                method("europe", "Delivery in Europe", 1_290, Some(12_000), &countries[2..], (3, 6)),
                method("pick-up", "Pick up in the shop", 0, None, &["AT"], (1, 1)),
            ],
            reply_to: Some("hello@example.com".into()),
            welcome: Welcome {
                title: "Good things for everyday life".into(),
                text: "Made by hand in small workshops, meant to be used and not to be spared.".into(),
            },
            ..Policies::default()
        },
    }
}

#[cfg(test)]
mod tests;
