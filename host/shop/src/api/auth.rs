//! Who sent a request: the holder of a bearer token, or nobody in particular.
//!
//! The API reads no cookie, so no other site can make a browser write, and no anti-forgery token is needed. Handlers take
//! what the [gate](super::gate) found out: [`Here`], [`Shopper`], [`SignedIn`] or [`Staff`].

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use super::problem::{Kind, Problem};
use crate::admin::Admin;
use crate::people::Session;
use crate::shops::Shop;

/// The shop that the path names.
#[derive(Clone, Debug)]
pub(crate) struct Here(pub(crate) Arc<Shop>);

/// A shopper's session.
#[derive(Clone)]
pub(crate) struct Shopper {
    /// The session.
    pub(crate) session: Session,
    /// What opens it.
    pub(crate) token: String,
}

/// A shopper's session that is signed in.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn {
    /// The session's id.
    pub(crate) session: String,
    /// The customer's id.
    pub(crate) customer: String,
}

/// A member of the shop's staff.
#[derive(Clone)]
pub(crate) struct Staff {
    /// The account.
    pub(crate) admin: Admin,
    /// What opens the session.
    pub(crate) token: String,
}

impl Staff {
    /// How the audit log names the account.
    pub(crate) fn actor(&self) -> String {
        self.admin.actor()
    }
}

/// The token of an `Authorization: Bearer …` header.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

pub(crate) fn unknown() -> Problem {
    Problem::new(
        Kind::Unauthenticated,
        "The request has no token, or one that is unknown, revoked or expired. Open a session or sign in, and send its \
         token as Authorization: Bearer.",
    )
}

/// The gate puts in what handlers take out. One that is missing is a route that was put behind the wrong gate.
pub(crate) fn found<T: Clone + Send + Sync + 'static>(parts: &Parts) -> Result<T, Problem> {
    parts
        .extensions
        .get::<T>()
        .cloned()
        .ok_or_else(|| Problem::internal(&"a handler asked for more than its gate knows"))
}

macro_rules! from_gate {
    ($($type:ty),*) => {
        $(impl<S: Sync> FromRequestParts<S> for $type {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
                found(parts)
            }
        })*
    };
}

from_gate!(Here, Shopper, SignedIn, Staff);

/// Where a request came from and what its sender says it is, for limits on attempts and for lists of sessions.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// The connection's address: headers say what their sender likes. Empty where there is no connection.
    pub(crate) ip: String,
    /// The `User-Agent`.
    pub(crate) label: String,
}

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let address = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let label = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Self {
            ip: address.map(|ConnectInfo(address)| address.ip().to_string()).unwrap_or_default(),
            label: label.unwrap_or_default().to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn only_a_bearer_token_counts() {
        let read = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
            bearer(&headers).map(str::to_owned)
        };
        assert_eq!(read("Bearer abc").as_deref(), Some("abc"));
        assert_eq!(read("bearer  abc ").as_deref(), Some("abc"));
        for wrong in ["Basic abc", "Bearer", "Bearer ", "abc"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!(bearer(&HeaderMap::new()), None);
    }
}
