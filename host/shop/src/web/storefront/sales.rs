//! The calendar of sales, for programs that people keep their dates with.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use boomerang_engine::PlacedBlock;
use boomerang_engine::contract::Content;

use crate::platform::Platform;
use crate::pricing::shown::Subject;
use crate::secrets::hash_token;
use crate::web::failure::Failure;
use crate::web::views::calendar::{self, Event};
use crate::web::visit::Visit;

/// The slot that extensions put what runs, and what is coming, into.
const SLOT: &str = "calendar";

/// The sales that are running or coming, for everybody. Calendars do not sign in, so nobody's early access is in it.
pub(super) async fn calendar(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
) -> Result<Response, Failure> {
    let subject = Subject { kind: "calendar", slots: &[SLOT], ..Subject::default() };
    let shown = platform.show(&visit.shop, &[], &subject, visit.now).await?;
    let url = format!("{}/", visit.shop.base_url.trim_end_matches('/'));
    let mut events: Vec<Event> = shown.blocks.into_iter().filter_map(|placed| event(placed, &url)).collect();
    events.sort_by_key(|event| event.starts_at);
    let text = calendar::write(&format!("{}: sales", visit.shop.name), &events, visit.now);
    Ok(([(CONTENT_TYPE, "text/calendar; charset=utf-8")], text).into_response())
}

/// What counts down is what has a beginning and an end. A sale that is put off stays the same event.
fn event(placed: PlacedBlock, url: &str) -> Option<Event> {
    let Content::Countdown(timer) = placed.block.content else { return None };
    let uid = hash_token(&format!("{}/{}/{}", placed.extension, timer.starts_at, timer.title));
    Some(Event { uid, starts_at: timer.starts_at, ends_at: timer.ends_at, summary: timer.title, url: url.to_owned() })
}
