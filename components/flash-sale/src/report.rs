//! What the merchant learns from sales: how each went, what sells slowly and what to sell it with, and a calendar.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use boomerang_sdk::text::{digits, number};
use boomerang_sdk::types::{Fault, Figure, Instant, Money, Order, Report, ReportRequest, Table};

use crate::display::amount;
use crate::plan::{Plan, Sale};
use crate::shop::Shop;

/// This extension's id, as orders keep it.
const ID: &str = "flash-sale";

/// The most orders read for a report, so that it stays within the limits of a call.
const ORDERS: usize = 400;

/// The most goods that are listed, the fastest first.
const SELLERS: usize = 500;

/// The most pairs that are suggested.
const SUGGESTIONS: usize = 5;

/// Makes one of the reports of the manifest.
pub fn make_report(plan: &Plan, now: Instant, request: &ReportRequest, shop: &dyn Shop) -> Result<Report, Fault> {
    match request.report.as_str() {
        "results" => results(plan, now, request, shop),
        "sell-through" => sell_through(request, shop),
        "calendar" => calendar(plan, shop),
        other => {
            Err(Fault::new("unknown-report", ["There is no report `", other, "`. Open one that is listed."].concat()))
        }
    }
}

/// The orders of a span, as many as are read.
struct Orders {
    orders: Vec<Order>,
    complete: bool,
}

impl Orders {
    fn between(from: Instant, until: Instant, shop: &dyn Shop) -> Result<Self, Fault> {
        let mut orders = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let page = shop.orders(from, until, cursor.as_deref())?;
            for summary in page.orders.iter().filter(|summary| !summary.cancelled) {
                if orders.len() == ORDERS {
                    return Ok(Self { orders, complete: false });
                }
                orders.extend(shop.order(&summary.id)?);
            }
            cursor = page.cursor;
            if cursor.is_none() {
                return Ok(Self { orders, complete: true });
            }
        }
    }

    /// An amount in the currency of the orders.
    fn money(&self, value: Money) -> String {
        match self.orders.first() {
            Some(order) => amount(value, &order.currency),
            None => number(value),
        }
    }

    fn figure(&self) -> Figure {
        let label = if self.complete { "Orders in the period" } else { "Orders in the period, the first ones only" };
        count(label, self.orders.len() as i64)
    }
}

/// What a sale has brought, from what the orders keep.
#[derive(Default)]
struct Outcome {
    orders: i64,
    units: i64,
    revenue: Money,
    given: Money,
}

impl Outcome {
    fn of(sale: &Sale, orders: &[Order]) -> Self {
        let mut outcome = Self::default();
        for order in orders {
            let units_before = outcome.units;
            let made = order.adjustments.iter().filter(|made| made.extension == ID && made.class == "sale");
            for adjustment in made.filter(|made| names(&made.label, &sale.title)) {
                let id = adjustment.line.as_ref();
                let Some(line) = order.lines.iter().find(|line| Some(&line.id) == id) else { continue };
                outcome.units += i64::from(line.quantity);
                outcome.revenue = outcome.revenue.saturating_add(line.total);
                outcome.given = outcome.given.saturating_sub(adjustment.amount);
            }
            outcome.orders += i64::from(outcome.units > units_before);
        }
        outcome
    }
}

fn results(plan: &Plan, now: Instant, request: &ReportRequest, shop: &dyn Shop) -> Result<Report, Fault> {
    let orders = Orders::between(request.from, request.until, shop)?;
    let mut sum = Outcome::default();
    let mut rows = Vec::with_capacity(plan.sales.len());
    for sale in &plan.sales {
        let outcome = Outcome::of(sale, &orders.orders);
        sum.units += outcome.units;
        sum.revenue = sum.revenue.saturating_add(outcome.revenue);
        sum.given = sum.given.saturating_add(outcome.given);
        let mut row = vec![sale.title.clone(), state(sale, now).into()];
        row.extend([outcome.orders, outcome.units].map(number));
        row.extend([outcome.revenue, outcome.given].map(|value| orders.money(value)));
        rows.push(row);
    }
    Ok(Report {
        title: "Results of sales".into(),
        figures: vec![
            orders.figure(),
            count("Units sold on sale", sum.units),
            money("Revenue on sale", sum.revenue),
            money("Given as reductions", sum.given),
        ],
        tables: vec![table("Sales", &["Sale", "State", "Orders", "Units", "Revenue", "Given"], rows)],
        series: Vec::new(),
    })
}

/// Whether a label is a sale's title, with or without the note that only some units were reduced.
fn names(label: &str, title: &str) -> bool {
    label.strip_prefix(title).is_some_and(|note| note.is_empty() || note.starts_with(" ("))
}

fn state(sale: &Sale, now: Instant) -> &'static str {
    if now < sale.window.starts_at {
        "planned"
    } else if sale.window.contains(now) {
        "on"
    } else {
        "over"
    }
}

/// How much of what there was has been sold.
struct Seller {
    title: String,
    variant: String,
    sold: i64,
    stock: i64,
}

impl Seller {
    /// Units sold of those there were, in basis points.
    fn rate(&self) -> i64 {
        self.sold.saturating_mul(10_000) / self.sold.saturating_add(self.stock).max(1)
    }
}

/// Sell-through of what was sold in the period, and pairs of a slow and a fast seller to bundle.
fn sell_through(request: &ReportRequest, shop: &dyn Shop) -> Result<Report, Fault> {
    let orders = Orders::between(request.from, request.until, shop)?;
    let lines = || orders.orders.iter().flat_map(|order| &order.lines);
    let mut products: Vec<String> = Vec::new();
    for line in lines() {
        if !products.contains(&line.product) {
            products.push(line.product.clone());
        }
    }
    // From the fastest to the slowest.
    let mut sellers: Vec<Seller> = Vec::new();
    for page in products.chunks(200) {
        for product in shop.products(page)? {
            for variant in product.variants {
                let Some(stock) = variant.stock else { continue };
                let sold = lines().filter(|line| line.variant == variant.id).map(|line| i64::from(line.quantity)).sum();
                let title = [&product.title, " ", &variant.title].concat();
                let seller = Seller { title, variant: variant.id, sold, stock: stock.max(0) };
                let place = sellers.partition_point(|other| other.rate() >= seller.rate());
                sellers.insert(place, seller);
            }
        }
    }
    let rows = sellers
        .iter()
        .take(SELLERS)
        .map(|seller| vec![seller.title.clone(), number(seller.sold), number(seller.stock), percent(seller.rate())])
        .collect();
    // The slowest goes with the fastest, the second slowest with the second fastest, as long as they differ.
    let slow_ones = sellers.iter().rev().filter(|seller| seller.stock > 0);
    let pairs = sellers
        .iter()
        .zip(slow_ones)
        .take((sellers.len() / 2).min(SUGGESTIONS))
        .filter(|(best, slow)| best.rate() > slow.rate())
        .map(|(best, slow)| vec![slow.title.clone(), slow.variant.clone(), best.title.clone(), best.variant.clone()])
        .collect();
    Ok(Report {
        title: "Sell-through".into(),
        figures: vec![orders.figure()],
        tables: vec![
            table("What was sold of what there was", &["Goods", "Sold", "In stock", "Sell-through"], rows),
            table("Bundles to try", &["Slow seller", "Its variant", "Best seller", "Its variant"], pairs),
        ],
        series: Vec::new(),
    })
}

/// Every sale with its start and end in UTC, in the form that calendars read.
fn calendar(plan: &Plan, shop: &dyn Shop) -> Result<Report, Fault> {
    let stamp = |at: Instant| {
        shop.to_local("UTC", at).map(|time| {
            let date = i64::from(time.year) * 10_000 + i64::from(time.month) * 100 + i64::from(time.day);
            let clock = i64::from(time.hour) * 10_000 + i64::from(time.minute) * 100 + i64::from(time.second);
            [&digits(date, 8), "T", &digits(clock, 6), "Z"].concat()
        })
    };
    let mut rows = Vec::with_capacity(plan.sales.len());
    for sale in &plan.sales {
        let (starts, ends) = (stamp(sale.window.starts_at)?, stamp(sale.window.ends_at)?);
        rows.push(vec![sale.id.clone(), sale.title.clone(), starts, ends]);
    }
    Ok(Report {
        title: "Calendar of sales".into(),
        figures: Vec::new(),
        tables: vec![table("Sales", &["Id", "Sale", "Starts", "Ends"], rows)],
        series: Vec::new(),
    })
}

fn percent(basis_points: i64) -> String {
    [&number(basis_points / 100), ".", &number(basis_points % 100 / 10), " %"].concat()
}

fn count(label: &str, value: i64) -> Figure {
    Figure { label: label.into(), value, unit: "count".into() }
}

fn money(label: &str, value: Money) -> Figure {
    Figure { label: label.into(), value, unit: "money".into() }
}

fn table(title: &str, columns: &[&str], rows: Vec<Vec<String>>) -> Table {
    Table { title: title.into(), columns: columns.iter().map(|&column| column.into()).collect(), rows }
}
