//! Who works here. For owners.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::desk::Desk;
use super::failure::{Failure, sentence};
use super::layout::done;
use super::sent::Sent;
use crate::admin::{self, Admin, NewAdmin, Role, SHORTEST_PASSWORD, StaffError};
use crate::platform::Platform;
use crate::store::admins;

const ADDRESS: &str = "/admin/staff";

#[derive(Serialize)]
struct StaffPage {
    staff: Vec<Admin>,
    me: String,
    shortest: usize,
    error: Option<String>,
    email: String,
    name: String,
}

pub(super) async fn show(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
) -> Result<Response, Failure> {
    desk.require_owner()?;
    page(&platform, &desk, None, &Sent::default()).await
}

async fn page(platform: &Platform, desk: &Desk, error: Option<String>, typed: &Sent) -> Result<Response, Failure> {
    let shop = desk.shop.id.clone();
    let staff = platform.store.read(move |tx| admins::list(tx, &shop)).await?;
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let me = desk.admin.as_ref().map(|admin| admin.id.clone()).unwrap_or_default();
    let (email, name) = (typed.text("email").to_owned(), typed.text("name").to_owned());
    let page = StaffPage { staff, me, shortest: SHORTEST_PASSWORD, error, email, name };
    Ok(desk.show(status, "admin/staff.html", &page))
}

pub(super) async fn add(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Extension(sent): Extension<Sent>,
) -> Result<Response, Failure> {
    desk.require_owner()?;
    let new = NewAdmin {
        email: sent.text("email").to_owned(),
        name: sent.text("name").to_owned(),
        role: role(&sent),
        password: sent.exact("password").to_owned(),
    };
    match admin::add(&platform.store, &desk.shop.id, &desk.actor(), new, desk.now).await {
        Ok(_) => Ok(done(ADDRESS, "hired")),
        Err(StaffError::Store(error)) => Err(error.into()),
        Err(error) => page(&platform, &desk, Some(sentence(&error.to_string())), &sent).await,
    }
}

/// Another role, shut out, or let in again.
pub(super) async fn change(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Extension(sent): Extension<Sent>,
    Path(member): Path<String>,
) -> Result<Response, Failure> {
    desk.require_owner()?;
    let (shop, actor, now) = (desk.shop.id.clone(), desk.actor(), desk.now);
    let (change, role) = (sent.text("change").to_owned(), role(&sent));
    let write = platform.store.write(move |tx| match change.as_str() {
        "disable" => admin::disable(tx, &shop, &actor, &member, now),
        "enable" => admin::enable(tx, &shop, &actor, &member, now),
        _ => admin::set_role(tx, &shop, &actor, &member, role, now),
    });
    write.await?;
    Ok(done(ADDRESS, "staffed"))
}

fn role(sent: &Sent) -> Role {
    if sent.text("role") == "owner" { Role::Owner } else { Role::Staff }
}
