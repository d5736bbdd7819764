//! The shop's own drawings, each at an address of its own, so that browsers load them when they are seen and keep them.

use axum::Router;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Serialize;

use super::assets::KEEP;
use crate::catalogue::{Product, Variant, picture};

/// What is shown of a product that has no picture.
const NONE: &str = "/pictures/tin/sand";
const DRAWING: &str = "drawing:";

/// A picture for a template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Image {
    src: String,
    alt: String,
}

impl Image {
    /// The picture of a product, or of one of its variants.
    pub(super) fn of(product: &Product, variant: Option<&Variant>) -> Self {
        let own = variant.and_then(|variant| variant.details.picture).and_then(|number| usize::try_from(number).ok());
        let pictures = &product.details.pictures;
        let Some(chosen) = own.and_then(|number| pictures.get(number)).or(pictures.first()) else {
            return Self { src: NONE.to_owned(), alt: String::new() };
        };
        let src = match chosen.source.strip_prefix(DRAWING) {
            Some(drawing) => format!("/pictures/{drawing}"),
            None => chosen.source.clone(),
        };
        Self { src, alt: chosen.alt.clone() }
    }

    /// For something that is no longer in the catalogue.
    pub(super) fn none() -> Self {
        Self { src: NONE.to_owned(), alt: String::new() }
    }
}

/// The routes of all drawings.
pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/pictures/{shape}/{colour}", get(draw))
}

async fn draw(Path((shape, colour)): Path<(String, String)>) -> Response {
    let Some(drawing) = picture::draw(&format!("{DRAWING}{shape}/{colour}")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers =
        [(CONTENT_TYPE, HeaderValue::from_static("image/svg+xml")), (CACHE_CONTROL, HeaderValue::from_static(KEEP))];
    (headers, drawing).into_response()
}
