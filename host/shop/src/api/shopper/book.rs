//! A customer's address book and wish list.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::account::gone;
use crate::api::auth::{Here, SignedIn};
use crate::api::extract::{Json, Path};
use crate::api::idempotency::Created;
use crate::api::problem::Problem;
use crate::clock::Instant;
use crate::people::{Address, Customer, SavedAddress, profile};
use crate::platform::Platform;
use crate::store::{addresses, catalogue, favourites};

/// List the address book, the address used last first.
#[utoipa::path(get, path = "/account/addresses", operation_id = "listAddresses", tag = "account", responses(
    (status = 200, description = "Every address.", body = [SavedAddress]),
))]
pub(crate) async fn list_addresses(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
) -> Result<Json<Vec<SavedAddress>>, Problem> {
    Ok(Json(platform.store.read(move |tx| addresses::list(tx, &shop.id, &who.customer)).await?))
}

/// Put an address into the book. One that is there already stays as it is.
#[utoipa::path(post, path = "/account/addresses", operation_id = "addAddress", tag = "account",
    request_body(content = Address, example = json!({
        "name": "Ann Lee", "line1": "Hauptplatz 1", "postal_code": "8010", "locality": "Graz", "country": "AT"
    })),
    responses((status = 201, description = "The address.", body = SavedAddress)))]
pub(crate) async fn add_address(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
    Json(body): Json<Address>,
) -> Result<Created<SavedAddress>, Problem> {
    let now = platform.clock.now();
    let saved = platform.store.write(move |tx| profile::add_address(tx, &shop.id, &who.customer, &body, now)).await?;
    Ok(Created(saved))
}

/// An address of the book.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct AddressPath {
    /// The address's id.
    #[param(example = "adr_01j9x")]
    address: String,
}

/// Change an address of the book. Orders keep the address they had.
#[utoipa::path(put, path = "/account/addresses/{address}", operation_id = "changeAddress", tag = "account",
    params(AddressPath),
    request_body(content = Address, example = json!({
        "name": "Ann Lee", "line1": "Hauptplatz 2", "postal_code": "8010", "locality": "Graz", "country": "AT"
    })),
    responses((status = 200, description = "The address.", body = SavedAddress)))]
pub(crate) async fn change_address(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
    Path(path): Path<AddressPath>,
    Json(body): Json<Address>,
) -> Result<Json<SavedAddress>, Problem> {
    let saved = platform
        .store
        .write(move |tx| profile::change_address(tx, &shop.id, &who.customer, &path.address, &body))
        .await?;
    Ok(Json(saved))
}

/// Take an address out of the book.
#[utoipa::path(delete, path = "/account/addresses/{address}", operation_id = "removeAddress", tag = "account",
    params(AddressPath), responses((status = 204, description = "The address is gone.")))]
pub(crate) async fn remove_address(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
    Path(path): Path<AddressPath>,
) -> Result<StatusCode, Problem> {
    let removed = platform.store.write(move |tx| addresses::remove(tx, &shop.id, &who.customer, &path.address)).await?;
    gone(removed, "address")
}

/// Which addresses of the book checkout starts with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "shipping": "adr_01j9x", "billing": null }))]
pub(crate) struct DefaultAddresses {
    /// The id of the default delivery address; none for no default.
    shipping: Option<String>,
    /// The id of the default billing address; none for no default.
    billing: Option<String>,
}

/// Set the default addresses.
#[utoipa::path(put, path = "/account/default-addresses", operation_id = "setDefaultAddresses", tag = "account",
    request_body = DefaultAddresses, responses((status = 200, description = "The customer.", body = Customer)))]
pub(crate) async fn set_defaults(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
    Json(body): Json<DefaultAddresses>,
) -> Result<Json<Customer>, Problem> {
    let changed = platform
        .store
        .write(move |tx| {
            let (shipping, billing) = (body.shipping.as_deref(), body.billing.as_deref());
            profile::set_defaults(tx, &shop.id, &who.customer, shipping, billing)
        })
        .await?;
    Ok(Json(changed))
}

/// A product on the wish list.
#[derive(Serialize, ToSchema)]
pub(crate) struct Wish {
    /// The product's id.
    product: String,
    /// Since when it is on the list.
    added_at: Instant,
}

/// List the wish list, the newest first.
#[utoipa::path(get, path = "/account/favourites", operation_id = "listFavourites", tag = "account", responses(
    (status = 200, description = "Every product on it.", body = [Wish]),
))]
pub(crate) async fn list_favourites(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
) -> Result<Json<Vec<Wish>>, Problem> {
    let found = platform.store.read(move |tx| favourites::list(tx, &shop.id, &who.customer)).await?;
    Ok(Json(found.into_iter().map(|(product, added_at)| Wish { product, added_at }).collect()))
}

/// A product that is wished for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct FavouritePath {
    /// The product's id.
    #[param(example = "prd_01j9x")]
    product: String,
}

/// Put a product on the wish list. Doing it again changes nothing.
#[utoipa::path(put, path = "/account/favourites/{product}", operation_id = "addFavourite", tag = "account",
    params(FavouritePath), responses((status = 204, description = "The product is on the list.")))]
pub(crate) async fn add_favourite(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
    Path(path): Path<FavouritePath>,
) -> Result<StatusCode, Problem> {
    let now = platform.clock.now();
    platform
        .store
        .write(move |tx| {
            let product = catalogue::get(tx, &shop.id, &path.product)?.filter(|product| product.is_on_sale());
            let product = product.ok_or_else(|| Problem::not_found("product on sale"))?;
            Ok::<_, Problem>(profile::add_favourite(tx, &shop.id, &who.customer, &product.id, now)?)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a product off the wish list.
#[utoipa::path(delete, path = "/account/favourites/{product}", operation_id = "removeFavourite", tag = "account",
    params(FavouritePath), responses((status = 204, description = "The product is off the list.")))]
pub(crate) async fn remove_favourite(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
    Path(path): Path<FavouritePath>,
) -> Result<StatusCode, Problem> {
    let removed =
        platform.store.write(move |tx| favourites::remove(tx, &shop.id, &who.customer, &path.product)).await?;
    gone(removed, "product on the wish list")
}
