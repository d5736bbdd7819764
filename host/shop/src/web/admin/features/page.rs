//! One feature: what it is, its switch, its settings, its preview and its update.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use boomerang_engine::contract::SettingError;
use serde::Serialize;
use serde_json::Value;

use super::address;
use super::card::{Card, Difference};
use super::preview::{self, Asked, Preview};
use crate::catalogue::{Listing, Product, Sort, Variant};
use crate::extensions::manage::ManageError;
use crate::extensions::standing::Standing;
use crate::platform::Platform;
use crate::store::{StoreError, catalogue};
use crate::web::admin::desk::Desk;
use crate::web::admin::failure::Failure;
use crate::web::admin::schema_form::{Form, Goods, Named, Node, Summary};

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
) -> Result<Response, Failure> {
    match platform.extensions.standing(&desk.shop, &feature, desk.now).await {
        Ok(standing) => respond(&platform, &desk, &standing, None, None).await,
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

/// The page of a feature of the shop, with its settings or with a draft of them, and with the preview that was asked for.
pub(super) async fn respond(
    platform: &Platform,
    desk: &Desk,
    standing: &Standing,
    draft: Option<Draft>,
    asked: Option<&Asked>,
) -> Result<Response, Failure> {
    let unsaved = draft.is_some();
    let draft = draft.unwrap_or_else(|| Draft { value: standing.row.settings.clone(), ..Draft::default() });
    let feature = Card::of(standing);
    let schema = standing.component.as_ref().ok().map(|extension| extension.manifest().settings.value());
    let goods = match &schema {
        Some(schema) if Goods::are_asked_for(schema) => goods(platform, desk).await?,
        _ => Goods::default(),
    };
    let form = schema.as_ref().map(|schema| {
        let form = Form {
            schema,
            value: &draft.value,
            errors: &draft.errors,
            currency: &desk.shop.currency,
            focus: draft.focus.as_deref(),
            goods: &goods,
        };
        form.build()
    });
    let errors = form.as_ref().map(Node::summary).unwrap_or_default();
    let preview = if feature.prices { Some(preview::of(platform, desk, &feature.id, asked).await?) } else { None };
    let is_wrong = !errors.is_empty() || preview.as_ref().is_some_and(|preview| preview.error.is_some());
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let newer = platform.extensions.shelf().get(&feature.id).map(|package| &package.inspection);
    let newer = newer.filter(|package| package.digest != standing.row.digest);
    let update = newer
        .map(|package| Difference::new(&standing.row.grants, package, format!("{}/install", address(&feature.id))));
    Ok(desk.show(status, "admin/feature.html", &FeaturePage { feature, form, errors, unsaved, preview, update }))
}

/// The most variants that are shown as boxes.
const MOST_VARIANTS: usize = 200;

/// The shop's goods by name. What is too much for a list of boxes is picked by id.
async fn goods(platform: &Platform, desk: &Desk) -> Result<Goods, Failure> {
    let shop = desk.shop.id.clone();
    let listing = Listing { sort: Sort::Title, limit: Listing::MOST, ..Listing::default() };
    let read = platform.store.read(move |tx| {
        Ok::<_, StoreError>((catalogue::list(tx, &shop, &listing)?, catalogue::categories(tx, &shop)?))
    });
    let (found, categories) = read.await?;
    let categories = categories.into_iter().map(|known| Named { id: known.id, name: known.title }).collect();
    if found.products.len() < usize::try_from(found.total).unwrap_or(usize::MAX) {
        return Ok(Goods { categories, ..Goods::default() });
    }
    let variants = |product: &Product| {
        let name = |variant: &Variant| match variant.title() {
            title if title.is_empty() || product.variants.len() == 1 => product.details.title.clone(),
            title => format!("{}, {title}", product.details.title),
        };
        product.variants.iter().map(|one| Named { id: one.id.clone(), name: name(one) }).collect::<Vec<_>>()
    };
    let mut all: Vec<Named> = found.products.iter().flat_map(variants).collect();
    if all.len() > MOST_VARIANTS {
        all.clear();
    }
    Ok(Goods {
        variants: all,
        products: found.products.into_iter().map(|one| Named { id: one.id, name: one.details.title }).collect(),
        categories,
    })
}
