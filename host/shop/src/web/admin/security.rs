//! One's own second factor: setting it up and turning it off.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::desk::Desk;
use super::failure::{Failure, sentence};
use super::layout::done;
use super::sent::Sent;
use crate::admin::Admin;
use crate::admin::second_factor::{self, Enrolment, FactorError, Standing};
use crate::platform::Platform;
use crate::store::StoreError;

const ADDRESS: &str = "/admin/security";

#[derive(Default, Serialize)]
struct SecurityPage {
    in_force: bool,
    codes_left: u32,
    /// What the app is told, while it is being set up.
    secret: Option<String>,
    url: Option<String>,
    /// Recovery codes that have just been made.
    codes: Vec<String>,
    error: Option<String>,
}

pub(super) async fn show(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
) -> Result<Response, Failure> {
    page(&platform, &desk, SecurityPage::default()).await
}

async fn page(platform: &Platform, desk: &Desk, page: SecurityPage) -> Result<Response, Failure> {
    let (shop, admin) = (desk.shop.id.clone(), me(desk)?.id);
    let read =
        platform.store.read(move |tx| -> Result<Standing, StoreError> { second_factor::standing(tx, &shop, &admin) });
    let Standing { in_force, codes_left } = read.await?;
    let status = if page.error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(desk.show(status, "admin/security.html", &SecurityPage { in_force, codes_left, ..page }))
}

/// What the form asks for: to begin, to confirm, or to turn it off.
pub(super) async fn change(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Extension(sent): Extension<Sent>,
) -> Result<Response, Failure> {
    let (secret, shop, me, now) = (platform.secret.clone(), desk.shop.clone(), me(&desk)?, desk.now);
    let (step, code) = (sent.text("step").to_owned(), sent.text("code").to_owned());
    let write = platform.store.write(move |tx| -> Result<Option<SecurityPage>, FactorError> {
        Ok(match step.as_str() {
            "confirm" => {
                let codes = second_factor::confirm(tx, &secret, &shop.id, &me, &code, now)?;
                Some(SecurityPage { codes, ..SecurityPage::default() })
            }
            "off" => {
                second_factor::turn_off(tx, &secret, &shop.id, &me, &code, now)?;
                None
            }
            _ => {
                let enrolment = second_factor::enrol(tx, &secret, &shop, &me)?;
                let (secret, url) = (Some(enrolment.secret), Some(enrolment.url));
                Some(SecurityPage { secret, url, ..SecurityPage::default() })
            }
        })
    });
    match write.await {
        Ok(Some(shown)) => page(&platform, &desk, shown).await,
        Ok(None) => Ok(done(ADDRESS, "unguarded")),
        Err(FactorError::Store(error)) => Err(error.into()),
        Err(error) => {
            let error = Some(sentence(&error.to_string()));
            // Whoever has mistyped the first code enters the next one, and not the key again.
            let begun = if sent.text("step") == "confirm" { begun(&platform, &desk).await? } else { None };
            let (secret, url) = begun.map(|begun| (begun.secret, begun.url)).unzip();
            page(&platform, &desk, SecurityPage { secret, url, error, ..SecurityPage::default() }).await
        }
    }
}

/// What the app was told that is being set up.
async fn begun(platform: &Platform, desk: &Desk) -> Result<Option<Enrolment>, Failure> {
    let (secret, shop, me) = (platform.secret.clone(), desk.shop.clone(), me(desk)?);
    Ok(platform.store.read(move |tx| second_factor::begun(tx, &secret, &shop, &me)).await?)
}

fn me(desk: &Desk) -> Result<Admin, Failure> {
    desk.admin.clone().ok_or(Failure::NotFound)
}
