//! Customers and their points, for staff.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::api::auth::{Here, Staff};
use crate::api::extract::{Json, Path, Query};
use crate::api::idempotency::WriteKey;
use crate::api::page::{Page, PageQuery};
use crate::api::points::{self, PointsView};
use crate::api::problem::Problem;
use crate::clock::Instant;
use crate::ledger::{Books, HistoryEntry};
use crate::people::standing::{self, Standing};
use crate::people::{Customer, erase};
use crate::platform::Platform;
use crate::store::ledger::{self, Correction};
use crate::store::{StoreError, customers};

/// Which customers.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CustomerQuery {
    /// Only those whose name or e-mail address holds this. The answer is then one page, the newest first.
    #[param(max_length = 200)]
    query: Option<String>,
}

/// List customers, or search among them.
#[utoipa::path(get, path = "/admin/customers", operation_id = "listCustomers", tag = "admin: customers",
    params(CustomerQuery, PageQuery),
    responses((status = 200, description = "One page of customers.", body = Page<Customer>)))]
pub(crate) async fn list(
    State(platform): State<Platform>,
    Here(shop): Here,
    Query(query): Query<CustomerQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Customer>>, Problem> {
    let limit = page.limit();
    let words = query.query.filter(|words| !words.trim().is_empty());
    let found = platform
        .store
        .read(move |tx| match words {
            Some(words) => Ok::<_, StoreError>(Page::whole(customers::search(tx, &shop.id, &words, limit)?)),
            None => {
                let found = customers::page(tx, &shop.id, page.cursor.as_deref(), limit + 1)?;
                Ok(Page::cut(found, limit, |customer| customer.id.clone()))
            }
        })
        .await?;
    Ok(Json(found))
}

/// A customer.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct CustomerPath {
    /// The customer's id.
    #[param(example = "cus_01j9x")]
    customer: String,
}

/// Read one customer.
#[utoipa::path(get, path = "/admin/customers/{customer}", operation_id = "readCustomer", tag = "admin: customers",
    params(CustomerPath), responses((status = 200, description = "The customer.", body = Customer)))]
pub(crate) async fn read(
    State(platform): State<Platform>,
    Here(shop): Here,
    Path(path): Path<CustomerPath>,
) -> Result<Json<Customer>, Problem> {
    let found = platform.store.read(move |tx| customers::get(tx, &shop.id, &path.customer)).await?;
    found.map(Json).ok_or_else(|| Problem::not_found("customer"))
}

/// Change what staff say about a customer: whether they are shut out of rewards, their tags, and attributes that extensions
/// read.
#[utoipa::path(patch, path = "/admin/customers/{customer}", operation_id = "changeCustomer", tag = "admin: customers",
    params(CustomerPath), request_body = Standing,
    responses((status = 200, description = "The customer.", body = Customer)))]
pub(crate) async fn change(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Path(path): Path<CustomerPath>,
    Json(body): Json<Standing>,
) -> Result<Json<Customer>, Problem> {
    let now = platform.clock.now();
    let changed = platform
        .store
        .write(move |tx| standing::change(tx, &shop.id, &staff.actor(), &path.customer, &body, now))
        .await?;
    Ok(Json(changed))
}

/// Erase a customer who asks for it. The books keep their numbers, under nobody's name.
#[utoipa::path(delete, path = "/admin/customers/{customer}", operation_id = "eraseCustomer", tag = "admin: customers",
    params(CustomerPath), responses((status = 204, description = "Erased.")))]
pub(crate) async fn erase(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Path(path): Path<CustomerPath>,
) -> Result<StatusCode, Problem> {
    let now = platform.clock.now();
    platform.store.write(move |tx| erase::erase(tx, &shop.id, &staff.actor(), &path.customer, now)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Read what a customer's points come to.
#[utoipa::path(get, path = "/admin/customers/{customer}/points", operation_id = "readCustomerPoints",
    tag = "admin: customers", params(CustomerPath),
    responses((status = 200, description = "The balance, with the lots behind it.", body = PointsView)))]
pub(crate) async fn points(
    State(platform): State<Platform>,
    Here(shop): Here,
    Path(path): Path<CustomerPath>,
) -> Result<Json<PointsView>, Problem> {
    let now = platform.clock.now();
    let view = platform
        .store
        .read(move |tx| {
            customers::get(tx, &shop.id, &path.customer)?.ok_or_else(|| Problem::not_found("customer"))?;
            Ok::<_, Problem>(points::view(tx, &shop.id, &path.customer, now)?)
        })
        .await?;
    Ok(Json(view))
}

/// List what happened to a customer's points, the newest first.
#[utoipa::path(get, path = "/admin/customers/{customer}/points/history", operation_id = "listCustomerPointsHistory",
    tag = "admin: customers", params(CustomerPath, PageQuery),
    responses((status = 200, description = "One page of entries.", body = Page<HistoryEntry>)))]
pub(crate) async fn points_history(
    State(platform): State<Platform>,
    Here(shop): Here,
    Path(path): Path<CustomerPath>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<HistoryEntry>>, Problem> {
    let entries = platform
        .store
        .read(move |tx| {
            customers::get(tx, &shop.id, &path.customer)?.ok_or_else(|| Problem::not_found("customer"))?;
            Ok::<_, Problem>(points::history(tx, &shop.id, &path.customer, &page)?)
        })
        .await?;
    Ok(Json(entries))
}

/// A correction of somebody's points.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "points": 100, "reason": "An apology for the late parcel" }))]
pub(crate) struct Adjustment {
    /// Points to give, or to take if there are fewer than none.
    points: i64,
    /// Why, for the customer.
    #[schema(max_length = 500)]
    reason: String,
    /// When points given expire; none for never.
    #[serde(default)]
    expires_at: Option<Instant>,
}

/// Correct a customer's points, with a reason that the customer reads.
#[utoipa::path(post, path = "/admin/customers/{customer}/points", operation_id = "adjustPoints",
    tag = "admin: customers", params(CustomerPath), request_body = Adjustment,
    responses((status = 200, description = "What the points come to now.", body = PointsView)))]
pub(crate) async fn adjust_points(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    key: WriteKey,
    Path(path): Path<CustomerPath>,
    Json(body): Json<Adjustment>,
) -> Result<Json<PointsView>, Problem> {
    if body.points == 0 {
        return Err(Problem::invalid("/points", "range", "points must be above or below zero"));
    }
    let now = platform.clock.now();
    let view = platform
        .store
        .write(move |tx| {
            customers::get(tx, &shop.id, &path.customer)?.ok_or_else(|| Problem::not_found("customer"))?;
            let correction = Correction {
                holder: &path.customer,
                points: body.points,
                reason: body.reason.trim(),
                actor: &staff.actor(),
                key: &key.0,
                expires_at: body.expires_at,
            };
            ledger::adjust(tx, &shop.id, &correction, now)?;
            Ok::<_, Problem>(points::view(tx, &shop.id, &path.customer, now)?)
        })
        .await?;
    Ok(Json(view))
}

/// Read the books of all points: the trial balance, the liability by month of expiry, breakage.
#[utoipa::path(get, path = "/admin/points", operation_id = "readPointsBooks", tag = "admin: customers", responses(
    (status = 200, description = "The books as they stand now.", body = Books),
))]
pub(crate) async fn books(State(platform): State<Platform>, Here(shop): Here) -> Result<Json<Books>, Problem> {
    let now = platform.clock.now();
    Ok(Json(platform.store.read(move |tx| ledger::books(tx, &shop.id, &shop.zone(), now)).await?))
}
