//! The cart.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;

use super::product;
use crate::cart::Cart;
use crate::catalogue::{Attributes, Product};
use crate::platform::Platform;
use crate::pricing::coupons::EnteredCode;
use crate::pricing::shown::Subject;
use crate::store::carts::{self, CartChangeError};
use crate::store::{StoreError, Tx, catalogue};
use crate::web::failure::{Failure, sentence};
use crate::web::layout::Place;
use crate::web::posted::{Posted, local};
use crate::web::views::blocks::{self, BlockView};
use crate::web::views::totals::{LineView, TotalsView, cart_lines};
use crate::web::visit::Visit;

#[derive(Serialize)]
struct CartPage {
    lines: Vec<LineView>,
    totals: TotalsView,
    codes: Vec<CodeView>,
    blocks: Vec<BlockView>,
    /// Nothing keeps it from being ordered.
    can_check_out: bool,
    refund_days: u32,
    error: Option<String>,
}

#[derive(Serialize)]
struct CodeView {
    code: String,
    message: String,
    counts: bool,
}

impl CodeView {
    fn new(entered: EnteredCode) -> Self {
        Self { counts: entered.state.counts(), code: entered.code, message: entered.message }
    }
}

pub(super) async fn show(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
) -> Result<Response, Failure> {
    page(&platform, &visit, None).await
}

async fn page(platform: &Platform, visit: &Visit, error: Option<String>) -> Result<Response, Failure> {
    let mut content = CartPage {
        lines: Vec::new(),
        totals: TotalsView::default(),
        codes: Vec::new(),
        blocks: Vec::new(),
        can_check_out: false,
        refund_days: visit.shop.policies.refund_window_days,
        error,
    };
    if let Some(cart) = visit.cart.as_ref().filter(|cart| !cart.lines.is_empty()) {
        let priced = platform.price(&visit.shop, &cart.id, visit.now).await?;
        let subject = Subject {
            kind: "cart",
            slots: &["cart-summary"],
            customer: visit.signed_in(),
            cart: Some(&priced),
            ..Subject::default()
        };
        let shown = platform.show(&visit.shop, &[], &subject, visit.now).await?;
        content.blocks = blocks::views(shown.blocks);
        content.lines = cart_lines(&priced);
        content.totals = TotalsView::of_cart(&priced);
        content.codes = priced.codes.into_iter().map(CodeView::new).collect();
        content.can_check_out = priced.snapshot.gone.is_empty() && priced.snapshot.short.is_empty();
    }
    let status = if content.error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(visit.show(status, "storefront/cart.html", Place::default(), &content))
}

/// Puts a variant into the cart, and makes a cart if there is none.
pub(super) async fn add(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Failure> {
    let variant = posted.text("variant").to_owned();
    let quantity = posted.number("quantity").unwrap_or(1);
    let (shop, now, id) = (visit.shop.id.clone(), visit.now, variant.clone());
    let (known, customer) = (visit.cart.as_ref().map(|cart| cart.id.clone()), visit.signed_in().map(str::to_owned));
    let added = platform
        .store
        .write(move |tx| {
            let cart = own_cart(tx, &shop, now, known, customer.as_deref())?;
            carts::add(tx, &shop, now, &cart, &id, quantity, &Attributes::new())
        })
        .await;
    match added {
        Ok(cart) => Ok((visit.cookies().cart(&cart.id), Redirect::to("/cart")).into_response()),
        Err(CartChangeError::Store(error)) => Err(error.into()),
        Err(CartChangeError::Cart(error)) => {
            let product = product_of(&platform, &visit, &variant).await?.ok_or(Failure::NotFound)?;
            product::page(&platform, &visit, &product, &variant, Some(sentence(&error.to_string()))).await
        }
    }
}

/// The visitor's cart, made now if there is none.
pub(super) fn own_cart(
    tx: &mut Tx<'_>,
    shop: &str,
    now: crate::clock::Instant,
    known: Option<String>,
    customer: Option<&str>,
) -> Result<String, StoreError> {
    match known {
        Some(id) => Ok(id),
        None => carts::create(tx, shop, now, customer).map(|cart| cart.id),
    }
}

async fn product_of(platform: &Platform, visit: &Visit, variant: &str) -> Result<Option<Product>, StoreError> {
    let (shop, variant) = (visit.shop.id.clone(), variant.to_owned());
    let found = platform.store.lookup(move |tx| catalogue::by_variant(tx, &shop, &variant)).await?;
    Ok(found.filter(Product::is_on_sale))
}

/// Changes how many of a line are wanted, or takes it out.
pub(super) async fn change(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Path(line): Path<String>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Failure> {
    let quantity = if posted.ticked("remove") { Some(0) } else { posted.number::<u32>("quantity") };
    let Some(quantity) = quantity else {
        return page(&platform, &visit, Some("Enter how many you want as a whole number.".into())).await;
    };
    edit(&platform, &visit, move |tx, shop, now, cart| carts::set_quantity(tx, shop, now, cart, &line, quantity)).await
}

/// Enters a code, or takes one out.
pub(super) async fn codes(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Failure> {
    edit(&platform, &visit, move |tx, shop, now, cart| match posted.given("remove") {
        Some(code) => carts::remove_code(tx, shop, now, cart, code),
        None => carts::add_code(tx, shop, now, cart, posted.text("code")),
    })
    .await
}

/// Keeps what a form of an extension sent.
pub(super) async fn attributes(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Failure> {
    let changes = of_extensions(&platform, &visit, &posted).await?;
    let back = local(posted.text("back")).to_owned();
    let answer =
        edit(&platform, &visit, move |tx, shop, now, cart| carts::set_attributes(tx, shop, now, cart, &changes))
            .await?;
    Ok(if answer.status().is_redirection() { Redirect::to(&back).into_response() } else { answer })
}

/// The attributes that a form holds: only those of extensions that the shop has switched on.
pub(super) async fn of_extensions(
    platform: &Platform,
    visit: &Visit,
    posted: &Posted,
) -> Result<Attributes, StoreError> {
    let enabled = platform.extensions.of(&visit.shop.id).await?;
    let is_known = |key: &str| {
        enabled.installations.iter().any(|installation| {
            let id: &str = installation.extension().id();
            key.strip_prefix(id).is_some_and(|rest| rest.len() > 1 && rest.starts_with('.'))
        })
    };
    let sent = posted.below("attribute:").filter(|(key, _)| is_known(key));
    Ok(sent.map(|(key, value)| (key.to_owned(), value.to_owned())).collect())
}

/// Changes the visitor's cart, and shows it with what kept it from being changed.
async fn edit(
    platform: &Platform,
    visit: &Visit,
    work: impl FnOnce(&mut Tx<'_>, &str, crate::clock::Instant, &str) -> Result<Cart, CartChangeError> + Send + 'static,
) -> Result<Response, Failure> {
    let Some(cart) = visit.cart.as_ref().map(|cart| cart.id.clone()) else {
        return Ok(Redirect::to("/cart").into_response());
    };
    let (shop, now) = (visit.shop.id.clone(), visit.now);
    match platform.store.write(move |tx| work(tx, &shop, now, &cart)).await {
        Ok(_) => Ok(Redirect::to("/cart").into_response()),
        Err(CartChangeError::Cart(error)) => page(platform, visit, Some(sentence(&error.to_string()))).await,
        Err(CartChangeError::Store(error)) => Err(error.into()),
    }
}
