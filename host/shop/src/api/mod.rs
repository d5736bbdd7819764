//! The JSON API, under `/api`.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`problem`] | what goes wrong, as RFC 9457 problems, and every kind of it |
//! | `access`, `gate` | who may call what: one value says it in the document and enforces it |
//! | `idempotency` | every write once, however often it is sent |
//! | `auth`, `visitor` | who sent a request, and whom a shopper is known to be |
//! | `extract`, `page` | reading requests, lists in pages |
//! | `points` | points as customers and staff see them |
//! | `openapi`, `about` | the served document |
//! | `shopper`, `admin` | the operations |

mod about;
mod access;
mod admin;
mod auth;
mod extract;
mod gate;
mod idempotency;
mod openapi;
mod page;
mod points;
pub mod problem;
mod shopper;
mod visitor;

use std::any::Any;

use axum::Router;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::platform::Platform;
use access::{Access, BODY_LIMIT, CSV_LIMIT, WASM_LIMIT};
use problem::{Kind, Problem};

/// The API's routes, under `/api`.
pub fn router(platform: Platform) -> Router {
    let (about, mut api) = OpenApiRouter::default().nest("/api", about()).split_for_parts();
    let (shop, shop_api) = OpenApiRouter::default().nest("/api/v1/{shop}", shop(&platform)).split_for_parts();
    api.merge(shop_api);
    openapi::complete(&mut api);
    let about: Router = about.with_state(openapi::Served::new(&api));
    about
        .merge(shop.with_state(platform))
        .method_not_allowed_fallback(no_such_method)
        .fallback(nothing_here)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(SetResponseHeaderLayer::overriding(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")))
        // Most answers are somebody's own; the few that may be kept say so themselves.
        .layer(SetResponseHeaderLayer::if_not_present(CACHE_CONTROL, HeaderValue::from_static("no-store")))
}

fn about() -> OpenApiRouter<openapi::Served> {
    let mut about = OpenApiRouter::default()
        .routes(routes!(openapi::serve))
        .routes(routes!(about::list))
        .routes(routes!(about::show));
    Access::Public.document(about.get_openapi_mut());
    about
}

/// Everything that belongs to one shop, each group behind its gate.
fn shop(platform: &Platform) -> OpenApiRouter<Platform> {
    let behind = |access, group| gate::behind(platform, access, BODY_LIMIT, group);
    let mut shop = OpenApiRouter::default()
        .merge(behind(Access::Public, shopper::open_to_all().merge(admin::open_to_all())))
        .merge(behind(Access::Shopper, shopper::in_session()))
        .merge(behind(Access::Customer, shopper::signed_in()))
        .merge(behind(Access::Staff, admin::for_staff()))
        .merge(gate::behind(platform, Access::Staff, CSV_LIMIT, admin::with_csv()))
        .merge(gate::behind(platform, Access::Staff, WASM_LIMIT, admin::with_wasm()))
        .merge(behind(Access::Owner, admin::for_owners()));
    access::document_shop(shop.get_openapi_mut());
    shop
}

fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let cause = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Problem::internal(&cause.unwrap_or("a handler panicked")).into_response()
}

async fn nothing_here() -> Problem {
    Problem::new(Kind::NotFound, "The API has no such path. GET /api/openapi.json lists those it has.")
}

async fn no_such_method(request: Request) -> Problem {
    let detail = format!("This path has no {} operation. The Allow header lists the methods it has.", request.method());
    Problem::new(Kind::MethodNotAllowed, detail)
}
