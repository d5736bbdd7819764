//! What staff do.

mod operations;
mod staff;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::platform::Platform;

/// For everybody, with no token.
pub(crate) fn open_to_all() -> OpenApiRouter<Platform> {
    OpenApiRouter::default().routes(routes!(staff::sign_in))
}

/// For every member of the staff.
pub(crate) fn for_staff() -> OpenApiRouter<Platform> {
    OpenApiRouter::default()
        .routes(routes!(staff::whoami, staff::sign_out))
        .routes(routes!(operations::list_audit))
        .routes(routes!(operations::list_mails))
        .routes(routes!(operations::retry_mail))
}

/// For owners of the shop.
pub(crate) fn for_owners() -> OpenApiRouter<Platform> {
    OpenApiRouter::default().routes(routes!(staff::list, staff::add)).routes(routes!(staff::change))
}
