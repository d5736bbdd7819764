//! Every write carries an `Idempotency-Key`: sent twice with one key it is done once, and answered twice alike.
//!
//! The work runs on a task of its own, so that a caller who hangs up does not stop it halfway. What is answered below 500
//! is kept for the next time, with three exceptions: answers that ask to try again (408, 429) or to sign in (401) free the key, and an
//! answer that holds a secret is replaced by a problem that says so, because secrets are shown once and stored nowhere.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::access::Access;
use super::auth::found;
use super::extract::Json;
use super::problem::{Kind, Problem};
use crate::admin;
use crate::clock::Instant;
use crate::people::session;
use crate::secrets::{Secret, hash_token, hex};
use crate::store::idempotency::{self, Begin};
use crate::store::{Store, StoreError, Tx};

const HEADER: &str = "idempotency-key";

/// An answer that holds a secret: it is sent, and not kept.
pub(crate) struct ShownOnce<T> {
    status: StatusCode,
    body: T,
}

impl<T> ShownOnce<T> {
    pub(crate) fn new(status: StatusCode, body: T) -> Self {
        Self { status, body }
    }
}

/// An answer to a write that made something.
pub(crate) struct Created<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Json(self.0)).into_response()
    }
}

/// Marks a response that must not be kept.
#[derive(Clone, Copy)]
struct NotKept;

impl<T: Serialize> IntoResponse for ShownOnce<T> {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        response.extensions_mut().insert(NotKept);
        response
    }
}

/// Names a write for what keeps books of its own: the same for every retry of it, different for everything else.
#[derive(Clone)]
pub(crate) struct WriteKey(pub(crate) String);

impl<S: Sync> FromRequestParts<S> for WriteKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        found(parts)
    }
}

/// Whose key it is, and where it is kept.
pub(crate) struct Ledger {
    pub(crate) store: Store,
    pub(crate) secret: Secret,
    pub(crate) shop: String,
    /// A session's or an admin's id, so that nobody meets another's key.
    pub(crate) principal: String,
    pub(crate) now: Instant,
    /// The largest body.
    pub(crate) limit: usize,
    /// How long its body may take to arrive.
    pub(crate) body_time: Duration,
    /// The session that the request came with, which the request may end.
    pub(crate) opened_by: Option<Opener>,
}

/// A token, and what it opens.
#[derive(Clone)]
pub(crate) struct Opener {
    pub(crate) access: Access,
    pub(crate) token: String,
}

impl Opener {
    /// Whose answers are left when the session is over: only whoever has held the token can ask for them.
    fn heir(&self) -> String {
        format!("ended/{}", hash_token(&self.token))
    }
}

/// Passes a write on, once for each key.
pub(crate) async fn once(ledger: Ledger, request: Request, next: Next) -> Result<Response, Problem> {
    let key = key(request.headers())?;
    let (mut parts, body) = request.into_parts();
    let body = read(body, ledger.limit, ledger.body_time).await?;
    let hash = hash(&ledger.secret, &parts, &body);
    match ledger.begin(&key, hash).await? {
        Begin::New => {}
        Begin::Replay { status, body } => return Ok(replay(status, body)),
        Begin::Running => {
            let detail = "The first request with this Idempotency-Key is still under way. Send it again in a second.";
            return Err(Problem::new(Kind::IdempotencyKeyInUse, detail).retry_after(1));
        }
        Begin::Conflict => {
            let detail = "This Idempotency-Key came with another request before. Use a new key for this one.";
            return Err(Problem::new(Kind::IdempotencyKeyReused, detail));
        }
    }
    let name = ledger.secret.mac(&["write", &ledger.shop, &ledger.principal, &key]);
    parts.extensions.insert(WriteKey(hex(&name[..16])));
    let work = tokio::spawn(async move {
        let response = next.run(Request::from_parts(parts, Body::from(body))).await;
        ledger.keep(&key, response).await
    });
    work.await.unwrap_or_else(|error| Err(Problem::internal(&error)))
}

/// What was answered to a write that has ended the session it came with, to whoever sends it once more.
pub(crate) async fn after_the_end(mut ledger: Ledger, request: Request) -> Result<Option<Response>, Problem> {
    let (Some(opener), Ok(key)) = (ledger.opened_by.take(), key(request.headers())) else { return Ok(None) };
    let (parts, body) = request.into_parts();
    let body = read(body, ledger.limit, ledger.body_time).await?;
    let hash = hash(&ledger.secret, &parts, &body);
    let shop = ledger.shop;
    let answered = ledger.store.read(move |tx| idempotency::answered(tx, &shop, &opener.heir(), &key, &hash)).await?;
    Ok(answered.map(|(status, body)| replay(status, body)))
}

impl Ledger {
    async fn begin(&self, key: &str, hash: String) -> Result<Begin, StoreError> {
        let (shop, principal, key, now) = (self.shop.clone(), self.principal.clone(), key.to_owned(), self.now);
        self.store.write(move |tx| idempotency::begin(tx, &shop, &principal, &key, &hash, now)).await
    }

    async fn keep(self, key: &str, response: Response) -> Result<Response, Problem> {
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.map_err(|error| Problem::internal(&error))?;
        let (status, kept) = if parts.extensions.get::<NotKept>().is_some() {
            let problem = Problem::new(
                Kind::AnsweredOnce,
                "The answer to this request held a secret, was given once and is not kept. Ask again with a new key.",
            );
            let status = problem.kind().status();
            let kept = to_bytes(problem.into_response().into_body(), usize::MAX).await;
            (status, kept.map_err(|error| Problem::internal(&error))?)
        } else {
            (parts.status, bytes.clone())
        };
        let (shop, principal, key, opener, now) = (self.shop, self.principal, key.to_owned(), self.opened_by, self.now);
        let worth_keeping = !status.is_server_error()
            && !matches!(
                status,
                StatusCode::UNAUTHORIZED | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS
            );
        self.store
            .write(move |tx| -> Result<(), StoreError> {
                if !worth_keeping {
                    return idempotency::abandon(tx, &shop, &principal, &key);
                }
                let kept = String::from_utf8_lossy(&kept);
                idempotency::finish(tx, &shop, &principal, &key, status.as_u16(), &kept)?;
                match opener {
                    Some(opener) if !is_open(tx, &shop, &opener, now)? => {
                        idempotency::hand_on(tx, &shop, &principal, &key, &opener.heir())
                    }
                    _ => Ok(()),
                }
            })
            .await?;
        Ok(Response::from_parts(parts, Body::from(bytes)))
    }
}

/// Whether a token still opens its session.
fn is_open(tx: &mut Tx<'_>, shop: &str, opener: &Opener, now: Instant) -> Result<bool, StoreError> {
    Ok(match opener.access {
        Access::Public => true,
        Access::Shopper | Access::Customer => session::open(tx, shop, &opener.token, now)?.is_some(),
        Access::Staff | Access::Owner => admin::look_up(tx, shop, &opener.token, now)?.is_some(),
    })
}

fn key(headers: &HeaderMap) -> Result<String, Problem> {
    let key = headers.get(HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if (8..=128).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(key.to_owned());
    }
    Err(Problem::new(
        Kind::IdempotencyKeyMissing,
        "Send an Idempotency-Key header of 8 to 128 visible ASCII characters, new for every new write.",
    ))
}

async fn read(body: Body, limit: usize, time: Duration) -> Result<Bytes, Problem> {
    let arrived = tokio::time::timeout(time, Limited::new(body, limit).collect())
        .await
        .map_err(|_| Problem::new(Kind::TooSlow, format!("The body did not arrive within {time:?}. Send it again.")))?;
    arrived.map(http_body_util::Collected::to_bytes).map_err(|error| {
        if error.is::<LengthLimitError>() {
            Problem::new(Kind::TooLarge, format!("This operation takes at most {limit} bytes. Send less."))
        } else {
            Problem::new(Kind::MalformedRequest, "The body did not arrive whole. Send the request again.")
        }
    })
}

/// Names a request without telling what is in it. It is keyed, because a body may hold a password.
fn hash(secret: &Secret, parts: &Parts, body: &[u8]) -> String {
    let body = hex(&Sha256::digest(body));
    hex(&secret.mac(&["idempotency", parts.method.as_str(), &parts.uri.to_string(), &body]))
}

fn replay(status: u16, body: String) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let media_type = if status.is_success() { "application/json" } else { "application/problem+json" };
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert("idempotency-replayed", HeaderValue::from_static("true"));
    response
}
