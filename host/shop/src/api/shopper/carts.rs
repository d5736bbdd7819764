//! Carts. Every answer holds the cart with what it costs now: a cart has no price of its own.

use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::auth::{Here, SignedIn};
use crate::api::extract::{Json, Path};
use crate::api::idempotency::{Created, WriteKey};
use crate::api::problem::Problem;
use crate::api::visitor::{Guest, require_own};
use crate::cart::delivery::DeliveryOffer;
use crate::cart::totals::Totals;
use crate::cart::{Cart, CartLine};
use crate::catalogue::Attributes;
use crate::clock::Instant;
use crate::platform::Platform;
use crate::pricing::PricedCart;
use crate::pricing::coupons::EnteredCode;
use crate::shops::Shop;
use crate::store::carts::{self, CartChangeError};
use crate::store::{StoreError, Tx, idempotency};

/// A cart with what it costs now.
#[derive(Serialize, ToSchema)]
pub(crate) struct CartView {
    /// The cart's id. It opens the cart, so it is to be kept like a key.
    id: String,
    /// Grows with every change.
    version: u32,
    /// The customer, if the shopper has proved who they are.
    customer: Option<String>,
    /// Where the goods go, as ISO 3166-1 alpha-2.
    country: Option<String>,
    /// When the shopper opened checkout.
    checkout_since: Option<Instant>,
    /// Codes as they were typed.
    codes: Vec<String>,
    /// The same codes, each with whether it counts and why not.
    entered_codes: Vec<EnteredCode>,
    /// Free keys and values; those of an extension start with its id and a dot.
    attributes: Attributes,
    /// The lines, in the order of entry.
    lines: Vec<CartLine>,
    /// What it costs now.
    totals: Totals,
    /// The ids of lines that cannot be bought any more. They are not in the totals.
    gone: Vec<String>,
    /// Lines of which there are fewer in stock than wanted.
    short: Vec<ShortLine>,
    /// Something has to be delivered to an address.
    needs_delivery: bool,
    /// The delivery methods offered.
    delivery_offers: Vec<DeliveryOffer>,
    /// The id of the one chosen, if it is still offered.
    delivery_method: Option<String>,
    /// The id of the order it became; from then on it cannot be changed.
    order: Option<String>,
}

/// A line that wants more than there is.
#[derive(Serialize, ToSchema)]
pub(crate) struct ShortLine {
    /// The line's id.
    line: String,
    /// How many can be bought.
    left: u32,
}

impl From<PricedCart> for CartView {
    fn from(priced: PricedCart) -> Self {
        let PricedCart { cart, snapshot, totals, codes, .. } = priced;
        let short = snapshot.short.into_iter().map(|short| ShortLine { line: short.line, left: short.left });
        Self {
            id: cart.id,
            version: cart.version,
            customer: cart.customer,
            country: cart.country,
            checkout_since: cart.checkout_since,
            codes: cart.codes,
            entered_codes: codes,
            attributes: cart.attributes,
            lines: cart.lines,
            totals,
            gone: snapshot.gone.into_iter().map(|line| line.id).collect(),
            short: short.collect(),
            needs_delivery: snapshot.needs_delivery,
            delivery_offers: snapshot.offers,
            delivery_method: snapshot.delivery.map(|offer| offer.id),
            order: cart.order,
        }
    }
}

/// A cart.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct CartPath {
    /// The cart's id.
    #[param(example = "crt_01j9x")]
    pub(super) cart: String,
}

/// Prices a cart for an answer.
pub(super) async fn view(platform: &Platform, shop: &Shop, cart: &str) -> Result<CartView, Problem> {
    Ok(platform.price(shop, cart, platform.clock.now()).await?.into())
}

/// Changes a cart that is the caller's, and prices it.
async fn edit(
    platform: &Platform,
    shop: Arc<Shop>,
    guest: &Guest,
    cart: String,
    change: impl FnOnce(&mut Tx<'_>, &str, Instant, &str) -> Result<Cart, CartChangeError> + Send + 'static,
) -> Result<Json<CartView>, Problem> {
    let (now, customer, id) = (platform.clock.now(), guest.customer().map(str::to_owned), cart.clone());
    let shop_id = shop.id.clone();
    platform
        .store
        .write(move |tx| {
            require_own(&carts::get(tx, &shop_id, &id)?, customer.as_deref())?;
            Ok::<_, Problem>(change(tx, &shop_id, now, &id)?)
        })
        .await?;
    Ok(Json(view(platform, &shop, &cart).await?))
}

/// Start a cart. A customer who is signed in gets back the one they left.
#[utoipa::path(post, path = "/carts", operation_id = "openCart", tag = "cart", responses(
    (status = 201, description = "The cart.", body = CartView),
))]
pub(crate) async fn open(
    State(platform): State<Platform>,
    Here(shop): Here,
    guest: Guest,
) -> Result<Created<CartView>, Problem> {
    let (id, now, customer) = (shop.id.clone(), platform.clock.now(), guest.customer().map(str::to_owned));
    let cart = platform
        .store
        .write(move |tx| {
            let left = match &customer {
                Some(customer) => carts::of_customer(tx, &id, customer)?,
                None => None,
            };
            match left {
                Some(cart) => Ok::<_, StoreError>(cart),
                None => carts::create(tx, &id, now, customer.as_deref()),
            }
        })
        .await?;
    Ok(Created(view(&platform, &shop, &cart.id).await?))
}

/// Read a cart with what it costs now.
#[utoipa::path(get, path = "/carts/{cart}", operation_id = "readCart", tag = "cart", params(CartPath), responses(
    (status = 200, description = "The cart.", body = CartView),
))]
pub(crate) async fn read(
    State(platform): State<Platform>,
    Here(shop): Here,
    guest: Guest,
    Path(path): Path<CartPath>,
) -> Result<Json<CartView>, Problem> {
    let priced = platform.price(&shop, &path.cart, platform.clock.now()).await?;
    require_own(&priced.cart, guest.customer())?;
    Ok(Json(priced.into()))
}

/// What to put into a cart.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "variant": "var_01j9x", "quantity": 1 }))]
pub(crate) struct NewLine {
    /// The variant's id.
    variant: String,
    /// Units.
    #[schema(minimum = 1, maximum = 9999)]
    quantity: u32,
    /// What is noted on the line, such as an engraving.
    #[serde(default)]
    attributes: Attributes,
}

/// Put units of a variant into a cart.
#[utoipa::path(post, path = "/carts/{cart}/lines", operation_id = "addLine", tag = "cart", params(CartPath),
    request_body = NewLine, responses((status = 200, description = "The cart.", body = CartView)))]
pub(crate) async fn add_line(
    State(platform): State<Platform>,
    Here(shop): Here,
    guest: Guest,
    Path(path): Path<CartPath>,
    key: WriteKey,
    Json(body): Json<NewLine>,
) -> Result<Json<CartView>, Problem> {
    edit(&platform, shop, &guest, path.cart, move |tx, shop, now, cart| {
        // Units are added to those that are there, so a retry after a lost answer must find that it was done.
        if !idempotency::is_first(tx, shop, &key.0, now)? {
            return carts::get(tx, shop, cart);
        }
        carts::add(tx, shop, now, cart, &body.variant, body.quantity, &body.attributes)
    })
    .await
}

/// A line of a cart.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct LinePath {
    /// The cart's id.
    #[param(example = "crt_01j9x")]
    cart: String,
    /// The line's id.
    #[param(example = "lin_01j9x")]
    line: String,
}

/// How many units.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "quantity": 2 }))]
pub(crate) struct NewQuantity {
    /// Units; 0 takes the line out.
    #[schema(maximum = 9999)]
    quantity: u32,
}

/// Set how many units of a line are wanted.
#[utoipa::path(put, path = "/carts/{cart}/lines/{line}", operation_id = "setQuantity", tag = "cart", params(LinePath),
    request_body = NewQuantity, responses((status = 200, description = "The cart.", body = CartView)))]
pub(crate) async fn set_quantity(
    State(platform): State<Platform>,
    Here(shop): Here,
    guest: Guest,
    Path(path): Path<LinePath>,
    Json(body): Json<NewQuantity>,
) -> Result<Json<CartView>, Problem> {
    edit(&platform, shop, &guest, path.cart, move |tx, shop, now, cart| {
        carts::set_quantity(tx, shop, now, cart, &path.line, body.quantity)
    })
    .await
}

/// Take a line out of a cart.
#[utoipa::path(delete, path = "/carts/{cart}/lines/{line}", operation_id = "removeLine", tag = "cart",
    params(LinePath), responses((status = 200, description = "The cart.", body = CartView)))]
pub(crate) async fn remove_line(
    State(platform): State<Platform>,
    Here(shop): Here,
    guest: Guest,
    Path(path): Path<LinePath>,
) -> Result<Json<CartView>, Problem> {
    edit(&platform, shop, &guest, path.cart, move |tx, shop, now, cart| carts::remove(tx, shop, now, cart, &path.line))
        .await
}

/// A code, such as a coupon's.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "code": "SPRING" }))]
pub(crate) struct NewCode {
    /// As the shopper types it.
    #[schema(max_length = 64)]
    code: String,
}

/// Enter a code. What it is worth is in the totals, and whether it counts in `entered_codes`, with words for the shopper.
#[utoipa::path(post, path = "/carts/{cart}/codes", operation_id = "enterCode", tag = "cart", params(CartPath),
    request_body = NewCode, responses((status = 200, description = "The cart.", body = CartView)))]
pub(crate) async fn add_code(
    State(platform): State<Platform>,
    Here(shop): Here,
    guest: Guest,
    Path(path): Path<CartPath>,
    Json(body): Json<NewCode>,
) -> Result<Json<CartView>, Problem> {
    edit(&platform, shop, &guest, path.cart, move |tx, shop, now, cart| {
        carts::add_code(tx, shop, now, cart, &body.code)
    })
    .await
}

/// A code of a cart.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct CodePath {
    /// The cart's id.
    #[param(example = "crt_01j9x")]
    cart: String,
    /// The code, in whatever case.
    #[param(example = "SPRING")]
    code: String,
}

/// Take a code out.
#[utoipa::path(delete, path = "/carts/{cart}/codes/{code}", operation_id = "removeCode", tag = "cart",
    params(CodePath), responses((status = 200, description = "The cart.", body = CartView)))]
pub(crate) async fn remove_code(
    State(platform): State<Platform>,
    Here(shop): Here,
    guest: Guest,
    Path(path): Path<CodePath>,
) -> Result<Json<CartView>, Problem> {
    edit(&platform, shop, &guest, path.cart, move |tx, shop, now, cart| {
        carts::remove_code(tx, shop, now, cart, &path.code)
    })
    .await
}

/// What changes about a cart. What is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "country": "AT", "delivery_method": "standard", "attributes": { "loyalty-points.redeem": "200" }
}))]
pub(crate) struct CartChange {
    /// Where the goods go, as ISO 3166-1 alpha-2.
    country: Option<String>,
    /// The id of a delivery method.
    delivery_method: Option<String>,
    /// Keys and values to set; an empty value takes one out, and those not named stay.
    #[serde(default)]
    attributes: Attributes,
}

/// Set where the goods go, how, and what extensions asked about the cart.
#[utoipa::path(patch, path = "/carts/{cart}", operation_id = "changeCart", tag = "cart", params(CartPath),
    request_body = CartChange, responses((status = 200, description = "The cart.", body = CartView)))]
pub(crate) async fn change(
    State(platform): State<Platform>,
    Here(shop): Here,
    guest: Guest,
    Path(path): Path<CartPath>,
    Json(body): Json<CartChange>,
) -> Result<Json<CartView>, Problem> {
    edit(&platform, shop, &guest, path.cart, move |tx, shop, now, cart| {
        if let Some(country) = &body.country {
            carts::set_country(tx, shop, now, cart, country)?;
        }
        if let Some(method) = &body.delivery_method {
            carts::set_delivery(tx, shop, now, cart, Some(method))?;
        }
        if !body.attributes.is_empty() {
            carts::set_attributes(tx, shop, now, cart, &body.attributes)?;
        }
        carts::get(tx, shop, cart)
    })
    .await
}

/// Take a guest's cart over into the account that this session is signed in to, with what the account's own cart holds.
#[utoipa::path(post, path = "/carts/{cart}/claim", operation_id = "claimCart", tag = "cart", params(CartPath),
    responses((status = 200, description = "The cart, which is the customer's now.", body = CartView)))]
pub(crate) async fn claim(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
    guest: Guest,
    Path(path): Path<CartPath>,
) -> Result<Json<CartView>, Problem> {
    let customer = who.customer;
    edit(&platform, shop, &guest, path.cart, move |tx, shop, now, cart| {
        carts::set_customer(tx, shop, now, cart, Some(&customer))
    })
    .await
}
