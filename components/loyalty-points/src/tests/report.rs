//! The merchant's reports.

use boomerang_sdk::types::{Report, ReportRequest};

use super::give_until;
use crate::daily::{SUMMARY, Summary, expired_key};
use crate::date::Date;
use crate::desk::Writes;
use crate::fields::pack;
use crate::report::make;
use crate::settings::{Expiry, ExpiryPolicy, Level, Settings};
use crate::testing::{Book, order};

fn report(book: &Book, settings: &Settings, report: &str, from: &str, until: &str) -> Report {
    let at = |day: &str| book.zone.instant(&format!("{day}T00:00"));
    let request = ReportRequest { report: report.into(), from: at(from), until: at(until) };
    make(book, settings, book.now.get(), &request).unwrap()
}

fn figures(report: &Report) -> Vec<(&str, i64)> {
    report.figures.iter().map(|figure| (figure.label.as_str(), figure.value)).collect()
}

#[test]
fn l14_liability_by_the_month_of_the_last_day() {
    let book = Book::on("2026-11-02");
    for (points, day) in [(10, "2026-12-01"), (20, "2026-12-31"), (30, "2027-01-01"), (40, "2027-01-02")] {
        give_until(&book, "anna", points, Some(book.zone.instant(&format!("{day}T00:00"))));
    }
    let report = report(&book, &Settings::default(), "liability", "2026-11-01", "2027-11-01");
    let rows: Vec<_> = report.tables[0].rows.iter().map(|row| row.join(" ")).collect();
    assert_eq!(rows, ["November 2026 10 10", "December 2026 50 50", "January 2027 40 40"]);
    let starts: Vec<_> = report.series[0].points.iter().map(|point| book.zone.shows(point.at)).collect();
    assert_eq!(starts, ["2026-11-01T00:00", "2026-12-01T00:00", "2027-01-01T00:00"]);
}

#[test]
fn l14_breakage_is_what_lapsed_of_what_was_issued() {
    let book = Book::on("2026-11-02");
    let summary = Summary { issued: 1_000, outstanding: 600, pending: 70, ..Summary::default() };
    book.remember(SUMMARY, &pack(&mut summary.clone())).unwrap();
    for (month, points) in [(9, 500i64), (10, 30), (11, 20)] {
        book.remember(&expired_key(Date::new(2026, month, 1)), &points.to_le_bytes()).unwrap();
    }
    let mut settings = Settings::default();
    settings.redemption.points = 50;
    let report = report(&book, &settings, "liability", "2026-10-01", "2027-11-01");
    assert_eq!(
        figures(&report),
        [
            ("Points outstanding", 600),
            ("Worth at checkout", 1_200),
            ("Pending or held", 70),
            ("Issued so far", 1_000),
            ("Expired in this span", 50),
            ("Expired in this span, of all issued", 500),
        ]
    );
}

#[test]
fn l10_members_by_level() {
    let book = Book::on("2026-11-02");
    let summary = Summary { members: 9, tiers: vec![7, 2], ..Summary::default() };
    book.remember(SUMMARY, &pack(&mut summary.clone())).unwrap();
    let mut settings = Settings::default();
    settings.tiers.levels = vec![
        Level { id: "gold".into(), name: "Gold".into(), from: 100, multiplier: 10_000 },
        Level { id: "new".into(), name: "Added since".into(), from: 900, multiplier: 10_000 },
    ];
    let report = report(&book, &settings, "tiers", "2026-10-01", "2026-11-01");
    assert_eq!(report.tables[0].rows, [["None yet", "7"], ["Gold", "2"], ["Added since", "0"]]);
}

#[test]
fn l9_a_dry_run_shows_what_would_lapse() {
    let book = Book::on("2026-11-02");
    book.customer("anna");
    let expiry = Expiry { policy: ExpiryPolicy::EndOfMonth, months: 1, ..Expiry::default() };
    let settings = Settings { expiry, ..Settings::default() };
    let mut order = order("1", "anna", &[("a", 5_000)]);
    order.placed_at = book.now.get();
    book.keep(&order);
    let paid = boomerang_sdk::types::OrderEvent {
        id: "e".into(),
        topic: "paid".into(),
        occurred_at: book.now.get(),
        order,
        refund: None,
    };
    crate::orders::on_event(&book, &settings, &paid).unwrap();
    assert_eq!(book.grants()[0].expires_at, None, "nothing lapses yet");
    let report = report(&book, &settings, "expiry-dry-run", "2026-11-01", "2026-12-01");
    assert_eq!(figures(&report), [("Would lapse unless spent before", 50), ("Would never lapse", 0)]);
    assert_eq!(report.tables[0].rows, [["January 2027", "50", "50"]], "available on 2 December, to the end of January");
}

#[test]
fn an_unknown_report_is_named() {
    let book = Book::on("2026-11-02");
    let request = ReportRequest { report: "weather".into(), from: 0, until: 1 };
    let fault = make(&book, &Settings::default(), 0, &request).unwrap_err();
    assert_eq!(fault.code, "report-unknown");
    assert!(fault.message.contains("weather"));
}
