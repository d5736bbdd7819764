//! An order, for whoever bought it: in the browser that placed it, or signed in.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;

use super::cart::own_cart;
use super::returns::{ReturnTrouble, Returns};
use crate::catalogue::{Attributes, Product};
use crate::clock::Instant;
use crate::money::Money;
use crate::orders::refund::RefundState;
use crate::orders::returns::{self, Return};
use crate::orders::{Order, OrderState, Refund};
use crate::people::offer;
use crate::platform::Platform;
use crate::pricing::shown::Subject;
use crate::store::carts::{self, CartChangeError};
use crate::store::offers::{self, OfferState};
use crate::store::{StoreError, Tx, catalogue, contacts, orders};
use crate::web::failure::Failure;
use crate::web::layout::Place;
use crate::web::views::blocks::{self, BlockView};
use crate::web::views::dates;
use crate::web::views::people::{brand, envelope};
use crate::web::views::totals::{LineView, TotalsView, order_lines};
use crate::web::visit::Visit;

#[derive(Serialize)]
struct OrderPage {
    order: OrderView,
    lines: Vec<LineView>,
    totals: TotalsView,
    refunds: Vec<RefundView>,
    returns: Returns,
    blocks: Vec<BlockView>,
    /// How an account was offered, if nobody has answered yet.
    offer: Option<&'static str>,
    /// It was placed by a guest, so an offer may still be on its way.
    guest: bool,
    email: Option<String>,
    reply_to: Option<String>,
}

#[derive(Serialize)]
struct OrderView {
    id: String,
    number: String,
    headline: &'static str,
    steps: Vec<Step>,
    placed_at: Instant,
    promise: Option<String>,
    address: Vec<String>,
    payment: Option<String>,
    returns_until: Option<Instant>,
    can_return: bool,
}

#[derive(Serialize)]
struct Step {
    label: &'static str,
    at: Option<Instant>,
}

#[derive(Serialize)]
struct RefundView {
    amount: Money,
    at: Instant,
    pending: bool,
}

/// One of the two pages of an order.
struct Kind {
    kind: &'static str,
    slots: &'static [&'static str],
    template: &'static str,
}

const ORDER: Kind = Kind { kind: "order", slots: &[], template: "storefront/order.html" };
const THANK_YOU: Kind = Kind { kind: "thank-you", slots: &["thank-you"], template: "storefront/thank-you.html" };

/// What is read of an order at once.
struct Found {
    order: Order,
    products: Vec<Product>,
    refunds: Vec<Refund>,
    returns: Vec<Return>,
    offer: Option<&'static str>,
    email: Option<String>,
}

/// The order, if this visitor may see it. For everybody else there is none.
pub(super) fn find(tx: &mut Tx<'_>, visit: &Visit, id: &str) -> Result<Option<Order>, StoreError> {
    let order = orders::find(tx, &visit.shop.id, id)?;
    let is_theirs = |order: &Order| {
        visit.jar.ordered.contains(&order.cart)
            || (order.customer.is_some() && order.customer.as_deref() == visit.signed_in())
    };
    Ok(order.filter(is_theirs))
}

async fn read(platform: &Platform, visit: &Arc<Visit>, id: String) -> Result<Found, Failure> {
    let seen = Arc::clone(visit);
    let found = platform
        .store
        .read(move |tx| -> Result<_, StoreError> {
            let Some(order) = find(tx, &seen, &id)? else { return Ok(None) };
            let shop = &seen.shop.id;
            let wanted: Vec<_> = order.lines.iter().map(|line| line.product.as_str()).collect();
            let products = catalogue::products(tx, shop, &wanted)?;
            let refunds = orders::refunds(tx, shop, &order.id)?;
            let returns = orders::returns::of_order(tx, shop, &order.id)?;
            let offer = offers::of_order(tx, shop, &order.id)?.filter(|offer| offer.state == OfferState::Offered);
            let offer = offer.map(|offer| if offer.automatic { "automatic" } else { "invitation" });
            let email = contacts::get(tx, shop, &order.contact)?.map(|contact| contact.email);
            Ok(Some(Found { order, products, refunds, returns, offer, email }))
        })
        .await?;
    match found {
        Some(found) => Ok(found),
        // The same for an order of somebody else and for none at all.
        None if visit.signed_in().is_none() => Err(Failure::SignIn(visit.path.clone())),
        None => Err(Failure::NotFound),
    }
}

pub(super) async fn show(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    page(&platform, &visit, id, &ORDER, None).await
}

/// The order once more, with what is in the way of sending something back.
pub(super) async fn show_again(
    platform: &Platform,
    visit: &Arc<Visit>,
    id: String,
    trouble: ReturnTrouble,
) -> Result<Response, Failure> {
    page(platform, visit, id, &ORDER, Some(trouble)).await
}

pub(super) async fn thank_you(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    page(&platform, &visit, id, &THANK_YOU, None).await
}

async fn page(
    platform: &Platform,
    visit: &Arc<Visit>,
    id: String,
    kind: &Kind,
    trouble: Option<ReturnTrouble>,
) -> Result<Response, Failure> {
    let Found { order, products, refunds, returns, offer, email } = read(platform, visit, id).await?;
    let &Kind { kind, slots, template } = kind;
    let subject = Subject { kind, slots, customer: visit.signed_in(), order: Some(&order.id), ..Subject::default() };
    let shown = platform.show(&visit.shop, &[], &subject, visit.now).await?;
    let given_back = refunds.iter().filter(|refund| refund.state != RefundState::Failed);
    let status = if trouble.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let content = OrderPage {
        returns: Returns::of(visit, &order, &products, &returns, trouble),
        lines: order_lines(&order, &products),
        totals: TotalsView::of_order(&order),
        refunds: given_back
            .map(|refund| RefundView {
                amount: refund.amount,
                at: refund.at,
                pending: refund.state == RefundState::Pending,
            })
            .collect(),
        blocks: blocks::views(shown.blocks),
        offer,
        guest: order.customer.is_none(),
        email,
        reply_to: visit.shop.policies.reply_to.clone(),
        order: view(visit, &order),
    };
    Ok(visit.show(status, template, Place::default(), &content))
}

fn view(visit: &Visit, order: &Order) -> OrderView {
    let returns_until = returns_until(visit, order);
    let promise = order.delivery.promise.as_ref().map(|(earliest, latest)| dates::span(earliest, latest));
    let mut steps = vec![
        Step { label: "Ordered", at: Some(order.placed_at) },
        Step { label: "Paid", at: order.paid_at },
        Step { label: "Sent", at: order.fulfilled_at },
        Step { label: "Delivered", at: order.delivered_at },
    ];
    if order.cancelled_at.is_some() {
        steps.retain(|step| step.at.is_some());
        steps.push(Step { label: "Cancelled", at: order.cancelled_at });
    }
    OrderView {
        id: order.id.clone(),
        number: order.number.clone(),
        headline: headline(order.state),
        steps,
        placed_at: order.placed_at,
        promise: promise.filter(|_| order.delivered_at.is_none() && order.cancelled_at.is_none()),
        address: order.shipping.as_ref().map(envelope).unwrap_or_default(),
        payment: order.payment.as_ref().map(|card| format!("{} ending in {}", brand(&card.brand), card.last4)),
        can_return: returns_until.is_some_and(|until| visit.now < until),
        returns_until,
    }
}

/// Until when an order can be sent back. None while it has not arrived, and where nothing is left of it.
pub(in crate::web) fn returns_until(visit: &Visit, order: &Order) -> Option<Instant> {
    returns::until(order, visit.shop.policies.refund_window_days)
}

/// How far an order has come, in words.
pub(in crate::web) fn headline(state: OrderState) -> &'static str {
    match state {
        OrderState::Placed => "We have your order",
        OrderState::Paid => "We are packing it",
        OrderState::Fulfilled => "It is on its way",
        OrderState::Delivered => "It has arrived",
        OrderState::Cancelled => "It was cancelled",
    }
}

/// "Don't keep it": no account is made of this order.
pub(super) async fn refuse_account(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let page = format!("/orders/{id}/thank-you");
    let refused = platform
        .store
        .write(move |tx| -> Result<_, StoreError> {
            let Some(order) = find(tx, &visit, &id)? else { return Ok(false) };
            offer::refuse(tx, &visit.shop.id, &order.id)?;
            Ok(true)
        })
        .await?;
    if refused { Ok(Redirect::to(&page).into_response()) } else { Err(Failure::NotFound) }
}

/// Puts what was bought into the cart once more, as far as it can still be had.
pub(super) async fn buy_again(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let cookies = visit.cookies();
    let cart = platform
        .store
        .write(move |tx| -> Result<_, StoreError> {
            let Some(order) = find(tx, &visit, &id)? else { return Ok(None) };
            let (shop, now) = (visit.shop.id.as_str(), visit.now);
            let known = visit.cart.as_ref().map(|cart| cart.id.clone());
            let cart = own_cart(tx, shop, now, known, visit.signed_in())?;
            for line in &order.lines {
                match carts::add(tx, shop, now, &cart, &line.variant, line.quantity, &Attributes::new()) {
                    // What cannot be had any more is left out.
                    Ok(_) | Err(CartChangeError::Cart(_)) => {}
                    Err(CartChangeError::Store(error)) => return Err(error),
                }
            }
            Ok(Some(cart))
        })
        .await?
        .ok_or(Failure::NotFound)?;
    Ok((cookies.cart(&cart), Redirect::to("/cart")).into_response())
}
