//! Looking ahead and looking back: what something would cost at an instant, and what extensions report.

use axum::extract::State;
use boomerang_engine::contract::{self, ReportRequest};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::api::auth::Here;
use crate::api::extract::{Json, Path, Query};
use crate::api::problem::{Kind, Problem};
use crate::cart::Cart;
use crate::cart::totals::Totals;
use crate::catalogue::Attributes;
use crate::clock::{DAY, Instant};
use crate::extensions::ask::AsIf;
use crate::platform::Platform;
use crate::pricing::preview::{self, Wanted};

/// A cart to be priced at an instant. Nothing of it is kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "at": 1_772_438_400_000_i64,
    "lines": [{ "product": "prd_01j9x", "variant": "var_01j9x", "quantity": 2 }],
    "as_if": { "extension": "flash-sale", "enabled": true },
}))]
pub(crate) struct Preview {
    /// When; none for now.
    at: Option<Instant>,
    /// What is in it.
    lines: Vec<PreviewLine>,
    /// The customer; none for somebody unknown.
    customer: Option<String>,
    /// Where the goods go, as ISO 3166-1 alpha-2; none for the shop's own country.
    country: Option<String>,
    /// Codes that are entered.
    #[serde(default)]
    codes: Vec<String>,
    /// Keys and values of the cart, such as how many points are to be spent.
    #[serde(default)]
    attributes: Attributes,
    /// An installed extension as if it were switched on, or off; none for all of them as they are.
    as_if: Option<PreviewAsIf>,
}

/// An extension as if it were switched on, or off.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreviewAsIf {
    /// The extension's id.
    extension: String,
    /// Whether it is on.
    enabled: bool,
}

/// Units of a variant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreviewLine {
    /// The product's id.
    product: String,
    /// The variant's id.
    variant: String,
    /// Units.
    #[schema(minimum = 1, maximum = 9999)]
    quantity: u32,
}

/// What the chain makes of a cart.
#[derive(Serialize, ToSchema)]
pub(crate) struct PreviewView {
    /// The instant it was priced at.
    at: Instant,
    /// What it costs.
    totals: Totals,
    /// Extensions that were left out of the chain, and why.
    skipped: Vec<SkippedView>,
    /// Adjustments that broke a rule of the shop and were left out, and which.
    refused: Vec<RefusedView>,
}

/// An extension that gave no answer.
#[derive(Serialize, ToSchema)]
pub(crate) struct SkippedView {
    /// The extension.
    extension: String,
    /// What happened.
    detail: String,
}

/// An answer that was not taken.
#[derive(Serialize, ToSchema)]
pub(crate) struct RefusedView {
    /// The extension.
    extension: String,
    /// The rule.
    reason: String,
}

/// Price a cart at any instant, as the shop would: the same inputs give the price that is charged. With `as_if`, a feature
/// is seen before it is switched on. Nothing of it counts for what extensions cost, or opens their breakers.
#[utoipa::path(post, path = "/admin/preview", operation_id = "previewPrice", tag = "admin: extensions",
    request_body = Preview, responses((status = 200, description = "What it costs then.", body = PreviewView)))]
pub(crate) async fn preview_price(
    State(platform): State<Platform>,
    Here(shop): Here,
    Json(body): Json<Preview>,
) -> Result<Json<PreviewView>, Problem> {
    let at = body.at.unwrap_or_else(|| platform.clock.now());
    let line = |line: PreviewLine| Wanted { product: line.product, variant: line.variant, quantity: line.quantity };
    let cart = preview::cart(&shop, body.lines.into_iter().map(line).collect(), at)
        .map_err(|_| Problem::invalid("/lines", "range", "a cart has at most 200 lines of 1 to 9999 units each"))?;
    let cart = Cart {
        customer: body.customer,
        country: body.country.or(cart.country),
        codes: body.codes,
        attributes: body.attributes,
        ..cart
    };
    let as_if = body.as_if.as_ref().map(|as_if| AsIf { extension: &as_if.extension, enabled: as_if.enabled });
    let priced = platform.preview(&shop, cart, at, as_if).await?;
    let skipped = priced.report.skipped.iter();
    let refused = priced.report.refused.iter();
    Ok(Json(PreviewView {
        at,
        totals: priced.totals,
        skipped: skipped
            .map(|skip| SkippedView { extension: skip.extension.to_string(), detail: skip.detail.clone() })
            .collect(),
        refused: refused
            .map(|refusal| RefusedView { extension: refusal.extension.to_string(), reason: refusal.reason.to_string() })
            .collect(),
    }))
}

/// A report.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct ReportPath {
    /// The extension's id.
    #[param(example = "loyalty-points")]
    extension: String,
    /// The report's id.
    #[param(example = "liability")]
    report: String,
}

/// The span that a report is about.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SpanQuery {
    /// The first instant; 30 days ago if absent.
    from: Option<Instant>,
    /// The first instant after it; now if absent.
    until: Option<Instant>,
}

/// A report for people to read.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportData {
    /// Its title.
    title: String,
    /// Single numbers.
    figures: Vec<FigureData>,
    /// Tables.
    tables: Vec<TableData>,
    /// Numbers over time.
    series: Vec<SeriesData>,
}

/// One number.
#[derive(Serialize, ToSchema)]
pub(crate) struct FigureData {
    /// What it is.
    label: String,
    /// The number.
    value: i64,
    /// `money`, `count`, `points`, `basis-points` or `days`.
    unit: String,
}

/// A table.
#[derive(Serialize, ToSchema)]
pub(crate) struct TableData {
    /// Its title.
    title: String,
    /// The heads of its columns.
    columns: Vec<String>,
    /// Its rows, each with a cell for every column.
    rows: Vec<Vec<String>>,
}

/// A number over time.
#[derive(Serialize, ToSchema)]
pub(crate) struct SeriesData {
    /// Its title.
    title: String,
    /// As in a figure's `unit`.
    unit: String,
    /// The number at each instant.
    points: Vec<SeriesPoint>,
}

/// A number at an instant.
#[derive(Serialize, ToSchema)]
pub(crate) struct SeriesPoint {
    /// When.
    at: Instant,
    /// The number.
    value: i64,
}

impl From<contract::Report> for ReportData {
    fn from(report: contract::Report) -> Self {
        let figure =
            |figure: contract::Figure| FigureData { label: figure.label, value: figure.value, unit: figure.unit };
        let table = |table: contract::Table| TableData { title: table.title, columns: table.columns, rows: table.rows };
        let series = |series: contract::Series| SeriesData {
            title: series.title,
            unit: series.unit,
            points: series.points.into_iter().map(|point| SeriesPoint { at: point.at, value: point.value }).collect(),
        };
        Self {
            title: report.title,
            figures: report.figures.into_iter().map(figure).collect(),
            tables: report.tables.into_iter().map(table).collect(),
            series: report.series.into_iter().map(series).collect(),
        }
    }
}

/// Have an extension make one of its reports.
#[utoipa::path(get, path = "/admin/extensions/{extension}/reports/{report}", operation_id = "readReport",
    tag = "admin: extensions", params(ReportPath, SpanQuery),
    responses((status = 200, description = "The report as data.", body = ReportData)))]
pub(crate) async fn report(
    State(platform): State<Platform>,
    Here(shop): Here,
    Path(path): Path<ReportPath>,
    Query(span): Query<SpanQuery>,
) -> Result<Json<ReportData>, Problem> {
    let now = platform.clock.now();
    let until = span.until.unwrap_or(now);
    let request =
        ReportRequest { report: path.report, from: span.from.unwrap_or(until.saturating_sub(30 * DAY)), until };
    let in_force = platform.extensions.of(&shop.id).await?;
    let known = in_force.installations.get(&path.extension).is_some_and(|installation| {
        installation.extension().manifest().reports.iter().any(|report| report.id == request.report)
    });
    if !known || request.from > request.until {
        return Err(Problem::not_found("report of an extension that is switched on"));
    }
    let asking = platform.extensions.asking(&shop, None, now).await?;
    let made = platform.extensions.insight(&asking, &path.extension, &request).await;
    let why = made.as_ref().and_then(|report| report.skipped.first()).map(|skipped| skipped.detail.clone());
    made.and_then(|report| report.value).map(|report| Json(report.into())).ok_or_else(|| {
        let why = why.map_or(Value::Null, Value::from);
        Problem::new(Kind::Unavailable, "The extension could not make this report just now; `reason` says why.")
            .with("reason", why)
    })
}
