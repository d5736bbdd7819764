//! What handlers take from a request. Each refuses with a [`Problem`] that names the place.

use axum::RequestExt;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use super::problem::{Kind, Problem};

/// A JSON body, in or out.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !is_media_type(&request, "application/json") {
            return Err(Problem::new(
                Kind::UnsupportedMediaType,
                "This operation reads JSON. Send Content-Type: application/json.",
            ));
        }
        parse(&bytes(request).await?).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// A JSON body of a type that cannot refuse unknown members by itself, because its parts are flattened into it.
pub(crate) struct Exact<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Serialize> FromRequest<S> for Exact<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Json(given) = Json::<Value>::from_request(request, state).await?;
        let value: T = parse(given.to_string().as_bytes())?;
        let known = serde_json::to_value(&value).map_err(|error| Problem::internal(&error))?;
        match unknown(&given, &known) {
            None => Ok(Self(value)),
            Some(pointer) => Err(Problem::invalid(
                &pointer,
                "unknown",
                format!("There is no member {pointer}. Compare the body with the operation's documentation."),
            )),
        }
    }
}

/// The first member of `given` that `known` does not have.
fn unknown(given: &Value, known: &Value) -> Option<String> {
    match (given, known) {
        (Value::Object(given), Value::Object(known)) => given.iter().find_map(|(name, value)| {
            let step = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
            match known.get(name) {
                None => Some(step),
                Some(known) => unknown(value, known).map(|rest| step + &rest),
            }
        }),
        (Value::Array(given), Value::Array(known)) => {
            let mut pairs = given.iter().zip(known).enumerate();
            pairs.find_map(|(index, (given, known))| unknown(given, known).map(|rest| format!("/{index}{rest}")))
        }
        _ => None,
    }
}

/// Whether the request says that its body is of this type, whatever the parameters.
pub(crate) fn is_media_type(request: &Request, expected: &str) -> bool {
    let given = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    given.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case(expected))
}

/// The body, which the idempotency layer has read and measured already.
pub(crate) async fn bytes(request: Request) -> Result<Bytes, Problem> {
    request
        .extract::<Bytes, _>()
        .await
        .map_err(|_| Problem::new(Kind::MalformedRequest, "The body did not arrive whole. Send the request again."))
}

/// Reads JSON, and says where it does not fit.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let detail = format!("The body is not UTF-8 from byte {} on. Send JSON in UTF-8.", error.valid_up_to());
        Problem::new(Kind::MalformedJson, detail)
    })?;
    serde_json::from_str::<IgnoredAny>(text).map_err(|error| {
        Problem::new(Kind::MalformedJson, format!("The body is no JSON: {error}. Send one JSON value in UTF-8."))
    })?;
    // Left to itself, serde would take a list of values for an object.
    if !text.trim_start().starts_with('{') {
        return Err(Problem::invalid(
            "",
            "type",
            "The body has to be a JSON object. Compare it with the documentation.",
        ));
    }
    serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(text)).map_err(|error| {
        let pointer = pointer(error.path());
        let reason = error.into_inner().to_string();
        let detail = format!("The body does not fit: {reason}. Compare it with the operation's documentation.");
        Problem::new(Kind::Invalid, detail).with_error(&pointer, "type", reason)
    })
}

/// A JSON Pointer (RFC 6901) for where serde stood.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Seq { index } => format!("{pointer}/{index}"),
        Segment::Map { key } | Segment::Enum { variant: key } => {
            format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
        }
        Segment::Unknown => pointer,
    })
}

/// Parameters of the path, by name.
#[derive(Debug)]
pub(crate) struct Path<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(error) => Err(Problem::new(
                Kind::MalformedRequest,
                format!("The path does not read: {}. Percent-encode ids as UTF-8.", error.body_text()),
            )),
        }
    }
}

/// Parameters of the query, by name.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Query::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(error) => Err(Problem::new(
                Kind::MalformedRequest,
                format!("The query does not read: {}. Compare it with the documentation.", error.body_text()),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        #[expect(dead_code, reason = "only its type matters here")]
        quantity: u32,
    }

    #[derive(Debug, Deserialize)]
    struct Cart {
        #[expect(dead_code, reason = "only its type matters here")]
        lines: Vec<Line>,
    }

    #[test]
    fn a_value_of_the_wrong_type_is_named_by_its_pointer() {
        let problem = parse::<Cart>(br#"{"lines":[{"quantity":1},{"quantity":-1}]}"#).unwrap_err();
        assert_eq!(problem.kind(), Kind::Invalid);
        assert!(format!("{problem:?}").contains("/lines/1/quantity"), "{problem:?}");
    }

    #[test]
    fn an_unknown_field_is_refused() {
        let problem = parse::<Line>(br#"{"quantity":1,"price":0}"#).unwrap_err();
        assert_eq!(problem.kind(), Kind::Invalid);
    }

    #[test]
    fn a_member_that_a_flattened_type_would_swallow_is_found() {
        let known = serde_json::json!({ "a": 1, "list": [{ "b": null }] });
        assert_eq!(unknown(&serde_json::json!({ "list": [{ "b": 2 }] }), &known), None);
        assert_eq!(unknown(&serde_json::json!({ "list": [{ "c/d": 2 }] }), &known).as_deref(), Some("/list/0/c~1d"));
        assert_eq!(unknown(&serde_json::json!({ "a": 1, "z": 0 }), &known).as_deref(), Some("/z"));
    }

    #[test]
    fn broken_json_and_broken_utf8_are_told_apart_from_wrong_values() {
        for bytes in [&b"{"[..], b"", b"{\"quantity\":1} x", b"\"\xff\"", b"nope"] {
            assert_eq!(parse::<Line>(bytes).unwrap_err().kind(), Kind::MalformedJson, "{bytes:?}");
        }
        assert_eq!(parse::<Line>(b"{}").unwrap_err().kind(), Kind::Invalid);
    }
}
