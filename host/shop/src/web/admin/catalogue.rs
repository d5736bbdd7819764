//! The catalogue: the list, one product with its prices and what they were, and importing a file.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use serde::{Deserialize, Serialize};

use super::desk::Desk;
use super::failure::Failure;
use super::layout::done;
use super::sent::Sent;
use super::units;
use crate::catalogue::import::{self, Problem};
use crate::catalogue::prior_price::Goods;
use crate::catalogue::{Listing, Product, Sort, Status, Variant};
use crate::clock::Instant;
use crate::money::Money;
use crate::people::reviews::{self, Review};
use crate::platform::Platform;
use crate::shops::Shop;
use crate::store::catalogue::CatalogueError;
use crate::store::{StoreError, Tx, catalogue, prices, reviews as stored_reviews};
use crate::words::minor_digits;

/// Products of a page.
const PAGE: u32 = 50;
/// Changes of a price shown.
const MOST_CHANGES: usize = 50;
/// Reviews shown of a product.
const MOST_REVIEWS: u32 = 50;

pub(super) fn routes() -> Router<Platform> {
    Router::new()
        .route("/admin/products", get(list))
        .route("/admin/products/{product}", get(show))
        .route("/admin/products/{product}/price", post(set_price))
        .route("/admin/products/{product}/stock", post(set_stock))
        .route("/admin/products/{product}/reviews/{review}", post(withdraw_review))
        .route("/admin/import", get(import_page).post(import_file))
}

/// Which products.
#[derive(Deserialize)]
struct Wanted {
    q: Option<String>,
    from: Option<u32>,
}

#[derive(Serialize)]
struct List {
    query: String,
    products: Vec<Row>,
    total: u32,
    next: Option<u32>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    title: String,
    category: String,
    status: Status,
    variants: usize,
    /// None where stock is not tracked.
    stock: Option<i64>,
    price: Money,
}

async fn list(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let query: String = wanted.q.unwrap_or_default().trim().chars().take(200).collect();
    let (shop, offset) = (desk.shop.id.clone(), wanted.from.unwrap_or(0));
    let listing = Listing {
        query: Some(query.clone()).filter(|words| !words.is_empty()),
        sort: if query.is_empty() { Sort::Title } else { Sort::Relevance },
        offset,
        limit: PAGE,
        ..Listing::default()
    };
    let read = platform.store.read(move |tx| {
        Ok::<_, StoreError>((catalogue::list(tx, &shop, &listing)?, catalogue::categories(tx, &shop)?))
    });
    let (found, categories) = read.await?;
    let row = |product: &Product| {
        let category = product.details.category.as_deref();
        let known = categories.iter().find(|known| Some(known.id.as_str()) == category);
        let stock = product.variants.iter().filter_map(|variant| variant.details.stock);
        Row {
            id: product.id.clone(),
            title: product.details.title.clone(),
            category: known.map(|known| known.title.clone()).unwrap_or_default(),
            status: product.details.status,
            variants: product.variants.len(),
            stock: product.variants.iter().any(|variant| variant.details.stock.is_some()).then(|| stock.sum()),
            price: product.lowest_price,
        }
    };
    let next = Some(offset + PAGE).filter(|next| *next < found.total);
    let products = found.products.iter().map(row).collect();
    Ok(desk.page("admin/products.html", &List { query, products, total: found.total, next }))
}

#[derive(Serialize)]
struct ProductPage {
    id: String,
    title: String,
    status: Status,
    currency: String,
    variants: Vec<VariantView>,
    /// What its page shows, the newest first.
    reviews: Vec<Review>,
}

#[derive(Serialize)]
struct VariantView {
    id: String,
    title: String,
    sku: String,
    price: String,
    stock: Option<i64>,
    /// What a reduction that began now would be compared with.
    prior: Option<Money>,
    /// Why there is nothing to compare with.
    no_prior: Option<String>,
    changes: Vec<Change>,
    sales: Vec<Seen>,
}

/// A catalogue price and from when it was in force; none where the variant was taken off.
#[derive(Serialize)]
struct Change {
    at: Instant,
    price: Option<Money>,
}

/// A sale price that the public was shown.
#[derive(Serialize)]
struct Seen {
    price: Money,
    first: Instant,
    last: Instant,
}

async fn show(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let (shop, now) = (desk.shop.clone(), desk.now);
    let read = platform.store.read(move |tx| -> Result<_, StoreError> {
        let Some(product) = catalogue::get(tx, &shop.id, &id)? else { return Ok(None) };
        let mut variants = Vec::with_capacity(product.variants.len());
        for variant in &product.variants {
            variants.push(view(tx, &shop, &product, variant, now)?);
        }
        let reviews = stored_reviews::of_product(tx, &shop.id, &product.id, None, MOST_REVIEWS)?;
        Ok(Some(ProductPage {
            reviews,
            id: product.id,
            title: product.details.title,
            status: product.details.status,
            currency: shop.currency,
            variants,
        }))
    });
    let page = read.await?.ok_or(Failure::NotFound)?;
    Ok(desk.page("admin/product.html", &page))
}

fn view(
    tx: &mut Tx<'_>,
    shop: &Shop,
    product: &Product,
    variant: &Variant,
    now: Instant,
) -> Result<VariantView, StoreError> {
    let history = prices::history(tx, &shop.id, &variant.id)?;
    let goods = Goods { offered_since: product.offered_since, perishable: product.details.perishable };
    let prior = history.prior_price(now, goods, &shop.policies.prior_price, &shop.zone());
    let changes = history.changes.iter().rev().take(MOST_CHANGES);
    let seen = history.observations.iter().rev().take(MOST_CHANGES);
    Ok(VariantView {
        id: variant.id.clone(),
        title: variant.title(),
        sku: variant.details.sku.clone(),
        price: units::write(variant.details.price, minor_digits(&shop.currency), true),
        stock: variant.details.stock,
        no_prior: prior.as_ref().err().map(|reason| super::failure::sentence(&reason.to_string())),
        prior: prior.ok(),
        changes: changes.map(|change| Change { at: change.at, price: change.price }).collect(),
        sales: seen.map(|seen| Seen { price: seen.price, first: seen.first_seen, last: seen.last_seen }).collect(),
    })
}

async fn set_price(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Extension(sent): Extension<Sent>,
    Path(product): Path<String>,
) -> Result<Response, Failure> {
    let price = units::read(sent.text("price"), minor_digits(&desk.shop.currency))
        .ok_or_else(|| Failure::Refused(format!("{:?} is no price; enter one such as 12.50", sent.text("price"))))?;
    let (shop, actor, now, variant) = (desk.shop.id.clone(), desk.actor(), desk.now, sent.text("variant").to_owned());
    platform.store.write(move |tx| prices::set(tx, &shop, now, &actor, &variant, price)).await?;
    Ok(done(&page_of(&product), "priced"))
}

async fn set_stock(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Extension(sent): Extension<Sent>,
    Path(product): Path<String>,
) -> Result<Response, Failure> {
    let stock = match sent.text("stock") {
        "" => None,
        text => Some(text.parse().map_err(|_| {
            Failure::Refused(format!("{text:?} is no number of units; enter a whole number, or nothing for no limit"))
        })?),
    };
    let (shop, actor, now, variant) = (desk.shop.id.clone(), desk.actor(), desk.now, sent.text("variant").to_owned());
    platform.store.write(move |tx| catalogue::set_stock(tx, &shop, now, &actor, &variant, stock)).await?;
    Ok(done(&page_of(&product), "stocked"))
}

async fn withdraw_review(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Path((product, review)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let (shop, actor, now) = (desk.shop.id.clone(), desk.actor(), desk.now);
    let withdrawn = platform.store.write(move |tx| reviews::withdraw(tx, &shop, &actor, &review, now)).await?;
    withdrawn.ok_or(Failure::NotFound)?;
    Ok(done(&page_of(&product), "withdrawn"))
}

fn page_of(product: &str) -> String {
    format!("/admin/products/{product}")
}

/// The page of the import, with what has to be changed about a file.
#[derive(Default, Serialize)]
struct ImportPage {
    problems: Vec<Problem>,
    more: usize,
    error: Option<String>,
}

async fn import_page(Extension(desk): Extension<Arc<Desk>>) -> Response {
    desk.page("admin/import.html", &ImportPage::default())
}

async fn import_file(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Extension(sent): Extension<Sent>,
) -> Result<Response, Failure> {
    let refuse = |page: ImportPage| Ok(desk.show(StatusCode::UNPROCESSABLE_ENTITY, "admin/import.html", &page));
    let Some(file) = sent.file else {
        return refuse(ImportPage { error: Some("Choose a CSV file first.".into()), ..ImportPage::default() });
    };
    let currency = desk.shop.currency.clone();
    let read = tokio::task::spawn_blocking(move || import::read(&file, &currency)).await;
    let import = match read.map_err(|error| Failure::internal(&error))? {
        Ok(import) => import,
        Err(error) => {
            let more = error.total - error.problems.len();
            return refuse(ImportPage { problems: error.problems, more, error: None });
        }
    };
    let (shop, actor, now) = (desk.shop.id.clone(), desk.actor(), desk.now);
    match platform.store.write(move |tx| catalogue::import(tx, &shop, now, &actor, &import)).await {
        Ok(_) => Ok(done("/admin/products", "imported")),
        Err(CatalogueError::Store(error)) => Err(error.into()),
        Err(error) => {
            let error = Some(super::failure::sentence(&error.to_string()));
            refuse(ImportPage { error, ..ImportPage::default() })
        }
    }
}
