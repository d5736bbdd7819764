//! The address book: a page to write an address on, with the fields of its country.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;

use crate::cart::CheckoutEntries;
use crate::checkout::address_fields::{self, entries};
use crate::checkout::countries::COUNTRIES;
use crate::checkout::form::{self, SHIPPING, is_field};
use crate::checkout::{FieldProblem, written};
use crate::people::profile::{self, ProfileError};
use crate::platform::Platform;
use crate::store::{Tx, addresses};
use crate::web::failure::{Failure, sentence};
use crate::web::layout::Place;
use crate::web::posted::Posted;
use crate::web::views::fields::{self, ErrorView, FieldView};
use crate::web::visit::Visit;

const ACCOUNT: &str = "/account#addresses-title";

#[derive(Serialize)]
struct AddressPage {
    /// Empty for a new address.
    id: String,
    fields: Vec<FieldView>,
    /// What has to be changed, field by field.
    errors: Vec<ErrorView>,
    /// Why it was not saved, whatever the fields hold.
    refused: Option<String>,
    default_shipping: bool,
    default_billing: bool,
}

/// What the form holds.
struct Sent {
    entries: CheckoutEntries,
    default_shipping: bool,
    default_billing: bool,
}

/// Why the form is shown again.
#[derive(Default)]
struct Trouble {
    problems: Vec<FieldProblem>,
    refused: Option<String>,
}

/// An empty form.
pub(super) async fn new(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
) -> Result<Response, Failure> {
    let customer = visit.require_customer()?;
    let address = crate::people::Address {
        name: customer.name.clone(),
        country: visit.shop.country.clone(),
        ..crate::people::Address::default()
    };
    let sent = Sent { entries: entries(&address), default_shipping: false, default_billing: false };
    page(&platform, &visit, "", sent, Trouble::default()).await
}

/// The form with an address of the book in it.
pub(super) async fn show(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let customer = visit.require_customer()?;
    let (shop, owner, wanted) = (visit.shop.id.clone(), customer.id.clone(), id.clone());
    let found = platform.store.read(move |tx| addresses::get(tx, &shop, &owner, &wanted)).await?;
    let saved = found.ok_or(Failure::NotFound)?;
    let sent = Sent {
        entries: entries(&saved.address),
        default_shipping: customer.default_shipping.as_ref() == Some(&id),
        default_billing: customer.default_billing.as_ref() == Some(&id),
    };
    page(&platform, &visit, &id, sent, Trouble::default()).await
}

/// Puts a new address into the book.
pub(super) async fn add(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Failure> {
    take(&platform, &visit, String::new(), &posted).await
}

/// Changes an address, makes it the default, or takes it out of the book.
pub(super) async fn change(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Path(id): Path<String>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Failure> {
    let customer = visit.require_customer()?;
    let (shop, owner, billing) = (visit.shop.id.clone(), customer.id.clone(), customer.default_billing.clone());
    match posted.text("action") {
        "default" => {
            let default =
                move |tx: &mut Tx<'_>| profile::set_defaults(tx, &shop, &owner, Some(&id), billing.as_deref());
            platform.store.write(default).await?;
        }
        "remove" => {
            let removed = platform.store.write(move |tx| addresses::remove(tx, &shop, &owner, &id)).await?;
            if !removed {
                return Err(Failure::NotFound);
            }
        }
        _ => return take(&platform, &visit, id, &posted).await,
    }
    Ok(Redirect::to(ACCOUNT).into_response())
}

/// Saves what the form holds, or shows it again: for another country, or with what has to be changed.
async fn take(platform: &Platform, visit: &Arc<Visit>, id: String, posted: &Posted) -> Result<Response, Failure> {
    let customer = visit.require_customer()?;
    let typed = posted.all().filter(|(name, value)| is_field(name) && !value.is_empty());
    let typed = typed.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let sent = Sent {
        entries: CheckoutEntries { typed, ..CheckoutEntries::default() },
        default_shipping: posted.ticked("default_shipping"),
        default_billing: posted.ticked("default_billing"),
    };
    if posted.text("action") != "save" {
        return page(platform, visit, &id, sent, Trouble::default()).await;
    }
    let plan = platform.address_fields(&visit.shop, &sent.entries, visit.now).await?;
    let problems = address_fields::problems(&plan, &sent.entries);
    if !problems.is_empty() {
        return page(platform, visit, &id, sent, Trouble { problems, refused: None }).await;
    }
    let address = written::write(&plan, SHIPPING, form::address(&sent.entries, SHIPPING));
    let (shop, owner, wanted, now) = (visit.shop.id.clone(), customer.id.clone(), id.clone(), visit.now);
    let before = [customer.default_shipping.clone(), customer.default_billing.clone()];
    let defaults = [sent.default_shipping, sent.default_billing];
    let saved = platform
        .store
        .write(move |tx| -> Result<(), ProfileError> {
            let saved = match wanted.as_str() {
                "" => profile::add_address(tx, &shop, &owner, &address, now)?,
                known => profile::change_address(tx, &shop, &owner, known, &address)?,
            };
            // A box that is not ticked takes the default away from this address, and from no other.
            let default = |ticked: bool, before: &Option<String>| match ticked {
                true => Some(saved.id.clone()),
                false => before.clone().filter(|known| *known != saved.id),
            };
            let [shipping, billing] = [0, 1].map(|which| default(defaults[which], &before[which]));
            profile::set_defaults(tx, &shop, &owner, shipping.as_deref(), billing.as_deref())?;
            Ok(())
        })
        .await;
    match saved {
        Ok(()) => Ok(Redirect::to(ACCOUNT).into_response()),
        Err(error @ (ProfileError::Field { .. } | ProfileError::Full)) => {
            let trouble = Trouble { problems: Vec::new(), refused: Some(sentence(&error.to_string())) };
            page(platform, visit, &id, sent, trouble).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(platform: &Platform, visit: &Visit, id: &str, sent: Sent, trouble: Trouble) -> Result<Response, Failure> {
    let plan = platform.address_fields(&visit.shop, &sent.entries, visit.now).await?;
    let fields = fields::fields(&plan, |_| true, &sent.entries, &sent.entries.typed, &trouble.problems, COUNTRIES);
    let is_fine = trouble.problems.is_empty() && trouble.refused.is_none();
    let content = AddressPage {
        id: id.to_owned(),
        fields,
        errors: trouble.problems.iter().map(ErrorView::of).collect(),
        refused: trouble.refused,
        default_shipping: sent.default_shipping,
        default_billing: sent.default_billing,
    };
    let status = if is_fine { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(visit.show(status, "account/address.html", Place::default(), &content))
}
