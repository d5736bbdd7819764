//! A shopper's orders.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;

use super::carts::CartPath;
use crate::api::auth::{Here, SignedIn};
use crate::api::extract::{Json, Path};
use crate::api::problem::Problem;
use crate::api::visitor::{Guest, require_own};
use crate::orders::{Order, OrderError};
use crate::people::offer;
use crate::platform::Platform;
use crate::store::{StoreError, Tx, carts, orders};

/// The most orders of a list.
const MOST: u32 = 200;

/// What staff and extensions noted about an order is not for the buyer.
pub(super) fn for_buyer(mut order: Order) -> Order {
    order.flags.clear();
    order
}

/// List the customer's orders, the newest first, at most 200.
#[utoipa::path(get, path = "/account/orders", operation_id = "listOrders", tag = "orders", responses(
    (status = 200, description = "The orders.", body = [Order]),
))]
pub(crate) async fn list(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
) -> Result<Json<Vec<Order>>, Problem> {
    let found = platform.store.read(move |tx| orders::of(tx, &shop.id, &who.customer, MOST)).await?;
    Ok(Json(found.into_iter().map(for_buyer).collect()))
}

/// An order.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct OrderPath {
    /// The order's id.
    #[param(example = "ord_01j9x")]
    pub(super) order: String,
}

/// Read one of the customer's orders.
#[utoipa::path(get, path = "/account/orders/{order}", operation_id = "readOrder", tag = "orders", params(OrderPath),
    responses((status = 200, description = "The order.", body = Order)))]
pub(crate) async fn read(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
    Path(path): Path<OrderPath>,
) -> Result<Json<Order>, Problem> {
    let order = platform.store.read(move |tx| orders::get(tx, &shop.id, &path.order)).await?;
    if order.customer.as_ref() != Some(&who.customer) {
        return Err(OrderError::NotFound.into());
    }
    Ok(Json(for_buyer(order)))
}

/// The order that a cart of this visitor became.
pub(super) fn of_cart(tx: &mut Tx<'_>, shop: &str, cart: &str, customer: Option<&str>) -> Result<Order, Problem> {
    require_own(&carts::get(tx, shop, cart)?, customer)?;
    Ok(orders::by_cart(tx, shop, cart)?.ok_or(OrderError::NotFound)?)
}

/// Read the order that a cart became. A guest who has the cart's id follows the order with it.
#[utoipa::path(get, path = "/carts/{cart}/order", operation_id = "readCartOrder", tag = "orders", params(CartPath),
    responses((status = 200, description = "The order.", body = Order)))]
pub(crate) async fn of_a_cart(
    State(platform): State<Platform>,
    Here(shop): Here,
    guest: Guest,
    Path(path): Path<CartPath>,
) -> Result<Json<Order>, Problem> {
    let order = platform.store.read(move |tx| of_cart(tx, &shop.id, &path.cart, guest.customer())).await?;
    Ok(Json(for_buyer(order)))
}

/// Turn down the account that was offered with an order. Nothing of it is kept.
#[utoipa::path(post, path = "/carts/{cart}/order/refuse-account", operation_id = "refuseAccount", tag = "orders",
    params(CartPath), responses((status = 204, description = "No account is made of this order.")))]
pub(crate) async fn refuse_account(
    State(platform): State<Platform>,
    Here(shop): Here,
    guest: Guest,
    Path(path): Path<CartPath>,
) -> Result<StatusCode, Problem> {
    platform
        .store
        .write(move |tx| {
            let order = of_cart(tx, &shop.id, &path.cart, guest.customer())?;
            offer::refuse(tx, &shop.id, &order.id).map_err(|error: StoreError| Problem::from(error))
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
