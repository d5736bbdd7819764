//! Signing in and out.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};

use super::desk::{Desk, SIGN_IN};
use super::failure::{Failure, sentence};
use super::sent::Sent;
use crate::admin::{self, AdminSignInError, Credentials};
use crate::demo::{self, features};
use crate::platform::Platform;
use crate::secrets::new_token;

/// Where to go afterwards.
#[derive(Deserialize)]
pub(super) struct Back {
    back: Option<String>,
}

#[derive(Serialize)]
struct SignIn<'a> {
    email: &'a str,
    back: &'a str,
    error: Option<String>,
    asks_for_code: bool,
    demo: Option<Demo>,
}

/// What the demo's merchant signs in with: the page of a demonstration says so.
#[derive(Serialize)]
struct Demo {
    email: &'static str,
    password: &'static str,
}

pub(super) async fn show(Extension(desk): Extension<Arc<Desk>>, Query(query): Query<Back>) -> Response {
    let back = query.back.unwrap_or_default();
    if desk.admin.is_some() {
        return Redirect::to(local(&back)).into_response();
    }
    desk.page(
        "admin/sign-in.html",
        &SignIn { email: "", back: &back, error: None, asks_for_code: false, demo: demo(&desk) },
    )
}

pub(super) async fn submit(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Extension(sent): Extension<Sent>,
) -> Result<Response, Failure> {
    let (email, back) = (sent.text("email"), sent.text("back"));
    let credentials = Credentials {
        email: email.to_owned(),
        password: sent.exact("password").to_owned(),
        code: sent.text("code").to_owned(),
        ip: desk.ip.clone(),
        label: desk.label.clone(),
    };
    let (status, error) =
        match admin::sign_in(&platform.store, &platform.secret, &desk.shop.id, credentials, desk.now).await {
            Ok(signed_in) => {
                let cookie = [(header::SET_COOKIE, desk.cookie(&signed_in.token))];
                return Ok((cookie, Redirect::to(local(back))).into_response());
            }
            Err(AdminSignInError::Store(error)) => return Err(error.into()),
            Err(error @ (AdminSignInError::Wrong | AdminSignInError::CodeNeeded | AdminSignInError::WrongCode)) => {
                (StatusCode::UNPROCESSABLE_ENTITY, error)
            }
            Err(error @ AdminSignInError::Limit(_)) => (StatusCode::TOO_MANY_REQUESTS, error),
        };
    let asks_for_code = matches!(error, AdminSignInError::CodeNeeded | AdminSignInError::WrongCode);
    let error = Some(sentence(&error.to_string()));
    let page = SignIn { email, back, error, asks_for_code, demo: demo(&desk) };
    Ok(desk.show(status, "admin/sign-in.html", &page))
}

pub(super) async fn leave(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
) -> Result<Response, Failure> {
    let (shop, token) = (desk.shop.id.clone(), desk.token.clone());
    platform.store.write(move |tx| admin::sign_out(tx, &shop, &token)).await?;
    // A new token, so that forms of the session that has ended are worth nothing.
    Ok(([(header::SET_COOKIE, desk.cookie(&new_token()))], Redirect::to(SIGN_IN)).into_response())
}

fn demo(desk: &Desk) -> Option<Demo> {
    (desk.demo && desk.shop.id == demo::SHOP).then_some(Demo { email: features::ADMIN, password: features::PASSWORD })
}

/// A page of the admin to go to; the overview for anything else, so that no link of ours leads elsewhere.
fn local(back: &str) -> &str {
    let own = (back == "/admin" || back.starts_with("/admin/") || back.starts_with("/admin?"))
        && back.len() <= 512
        && back.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if own { back } else { "/admin" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_back_never_leaves_the_admin() {
        assert_eq!(local("/admin/orders?before=x"), "/admin/orders?before=x");
        for elsewhere in ["", "https://evil.example", "//evil.example", "/admin\\evil", "/adminx", "/"] {
            assert_eq!(local(elsewhere), "/admin", "{elsewhere}");
        }
    }
}
