//! What a shopper wants to send back.

use axum::extract::State;

use super::carts::CartPath;
use super::orders::{OrderPath, of_cart};
use crate::api::auth::{Here, SignedIn};
use crate::api::extract::{Json, Path};
use crate::api::idempotency::Created;
use crate::api::problem::Problem;
use crate::api::visitor::Guest;
use crate::orders::OrderError;
use crate::orders::returns::{NewReturn, Return};
use crate::platform::Platform;
use crate::store::Tx;
use crate::store::orders::{self, returns};

/// The customer's own order of this id.
fn own(tx: &mut Tx<'_>, shop: &str, order: &str, customer: &str) -> Result<String, Problem> {
    let order = orders::get(tx, shop, order)?;
    if order.customer.as_deref() != Some(customer) {
        return Err(OrderError::NotFound.into());
    }
    Ok(order.id)
}

/// List what the customer has asked to send back of an order, the oldest first.
#[utoipa::path(get, path = "/account/orders/{order}/returns", operation_id = "listReturns", tag = "orders",
    params(OrderPath), responses((status = 200, description = "Every return.", body = [Return])))]
pub(crate) async fn list(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
    Path(path): Path<OrderPath>,
) -> Result<Json<Vec<Return>>, Problem> {
    let read = platform.store.read(move |tx| {
        let order = own(tx, &shop.id, &path.order, &who.customer)?;
        Ok::<_, Problem>(returns::of_order(tx, &shop.id, &order)?)
    });
    Ok(Json(read.await?))
}

/// Ask to send units of an order back, within the shop's return window. A refund settles it.
#[utoipa::path(post, path = "/account/orders/{order}/returns", operation_id = "askReturn", tag = "orders",
    params(OrderPath),
    request_body(content = NewReturn, example = json!({
        "lines": [{ "line": "lin_01j9x", "quantity": 1 }], "reason": "Too small"
    })),
    responses((status = 201, description = "The return.", body = Return)))]
pub(crate) async fn ask(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
    Path(path): Path<OrderPath>,
    Json(body): Json<NewReturn>,
) -> Result<Created<Return>, Problem> {
    let now = platform.clock.now();
    let write = platform.store.write(move |tx| {
        let order = own(tx, &shop.id, &path.order, &who.customer)?;
        Ok::<_, Problem>(returns::ask(tx, &shop.id, &order, &body, shop.policies.refund_window_days, now)?)
    });
    Ok(Created(write.await?))
}

/// List what was asked to be sent back of the order that a cart became.
#[utoipa::path(get, path = "/carts/{cart}/order/returns", operation_id = "listCartReturns", tag = "orders",
    params(CartPath), responses((status = 200, description = "Every return, the oldest first.", body = [Return])))]
pub(crate) async fn list_of_a_cart(
    State(platform): State<Platform>,
    Here(shop): Here,
    guest: Guest,
    Path(path): Path<CartPath>,
) -> Result<Json<Vec<Return>>, Problem> {
    let read = platform.store.read(move |tx| {
        let order = of_cart(tx, &shop.id, &path.cart, guest.customer())?;
        Ok::<_, Problem>(returns::of_order(tx, &shop.id, &order.id)?)
    });
    Ok(Json(read.await?))
}

/// Ask to send units back of the order that a cart became. A guest who has the cart's id does it with that.
#[utoipa::path(post, path = "/carts/{cart}/order/returns", operation_id = "askCartReturn", tag = "orders",
    params(CartPath),
    request_body(content = NewReturn, example = json!({
        "lines": [{ "line": "lin_01j9x", "quantity": 1 }], "reason": "Too small"
    })),
    responses((status = 201, description = "The return.", body = Return)))]
pub(crate) async fn ask_of_a_cart(
    State(platform): State<Platform>,
    Here(shop): Here,
    guest: Guest,
    Path(path): Path<CartPath>,
    Json(body): Json<NewReturn>,
) -> Result<Created<Return>, Problem> {
    let now = platform.clock.now();
    let write = platform.store.write(move |tx| {
        let order = of_cart(tx, &shop.id, &path.cart, guest.customer())?;
        Ok::<_, Problem>(returns::ask(tx, &shop.id, &order.id, &body, shop.policies.refund_window_days, now)?)
    });
    Ok(Created(write.await?))
}
