//! One test for each rule and each vector of the field.

use super::*;

#[test]
fn yith_what_was_earned_first_is_spent_first_so_only_the_rest_of_the_second_lot_expires() {
    let ledger = Ledger::new();
    ledger.earn(Grant { expires_at: Some(day(30)), ..grant("a", 100) }, 0);
    ledger.earn(Grant { expires_at: Some(day(44)), ..grant("b", 200) }, day(14));
    ledger.spend("1", 180, day(20)).unwrap();
    assert_eq!(ledger.available(day(30)), 120);
    assert_eq!(ledger.books(day(30)).expired, 0);
    assert_eq!(ledger.available(day(44)), 0);
    assert_eq!(ledger.books(day(44)).expired, 120);
}

#[test]
fn flocafe_78_points_spent_before_their_expiry_do_not_expire_again() {
    let ledger = Ledger::new();
    ledger.earn(Grant { expires_at: Some(day(30)), ..grant("a", 100) }, 0);
    ledger.spend("1", 100, day(10)).unwrap();
    ledger.earn(grant("b", 50), day(20));
    assert_eq!(ledger.available(day(31)), 50);
}

#[test]
fn nop_commerce_5595_cancelling_an_order_restores_what_it_redeemed_and_takes_what_it_earned() {
    let ledger = Ledger::new();
    ledger.earn(grant("registered", 50), 0);
    ledger.spend("1", 50, day(1)).unwrap();
    let earned = Grant { order: Some("1".into()), available_at: Some(day(30)), ..grant("order/1/earn", 21) };
    ledger.earn(earned, day(1));
    ledger.reverse("1", 21, "cancel", DeficitPolicy::Allow, day(2)).unwrap();
    ledger.restore("1", 50, "cancel-restore", day(2)).unwrap();
    assert_eq!(ledger.available(day(60)), 50);
    ledger.books(day(60));
}

#[test]
fn odoo_257854_buying_earning_and_returning_again_and_again_ends_at_nothing() {
    for policy in [DeficitPolicy::Allow, DeficitPolicy::Clamp] {
        let ledger = Ledger::new();
        for round in 0..5 {
            let (first, second) = (format!("{round}a"), format!("{round}b"));
            ledger.earn(Grant { order: Some(first.clone()), ..grant(&first, 100) }, day(round));
            ledger.spend(&second, 100, day(round)).unwrap();
            ledger.reverse(&first, 100, &format!("{first}/refund"), policy, day(round)).unwrap();
            ledger.restore(&second, 100, &format!("{second}/refund"), day(round)).unwrap();
            assert_eq!(ledger.available(day(round)), 0, "round {round}, {policy:?}");
        }
        let books = ledger.books(day(9));
        assert_eq!((books.outstanding, books.deficit, books.reversed), (0, 0, 500));
    }
}

#[test]
fn l2_an_entry_whose_key_is_known_changes_nothing() {
    let ledger = Ledger::new();
    assert!(matches!(ledger.earn(grant("a", 10), 0), Posted::New(_)));
    assert_eq!(ledger.earn(grant("a", 99), 1), Posted::Known);
    ledger.spend("1", 4, 2).unwrap();
    assert_eq!(ledger.spend("1", 4, 3).unwrap(), Posted::Known);
    assert_eq!(ledger.available(3), 6);
}

#[test]
fn l2_keys_of_different_extensions_do_not_meet() {
    let ledger = Ledger::new();
    ledger.earn(grant("a", 10), 0);
    let posted = ledger.write(|tx| earn(tx, SHOP, "other", &grant("a", 5), 0)).unwrap();
    assert!(matches!(posted, Posted::New(_)));
    assert_eq!(ledger.available(0), 15);
}

#[test]
fn l3_pending_points_become_available_without_a_job_and_do_not_count_before() {
    let ledger = Ledger::new();
    ledger.earn(Grant { available_at: Some(day(30)), ..grant("a", 10) }, 0);
    let before = ledger.holdings(ANN, day(30) - 1);
    assert_eq!((before.available, before.pending, before.next_available_at), (0, 10, Some(day(30))));
    assert!(matches!(ledger.spend("1", 1, day(29)), Err(LedgerError::NotEnough { asked: 1, available: 0 })));
    let earned = |until, now| ledger.write(move |tx| Ok(earned_between(tx, SHOP, ANN, 0, until, &[], now)?)).unwrap();
    assert_eq!(earned(day(99), day(29)), 0);
    assert_eq!((ledger.available(day(30)), earned(day(99), day(30)), earned(day(30), day(31))), (10, 10, 0));
}

#[test]
fn l6_points_reserved_by_one_checkout_are_not_promised_to_another_and_come_back_by_themselves() {
    let ledger = Ledger::new();
    ledger.earn(grant("a", 100), 0);
    let keep =
        |cart: &'static str, points, now| ledger.write(move |tx| reserve(tx, SHOP, cart, ANN, points, now + 60, now));
    keep("cart-1", 80, 0).unwrap();
    assert!(matches!(keep("cart-2", 30, 0), Err(LedgerError::NotEnough { asked: 30, available: 20 })));
    keep("cart-1", 50, 1).unwrap();
    keep("cart-2", 50, 1).unwrap();
    let now = ledger.holdings(ANN, 1);
    assert_eq!((now.available, now.reserved), (0, 100));
    let own = ledger.write(|tx| Ok(balance(tx, SHOP, ANN, Some("cart-1"), 1)?)).unwrap();
    assert_eq!((own.available, own.reserved), (50, 50), "a cart's own reservation is available to it");
    assert_eq!(ledger.available(61), 100);
}

#[test]
fn l7_several_reversals_of_parts_equal_one_of_all() {
    let whole = Ledger::new();
    let parts = Ledger::new();
    for ledger in [&whole, &parts] {
        ledger.earn(Grant { order: Some("1".into()), ..grant("a", 100) }, 0);
        ledger.earn(grant("b", 30), 0);
        ledger.spend("2", 60, 1).unwrap();
    }
    whole.reverse("1", 100, "all", DeficitPolicy::Allow, 2).unwrap();
    for (index, points) in [33, 33, 34].into_iter().enumerate() {
        parts.reverse("1", points, &index.to_string(), DeficitPolicy::Allow, 2).unwrap();
    }
    assert_eq!((whole.available(2), parts.available(2)), (-30, -30));
    assert!(matches!(
        parts.reverse("1", 1, "more", DeficitPolicy::Allow, 2),
        Err(LedgerError::NothingToReverse { asked: 1, left: 0, .. })
    ));
}

#[test]
fn l7_an_order_says_what_it_earned_and_lost_by_line() {
    let ledger = Ledger::new();
    let share = |line: &str, points| LineShare { line: line.into(), points };
    let earned = Grant { order: Some("1".into()), lines: vec![share("x", 6), share("y", 4)], ..grant("a", 10) };
    ledger.earn(earned, 0);
    let lines = vec![share("x", 2)];
    let reversal = Reversal { order: "1".into(), lines, key: "r".into(), reason: "Returned".into() };
    ledger.write(move |tx| reverse(tx, SHOP, "loyalty-points", &reversal, DeficitPolicy::Allow, 1)).unwrap();
    let points = ledger.write(|tx| Ok(of_order(tx, SHOP, "1")?)).unwrap();
    let lines: Vec<_> = points.earned.iter().map(|line| (line.line.as_str(), line.earned, line.reversed)).collect();
    assert_eq!(lines, [("x", 6, 2), ("y", 4, 0)]);
}

#[test]
fn l7_shares_of_lines_that_do_not_sum_to_the_grant_are_refused() {
    let ledger = Ledger::new();
    let lines = vec![LineShare { line: "x".into(), points: 9 }];
    let refused = ledger.write(move |tx| earn(tx, SHOP, "x", &Grant { lines, ..grant("a", 10) }, 0));
    assert!(matches!(refused, Err(LedgerError::SharesDoNotSum { shares: 9, points: 10 })));
    assert_eq!(ledger.available(0), 0);
}

#[test]
fn l8_a_deficit_is_absorbed_by_the_next_credits_once_they_are_available() {
    let ledger = Ledger::new();
    ledger.earn(Grant { order: Some("1".into()), ..grant("a", 100) }, 0);
    ledger.spend("2", 100, 1).unwrap();
    ledger.reverse("1", 100, "r", DeficitPolicy::Allow, 2).unwrap();
    assert_eq!(ledger.available(2), -100);
    let credit = Grant { available_at: Some(day(1)), expires_at: Some(day(30)), ..grant("b", 150) };
    ledger.earn(credit, 3);
    assert_eq!((ledger.available(4), ledger.holdings(ANN, 4).pending), (-100, 150));
    assert_eq!(ledger.available(day(1)), 50);
    ledger.books(day(1));
    let books = ledger.books(day(31));
    assert_eq!((ledger.available(day(31)), books.expired, books.deficit), (0, 50, 0));
    ledger.earn(grant("c", 10), day(32));
    assert_eq!(ledger.available(day(32)), 10, "posting what time did changes no balance");
    assert_eq!(ledger.books(day(32)).expired, 50);
}

#[test]
fn l8_clamped_the_balance_stops_at_zero() {
    let ledger = Ledger::new();
    ledger.earn(Grant { order: Some("1".into()), ..grant("a", 100) }, 0);
    ledger.spend("2", 70, 1).unwrap();
    ledger.reverse("1", 100, "r", DeficitPolicy::Clamp, 2).unwrap();
    assert_eq!(ledger.available(2), 0);
    let books = ledger.books(2);
    assert_eq!((books.reversed, books.spent), (30, 70));
}

#[test]
fn l9_inactivity_moves_the_expiry_of_available_lots_only_and_keeps_what_it_was() {
    let ledger = Ledger::new();
    ledger.earn(Grant { expires_at: Some(day(10)), ..grant("lapsed", 1) }, 0);
    ledger.earn(Grant { expires_at: Some(day(30)), ..grant("open", 2) }, 0);
    ledger.earn(Grant { available_at: Some(day(25)), expires_at: Some(day(40)), ..grant("pending", 4) }, 0);
    let moved = |key: &'static str| {
        ledger.write(move |tx| extend(tx, SHOP, "loyalty-points", ANN, day(90), key, day(20))).unwrap()
    };
    moved("visit");
    assert_eq!(moved("visit"), Posted::Known);
    assert_eq!((ledger.available(day(39)), ledger.available(day(89)), ledger.available(day(90))), (6, 2, 0));
}

#[test]
fn l9_what_is_about_to_expire_is_listed_by_customer_and_instant_page_by_page() {
    let ledger = Ledger::new();
    for (holder, key, points, expires) in
        [(ANN, "a", 5, 10), (ANN, "b", 7, 10), (ANN, "c", 9, 12), ("cus_bob", "d", 1, 11), (GUEST, "e", 3, 11)]
    {
        let expires_at = Some(day(expires));
        ledger.earn(Grant { holder: holder.into(), expires_at, ..grant(key, points) }, 0);
    }
    let mut found = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let from = cursor.clone();
        let (page, _) = ledger
            .write(move |tx| Ok(expiring_between(tx, SHOP, day(10), day(12), from.as_deref(), 1, day(1))?))
            .unwrap();
        found.extend(page.entries.into_iter().map(|entry| (entry.holder, entry.points, entry.expires_at)));
        cursor = page.cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(found, [(ANN.into(), 12, day(10)), ("cus_bob".into(), 1, day(11))]);
}

#[test]
fn l10_earned_points_are_counted_by_rule_less_what_was_reversed_and_spending_does_not_lower_them() {
    let ledger = Ledger::new();
    ledger.earn(Grant { order: Some("1".into()), ..grant("a", 100) }, 5);
    ledger.earn(Grant { rule: "birthday".into(), ..grant("b", 40) }, 6);
    ledger.spend("2", 120, 7).unwrap();
    ledger.reverse("1", 30, "r", DeficitPolicy::Allow, 8).unwrap();
    let earned = |from, rules: &[&str]| {
        let rules: Vec<String> = rules.iter().map(|rule| (*rule).to_owned()).collect();
        ledger.write(move |tx| Ok(earned_between(tx, SHOP, ANN, from, 10, &rules, 9)?)).unwrap()
    };
    assert_eq!((earned(0, &[]), earned(0, &["purchase"]), earned(6, &[]), earned(0, &["other"])), (110, 70, 40, 0));
}

#[test]
fn l11_a_correction_by_hand_needs_a_reason_and_an_actor_and_is_audited() {
    let ledger = Ledger::new();
    let correct = |points, reason: &'static str, actor: &'static str, key: &'static str| {
        let correction = Correction { holder: ANN, points, reason, actor, key, expires_at: None };
        ledger.write(move |tx| adjust(tx, SHOP, &correction, 1))
    };
    assert!(matches!(correct(5, " ", "admin:1", "a"), Err(LedgerError::Unexplained)));
    assert!(matches!(correct(5, "Goodwill", "", "a"), Err(LedgerError::Unexplained)));
    correct(5, "Goodwill", "admin:1", "a").unwrap();
    assert_eq!(correct(5, "Goodwill", "admin:1", "a").unwrap(), Posted::Known);
    assert!(matches!(correct(-6, "Mistake", "admin:1", "b"), Err(LedgerError::NotEnough { asked: 6, available: 5 })));
    correct(-2, "Mistake", "admin:1", "b").unwrap();
    assert_eq!(ledger.available(1), 3);
    let audit = ledger.write(|tx| Ok(crate::store::audit::list(tx, SHOP, None, 9)?)).unwrap();
    assert_eq!(audit.len(), 2);
    assert_eq!(ledger.books(1).outstanding, 3);
}

#[test]
fn l12_a_guests_points_are_held_until_the_address_is_proved_and_then_join_the_customers() {
    let ledger = Ledger::new();
    ledger.earn(Grant { holder: GUEST.into(), ..grant("guest", 40) }, 0);
    ledger.earn(grant("own", 2), 0);
    let held = ledger.holdings(GUEST, 1);
    assert_eq!((held.available, held.held), (0, 40));
    assert_eq!(ledger.books(1).held, 40);
    let refused = ledger.write(|tx| {
        let spending = Spending { extension: "x", key: "k", holder: GUEST, order: "1", cart: "", points: 1 };
        spend(tx, SHOP, &spending, 1)
    });
    assert!(matches!(refused, Err(LedgerError::Held)));
    for _ in 0..2 {
        ledger.write(|tx| Ok(link_contact(tx, SHOP, GUEST, ANN, 2)?)).unwrap();
    }
    assert_eq!((ledger.available(2), ledger.holdings(GUEST, 2).available), (42, 42));
    ledger.spend("1", 42, 3).unwrap();
    ledger.earn(Grant { holder: GUEST.into(), ..grant("later", 8) }, 4);
    assert_eq!(ledger.available(4), 8, "what a proved contact is granted is the customer's");
    ledger.books(4);
}

#[test]
fn l12_an_address_proved_by_somebody_else_later_leaves_the_first_what_they_were_given() {
    let ledger = Ledger::new();
    ledger.earn(Grant { holder: GUEST.into(), ..grant("guest", 40) }, 0);
    ledger.write(|tx| Ok(link_contact(tx, SHOP, GUEST, ANN, 1)?)).unwrap();
    ledger.write(|tx| Ok(link_contact(tx, SHOP, GUEST, "cus_bob", 2)?)).unwrap();
    ledger.earn(Grant { holder: GUEST.into(), ..grant("later", 8) }, 3);
    assert_eq!((ledger.available(3), ledger.holdings("cus_bob", 3).available), (40, 8));
}

#[test]
fn l14_issued_is_spent_and_expired_and_reversed_and_outstanding() {
    let ledger = Ledger::new();
    ledger.earn(Grant { order: Some("1".into()), expires_at: Some(day(10)), ..grant("a", 100) }, 0);
    ledger.earn(Grant { available_at: Some(day(90)), ..grant("b", 50) }, 0);
    ledger.earn(Grant { holder: GUEST.into(), ..grant("c", 7) }, 0);
    ledger.spend("2", 30, 1).unwrap();
    ledger.reverse("1", 20, "r", DeficitPolicy::Allow, 2).unwrap();
    let books = ledger.books(day(20));
    assert_eq!((books.issued, books.spent, books.expired, books.reversed), (157, 30, 50, 20));
    assert_eq!((books.outstanding, books.pending, books.held), (57, 50, 7));
    assert_eq!(books.breakage_basis_points, 6_250);
}

#[test]
fn l15_erasing_a_customer_leaves_the_book_whole_and_names_nobody() {
    let ledger = Ledger::new();
    ledger.earn(Grant { holder: GUEST.into(), ..grant("guest", 40) }, 0);
    ledger.earn(grant("own", 60), 0);
    ledger.write(|tx| Ok(link_contact(tx, SHOP, GUEST, ANN, 1)?)).unwrap();
    ledger.spend("1", 10, 2).unwrap();
    ledger.write(|tx| Ok(erase(tx, SHOP, ANN)?)).unwrap();
    assert_eq!((ledger.available(3), ledger.holdings(GUEST, 3).held), (0, 0));
    let books = ledger.books(3);
    assert_eq!((books.issued, books.spent, books.expired, books.outstanding), (100, 10, 90, 0));
    ledger.restore("1", 10, "late", 4).unwrap();
    assert_eq!(ledger.books(4).expired, 100);
    let names = ledger.write(|tx| Ok(tx.query("select 1 from points_holders", values![])?.len())).unwrap();
    assert_eq!(names, 0);
}

#[test]
fn l15_the_history_says_what_happened_and_sums_to_the_balance() {
    let ledger = Ledger::new();
    ledger.earn(Grant { order: Some("1".into()), ..grant("a", 100) }, 1);
    ledger.spend("2", 30, 2).unwrap();
    ledger.reverse("1", 100, "r", DeficitPolicy::Allow, 3).unwrap();
    ledger.earn(grant("b", 50), 4);
    let all = ledger.write(|tx| Ok(history(tx, SHOP, ANN, None, 9)?)).unwrap();
    let seen: Vec<_> = all.iter().map(|entry| (entry.kind, entry.points)).collect();
    let (earn, spend, reverse) = (EntryKind::Earn, EntryKind::Spend, EntryKind::Reverse);
    assert_eq!(seen, [(earn, 50), (reverse, -100), (spend, -30), (earn, 100)]);
    assert_eq!(all.iter().map(|entry| entry.points).sum::<i64>(), ledger.available(5));
    let older = all[1].id.clone();
    let page = ledger.write(move |tx| Ok(history(tx, SHOP, ANN, Some(&older), 1)?)).unwrap();
    assert_eq!(page[0], all[2]);
}

#[test]
fn more_points_than_the_book_takes_are_refused() {
    let ledger = Ledger::new();
    let refused = ledger.write(|tx| earn(tx, SHOP, "x", &grant("a", u64::MAX), 0));
    assert!(matches!(refused, Err(LedgerError::TooMany)));
}
