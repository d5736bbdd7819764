//! The clock of a demonstration, which can be moved: to a sale's end, to the day points expire.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::api::auth::{Here, Staff};
use crate::api::extract::Json;
use crate::api::problem::{Kind, Problem};
use crate::clock::{DAY, Instant};
use crate::platform::Platform;
use crate::store::audit;

/// The farthest that the clock moves at once.
const FARTHEST: Instant = 3_660 * DAY;

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
    if !platform.demo {
        let detail = "Only the clock of a demonstration can be moved. Start the shop with its demo.";
        return Err(Problem::new(Kind::Conflict, detail));
    }
    if body.advance.unsigned_abs() > FARTHEST.unsigned_abs() {
        return Err(Problem::invalid("/advance", "range", "the clock moves by ten years at most"));
    }
    let (now, details) = (platform.clock.now(), json!({ "advance": body.advance }));
    platform
        .store
        .write(move |tx| audit::write(tx, &shop.id, now, &staff.actor(), "clock.moved", "clock", &details))
        .await?;
    platform.clock.advance(body.advance);
    Ok(view(&platform))
}
