//! What shoppers see.

mod cart;
mod checkout;
mod home;
mod information;
mod listing;
mod orders;
mod product;
mod returns;
mod reviews;
mod sales;

pub(super) use orders::{headline, returns_until};

use axum::Router;
use axum::routing::{get, post};

use crate::platform::Platform;

/// The routes of the storefront.
pub(super) fn routes() -> Router<Platform> {
    Router::new()
        .route("/", get(home::show))
        .route("/c/{category}", get(listing::category))
        .route("/search", get(listing::search))
        .route("/p/{handle}", get(product::show))
        .route("/p/{handle}/reviews", post(reviews::write))
        .route("/products/{product}", get(product::by_id))
        .route("/cart", get(cart::show))
        .route("/cart/lines", post(cart::add))
        .route("/cart/lines/{line}", post(cart::change))
        .route("/cart/codes", post(cart::codes))
        .route("/cart/attributes", post(cart::attributes))
        .route("/checkout", get(checkout::show).post(checkout::submit))
        .route("/orders/{order}", get(orders::show))
        .route("/orders/{order}/thank-you", get(orders::thank_you))
        .route("/orders/{order}/refuse-account", post(orders::refuse_account))
        .route("/orders/{order}/returns", post(returns::ask))
        .route("/orders/{order}/again", post(orders::buy_again))
        .route("/sales.ics", get(sales::calendar))
        .route("/page/{page}", get(information::show))
}
