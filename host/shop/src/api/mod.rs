//! The JSON API, under `/api`.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`problem`] | what goes wrong, as RFC 9457 problems, and every kind of it |
//! | `access`, `gate` | who may call what: one value says it in the document and enforces it |
//! | `idempotency` | every write once, however often it is sent |
//! | `extract`, `page` | reading requests, lists in pages |
//! | `openapi`, `about` | the served document |
//! | `shopper`, `admin` | the operations |

mod about;
mod access;
mod extract;
mod openapi;
mod page;
pub mod problem;

use axum::Router;
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The API's routes, to be merged into a server's.
pub fn router() -> Router {
    let mut about = OpenApiRouter::default().routes(routes!(about::list)).routes(routes!(about::show));
    openapi::complete(about.get_openapi_mut());
    let (routes, api) = OpenApiRouter::default().nest("/api", about).split_for_parts();
    let served = openapi::Served::new(&api);
    routes.route("/api/openapi.json", get(openapi::serve).with_state(served))
}
