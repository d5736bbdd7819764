//! Orders, for staff.

use axum::extract::State;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::api::auth::{Here, Staff};
use crate::api::extract::{Json, Path, Query};
use crate::api::idempotency::{Created, WriteKey};
use crate::api::page::{Page, PageQuery};
use crate::api::problem::Problem;
use crate::orders::{Order, OrderState, Refund, RefundRequest, manage};
use crate::people::Address;
use crate::platform::Platform;
use crate::store::orders;

/// Which orders.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OrderQuery {
    /// Only those that have come this far.
    #[param(inline)]
    state: Option<OrderState>,
}

/// List orders, the newest first.
#[utoipa::path(get, path = "/admin/orders", operation_id = "listAllOrders", tag = "admin: orders",
    params(OrderQuery, PageQuery),
    responses((status = 200, description = "One page of orders.", body = Page<Order>)))]
pub(crate) async fn list(
    State(platform): State<Platform>,
    Here(shop): Here,
    Query(query): Query<OrderQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Order>>, Problem> {
    let limit = page.limit();
    let listing = orders::Listing { state: query.state, before: page.cursor, limit: limit + 1 };
    let found = platform.store.read(move |tx| orders::list(tx, &shop.id, &listing)).await?;
    Ok(Json(Page::cut(found, limit, |order| order.id.clone())))
}

/// An order.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct AnyOrderPath {
    /// The order's id.
    #[param(example = "ord_01j9x")]
    pub(super) order: String,
}

/// Read one order.
#[utoipa::path(get, path = "/admin/orders/{order}", operation_id = "readAnyOrder", tag = "admin: orders",
    params(AnyOrderPath), responses((status = 200, description = "The order.", body = Order)))]
pub(crate) async fn read(
    State(platform): State<Platform>,
    Here(shop): Here,
    Path(path): Path<AnyOrderPath>,
) -> Result<Json<Order>, Problem> {
    Ok(Json(platform.store.read(move |tx| orders::get(tx, &shop.id, &path.order)).await?))
}

/// What staff say about an order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "fraud_suspected": true }))]
pub(crate) struct OrderChange {
    /// Fraud is suspected, or no longer: the flag `fraud-suspected`, for which extensions give neither points nor accounts.
    fraud_suspected: bool,
}

/// Flag an order that was not sent, or take the flag off. What an extension has done before stays done.
#[utoipa::path(patch, path = "/admin/orders/{order}", operation_id = "changeOrder", tag = "admin: orders",
    params(AnyOrderPath), request_body = OrderChange,
    responses((status = 200, description = "The order.", body = Order)))]
pub(crate) async fn change(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Path(path): Path<AnyOrderPath>,
    Json(body): Json<OrderChange>,
) -> Result<Json<Order>, Problem> {
    let now = platform.clock.now();
    let order = platform
        .store
        .write(move |tx| orders::suspect(tx, &shop.id, &path.order, body.fraud_suspected, &staff.actor(), now))
        .await?;
    Ok(Json(order))
}

/// How the goods were sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "tracking": "https://carrier.example/track/0042" }))]
pub(crate) struct Fulfilment {
    /// The carrier's tracking page or number.
    #[schema(max_length = 500)]
    tracking: Option<String>,
}

/// Note that an order was sent, and tell the buyer.
#[utoipa::path(post, path = "/admin/orders/{order}/fulfil", operation_id = "fulfilOrder", tag = "admin: orders",
    params(AnyOrderPath), request_body = Fulfilment,
    responses((status = 200, description = "The order.", body = Order)))]
pub(crate) async fn fulfil(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Path(path): Path<AnyOrderPath>,
    Json(body): Json<Fulfilment>,
) -> Result<Json<Order>, Problem> {
    if body.tracking.as_deref().is_some_and(|text| text.len() > 500 || text.chars().any(char::is_control)) {
        return Err(Problem::invalid("/tracking", "value", "tracking is one line of at most 500 characters"));
    }
    let now = platform.clock.now();
    let order = platform
        .store
        .write(move |tx| orders::fulfil(tx, &shop.id, &path.order, body.tracking.as_deref(), &staff.actor(), now))
        .await?;
    Ok(Json(order))
}

/// Note that an order arrived.
#[utoipa::path(post, path = "/admin/orders/{order}/deliver", operation_id = "deliverOrder", tag = "admin: orders",
    params(AnyOrderPath), responses((status = 200, description = "The order.", body = Order)))]
pub(crate) async fn deliver(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Path(path): Path<AnyOrderPath>,
) -> Result<Json<Order>, Problem> {
    let now = platform.clock.now();
    let order = platform.store.write(move |tx| orders::deliver(tx, &shop.id, &path.order, &staff.actor(), now)).await?;
    Ok(Json(order))
}

/// Set where an order that was not sent goes.
///
/// What was agreed stays: prices and discounts are not looked at again, and the country, for which the order was priced, is
/// the one it was.
#[utoipa::path(put, path = "/admin/orders/{order}/address", operation_id = "setOrderAddress", tag = "admin: orders",
    params(AnyOrderPath), request_body(content = Address, example = json!({
        "name": "Ann Lee", "line1": "Hauptplatz 2", "postal_code": "8010", "locality": "Graz", "country": "AT"
    })),
    responses((status = 200, description = "The order.", body = Order)))]
pub(crate) async fn set_address(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Path(path): Path<AnyOrderPath>,
    Json(body): Json<Address>,
) -> Result<Json<Order>, Problem> {
    let now = platform.clock.now();
    let write =
        platform.store.write(move |tx| orders::set_address(tx, &shop.id, &path.order, &body, &staff.actor(), now));
    Ok(Json(write.await?))
}

/// A line of an order.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct OrderLinePath {
    /// The order's id.
    #[param(example = "ord_01j9x")]
    order: String,
    /// The line's id.
    #[param(example = "lin_01j9x")]
    line: String,
}

/// How many units of a line are to be sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "quantity": 1, "reason": "One was enough" }))]
pub(crate) struct FewerUnits {
    /// Units, no more than are left; 0 takes the line out.
    #[schema(maximum = 9999)]
    quantity: u32,
    /// Why, for the buyer.
    #[serde(default)]
    #[schema(max_length = 500)]
    reason: String,
}

/// Send fewer units of a line than were ordered, before the order is sent.
///
/// What the others cost in this order is given back, at the price and with the discount that they were bought with, and they
/// go back into stock. The last units of an order are not taken out; cancel it instead.
#[utoipa::path(put, path = "/admin/orders/{order}/lines/{line}", operation_id = "reduceOrderLine",
    tag = "admin: orders", params(OrderLinePath), request_body = FewerUnits,
    responses((status = 200, description = "The order.", body = Order)))]
pub(crate) async fn reduce_line(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    key: WriteKey,
    Path(path): Path<OrderLinePath>,
    Json(body): Json<FewerUnits>,
) -> Result<Json<Order>, Problem> {
    let (now, actor) = (platform.clock.now(), staff.actor());
    let (store, gateway, OrderLinePath { order, line }) = (&platform.store, &*platform.gateway, path);
    let order =
        manage::reduce(store, gateway, &shop.id, &order, line, body.quantity, body.reason, &key.0, &actor, now).await?;
    Ok(Json(order))
}

/// Why an order is called off.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "The buyer ordered twice" }))]
pub(crate) struct Cancellation {
    /// Why, for the buyer.
    #[schema(max_length = 500)]
    reason: String,
}

/// Call an order off that was not sent: its money, stock, points and sale units go back.
#[utoipa::path(post, path = "/admin/orders/{order}/cancel", operation_id = "cancelOrder", tag = "admin: orders",
    params(AnyOrderPath), request_body = Cancellation,
    responses((status = 200, description = "The order.", body = Order)))]
pub(crate) async fn cancel(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Path(path): Path<AnyOrderPath>,
    Json(body): Json<Cancellation>,
) -> Result<Json<Order>, Problem> {
    let now = platform.clock.now();
    let (store, gateway) = (&platform.store, &*platform.gateway);
    let order = manage::cancel(store, gateway, &shop.id, &path.order, &body.reason, &staff.actor(), now).await?;
    Ok(Json(order))
}

/// List what was given back of an order, the first first.
#[utoipa::path(get, path = "/admin/orders/{order}/refunds", operation_id = "listRefunds", tag = "admin: orders",
    params(AnyOrderPath), responses((status = 200, description = "Every refund.", body = [Refund])))]
pub(crate) async fn list_refunds(
    State(platform): State<Platform>,
    Here(shop): Here,
    Path(path): Path<AnyOrderPath>,
) -> Result<Json<Vec<Refund>>, Problem> {
    let refunds = platform
        .store
        .read(move |tx| {
            orders::get(tx, &shop.id, &path.order)?;
            Ok::<_, crate::orders::OrderError>(orders::refunds(tx, &shop.id, &path.order)?)
        })
        .await?;
    Ok(Json(refunds))
}

/// Give money back: by line, units and amount, and for delivery.
///
/// Many small refunds come to exactly what one large one would. What was paid with points comes back as points. While the
/// gateway is away the refund is `pending`, and is finished by itself.
#[utoipa::path(post, path = "/admin/orders/{order}/refunds", operation_id = "refundOrder", tag = "admin: orders",
    params(AnyOrderPath),
    request_body(content = RefundRequest, example = json!({
        "lines": [{ "line": "lin_01j9x", "quantity": 1 }], "delivery": 0, "reason": "Came broken", "restock": false
    })),
    responses(
        (status = 201, description = "The refund.", body = Refund),
    ))]
pub(crate) async fn refund(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    key: WriteKey,
    Path(path): Path<AnyOrderPath>,
    Json(body): Json<RefundRequest>,
) -> Result<Created<Refund>, Problem> {
    let now = platform.clock.now();
    let (store, gateway) = (&platform.store, &*platform.gateway);
    let refund = manage::refund(store, gateway, &shop.id, &path.order, &key.0, body, &staff.actor(), now).await?;
    Ok(Created(refund))
}
