//! A second factor for one's own account, and turning that of a colleague off who has lost it.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::staff::StaffPath;
use crate::admin::second_factor;
use crate::api::auth::{Here, Staff};
use crate::api::extract::{Json, Path};
use crate::api::idempotency::ShownOnce;
use crate::api::problem::Problem;
use crate::platform::Platform;

/// How the second factor of an account stands.
#[derive(Serialize, ToSchema)]
pub(crate) struct SecondFactorView {
    /// A code is asked for at every sign-in.
    in_force: bool,
    /// Recovery codes that have not been used.
    recovery_codes_left: u32,
}

/// Say how the second factor of this account stands.
#[utoipa::path(get, path = "/admin/session/second-factor", operation_id = "readSecondFactor", tag = "staff", responses(
    (status = 200, description = "How it stands.", body = SecondFactorView),
))]
pub(crate) async fn read(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
) -> Result<Json<SecondFactorView>, Problem> {
    let read = platform.store.read(move |tx| second_factor::standing(tx, &shop.id, &staff.admin.id));
    let standing = read.await?;
    Ok(Json(SecondFactorView { in_force: standing.in_force, recovery_codes_left: standing.codes_left }))
}

/// What an authenticator app is told.
#[derive(Serialize, ToSchema)]
pub(crate) struct EnrolmentView {
    /// The shared secret in base 32, to be typed into the app. It is shown this once.
    #[schema(example = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")]
    secret: String,
    /// The same as an address that apps open, and that can be shown as a QR code.
    #[schema(example = "otpauth://totp/Demo:owner%40example.com?secret=JBSWY3DPEHPK3PXP&issuer=Demo")]
    url: String,
}

/// Begin to set up a second factor. It is not asked for until it is confirmed by a first code.
#[utoipa::path(post, path = "/admin/session/second-factor", operation_id = "beginSecondFactor", tag = "staff", responses(
    (status = 201, description = "What the authenticator app is told.", body = EnrolmentView),
))]
pub(crate) async fn enrol(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
) -> Result<ShownOnce<EnrolmentView>, Problem> {
    let secret = platform.secret.clone();
    let write = platform.store.write(move |tx| second_factor::enrol(tx, &secret, &shop, &staff.admin));
    let enrolment = write.await?;
    Ok(ShownOnce::new(StatusCode::CREATED, EnrolmentView { secret: enrolment.secret, url: enrolment.url }))
}

/// A code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "code": "123456" }))]
pub(crate) struct FactorCode {
    /// What the authenticator app shows, or a recovery code.
    #[schema(max_length = 64)]
    code: String,
}

/// Codes for when the app is lost.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecoveryCodes {
    /// Each signs in once in the place of a code of the app. They are shown this once.
    recovery_codes: Vec<String>,
}

/// Put the second factor into force by a first code of the app.
#[utoipa::path(post, path = "/admin/session/second-factor/confirm", operation_id = "confirmSecondFactor", tag = "staff",
    request_body = FactorCode, responses((status = 200, description = "Codes for when it is lost.", body = RecoveryCodes)))]
pub(crate) async fn confirm(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Json(body): Json<FactorCode>,
) -> Result<ShownOnce<RecoveryCodes>, Problem> {
    let (secret, now) = (platform.secret.clone(), platform.clock.now());
    let write =
        platform.store.write(move |tx| second_factor::confirm(tx, &secret, &shop.id, &staff.admin, &body.code, now));
    Ok(ShownOnce::new(StatusCode::OK, RecoveryCodes { recovery_codes: write.await? }))
}

/// Turn the second factor of this account off, with one of its codes.
#[utoipa::path(post, path = "/admin/session/second-factor/off", operation_id = "endSecondFactor", tag = "staff",
    request_body = FactorCode, responses((status = 204, description = "It is not asked for any more.")))]
pub(crate) async fn turn_off(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Json(body): Json<FactorCode>,
) -> Result<StatusCode, Problem> {
    let (secret, now) = (platform.secret.clone(), platform.clock.now());
    let write =
        platform.store.write(move |tx| second_factor::turn_off(tx, &secret, &shop.id, &staff.admin, &body.code, now));
    write.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Turn the second factor of a colleague off, who has lost it.
#[utoipa::path(delete, path = "/admin/staff/{admin}/second-factor", operation_id = "endSecondFactorOf", tag = "staff",
    params(StaffPath), responses((status = 204, description = "It is not asked for any more.")))]
pub(crate) async fn turn_off_for(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Path(path): Path<StaffPath>,
) -> Result<StatusCode, Problem> {
    let now = platform.clock.now();
    let write =
        platform.store.write(move |tx| second_factor::turn_off_for(tx, &shop.id, &staff.actor(), &path.admin, now));
    write.await?;
    Ok(StatusCode::NO_CONTENT)
}
