//! Sessions: everybody shops in one, and signing in gives a new one in its place.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::auth::{Client, Here, Shopper};
use crate::api::extract::Json;
use crate::api::idempotency::ShownOnce;
use crate::api::problem::Problem;
use crate::clock::HOUR;
use crate::people::{Session, session};
use crate::platform::Platform;
use crate::secrets::hex;
use crate::store::limits::{self, Limit, LimitError};

/// Sessions opened from one network address.
const PER_IP: Limit = Limit { burst: 300, period: HOUR };

/// A session that has just begun.
#[derive(Serialize, ToSchema)]
pub(crate) struct Opened {
    /// Send it as `Authorization: Bearer …`. It is shown this once.
    #[schema(example = "f1c2…")]
    token: String,
    /// The session.
    session: Session,
}

/// Open a session, to shop without an account.
#[utoipa::path(post, path = "/sessions", operation_id = "openSession", tag = "sessions", responses(
    (status = 201, description = "The session with its token.", body = Opened),
))]
pub(crate) async fn open(
    State(platform): State<Platform>,
    Here(shop): Here,
    client: Client,
) -> Result<ShownOnce<Opened>, Problem> {
    let now = platform.clock.now();
    let key = format!("sessions-ip/{}", hex(&platform.secret.mac(&["limit", "sessions", &shop.id, &client.ip])[..16]));
    let new = platform
        .store
        .write(move |tx| {
            limits::take(tx, &shop.id, &key, PER_IP, now)?;
            Ok::<_, LimitError>(session::begin(tx, &shop.id, None, &client.label, now)?)
        })
        .await?;
    Ok(ShownOnce::new(StatusCode::CREATED, Opened { token: new.token, session: new.session }))
}

/// Read the session that the token opens.
#[utoipa::path(get, path = "/session", operation_id = "readSession", tag = "sessions", responses(
    (status = 200, description = "The session.", body = Session),
))]
pub(crate) async fn read(shopper: Shopper) -> Json<Session> {
    Json(shopper.session)
}

/// End the session. Its token opens nothing any more.
#[utoipa::path(delete, path = "/session", operation_id = "endSession", tag = "sessions", responses(
    (status = 204, description = "The session has ended."),
))]
pub(crate) async fn end(
    State(platform): State<Platform>,
    Here(shop): Here,
    shopper: Shopper,
) -> Result<StatusCode, Problem> {
    platform.store.write(move |tx| session::end(tx, &shop.id, &shopper.token)).await?;
    Ok(StatusCode::NO_CONTENT)
}
