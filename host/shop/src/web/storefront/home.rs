//! The first page.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use crate::catalogue::{Listing, Sort, Status};
use crate::platform::Platform;
use crate::store::catalogue;
use crate::web::failure::Failure;
use crate::web::views::blocks::BlockView;
use crate::web::views::cards::{Card, shelf};
use crate::web::visit::Visit;

/// Products looked at; what is on sale among them stands first.
const LOOKED_AT: u32 = 48;
/// Products shown below what is on sale.
const SHOWN: usize = 12;

#[derive(Serialize)]
struct Home {
    blocks: Vec<BlockView>,
    banner: bool,
    on_sale: Vec<Card>,
    products: Vec<Card>,
}

pub(super) async fn show(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
) -> Result<Response, Failure> {
    let listing = Listing { status: Some(Status::Active), sort: Sort::Newest, limit: LOOKED_AT, ..Listing::default() };
    let id = visit.shop.id.clone();
    let found = platform.store.read(move |tx| catalogue::list(tx, &id, &listing)).await?;
    let shelf = shelf(&platform, &visit, "home", &found.products).await?;
    let (on_sale, mut products): (Vec<_>, Vec<_>) = shelf.cards.into_iter().partition(|card| card.price.is_reduced());
    products.truncate(SHOWN);
    let banner = shelf.blocks.iter().any(|block| block.slot() == "banner");
    Ok(visit.page("storefront/home.html", &Home { banner, blocks: shelf.blocks, on_sale, products }))
}
