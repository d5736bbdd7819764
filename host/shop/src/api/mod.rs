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
use axum::extract::Request;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use access::Access;
use problem::{Kind, Problem};

/// The API's routes, under `/api`.
pub fn router() -> Router {
    let mut about = OpenApiRouter::default()
        .routes(routes!(openapi::serve))
        .routes(routes!(about::list))
        .routes(routes!(about::show));
    Access::Public.document(about.get_openapi_mut());
    let (about, about_api) = OpenApiRouter::default().nest("/api", about).split_for_parts();
    let mut api = about_api;
    openapi::complete(&mut api);
    let served = openapi::Served::new(&api);
    about.with_state(served).method_not_allowed_fallback(no_such_method).fallback(nothing_here)
}

async fn nothing_here() -> Problem {
    Problem::new(Kind::NotFound, "The API has no such path. GET /api/openapi.json lists those it has.")
}

async fn no_such_method(request: Request) -> Problem {
    let detail = format!("This path has no {} operation. The Allow header lists the methods it has.", request.method());
    Problem::new(Kind::MethodNotAllowed, detail)
}
