//! The pages: what shoppers and merchants see.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`visit`] | who is looking at which shop: read once for every request, before its handler |
//! | [`storefront`] | home, lists, products, cart, checkout, orders |
//! | [`account`] | signing in, and what customers have with the shop |
//! | [`admin`] | what merchants and their staff see |
//! | [`mailbox`] | the demo's mails |
//! | [`views`] | what templates are given: cards, prices, totals, fields, blocks |
//! | [`render`], [`layout`] | templates, the only place where HTML is made, and what all of them are given |
//! | [`cookies`], [`seal`], [`posted`], [`body`] | what browsers keep, what binds it to them, and what their forms send |
//! | [`failure`] | friendly pages for what goes wrong |
//! | [`assets`], [`pictures`] | the style sheet, the scripts, and the shop's own drawings |
//! | [`headers`] | what every page tells the browser not to do |
//!
//! Everything works without JavaScript: forms are posted, answered with a redirect, and shown with a GET.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::platform::Platform;

mod account;
mod admin;
pub mod assets;
mod body;
mod cookies;
mod failure;
pub mod headers;
mod layout;
mod mailbox;
mod pictures;
mod posted;
pub mod render;
mod seal;
mod storefront;
mod templates;
mod views;
mod visit;

/// The routes of all pages.
pub fn router(platform: Platform) -> Router {
    let pages = storefront::routes()
        .merge(account::routes())
        .merge(mailbox::routes())
        .fallback(failure::no_such_page)
        .layer(from_fn_with_state(platform.clone(), visit::begin))
        .with_state(platform.clone());
    // Pages hold the token of their session, so they are sent as they are: how small something gets tells what is in it.
    let files = assets::routes().merge(pictures::routes()).layer(CompressionLayer::new());
    pages.merge(admin::router(platform)).merge(files).layer(CatchPanicLayer::new()).layer(from_fn(headers::add))
}
