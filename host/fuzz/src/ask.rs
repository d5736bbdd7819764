//! Everything that a shop asks of an extension, with small inputs, and what has to hold for the answers.

use std::sync::Arc;

use boomerang_engine::contract::{
    Cart, CartLine, CheckoutForm, Context, CustomerEvent, Order, OrderEvent, Page, PaymentToken, Recognition,
    ReportRequest, Tick, TypedField,
};
use boomerang_engine::{
    Call, Engine, HandlerFailure, HandlerOutcome, Installation, Installations, Point, Report, SettingsError,
};
use boomerang_shop::demo;
use serde_json::json;

use crate::stage::NOW;

/// The longest text of the host's about an extension, in bytes.
const LONGEST: usize = 1_200;

/// Asks one point. What a handler wants to have done comes back.
///
/// # Panics
/// If the host says something about it that a merchant could not be shown, or takes an answer that breaks a rule.
pub(crate) async fn ask(
    engine: &Engine,
    installation: &Arc<Installation>,
    point: Point,
    call: &Call,
) -> Option<HandlerOutcome> {
    let alone = Installations::new([Arc::clone(installation)]).expect("there is one");
    let cart = cart("product", "variant");
    match point {
        Point::CartPricing => {
            let report = engine.price_cart(&alone, call, &cart).await.expect("the cart is right");
            let prices = &report.value;
            assert!(prices.total >= 0, "a cart costs less than nothing: {prices:?}");
            judge(&report);
        }
        Point::CheckoutAutofill => judge(&engine.plan_checkout(&alone, call, &form()).await),
        Point::CheckoutValidation => judge(&engine.validate_checkout(&alone, call, &form(), &cart).await),
        Point::StorefrontBlocks => judge(&engine.render_blocks(&alone, call, &page(&cart)).await),
        Point::Insights => {
            let request = ReportRequest { report: "results".into(), from: 0, until: NOW };
            judge(&engine.make_report(installation, call, &request).await);
        }
        Point::Configuration => match engine.prepare_settings(installation.extension(), call, &json!({})).await {
            Ok(_) | Err(SettingsError::Invalid(_)) => {}
            Err(error) => assert_plain(&error.to_string()),
        },
        Point::OrderEvents => return handled(engine.handle_order_event(installation, call, &order_event()).await),
        Point::CustomerEvents => {
            return handled(engine.handle_customer_event(installation, call, &customer_event()).await);
        }
        Point::Schedule => {
            let tick = Tick { id: "t1".into(), name: "nightly".into(), due_at: NOW, cursor: None };
            return handled(engine.handle_tick(installation, call, &tick).await);
        }
    }
    None
}

/// A request in the demo shop.
pub(crate) fn call() -> Call {
    let context = Context { now: NOW, locale: "en".into(), time_zone: "Europe/Vienna".into() };
    Call::new(demo::SHOP, context)
}

fn judge<T>(report: &Report<T>) {
    for skipped in &report.skipped {
        assert_plain(&skipped.detail);
    }
    for refused in &report.refused {
        assert_plain(&refused.reason);
    }
    let logged: usize = report.stats.iter().flat_map(|stats| &stats.log).map(|line| line.message.len()).sum();
    assert!(logged <= 2 * (4 << 10), "{logged} bytes of log were kept");
}

fn handled(result: Result<HandlerOutcome, HandlerFailure>) -> Option<HandlerOutcome> {
    result.map_err(|failure| assert_plain(&failure.detail)).ok()
}

/// Words that a merchant can be shown: short, and without anything that moves the cursor.
pub(crate) fn assert_plain(words: &str) {
    let is_plain = !words.is_empty() && words.len() < LONGEST && !words.chars().any(char::is_control);
    assert!(is_plain, "these are no words for a merchant: {words:?}");
}

pub(crate) fn cart(product: &str, variant: &str) -> Cart {
    Cart {
        currency: "EUR".into(),
        lines: vec![CartLine {
            product: product.into(),
            variant: variant.into(),
            quantity: 2,
            unit_price: 1_000,
            added_at: NOW,
            attributes: vec![],
        }],
        delivery_fee: 490,
        customer: None,
        country: Some("AT".into()),
        checkout_since: None,
        codes: vec!["SPRING".into()],
        attributes: vec![],
    }
}

pub(crate) fn form() -> CheckoutForm {
    CheckoutForm {
        recognition: Recognition::SignedIn,
        customer: None,
        country: "AT".into(),
        fields: vec![TypedField { field: "shipping.name".into(), value: "Ada".into(), typed: true }],
        billing_differs: false,
        gift: false,
        needs_delivery: true,
        delivery_methods: vec!["standard".into()],
        payment_tokens: vec![PaymentToken {
            token: "tok_visa_ok".into(),
            brand: "visa".into(),
            last4: "4242".into(),
            expires_year: 2030,
            expires_month: 1,
        }],
        attributes: vec![],
    }
}

pub(crate) fn page(cart: &Cart) -> Page {
    Page {
        kind: "product".into(),
        slots: vec!["price".into()],
        currency: "EUR".into(),
        customer: None,
        products: vec![],
        cart: Some(cart.clone()),
        cart_total: 2_490,
        order: None,
        attributes: vec![],
    }
}

fn order_event() -> OrderEvent {
    OrderEvent {
        id: "event-1".into(),
        topic: "paid".into(),
        occurred_at: NOW,
        order: Order {
            id: "order-1".into(),
            number: "1042".into(),
            placed_at: NOW,
            currency: "EUR".into(),
            lines: vec![],
            adjustments: vec![],
            delivery_fee: 0,
            tax: 0,
            total: 0,
            customer: None,
            contact: "contact-1".into(),
            contact_domain: "example.com".into(),
            country: None,
            flags: vec![],
            attributes: vec![],
        },
        refund: None,
    }
}

fn customer_event() -> CustomerEvent {
    CustomerEvent {
        id: "event-2".into(),
        topic: "registered".into(),
        occurred_at: NOW,
        customer: "customer-1".into(),
        attributes: vec![],
    }
}
