//! Which codes count, and what they take off.

use boomerang_engine::contract::{Cart, Coupon};

use super::*;
use crate::shops::tests::vienna;

const NOW: Instant = 1_772_438_400_000;

fn coupon(code: &str, reduction: Reduction) -> Coupon {
    Coupon {
        code: code.into(),
        reduction,
        customer: None,
        valid_from: NOW,
        valid_until: NOW + 1,
        uses: 1,
        minimum: 0,
        key: code.into(),
    }
}

fn entered(coupon: Coupon) -> Entered {
    let code = coupon.code.clone();
    let issued = Issued { extension: "thanks".into(), coupon, issued_at: 0 };
    Entered { code, issued: Some((issued, 1)) }
}

fn snapshot(goods: Money, delivery_fee: Money, customer: Option<&str>) -> Snapshot {
    let cart = Cart {
        currency: "EUR".into(),
        lines: Vec::new(),
        delivery_fee,
        customer: customer.map(str::to_owned),
        country: None,
        checkout_since: None,
        codes: Vec::new(),
        attributes: Vec::new(),
    };
    Snapshot {
        cart,
        lines: Vec::new(),
        gone: Vec::new(),
        short: Vec::new(),
        goods,
        needs_delivery: true,
        offers: Vec::new(),
        delivery: None,
    }
}

fn judge(codes: Vec<Entered>, snapshot: &Snapshot) -> (Vec<CodeState>, Vec<Money>) {
    let codes = Codes::new(&vienna(), codes, snapshot, NOW).unwrap();
    let told = codes.entered.iter().all(|entered| !entered.message.is_empty());
    assert!(told, "nobody is left without a word: {:?}", codes.entered);
    let states = codes.entered.iter().map(|entered| entered.state).collect();
    (states, codes.adjustments.iter().map(|adjustment| adjustment.changes[0].amount).collect())
}

#[test]
fn a_code_takes_off_a_share_an_amount_or_the_delivery() {
    let codes = [
        coupon("TENTH", Reduction::Percent(1_000)),
        coupon("FIVE", Reduction::Amount(500)),
        coupon("POST", Reduction::FreeDelivery),
    ];
    let (states, amounts) = judge(codes.map(entered).into(), &snapshot(3_333, 490, None));
    assert_eq!(states, [CodeState::InForce; 3]);
    assert_eq!(amounts, [-333, -500, -490]);
}

#[test]
fn codes_never_take_off_more_than_there_is() {
    let codes = [
        coupon("MOST", Reduction::Percent(9_000)),
        coupon("FIVE", Reduction::Amount(500)),
        coupon("SIX", Reduction::Amount(600)),
        coupon("POST", Reduction::FreeDelivery),
    ];
    let (states, amounts) = judge(codes.map(entered).into(), &snapshot(1_000, 0, None));
    assert_eq!(states, [CodeState::InForce, CodeState::InForce, CodeState::Waiting, CodeState::Waiting]);
    assert_eq!(amounts, [-900, -100]);
}

#[test]
fn a_code_that_does_not_count_says_why() {
    let plain = || coupon("CODE", Reduction::Amount(100));
    let used = Entered { issued: entered(plain()).issued.map(|(issued, _)| (issued, 0)), ..entered(plain()) };
    let cases = [
        (Entered { code: "NONE".into(), issued: None }, CodeState::Unknown),
        (entered(Coupon { customer: Some("bob".into()), ..plain() }), CodeState::OtherCustomer),
        (entered(Coupon { valid_from: NOW + 1, valid_until: NOW + 2, ..plain() }), CodeState::NotYet),
        (entered(Coupon { valid_from: NOW - 1, valid_until: NOW, ..plain() }), CodeState::Expired),
        (entered(Coupon { minimum: 1_001, ..plain() }), CodeState::BelowMinimum),
        (used, CodeState::UsedUp),
        (entered(Coupon { customer: Some("ann".into()), minimum: 1_000, ..plain() }), CodeState::InForce),
    ];
    for (code, expected) in cases {
        let (states, amounts) = judge(vec![code], &snapshot(1_000, 0, Some("ann")));
        assert_eq!(states, [expected]);
        assert_eq!(amounts.len(), usize::from(expected == CodeState::InForce), "{expected:?}");
    }
}

#[test]
fn a_code_counts_once_however_it_is_spelled() {
    let small = Entered { code: "five".into(), ..entered(coupon("FIVE", Reduction::Amount(500))) };
    let (states, amounts) =
        judge(vec![entered(coupon("FIVE", Reduction::Amount(500))), small], &snapshot(9_000, 0, None));
    assert_eq!((states, amounts), (vec![CodeState::InForce], vec![-500]));
}
