//! Saving settings. What is not accepted is shown again as it was typed, with what has to be changed.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use boomerang_engine::contract::SettingError;

use super::address;
use super::page::{self, Draft};
use crate::extensions::manage::{Actor, ManageError};
use crate::platform::Platform;
use crate::web::admin::desk::Desk;
use crate::web::admin::failure::{Failure, sentence};
use crate::web::admin::layout::done;
use crate::web::admin::schema_form;
use crate::web::admin::sent::Sent;

pub(super) async fn submit(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Extension(sent): Extension<Sent>,
    Path(feature): Path<String>,
) -> Result<Response, Failure> {
    let standing = platform.extensions.standing(&desk.shop, &feature, desk.now).await?;
    let extension = standing.component.as_ref().map_err(|reason| Failure::Refused(reason.to_string()))?;
    let schema = &extension.manifest().settings.value();
    let mut draft = Draft { value: schema_form::read(schema, &sent, &desk.shop.currency), ..Draft::default() };
    if let Some(list) = sent.given("add") {
        draft.focus = schema_form::add(schema, &mut draft.value, list);
        return page::respond(&platform, &desk, &standing, Some(draft), None).await;
    }
    if let Some(item) = sent.given("remove") {
        schema_form::remove(&mut draft.value, item);
        return page::respond(&platform, &desk, &standing, Some(draft), None).await;
    }
    let actor = desk.actor();
    let actor = Actor { name: &actor, now: desk.now };
    draft.errors = match platform.extensions.save_settings(&desk.shop, &feature, &draft.value, &actor).await {
        Ok(()) => return Ok(done(&address(&feature), "saved")),
        Err(ManageError::Settings(errors)) => errors,
        Err(error @ ManageError::Unchecked(_)) => {
            vec![SettingError { pointer: String::new(), message: sentence(&error.to_string()) }]
        }
        Err(error) => return Err(error.into()),
    };
    page::respond(&platform, &desk, &standing, Some(draft), None).await
}
