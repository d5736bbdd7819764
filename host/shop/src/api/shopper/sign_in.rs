//! Signing in without a password (A4–A6). Nothing here tells whether an address has an account.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::auth::{Client, Here, Shopper};
use crate::api::extract::Json;
use crate::api::idempotency::ShownOnce;
use crate::api::problem::Problem;
use crate::clock::Instant;
use crate::people::sign_in::{self, CodeFor, Confirmation, Origin, SignInError, Visit};
use crate::people::{Email, Session};
use crate::platform::Platform;
use crate::shops::Shop;
use crate::store::Tx;

/// Who wants to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "email": "ann@example.com" }))]
pub(crate) struct SignInRequest {
    /// The e-mail address.
    #[schema(max_length = 254)]
    email: String,
}

/// What the caller keeps until the code arrives.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignInRequested {
    /// Has to come with the code. Without the mail it opens nothing.
    #[schema(example = "7b0e…")]
    handle: String,
}

/// Ask for a mail with a link and a code.
///
/// The answer is the same for every address, and takes the same work.
#[utoipa::path(post, path = "/sign-in", operation_id = "requestSignIn", tag = "sessions", request_body = SignInRequest,
    responses((status = 202, description = "A mail is on its way.", body = SignInRequested)))]
pub(crate) async fn request(
    State(platform): State<Platform>,
    Here(shop): Here,
    shopper: Shopper,
    client: Client,
    Json(body): Json<SignInRequest>,
) -> Result<ShownOnce<SignInRequested>, Problem> {
    let email = Email::parse(&body.email).map_err(|error| Problem::invalid("/email", "email", error.to_string()))?;
    let (secret, now) = (platform.secret.clone(), platform.clock.now());
    let requested = platform
        .store
        .write(move |tx| {
            let origin = Origin { ip: &client.ip, browser: Some(&shopper.session.id) };
            sign_in::request(tx, &secret, &shop.id, &email, origin, now)
        })
        .await?;
    Ok(ShownOnce::new(StatusCode::ACCEPTED, SignInRequested { handle: requested.handle }))
}

/// The token of a mailed link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "token": "7b0e…", "remember": true }))]
pub(crate) struct LinkProof {
    /// The token that the link ends with.
    #[schema(max_length = 200)]
    token: String,
    /// Remember this device, so that a later checkout on it is filled in. Needs the shopper's consent.
    #[serde(default)]
    remember: bool,
    /// The code of the customer who recommended the shop. It counts for somebody who is new.
    #[schema(max_length = 40)]
    referral: Option<String>,
}

/// A mailed code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "handle": "7b0e…", "code": "123456", "remember": false }))]
pub(crate) struct CodeProof {
    /// The handle that `requestSignIn` answered; for the code of an invitation, leave it out and send `email`.
    #[schema(max_length = 200)]
    handle: Option<String>,
    /// The address that an invitation was mailed to.
    #[schema(max_length = 254)]
    email: Option<String>,
    /// The six digits.
    #[schema(max_length = 20)]
    code: String,
    /// Remember this device, so that a later checkout on it is filled in. Needs the shopper's consent.
    #[serde(default)]
    remember: bool,
    /// The code of the customer who recommended the shop. It counts for somebody who is new.
    #[schema(max_length = 40)]
    referral: Option<String>,
}

/// A session that is signed in.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignedInSession {
    /// Takes the place of the token sent with the request, which opens nothing any more. It is shown this once.
    #[schema(example = "f1c2…")]
    token: String,
    /// The session.
    session: Session,
    /// For the `Device-Token` header of later checkouts, if the device is to be remembered. It is shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    device_token: Option<String>,
    /// The address was proved for the first time: orders, points and addresses that waited for it are the customer's now.
    first: bool,
}

/// Sign in with the token of a mailed link.
///
/// Only this uses the token up; reading a page with it never does, because mail scanners open links.
#[utoipa::path(post, path = "/sign-in/link", operation_id = "signInByLink", tag = "sessions", request_body = LinkProof,
    responses((status = 201, description = "Signed in, with a new token.", body = SignedInSession)))]
pub(crate) async fn link(
    State(platform): State<Platform>,
    Here(shop): Here,
    shopper: Shopper,
    client: Client,
    Json(body): Json<LinkProof>,
) -> Result<ShownOnce<SignedInSession>, Problem> {
    let secret = platform.secret.clone();
    let asked = Asked { remember: body.remember, referral: body.referral };
    conclude(&platform, shop, shopper, client, asked, move |tx, shop, visit, now| {
        sign_in::confirm_link(tx, &secret, &shop.id, &body.token, visit, now)
    })
    .await
}

/// Sign in with a mailed code.
#[utoipa::path(post, path = "/sign-in/code", operation_id = "signInByCode", tag = "sessions", request_body = CodeProof,
    responses((status = 201, description = "Signed in, with a new token.", body = SignedInSession)))]
pub(crate) async fn code(
    State(platform): State<Platform>,
    Here(shop): Here,
    shopper: Shopper,
    client: Client,
    Json(body): Json<CodeProof>,
) -> Result<ShownOnce<SignedInSession>, Problem> {
    let email = body
        .email
        .as_deref()
        .map(Email::parse)
        .transpose()
        .map_err(|error| Problem::invalid("/email", "email", error.to_string()))?;
    let whose = match (body.handle, email) {
        (Some(handle), None) => Whose::Handle(handle),
        (None, Some(email)) => Whose::Invitation(email),
        _ => return Err(Problem::invalid("/handle", "one-of", "send either the handle or the invited e-mail address")),
    };
    let secret = platform.secret.clone();
    let asked = Asked { remember: body.remember, referral: body.referral };
    conclude(&platform, shop, shopper, client, asked, move |tx, shop, visit, now| {
        let code_for = match &whose {
            Whose::Handle(handle) => CodeFor::Handle(handle),
            Whose::Invitation(email) => CodeFor::Invitation(email),
        };
        sign_in::confirm_code(tx, &secret, &shop.id, code_for, &body.code, visit, now)
    })
    .await
}

/// What goes with a proof.
struct Asked {
    remember: bool,
    referral: Option<String>,
}

enum Whose {
    Handle(String),
    Invitation(Email),
}

async fn conclude(
    platform: &Platform,
    shop: Arc<Shop>,
    shopper: Shopper,
    client: Client,
    asked: Asked,
    confirm: impl FnOnce(&mut Tx<'_>, &Shop, Visit<'_>, Instant) -> Result<Confirmation, SignInError> + Send + 'static,
) -> Result<ShownOnce<SignedInSession>, Problem> {
    let now = platform.clock.now();
    let confirmation = platform
        .store
        .write(move |tx| {
            let origin = Origin { ip: &client.ip, browser: Some(&shopper.session.id) };
            let session = Some(shopper.token.as_str());
            let Asked { remember, referral } = &asked;
            let visit = Visit {
                origin,
                session,
                label: &client.label,
                remember: *remember,
                locale: &shop.locale,
                referral: referral.as_deref(),
            };
            confirm(tx, &shop, visit, now)
        })
        .await?;
    match confirmation {
        Confirmation::SignedIn(signed_in) => {
            let body = SignedInSession {
                token: signed_in.session.token,
                session: signed_in.session.session,
                device_token: signed_in.device,
                first: signed_in.first,
            };
            Ok(ShownOnce::new(StatusCode::CREATED, body))
        }
        Confirmation::Refused => Err(Problem::invalid(
            "",
            "proof-refused",
            "The link or code is wrong, was used already, was replaced by a newer one or has ended. Ask for a new mail.",
        )),
    }
}
