//! What shoppers do.

mod catalogue;
mod sessions;
mod sign_in;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::platform::Platform;

/// For everybody, with no token.
pub(crate) fn open_to_all() -> OpenApiRouter<Platform> {
    OpenApiRouter::default()
        .routes(routes!(catalogue::shop))
        .routes(routes!(catalogue::categories))
        .routes(routes!(catalogue::products))
        .routes(routes!(catalogue::product))
        .routes(routes!(sessions::open))
}

/// For a session, signed in or not.
pub(crate) fn in_session() -> OpenApiRouter<Platform> {
    OpenApiRouter::default()
        .routes(routes!(sessions::read, sessions::end))
        .routes(routes!(sign_in::request))
        .routes(routes!(sign_in::link))
        .routes(routes!(sign_in::code))
}
