//! Earning with orders, and what refunds and cancellations do to it.

use boomerang_sdk::points_ledger::DeficitPolicy;
use boomerang_sdk::types::{CustomerEvent, Instant, Order, OrderEvent, Refund, RefundedLine};
use proptest::prelude::*;

use crate::desk::Reads;
use crate::orders::on_event;
use crate::settings::{
    AppliesTo, Deficit, Expiry, ExpiryPolicy, GrantOn, Level, Limit, LimitedRule, Rule, Settings, SignUpOn, Span,
};
use crate::testing::{Book, order};

fn happens(book: &Book, settings: &Settings, topic: &str, order: &Order, refund: Option<Refund>) {
    let id = format!("{topic}/{}/{}", order.id, refund.as_ref().map_or("", |refund| &refund.id));
    let event = OrderEvent { id, topic: topic.into(), occurred_at: book.now.get(), order: order.clone(), refund };
    on_event(book, settings, &event).unwrap();
}

fn refund(id: &str, lines: &[(usize, i64, i64)]) -> Option<Refund> {
    let lines = lines.iter().map(|(line, amount, amount_so_far)| RefundedLine {
        line: format!("line-{line}"),
        quantity: 1,
        amount: *amount,
        amount_so_far: *amount_so_far,
    });
    Some(Refund { id: id.into(), lines: lines.collect(), delivery: 0, reason: String::new() })
}

/// A shop with a customer `anna`.
fn book() -> Book {
    let book = Book::on("2026-11-02");
    book.customer("anna");
    book
}

#[test]
fn l1_an_entry_says_which_rule_gave_it_and_why() {
    let book = book();
    happens(&book, &Settings::default(), "paid", &order("1042", "anna", &[("a", 2_100)]), None);
    let grants = book.grants();
    assert_eq!((grants[0].rule.as_str(), grants[0].reason.as_str()), ("purchase", "Your order 1042"));
    assert_eq!(grants[0].key, "order/1042/earn");
}

#[test]
fn l2_a_duplicated_event_changes_nothing() {
    let book = book();
    let settings = Settings::default();
    let order = order("1", "anna", &[("a", 10_000)]);
    for _ in 0..3 {
        happens(&book, &settings, "paid", &order, None);
    }
    assert_eq!(book.pending("anna"), 100);
    for _ in 0..3 {
        happens(&book, &settings, "refunded", &order, refund("r1", &[(0, 4_000, 4_000)]));
    }
    assert_eq!(book.pending("anna"), 60);
}

#[test]
fn l3_points_are_pending_until_the_refund_window_ends() {
    let book = book();
    happens(&book, &Settings::default(), "paid", &order("1", "anna", &[("a", 5_000)]), None);
    assert_eq!((book.available("anna"), book.pending("anna")), (0, 50));
    book.days_pass(29);
    assert_eq!((book.available("anna"), book.pending("anna")), (0, 50));
    book.days_pass(1);
    assert_eq!((book.available("anna"), book.pending("anna")), (50, 0));
}

#[test]
fn l3_a_changed_window_touches_new_orders_only() {
    let book = book();
    let mut settings = Settings::default();
    let first = order("1", "anna", &[("a", 5_000)]);
    happens(&book, &settings, "paid", &first, None);
    settings.earning.pending_days = 0;
    happens(&book, &settings, "paid", &first, None);
    assert_eq!(book.available("anna"), 0, "the first order keeps its window, also where its event comes again");
    happens(&book, &settings, "paid", &order("2", "anna", &[("a", 700)]), None);
    assert_eq!((book.available("anna"), book.pending("anna")), (7, 50));
}

#[test]
fn l3_the_merchant_decides_what_has_to_happen_first() {
    for (grant_on, topic) in [(GrantOn::Placed, "placed"), (GrantOn::Paid, "paid"), (GrantOn::Delivered, "delivered")] {
        let book = book();
        let mut settings = Settings::default();
        settings.earning.grant_on = grant_on;
        let order = order("1", "anna", &[("a", 5_000)]);
        for happened in ["placed", "paid", "fulfilled", "delivered", "exchanged"] {
            let before = book.pending("anna");
            happens(&book, &settings, happened, &order, None);
            assert_eq!(book.pending("anna") - before, if happened == topic { 50 } else { 0 }, "{happened}");
        }
    }
}

#[test]
fn l4_what_points_and_gift_cards_paid_earns_nothing() {
    let book = book();
    let mut order = order("1", "anna", &[("a", 6_000), ("b", 4_000)]);
    order.lines[0].paid_with_points = 1_000;
    order.lines[1].paid_with_gift_cards = 4_000;
    happens(&book, &Settings::default(), "paid", &order, None);
    assert_eq!(book.pending("anna"), 50);
}

#[test]
fn l4_delivery_earns_only_where_it_is_set_and_comes_back_with_the_goods() {
    let book = book();
    let mut settings = Settings::default();
    let mut order = order("1", "anna", &[("a", 6_000), ("b", 4_000)]);
    order.delivery_fee = 500;
    order.total += 500;
    happens(&book, &settings, "paid", &order, None);
    assert_eq!(book.pending("anna"), 100);

    settings.earning.include_delivery = true;
    order.id = "2".into();
    happens(&book, &settings, "paid", &order, None);
    assert_eq!(book.pending("anna"), 205);
    happens(&book, &settings, "refunded", &order, refund("r", &[(0, 6_000, 6_000), (1, 4_000, 4_000)]));
    assert_eq!(book.pending("anna"), 100);
}

#[test]
fn l5_the_first_order_brings_its_bonus_once() {
    let book = book();
    let mut settings = Settings::default();
    settings.bonuses.first_order = 31;
    let (first, second) = (order("1", "anna", &[("a", 1_000), ("b", 2_000)]), order("2", "anna", &[("a", 1_000)]));
    book.keep(&first);
    happens(&book, &settings, "paid", &first, None);
    assert_eq!(book.pending("anna"), 61);
    book.keep(&second);
    happens(&book, &settings, "paid", &second, None);
    assert_eq!(book.pending("anna"), 71);
    happens(&book, &settings, "refunded", &first, refund("r", &[(0, 1_000, 1_000), (1, 2_000, 2_000)]));
    assert_eq!(book.pending("anna"), 10, "the bonus goes back with the order it came with");
}

#[test]
fn l5_two_first_orders_paid_at_once_bring_one_bonus() {
    let book = book();
    let mut settings = Settings::default();
    settings.bonuses.first_order = 30;
    // Neither is in the history yet when the other is handled.
    happens(&book, &settings, "paid", &order("1", "anna", &[("a", 1_000)]), None);
    happens(&book, &settings, "paid", &order("2", "anna", &[("a", 1_000)]), None);
    assert_eq!(book.pending("anna"), 50);
}

#[test]
fn l5_orders_of_one_day_share_its_limit() {
    let book = book();
    let mut settings = Settings::default();
    settings.earning.limits = vec![Limit { rule: LimitedRule::Purchase, per: Span::Day, points: 150 }];
    for id in ["1", "2", "3"] {
        happens(&book, &settings, "paid", &order(id, "anna", &[("a", 6_000), ("b", 4_000)]), None);
    }
    assert_eq!(book.pending("anna"), 150, "pending points count in the span in which they are granted");
    happens(
        &book,
        &settings,
        "refunded",
        &order("1", "anna", &[("a", 6_000), ("b", 4_000)]),
        refund("r", &[(0, 6_000, 6_000)]),
    );
    happens(&book, &settings, "paid", &order("1", "anna", &[("a", 6_000), ("b", 4_000)]), None);
    happens(&book, &settings, "paid", &order("5", "anna", &[("a", 6_000)]), None);
    assert_eq!(book.pending("anna"), 90, "what is taken back makes no room, and no event counts twice");
    book.days_pass(1);
    happens(&book, &settings, "paid", &order("4", "anna", &[("a", 10_000)]), None);
    assert_eq!(book.pending("anna"), 190);
}

#[test]
fn l5_a_limit_on_everything_counts_what_one_order_brings_twice() {
    let book = book();
    let mut settings = Settings::default();
    settings.bonuses.first_order = 100;
    settings.earning.limits = vec![Limit { rule: LimitedRule::Everything, per: Span::Month, points: 120 }];
    happens(&book, &settings, "paid", &order("1", "anna", &[("a", 5_000)]), None);
    assert_eq!(book.pending("anna"), 120);
}

#[test]
fn l5_a_rule_of_a_category_asks_the_catalogue() {
    let book = book();
    let mut settings = Settings::default();
    settings.earning.rules = vec![Rule {
        id: "shoes".into(),
        applies_to: AppliesTo::Category,
        value: "shoes".into(),
        multiplier: 30_000,
        bonus_per_unit: 0,
        priority: 0,
    }];
    book.products.borrow_mut().push(boomerang_sdk::catalogue::Product {
        id: "boots".into(),
        categories: vec!["clothing".into(), "shoes".into()],
        ..Default::default()
    });
    happens(&book, &settings, "paid", &order("1", "anna", &[("boots", 1_000), ("hat", 1_000)]), None);
    assert_eq!(book.pending("anna"), 40);
}

#[test]
fn l7_a_refund_takes_its_part_of_what_was_recorded() {
    let book = book();
    let mut settings = Settings::default();
    let order = order("1", "anna", &[("a", 6_000), ("b", 4_000)]);
    happens(&book, &settings, "paid", &order, None);
    // What the rules are by now is no matter.
    settings.earning.points = 50;
    happens(&book, &settings, "refunded", &order, refund("r1", &[(0, 3_000, 3_000)]));
    assert_eq!(book.pending("anna"), 70);
    happens(&book, &settings, "refunded", &order, refund("r2", &[(0, 3_000, 6_000), (1, 4_000, 4_000)]));
    assert_eq!(book.pending("anna"), 0);
}

#[test]
fn l7_spent_points_are_given_back_with_what_they_paid_for() {
    let book = book();
    let mut order = order("1", "anna", &[("a", 6_000), ("b", 4_000)]);
    order.lines[0].paid_with_points = 300;
    order.lines[1].paid_with_points = 200;
    book.spend("anna", "1", 500);
    assert_eq!(book.available("anna"), -500, "what was there before is no matter here");
    happens(&book, &Settings::default(), "refunded", &order, refund("r1", &[(1, 4_000, 4_000)]));
    assert_eq!(book.available("anna"), -300);
    happens(&book, &Settings::default(), "cancelled", &order, None);
    assert_eq!(book.available("anna"), 0);
    happens(&book, &Settings::default(), "refunded", &order, refund("r2", &[(0, 6_000, 6_000)]));
    assert_eq!(book.available("anna"), 0, "a refund of a cancelled order gives nothing back twice");
}

#[test]
fn l7_a_refund_before_delivery_lowers_what_delivery_brings() {
    let book = book();
    let mut settings = Settings::default();
    settings.earning.grant_on = GrantOn::Delivered;
    let order = order("1", "anna", &[("a", 6_000), ("b", 4_000)]);
    happens(&book, &settings, "refunded", &order, refund("r1", &[(0, 3_000, 3_000), (1, 4_000, 4_000)]));
    happens(&book, &settings, "delivered", &order, None);
    assert_eq!(book.pending("anna"), 30);
    happens(&book, &settings, "refunded", &order, refund("r2", &[(0, 1_500, 4_500)]));
    assert_eq!(book.pending("anna"), 15);
    happens(&book, &settings, "refunded", &order, refund("r3", &[(0, 1_500, 6_000)]));
    assert_eq!(book.pending("anna"), 0);
}

#[test]
fn l8_the_shops_policy_on_deficits_is_handed_to_the_ledger() {
    for (deficit, policy) in [(Deficit::Allow, DeficitPolicy::Allow), (Deficit::Clamp, DeficitPolicy::Clamp)] {
        let book = book();
        let mut settings = Settings::default();
        settings.safeguards.deficit = deficit;
        let order = order("1", "anna", &[("a", 5_000)]);
        happens(&book, &settings, "paid", &order, None);
        happens(&book, &settings, "cancelled", &order, None);
        assert_eq!(*book.deficits.borrow(), [policy]);
    }
}

fn by_inactivity() -> Settings {
    let expiry = Expiry { policy: ExpiryPolicy::Inactivity, days: 365, dry_run: false, ..Expiry::default() };
    Settings { expiry, ..Settings::default() }
}

#[test]
fn l9_by_inactivity_an_order_renews_every_lot() {
    let book = book();
    let settings = by_inactivity();
    happens(&book, &settings, "paid", &order("1", "anna", &[("a", 5_000)]), None);
    assert_eq!(*book.extended.borrow(), [], "nothing is there to renew");
    book.days_pass(100);
    happens(&book, &settings, "paid", &order("2", "anna", &[("a", 5_000)]), None);
    let extended = book.extended.borrow();
    let (holder, until) = &extended[0];
    assert_eq!((holder.as_str(), book.zone.shows(*until).as_str()), ("anna", "2028-02-11T00:00"));
}

#[test]
fn l9_an_order_never_shortens_what_lasts_longer() {
    let book = book();
    let mut settings = by_inactivity();
    settings.expiry.days = 900;
    settings.earning.pending_days = 0;
    happens(&book, &settings, "paid", &order("1", "anna", &[("a", 5_000)]), None);
    let lasts: Option<Instant> = book.grants()[0].expires_at;
    settings.expiry.days = 10;
    happens(&book, &settings, "paid", &order("2", "anna", &[("a", 5_000)]), None);
    assert_eq!(book.extended.borrow().first().map(|(_, until)| *until), lasts);
}

#[test]
fn l10_a_tier_multiplies_what_an_order_brings() {
    let book = book();
    let mut settings = Settings::default();
    settings.earning.pending_days = 0;
    settings.tiers.levels = vec![Level { id: "gold".into(), name: "Gold".into(), from: 100, multiplier: 15_000 }];
    let mut first = order("1", "anna", &[("a", 10_000)]);
    first.placed_at = book.now.get();
    happens(&book, &settings, "paid", &first, None);
    assert_eq!(book.available("anna"), 100);
    book.days_pass(1);
    let mut second = order("2", "anna", &[("a", 10_000)]);
    second.placed_at = book.now.get();
    happens(&book, &settings, "paid", &second, None);
    assert_eq!(book.available("anna"), 250);
}

#[test]
fn l11_whoever_is_blocked_earns_nothing_and_still_gives_back() {
    let book = book();
    let order = order("1", "anna", &[("a", 5_000)]);
    happens(&book, &Settings::default(), "paid", &order, None);
    book.change("anna", |anna| anna.blocked = true);
    happens(&book, &Settings::default(), "paid", &self::order("2", "anna", &[("a", 5_000)]), None);
    assert_eq!(book.pending("anna"), 50);
    happens(&book, &Settings::default(), "refunded", &order, refund("r", &[(0, 5_000, 5_000)]));
    assert_eq!(book.pending("anna"), 0);
}

#[test]
fn l11_a_flagged_order_earns_nothing() {
    let book = book();
    let mut order = order("1", "anna", &[("a", 5_000)]);
    order.flags = vec!["fraud-suspected".into()];
    happens(&book, &Settings::default(), "paid", &order, None);
    assert_eq!(book.pending("anna"), 0);
}

#[test]
fn l11_buying_and_refunding_over_and_over_nets_to_zero() {
    // odoo PR 257854
    let book = book();
    let mut settings = Settings::default();
    settings.earning.pending_days = 0;
    settings.bonuses.first_order = 77;
    for round in 0..5 {
        let order = order(&format!("{round}"), "anna", &[("a", 3_333), ("b", 4_444)]);
        happens(&book, &settings, "paid", &order, None);
        book.keep(&order);
        assert!(book.available("anna") > 0);
        happens(&book, &settings, "refunded", &order, refund("r1", &[(0, 1_111, 1_111), (1, 4_444, 4_444)]));
        happens(&book, &settings, "refunded", &order, refund("r2", &[(0, 2_222, 3_333)]));
        assert_eq!(book.available("anna"), 0);
    }
}

#[test]
fn l12_a_guests_points_are_held_for_the_e_mail() {
    let book = book();
    let mut settings = Settings::default();
    let mut order = order("1", "anna", &[("a", 5_000)]);
    order.customer = None;
    happens(&book, &settings, "paid", &order, None);
    assert_eq!(book.balance("contact-of-anna").unwrap().held, 50);
    settings.earning.guests = false;
    order.id = "2".into();
    happens(&book, &settings, "paid", &order, None);
    assert_eq!(book.balance("contact-of-anna").unwrap().held, 50);
}

#[test]
fn vector_nopcommerce_5595_cancelling_leaves_the_points_for_registering() {
    let book = book();
    let mut settings = Settings::default();
    settings.bonuses.sign_up = 50;
    settings.bonuses.sign_up_on = SignUpOn::Registered;
    settings.earning.pending_days = 0;
    let registered = CustomerEvent {
        id: "e".into(),
        topic: "registered".into(),
        occurred_at: book.now.get(),
        customer: "anna".into(),
        attributes: Vec::new(),
    };
    crate::people::on_event(&book, &settings, &registered).unwrap();
    let mut order = order("1", "anna", &[("a", 2_150)]);
    order.lines[0].paid_with_points = 50;
    book.spend("anna", "1", 50);
    happens(&book, &settings, "paid", &order, None);
    assert_eq!(book.available("anna"), 21);
    happens(&book, &settings, "cancelled", &order, None);
    assert_eq!(book.available("anna"), 50);
}

proptest! {
    #[test]
    fn l2_l7_any_order_of_refunds_delivered_any_number_of_times_comes_to_nothing(
        prices in prop::collection::vec(1i64..50_000, 1..5),
        cuts in prop::collection::vec((0usize..5, 1i64..20_000), 0..12),
        again in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let book = book();
        let mut settings = Settings::default();
        settings.earning.points = 7;
        settings.bonuses.first_order = 13;
        let products: Vec<_> = prices.iter().map(|price| ("a", *price)).collect();
        let order = order("1", "anna", &products);
        happens(&book, &settings, "paid", &order, None);

        let mut so_far = vec![0; prices.len()];
        let mut refunds = Vec::new();
        for (line, amount) in cuts.into_iter().filter(|(line, _)| *line < prices.len()) {
            let amount = amount.min(prices[line] - so_far[line]);
            so_far[line] += amount;
            refunds.push(refund(&format!("r{}", refunds.len()), &[(line, amount, so_far[line])]));
        }
        for line in 0..prices.len() {
            let rest = prices[line] - so_far[line];
            refunds.push(refund(&format!("rest{line}"), &[(line, rest, prices[line])]));
        }
        for position in again {
            let repeated = position.get(&refunds).clone();
            refunds.push(repeated);
        }
        for refund in refunds {
            happens(&book, &settings, "refunded", &order, refund);
        }
        prop_assert_eq!(book.pending("anna"), 0);
    }
}
