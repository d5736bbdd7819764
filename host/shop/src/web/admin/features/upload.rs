//! A component of somebody else's: what it is and asks for first, then the merchant's consent, then it is installed,
//! switched off.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use boomerang_engine::Inspection;
use serde::Serialize;

use super::address;
use super::card::{Card, Difference, consent};
use crate::extensions::manage::{Actor, ManageError};
use crate::platform::Platform;
use crate::web::admin::desk::Desk;
use crate::web::admin::failure::{Failure, sentence};
use crate::web::admin::layout::done;
use crate::web::admin::sent::Sent;

#[derive(Default, Serialize)]
struct Upload {
    error: Option<String>,
    found: Option<Card>,
    /// What changes, where an older version is installed.
    update: Option<Difference>,
}

pub(super) async fn show(Extension(desk): Extension<Arc<Desk>>) -> Response {
    desk.page("admin/upload.html", &Upload::default())
}

/// Looks at what was uploaded. Nothing of it is run.
pub(super) async fn inspect(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Extension(sent): Extension<Sent>,
) -> Result<Response, Failure> {
    let Some(wasm) = sent.file else {
        return Ok(refuse(&desk, "no file was chosen; choose the .wasm file of a component"));
    };
    match platform.extensions.hold(wasm.into(), desk.now).await {
        Ok(found) => Ok(Redirect::to(&format!("/admin/feature-upload/{}", found.digest)).into_response()),
        Err(ManageError::Load(error)) => Ok(refuse(&desk, &error.to_string())),
        Err(error) => Err(error.into()),
    }
}

/// Shows what it asks for.
pub(super) async fn ask(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Path(digest): Path<String>,
) -> Result<Response, Failure> {
    let found = platform.extensions.held(&digest).await?;
    let update = difference(&platform, &desk, &found).await?;
    Ok(desk.page("admin/upload.html", &Upload { found: Some(Card::new(&found)), update, error: None }))
}

pub(super) async fn accept(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Extension(sent): Extension<Sent>,
    Path(digest): Path<String>,
) -> Result<Response, Failure> {
    let found = platform.extensions.held(&digest).await?;
    let was_there = difference(&platform, &desk, &found).await?.is_some();
    let actor = desk.actor();
    let actor = Actor { name: &actor, now: desk.now };
    let given = consent(sent.every("grant"));
    match platform.extensions.install_held(&desk.shop, &digest, &given, &actor).await {
        Ok(extension) => Ok(done(&address(extension.id()), if was_there { "updated" } else { "installed" })),
        Err(ManageError::Store(error)) => Err(error.into()),
        Err(error) => Ok(refuse(&desk, &error.to_string())),
    }
}

/// What changes about the version that is installed, if one is.
async fn difference(platform: &Platform, desk: &Desk, found: &Inspection) -> Result<Option<Difference>, Failure> {
    let rows = platform.extensions.rows(&desk.shop).await?;
    let row = rows.into_iter().find(|row| row.extension == found.manifest.id);
    Ok(row.map(|row| Difference::new(&row.grants, found, String::new())))
}

fn refuse(desk: &Desk, reason: &str) -> Response {
    let upload = Upload { error: Some(sentence(reason)), ..Upload::default() };
    desk.show(StatusCode::UNPROCESSABLE_ENTITY, "admin/upload.html", &upload)
}
