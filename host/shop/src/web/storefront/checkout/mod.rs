//! Checkout on one page: what has to be entered, what it costs, and one button.

mod form;
mod page;

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::cart;
use crate::checkout::arrange::Entries;
use crate::checkout::form::EMAIL;
use crate::checkout::submit::Submission;
use crate::checkout::{Checkout, CheckoutError, FieldProblem, typo};
use crate::orders::Order;
use crate::people::devices;
use crate::platform::Platform;
use crate::pricing::PricingError;
use crate::store::carts::{self, CartChangeError};
use crate::store::orders::PlaceError;
use crate::store::{StoreError, orders};
use crate::web::failure::{Failure, sentence};
use crate::web::posted::Posted;
use crate::web::visit::Visit;
use page::Trouble;

/// Which completed part is to be changed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    edit: String,
}

pub(super) async fn show(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let Some(cart) = &visit.cart else { return Ok(Redirect::to("/cart").into_response()) };
    match platform.open_checkout(&visit.shop, &cart.id, &visit.visitor(), visit.now).await {
        Ok(checkout) => page::show(&platform, &visit, &checkout, &[&asked.edit], Trouble::default()).await,
        Err(CheckoutError::Empty) => Ok(Redirect::to("/cart").into_response()),
        Err(error) => Err(error.into()),
    }
}

/// Everything that the form's buttons do.
pub(super) async fn submit(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Failure> {
    let Some(cart) = visit.cart.as_ref().map(|cart| cart.id.clone()) else {
        return after_the_order(&platform, &visit).await;
    };
    match posted.text("action") {
        "not-me" => forget(&platform, &visit, cart).await,
        "place" => place(&platform, &visit, &posted, &cart).await,
        action => {
            let attributes = cart::of_extensions(&platform, &visit, &posted).await?;
            if !attributes.is_empty() {
                let (shop, now, id) = (visit.shop.id.clone(), visit.now, cart.clone());
                platform.store.write(move |tx| carts::set_attributes(tx, &shop, now, &id, &attributes)).await?;
            }
            let mut entries = form::entries(&posted);
            if action == "mend-email"
                && let Some(meant) = form::typed_email(&posted, &visit).and_then(|typed| typo::meant(&typed))
            {
                entries.fields.insert(EMAIL.to_owned(), meant);
            }
            let changed = platform.change_checkout(&visit.shop, &cart, &visit.visitor(), entries, visit.now).await;
            match changed {
                Ok(checkout) if visit.is_fragment => {
                    page::show(&platform, &visit, &checkout, &form::open(&posted), Trouble::default()).await
                }
                // What was entered is kept; whoever comes back signed in finds it again.
                Ok(_) if action == "sign-in" => Ok(Redirect::to("/sign-in?back=/checkout").into_response()),
                Ok(_) => {
                    let edit = action.strip_prefix("change-").filter(|part| matches!(*part, "contact" | "address"));
                    let page = edit.map_or_else(|| "/checkout".to_owned(), |part| format!("/checkout?edit={part}"));
                    Ok(Redirect::to(&page).into_response())
                }
                Err(CheckoutError::Fields(problems)) => again(&platform, &visit, &posted, problems).await,
                Err(error) => Err(error.into()),
            }
        }
    }
}

async fn place(platform: &Platform, visit: &Visit, posted: &Posted, cart: &str) -> Result<Response, Failure> {
    let submission = Submission {
        entries: form::entries(posted),
        shown_total: posted.number("shown_total").unwrap_or_default(),
        attempt: posted.text("attempt").chars().take(64).collect(),
    };
    if let Some(problem) = misspelt(posted, visit) {
        let entries = submission.entries;
        return match platform.change_checkout(&visit.shop, cart, &visit.visitor(), entries, visit.now).await {
            Ok(_) => again(platform, visit, posted, vec![problem]).await,
            Err(CheckoutError::Fields(problems)) => again(platform, visit, posted, problems).await,
            Err(error) => Err(error.into()),
        };
    }
    let wants_to_be_known = submission.entries.remember == Some(true);
    match platform.place_order(&visit.shop, cart, &visit.visitor(), submission, visit.now).await {
        Ok(placed) => {
            let mut cookies = visit.cookies().ordered(&placed.order.cart, &visit.jar.ordered);
            if let (true, Some(customer), None) = (wants_to_be_known, visit.signed_in(), &visit.jar.device) {
                let (shop, now) = (visit.shop.id.clone(), visit.now);
                let (customer, label) = (customer.to_owned(), visit.label.clone());
                let remembered =
                    platform.store.write(move |tx| devices::remember(tx, &shop, &customer, &label, now)).await?;
                cookies = cookies.device(&remembered);
            }
            Ok((cookies, thank_you(&placed.order)).into_response())
        }
        Err(CheckoutError::Fields(problems)) => again(platform, visit, posted, problems).await,
        Err(CheckoutError::Place(error)) => refused(platform, visit, posted, error).await,
        // Somebody pressed twice: the other press has placed the order meanwhile.
        Err(CheckoutError::Pricing(PricingError::Cart(CartChangeError::Cart(crate::cart::CartError::Placed)))) => {
            let (shop, id) = (visit.shop.id.clone(), cart.to_owned());
            let order =
                platform.store.lookup(move |tx| orders::by_cart(tx, &shop, &id)).await?.ok_or(Failure::NotFound)?;
            Ok((visit.cookies().ordered(cart, &visit.jar.ordered), thank_you(&order)).into_response())
        }
        Err(CheckoutError::Empty) => Ok(Redirect::to("/cart").into_response()),
        Err(error) => Err(error.into()),
    }
}

/// Asks once about an address that looks misspelt, before anything is ordered with it. Whoever has seen the question and
/// presses the button again has answered it.
fn misspelt(posted: &Posted, visit: &Visit) -> Option<FieldProblem> {
    let typed = form::typed_email(posted, visit)?;
    let meant = typo::meant(&typed).filter(|_| posted.text("email_hinted") != typed)?;
    Some(FieldProblem {
        field: EMAIL.to_owned(),
        code: "email-misspelt".to_owned(),
        message: format!("Did you mean {meant}?"),
        remedy: "If the address is right as it is, press the button again.".to_owned(),
    })
}

fn thank_you(order: &Order) -> Redirect {
    Redirect::to(&format!("/orders/{}/thank-you", order.id))
}

/// The form came without a cart: the order that it made is shown, if this browser made one.
async fn after_the_order(platform: &Platform, visit: &Visit) -> Result<Response, Failure> {
    let last = visit.jar.cart.clone().into_iter().chain(visit.jar.ordered.first().cloned());
    let (shop, carts): (_, Vec<String>) = (visit.shop.id.clone(), last.collect());
    let order = platform
        .store
        .lookup(move |tx| -> Result<_, StoreError> {
            for cart in carts {
                if let Some(order) = orders::by_cart(tx, &shop, &cart)? {
                    return Ok(Some(order));
                }
            }
            Ok(None)
        })
        .await?;
    Ok(match order {
        Some(order) => (visit.cookies().ordered(&order.cart, &visit.jar.ordered), thank_you(&order)).into_response(),
        None => Redirect::to("/cart").into_response(),
    })
}

/// "Not you?": the device is forgotten, and what was filled in goes.
async fn forget(platform: &Platform, visit: &Visit, cart: String) -> Result<Response, Failure> {
    let (shop, now, token) = (visit.shop.id.clone(), visit.now, visit.jar.device.clone());
    platform
        .store
        .write(move |tx| -> Result<(), CartChangeError> {
            if let Some(token) = token {
                devices::forget(tx, &shop, &token, now)?;
            }
            carts::set_customer(tx, &shop, now, &cart, None)?;
            Ok(())
        })
        .await?;
    Ok((visit.cookies().forget_device(), Redirect::to("/checkout")).into_response())
}

/// Why no order was placed, as something on the form where it is one.
async fn refused(platform: &Platform, visit: &Visit, posted: &Posted, error: PlaceError) -> Result<Response, Failure> {
    let words = sentence(&error.to_string());
    let trouble = match error {
        PlaceError::Store(error) => return Err(error.into()),
        PlaceError::Empty => return Ok(Redirect::to("/cart").into_response()),
        PlaceError::PriceRose { .. } => Trouble { price_rose: true, ..Trouble::default() },
        PlaceError::Payment(_) | PlaceError::NoPayment => Trouble::about(problem("payment", words)),
        PlaceError::CartChanged | PlaceError::OutOfStock { .. } | PlaceError::ClaimRefused(_) | PlaceError::Amounts => {
            Trouble::about(problem("", words))
        }
    };
    reopen(platform, visit, posted, trouble).await
}

fn problem(field: &str, message: String) -> FieldProblem {
    FieldProblem { field: field.to_owned(), code: "refused".to_owned(), message, remedy: String::new() }
}

async fn again(
    platform: &Platform,
    visit: &Visit,
    posted: &Posted,
    problems: Vec<FieldProblem>,
) -> Result<Response, Failure> {
    reopen(platform, visit, posted, Trouble { problems, ..Trouble::default() }).await
}

/// Shows the form once more as it was sent, with what is in the way.
async fn reopen(platform: &Platform, visit: &Visit, posted: &Posted, trouble: Trouble) -> Result<Response, Failure> {
    let trouble = Trouble { typed: form::typed(posted), ..trouble };
    let Some(cart) = &visit.cart else { return Ok(Redirect::to("/cart").into_response()) };
    let checkout: Checkout =
        platform.change_checkout(&visit.shop, &cart.id, &visit.visitor(), Entries::default(), visit.now).await?;
    let mut response = page::show(platform, visit, &checkout, &form::open(posted), trouble).await?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}
