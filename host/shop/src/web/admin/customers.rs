//! Customers: the list, one of them with orders and points, and what staff correct.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use serde::{Deserialize, Serialize};

use super::desk::Desk;
use super::failure::Failure;
use super::layout::done;
use super::orders::{OrderRow, rows};
use super::sent::Sent;
use crate::clock::Instant;
use crate::ledger::HistoryEntry;
use crate::people::standing::{self, Standing};
use crate::people::{Customer, CustomerState, erase};
use crate::platform::Platform;
use crate::secrets::new_token;
use crate::store::ledger::{self, Correction};
use crate::store::{StoreError, customers, orders};

/// Customers of a page.
const PAGE: u32 = 50;
/// Orders and entries shown of one.
const MOST: u32 = 50;

pub(super) fn routes() -> Router<Platform> {
    Router::new()
        .route("/admin/customers", get(list))
        .route("/admin/customers/{customer}", get(show))
        .route("/admin/customers/{customer}/points", post(adjust))
        .route("/admin/customers/{customer}/block", post(block))
        .route("/admin/customers/{customer}/standing", post(set_standing))
        .route("/admin/customers/{customer}/erase", post(erase_customer))
}

/// Which customers.
#[derive(Deserialize)]
struct Wanted {
    q: Option<String>,
    after: Option<String>,
}

#[derive(Serialize)]
struct List {
    query: String,
    customers: Vec<Row>,
    next: Option<String>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    email: String,
    since: Instant,
    state: CustomerState,
    blocked: bool,
    points: i64,
}

async fn list(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let query: String = wanted.q.unwrap_or_default().trim().chars().take(200).collect();
    let (shop, words, after, now) = (desk.shop.id.clone(), query.clone(), wanted.after, desk.now);
    let read = platform.store.read(move |tx| -> Result<_, StoreError> {
        let found = match words.as_str() {
            "" => customers::page(tx, &shop, after.as_deref(), PAGE + 1)?,
            words => customers::search(tx, &shop, words, PAGE)?,
        };
        let mut rows = Vec::with_capacity(found.len());
        for customer in found {
            let points = ledger::balance(tx, &shop, &customer.id, None, now)?.available;
            rows.push(row(customer, points));
        }
        Ok(rows)
    });
    let mut customers = read.await?;
    let more = customers.len() > PAGE as usize;
    customers.truncate(PAGE as usize);
    let next = customers.last().filter(|_| more).map(|row| row.id.clone());
    Ok(desk.page("admin/customers.html", &List { query, customers, next }))
}

fn row(customer: Customer, points: i64) -> Row {
    Row {
        id: customer.id,
        name: customer.name,
        email: customer.email,
        since: customer.registered_at,
        state: customer.state,
        blocked: customer.blocked,
        points,
    }
}

#[derive(Serialize)]
struct CustomerPage {
    customer: Customer,
    available: i64,
    pending: u64,
    next_available_at: Option<Instant>,
    held: u64,
    lots: Vec<Lot>,
    history: Vec<HistoryEntry>,
    orders: Vec<OrderRow>,
    /// New for every page, so that a form sent twice books once.
    key: String,
    is_owner: bool,
}

/// Points that lapse together.
#[derive(Serialize)]
struct Lot {
    points: u64,
    expires_at: Option<Instant>,
}

async fn show(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let (shop, now, is_owner) = (desk.shop.id.clone(), desk.now, desk.is_owner());
    let read = platform.store.read(move |tx| -> Result<_, StoreError> {
        let Some(customer) = customers::get(tx, &shop, &id)? else { return Ok(None) };
        let balance = ledger::balance(tx, &shop, &id, None, now)?;
        let lots = ledger::lots(tx, &shop, &id, now)?;
        Ok(Some(CustomerPage {
            available: balance.available,
            pending: balance.pending,
            next_available_at: balance.next_available_at,
            held: balance.held,
            lots: lots.into_iter().map(|lot| Lot { points: lot.remaining, expires_at: lot.expires_at }).collect(),
            history: ledger::history(tx, &shop, &id, None, MOST)?,
            orders: rows(orders::of(tx, &shop, &id, MOST)?),
            customer,
            key: new_token(),
            is_owner,
        }))
    });
    let page = read.await?.ok_or(Failure::NotFound)?;
    Ok(desk.page("admin/customer.html", &page))
}

async fn adjust(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Extension(sent): Extension<Sent>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let points: i64 =
        sent.text("points").replace('−', "-").parse().ok().filter(|points| *points != 0).ok_or_else(|| {
            Failure::Refused("points are a whole number above or below zero, such as 100 or -20".into())
        })?;
    let (shop, actor, now, holder) = (desk.shop.id.clone(), desk.actor(), desk.now, id.clone());
    let (reason, key) = (sent.text("reason").to_owned(), sent.text("key").to_owned());
    let write = platform.store.write(move |tx| -> Result<(), Failure> {
        customers::get(tx, &shop, &holder)?.ok_or(Failure::NotFound)?;
        let correction =
            Correction { holder: &holder, points, reason: &reason, actor: &actor, key: &key, expires_at: None };
        ledger::adjust(tx, &shop, &correction, now)?;
        Ok(())
    });
    write.await?;
    Ok(done(&page_of(&id), "booked"))
}

async fn block(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Extension(sent): Extension<Sent>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let blocked = sent.text("blocked") == "true";
    let (shop, actor, now, customer) = (desk.shop.id.clone(), desk.actor(), desk.now, id.clone());
    let standing = Standing { blocked: Some(blocked), ..Standing::default() };
    platform.store.write(move |tx| standing::change(tx, &shop, &actor, &customer, &standing, now)).await?;
    Ok(done(&page_of(&id), if blocked { "blocked" } else { "unblocked" }))
}

/// Sets the tags, and one attribute if one is named.
async fn set_standing(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Extension(sent): Extension<Sent>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let tags = sent.text("tags").split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned);
    let attribute = Some(sent.text("key")).filter(|key| !key.is_empty());
    let standing = Standing {
        blocked: None,
        tags: Some(tags.collect()),
        attributes: attribute.map(|key| (key.to_owned(), sent.text("value").to_owned())).into_iter().collect(),
    };
    let (shop, actor, now, customer) = (desk.shop.id.clone(), desk.actor(), desk.now, id.clone());
    platform.store.write(move |tx| standing::change(tx, &shop, &actor, &customer, &standing, now)).await?;
    Ok(done(&page_of(&id), "noted"))
}

async fn erase_customer(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    desk.require_owner()?;
    let (shop, actor, now) = (desk.shop.id.clone(), desk.actor(), desk.now);
    platform.store.write(move |tx| erase::erase(tx, &shop, &actor, &id, now)).await?;
    Ok(done("/admin/customers", "erased"))
}

fn page_of(customer: &str) -> String {
    format!("/admin/customers/{customer}")
}
