//! The end of marketing, by the link in a mail or in one click from the mail program (RFC 8058).

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::header::REFERRER_POLICY;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use crate::mail::unsubscribe;
use crate::platform::Platform;
use crate::web::failure::Failure;
use crate::web::visit::Visit;

/// The token of the link.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    token: String,
}

#[derive(Serialize)]
struct Unsubscribe<'a> {
    token: &'a str,
    done: bool,
}

/// A page with a button: mail scanners open links.
pub(super) async fn show(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    unsubscribe::contact_of(&platform.secret, &visit.shop.id, &asked.token).ok_or(Failure::NotFound)?;
    Ok(page(&visit, &asked.token, false))
}

/// The button, or the mail program.
pub(super) async fn unsubscribe(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let contact = unsubscribe::contact_of(&platform.secret, &visit.shop.id, &asked.token).ok_or(Failure::NotFound)?;
    let (shop, now) = (visit.shop.id.clone(), visit.now);
    platform.store.write(move |tx| unsubscribe::unsubscribe(tx, &shop, &contact, now)).await?;
    Ok(page(&visit, &asked.token, true))
}

fn page(visit: &Visit, token: &str, done: bool) -> Response {
    let page = visit.page("account/unsubscribe.html", &Unsubscribe { token, done });
    ([(REFERRER_POLICY, "no-referrer")], page).into_response()
}
