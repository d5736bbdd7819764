//! Totals against the chain's answer.

use boomerang_engine::contract::{self, Adjustment, Change, Target};
use boomerang_engine::{Placed, Price, Pricing, Share};

use super::*;
use crate::cart::snapshot::SnapshotLine;

/// An adjustment of the first line, as the chain places it.
pub(crate) fn placed(class: &str, amount: Money) -> Placed {
    let changes = vec![Change { target: Target::Line(0), amount, units: 0 }];
    let adjustment = Adjustment { class: class.into(), label: class.into(), changes, claims: Vec::new() };
    Placed { extension: "some-extension".into(), adjustment, shares: vec![Share { line: 0, amount }] }
}

/// Two mugs at 9.00 and a book of another rate at 5.00, delivered for 4.90.
fn snapshot() -> Snapshot {
    let line = |id: &str, quantity, unit_price| contract::CartLine {
        product: format!("{id}-product"),
        variant: id.into(),
        quantity,
        unit_price,
        added_at: 0,
        attributes: Vec::new(),
    };
    let known = |id: &str, tax_basis_points| SnapshotLine {
        id: format!("{id}-line"),
        title: id.into(),
        variant_title: String::new(),
        handle: id.into(),
        tax_basis_points,
    };
    Snapshot {
        cart: contract::Cart {
            currency: "EUR".into(),
            lines: vec![line("mug", 2, 900), line("book", 1, 500)],
            delivery_fee: 490,
            customer: None,
            country: Some("AT".into()),
            checkout_since: None,
            codes: Vec::new(),
            attributes: Vec::new(),
        },
        lines: vec![known("mug", None), known("book", Some(1_000))],
        gone: Vec::new(),
        short: Vec::new(),
        goods: 2_300,
        needs_delivery: true,
        offers: Vec::new(),
        delivery: None,
    }
}

fn price(list: Money, total: Money, paid_with_points: Money) -> Price {
    Price { list, total, paid_with_points }
}

fn pricing(lines: [Price; 2], delivery: Price, placed: Vec<Placed>) -> Pricing {
    let parts = [lines[0], lines[1], delivery];
    let total = parts.iter().map(|part| part.total).sum();
    let paid_with_points = parts.iter().map(|part| part.paid_with_points).sum();
    Pricing { placed, lines: lines.to_vec(), delivery, total, paid_with_points, to_pay: total - paid_with_points }
}

fn policies(prices_include_tax: bool) -> Policies {
    Policies { prices_include_tax, ..Policies::default() }
}

#[test]
fn taxes_that_prices_contain_change_no_total() {
    let pricing = pricing([price(1_800, 1_500, 0), price(500, 500, 0)], price(490, 490, 0), vec![placed("sale", -300)]);
    let totals = Totals::new(&snapshot(), &pricing, &policies(true)).unwrap();
    assert_eq!((totals.goods, totals.adjusted, totals.total, totals.to_pay), (2_300, -300, 2_490, 2_490));
    // 20 % of 19.90 and 10 % of 5.00, both contained.
    assert_eq!(totals.tax, 332 + 45);
    assert_eq!(totals.lines[0].price, PartTotal { list: 1_800, total: 1_500, tax: 250, paid_with_points: 0 });
    assert_eq!(totals.lines[1].price.tax, 45);
    assert_eq!(totals.delivery.tax, 82);
}

#[test]
fn taxes_that_prices_do_not_contain_are_added_to_each_part() {
    let pricing = pricing([price(1_800, 1_500, 0), price(500, 500, 0)], price(490, 490, 0), Vec::new());
    let totals = Totals::new(&snapshot(), &pricing, &policies(false)).unwrap();
    assert_eq!(totals.tax, 398 + 50);
    assert_eq!(totals.total, 2_490 + 448);
    assert_eq!(totals.lines[0].price.total, 1_800);
    assert_eq!(totals.adjusted, -300);
}

#[test]
fn l6_points_for_everything_leave_exactly_nothing() {
    let pricing = pricing(
        [price(1_800, 1_800, 1_800), price(500, 500, 500)],
        price(490, 490, 490),
        vec![placed("points", -2_790)],
    );
    let totals = Totals::new(&snapshot(), &pricing, &policies(true)).unwrap();
    assert_eq!((totals.total, totals.paid_with_points, totals.to_pay), (2_790, 2_790, 0));
    // Points are a way to pay: the tax is that of the whole.
    assert_eq!(totals.tax, 382 + 45);
}

#[test]
fn parts_sum_to_the_totals() {
    for included in [true, false] {
        let pricing = pricing([price(1_801, 1_333, 17), price(499, 77, 3)], price(490, 491, 1), Vec::new());
        let totals = Totals::new(&snapshot(), &pricing, &policies(included)).unwrap();
        let parts: Vec<PartTotal> = totals.lines.iter().map(|line| line.price).chain([totals.delivery]).collect();
        assert_eq!(parts.iter().map(|part| part.total).sum::<Money>(), totals.total);
        assert_eq!(parts.iter().map(|part| part.tax).sum::<Money>(), totals.tax);
        assert_eq!(parts.iter().map(|part| part.paid_with_points).sum::<Money>(), totals.paid_with_points);
        assert_eq!(totals.total - totals.paid_with_points, totals.to_pay);
    }
}

#[test]
fn adjustments_are_named_by_the_line_they_concern() {
    let mut of_order = placed("coupon", -100);
    of_order.adjustment.changes[0].target = Target::Order;
    let pricing =
        pricing([price(1_800, 1_400, 0), price(500, 500, 0)], price(490, 490, 0), vec![placed("sale", -300), of_order]);
    let totals = Totals::new(&snapshot(), &pricing, &policies(true)).unwrap();
    let lines: Vec<_> = totals.adjustments.iter().map(|shown| shown.line.as_deref()).collect();
    assert_eq!(lines, [Some("mug-line"), None]);
    assert_eq!(totals.adjustments[0].extension, "some-extension");
}

#[test]
fn what_cannot_be_counted_is_refused() {
    let pricing = pricing([price(0, i64::MAX, 0), price(0, 0, 0)], price(0, 0, 0), Vec::new());
    assert_eq!(Totals::new(&snapshot(), &pricing, &policies(false)), Err(MoneyError::Overflow));
}
