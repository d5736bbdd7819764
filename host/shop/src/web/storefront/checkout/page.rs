//! The checkout's page, made from the checkout as it stands.

use std::collections::BTreeMap;

use axum::response::Response;
use boomerang_engine::contract::FieldPlan;
use serde::Serialize;

use crate::cart::delivery::DeliveryMethod;
use crate::checkout::countries::COUNTRIES;
use crate::checkout::form::{BILLING, EMAIL, SHIPPING, address, has_own_billing};
use crate::checkout::{Checkout, FieldProblem, typo};
use crate::gateway::{CardToken, TEST_CARDS};
use crate::money::Money;
use crate::platform::Platform;
use crate::pricing::PricedCart;
use crate::pricing::coupons::EnteredCode;
use crate::pricing::shown::Subject;
use crate::secrets::new_token;
use crate::web::failure::Failure;
use crate::web::views::blocks::{self, BlockView};
use crate::web::views::dates;
use crate::web::views::fields::{self, ErrorView, FieldView};
use crate::web::views::people::{brand, envelope, expiry};
use crate::web::views::totals::{LineView, TotalsView, cart_lines};
use crate::web::visit::Visit;

/// Why the page is shown again.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    /// What has to be changed.
    pub(super) problems: Vec<FieldProblem>,
    /// What was sent, to be shown again also where it cannot be kept.
    pub(super) typed: BTreeMap<String, String>,
    /// It costs more than was shown.
    pub(super) price_rose: bool,
}

impl Trouble {
    pub(super) fn about(problem: FieldProblem) -> Self {
        Self { problems: vec![problem], ..Self::default() }
    }
}

#[derive(Serialize)]
struct CheckoutPage {
    errors: Vec<ErrorView>,
    /// How a known customer is greeted.
    known: Option<Known>,
    contact: Section,
    /// The e-mail address looks misspelt.
    email_hint: Option<EmailHint>,
    shipping: Option<Section>,
    billing: Option<Section>,
    billing_differs: bool,
    gift: bool,
    remember: bool,
    delivery: Vec<DeliveryView>,
    delivery_error: Option<String>,
    /// The cards that the customer has kept.
    payment: Vec<PaymentView>,
    /// Other cards; folded where there is one that was kept.
    other_cards: Vec<PaymentView>,
    payment_error: Option<String>,
    lines: Vec<LineView>,
    totals: TotalsView,
    to_pay: Money,
    blocks: Vec<BlockView>,
    promise: Option<String>,
    price_rose: bool,
    unavailable: Option<String>,
    /// Codes that take nothing off.
    idle_codes: Vec<EnteredCode>,
    refund_days: u32,
    /// Tells one press of the button from the next.
    attempt: String,
    /// The page is the checkout's, so forms of extensions are part of its form.
    in_checkout: bool,
}

/// What was typed, and what was probably meant.
#[derive(Serialize)]
struct EmailHint {
    typed: String,
    meant: String,
}

#[derive(Serialize)]
struct Known {
    name: String,
    signed_in: bool,
}

/// A part of the form, folded once it is complete.
#[derive(Serialize)]
struct Section {
    folded: bool,
    summary: Vec<String>,
    fields: Vec<FieldView>,
}

#[derive(Serialize)]
struct DeliveryView {
    id: String,
    name: String,
    promise: String,
    fee: Money,
    selected: bool,
}

#[derive(Serialize)]
struct PaymentView {
    token: String,
    brand: String,
    last4: String,
    expires: String,
    note: &'static str,
    kept: bool,
    selected: bool,
}

/// The page. Parts that are complete are folded, but for those in `open`: somebody is at work there.
pub(super) async fn show(
    platform: &Platform,
    visit: &Visit,
    checkout: &Checkout,
    open: &[&str],
    trouble: Trouble,
) -> Result<Response, Failure> {
    let PricedCart { cart, snapshot, totals, .. } = &checkout.priced;
    let entries = &cart.form;
    let subject = Subject {
        kind: "checkout",
        slots: &["checkout-summary"],
        customer: visit.signed_in(),
        cart: Some(&checkout.priced),
        ..Subject::default()
    };
    let shown = platform.show(&visit.shop, &[], &subject, visit.now).await?;
    let deliverable = deliverable(&visit.shop.policies.delivery);
    let section = |part: &str, is_part: &dyn Fn(&str) -> bool, countries: &[(&str, &str)], summary: Vec<String>| {
        let fields =
            fields::fields(&checkout.plan.fields, is_part, entries, &trouble.typed, &trouble.problems, countries);
        let complete = !summary.is_empty() && fields.iter().all(FieldView::is_complete);
        Section { folded: complete && !open.contains(&part), summary, fields }
    };
    let email: Vec<String> =
        entries.value(EMAIL).filter(|email| !email.is_empty()).map(str::to_owned).into_iter().collect();
    let email_hint =
        entries.typed.get(EMAIL).and_then(|typed| Some(EmailHint { meant: typo::meant(typed)?, typed: typed.clone() }));
    let filled = |part: &str| {
        let address = address(entries, part);
        if address.line1.is_empty() { Vec::new() } else { envelope(&address) }
    };
    let of = |part: &'static str| move |field: &str| field.strip_prefix(part).is_some_and(|rest| rest.starts_with('.'));
    let own_billing = checkout.plan.show_billing || has_own_billing(entries) || !snapshot.needs_delivery;
    let about = |field: &str| {
        let problem = trouble.problems.iter().find(|problem| problem.field == field);
        problem.map(|problem| format!("{} {}", problem.message, problem.remedy).trim().to_owned())
    };
    let delivery = snapshot
        .offers
        .iter()
        .map(|offer| DeliveryView {
            id: offer.id.clone(),
            name: offer.name.clone(),
            promise: dates::span(&offer.promise.earliest, &offer.promise.latest),
            fee: offer.fee,
            selected: snapshot.delivery.as_ref().is_some_and(|chosen| chosen.id == offer.id),
        })
        .collect();
    let (kept, other_cards) = payment(platform, visit, checkout).await.into_iter().partition(|card| card.kept);
    let chosen = snapshot.delivery.as_ref();
    let content = CheckoutPage {
        errors: errors(&trouble.problems, &checkout.plan.fields),
        known: visit
            .person
            .as_ref()
            .map(|person| Known { name: person.name.clone(), signed_in: visit.signed_in().is_some() }),
        contact: section("contact", &|field| field == EMAIL, &[], email),
        email_hint,
        shipping: snapshot.needs_delivery.then(|| section("address", &of(SHIPPING), &deliverable, filled(SHIPPING))),
        billing: own_billing.then(|| section("address", &of(BILLING), COUNTRIES, filled(BILLING))),
        billing_differs: entries.billing_differs,
        gift: entries.gift,
        remember: entries.remember,
        delivery,
        delivery_error: about("delivery"),
        payment: kept,
        other_cards,
        payment_error: about("payment"),
        lines: cart_lines(&checkout.priced),
        totals: TotalsView::of_cart(&checkout.priced),
        to_pay: totals.to_pay,
        blocks: blocks::views(shown.blocks),
        promise: chosen.map(|offer| dates::span(&offer.promise.earliest, &offer.promise.latest)),
        price_rose: trouble.price_rose,
        unavailable: checkout.unavailable.as_deref().map(crate::web::failure::sentence),
        idle_codes: checkout.priced.codes.iter().filter(|entered| !entered.state.counts()).cloned().collect(),
        refund_days: visit.shop.policies.refund_window_days,
        attempt: new_token()[..32].to_owned(),
        in_checkout: true,
    };
    Ok(visit.page("storefront/checkout.html", &content))
}

/// What has to be changed, in the order of the page: the first is where somebody begins.
fn errors(problems: &[FieldProblem], plan: &[FieldPlan]) -> Vec<ErrorView> {
    let place = |problem: &&FieldProblem| match problem.field.as_str() {
        "" => (0, 0),
        EMAIL => (1, 0),
        "delivery" => (3, 0),
        "payment" => (4, 0),
        field => (2, plan.iter().position(|known| known.field == field).unwrap_or(plan.len())),
    };
    let mut ordered: Vec<&FieldProblem> = problems.iter().collect();
    ordered.sort_by_key(place);
    ordered.into_iter().map(ErrorView::of).collect()
}

/// The countries that some way of delivery reaches.
fn deliverable(methods: &[DeliveryMethod]) -> Vec<(&'static str, &'static str)> {
    COUNTRIES.iter().copied().filter(|(code, _)| methods.iter().any(|method| method.reaches(Some(code)))).collect()
}

/// What can be paid with: the cards that the customer has kept, and in a demo the test gateway's.
async fn payment(platform: &Platform, visit: &Visit, checkout: &Checkout) -> Vec<PaymentView> {
    let chosen = checkout.priced.cart.form.payment_token.as_deref();
    let mut cards: Vec<PaymentView> = checkout
        .tokens
        .iter()
        .map(|kept| PaymentView {
            token: kept.token.clone(),
            brand: brand(&kept.brand),
            last4: kept.last4.clone(),
            expires: expiry(kept.expires_year, kept.expires_month),
            note: "",
            kept: true,
            selected: chosen == Some(kept.token.as_str()),
        })
        .collect();
    if visit.demo {
        for (token, note) in TEST_CARDS {
            let Ok(card) = CardToken::new(token) else { continue };
            let is_kept = cards.iter().any(|known| known.token == token);
            if let (false, Ok(card)) = (is_kept, platform.gateway.card(&card).await) {
                cards.push(PaymentView {
                    token: token.to_owned(),
                    brand: brand(&card.brand),
                    last4: card.last4,
                    expires: expiry(card.expires_year, card.expires_month),
                    note,
                    kept: false,
                    selected: chosen == Some(token),
                });
            }
        }
    }
    cards
}
