//! Features: extensions as a merchant sees them.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`card`] | what a feature is, what it may do, what it costs and how it stands |
//! | [`list`], [`page`] | all of them; one of them |
//! | [`switch`] | on, off, strict, called again, installed, removed |
//! | [`settings`] | the form made from the schema |
//! | [`order`] | the order of the pricing chain |
//! | [`preview`] | what a cart would cost at an instant |
//! | [`upload`] | a component of somebody else's, with consent |
//! | [`report`] | what a feature reports |

mod card;
mod list;
mod order;
mod page;
mod preview;
mod report;
mod settings;
mod switch;
mod upload;

pub(super) use card::Card;

use axum::Router;
use axum::routing::{get, post};

use crate::platform::Platform;

/// The routes of features.
pub(super) fn routes() -> Router<Platform> {
    Router::new()
        .route("/admin/features", get(list::show))
        .route("/admin/feature-order", post(order::submit))
        .route("/admin/feature-upload", get(upload::show).post(upload::inspect))
        .route("/admin/feature-upload/{digest}", get(upload::ask).post(upload::accept))
        .route("/admin/features/{feature}", get(page::show))
        .route("/admin/features/{feature}/switch", post(switch::switch))
        .route("/admin/features/{feature}/strictness", post(switch::strictness))
        .route("/admin/features/{feature}/reset", post(switch::reset))
        .route("/admin/features/{feature}/install", post(switch::install))
        .route("/admin/features/{feature}/remove", post(switch::remove))
        .route("/admin/features/{feature}/settings", post(settings::submit))
        .route("/admin/features/{feature}/preview", get(preview::again).post(preview::submit))
        .route("/admin/features/{feature}/reports/{report}", get(report::show))
}

/// The address of a feature's page.
fn address(feature: &str) -> String {
    format!("/admin/features/{feature}")
}
