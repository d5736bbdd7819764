//! The admin: what merchants and their staff see.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`desk`] | who is at work in which shop: read once for every request, before its handler |
//! | [`sent`] | what a form sent, files too |
//! | [`layout`], [`failure`] | the frame of every page, and what goes wrong as a page |
//! | [`sign_in`], [`overview`], [`orders`], [`returns`], [`customers`], [`catalogue`], [`outbox`], [`audit`], [`clock`], [`staff`], [`security`] | a page or a few each |
//! | [`weeks`], [`effort`] | parts of the overview: revenue week by week as bars, and what checkout takes |
//! | [`features`] | extensions: cards, switches, settings, order, preview, upload, reports |
//! | [`units`] | amounts as people type them |
//! | [`schema_form`] | a form made from a JSON Schema, and the settings read back from it |
//!
//! Everything works without JavaScript. Every form carries the token of its session; without it nothing is handed on.

mod audit;
mod catalogue;
mod clock;
mod customers;
mod desk;
mod effort;
mod failure;
mod features;
mod layout;
mod orders;
mod outbox;
mod overview;
mod returns;
mod schema_form;
mod security;
mod sent;
mod sign_in;
mod staff;
mod units;
mod weeks;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::platform::Platform;

/// The routes of the admin.
pub(super) fn router(platform: Platform) -> Router {
    Router::new()
        .route("/admin", get(overview::show))
        .route("/admin/sign-in", get(sign_in::show).post(sign_in::submit))
        .route("/admin/sign-out", post(sign_in::leave))
        .merge(orders::routes())
        .merge(customers::routes())
        .merge(catalogue::routes())
        .merge(features::routes())
        .route("/admin/outbox", get(outbox::show))
        .route("/admin/outbox/retry", post(outbox::retry))
        .route("/admin/outbox/discard", post(outbox::discard))
        .route("/admin/outbox/mails/{mail}/retry", post(outbox::retry_mail))
        .route("/admin/audit", get(audit::show))
        .route("/admin/staff", get(staff::show).post(staff::add))
        .route("/admin/staff/{member}", post(staff::change))
        .route("/admin/security", get(security::show).post(security::change))
        .route("/admin/clock", get(clock::show).post(clock::advance))
        .route("/admin/{*rest}", get(failure::no_such_page).post(failure::no_such_page))
        .layer(from_fn_with_state(platform.clone(), desk::begin))
        // What a form may hold is the desk's to say, address by address.
        .layer(DefaultBodyLimit::disable())
        .with_state(platform)
}
