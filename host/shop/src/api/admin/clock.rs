//! The clock of a demonstration, which can be moved: to a sale's end, to the day points expire.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::auth::{Here, Staff};
use crate::api::extract::Json;
use crate::api::problem::{Kind, Problem};
use crate::clock::Instant;
use crate::platform::{ClockError, Platform};

/// What time it is in the shop.
#[derive(Serialize, ToSchema)]
pub(crate) struct ClockView {
    /// The instant.
    now: Instant,
    /// How far the clock was moved from the real time, in milliseconds.
    offset: Instant,
    /// Whether it can be moved: in a demonstration only.
    movable: bool,
}

fn view(platform: &Platform) -> Json<ClockView> {
    Json(ClockView { now: platform.clock.now(), offset: platform.clock.offset(), movable: platform.demo })
}

/// Read what time it is in the shop.
#[utoipa::path(get, path = "/admin/clock", operation_id = "readClock", tag = "admin: operations", responses(
    (status = 200, description = "The time.", body = ClockView),
))]
pub(crate) async fn read(State(platform): State<Platform>) -> Json<ClockView> {
    view(&platform)
}

/// How far to move the clock.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "advance": 86_400_000 }))]
pub(crate) struct ClockMove {
    /// Milliseconds, backwards if below zero; at most ten years.
    advance: Instant,
}

/// Move the clock of a demonstration, for every shop in it.
#[utoipa::path(post, path = "/admin/clock", operation_id = "moveClock", tag = "admin: operations",
    request_body = ClockMove, responses((status = 200, description = "The time it is now.", body = ClockView)))]
pub(crate) async fn advance(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Json(body): Json<ClockMove>,
) -> Result<Json<ClockView>, Problem> {
    match platform.advance_demo(&shop, &staff.actor(), body.advance).await {
        Ok(_) => {}
        Err(error @ ClockError::NoDemo) => return Err(Problem::new(Kind::Conflict, error.to_string())),
        Err(error @ ClockError::TooFar) => return Err(Problem::invalid("/advance", "range", error.to_string())),
        Err(ClockError::Store(error)) => return Err(error.into()),
    }
    Ok(view(&platform))
}
