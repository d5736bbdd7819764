//! Signing in, and what customers have with the shop.

mod addresses;
mod book;
mod data;
mod history;
mod home;
mod profile;
mod recommend;
mod sign_in;
mod unsubscribe;

use axum::Router;
use axum::routing::{get, post};

use crate::platform::Platform;

/// The routes of accounts.
pub(super) fn routes() -> Router<Platform> {
    Router::new()
        .route("/sign-in", get(sign_in::show).post(sign_in::request))
        .route("/sign-in/code", get(sign_in::show_code).post(sign_in::code))
        .route("/sign-in/confirm", get(sign_in::show_link).post(sign_in::link))
        .route("/sign-in/refuse", post(sign_in::refuse))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/unsubscribe", get(unsubscribe::show).post(unsubscribe::unsubscribe))
        .route("/account", get(home::show))
        .route("/r/{code}", get(recommend::arrive))
        .route("/account/orders", get(history::orders))
        .route("/account/points", get(history::points))
        .route("/account/profile", get(profile::show).post(profile::change))
        .route("/account/addresses", post(addresses::add))
        .route("/account/addresses/new", get(addresses::new))
        .route("/account/addresses/{address}", get(addresses::show).post(addresses::change))
        .route("/account/favourites", post(book::favourite))
        .route("/account/cards", post(book::forget_card))
        .route("/account/devices/{device}", post(book::forget_device))
        .route("/account/sessions/{session}", post(book::end_session))
        .route("/account/export", get(data::export))
        .route("/account/erase", post(data::erase))
}
