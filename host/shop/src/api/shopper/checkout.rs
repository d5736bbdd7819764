//! From the cart to the order. The form is planned by extensions, and what was filled in is told from what was typed.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use boomerang_engine::contract::{CheckoutPlan, FieldPlan};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::carts::{CartPath, CartView};
use super::orders::for_buyer;
use crate::api::auth::Here;
use crate::api::extract::{Json, Path};
use crate::api::idempotency::{Created, WriteKey};
use crate::api::problem::{self, Problem};
use crate::api::visitor::{DEVICE_TOKEN, Guest, require_own};
use crate::cart::CheckoutEntries;
use crate::checkout::arrange::Entries;
use crate::checkout::submit::Submission;
use crate::checkout::{Checkout, form};
use crate::money::Money;
use crate::orders::Order;
use crate::people::PaymentToken;
use crate::platform::Platform;
use crate::store::carts;

/// A checkout as it stands.
#[derive(Serialize, ToSchema)]
pub(crate) struct CheckoutView {
    /// The cart with what it costs now.
    cart: CartView,
    /// The fields, in the order in which to show them.
    fields: Vec<FieldView>,
    /// Show the billing fields.
    show_billing: bool,
    /// The billing address differs from the delivery address.
    billing_differs: bool,
    /// The order is a gift for somebody else.
    gift: bool,
    /// This device is to be remembered.
    remember: bool,
    /// The tokens the customer has kept and the gateway still accepts.
    payment_tokens: Vec<PaymentToken>,
    /// The one chosen.
    payment_token: Option<String>,
    /// What could not be reserved, in words for the shopper; the order would be refused for it.
    unavailable: Option<String>,
}

/// A field of the form.
#[derive(Serialize, ToSchema)]
pub(crate) struct FieldView {
    /// The field's id.
    #[schema(example = "shipping.postal-code")]
    field: String,
    /// The label, in the words of the country and the shopper's language.
    label: String,
    /// What it holds now.
    value: String,
    /// The shopper typed it, so nothing else overwrites it.
    typed: bool,
    /// Where a value that was filled in is from.
    source: String,
    /// How sure that is, in percent.
    confidence: u8,
    /// The complete WHATWG autofill detail tokens.
    #[schema(example = "shipping postal-code")]
    autocomplete: String,
    /// `text`, `numeric`, `tel` or `email`.
    input_mode: String,
    /// It has to be filled in.
    required: bool,
    /// A regular expression in ECMAScript syntax that the whole value should match; none for any.
    pattern: Option<String>,
    /// An example of a right value.
    example: Option<String>,
    /// The choices of a field that is a list.
    choices: Vec<Choice>,
    /// Do not show it: its value is known, or it is not needed.
    hidden: bool,
}

/// One choice of a field that is a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct Choice {
    /// What is stored.
    key: String,
    /// What is shown.
    value: String,
}

impl CheckoutView {
    fn new(checkout: Checkout) -> Self {
        let Checkout { priced, plan, tokens, unavailable } = checkout;
        let CheckoutPlan { fields, show_billing, .. } = plan;
        let entries = priced.cart.form.clone();
        Self {
            cart: priced.into(),
            fields: fields.into_iter().map(|field| FieldView::new(field, &entries)).collect(),
            show_billing,
            billing_differs: entries.billing_differs,
            gift: entries.gift,
            remember: entries.remember,
            payment_tokens: tokens,
            payment_token: entries.payment_token,
            unavailable,
        }
    }
}

impl FieldView {
    fn new(plan: FieldPlan, entries: &CheckoutEntries) -> Self {
        Self {
            value: entries.value(&plan.field).unwrap_or_default().to_owned(),
            typed: entries.typed.contains_key(&plan.field),
            field: plan.field,
            label: plan.label,
            source: plan.source,
            confidence: plan.confidence,
            autocomplete: plan.autocomplete,
            input_mode: plan.input_mode,
            required: plan.required,
            pattern: plan.pattern,
            example: plan.example,
            choices: plan.choices.into_iter().map(|choice| Choice { key: choice.key, value: choice.value }).collect(),
            hidden: plan.hidden,
        }
    }
}

/// Refuses a cart of somebody else.
async fn guard(platform: &Platform, shop: &str, guest: &Guest, cart: &str) -> Result<(), Problem> {
    let (shop, cart, customer) = (shop.to_owned(), cart.to_owned(), guest.customer().map(str::to_owned));
    platform.store.lookup(move |tx| require_own(&carts::get(tx, &shop, &cart)?, customer.as_deref())).await
}

/// Open the checkout of a cart, or come back to it.
///
/// Fills in what is known of this shopper, prices the cart, and reserves what is scarce for a while. A `Device-Token`
/// header recognises a device that its customer asked to be remembered on; the answer may carry the token's successor in a
/// header of the same name.
#[utoipa::path(post, path = "/carts/{cart}/checkout", operation_id = "openCheckout", tag = "checkout",
    params(CartPath, ("Device-Token" = Option<String>, Header, description = "The token of a remembered device.")),
    responses((status = 200, description = "The checkout.", body = CheckoutView,
        headers(("Device-Token" = String, description = "The device's new token; the old one works until it is used.")))))]
pub(crate) async fn open(
    State(platform): State<Platform>,
    Here(shop): Here,
    guest: Guest,
    headers: HeaderMap,
    Path(path): Path<CartPath>,
) -> Result<Response, Problem> {
    guard(&platform, &shop.id, &guest, &path.cart).await?;
    let now = platform.clock.now();
    let checkout = platform.open_checkout(&shop, &path.cart, &guest.visitor(), now).await?;
    let successor = guest.rotate(&platform, &shop.id, &headers, now).await?;
    let mut response = Json(CheckoutView::new(checkout)).into_response();
    if let Some(token) = successor.and_then(|token| HeaderValue::try_from(token).ok()) {
        response.headers_mut().insert(DEVICE_TOKEN, token);
    }
    Ok(response)
}

/// Tell the checkout what the shopper has entered, and get back what follows: the fields of the country, delivery, price.
#[utoipa::path(patch, path = "/carts/{cart}/checkout", operation_id = "changeCheckout", tag = "checkout",
    params(CartPath),
    request_body(content = Entries, example = json!({
        "fields": { "email": "ann@example.com", "shipping.country": "AT", "shipping.postal-code": "8010" },
        "delivery_method": "standard", "payment_token": "tok_visa_ok"
    })),
    responses((status = 200, description = "The checkout.", body = CheckoutView)))]
pub(crate) async fn change(
    State(platform): State<Platform>,
    Here(shop): Here,
    guest: Guest,
    Path(path): Path<CartPath>,
    Json(body): Json<Entries>,
) -> Result<Json<CheckoutView>, Problem> {
    guard(&platform, &shop.id, &guest, &path.cart).await?;
    let now = platform.clock.now();
    let checkout = platform.change_checkout(&shop, &path.cart, &guest.visitor(), body, now).await?;
    Ok(Json(CheckoutView::new(checkout)))
}

/// The press of the button.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "total": 2490, "entries": { "fields": { "shipping.name": "Ann Lee" } } }))]
pub(crate) struct PlaceOrder {
    /// What the shopper was shown as left to pay (`totals.to_pay`). A drop is passed on; a rise asks again.
    #[schema(minimum = 0)]
    total: Money,
    /// What was entered last, as in `changeCheckout`.
    #[serde(default)]
    entries: Entries,
}

/// Place the order: once for a cart, however often it is sent.
///
/// Takes stock, points and sale units in one transaction, or refuses and takes nothing.
#[utoipa::path(post, path = "/carts/{cart}/order", operation_id = "placeOrder", tag = "checkout", params(CartPath),
    request_body = PlaceOrder, responses(
    (status = 201, description = "The order.", body = Order),
    (status = 402, description = "The payment was declined. Nothing was charged and no order was made.",
        body = problem::Body, content_type = "application/problem+json"),
))]
pub(crate) async fn place(
    State(platform): State<Platform>,
    Here(shop): Here,
    guest: Guest,
    key: WriteKey,
    Path(path): Path<CartPath>,
    Json(body): Json<PlaceOrder>,
) -> Result<Created<Order>, Problem> {
    guard(&platform, &shop.id, &guest, &path.cart).await?;
    let submission = Submission { entries: body.entries, shown_total: body.total, attempt: key.0 };
    let now = platform.clock.now();
    let placed = platform.place_order(&shop, &path.cart, &guest.visitor(), submission, now).await?;
    Ok(Created(for_buyer(placed.order)))
}

/// The fields that a checkout can have, in the order of a plain form.
#[utoipa::path(get, path = "/checkout-fields", operation_id = "listCheckoutFields", tag = "checkout", responses(
    (status = 200, description = "The ids of every field.", body = [String]),
))]
pub(crate) async fn fields() -> Json<Vec<String>> {
    Json(form::fields(true, true).collect())
}
