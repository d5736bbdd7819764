//! The host's rules for prices, without any WebAssembly.

use proptest::prelude::*;

use super::sheet::Refusal;
use super::*;
use crate::contract::{CartLine, Change, Claim, QuotaClaim, Target};
use crate::id::Id;

fn cart(lines: &[(u32, Money)], delivery_fee: Money) -> Cart {
    Cart {
        currency: "EUR".into(),
        lines: lines
            .iter()
            .enumerate()
            .map(|(index, (quantity, unit_price))| CartLine {
                product: format!("p{index}"),
                variant: format!("v{index}"),
                quantity: *quantity,
                unit_price: *unit_price,
                added_at: 0,
                attributes: vec![],
            })
            .collect(),
        delivery_fee,
        customer: Some("customer-1".into()),
        country: None,
        checkout_since: None,
        codes: vec![],
        attributes: vec![],
    }
}

fn adjustment(target: Target, amount: Money, class: &str) -> Adjustment {
    let claims = if class == "points" { vec![Claim::Points(amount.unsigned_abs().max(1))] } else { vec![] };
    let changes = vec![Change { target, amount, units: 0 }];
    Adjustment { class: class.into(), label: "Summer sale −20 %".into(), changes, claims }
}

fn quota(name: &str, limit: u32) -> Claim {
    Claim::Quota(QuotaClaim { name: name.into(), limit, per_shopper: false, per_variant: false })
}

fn of_variants(name: &str, limit: u32) -> Claim {
    Claim::Quota(QuotaClaim { name: name.into(), limit, per_shopper: false, per_variant: true })
}

/// An adjustment that takes a cent off each of these lines, for so many units.
fn counted(lines: &[(u32, u32)], claims: Vec<Claim>) -> Adjustment {
    let change = |&(line, units): &(u32, u32)| Change { target: Target::Line(line), amount: -1, units };
    let changes = lines.iter().map(change).collect();
    Adjustment { changes, claims, ..adjustment(Target::Order, 0, "sale") }
}

fn counter(name: &str, units: u64, limit: u32) -> OrderClaim {
    OrderClaim::Counter(CounterClaim { name: name.into(), units, limit, per_shopper: false })
}

fn place(cart: &Cart, adjustments: Vec<Adjustment>) -> (Pricing, Vec<(usize, Refusal)>) {
    let mut chain = Chain::new(cart).unwrap();
    let refused = chain.place_all(&Id::from("test"), adjustments);
    (chain.finish(), refused)
}

#[test]
fn a_cart_without_adjustments_costs_its_list_price() {
    let (pricing, refused) = place(&cart(&[(2, 500), (1, 250)], 490), vec![]);
    assert!(refused.is_empty());
    assert_eq!(pricing.total, 1_740);
    assert_eq!(pricing.to_pay, 1_740);
    assert_eq!(pricing.lines[0].list, 1_000);
}

#[test]
fn sonata_177_three_at_100_less_10_percent() {
    let (pricing, _) = place(&cart(&[(3, 100)], 0), vec![adjustment(Target::Line(0), -30, "sale")]);
    assert_eq!(pricing.lines[0].total, 270);
}

#[test]
fn prestashop_42502_an_order_reduction_is_shared_by_price() {
    let (pricing, _) = place(&cart(&[(1, 150), (1, 60)], 0), vec![adjustment(Target::Order, -42, "coupon")]);
    assert_eq!(pricing.placed[0].shares, [Share { line: 0, amount: -30 }, Share { line: 1, amount: -12 }]);
    assert_eq!(pricing.lines[0].total, 120);
}

#[test]
fn a_line_that_does_not_exist_is_refused() {
    let (pricing, refused) = place(&cart(&[(1, 100)], 0), vec![adjustment(Target::Line(1), -1, "sale")]);
    assert_eq!(refused, [(0, Refusal::NoLine { line: 1, lines: 1 })]);
    assert_eq!(pricing.total, 100);
}

#[test]
fn only_a_fee_may_raise_a_price_and_it_does_nothing_else() {
    let (pricing, refused) = place(
        &cart(&[(1, 100)], 0),
        vec![
            adjustment(Target::Line(0), 10, "sale"),
            adjustment(Target::Line(0), -10, "fee"),
            adjustment(Target::Line(0), 10, "fee"),
        ],
    );
    assert_eq!(refused, [(0, Refusal::Raises(10)), (1, Refusal::NegativeFee(-10))]);
    assert_eq!(pricing.total, 110);
}

#[test]
fn nothing_goes_below_zero_and_the_others_stay() {
    let (pricing, refused) = place(
        &cart(&[(1, 100), (1, 50)], 40),
        vec![
            adjustment(Target::Line(0), -101, "sale"),
            adjustment(Target::Delivery, -41, "membership"),
            adjustment(Target::Order, -151, "coupon"),
            adjustment(Target::Order, -150, "coupon"),
            adjustment(Target::Delivery, -40, "membership"),
        ],
    );
    assert_eq!(refused, [(0, Refusal::BelowZero(-1)), (1, Refusal::BelowZero(-1)), (2, Refusal::BelowZero(-1))]);
    assert_eq!(pricing.total, 0);
}

#[test]
fn l6_a_full_redemption_leaves_exactly_zero() {
    let (pricing, refused) =
        place(&cart(&[(1, 333), (1, 333), (1, 334)], 0), vec![adjustment(Target::Order, -1_000, "points")]);
    assert!(refused.is_empty(), "{refused:?}");
    assert_eq!(pricing.to_pay, 0);
    assert_eq!(pricing.total, 1_000, "points pay; they do not reduce");
    assert!(pricing.lines.iter().all(|line| line.to_pay() == 0));
}

#[test]
fn a_reduction_after_points_cannot_take_what_points_have_paid() {
    let (_, refused) = place(
        &cart(&[(1, 100)], 0),
        vec![adjustment(Target::Line(0), -80, "points"), adjustment(Target::Line(0), -30, "sale")],
    );
    assert_eq!(refused, [(1, Refusal::BelowZero(-10))]);
}

#[test]
fn points_are_claimed_by_points_adjustments_of_known_customers_only() {
    let mut unclaimed = adjustment(Target::Order, -10, "points");
    unclaimed.claims.clear();
    let mut misclaimed = adjustment(Target::Order, -10, "sale");
    misclaimed.claims.push(Claim::Points(10));
    let mut twice = adjustment(Target::Order, -10, "points");
    twice.claims.push(Claim::Points(1));
    let mut huge = adjustment(Target::Order, -10, "points");
    huge.claims = vec![Claim::Points(u64::MAX)];
    let known = cart(&[(1, 100)], 0);
    let (_, refused) = place(&known, vec![unclaimed, misclaimed, twice, huge]);
    assert_eq!(
        refused,
        [(0, Refusal::PointsClaim), (1, Refusal::PointsClaim), (2, Refusal::PointsClaim), (3, Refusal::Overflow)]
    );
    let unknown = Cart { customer: None, ..known };
    let (_, refused) = place(&unknown, vec![adjustment(Target::Order, -10, "points")]);
    assert_eq!(refused, [(0, Refusal::NobodysPoints)]);
}

#[test]
fn f5_claims_of_one_counter_weigh_together() {
    let cart = cart(&[(1, 100)], 0);
    let one = |units, claims| counted(&[(0, units)], claims);
    let (pricing, refused) = place(
        &cart,
        vec![
            one(2, vec![quota("sale/v0", 3)]),
            one(2, vec![quota("sale/v0", 3)]),
            one(1, vec![quota("sale/v0", 3)]),
            one(2, vec![quota("sale/v1", 3), quota("sale/v1", 3)]),
            one(1, vec![quota("", 1)]),
            one(1, vec![quota(&"n".repeat(129), 1)]),
            one(0, vec![quota("sale/v2", 1)]),
        ],
    );
    let limit = Refusal::QuotaLimit { units: 4, limit: 3 };
    assert_eq!(
        refused,
        [
            (1, limit.clone()),
            (3, limit),
            (4, Refusal::QuotaName),
            (5, Refusal::QuotaName),
            (6, Refusal::NothingClaimed)
        ]
    );
    let claims: Vec<_> = pricing.claims(&cart).map(|(_, claim)| claim).collect();
    assert_eq!(claims, [counter("sale/v0", 2, 3), counter("sale/v0", 1, 3)]);
}

#[test]
fn f5_a_claim_counts_each_variant_on_its_own_or_all_together() {
    let mut cart = cart(&[(2, 100), (3, 100), (1, 100)], 0);
    cart.lines[2].variant = cart.lines[0].variant.clone();
    let lines = [(0, 2), (1, 3), (2, 1)];
    let (pricing, refused) = place(&cart, vec![counted(&lines, vec![of_variants("sale", 3), quota("each", 6)])]);
    assert_eq!(refused, []);
    let claims: Vec<_> = pricing.claims(&cart).map(|(_, claim)| claim).collect();
    let of_each = [counter("sale/v0", 2, 3), counter("sale/v1", 3, 3), counter("sale/v0", 1, 3)];
    assert_eq!(claims[..3], of_each);
    assert_eq!(claims[3..], [counter("each", 6, 6)]);
    for claims in [vec![of_variants("sale", 2)], vec![quota("each", 5)]] {
        let (pricing, refused) = place(&cart, vec![counted(&lines, claims)]);
        assert!(matches!(refused[..], [(0, Refusal::QuotaLimit { .. })]), "{refused:?}");
        assert_eq!(pricing.total, 600, "all of it is refused");
    }
    let mut order = counted(&[], vec![of_variants("sale", 9)]);
    order.changes.push(Change { target: Target::Order, amount: -1, units: 1 });
    assert_eq!(place(&cart, vec![order]).1, [(0, Refusal::NoVariant)]);
}

#[test]
fn an_adjustment_is_placed_whole_or_not_at_all() {
    let cart = cart(&[(1, 100), (1, 50)], 40);
    let mut both = adjustment(Target::Line(0), -60, "sale");
    both.changes.push(Change { target: Target::Line(1), amount: -51, units: 0 });
    let none = Adjustment { changes: vec![], ..adjustment(Target::Order, 0, "sale") };
    let (pricing, refused) = place(&cart, vec![both, none, adjustment(Target::Line(0), -100, "sale")]);
    assert_eq!(refused, [(0, Refusal::BelowZero(-1)), (1, Refusal::NoChange)]);
    assert_eq!((pricing.lines[0].total, pricing.lines[1].total, pricing.total), (0, 50, 90));
}

#[test]
fn labels_are_one_short_line_and_classes_are_known() {
    let label = |label: &str| Adjustment { label: label.into(), ..adjustment(Target::Line(0), -1, "sale") };
    let (_, refused) = place(
        &cart(&[(1, 100)], 0),
        vec![
            label("a\u{1b}[31m"),
            label(""),
            label(&"x".repeat(121)),
            adjustment(Target::Line(0), -1, "gift"),
            label("20 % off"),
        ],
    );
    assert_eq!(
        refused,
        [(0, Refusal::Label), (1, Refusal::Label), (2, Refusal::Label), (3, Refusal::Class("gift".into()))]
    );
}

#[test]
fn money_that_cannot_be_counted_is_an_error_not_a_panic() {
    assert_eq!(Chain::new(&cart(&[(2, i64::MAX)], 0)).err(), Some(CartError::Overflow));
    assert_eq!(Chain::new(&cart(&[(1, i64::MAX), (1, 1)], 0)).err(), Some(CartError::Overflow));
    assert_eq!(Chain::new(&cart(&[(1, i64::MAX)], 1)).err(), Some(CartError::Overflow));
    assert_eq!(Chain::new(&cart(&[(0, 1)], 0)).err(), Some(CartError::NoQuantity(0)));
    assert_eq!(Chain::new(&cart(&[(1, -1)], 0)).err(), Some(CartError::NegativePrice(0)));
    assert_eq!(Chain::new(&cart(&[(1, 1)], -1)).err(), Some(CartError::NegativeDelivery));
    let (pricing, refused) = place(
        &cart(&[(1, 100)], 0),
        vec![
            adjustment(Target::Line(0), i64::MAX, "fee"),
            adjustment(Target::Order, i64::MIN, "sale"),
            adjustment(Target::Line(0), i64::MIN, "points"),
            adjustment(Target::Delivery, i64::MAX, "fee"),
        ],
    );
    assert_eq!(refused.len(), 4, "{refused:?}");
    assert_eq!(pricing.total, 100);
}

#[test]
fn an_empty_cart_shares_nothing() {
    let (pricing, refused) = place(&cart(&[], 0), vec![adjustment(Target::Order, 5, "fee")]);
    assert_eq!(refused, [(0, Refusal::EmptyCart)]);
    assert_eq!(pricing.total, 0);
}

fn any_target() -> impl Strategy<Value = Target> {
    prop_oneof![(0..6_u32).prop_map(Target::Line), Just(Target::Order), Just(Target::Delivery)]
}

fn any_adjustment() -> impl Strategy<Value = Adjustment> {
    let amount = prop_oneof![-2_000..2_000_i64, any::<i64>()];
    let class = prop::sample::select(vec!["sale", "bundle", "coupon", "membership", "points", "fee", "?"]);
    let changes = prop::collection::vec((any_target(), amount, 0..4_u32), 1..4);
    let quotas = prop::collection::vec((prop::sample::select(vec!["a", "b"]), 0..20_u32, any::<bool>()), 0..2);
    (changes, class, quotas).prop_map(|(changes, class, quotas)| {
        let changes = changes.into_iter().map(|(target, amount, units)| Change { target, amount, units }).collect();
        let mut made = Adjustment { changes, ..adjustment(Target::Order, 0, class) };
        let quota = |(name, limit, of_each)| if of_each { of_variants(name, limit) } else { quota(name, limit) };
        made.claims.extend(quotas.into_iter().map(quota));
        made
    })
}

proptest! {
    #[test]
    fn whatever_extensions_answer_the_sums_hold(
        lines in prop::collection::vec((1..5_u32, 0..1_000_i64), 0..5),
        delivery in 0..1_000_i64,
        adjustments in prop::collection::vec(any_adjustment(), 0..20),
    ) {
        let cart = cart(&lines, delivery);
        let count = adjustments.len();
        let (pricing, refused) = place(&cart, adjustments);
        prop_assert_eq!(pricing.placed.len() + refused.len(), count);
        // Nothing is below zero, and what points pay is part of the price.
        for price in pricing.lines.iter().chain([&pricing.delivery]) {
            prop_assert!(price.to_pay() >= 0 && price.paid_with_points >= 0 && price.total >= price.paid_with_points);
        }
        // No counter takes more than its limit.
        let mut counters = std::collections::HashMap::new();
        for (_, claim) in pricing.claims(&cart) {
            if let OrderClaim::Counter(claim) = claim {
                let taken: &mut u64 = counters.entry(claim.name).or_default();
                *taken += claim.units;
                prop_assert!(*taken <= u64::from(claim.limit));
            }
        }
        // Lines and delivery sum to the order.
        let lines: Money = pricing.lines.iter().map(|line| line.total).sum();
        prop_assert_eq!(lines + pricing.delivery.total, pricing.total);
        prop_assert_eq!(pricing.total - pricing.paid_with_points, pricing.to_pay);
        // Shares sum to their adjustment, and list prices plus shares give the totals.
        for placed in &pricing.placed {
            let sum: Money = placed.shares.iter().map(|share| share.amount).sum();
            let of_lines = placed.adjustment.changes.iter().filter(|change| change.target != Target::Delivery);
            prop_assert_eq!(sum, of_lines.map(|change| change.amount).sum::<Money>());
        }
        for (index, line) in pricing.lines.iter().enumerate() {
            let shares: Money = pricing
                .placed
                .iter()
                .flat_map(|placed| &placed.shares)
                .filter(|share| share.line as usize == index)
                .map(|share| share.amount)
                .sum();
            prop_assert_eq!(line.list + shares, line.to_pay());
        }
    }

    #[test]
    fn a_refused_adjustment_changes_nothing(
        lines in prop::collection::vec((1..5_u32, 0..1_000_i64), 1..5),
        adjustments in prop::collection::vec(any_adjustment(), 1..10),
    ) {
        let cart = cart(&lines, 0);
        let (pricing, refused) = place(&cart, adjustments.clone());
        let kept = adjustments
            .into_iter()
            .enumerate()
            .filter(|(index, _)| !refused.iter().any(|(refused, _)| refused == index))
            .map(|(_, adjustment)| adjustment);
        let (again, none) = place(&cart, kept.collect());
        prop_assert!(none.is_empty());
        prop_assert_eq!(pricing, again);
    }
}
