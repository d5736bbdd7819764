//! What the merchant has set for the whole shop.

use axum::extract::State;

use crate::api::auth::{Here, Staff};
use crate::api::extract::{Exact, Json};
use crate::api::problem::Problem;
use crate::platform::Platform;
use crate::shops::{Policies, Shop};
use crate::store::shops;

/// Read what is set for the whole shop.
#[utoipa::path(get, path = "/admin/policies", operation_id = "readPolicies", tag = "admin: operations", responses(
    (status = 200, description = "The policies in force.", body = Policies),
))]
pub(crate) async fn read(Here(shop): Here) -> Json<Policies> {
    Json(Shop::clone(&shop).policies)
}

/// Set what holds for the whole shop. What is absent gets its default.
#[utoipa::path(put, path = "/admin/policies", operation_id = "setPolicies", tag = "admin: operations",
    request_body(content = Policies, example = json!({ "refund_window_days": 14, "prices_include_tax": true })),
    responses((status = 200, description = "The policies, in force from the next request on.", body = Policies)))]
pub(crate) async fn set(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Exact(body): Exact<Policies>,
) -> Result<Json<Policies>, Problem> {
    let now = platform.clock.now();
    let changed = platform.store.write(move |tx| shops::set_policies(tx, &shop.id, now, &staff.actor(), body)).await?;
    Ok(Json(changed.policies))
}
