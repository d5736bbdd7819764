//! On, off, strict, called again, installed, removed. Each acts on the next request and is in the audit log.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use boomerang_engine::Point;

use super::address;
use super::card::consent;
use crate::extensions::manage::Actor;
use crate::platform::Platform;
use crate::web::admin::desk::Desk;
use crate::web::admin::failure::Failure;
use crate::web::admin::layout::done;
use crate::web::admin::sent::Sent;

const LIST: &str = "/admin/features";

pub(super) async fn switch(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Extension(sent): Extension<Sent>,
    Path(feature): Path<String>,
) -> Result<Response, Failure> {
    let enabled = sent.text("enabled") == "true";
    let actor = desk.actor();
    let actor = Actor { name: &actor, now: desk.now };
    platform.extensions.set_enabled(&desk.shop, &feature, enabled, &actor).await?;
    let back = if sent.text("from") == "list" { LIST.to_owned() } else { address(&feature) };
    Ok(done(&back, if enabled { "on" } else { "off" }))
}

pub(super) async fn strictness(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Extension(sent): Extension<Sent>,
    Path(feature): Path<String>,
) -> Result<Response, Failure> {
    let strict = sent.text("fail_closed") == "true";
    let actor = desk.actor();
    let actor = Actor { name: &actor, now: desk.now };
    platform.extensions.set_fail_closed(&desk.shop, &feature, strict, &actor).await?;
    Ok(done(&address(&feature), if strict { "strict" } else { "lenient" }))
}

pub(super) async fn reset(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Path(feature): Path<String>,
) -> Result<Response, Failure> {
    let standing = platform.extensions.standing(&desk.shop, &feature, desk.now).await?;
    let actor = desk.actor();
    let actor = Actor { name: &actor, now: desk.now };
    for point in standing.open_breakers.iter().filter_map(|open| Point::from_id(&open.point)) {
        platform.extensions.reset_breaker(&desk.shop, &feature, point, &actor).await?;
    }
    Ok(done(&address(&feature), "reset"))
}

/// Installs what is on the shelf, or takes its new version.
pub(super) async fn install(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Extension(sent): Extension<Sent>,
    Path(feature): Path<String>,
) -> Result<Response, Failure> {
    let was_there = platform.extensions.standing(&desk.shop, &feature, desk.now).await.is_ok();
    let actor = desk.actor();
    let actor = Actor { name: &actor, now: desk.now };
    let given = consent(sent.every("grant"));
    platform.extensions.install_from_shelf(&desk.shop, &feature, &given, &actor).await?;
    Ok(done(&address(&feature), if was_there { "updated" } else { "installed" }))
}

pub(super) async fn remove(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Path(feature): Path<String>,
) -> Result<Response, Failure> {
    let actor = desk.actor();
    let actor = Actor { name: &actor, now: desk.now };
    platform.extensions.remove(&desk.shop, &feature, &actor).await?;
    Ok(done(LIST, "removed"))
}
