//! The pages: what shoppers and merchants see.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`render`] | templates, the only place where HTML is made |
//! | [`assets`] | the style sheet and the scripts |
//! | [`headers`] | what every page tells the browser not to do |

use axum::Router;

use crate::platform::Platform;

pub mod assets;
pub mod headers;
pub mod render;
mod templates;

/// The routes of all pages.
pub fn router(_platform: Platform) -> Router {
    assets::routes().layer(axum::middleware::from_fn(headers::add))
}
