//! The first page.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use crate::catalogue::{Listing, Product, Sort, Status};
use crate::money::Money;
use crate::platform::Platform;
use crate::shops::Policies;
use crate::store::{StoreError, catalogue};
use crate::web::failure::Failure;
use crate::web::views::blocks::BlockView;
use crate::web::views::cards::{Card, shelf};
use crate::web::visit::Visit;

/// New products looked at; what is on sale among them, and anywhere else, stands first.
const LOOKED_AT: u32 = 48;
/// Products shown that are on sale.
const MOST_ON_SALE: usize = 12;
/// Products shown below what is on sale.
const SHOWN: usize = 12;

#[derive(Serialize)]
struct Home<'a> {
    title: &'a str,
    text: &'a str,
    blocks: Vec<BlockView>,
    banner: bool,
    on_sale: Vec<Card>,
    products: Vec<Card>,
    delivery: Option<Delivery<'a>>,
    refund_days: u32,
}

/// The way of delivery that is named first, to somebody at home.
#[derive(Serialize)]
struct Delivery<'a> {
    name: &'a str,
    fee: Money,
    free_from: Option<Money>,
}

pub(super) async fn show(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
) -> Result<Response, Failure> {
    let listing = Listing { status: Some(Status::Active), sort: Sort::Newest, limit: LOOKED_AT, ..Listing::default() };
    let id = visit.shop.id.clone();
    let reduced = platform.on_offer(&visit.shop, visit.now).await?;
    let read = platform.store.read(move |tx| -> Result<_, StoreError> {
        let new = catalogue::list(tx, &id, &listing)?.products;
        let elsewhere: Vec<&str> =
            reduced.iter().map(String::as_str).filter(|id| new.iter().all(|known| known.id != *id)).collect();
        let mut older = catalogue::products(tx, &id, &elsewhere)?;
        older.retain(Product::is_on_sale);
        Ok((new, older))
    });
    let (mut found, older) = read.await?;
    let older_handles: Vec<String> = older.iter().map(|product| product.details.handle.clone()).collect();
    found.extend(older);
    let shelf = shelf(&platform, &visit, "home", &found).await?;
    let (mut on_sale, mut products): (Vec<_>, Vec<_>) =
        shelf.cards.into_iter().partition(|card| card.price.is_reduced());
    on_sale.truncate(MOST_ON_SALE);
    products.retain(|card| !older_handles.contains(&card.handle));
    products.truncate(SHOWN);
    let banner = shelf.blocks.iter().any(|block| block.slot() == "banner");
    let Policies { welcome, delivery, refund_window_days, .. } = &visit.shop.policies;
    let at_home = delivery.iter().find(|method| method.reaches(Some(&visit.shop.country)));
    let home = Home {
        title: if welcome.title.is_empty() { &visit.shop.name } else { &welcome.title },
        text: &welcome.text,
        banner,
        blocks: shelf.blocks,
        on_sale,
        products,
        delivery: at_home.map(|method| Delivery { name: &method.name, fee: method.fee, free_from: method.free_from }),
        refund_days: *refund_window_days,
    };
    Ok(visit.page("storefront/home.html", &home))
}
