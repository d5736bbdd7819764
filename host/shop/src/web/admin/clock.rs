//! The clock of a demonstration: to a sale's end, to the day points lapse.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;

use super::desk::Desk;
use super::failure::Failure;
use super::sent::Sent;
use crate::clock::{DAY, HOUR, Instant, MINUTE};
use crate::platform::Platform;

/// Steps that are offered.
const STEPS: [(Instant, &str); 7] = [
    (5 * MINUTE, "5 minutes on"),
    (30 * MINUTE, "30 minutes on"),
    (HOUR, "1 hour on"),
    (DAY, "1 day on"),
    (7 * DAY, "1 week on"),
    (30 * DAY, "30 days on"),
    (365 * DAY, "1 year on"),
];

#[derive(Serialize)]
struct ClockPage {
    steps: Vec<Step>,
    moved: bool,
}

#[derive(Serialize)]
struct Step {
    by: Instant,
    label: &'static str,
}

pub(super) async fn show(Extension(desk): Extension<Arc<Desk>>) -> Result<Response, Failure> {
    if !desk.demo {
        return Err(Failure::NotFound);
    }
    let steps = STEPS.into_iter().map(|(by, label)| Step { by, label }).collect();
    Ok(desk.page("admin/clock.html", &ClockPage { steps, moved: desk.clock_offset != 0 }))
}

pub(super) async fn advance(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Extension(sent): Extension<Sent>,
) -> Result<Response, Failure> {
    let by = match sent.text("by") {
        "back" => -desk.clock_offset,
        step => step.parse().map_err(|_| Failure::Refused("choose one of the steps that are offered".into()))?,
    };
    platform.advance_demo(&desk.shop, &desk.actor(), by).await?;
    Ok(Redirect::to("/admin/clock").into_response())
}
