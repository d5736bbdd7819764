//! Events that extensions have not taken yet, those that failed too often, and scheduled work that fails.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::{Here, Staff};
use crate::api::extract::{Json, Path};
use crate::api::problem::{Kind, Problem};
use crate::platform::Platform;
use crate::store::events::{self, OpenDelivery};
use crate::store::ticks::{self, FailedTick};

/// The most deliveries of a list.
const MOST: u32 = 200;

/// List events that are not delivered yet, those that failed too often first, at most 200.
#[utoipa::path(get, path = "/admin/deliveries", operation_id = "listDeliveries", tag = "admin: operations", responses(
    (status = 200, description = "Deliveries that are not done.", body = [OpenDelivery]),
))]
pub(crate) async fn list(
    State(platform): State<Platform>,
    Here(shop): Here,
) -> Result<Json<Vec<OpenDelivery>>, Problem> {
    Ok(Json(platform.store.read(move |tx| events::open(tx, &shop.id, MOST)).await?))
}

/// List scheduled work of extensions that failed and is tried again by itself.
#[utoipa::path(get, path = "/admin/ticks", operation_id = "listFailedTicks", tag = "admin: operations", responses(
    (status = 200, description = "Ticks whose latest page failed.", body = [FailedTick]),
))]
pub(crate) async fn failed_ticks(
    State(platform): State<Platform>,
    Here(shop): Here,
) -> Result<Json<Vec<FailedTick>>, Problem> {
    Ok(Json(platform.store.read(move |tx| ticks::failed(tx, &shop.id)).await?))
}

/// A delivery.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct DeliveryPath {
    /// The extension's id.
    #[param(example = "loyalty-points")]
    extension: String,
    /// The event's id.
    #[param(example = "evt_01j9x")]
    event: String,
}

/// Try a delivery again that failed too often.
#[utoipa::path(post, path = "/admin/deliveries/{extension}/{event}/retry", operation_id = "retryDelivery",
    tag = "admin: operations", params(DeliveryPath),
    responses((status = 204, description = "It is tried again.")))]
pub(crate) async fn retry(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Path(path): Path<DeliveryPath>,
) -> Result<StatusCode, Problem> {
    let now = platform.clock.now();
    let was_dead = platform
        .store
        .write(move |tx| events::retry(tx, &shop.id, &path.extension, &path.event, &staff.actor(), now))
        .await?;
    dead(was_dead)
}

/// Give a delivery up that failed too often, so that those behind it go on.
#[utoipa::path(delete, path = "/admin/deliveries/{extension}/{event}", operation_id = "discardDelivery",
    tag = "admin: operations", params(DeliveryPath),
    responses((status = 204, description = "The extension never hears of this event.")))]
pub(crate) async fn discard(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Path(path): Path<DeliveryPath>,
) -> Result<StatusCode, Problem> {
    let now = platform.clock.now();
    let was_dead = platform
        .store
        .write(move |tx| events::discard(tx, &shop.id, &path.extension, &path.event, &staff.actor(), now))
        .await?;
    dead(was_dead)
}

fn dead(was_dead: bool) -> Result<StatusCode, Problem> {
    if was_dead {
        return Ok(StatusCode::NO_CONTENT);
    }
    let detail = "No delivery of this event to this extension has failed too often. Read the list of deliveries again.";
    Err(Problem::new(Kind::NotFound, detail))
}
