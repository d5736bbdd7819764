//! Asks an extension whatever one of its points answers, with small inputs.

use std::sync::Arc;

use boomerang_engine::contract::{
    CheckoutForm, CustomerEvent, Page, PaymentToken, Recognition, ReportRequest, Tick, TypedField,
};
use boomerang_engine::{
    Call, CallStats, Engine, HandlerFailure, HandlerOutcome, Installation, LoadError, Point, Report, SettingsError,
    SkipReason,
};
use serde_json::json;

use crate::support::{call_at, cart, order_event, shop};
use crate::vendor::SILENT;

/// What has come of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// It did not load.
    Refused { kind: String, words: String },
    /// It gave no answer.
    Skipped { reason: SkipReason, words: String },
    /// It answered: so many parts left out, and what is left.
    Answered { left_out: usize, answer: String },
}

impl From<LoadError> for Outcome {
    fn from(error: LoadError) -> Self {
        let kind: String = format!("{error:?}").chars().take_while(char::is_ascii_alphanumeric).collect();
        Self::Refused { kind, words: error.to_string() }
    }
}

/// A call at an instant, in the shop that answers or in the one that is silent.
pub(crate) fn call(now: i64, silent: bool) -> Call {
    let mut call = call_at(now).for_customer("a");
    if silent {
        call.shop = SILENT.into();
    }
    call
}

/// Asks a point and says what came of it, and what the engine says that it cost.
pub(crate) async fn ask(
    engine: &Engine,
    installation: &Arc<Installation>,
    point: Point,
    call: &Call,
) -> (Outcome, Option<CallStats>) {
    let alone = shop(&[installation]);
    match point {
        Point::CartPricing => {
            let report = engine.price_cart(&alone, call, &cart(1)).await.expect("the cart is right");
            outcome(report)
        }
        Point::CheckoutAutofill => outcome(engine.plan_checkout(&alone, call, &form()).await),
        Point::CheckoutValidation => outcome(engine.validate_checkout(&alone, call, &form(), &cart(1)).await),
        Point::StorefrontBlocks => outcome(engine.render_blocks(&alone, call, &page()).await),
        Point::Insights => {
            let request = ReportRequest { report: "sales".into(), from: 0, until: 1 };
            outcome(engine.make_report(installation, call, &request).await)
        }
        Point::Configuration => {
            let prepared = engine.prepare_settings(installation.extension(), call, &json!({})).await;
            (
                match prepared {
                    Ok(settings) => Outcome::Answered { left_out: 0, answer: format!("{:?}", settings.bytes()) },
                    Err(SettingsError::Failed { reason, detail }) => Outcome::Skipped { reason, words: detail },
                    Err(other) => Outcome::Answered { left_out: 0, answer: other.to_string() },
                },
                None,
            )
        }
        Point::OrderEvents => handled(engine.handle_order_event(installation, call, &order_event("e1")).await),
        Point::CustomerEvents => {
            let event = CustomerEvent {
                id: "e1".into(),
                topic: "registered".into(),
                occurred_at: 0,
                customer: "a".into(),
                attributes: vec![],
            };
            handled(engine.handle_customer_event(installation, call, &event).await)
        }
        Point::Schedule => {
            let tick = Tick { id: "t1".into(), name: "nightly".into(), due_at: 0, cursor: Some("page-1".into()) };
            handled(engine.handle_tick(installation, call, &tick).await)
        }
    }
}

fn outcome<T: std::fmt::Debug>(report: Report<T>) -> (Outcome, Option<CallStats>) {
    let outcome = match report.skipped.into_iter().next() {
        Some(skipped) => Outcome::Skipped { reason: skipped.reason, words: skipped.detail },
        None => Outcome::Answered { left_out: report.refused.len(), answer: format!("{:?}", report.value) },
    };
    (outcome, report.stats.into_iter().next())
}

fn handled(result: Result<HandlerOutcome, HandlerFailure>) -> (Outcome, Option<CallStats>) {
    match result {
        Ok(outcome) => {
            let answer = format!("{:?} {:?}", outcome.effects, outcome.next_cursor);
            (Outcome::Answered { left_out: 0, answer }, Some(outcome.stats))
        }
        Err(failure) => (Outcome::Skipped { reason: failure.reason, words: failure.detail }, Some(failure.stats)),
    }
}

fn form() -> CheckoutForm {
    CheckoutForm {
        recognition: Recognition::SignedIn,
        customer: Some("a".into()),
        country: "AT".into(),
        fields: vec![TypedField { field: "shipping.name".into(), value: "Ada".into(), typed: true }],
        billing_differs: false,
        gift: false,
        needs_delivery: true,
        delivery_methods: vec!["post".into()],
        payment_tokens: vec![PaymentToken {
            token: "t1".into(),
            brand: "visa".into(),
            last4: "4242".into(),
            expires_year: 2030,
            expires_month: 1,
        }],
        attributes: vec![],
    }
}

fn page() -> Page {
    Page {
        kind: "product".into(),
        slots: vec!["price".into()],
        currency: "EUR".into(),
        customer: None,
        products: vec![],
        cart: Some(cart(1)),
        cart_total: 1_000,
        order: None,
        attributes: vec![],
    }
}
