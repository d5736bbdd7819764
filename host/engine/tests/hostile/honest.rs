//! The honest neighbour: asked after every hostile call, it has to answer what it always answers, from memory in which
//! nothing of anybody else is left.

use std::sync::Arc;

use boomerang_engine::{Engine, Installation, Point, SkipReason};
use serde_json::{Value as Json, json};

use crate::ask::{Outcome, ask, call};
use crate::guest::{CONTRACT, Guest, only_function};
use crate::support::install;
use crate::value::from_json;

/// The instant at which its answers are asked for.
const NOW: i64 = 1_764_000_000_000;

/// The point of the one that seeks, which takes longer than a decision may.
const SEEKS: Point = Point::Insights;

/// An extension with every point, and one that looks for what others have left.
pub(crate) struct Honest {
    everything: Arc<Installation>,
    seeker: Arc<Installation>,
    answers: Vec<Outcome>,
}

impl Honest {
    /// Loads both and notes the answers.
    pub(crate) async fn new(engine: &Engine) -> Self {
        let everything = Point::ALL.into_iter().fold(Guest::new("honest"), |guest, point| {
            let ty = only_function(point.id()).result.expect("every point has a result");
            guest.answers_with(point.id(), &from_json(&CONTRACT, &ty, &json!({ "ok": right(point) })))
        });
        let load = |guest: &Guest| install(&engine.load(&guest.build()).expect("it is honest"));
        let mut honest = Self { everything: load(&everything), seeker: load(&seeker()), answers: Vec::new() };
        for point in Point::ALL {
            honest.answers.push(honest.now(engine, point).await);
        }
        honest
    }

    async fn now(&self, engine: &Engine, point: Point) -> Outcome {
        ask(engine, &self.everything, point, &call(NOW, false)).await.0
    }

    /// What is wrong after a hostile call.
    pub(crate) async fn harm(&self, engine: &Engine, point: Point) -> Option<String> {
        let answer = patiently(async || self.now(engine, point).await).await;
        let right = &self.answers[Point::ALL.iter().position(|known| *known == point).expect("it is a point")];
        if answer != *right {
            return Some(format!("an honest extension answers {answer:?} and not {right:?}"));
        }
        match patiently(async || ask(engine, &self.seeker, SEEKS, &call(NOW, false)).await.0).await {
            Outcome::Answered { left_out: 0, .. } => None,
            other => Some(format!("memory is not empty: {other:?}")),
        }
    }
}

/// Asks again where time has run out: on a busy machine that says nothing.
pub(crate) async fn patiently(ask: impl AsyncFn() -> Outcome) -> Outcome {
    for _ in 0..5 {
        match ask().await {
            Outcome::Skipped { reason: SkipReason::TimedOut, .. } => {}
            outcome => return outcome,
        }
    }
    ask().await
}

/// A right answer of each point.
fn right(point: Point) -> Json {
    match point {
        Point::Configuration => json!([123, 125]),
        Point::CartPricing => {
            json!([{
                "class": "sale", "label": "Sale", "claims": [],
                "changes": [{ "target": { "line": 0 }, "amount": -100, "units": 0 }],
            }])
        }
        Point::CheckoutAutofill => {
            json!({ "fields": [], "delivery-method": "post", "payment-token": "t1", "show-billing": false })
        }
        Point::CheckoutValidation => {
            json!([{ "field": "email", "code": "typo", "message": "Check the address.", "remedy": "Add an @." }])
        }
        Point::StorefrontBlocks => {
            json!([{ "slot": "price", "content": { "notice": { "tone": "info", "title": "Hi", "text": "There", "link": null } } }])
        }
        Point::OrderEvents | Point::CustomerEvents => Json::Null,
        Point::Schedule => json!("page-2"),
        Point::Insights => {
            json!({ "title": "Sales", "figures": [{ "label": "Sold", "value": 7, "unit": "count" }], "tables": [], "series": [] })
        }
    }
}

/// Takes all the memory there is and traps if a word on any page of it is not zero.
fn seeker() -> Guest {
    Guest::new("seeker").answers(
        SEEKS.id(),
        "(local $at i32)
         (drop (memory.grow (i32.const 940)))
         ;; Past what is its own.
         (local.set $at (i32.const 0x90000))
         (loop $l
            (if (i64.ne (i64.load (local.get $at)) (i64.const 0)) (then unreachable))
            (br_if $l (i32.lt_u
                (local.tee $at (i32.add (local.get $at) (i32.const 4096)))
                (i32.shl (memory.size) (i32.const 16)))))
         (i32.const 1024)",
    )
}
