//! What customers say of themselves.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;

use crate::people::profile::{self, ProfileError};
use crate::people::{Birthday, Customer, ProfileChange};
use crate::platform::Platform;
use crate::web::failure::{Failure, sentence};
use crate::web::layout::Place;
use crate::web::posted::Posted;
use crate::web::visit::Visit;

const HALF_A_DAY: &str = "A birthday has a day and a month. Enter both as numbers, or empty both to take it out.";

#[derive(Serialize)]
struct Profile<'a> {
    customer: &'a Customer,
    marketing: bool,
    error: Option<String>,
}

pub(super) async fn show(Extension(visit): Extension<Arc<Visit>>) -> Result<Response, Failure> {
    page(&visit, None)
}

fn page(visit: &Visit, error: Option<String>) -> Result<Response, Failure> {
    let customer = visit.require_customer()?;
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let content = Profile { customer, marketing: customer.marketing_since.is_some(), error };
    Ok(visit.show(status, "account/profile.html", Place::default(), &content))
}

pub(super) async fn change(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Failure> {
    let id = visit.require_customer()?.id.clone();
    let birthday = match (posted.text("birthday_month"), posted.text("birthday_day")) {
        ("", "") => None,
        (month, day) => match (month.parse(), day.parse()) {
            (Ok(month), Ok(day)) => Some(Birthday { month, day }),
            _ => return page(&visit, Some(HALF_A_DAY.to_owned())),
        },
    };
    let change = ProfileChange {
        name: Some(posted.text("name").to_owned()),
        phone: Some(posted.text("phone").to_owned()),
        locale: None,
        birthday: Some(birthday),
        marketing_consent: Some(posted.ticked("marketing")),
    };
    let (shop, now) = (visit.shop.id.clone(), visit.now);
    match platform.store.write(move |tx| profile::change(tx, &shop, &id, &change, now)).await {
        Ok(_) => Ok(Redirect::to("/account").into_response()),
        Err(error @ ProfileError::Field { .. }) => page(&visit, Some(sentence(&error.to_string()))),
        Err(error) => Err(error.into()),
    }
}
