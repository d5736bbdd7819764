//! One feature: what it is, its switch, its settings, its preview and its update.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use boomerang_engine::contract::SettingError;
use serde::Serialize;
use serde_json::Value;

use super::address;
use super::card::{Card, Difference};
use super::preview::{self, Asked, Preview};
use crate::extensions::manage::ManageError;
use crate::extensions::standing::Standing;
use crate::platform::Platform;
use crate::web::admin::desk::Desk;
use crate::web::admin::failure::Failure;
use crate::web::admin::schema_form::{Form, Node, Summary};

#[derive(Serialize)]
struct FeaturePage {
    feature: Card,
    /// The settings; none for a feature that is not installed, does not load or has none.
    form: Option<Node>,
    /// What has to be changed before settings are saved.
    errors: Vec<Summary>,
    /// What is shown was changed and not saved.
    unsaved: bool,
    preview: Option<Preview>,
    update: Option<Difference>,
}

/// Settings that are shown without being in force.
#[derive(Default)]
pub(super) struct Draft {
    /// What was entered.
    pub(super) value: Value,
    /// What has to be changed about it.
    pub(super) errors: Vec<SettingError>,
    /// The part to be filled in next.
    pub(super) focus: Option<String>,
}

pub(super) async fn show(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Path(feature): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    match platform.extensions.standing(&desk.shop, &feature, desk.now).await {
        Ok(standing) => respond(&platform, &desk, &standing, None, &asked).await,
        Err(ManageError::NotInstalled(_)) => {
            let package = platform.extensions.shelf().get(&feature).ok_or(Failure::NotFound)?;
            let page = FeaturePage {
                feature: Card::new(&package.inspection),
                form: None,
                errors: Vec::new(),
                unsaved: false,
                preview: None,
                update: None,
            };
            Ok(desk.page("admin/feature.html", &page))
        }
        Err(error) => Err(error.into()),
    }
}

/// The page of a feature of the shop, with its settings or with a draft of them.
pub(super) async fn respond(
    platform: &Platform,
    desk: &Desk,
    standing: &Standing,
    draft: Option<Draft>,
    asked: &Asked,
) -> Result<Response, Failure> {
    let unsaved = draft.is_some();
    let draft = draft.unwrap_or_else(|| Draft { value: standing.row.settings.clone(), ..Draft::default() });
    let feature = Card::of(standing);
    let form = standing.component.as_ref().ok().map(|extension| {
        let form = Form {
            schema: &extension.manifest().settings,
            value: &draft.value,
            errors: &draft.errors,
            currency: &desk.shop.currency,
            focus: draft.focus.as_deref(),
        };
        form.build()
    });
    let errors = form.as_ref().map(Node::summary).unwrap_or_default();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let preview = if feature.prices { Some(preview::of(platform, desk, &feature.id, asked).await?) } else { None };
    let newer = platform.extensions.shelf().get(&feature.id).map(|package| &package.inspection);
    let newer = newer.filter(|package| package.digest != standing.row.digest);
    let update = newer
        .map(|package| Difference::new(&standing.row.grants, package, format!("{}/install", address(&feature.id))));
    Ok(desk.show(status, "admin/feature.html", &FeaturePage { feature, form, errors, unsaved, preview, update }))
}
