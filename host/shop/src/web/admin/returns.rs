//! What buyers want to send back, and the answer to it.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;

use super::desk::Desk;
use super::failure::Failure;
use super::layout::done;
use super::orders::page_of;
use super::sent::Sent;
use crate::clock::Instant;
use crate::orders::Order;
use crate::orders::returns::{Return, ReturnAnswer, ReturnState};
use crate::platform::Platform;
use crate::store::orders::{self, returns};
use crate::store::{StoreError, Tx};

/// Unanswered returns of the overview.
const MOST_WAITING: u32 = 5;

/// A return for a template.
#[derive(Debug, Serialize)]
pub(super) struct ReturnView {
    id: String,
    state: ReturnState,
    /// Such as `2 × Mug`.
    what: Vec<String>,
    asked_at: Instant,
    reason: String,
    answered_at: Option<Instant>,
    answer: String,
}

/// A return that nobody has answered.
#[derive(Debug, Serialize)]
pub(super) struct Waiting {
    order: String,
    number: String,
    asked_at: Instant,
}

pub(super) fn view(order: &Order, asked: &Return) -> ReturnView {
    let title = |id: &str| order.lines.iter().find(|line| line.id == id).map_or("", |line| &line.title);
    ReturnView {
        id: asked.id.clone(),
        state: asked.state,
        what: asked.lines.iter().map(|line| format!("{} × {}", line.quantity, title(&line.line))).collect(),
        asked_at: asked.asked_at,
        reason: asked.reason.clone(),
        answered_at: asked.answered_at,
        answer: asked.answer.clone(),
    }
}

/// The return that the next refund is likely to settle: one that was accepted, else one that waits.
pub(super) fn wanted_back(returns: &[Return]) -> Option<&Return> {
    let first = |state| returns.iter().find(|one| one.state == state);
    first(ReturnState::Accepted).or_else(|| first(ReturnState::Asked))
}

/// The returns that wait longest, one for each order.
pub(super) fn waiting(tx: &mut Tx<'_>, shop: &str) -> Result<Vec<Waiting>, StoreError> {
    let mut waiting: Vec<Waiting> = Vec::new();
    for asked in returns::waiting(tx, shop, MOST_WAITING)? {
        let Some(order) = orders::find(tx, shop, &asked.order)? else { continue };
        if waiting.iter().all(|known| known.order != order.id) {
            waiting.push(Waiting { order: order.id, number: order.number, asked_at: asked.asked_at });
        }
    }
    Ok(waiting)
}

/// Accepts a return, or declines it.
pub(super) async fn answer(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Extension(sent): Extension<Sent>,
    Path((order, id)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let accept = match sent.text("action") {
        "accept" => true,
        "decline" => false,
        _ => return Err(Failure::Refused("press one of the two buttons: accept or decline".into())),
    };
    let page = page_of(&order);
    let (shop, actor, now) = (desk.shop.id.clone(), desk.actor(), desk.now);
    let answer = ReturnAnswer { accept, answer: sent.text("answer").to_owned() };
    platform.store.write(move |tx| returns::answer(tx, &shop, &order, &id, &answer, &actor, now)).await?;
    Ok(done(&page, if accept { "return-accepted" } else { "return-declined" }))
}
