//! What goes wrong, as `application/problem+json` (RFC 9457): what happened, what to do about it, and where.

mod from;
mod kind;

use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

pub use kind::Kind;
pub(crate) use kind::KindDoc;

/// An error on its way to the caller.
#[derive(Debug)]
pub struct Problem {
    kind: Kind,
    detail: String,
    errors: Vec<FieldError>,
    /// A list and no map: an error travels in every `Result`, so it is kept small.
    members: Vec<(String, Value)>,
    retry_after: Option<u32>,
}

/// One thing to put right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Where: a JSON Pointer (RFC 6901) into the body, the name of a checkout field, or empty for the whole.
    #[schema(example = "/quantity")]
    pub pointer: String,
    /// A short id for programs.
    #[schema(example = "range")]
    pub code: String,
    /// What is wrong and what to do, for people.
    #[schema(example = "takes 1 to 999 units")]
    pub detail: String,
}

/// The body of every answer that is not a success.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct Body {
    /// What kind of problem this is, and where that kind is documented.
    #[serde(rename = "type")]
    #[schema(example = "/api/problems/invalid", format = "uri-reference")]
    kind: String,
    /// The same words for every problem of the kind.
    #[schema(example = "Something in the request is not acceptable")]
    title: &'static str,
    /// The HTTP status, once more.
    #[schema(example = 422, minimum = 400, maximum = 599)]
    status: u16,
    /// What happened this time and what to do next.
    #[schema(example = "quantity takes 1 to 999 units; send a number in that range")]
    detail: String,
    /// Each thing to put right, where there are such.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldError>,
    /// What belongs to the kind, such as the new `total` of `price-rose`.
    #[serde(flatten)]
    #[schema(additional_properties)]
    members: Map<String, Value>,
}

impl Problem {
    /// A problem of a kind. `detail` says what happened this time and what to do next, without personal data.
    #[must_use]
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), errors: Vec::new(), members: Vec::new(), retry_after: None }
    }

    /// One field that is not acceptable.
    #[must_use]
    pub fn invalid(pointer: &str, code: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self::new(Kind::Invalid, detail.clone()).with_error(pointer, code, detail)
    }

    /// There is no `what` with this id here.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(Kind::NotFound, format!("There is no {what} with this id here. Check the id."))
    }

    /// Adds one thing to put right.
    #[must_use]
    pub fn with_error(mut self, pointer: &str, code: &str, detail: impl Into<String>) -> Self {
        self.errors.push(FieldError { pointer: pointer.to_owned(), code: code.to_owned(), detail: detail.into() });
        self
    }

    /// Adds a member that belongs to the kind.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.push((name.to_owned(), value.into()));
        self
    }

    /// Says when trying again makes sense.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Which kind it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The machine cannot do it now. The cause, with what to do about it, goes to the log.
    #[must_use]
    pub fn unavailable(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request was turned away");
        Self::new(
            Kind::Unavailable,
            "The shop cannot keep anything just now. Send the same request with the same idempotency key again in half a \
             minute; nothing is done twice. Whoever runs the shop finds the reason in its log.",
        )
        .retry_after(30)
    }

    /// A failure of the platform itself. The cause goes to the log; the caller learns nothing of the inside.
    #[must_use]
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request failed");
        Self::new(
            Kind::Internal,
            "The shop failed to do this. Retry with the same idempotency key; nothing is done twice.",
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.kind.status();
        let body = Body {
            kind: self.kind.uri(),
            title: self.kind.title(),
            status: status.as_u16(),
            detail: self.detail,
            errors: self.errors,
            members: self.members.into_iter().collect(),
        };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.kind == Kind::Unauthenticated {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreError;
    use http_body_util::BodyExt;

    async fn json(response: Response) -> Value {
        serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap()
    }

    #[tokio::test]
    async fn a_problem_says_what_happened_where_and_what_to_do() {
        let problem = Problem::invalid("/quantity", "range", "takes 1 to 999 units").with("limit", 999).retry_after(3);
        let response = problem.into_response();
        assert_eq!(response.status(), 422);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        assert_eq!(response.headers()["retry-after"], "3");
        assert_eq!(
            json(response).await,
            serde_json::json!({
                "type": "/api/problems/invalid",
                "title": "Something in the request is not acceptable",
                "status": 422,
                "detail": "takes 1 to 999 units",
                "errors": [{ "pointer": "/quantity", "code": "range", "detail": "takes 1 to 999 units" }],
                "limit": 999,
            })
        );
    }

    #[tokio::test]
    async fn a_failure_inside_is_not_told_outside() {
        let response = Problem::from(StoreError::Database("secret table".to_owned())).into_response();
        assert_eq!(response.status(), 500);
        assert!(!json(response).await.to_string().contains("secret table"));
    }

    #[tokio::test]
    async fn an_unknown_caller_is_told_how_to_become_known() {
        let response = Problem::new(Kind::Unauthenticated, "no token").into_response();
        assert_eq!(response.headers()["www-authenticate"], "Bearer");
    }
}
