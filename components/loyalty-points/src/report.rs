//! What the merchant sees of the programme.

use alloc::{string::String, vec, vec::Vec};

use boomerang_sdk::joined;
use boomerang_sdk::types::{Fault, Figure, Instant, Report, ReportRequest, Series, SeriesPoint, Table};

use crate::daily::{SUMMARY, Summary, expired_in};
use crate::date::Date;
use crate::desk::{PAGE, Reads};
use crate::fields::unpack;
use crate::redeem::worth;
use crate::settings::Settings;
use crate::{calendar, words};

/// Pages of readings that one report takes at most.
const PAGES: usize = 25;

/// Makes a report; the ids are those of the manifest.
pub fn make(desk: &impl Reads, settings: &Settings, now: Instant, request: &ReportRequest) -> Result<Report, Fault> {
    match request.report.as_str() {
        "liability" => liability(desk, settings, now, request),
        "tiers" => tiers(desk, settings),
        "expiry-dry-run" => dry_run(desk, settings, request),
        unknown => Err(Fault::new(
            "report-unknown",
            joined!("There is no report `", unknown, "`. Choose one of those that the extension lists."),
        )),
    }
}

/// What the points outstanding are worth, when they lapse, and how many lapsed unused.
fn liability(desk: &impl Reads, settings: &Settings, now: Instant, request: &ReportRequest) -> Result<Report, Fault> {
    let from = now.max(request.from);
    let mut months = Months::default();
    let mut cursor = None;
    for _ in 0..PAGES {
        let page = desk.expiring_between(from, request.until.max(from), cursor.as_deref(), PAGE)?;
        for entry in &page.entries {
            months.add(desk.date(entry.expires_at - 1)?, entry.points);
        }
        cursor = page.cursor;
        if cursor.is_none() {
            break;
        }
    }
    let mut figures = Vec::new();
    if let Some(summary) = summary(desk)? {
        let outstanding = summary.outstanding.max(0) as u64;
        let mut expired = 0;
        let mut month = desk.date(request.from)?.first_of_month_after(0);
        let last = desk.date(request.until.min(now))?;
        while month <= last {
            expired += expired_in(desk, month)?;
            month = month.first_of_month_after(1);
        }
        figures = vec![
            figure("Points outstanding", summary.outstanding, "points"),
            figure("Worth at checkout", worth(&settings.redemption, outstanding), "money"),
            figure("Pending or held", summary.pending, "points"),
            figure("Issued so far", summary.issued, "points"),
            figure("Expired in this span", expired, "points"),
            figure("Expired in this span, of all issued", basis_points(expired, summary.issued), "basis-points"),
        ];
    }
    let complete = cursor.is_none();
    let title =
        if complete { "Points that lapse, by month" } else { "Points that lapse, by month (the first of them)" };
    Ok(Report {
        title: "Points outstanding".into(),
        figures,
        tables: vec![months.table(title, |points| words_of_worth(settings, points))],
        series: vec![months.series(desk)?],
    })
}

fn tiers(desk: &impl Reads, settings: &Settings) -> Result<Report, Fault> {
    let summary = summary(desk)?.unwrap_or_default();
    let below = [String::from("None yet")];
    let names = below.iter().chain(settings.tiers.levels.iter().map(|level| &level.name));
    let rows = names
        .enumerate()
        .map(|(position, name)| {
            let members = summary.tiers.get(position).copied().unwrap_or(0);
            vec![name.clone(), joined!(members)]
        })
        .collect();
    Ok(Report {
        title: "Members by level".into(),
        figures: vec![figure("Members", summary.members, "count")],
        tables: vec![Table { title: "Members by level".into(), columns: vec!["Level".into(), "Members".into()], rows }],
        series: Vec::new(),
    })
}

/// When the points of the orders in a span would lapse under the policy that is set up, before it is switched on.
fn dry_run(desk: &impl Reads, settings: &Settings, request: &ReportRequest) -> Result<Report, Fault> {
    let page = desk.orders_between(request.from, request.until, None)?;
    let mut months = Months::default();
    let mut kept = 0;
    for order in &page.orders {
        let points = desk.of_order(&order.id)?;
        let earned: u64 = points.earned.iter().map(|line| line.earned.saturating_sub(line.reversed)).sum();
        let Some(paid_at) = order.paid_at.filter(|_| earned > 0) else { continue };
        let available_at = calendar::window_end(paid_at, settings.earning.pending_days);
        match calendar::planned_expiry(desk, &settings.expiry, available_at)? {
            Some(at) => months.add(desk.date(at - 1)?, earned),
            None => kept += earned,
        }
    }
    let title = match page.cursor {
        None => joined!("What ", page.orders.len(), " orders earned would lapse"),
        Some(_) => joined!("What the first ", page.orders.len(), " orders of the span earned would lapse"),
    };
    Ok(Report {
        title: "Expiry, tried out".into(),
        figures: vec![
            figure("Would lapse unless spent before", months.total() as i64, "points"),
            figure("Would never lapse", kept as i64, "points"),
        ],
        tables: vec![months.table(&title, |points| words_of_worth(settings, points))],
        series: Vec::new(),
    })
}

fn summary(desk: &impl Reads) -> Result<Option<Summary>, Fault> {
    desk.recall(SUMMARY)?.map(|bytes| unpack(&bytes)).transpose()
}

fn figure(label: &str, value: i64, unit: &str) -> Figure {
    Figure { label: label.into(), value, unit: unit.into() }
}

fn basis_points(part: i64, of: i64) -> i64 {
    if of <= 0 { 0 } else { crate::share::proportion(10_000, part.unsigned_abs(), of.unsigned_abs()) as i64 }
}

/// Without a currency, which a report has not: in minor units.
fn words_of_worth(settings: &Settings, points: u64) -> String {
    joined!(worth(&settings.redemption, points))
}

/// Points by the month of their last day.
#[derive(Default)]
struct Months(Vec<(Date, u64)>);

impl Months {
    fn add(&mut self, last_day: Date, points: u64) {
        let month = last_day.first_of_month_after(0);
        match self.0.binary_search_by_key(&month, |(month, _)| *month) {
            Ok(position) => self.0[position].1 += points,
            Err(position) => self.0.insert(position, (month, points)),
        }
    }

    fn total(&self) -> u64 {
        self.0.iter().map(|(_, points)| points).sum()
    }

    fn table(&self, title: &str, worth: impl Fn(u64) -> String) -> Table {
        let row = |(month, points): &(Date, u64)| {
            let name = joined!(words::month_name(month.month), " ", month.year);
            vec![name, joined!(points), worth(*points)]
        };
        Table {
            title: title.into(),
            columns: vec!["Month".into(), "Points".into(), "Worth in minor units".into()],
            rows: self.0.iter().map(row).collect(),
        }
    }

    fn series(&self, desk: &impl Reads) -> Result<Series, Fault> {
        let points =
            self.0.iter().map(|(month, points)| Ok(SeriesPoint { at: desk.midnight(*month)?, value: *points as i64 }));
        Ok(Series {
            title: "Points that lapse".into(),
            unit: "points".into(),
            points: points.collect::<Result<_, Fault>>()?,
        })
    }
}
