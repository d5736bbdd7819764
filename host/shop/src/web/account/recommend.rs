//! The link with which a customer recommends the shop.

use std::sync::Arc;

use axum::Extension;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use crate::web::visit::Visit;

/// The longest code that is kept.
const LONGEST: usize = 40;

/// Keeps the code until somebody makes an account, and shows the shop. Whether the code is one is not told.
pub(super) async fn arrive(Extension(visit): Extension<Arc<Visit>>, Path(code): Path<String>) -> Response {
    let home = Redirect::to("/");
    if code.len() > LONGEST || !code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return home.into_response();
    }
    (visit.cookies().referral(&code), home).into_response()
}
