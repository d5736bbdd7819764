//! What the merchant learns: F8, F9 and F10.

mod support;

use boomerang_sdk::catalogue::VariantInfo;
use boomerang_sdk::prelude::*;
use flash_sale::plan::{Sale, Window};
use flash_sale::report::make_report;
use support::{END, Fake, START, at, plan, product, sale};

fn order(id: &str, variant: &str, quantity: u32, label: &str) -> Order {
    Order {
        id: id.into(),
        placed_at: START,
        currency: "EUR".into(),
        lines: vec![OrderLine {
            id: "1".into(),
            product: variant.into(),
            variant: variant.into(),
            quantity,
            unit_price: 10_00,
            total: 8_00 * Money::from(quantity),
            ..OrderLine::default()
        }],
        adjustments: vec![OrderAdjustment {
            extension: "flash-sale".into(),
            line: Some("1".into()),
            class: "sale".into(),
            label: label.into(),
            amount: -2_00 * Money::from(quantity),
        }],
        ..Order::default()
    }
}

fn report(name: &str, shop: &Fake, sales: Vec<Sale>) -> Result<Report, Fault> {
    let request = ReportRequest { report: name.into(), from: 0, until: END };
    make_report(&plan(sales), END, &request, shop)
}

#[test]
fn f9_test_sale_ends_with_a_result() {
    let mut foreign = order("4", "v", 7, "Summer sale");
    foreign.adjustments[0].extension = "somebody-else".into();
    let cancelled = Order { flags: vec!["cancelled".into()], ..order("5", "v", 9, "Summer sale") };
    let orders = vec![
        order("1", "v", 2, "Summer sale"),
        order("2", "v", 3, "Summer sale (3 of 4)"),
        order("3", "v", 1, "Summer saleroom"),
        foreign,
        cancelled,
    ];
    let report = report("results", &Fake { orders, ..Fake::default() }, vec![sale()]).unwrap();
    assert_eq!(report.tables[0].rows, [["Summer sale", "over", "2", "5", "40.00 EUR", "10.00 EUR"]]);
    let figures: Vec<_> = report.figures.iter().map(|figure| figure.value).collect();
    assert_eq!(figures, [4, 5, 40_00, 10_00]);
}

#[test]
fn f8_slow_sellers_are_paired_with_best_sellers() {
    let stocked = |id: &str, stock| {
        let mut product = product(id, id, 10_00);
        product.variants = vec![VariantInfo { id: id.into(), stock: Some(stock), ..VariantInfo::default() }];
        product
    };
    let shop = Fake {
        products: vec![stocked("slow", 90), stocked("fast", 10), stocked("fair", 50)],
        orders: vec![order("1", "fast", 90, ""), order("2", "slow", 10, ""), order("3", "fair", 50, "")],
        ..Fake::default()
    };
    let report = report("sell-through", &shop, vec![]).unwrap();
    let rates: Vec<_> = report.tables[0].rows.iter().map(|row| [row[0].trim(), &row[3]]).collect();
    assert_eq!(rates, [["fast", "90.0 %"], ["fair", "50.0 %"], ["slow", "10.0 %"]]);
    let pairs: Vec<_> = report.tables[1].rows.iter().map(|row| [&row[1], &row[3]]).collect();
    assert_eq!(pairs, [["slow", "fast"]]);
}

#[test]
fn f10_calendar_gives_utc_times_that_calendars_read() {
    let window = Window { starts_at: at("2026-11-27T08:00:00Z"), ends_at: at("2026-11-27T20:30:00Z") };
    let report = report("calendar", &Fake::default(), vec![Sale { window, ..sale() }]).unwrap();
    assert_eq!(report.tables[0].rows, [["summer", "Summer sale", "20261127T080000Z", "20261127T203000Z"]]);
}

#[test]
fn unknown_report_is_a_fault() {
    assert_eq!(report("nothing", &Fake::default(), vec![]).unwrap_err().code, "unknown-report");
}
