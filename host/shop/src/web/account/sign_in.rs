//! Signing in with a link or a code from a mail (A4–A6).
//!
//! Looking at the page of a link changes nothing, however often a mail scanner does it; its button signs in. Nothing here
//! tells whether an address has an account.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::REFERRER_POLICY;
use axum::response::{IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};

use crate::people::proofs::{self, ProofPurpose};
use crate::people::sign_in::{self, CodeFor, Confirmation, Origin, SignInError, SignedIn, Visit as Proving};
use crate::people::{Email, offer, session};
use crate::platform::Platform;
use crate::secrets::hash_token;
use crate::store::carts::{self, CartChangeError};
use crate::store::{StoreError, Tx};
use crate::web::failure::Failure;
use crate::web::layout::Place;
use crate::web::posted::{Posted, local};
use crate::web::visit::Visit;

const WRONG: &str = "This code is wrong, was used already, or has ended. Ask for a new mail.";

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    back: String,
    token: String,
}

#[derive(Serialize)]
struct SignInPage<'a> {
    back: &'a str,
    email: &'a str,
    error: Option<String>,
}

#[derive(Serialize)]
struct CodePage<'a> {
    back: &'a str,
    email: &'a str,
    /// The browser asked for no mail, so the code is an invitation's, and goes with the address.
    ask_email: bool,
    error: Option<&'a str>,
}

#[derive(Serialize)]
struct LinkPage<'a> {
    token: &'a str,
    /// It invites a guest, who may say no.
    invitation: bool,
}

pub(super) async fn show(Extension(visit): Extension<Arc<Visit>>, Query(asked): Query<Asked>) -> Response {
    if visit.signed_in().is_some() {
        return Redirect::to("/account").into_response();
    }
    visit.page("account/sign-in.html", &SignInPage { back: &asked.back, email: "", error: None })
}

/// Asks for a mail. The answer is the same for every address.
pub(super) async fn request(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Failure> {
    let (typed, back) = (posted.text("email"), posted.text("back"));
    let email = match Email::parse(typed) {
        Ok(email) => email,
        Err(error) => {
            let page =
                SignInPage { back, email: typed, error: Some(crate::web::failure::sentence(&error.to_string())) };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return Ok(visit.show(status, "account/sign-in.html", Place::default(), &page));
        }
    };
    let (seen, secret) = (Arc::clone(&visit), platform.secret.clone());
    let requested = platform
        .store
        .write(move |tx| {
            let browser = hash_token(&seen.token);
            let origin = Origin { ip: &seen.ip, browser: Some(&browser) };
            sign_in::request(tx, &secret, &seen.shop.id, &email, origin, seen.now)
        })
        .await?;
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("back", local(back)).finish();
    let page = Redirect::to(&format!("/sign-in/code?{query}"));
    Ok((visit.cookies().proof(&requested.handle), page).into_response())
}

pub(super) async fn show_code(Extension(visit): Extension<Arc<Visit>>, Query(asked): Query<Asked>) -> Response {
    let page = CodePage { back: &asked.back, email: "", ask_email: visit.jar.proof.is_none(), error: None };
    visit.page("account/code.html", &page)
}

/// Signs in with a code.
pub(super) async fn code(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Failure> {
    let (secret, code) = (platform.secret.clone(), posted.text("code").to_owned());
    let (handle, email) = (visit.jar.proof.clone(), Email::parse(posted.text("email")).ok());
    let signed_in = conclude(&platform, &visit, posted.ticked("remember"), move |tx, shop, proving, now| {
        let code_for = match (&handle, &email) {
            (Some(handle), _) => CodeFor::Handle(handle),
            (None, Some(email)) => CodeFor::Invitation(email),
            (None, None) => return Ok(Confirmation::Refused),
        };
        sign_in::confirm_code(tx, &secret, shop, code_for, &code, proving, now)
    })
    .await?;
    if let Some(signed_in) = signed_in {
        return Ok(arrive(&platform, &visit, &signed_in, posted.text("back")));
    }
    let (back, email) = (posted.text("back"), posted.text("email"));
    let page = CodePage { back, email, ask_email: visit.jar.proof.is_none(), error: Some(WRONG) };
    Ok(visit.show(StatusCode::UNPROCESSABLE_ENTITY, "account/code.html", Place::default(), &page))
}

/// The page of a link. It only looks.
pub(super) async fn show_link(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let (shop, token, now) = (visit.shop.id.clone(), asked.token.clone(), visit.now);
    let purpose = platform.store.read(move |tx| proofs::peek(tx, &shop, &token, now)).await?;
    let page = match purpose {
        None => ended(&visit),
        Some(purpose) => {
            let page = LinkPage { token: &asked.token, invitation: purpose == ProofPurpose::Invitation };
            visit.page("account/confirm.html", &page)
        }
    };
    // The address holds the token: no other site gets to see it.
    Ok(([(REFERRER_POLICY, "no-referrer")], page).into_response())
}

/// Signs in with a link.
pub(super) async fn link(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Failure> {
    let (secret, token) = (platform.secret.clone(), posted.text("token").to_owned());
    let signed_in = conclude(&platform, &visit, posted.ticked("remember"), move |tx, shop, proving, now| {
        sign_in::confirm_link(tx, &secret, shop, &token, proving, now)
    })
    .await?;
    Ok(match signed_in {
        Some(signed_in) => arrive(&platform, &visit, &signed_in, "/account"),
        None => ended(&visit),
    })
}

/// "Don't keep it", from the invitation.
pub(super) async fn refuse(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Failure> {
    let (shop, token, now) = (visit.shop.id.clone(), posted.text("token").to_owned(), visit.now);
    let refused = platform.store.write(move |tx| offer::refuse_by_link(tx, &shop, &token, now)).await?;
    Ok(if refused { visit.page("account/refused.html", &()) } else { ended(&visit) })
}

/// Ends the session. Cart and orders go with it: the next person at this browser may be somebody else.
pub(super) async fn sign_out(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
) -> Result<Response, Failure> {
    let (shop, token) = (visit.shop.id.clone(), visit.token.clone());
    platform.store.write(move |tx| session::end(tx, &shop, &token)).await?;
    let cookies = visit.cookies().end_session().forget_cart().forget_orders();
    Ok((cookies, Redirect::to("/")).into_response())
}

fn ended(visit: &Visit) -> Response {
    visit.show(StatusCode::GONE, "account/ended.html", Place::default(), &())
}

/// The session has a new token, which what the browser keeps is sealed with from now on; what was in the cart is the
/// customer's.
fn arrive(platform: &Platform, visit: &Visit, signed_in: &SignedIn, back: &str) -> Response {
    let token = &signed_in.session.token;
    let mut cookies = visit.cookies_under(&platform.secret, token).session(token).forget_proof();
    if visit.jar.referral.is_some() {
        cookies = cookies.forget_referral();
    }
    if let Some(cart) = &visit.cart {
        cookies = cookies.cart(&cart.id);
    }
    if !visit.jar.ordered.is_empty() {
        cookies = cookies.orders(&visit.jar.ordered);
    }
    if let Some(device) = &signed_in.device {
        cookies = cookies.device(device);
    }
    let page = match local(back) {
        "/" => "/account",
        page => page,
    };
    (cookies, Redirect::to(page)).into_response()
}

async fn conclude(
    platform: &Platform,
    visit: &Arc<Visit>,
    remember: bool,
    confirm: impl FnOnce(&mut Tx<'_>, &str, Proving<'_>, crate::clock::Instant) -> Result<Confirmation, SignInError>
    + Send
    + 'static,
) -> Result<Option<SignedIn>, Failure> {
    let visit = Arc::clone(visit);
    let confirmation = platform
        .store
        .write(move |tx| -> Result<_, SignInError> {
            let browser = hash_token(&visit.token);
            let origin = Origin { ip: &visit.ip, browser: Some(&browser) };
            let proving = Proving {
                origin,
                session: Some(&visit.token),
                label: &visit.label,
                remember,
                locale: &visit.shop.locale,
                referral: visit.jar.referral.as_deref(),
            };
            let confirmation = confirm(tx, &visit.shop.id, proving, visit.now)?;
            if let (Confirmation::SignedIn(signed_in), Some(cart)) = (&confirmation, &visit.cart) {
                adopt(tx, &visit, &cart.id, &signed_in.customer.id)?;
            }
            Ok(confirmation)
        })
        .await?;
    Ok(match confirmation {
        Confirmation::SignedIn(signed_in) => Some(*signed_in),
        Confirmation::Refused => None,
    })
}

/// The cart that the page shows becomes the customer's, with what their own holds.
fn adopt(tx: &mut Tx<'_>, visit: &Visit, cart: &str, customer: &str) -> Result<(), StoreError> {
    match carts::set_customer(tx, &visit.shop.id, visit.now, cart, Some(customer)) {
        Ok(_) | Err(CartChangeError::Cart(_)) => Ok(()),
        Err(CartChangeError::Store(error)) => Err(error),
    }
}
