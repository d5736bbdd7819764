//! What a customer has with the shop: the profile, where they are signed in, and taking it all along or having it erased.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::{Here, SignedIn};
use crate::api::extract::{Json, Path};
use crate::api::problem::Problem;
use crate::people::export::{self, PersonalData};
use crate::people::{Customer, Device, PaymentToken, ProfileChange, Session, erase, profile};
use crate::platform::Platform;
use crate::store::{customers, devices, payment_tokens, sessions};

/// Read the profile.
#[utoipa::path(get, path = "/account", operation_id = "readAccount", tag = "account", responses(
    (status = 200, description = "The customer.", body = Customer),
))]
pub(crate) async fn read(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
) -> Result<Json<Customer>, Problem> {
    let found = platform.store.read(move |tx| customers::get(tx, &shop.id, &who.customer)).await?;
    found.map(Json).ok_or_else(|| Problem::not_found("account"))
}

/// Change the profile. What is absent stays.
#[utoipa::path(patch, path = "/account", operation_id = "changeAccount", tag = "account",
    request_body(content = ProfileChange, example = json!({
        "name": "Ann Lee", "birthday": { "month": 2, "day": 29 }, "marketing_consent": false
    })),
    responses((status = 200, description = "The customer.", body = Customer)))]
pub(crate) async fn change(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
    Json(body): Json<ProfileChange>,
) -> Result<Json<Customer>, Problem> {
    let now = platform.clock.now();
    let changed = platform.store.write(move |tx| profile::change(tx, &shop.id, &who.customer, &body, now)).await?;
    Ok(Json(changed))
}

/// Have everything erased that names the customer. The books keep their numbers, under nobody's name.
///
/// Every session ends with it, the one that asks too, so a retry is answered 401.
#[utoipa::path(delete, path = "/account", operation_id = "eraseAccount", tag = "account", responses(
    (status = 204, description = "Erased."),
))]
pub(crate) async fn erase(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
) -> Result<StatusCode, Problem> {
    let now = platform.clock.now();
    let actor = format!("customer:{}", who.customer);
    platform.store.write(move |tx| erase::erase(tx, &shop.id, &actor, &who.customer, now)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take along everything the shop keeps of the customer.
#[utoipa::path(get, path = "/account/export", operation_id = "exportAccount", tag = "account", responses(
    (status = 200, description = "Everything, as one document.", body = PersonalData),
))]
pub(crate) async fn export(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
) -> Result<Json<PersonalData>, Problem> {
    let now = platform.clock.now();
    let found = platform.store.read(move |tx| export::personal_data(tx, &shop.id, &who.customer, now)).await?;
    found.map(Json).ok_or_else(|| Problem::not_found("account"))
}

/// List where the customer is signed in, the session used last first.
#[utoipa::path(get, path = "/account/sessions", operation_id = "listSessions", tag = "account", responses(
    (status = 200, description = "Every session.", body = [Session]),
))]
pub(crate) async fn list_sessions(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
) -> Result<Json<Vec<Session>>, Problem> {
    let now = platform.clock.now();
    Ok(Json(platform.store.read(move |tx| sessions::of_customer(tx, &shop.id, &who.customer, now)).await?))
}

/// Sign out everywhere but here.
#[utoipa::path(delete, path = "/account/sessions", operation_id = "endOtherSessions", tag = "account", responses(
    (status = 204, description = "The other sessions have ended."),
))]
pub(crate) async fn end_other_sessions(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
) -> Result<StatusCode, Problem> {
    platform.store.write(move |tx| sessions::revoke_all(tx, &shop.id, &who.customer, Some(&who.session))).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A session.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct SessionPath {
    /// The session's id.
    #[param(example = "ses_01j9x")]
    session: String,
}

/// Sign out elsewhere.
#[utoipa::path(delete, path = "/account/sessions/{session}", operation_id = "endOtherSession", tag = "account",
    params(SessionPath), responses((status = 204, description = "The session has ended.")))]
pub(crate) async fn end_session(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
    Path(path): Path<SessionPath>,
) -> Result<StatusCode, Problem> {
    let ended = platform.store.write(move |tx| sessions::revoke(tx, &shop.id, &who.customer, &path.session)).await?;
    gone(ended, "session")
}

/// List the devices that the customer asked to be remembered on.
#[utoipa::path(get, path = "/account/devices", operation_id = "listDevices", tag = "account", responses(
    (status = 200, description = "Every device, the one seen last first.", body = [Device]),
))]
pub(crate) async fn list_devices(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
) -> Result<Json<Vec<Device>>, Problem> {
    let now = platform.clock.now();
    Ok(Json(platform.store.read(move |tx| devices::of_customer(tx, &shop.id, &who.customer, now)).await?))
}

/// A device.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct DevicePath {
    /// The device's id.
    #[param(example = "dev_01j9x")]
    device: String,
}

/// Forget a device.
#[utoipa::path(delete, path = "/account/devices/{device}", operation_id = "forgetDevice", tag = "account",
    params(DevicePath), responses((status = 204, description = "The device is forgotten.")))]
pub(crate) async fn forget_device(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
    Path(path): Path<DevicePath>,
) -> Result<StatusCode, Problem> {
    let gone_now = platform.store.write(move |tx| devices::revoke(tx, &shop.id, &who.customer, &path.device)).await?;
    gone(gone_now, "device")
}

/// List the payment tokens that are kept. No card number is kept anywhere.
#[utoipa::path(get, path = "/account/payment-tokens", operation_id = "listPaymentTokens", tag = "account", responses(
    (status = 200, description = "Every token, the one used last first.", body = [PaymentToken]),
))]
pub(crate) async fn list_payment_tokens(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
) -> Result<Json<Vec<PaymentToken>>, Problem> {
    Ok(Json(platform.store.read(move |tx| payment_tokens::list(tx, &shop.id, &who.customer)).await?))
}

/// A payment token.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct PaymentTokenPath {
    /// The token.
    #[param(example = "tok_visa_ok")]
    token: String,
}

/// Forget a payment token.
#[utoipa::path(delete, path = "/account/payment-tokens/{token}", operation_id = "forgetPaymentToken", tag = "account",
    params(PaymentTokenPath), responses((status = 204, description = "The token is forgotten.")))]
pub(crate) async fn forget_payment_token(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
    Path(path): Path<PaymentTokenPath>,
) -> Result<StatusCode, Problem> {
    let gone_now =
        platform.store.write(move |tx| payment_tokens::forget(tx, &shop.id, &who.customer, &path.token)).await?;
    gone(gone_now, "payment token")
}

/// 204 for a thing that went, 404 for one that was not there.
pub(super) fn gone(was_there: bool, what: &str) -> Result<StatusCode, Problem> {
    if was_there { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found(what)) }
}
