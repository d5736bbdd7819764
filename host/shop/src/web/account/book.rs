//! What customers keep: addresses, favourites, cards, devices, sessions.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use crate::people::profile;
use crate::people::{Address, devices as known_devices};
use crate::platform::Platform;
use crate::store::{StoreError, addresses, devices, favourites, payment_tokens, sessions};
use crate::web::failure::Failure;
use crate::web::posted::{Posted, local};
use crate::web::visit::Visit;

const ACCOUNT: &str = "/account";

fn back() -> Response {
    Redirect::to(ACCOUNT).into_response()
}

/// Puts an address into the book.
pub(super) async fn add_address(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Failure> {
    let (shop, id, now) = (visit.shop.id.clone(), visit.require_customer()?.id.clone(), visit.now);
    let text = |name: &str| posted.text(name).to_owned();
    let address = Address {
        name: text("name"),
        line1: text("line1"),
        line2: text("line2"),
        postal_code: text("postal_code"),
        locality: text("locality"),
        country: text("country"),
        ..Address::default()
    };
    platform.store.write(move |tx| profile::add_address(tx, &shop, &id, &address, now)).await?;
    Ok(back())
}

/// Makes an address the default, or takes it out of the book.
pub(super) async fn change_address(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Path(address): Path<String>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Failure> {
    let customer = visit.require_customer()?;
    let (shop, id, billing) = (visit.shop.id.clone(), customer.id.clone(), customer.default_billing.clone());
    if posted.text("action") == "default" {
        let default = move |tx: &mut crate::store::Tx<'_>| {
            profile::set_defaults(tx, &shop, &id, Some(&address), billing.as_deref())
        };
        platform.store.write(default).await?;
        return Ok(back());
    }
    let removed = platform.store.write(move |tx| addresses::remove(tx, &shop, &id, &address)).await?;
    if removed { Ok(back()) } else { Err(Failure::NotFound) }
}

/// Puts a product on the wish list, or takes it off.
pub(super) async fn favourite(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Failure> {
    let (shop, id, now) = (visit.shop.id.clone(), visit.require_customer()?.id.clone(), visit.now);
    let (product, remove) = (posted.text("product").to_owned(), posted.ticked("remove"));
    platform
        .store
        .write(move |tx| -> Result<(), profile::ProfileError> {
            if remove {
                favourites::remove(tx, &shop, &id, &product)?;
                return Ok(());
            }
            profile::add_favourite(tx, &shop, &id, &product, now)
        })
        .await?;
    Ok(Redirect::to(local(posted.text("back"))).into_response())
}

/// Forgets a card.
pub(super) async fn forget_card(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Failure> {
    let (shop, id) = (visit.shop.id.clone(), visit.require_customer()?.id.clone());
    let token = posted.text("token").to_owned();
    platform.store.write(move |tx| payment_tokens::forget(tx, &shop, &id, &token)).await?;
    Ok(back())
}

/// Forgets a device; this one loses its cookie, too.
pub(super) async fn forget_device(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Path(device): Path<String>,
) -> Result<Response, Failure> {
    let (shop, id, now) = (visit.shop.id.clone(), visit.require_customer()?.id.clone(), visit.now);
    let here = visit.jar.device.clone();
    let is_here = platform
        .store
        .write(move |tx| -> Result<_, StoreError> {
            let known = match here {
                Some(token) => known_devices::peek(tx, &shop, &token, now)?,
                None => None,
            };
            devices::revoke(tx, &shop, &id, &device)?;
            Ok(known.is_some_and(|known| known.id == device))
        })
        .await?;
    let cookies = if is_here { visit.cookies().forget_device() } else { visit.cookies() };
    Ok((cookies, Redirect::to(ACCOUNT)).into_response())
}

/// Signs out elsewhere.
pub(super) async fn end_session(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Path(session): Path<String>,
) -> Result<Response, Failure> {
    let (shop, id) = (visit.shop.id.clone(), visit.require_customer()?.id.clone());
    platform.store.write(move |tx| sessions::revoke(tx, &shop, &id, &session)).await?;
    Ok(back())
}
