//! What buyers want to send back, for staff.

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::orders::AnyOrderPath;
use crate::api::auth::{Here, Staff};
use crate::api::extract::{Json, Path};
use crate::api::problem::Problem;
use crate::orders::returns::{Return, ReturnAnswer};
use crate::platform::Platform;
use crate::store::orders::{self, returns};

/// List what the buyer of an order wants to send back, the oldest first.
#[utoipa::path(get, path = "/admin/orders/{order}/returns", operation_id = "listOrderReturns", tag = "admin: orders",
    params(AnyOrderPath), responses((status = 200, description = "Every return.", body = [Return])))]
pub(crate) async fn list(
    State(platform): State<Platform>,
    Here(shop): Here,
    Path(path): Path<AnyOrderPath>,
) -> Result<Json<Vec<Return>>, Problem> {
    let read = platform.store.read(move |tx| {
        let order = orders::get(tx, &shop.id, &path.order)?;
        Ok::<_, Problem>(returns::of_order(tx, &shop.id, &order.id)?)
    });
    Ok(Json(read.await?))
}

/// A return of an order.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct ReturnPath {
    /// The order's id.
    #[param(example = "ord_01j9x")]
    order: String,
    /// The return's id.
    #[serde(rename = "return")]
    #[param(example = "ret_01j9x")]
    asked: String,
}

/// Accept a return, or decline it with the reason. The buyer is told by mail. The refund that `settles` it comes later.
#[utoipa::path(put, path = "/admin/orders/{order}/returns/{return}/answer", operation_id = "answerReturn",
    tag = "admin: orders", params(ReturnPath),
    request_body(content = ReturnAnswer, example = json!({ "accept": true, "answer": "Send it to Hauptplatz 1, Graz" })),
    responses((status = 200, description = "The return.", body = Return)))]
pub(crate) async fn answer(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Path(path): Path<ReturnPath>,
    Json(body): Json<ReturnAnswer>,
) -> Result<Json<Return>, Problem> {
    let now = platform.clock.now();
    let answered = platform
        .store
        .write(move |tx| returns::answer(tx, &shop.id, &path.order, &path.asked, &body, &staff.actor(), now))
        .await?;
    Ok(Json(answered))
}
