//! What customers keep beside their addresses: favourites, cards, devices, sessions.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use crate::people::devices as known_devices;
use crate::people::profile;
use crate::platform::Platform;
use crate::store::{StoreError, devices, favourites, payment_tokens, sessions};
use crate::web::failure::Failure;
use crate::web::posted::{Posted, local};
use crate::web::visit::Visit;

const ACCOUNT: &str = "/account";

fn back() -> Response {
    Redirect::to(ACCOUNT).into_response()
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
