//! The OpenAPI document: made from the handlers, completed here, and served at `/api/openapi.json`.

mod tidy;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApi, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::access::security_schemes;
use super::problem;
use crate::secrets::hash_token;

/// The document as it is served.
#[derive(Clone)]
pub(crate) struct Served {
    text: axum::body::Bytes,
    etag: String,
}

impl Served {
    pub(crate) fn new(api: &OpenApi) -> Self {
        let mut document = serde_json::to_value(api).unwrap_or_default();
        tidy::tidy(&mut document);
        let text = document.to_string();
        Self { etag: format!("\"{}\"", &hash_token(&text)[..32]), text: text.into() }
    }
}

/// This document.
#[utoipa::path(get, path = "/openapi.json", operation_id = "readDocument", tag = "about", responses(
    (status = 200, description = "The OpenAPI document of this API.", body = Object),
    (status = 304, description = "The document that `If-None-Match` names is the newest."),
))]
pub(crate) async fn serve(State(served): State<Served>, headers: HeaderMap) -> Response {
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == served.etag.as_bytes());
    let head = [(header::ETAG, served.etag), (header::CACHE_CONTROL, "no-cache".to_owned())];
    if known {
        return (StatusCode::NOT_MODIFIED, head).into_response();
    }
    (head, [(header::CONTENT_TYPE, "application/json")], served.text).into_response()
}

/// Adds what no handler knows: what the API is, how to say who is calling, what a problem looks like.
pub(crate) fn complete(api: &mut OpenApi) {
    let license = LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build();
    api.info = InfoBuilder::new()
        .title("Boomerang shop API")
        .version("1")
        .description(Some(DESCRIPTION))
        .license(Some(license))
        .build();
    let mut components = api.components.take().unwrap_or_default();
    components.schemas.insert("Problem".to_owned(), problem::Body::schema());
    let mut nested: Vec<(String, RefOr<_>)> = Vec::new();
    problem::Body::schemas(&mut nested);
    components.schemas.extend(nested);
    let schemes = security_schemes();
    api.components = Some(
        schemes
            .into_iter()
            .fold(ComponentsBuilder::from(components), |components, (name, scheme)| {
                components.security_scheme(name, scheme)
            })
            .build(),
    );
    let tag =
        |(name, description): &(&str, &str)| TagBuilder::new().name(*name).description(Some(*description)).build();
    api.tags = Some(TAGS.iter().map(tag).collect());
}

const DESCRIPTION: &str = "\
The shop as JSON: everything the storefront and the admin pages do.

- **Money** is a whole number of the currency's minor unit (cents). **Time** is milliseconds since 1970-01-01T00:00:00Z. \
**Percentages** are basis points. No number has a fraction.
- **Who is calling** is said by a bearer token. A shopper opens a session first; signing in raises it. Cookies are not read.
- **Every write** carries an `Idempotency-Key`. Retry with the same key, and it is done once.
- **Every failure** is `application/problem+json` (RFC 9457). Tell problems apart by `type`; `detail` says what to do.
- **Lists** come in pages: hand `next_cursor` back as `cursor`.
- Members may be added to answers; ignore those you do not know. Requests with unknown members are refused.";

/// What operations are sorted by.
const TAGS: &[(&str, &str)] = &[
    ("about", "The API itself."),
    ("catalogue", "What the shop sells. Open to everybody."),
    ("sessions", "Sessions of shoppers, and passwordless sign-in."),
    ("cart", "The cart of a session, priced at every answer."),
    ("checkout", "From the cart to the order."),
    ("orders", "A shopper's orders."),
    ("account", "What a customer has with the shop, all of which they can take along or have erased."),
    ("staff", "Staff sign-in."),
    ("admin: orders", "Fulfil, deliver, cancel and refund."),
    ("admin: customers", "Customers and their points."),
    ("admin: catalogue", "Products, prices, stock and import."),
    ("admin: extensions", "Install extensions, set them up, see what they do."),
    ("admin: operations", "Mails, dead letters, audit, the clock."),
];
