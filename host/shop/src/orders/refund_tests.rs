//! Refunds against the vectors of the field, and against the law that parts make the whole.

use proptest::prelude::*;

use super::*;
use crate::orders::testing::order;

/// An order of lines with quantity and total.
fn of(lines: &[(u32, Money)]) -> Order {
    let mut order = order();
    let pattern = order.lines[0].clone();
    let line = |(index, (quantity, total)): (usize, &(u32, Money))| OrderLine {
        id: index.to_string(),
        quantity: *quantity,
        total: *total,
        paid_with_points: 0,
        ..pattern.clone()
    };
    order.lines = lines.iter().enumerate().map(line).collect();
    order
}

fn units(line: usize, quantity: u32) -> RefundRequest {
    let line = LineRequest { line: line.to_string(), quantity, amount: None };
    RefundRequest { lines: vec![line], ..RefundRequest::default() }
}

fn apply(order: &mut Order, plan: &Plan) {
    for back in &plan.lines {
        let line = order.lines.iter_mut().find(|line| line.id == back.line).unwrap();
        line.returned += back.quantity;
        line.refunded += back.amount;
        assert_eq!(line.refunded, back.amount_so_far);
    }
    order.delivery.refunded += plan.delivery;
}

#[test]
fn sonata_177_two_of_three_at_ten_percent_off_refund_what_two_cost() {
    let plan = plan(&of(&[(3, 27_000)]), &units(0, 2)).unwrap();
    assert_eq!((plan.amount, plan.money), (18_000, 18_000));
}

#[test]
fn prestashop_42502_a_line_refunds_its_discounted_price() {
    assert_eq!(plan(&of(&[(1, 12_000), (1, 4_800)]), &units(0, 1)).unwrap().amount, 12_000);
}

#[test]
fn solidus_512_a_discount_on_the_order_is_in_the_refund_of_each_line() {
    assert_eq!(plan(&of(&[(1, 540), (1, 360)]), &units(0, 1)).unwrap().amount, 540);
}

#[test]
fn an_amount_given_back_before_is_not_given_back_again() {
    let mut order = of(&[(3, 270)]);
    let goodwill = LineRequest { line: "0".into(), quantity: 0, amount: Some(200) };
    let request = RefundRequest { lines: vec![goodwill], ..RefundRequest::default() };
    let first = plan(&order, &request).unwrap();
    apply(&mut order, &first);
    assert_eq!(plan(&order, &units(0, 3)).unwrap().amount, 70);
}

#[test]
fn what_cannot_be_given_back_is_refused_by_name() {
    let order = of(&[(2, 100)]);
    let request = |lines: Vec<LineRequest>, delivery| RefundRequest { lines, delivery, ..RefundRequest::default() };
    let line = |line: &str, quantity, amount| LineRequest { line: line.into(), quantity, amount };
    let refused = [
        (request(vec![line("x", 1, None)], 0), RefundError::UnknownLine("x".into())),
        (request(vec![line("0", 1, None), line("0", 1, None)], 0), RefundError::Twice("0".into())),
        (request(vec![line("0", 3, None)], 0), RefundError::Units { line: "0".into(), asked: 3, left: 2 }),
        (
            request(vec![line("0", 1, Some(101))], 0),
            RefundError::Amount { what: "line \"0\"".into(), asked: 101, left: 100 },
        ),
        (
            request(vec![line("0", 1, Some(-1))], 0),
            RefundError::Amount { what: "line \"0\"".into(), asked: -1, left: 100 },
        ),
        (request(vec![], 501), RefundError::Amount { what: "delivery".into(), asked: 501, left: 500 }),
        (request(vec![line("0", 0, None)], 0), RefundError::Nothing),
    ];
    for (request, error) in refused {
        assert_eq!(plan(&order, &request), Err(error));
    }
}

proptest! {
    /// However a line is returned, in the end exactly its money has come back, and no step gives back less than nothing.
    #[test]
    fn l7_many_refunds_equal_one(
        quantity in 1..20_u32, total in 0..100_000_i64, points in 0..=100_i64, steps in prop::collection::vec(0..6_u32, 1..30),
    ) {
        let mut order = of(&[(quantity, total)]);
        order.lines[0].paid_with_points = total * points / 100;
        let charged = total - order.lines[0].paid_with_points;
        let (mut amount, mut money) = (0, 0);
        for step in steps.into_iter().chain([u32::MAX]) {
            let left = quantity - order.lines[0].returned;
            let Ok(plan) = plan(&order, &units(0, step.min(left))) else { continue };
            prop_assert!(plan.amount >= 0 && plan.money >= 0 && plan.money <= plan.amount);
            amount += plan.amount;
            money += plan.money;
            apply(&mut order, &plan);
        }
        prop_assert_eq!((amount, money), (total, charged));
    }

    /// Amounts of any size, and then the rest, come to the whole as well.
    #[test]
    fn l7_refunds_by_amount_and_the_rest_equal_one(
        total in 1..100_000_i64, points in 0..=100_i64, amounts in prop::collection::vec(0..9_000_i64, 0..20),
    ) {
        let mut order = of(&[(3, total)]);
        order.lines[0].paid_with_points = total * points / 100;
        order.delivery.paid_with_points = 123;
        let charged = total - order.lines[0].paid_with_points + order.delivery.total - 123;
        let mut money = 0;
        for amount in amounts {
            let amount = Some(amount.min(total - order.lines[0].refunded));
            let lines = vec![LineRequest { line: "0".into(), quantity: 0, amount }];
            let delivery = (order.delivery.total - order.delivery.refunded).min(7);
            let Ok(plan) = plan(&order, &RefundRequest { lines, delivery, ..RefundRequest::default() }) else { continue };
            money += plan.money;
            apply(&mut order, &plan);
        }
        let rest = everything(&order, "");
        if let Ok(plan) = plan(&order, &rest) {
            money += plan.money;
            apply(&mut order, &plan);
        }
        prop_assert_eq!(money, charged);
        prop_assert_eq!((order.lines[0].refunded, order.delivery.refunded), (total, order.delivery.total));
    }
}
