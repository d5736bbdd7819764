//! One product.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};

use super::reviews::{self, Reviews};
use crate::cart::delivery::offers;
use crate::cart::tax::rate;
use crate::catalogue::{Product, Variant};
use crate::platform::Platform;
use crate::pricing::shown::Subject;
use crate::store::{catalogue, favourites};
use crate::web::failure::Failure;
use crate::web::layout::Place;
use crate::web::pictures::Image;
use crate::web::views::blocks::{self, BlockView};
use crate::web::views::cards::{PriceView, is_sold_out};
use crate::web::views::dates;
use crate::web::visit::Visit;
use crate::words;

/// Which variant is looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    variant: String,
}

#[derive(Serialize)]
struct ProductPage<'a> {
    product: ProductView<'a>,
    blocks: Vec<BlockView>,
    reviews: Reviews,
    /// What kept a product from the cart.
    error: Option<String>,
}

#[derive(Serialize)]
struct ProductView<'a> {
    id: &'a str,
    handle: &'a str,
    title: &'a str,
    brand: &'a str,
    description: &'a str,
    facts: Vec<(&'a str, &'a str)>,
    category: Option<CategoryLink<'a>>,
    picture: Image,
    price: PriceView,
    option_names: String,
    variants: Vec<VariantView>,
    sold_out: bool,
    tax_note: String,
    delivery: Option<DeliveryView>,
    refund_days: u32,
    favourite: bool,
}

/// When it arrives at somebody at home, and what that costs.
#[derive(Serialize)]
struct DeliveryView {
    days: String,
    cost: String,
}

#[derive(Serialize)]
struct CategoryLink<'a> {
    id: &'a str,
    title: &'a str,
}

#[derive(Serialize)]
struct VariantView {
    id: String,
    title: String,
    price: PriceView,
    picture: Image,
    sold_out: bool,
    selected: bool,
}

pub(super) async fn show(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Path(handle): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let id = visit.shop.id.clone();
    let product = platform.store.lookup(move |tx| catalogue::by_handle(tx, &id, &handle)).await?;
    let product = product.filter(Product::is_on_sale).ok_or(Failure::NotFound)?;
    page(&platform, &visit, &product, &asked.variant, None).await
}

/// Mails and extensions know products by their ids.
pub(super) async fn by_id(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Path(product): Path<String>,
) -> Result<Redirect, Failure> {
    let id = visit.shop.id.clone();
    let product = platform.store.lookup(move |tx| catalogue::get(tx, &id, &product)).await?;
    let product = product.filter(Product::is_on_sale).ok_or(Failure::NotFound)?;
    Ok(Redirect::to(&format!("/p/{}", product.details.handle)))
}

/// The page of a product, with what kept it from the cart if something did.
pub(super) async fn page(
    platform: &Platform,
    visit: &Visit,
    product: &Product,
    variant: &str,
    error: Option<String>,
) -> Result<Response, Failure> {
    let variants: Vec<(&Product, &Variant)> = product.variants.iter().map(|variant| (product, variant)).collect();
    let slots = ["price", "product-info"];
    let subject = Subject { kind: "product", slots: &slots, customer: visit.signed_in(), ..Subject::default() };
    let shown = platform.show(&visit.shop, &variants, &subject, visit.now).await?;
    let selected = product
        .variant(variant)
        .or_else(|| product.variants.iter().find(|variant| variant.details.can_sell(1)))
        .or(product.variants.first())
        .ok_or(Failure::NotFound)?;
    let price = |id: &str| shown.prices.get(id).map(PriceView::new).unwrap_or_default();
    let category = product.categories.last().and_then(|id| visit.categories.iter().find(|known| known.id == *id));
    let view = ProductView {
        id: &product.id,
        handle: &product.details.handle,
        title: &product.details.title,
        brand: &product.details.brand,
        description: &product.details.description,
        facts: product.details.attributes.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect(),
        category: category.map(|known| CategoryLink { id: &known.id, title: &known.title }),
        picture: Image::of(product, Some(selected)),
        price: price(&selected.id),
        option_names: product.details.options.join(" and "),
        variants: product
            .variants
            .iter()
            .map(|variant| VariantView {
                id: variant.id.clone(),
                title: variant.title(),
                price: price(&variant.id),
                picture: Image::of(product, Some(variant)),
                sold_out: !variant.details.can_sell(1),
                selected: variant.id == selected.id,
            })
            .collect(),
        sold_out: is_sold_out(product),
        tax_note: tax_note(visit, product),
        delivery: delivery(visit, selected, price(&selected.id).amount()),
        refund_days: visit.shop.policies.refund_window_days,
        favourite: is_favourite(platform, visit, product).await?,
    };
    let top = product.categories.first().map(String::as_str).unwrap_or_default();
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (shop, id, who) = (visit.shop.id.clone(), product.id.clone(), visit.signed_in().map(str::to_owned));
    let reviews = platform.store.lookup(move |tx| reviews::read(tx, &shop, &id, who.as_deref())).await?;
    let content = ProductPage { product: view, blocks: blocks::views(shown.blocks), reviews, error };
    Ok(visit.show(status, "storefront/product.html", Place { category: top, query: "" }, &content).into_response())
}

/// Prices are shown with their tax, whichever way the catalogue has them.
fn tax_note(visit: &Visit, product: &Product) -> String {
    let usual = rate(&visit.shop.policies, Some(&visit.shop.country));
    let rate = product.details.tax_basis_points.unwrap_or(usual);
    format!("Including {} VAT, plus delivery", words::percent(i64::from(rate)))
}

/// The first way of delivery to the shop's own country: when it arrives, and what it costs.
fn delivery(visit: &Visit, variant: &Variant, price: i64) -> Option<DeliveryView> {
    if !variant.details.needs_delivery {
        return None;
    }
    let shop = &visit.shop;
    let policies = &shop.policies;
    let country = Some(shop.country.as_str());
    let offers = offers(&policies.delivery, country, price, visit.now, &shop.zone(), &policies.holidays);
    let offer = offers.into_iter().next()?;
    let days = dates::span(&offer.promise.earliest, &offer.promise.latest);
    let money = |amount| words::money(amount, &shop.currency, &shop.locale);
    let method = policies.delivery.iter().find(|method| method.id == offer.id);
    let cost = match (offer.fee, method.and_then(|method| method.free_from)) {
        (0, _) => "Delivery is free".to_owned(),
        (fee, None) => format!("Delivery {}", money(fee)),
        (fee, Some(from)) => format!("Delivery {}, free from {}", money(fee), money(from)),
    };
    Some(DeliveryView { days, cost })
}

async fn is_favourite(platform: &Platform, visit: &Visit, product: &Product) -> Result<bool, Failure> {
    let Some(customer) = visit.signed_in().map(str::to_owned) else { return Ok(false) };
    let id = visit.shop.id.clone();
    let favourites = platform.store.lookup(move |tx| favourites::list(tx, &id, &customer)).await?;
    Ok(favourites.iter().any(|(known, _)| *known == product.id))
}
