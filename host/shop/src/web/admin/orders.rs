//! Orders: the list, one of them, and what is done with it.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use serde::{Deserialize, Serialize};

use super::desk::Desk;
use super::failure::Failure;
use super::layout::done;
use super::returns::{ReturnView, view, wanted_back};
use super::sent::Sent;
use super::units;
use crate::clock::Instant;
use crate::money::Money;
use crate::orders::refund::{LineRequest, RefundState};
use crate::orders::{Order, OrderError, OrderLine, OrderState, Refund, RefundRequest, manage};
use crate::people::Address;
use crate::platform::Platform;
use crate::secrets::new_token;
use crate::store::{catalogue, contacts, orders};
use crate::web::pictures::Image;
use crate::web::views::people::envelope;
use crate::web::views::totals::TotalsView;
use crate::words::minor_digits;

/// Orders of a page.
const PAGE: u32 = 50;
/// The longest word on how goods were sent.
const LONGEST_TRACKING: usize = 500;

pub(super) fn routes() -> Router<Platform> {
    Router::new()
        .route("/admin/orders", get(list))
        .route("/admin/orders/{order}", get(show))
        .route("/admin/orders/{order}/refund", post(refund))
        .route("/admin/orders/{order}/address", post(set_address))
        .route("/admin/orders/{order}/returns/{return}", post(super::returns::answer))
        .route("/admin/orders/{order}/fulfil", post(fulfil))
        .route("/admin/orders/{order}/deliver", post(deliver))
        .route("/admin/orders/{order}/cancel", post(cancel))
        .route("/admin/orders/{order}/flag", post(flag))
}

/// A line of a list of orders.
#[derive(Debug, Serialize)]
pub(super) struct OrderRow {
    id: String,
    number: String,
    placed_at: Instant,
    who: String,
    returning: bool,
    state: OrderState,
    total: Money,
    refunded: Money,
    flags: Vec<String>,
}

/// Orders as lines of a list.
pub(super) fn rows(orders: Vec<Order>) -> Vec<OrderRow> {
    let row = |order: Order| OrderRow {
        who: order.shipping.map_or_else(|| "No delivery".to_owned(), |address| address.name),
        returning: !order.flags.iter().any(|flag| flag == "first-order"),
        id: order.id,
        number: order.number,
        placed_at: order.placed_at,
        state: order.state,
        total: order.total,
        refunded: order.refunded,
        flags: order.flags,
    };
    orders.into_iter().map(row).collect()
}

/// Which orders.
#[derive(Deserialize)]
struct Wanted {
    state: Option<OrderState>,
    before: Option<String>,
}

#[derive(Serialize)]
struct List {
    state: Option<OrderState>,
    states: [OrderState; 5],
    orders: Vec<OrderRow>,
    /// The order to go on from.
    next: Option<String>,
}

async fn list(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let shop = desk.shop.id.clone();
    let listing = orders::Listing { state: wanted.state, before: wanted.before, limit: PAGE + 1 };
    let mut found = platform.store.read(move |tx| orders::list(tx, &shop, &listing)).await?;
    let more = found.len() > PAGE as usize;
    found.truncate(PAGE as usize);
    let next = found.last().filter(|_| more).map(|order| order.id.clone());
    use OrderState::{Cancelled, Delivered, Fulfilled, Paid, Placed};
    let states = [Placed, Paid, Fulfilled, Delivered, Cancelled];
    Ok(desk.page("admin/orders.html", &List { state: wanted.state, states, orders: rows(found), next }))
}

#[derive(Serialize)]
struct OrderPage {
    order: Order,
    email: Option<String>,
    lines: Vec<Line>,
    totals: TotalsView,
    /// What is left to be given back of the delivery.
    delivery_left: Money,
    can_refund: bool,
    suspected: bool,
    refunds: Vec<Refund>,
    returns: Vec<ReturnView>,
    /// The return that the form for a refund is filled in for.
    settles: Option<ReturnView>,
    address: Vec<String>,
    /// New for every page, so that a form sent twice gives back once.
    key: String,
}

/// A line with what can still be given back of it.
#[derive(Serialize)]
struct Line {
    id: String,
    /// The product, if it is still in the catalogue.
    product: Option<String>,
    picture: Image,
    title: String,
    quantity: u32,
    total: Money,
    refunded: Money,
    labels: Vec<String>,
    units_left: u32,
    left: Money,
    /// Units that the refund is filled in with.
    wanted: u32,
}

async fn show(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let shop = desk.shop.id.clone();
    let read = platform.store.read(move |tx| -> Result<_, OrderError> {
        let order = orders::get(tx, &shop, &id)?;
        let contact = contacts::get(tx, &shop, &order.contact)?;
        let bought: Vec<&str> = order.lines.iter().map(|line| line.product.as_str()).collect();
        let products = catalogue::products(tx, &shop, &bought)?;
        let returns = orders::returns::of_order(tx, &shop, &id)?;
        Ok((orders::refunds(tx, &shop, &id)?, returns, contact.map(|contact| contact.email), products, order))
    });
    let (refunds, returns, email, products, order) = read.await?;
    let settles = wanted_back(&returns);
    let known = |line: &OrderLine| products.iter().find(|product| product.id == line.product);
    let line = |line: &OrderLine| Line {
        id: line.id.clone(),
        product: known(line).map(|product| product.id.clone()),
        picture: known(line).map_or_else(Image::none, |one| Image::of(one, one.variant(&line.variant))),
        title: line.title.clone(),
        quantity: line.quantity,
        total: line.total,
        refunded: line.refunded,
        labels: order
            .adjustments
            .iter()
            .filter(|adjustment| adjustment.line.as_deref() == Some(&line.id))
            .map(|adjustment| adjustment.label.clone())
            .collect(),
        units_left: line.quantity.saturating_sub(line.returned),
        left: line.total - line.refunded,
        wanted: settles.map_or(0, |one| {
            one.lines.iter().filter(|wanted| wanted.line == line.id).map(|wanted| wanted.quantity).sum()
        }),
    };
    let lines: Vec<Line> = order.lines.iter().map(line).collect();
    let delivery_left = order.delivery.total - order.delivery.refunded;
    let is_paid = !matches!(order.state, OrderState::Placed | OrderState::Cancelled);
    let page = OrderPage {
        suspected: order.flags.iter().any(|flag| flag == orders::SUSPECTED),
        can_refund: is_paid && (delivery_left > 0 || lines.iter().any(|line| line.left > 0)),
        address: order.shipping.as_ref().map(envelope).unwrap_or_default(),
        totals: TotalsView::of_order(&order),
        delivery_left,
        lines,
        refunds,
        settles: settles.map(|one| view(&order, one)),
        returns: returns.iter().map(|one| view(&order, one)).collect(),
        email,
        order,
        key: new_token(),
    };
    Ok(desk.page("admin/order.html", &page))
}

async fn refund(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Extension(sent): Extension<Sent>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let request = wanted(&sent, minor_digits(&desk.shop.currency))?;
    let (store, gateway, key) = (&platform.store, &*platform.gateway, sent.text("key"));
    let made = manage::refund(store, gateway, &desk.shop.id, &id, key, request, &desk.actor(), desk.now).await?;
    Ok(done(&page_of(&id), if made.state == RefundState::Pending { "pending" } else { "refunded" }))
}

/// What a form asks to be given back.
fn wanted(sent: &Sent, digits: u32) -> Result<RefundRequest, Failure> {
    let amount = |text: &str, what: &str| match text.trim() {
        "" => Ok(None),
        text => units::read(text, digits)
            .map(Some)
            .ok_or_else(|| Failure::Refused(format!("{text:?} is no amount for {what}; enter one such as 12.50"))),
    };
    let mut lines = Vec::new();
    for (line, units) in sent.below("units.") {
        let quantity = match units.trim() {
            "" => 0,
            units => units.parse().map_err(|_| {
                Failure::Refused(format!("{units:?} is no number of units; enter a whole number such as 1"))
            })?,
        };
        let amount = amount(sent.text(&format!("amount.{line}")), "a line")?;
        if quantity > 0 || amount.is_some_and(|amount| amount != 0) {
            lines.push(LineRequest { line: line.to_owned(), quantity, amount });
        }
    }
    Ok(RefundRequest {
        lines,
        delivery: amount(sent.text("delivery"), "delivery")?.unwrap_or(0),
        reason: sent.text("reason").to_owned(),
        restock: sent.given("restock").is_some(),
        settles: sent.given("settles").filter(|id| !id.is_empty()).map(str::to_owned),
    })
}

/// Sets where the order goes; the country, which its price is for, stays.
async fn set_address(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Extension(sent): Extension<Sent>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let field = |name: &str| sent.text(name).to_owned();
    let address = Address {
        name: field("name"),
        organization: field("organization"),
        line1: field("line1"),
        line2: field("line2"),
        dependent_locality: field("dependent_locality"),
        locality: field("locality"),
        region: field("region"),
        postal_code: field("postal_code"),
        sorting_code: field("sorting_code"),
        country: field("country"),
        phone: field("phone"),
    };
    let (shop, order, actor, now) = (desk.shop.id.clone(), id.clone(), desk.actor(), desk.now);
    platform.store.write(move |tx| orders::set_address(tx, &shop, &order, &address, &actor, now)).await?;
    Ok(done(&page_of(&id), "readdressed"))
}

async fn fulfil(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Extension(sent): Extension<Sent>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let tracking = Some(sent.text("tracking")).filter(|text| !text.is_empty()).map(str::to_owned);
    if tracking.as_deref().is_some_and(|text| text.len() > LONGEST_TRACKING || text.chars().any(char::is_control)) {
        return Err(Failure::Refused("tracking is one line of at most 500 characters".into()));
    }
    let (shop, order, actor, now) = (desk.shop.id.clone(), id.clone(), desk.actor(), desk.now);
    platform.store.write(move |tx| orders::fulfil(tx, &shop, &order, tracking.as_deref(), &actor, now)).await?;
    Ok(done(&page_of(&id), "fulfilled"))
}

async fn deliver(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let (shop, order, actor, now) = (desk.shop.id.clone(), id.clone(), desk.actor(), desk.now);
    platform.store.write(move |tx| orders::deliver(tx, &shop, &order, &actor, now)).await?;
    Ok(done(&page_of(&id), "delivered"))
}

async fn cancel(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Extension(sent): Extension<Sent>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let (store, gateway, reason) = (&platform.store, &*platform.gateway, sent.text("reason"));
    manage::cancel(store, gateway, &desk.shop.id, &id, reason, &desk.actor(), desk.now).await?;
    Ok(done(&page_of(&id), "cancelled"))
}

/// Notes that fraud is suspected, or no longer.
async fn flag(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Extension(sent): Extension<Sent>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let suspected = sent.text("suspected") == "true";
    let (shop, actor, now, order) = (desk.shop.id.clone(), desk.actor(), desk.now, id.clone());
    platform.store.write(move |tx| orders::suspect(tx, &shop, &order, suspected, &actor, now)).await?;
    Ok(done(&page_of(&id), if suspected { "flagged" } else { "unflagged" }))
}

/// The page of an order.
pub(super) fn page_of(order: &str) -> String {
    format!("/admin/orders/{order}")
}
