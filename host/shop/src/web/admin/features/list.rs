//! All features: those of the shop in the order of the pricing chain, and those that can be added.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use super::Card;
use crate::platform::Platform;
use crate::web::admin::desk::Desk;
use crate::web::admin::failure::Failure;

#[derive(Serialize)]
struct Features {
    installed: Vec<Card>,
    shelf: Vec<Card>,
    chain: Vec<Link>,
}

/// A feature's place in the pricing chain.
#[derive(Serialize)]
struct Link {
    id: String,
    name: String,
    enabled: bool,
}

pub(super) async fn show(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
) -> Result<Response, Failure> {
    let standings = platform.extensions.standings(&desk.shop, desk.now).await?;
    let installed: Vec<Card> = standings.iter().map(Card::of).collect();
    let is_installed = |id: &str| installed.iter().any(|card| card.id == id);
    let packages = platform.extensions.shelf().iter().map(|package| &package.inspection);
    let shelf = packages.filter(|package| !is_installed(&package.manifest.id)).map(Card::new).collect();
    let chain = installed.iter().filter(|card| card.prices);
    let chain =
        chain.map(|card| Link { id: card.id.clone(), name: card.name.clone(), enabled: card.enabled }).collect();
    Ok(desk.page("admin/features.html", &Features { installed, shelf, chain }))
}
