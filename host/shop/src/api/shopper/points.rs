//! A customer's points.

use axum::extract::State;

use crate::api::auth::{Here, SignedIn};
use crate::api::extract::{Json, Query};
use crate::api::page::{Page, PageQuery};
use crate::api::points::{self, PointsView};
use crate::api::problem::Problem;
use crate::ledger::HistoryEntry;
use crate::platform::Platform;

/// Read what the customer's points come to.
#[utoipa::path(get, path = "/account/points", operation_id = "readPoints", tag = "account", responses(
    (status = 200, description = "The balance, with the lots behind it.", body = PointsView),
))]
pub(crate) async fn read(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
) -> Result<Json<PointsView>, Problem> {
    let now = platform.clock.now();
    Ok(Json(platform.store.read(move |tx| points::view(tx, &shop.id, &who.customer, now)).await?))
}

/// List what happened to the customer's points, the newest first.
#[utoipa::path(get, path = "/account/points/history", operation_id = "listPointsHistory", tag = "account",
    params(PageQuery),
    responses((status = 200, description = "One page of entries, each with its reason.", body = Page<HistoryEntry>)))]
pub(crate) async fn history(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<HistoryEntry>>, Problem> {
    Ok(Json(platform.store.read(move |tx| points::history(tx, &shop.id, &who.customer, &page)).await?))
}
