//! Sending something back: what of an order can be, what was asked for, and what the shop has answered.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;

use super::orders::{find, show_again};
use crate::catalogue::Product;
use crate::clock::Instant;
use crate::orders::Order;
use crate::orders::returns::{self, NewReturn, Return, ReturnError, ReturnLine, ReturnState};
use crate::platform::Platform;
use crate::store::orders;
use crate::web::failure::{Failure, sentence};
use crate::web::pictures::Image;
use crate::web::posted::Posted;
use crate::web::visit::Visit;

/// The part of an order's page that is about sending back.
#[derive(Serialize)]
pub(super) struct Returns {
    /// What can be sent back now; empty before it arrives and once the time is over.
    lines: Vec<Returnable>,
    asked: Vec<ReturnView>,
    reason: String,
    error: Option<String>,
}

/// A line of which something can be sent back.
#[derive(Serialize)]
struct Returnable {
    id: String,
    title: String,
    picture: Image,
    left: u32,
    /// What the form held, where it is shown again.
    units: String,
}

/// A return that was asked for.
#[derive(Serialize)]
struct ReturnView {
    state: ReturnState,
    /// Such as `2 × Mug`.
    what: Vec<String>,
    asked_at: Instant,
    answered_at: Option<Instant>,
    answer: String,
}

/// Why the form is shown again, and what it held.
pub(super) struct ReturnTrouble {
    error: String,
    units: BTreeMap<String, String>,
    reason: String,
}

impl Returns {
    pub(super) fn of(
        visit: &Visit,
        order: &Order,
        products: &[Product],
        asked: &[Return],
        trouble: Option<ReturnTrouble>,
    ) -> Self {
        let is_time = returns::until(order, visit.shop.policies.refund_window_days).is_some_and(|end| visit.now < end);
        let left = if is_time { returns::left(order, asked) } else { BTreeMap::new() };
        let trouble = trouble.unwrap_or_else(|| ReturnTrouble {
            error: String::new(),
            units: BTreeMap::new(),
            reason: String::new(),
        });
        let line = |line: &crate::orders::OrderLine| {
            let left = *left.get(line.id.as_str())?;
            let product = products.iter().find(|product| product.id == line.product);
            (left > 0).then(|| Returnable {
                id: line.id.clone(),
                title: line.title.clone(),
                picture: product.map_or_else(Image::none, |known| Image::of(known, known.variant(&line.variant))),
                left,
                units: trouble.units.get(&line.id).cloned().unwrap_or_default(),
            })
        };
        Self {
            lines: order.lines.iter().filter_map(line).collect(),
            asked: asked.iter().map(|one| view(order, one)).collect(),
            error: Some(trouble.error).filter(|error| !error.is_empty()),
            reason: trouble.reason,
        }
    }
}

fn view(order: &Order, asked: &Return) -> ReturnView {
    let title = |id: &str| order.lines.iter().find(|line| line.id == id).map_or("", |line| &line.title);
    ReturnView {
        state: asked.state,
        what: asked.lines.iter().map(|line| format!("{} × {}", line.quantity, title(&line.line))).collect(),
        asked_at: asked.asked_at,
        answered_at: asked.answered_at,
        answer: asked.answer.clone(),
    }
}

/// Takes down what somebody wants to send back.
pub(super) async fn ask(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Path(id): Path<String>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Failure> {
    let units: BTreeMap<String, String> =
        posted.below("units.").map(|(line, units)| (line.to_owned(), units.to_owned())).collect();
    let reason = posted.text("reason").to_owned();
    let taken_down = match wanted(&units, &reason) {
        Err(error) => Err(error),
        Ok(new) => {
            let (seen, order) = (Arc::clone(&visit), id.clone());
            let ask = move |tx: &mut crate::store::Tx<'_>| -> Result<bool, ReturnError> {
                if find(tx, &seen, &order)?.is_none() {
                    return Ok(false);
                }
                let window = seen.shop.policies.refund_window_days;
                orders::returns::ask(tx, &seen.shop.id, &order, &new, window, seen.now)?;
                Ok(true)
            };
            platform.store.write(ask).await
        }
    };
    match taken_down {
        Ok(true) => Ok(Redirect::to(&format!("/orders/{id}#returns")).into_response()),
        Ok(false) => Err(Failure::NotFound),
        Err(error @ (ReturnError::Store(_) | ReturnError::Order(_))) => Err(error.into()),
        Err(error) => {
            let trouble = ReturnTrouble { error: sentence(&error.to_string()), units, reason };
            show_again(&platform, &visit, id, trouble).await
        }
    }
}

/// What the form asks for. Lines without units stay.
fn wanted(units: &BTreeMap<String, String>, reason: &str) -> Result<NewReturn, ReturnError> {
    let mut lines = Vec::new();
    for (line, units) in units.iter().filter(|(_, units)| !units.is_empty() && *units != "0") {
        let quantity = units.parse().map_err(|_| ReturnError::Nothing)?;
        lines.push(ReturnLine { line: line.clone(), quantity });
    }
    Ok(NewReturn { lines, reason: reason.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_without_units_stay_and_what_is_no_number_is_refused() {
        let form = |units: &str| wanted(&[("a".to_owned(), units.to_owned())].into(), "Too small");
        assert!(form("").unwrap().lines.is_empty() && form("0").unwrap().lines.is_empty());
        assert_eq!(form("2").unwrap().lines, [ReturnLine { line: "a".into(), quantity: 2 }]);
        for nonsense in ["-1", "many", "1.5"] {
            assert!(matches!(form(nonsense), Err(ReturnError::Nothing)), "{nonsense}");
        }
    }
}
