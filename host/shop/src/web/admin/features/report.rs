//! What a feature reports: figures, tables and series.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use boomerang_engine::contract::{self, ReportRequest};
use serde::{Deserialize, Serialize};

use crate::clock::{DAY, Instant};
use crate::platform::Platform;
use crate::shops::Shop;
use crate::web::admin::desk::Desk;
use crate::web::admin::failure::{Failure, sentence};
use crate::words;

/// Spans that can be chosen, in days.
const SPANS: [i64; 4] = [7, 30, 90, 365];

/// How far back.
#[derive(Deserialize)]
pub(super) struct Span {
    days: Option<i64>,
}

#[derive(Serialize)]
struct ReportPage {
    feature: String,
    name: String,
    title: String,
    days: i64,
    spans: [i64; 4],
    figures: Vec<Figure>,
    tables: Vec<Table>,
    series: Vec<Series>,
    problem: Option<String>,
}

#[derive(Serialize)]
struct Figure {
    label: String,
    text: String,
}

#[derive(Serialize)]
struct Table {
    title: String,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

#[derive(Serialize)]
struct Series {
    title: String,
    points: Vec<Point>,
}

/// A value, with its share of the largest one for a bar.
#[derive(Serialize)]
struct Point {
    at: Instant,
    text: String,
    value: u64,
    of: u64,
}

pub(super) async fn show(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Path((feature, report)): Path<(String, String)>,
    Query(span): Query<Span>,
) -> Result<Response, Failure> {
    let standing = platform.extensions.standing(&desk.shop, &feature, desk.now).await?;
    let extension = standing.component.as_ref().map_err(|reason| Failure::Refused(reason.to_string()))?;
    let entry = extension.manifest().reports.iter().find(|entry| entry.id == report).ok_or(Failure::NotFound)?;
    let days = span.days.filter(|days| SPANS.contains(days)).unwrap_or(30);
    let request = ReportRequest { report, from: desk.now - days * DAY, until: desk.now };
    let asking = platform.extensions.asking(&desk.shop, None, desk.now).await?;
    let made = platform.extensions.insight(&asking, &feature, &request).await;
    let problem = match &made {
        None => Some("Only a feature that is switched on makes reports. Switch it on first.".to_owned()),
        Some(report) => report.skipped.first().map(|skip| sentence(&skip.detail)),
    };
    let made = made.and_then(|report| report.value);
    let (figures, tables, series) = made.map_or_else(Default::default, |report| parts(report, &desk.shop));
    let page = ReportPage {
        feature,
        name: extension.manifest().name.clone(),
        title: entry.title.clone(),
        days,
        spans: SPANS,
        figures,
        tables,
        series,
        problem,
    };
    Ok(desk.page("admin/report.html", &page))
}

fn parts(report: contract::Report, shop: &Shop) -> (Vec<Figure>, Vec<Table>, Vec<Series>) {
    let shown = |one: contract::Figure| Figure { text: figure(one.value, &one.unit, shop), label: one.label };
    let table = |table: contract::Table| Table { title: table.title, columns: table.columns, rows: table.rows };
    let series = |series: contract::Series| {
        let of = series.points.iter().map(|point| point.value.unsigned_abs()).max().unwrap_or(0).max(1);
        let point = |point: &contract::SeriesPoint| Point {
            at: point.at,
            text: figure(point.value, &series.unit, shop),
            value: point.value.unsigned_abs(),
            of,
        };
        Series { points: series.points.iter().map(point).collect(), title: series.title.clone() }
    };
    (
        report.figures.into_iter().map(shown).collect(),
        report.tables.into_iter().map(table).collect(),
        report.series.into_iter().map(series).collect(),
    )
}

/// A value of a report in its unit.
fn figure(value: i64, unit: &str, shop: &Shop) -> String {
    match unit {
        "money" => words::money(value, &shop.currency, &shop.locale),
        "basis-points" => words::percent(value),
        "days" if value == 1 => "1 day".to_owned(),
        "days" => format!("{value} days"),
        _ => value.to_string(),
    }
}
