//! Paying with points in the cart.

use boomerang_sdk::types::{Adjustment, Applied, Attribute, Cart, CartLine, Change, Claim, Target};

use super::give;
use crate::pricing::{REDEEM, price};
use crate::settings::Settings;
use crate::testing::Book;

fn cart(customer: Option<&str>, redeem: &str, lines: &[(&str, u32, i64)]) -> Cart {
    let empty = Cart {
        currency: "EUR".into(),
        customer: customer.map(Into::into),
        attributes: vec![Attribute::new(REDEEM, redeem)],
        ..Cart::default()
    };
    lines.iter().fold(empty, |cart, &(product, quantity, unit_price)| {
        cart.with(product, &format!("{product}-one"), CartLine { quantity, unit_price, ..CartLine::default() })
    })
}

fn applied(target: Target, amount: i64) -> Applied {
    Applied { class: "sale".into(), changes: vec![Change { target, amount, units: 0 }] }
}

/// A shop with a customer `anna`, who has 5 000 points.
fn book() -> Book {
    let book = Book::on("2026-11-02");
    book.customer("anna");
    give(&book, "anna", 5_000);
    book
}

#[test]
fn l6_points_are_an_adjustment_of_the_order_with_a_claim() {
    let adjustments =
        price(&book(), &Settings::default(), &cart(Some("anna"), "300", &[("a", 2, 1_000)]), &[]).unwrap();
    assert_eq!(
        adjustments,
        [Adjustment {
            claims: vec![Claim::Points(300)],
            ..Adjustment::new("points", "Paid with 300 points", Target::Order, -300)
        }]
    );
}

#[test]
fn l6_clamped_again_after_what_others_took_off() {
    let cart = cart(Some("anna"), "5000", &[("a", 2, 1_000), ("b", 1, 500)]);
    let applied = [applied(Target::Line(0), -400), applied(Target::Order, -101), applied(Target::Delivery, -490)];
    let adjustments = price(&book(), &Settings::default(), &cart, &applied).unwrap();
    assert_eq!(adjustments[0].changes[0].amount, -1_999, "exactly 0 is left to pay");
}

#[test]
fn l6_lines_that_points_cannot_pay_for_are_left_alone() {
    let mut settings = Settings::default();
    settings.redemption.excluded_products = vec!["gift-card".into()];
    let cart = cart(Some("anna"), "5000", &[("a", 1, 333), ("gift-card", 1, 5_000), ("b", 1, 667)]);
    let adjustments = price(&book(), &settings, &cart, &[]).unwrap();
    let paid: Vec<_> = adjustments[0].changes.iter().map(|change| (change.target, change.amount)).collect();
    assert_eq!(paid, [(Target::Line(0), -333), (Target::Line(2), -667)]);
    assert_eq!((adjustments.len(), &adjustments[0].claims[..]), (1, &[Claim::Points(1_000)][..]));
}

#[test]
fn l6_nothing_without_a_proved_customer_a_number_or_the_switch() {
    let lines = [("a", 1, 1_000)];
    let points = |cart: &Cart| price(&book(), &Settings::default(), cart, &[]).unwrap().len();
    assert_eq!(points(&cart(Some("anna"), "300", &lines)), 1);
    assert_eq!(points(&cart(None, "300", &lines)), 0);
    assert_eq!(points(&cart(Some("nobody"), "300", &lines)), 0);
    for request in ["", "0", "-5", "all", "1e3", "99999999999999999999"] {
        assert_eq!(points(&cart(Some("anna"), request, &lines)), 0, "{request}");
    }
    let mut off = Settings::default();
    off.redemption.enabled = false;
    assert!(price(&book(), &off, &cart(Some("anna"), "300", &lines), &[]).unwrap().is_empty());
}

#[test]
fn l11_whoever_is_blocked_spends_nothing() {
    let book = book();
    book.change("anna", |anna| anna.blocked = true);
    let cart = cart(Some("anna"), "300", &[("a", 1, 1_000)]);
    assert!(price(&book, &Settings::default(), &cart, &[]).unwrap().is_empty());
}
