//! Extensions: install them with consent, set them up, order them, switch them on and off, take them away.

use std::collections::BTreeSet;

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use boomerang_engine::{Capability, Point};
use serde::Deserialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::installation::{InstallationView, PackageView};
use crate::api::auth::{Here, Staff};
use crate::api::extract::{Json, Path, Query, bytes, is_media_type};
use crate::api::idempotency::Created;
use crate::api::problem::{Kind, Problem};
use crate::extensions::manage::{Actor, ManageError, Switches};
use crate::platform::Platform;
use crate::shops::Shop;

async fn find(platform: &Platform, shop: &Shop, id: &str) -> Result<InstallationView, Problem> {
    Ok(platform.extensions.standing(shop, id, platform.clock.now()).await?.into())
}

/// List what is installed, in the order of the pricing chain.
#[utoipa::path(get, path = "/admin/extensions", operation_id = "listExtensions", tag = "admin: extensions", responses(
    (status = 200, description = "Every installation.", body = [InstallationView]),
))]
pub(crate) async fn list(
    State(platform): State<Platform>,
    Here(shop): Here,
) -> Result<Json<Vec<InstallationView>>, Problem> {
    let standings = platform.extensions.standings(&shop, platform.clock.now()).await?;
    Ok(Json(standings.into_iter().map(InstallationView::from).collect()))
}

/// List the extensions that come with the platform and can be installed without an upload.
#[utoipa::path(get, path = "/admin/shelf", operation_id = "listShelf", tag = "admin: extensions", responses(
    (status = 200, description = "Every extension on the shelf.", body = [PackageView]),
))]
pub(crate) async fn shelf(State(platform): State<Platform>) -> Json<Vec<PackageView>> {
    let packages = platform.extensions.shelf().iter();
    Json(packages.map(|package| PackageView::from(&package.inspection)).collect())
}

/// An extension.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct ExtensionPath {
    /// The extension's id.
    #[param(example = "flash-sale")]
    extension: String,
}

/// Read one installation.
#[utoipa::path(get, path = "/admin/extensions/{extension}", operation_id = "readExtension", tag = "admin: extensions",
    params(ExtensionPath), responses((status = 200, description = "The installation.", body = InstallationView)))]
pub(crate) async fn read(
    State(platform): State<Platform>,
    Here(shop): Here,
    Path(path): Path<ExtensionPath>,
) -> Result<Json<InstallationView>, Problem> {
    Ok(Json(find(&platform, &shop, &path.extension).await?))
}

/// The capabilities that the merchant consents to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "consent": ["catalogue", "quotas"] }))]
pub(crate) struct Consent {
    /// The ids of the permissions that the extension asks for.
    consent: Vec<String>,
}

fn consent<'a>(ids: impl IntoIterator<Item = &'a str>) -> Result<BTreeSet<Capability>, Problem> {
    ids.into_iter()
        .map(|id| {
            Capability::from_id(id).ok_or_else(|| {
                Problem::invalid(
                    "/consent",
                    "unknown",
                    "There is no permission of this name; take the names that the extension asks for.",
                )
            })
        })
        .collect()
}

/// Install an extension from the shelf, switched off, with its default settings; or update the one that is installed.
#[utoipa::path(post, path = "/admin/shelf/{extension}/install", operation_id = "installFromShelf",
    tag = "admin: extensions", params(ExtensionPath), request_body = Consent,
    responses((status = 201, description = "The installation.", body = InstallationView)))]
pub(crate) async fn install_from_shelf(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Path(path): Path<ExtensionPath>,
    Json(body): Json<Consent>,
) -> Result<Created<InstallationView>, Problem> {
    let consent = consent(body.consent.iter().map(String::as_str))?;
    let actor = staff.actor();
    let actor = Actor { name: &actor, now: platform.clock.now() };
    platform.extensions.install_from_shelf(&shop, &path.extension, &consent, &actor).await?;
    Ok(Created(find(&platform, &shop, &path.extension).await?))
}

/// The consent that comes with an upload.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ConsentQuery {
    /// The ids of the permissions that the extension asks for, with commas between them. `inspectExtension` lists them.
    #[param(example = "catalogue,quotas")]
    consent: Option<String>,
}

/// The bytes of a component.
async fn component(request: Request) -> Result<Bytes, Problem> {
    if is_media_type(&request, "application/wasm") {
        return bytes(request).await;
    }
    let detail = "This operation reads a component. Send Content-Type: application/wasm.";
    Err(Problem::new(Kind::UnsupportedMediaType, detail))
}

/// Say what a component is and what it would be able to do. Nothing of it is run or kept.
#[utoipa::path(post, path = "/admin/extensions/inspect", operation_id = "inspectExtension", tag = "admin: extensions",
    request_body(content = Vec<u8>, content_type = "application/wasm", description = "The component, at most 32 MiB."),
    responses((status = 200, description = "What it is.", body = PackageView)))]
pub(crate) async fn inspect(State(platform): State<Platform>, request: Request) -> Result<Json<PackageView>, Problem> {
    let wasm = component(request).await?;
    let engine = platform.extensions.engine().clone();
    let inspected = tokio::task::spawn_blocking(move || engine.inspect(&wasm)).await;
    let inspection = inspected.map_err(|error| Problem::internal(&error))?.map_err(ManageError::Load)?;
    Ok(Json(PackageView::from(&inspection)))
}

/// Install a component, switched off, with its default settings; or put a new version in the place of an old one.
#[utoipa::path(post, path = "/admin/extensions", operation_id = "uploadExtension", tag = "admin: extensions",
    params(ConsentQuery),
    request_body(content = Vec<u8>, content_type = "application/wasm", description = "The component, at most 32 MiB."),
    responses((status = 201, description = "The installation.", body = InstallationView)))]
pub(crate) async fn upload(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Query(query): Query<ConsentQuery>,
    request: Request,
) -> Result<Created<InstallationView>, Problem> {
    let wasm = component(request).await?;
    let asked = query.consent.unwrap_or_default();
    let consent = consent(asked.split(',').map(str::trim).filter(|id| !id.is_empty()))?;
    let actor = staff.actor();
    let actor = Actor { name: &actor, now: platform.clock.now() };
    let extension = platform.extensions.install(&shop, wasm.into(), &consent, &actor).await?;
    Ok(Created(find(&platform, &shop, extension.id()).await?))
}

/// What changes about an installation. What is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "enabled": true }))]
pub(crate) struct InstallationChange {
    /// Whether it is called.
    enabled: Option<bool>,
    /// Checkout stops when this extension cannot check it.
    fail_closed: Option<bool>,
}

/// Switch an extension on or off. It is in force from the next request on, in every host.
#[utoipa::path(patch, path = "/admin/extensions/{extension}", operation_id = "changeExtension",
    tag = "admin: extensions", params(ExtensionPath), request_body = InstallationChange,
    responses((status = 200, description = "The installation.", body = InstallationView)))]
pub(crate) async fn change(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Path(path): Path<ExtensionPath>,
    Json(body): Json<InstallationChange>,
) -> Result<Json<InstallationView>, Problem> {
    let actor = staff.actor();
    let actor = Actor { name: &actor, now: platform.clock.now() };
    let switches = Switches { enabled: body.enabled, fail_closed: body.fail_closed };
    platform.extensions.switch(&shop, &path.extension, switches, &actor).await?;
    Ok(Json(find(&platform, &shop, &path.extension).await?))
}

/// Take an extension away. What it has stored stays, for the case that it comes back.
#[utoipa::path(delete, path = "/admin/extensions/{extension}", operation_id = "removeExtension",
    tag = "admin: extensions", params(ExtensionPath),
    responses((status = 204, description = "It is no longer installed.")))]
pub(crate) async fn remove(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Path(path): Path<ExtensionPath>,
) -> Result<StatusCode, Problem> {
    let actor = staff.actor();
    let actor = Actor { name: &actor, now: platform.clock.now() };
    platform.extensions.remove(&shop, &path.extension, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Save an extension's settings, if its schema and the extension itself accept them.
#[utoipa::path(put, path = "/admin/extensions/{extension}/settings", operation_id = "saveSettings",
    tag = "admin: extensions", params(ExtensionPath),
    request_body(content = Object, description = "What the extension describes; what is absent gets its default.",
        example = json!({ "enabled": true })),
    responses((status = 200, description = "The installation.", body = InstallationView)))]
pub(crate) async fn save_settings(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Path(path): Path<ExtensionPath>,
    Json(body): Json<Value>,
) -> Result<Json<InstallationView>, Problem> {
    let actor = staff.actor();
    let actor = Actor { name: &actor, now: platform.clock.now() };
    platform.extensions.save_settings(&shop, &path.extension, &body, &actor).await?;
    Ok(Json(find(&platform, &shop, &path.extension).await?))
}

/// The order of the pricing chain.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "order": ["flash-sale", "loyalty-points"] }))]
pub(crate) struct ChainOrder {
    /// Every installed extension's id, once, the first to price first.
    order: Vec<String>,
}

/// Put the pricing chain into a new order.
#[utoipa::path(put, path = "/admin/extension-order", operation_id = "orderExtensions", tag = "admin: extensions",
    request_body = ChainOrder, responses((status = 204, description = "The order is in force.")))]
pub(crate) async fn reorder(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Json(body): Json<ChainOrder>,
) -> Result<StatusCode, Problem> {
    let actor = staff.actor();
    let actor = Actor { name: &actor, now: platform.clock.now() };
    platform.extensions.reorder(&shop, &body.order, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A breaker of an installation.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct BreakerPath {
    /// The extension's id.
    #[param(example = "flash-sale")]
    extension: String,
    /// The extension point's name.
    #[param(example = "cart-pricing")]
    point: String,
}

/// Close a breaker: the extension is called again from the next request on.
#[utoipa::path(post, path = "/admin/extensions/{extension}/breakers/{point}/reset", operation_id = "resetBreaker",
    tag = "admin: extensions", params(BreakerPath),
    responses((status = 200, description = "The installation.", body = InstallationView)))]
pub(crate) async fn reset_breaker(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Path(path): Path<BreakerPath>,
) -> Result<Json<InstallationView>, Problem> {
    let point = Point::from_id(&path.point).ok_or_else(|| Problem::not_found("extension point"))?;
    let actor = staff.actor();
    let actor = Actor { name: &actor, now: platform.clock.now() };
    if !platform.extensions.reset_breaker(&shop, &path.extension, point, &actor).await? {
        return Err(Problem::not_found("extension that is switched on"));
    }
    Ok(Json(find(&platform, &shop, &path.extension).await?))
}
