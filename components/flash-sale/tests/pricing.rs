//! What carts cost: F1, F4, F5, F8 to F11.

mod support;

use boomerang_sdk::customers::Profile;
use boomerang_sdk::prelude::*;
use boomerang_sdk::time::MINUTE;
use flash_sale::plan::{Bundle, CartPolicy, Cut, EarlyAccess, Goods, Plan, Sale, Window};
use flash_sale::pricing::price_cart;
use proptest::prelude::*;
use support::{END, Fake, START, amounts, cart, changes, line, plan, product, sale, total};

fn price(plan: &Plan, now: Instant, cart: &Cart) -> Vec<Adjustment> {
    price_cart(plan, now, cart, &[], &Fake::default()).unwrap()
}

fn one_line() -> Cart {
    cart(vec![line("p", "v", 1, 10_00)])
}

#[test]
fn f1_half_open_window() {
    let plan = plan(vec![sale()]);
    for (now, amount) in [(START - 1, None), (START, Some(-2_00)), (END - 1, Some(-2_00)), (END, None)] {
        assert_eq!(amounts(&price(&plan, now, &one_line())).first().copied(), amount, "at {now}");
    }
}

#[test]
fn f1_pricing_without_conditions_asks_the_platform_nothing() {
    let shop = Fake::default();
    price_cart(&plan(vec![sale()]), START, &one_line(), &[], &shop).unwrap();
    assert!(shop.asked.borrow().is_empty(), "{:?}", shop.asked.borrow());
}

#[test]
fn f4_live_price_ends_with_the_sale_even_in_checkout() {
    let cart = Cart { checkout_since: Some(END - 1), ..one_line() };
    assert!(price(&plan(vec![sale()]), END, &cart).is_empty());
}

#[test]
fn f4_locked_price_holds_for_lines_put_in_during_the_sale() {
    let plan = plan(vec![Sale { policy: CartPolicy::Locked(10 * MINUTE), ..sale() }]);
    let added = |at| Cart::default().with("p", "v", CartLine { added_at: at, quantity: 1, unit_price: 10_00 });
    assert_eq!(amounts(&price(&plan, END + 10 * MINUTE - 1, &added(END - 1))), [-2_00]);
    assert!(price(&plan, END + 10 * MINUTE, &added(END - 1)).is_empty(), "not for ever");
    assert!(price(&plan, END, &added(START - 1)).is_empty(), "put in before the sale");
    assert!(price(&plan, END + 1, &added(END)).is_empty(), "put in after it");
}

#[test]
fn f4_grace_holds_for_carts_already_in_checkout() {
    let plan = plan(vec![Sale { policy: CartPolicy::Grace(15 * MINUTE), ..sale() }]);
    let since = |at| Cart { checkout_since: at, ..one_line() };
    assert_eq!(amounts(&price(&plan, END + 15 * MINUTE - 1, &since(Some(END - 1)))), [-2_00]);
    assert!(price(&plan, END + 15 * MINUTE, &since(Some(END - 1))).is_empty());
    assert!(price(&plan, END, &since(Some(END))).is_empty());
    assert!(price(&plan, END, &since(None)).is_empty());
}

#[test]
fn f5_units_above_the_stock_of_the_sale_cost_the_ordinary_price() {
    let plan = plan(vec![Sale { stock: Some(5), ..sale() }]);
    let shop = Fake { taken: [("sale/summer/v".into(), 3)].into(), ..Fake::default() };
    let cart = cart(vec![line("p", "v", 3, 10_00), line("p", "v", 2, 10_00)]);
    let made = price_cart(&plan, START, &cart, &[], &shop).unwrap();
    assert_eq!(made.len(), 1, "the second line gets nothing");
    assert_eq!(made[0].label, "Summer sale (2 of 3)");
    assert_eq!(made[0].changes, [Change { target: Target::Line(0), amount: -4_00, units: 2 }]);
    let claim = QuotaClaim { name: "sale/summer".into(), limit: 5, per_shopper: false, per_variant: true };
    assert_eq!(made[0].claims, [Claim::Quota(claim)]);
}

#[test]
fn f5_each_variant_has_a_stock_of_its_own() {
    let plan = plan(vec![Sale { stock: Some(2), ..sale() }]);
    let cart = cart(vec![line("p", "v", 2, 10_00), line("p", "w", 2, 10_00)]);
    assert_eq!(amounts(&price(&plan, START, &cart)), [-4_00, -4_00]);
}

#[test]
fn f5_per_customer_limit_counts_what_a_known_customer_has_had() {
    let plan = plan(vec![Sale { per_customer: Some(3), ..sale() }]);
    let shop = Fake { taken_by: [(("c".into(), "sale/summer/each".into()), 2)].into(), ..Fake::default() };
    let known = Cart { customer: Some("c".into()), ..cart(vec![line("p", "v", 2, 10_00), line("p", "w", 2, 10_00)]) };
    let made = price_cart(&plan, START, &known, &[], &shop).unwrap();
    assert_eq!(amounts(&made), [-2_00], "one unit is left for both lines");
}

#[test]
fn f5_per_customer_limit_claims_for_guests_too() {
    let plan = plan(vec![Sale { per_customer: Some(3), ..sale() }]);
    let made = price(&plan, START, &cart(vec![line("p", "v", 2, 10_00), line("p", "w", 2, 10_00)]));
    let claim = QuotaClaim { name: "sale/summer/each".into(), limit: 3, per_shopper: true, per_variant: false };
    assert!(made.iter().all(|made| made.claims == [Claim::Quota(claim.clone())]));
    assert_eq!(changes(&made).map(|change| change.units).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(
        made.iter().map(|made| made.label.as_str()).collect::<Vec<_>>(),
        ["Summer sale", "Summer sale (1 of 2)"]
    );
}

#[test]
fn f5_one_adjustment_names_all_lines_of_a_sale() {
    let goods = Goods { everything: true, ..Goods::default() };
    let plan = plan(vec![Sale { goods, ..sale() }]);
    let made = price(&plan, START, &cart(vec![line("p", "v", 1, 10_00), line("q", "w", 2, 5_00)]));
    assert_eq!(made.len(), 1);
    let change = |line, amount, units| Change { target: Target::Line(line), amount, units };
    assert_eq!(made[0].changes, [change(0, -2_00, 1), change(1, -2_00, 2)]);
}

fn bundle() -> Bundle {
    Bundle {
        id: "pair".into(),
        title: "Better together".into(),
        window: Window { starts_at: START, ends_at: END },
        slow: "slow".into(),
        best: "best".into(),
        price: 10_00,
    }
}

#[test]
fn f8_bundle_price_is_shared_over_its_lines_to_the_cent() {
    let plan = Plan { bundles: vec![bundle()], ..Plan::default() };
    let cart = cart(vec![line("a", "slow", 1, 6_66), line("b", "best", 1, 3_35)]);
    let made = price(&plan, START, &cart);
    assert_eq!(total(&cart, &made, 0) + total(&cart, &made, 1), 10_00);
    assert_eq!(amounts(&made), [-1], "one cent is saved, and it belongs to one line");
}

#[test]
fn f8_refund_of_one_line_of_a_bundle_is_what_was_paid_for_it() {
    let plan = Plan { bundles: vec![bundle()], ..Plan::default() };
    let cart = cart(vec![line("a", "slow", 2, 8_00), line("b", "best", 3, 12_00)]);
    let made = price(&plan, START, &cart);
    // Two pairs cost 20.00 instead of 40.00: half of it, on both lines alike. The third best seller stays at 12.00.
    assert_eq!((total(&cart, &made, 0), total(&cart, &made, 1)), (8_00, 12_00 + 12_00));
    assert!(made.iter().all(|made| made.class == "bundle" && made.label == "Better together"));
}

#[test]
fn f8_bundle_leaves_lines_on_sale_and_dear_bundles_alone() {
    let both = Plan { bundles: vec![bundle()], ..plan(vec![sale()]) };
    let on_sale = cart(vec![line("p", "slow", 1, 8_00), line("b", "best", 1, 12_00)]);
    assert!(price(&both, START, &on_sale).iter().all(|made| made.class == "sale"));
    let cheap = cart(vec![line("a", "slow", 1, 4_00), line("b", "best", 1, 5_00)]);
    assert!(price(&both, START, &cheap).is_empty());
    let dear = cart(vec![line("a", "slow", 1, 8_00), line("b", "best", 1, 12_00)]);
    assert!(price(&both, END, &dear).is_empty(), "over");
}

#[test]
fn f9_early_access_needs_a_proved_identity_with_the_tag_or_consent() {
    let early = EarlyAccess { starts_at: START - 1_000, tags: vec!["vip".into()], subscribers: true };
    let plan = plan(vec![Sale { early: Some(early), ..sale() }]);
    let profile = |id: &str, tags: &[&str], consent| Profile {
        id: id.into(),
        tags: tags.iter().map(|&tag| tag.into()).collect(),
        marketing_consent: consent,
        ..Profile::default()
    };
    let shop = Fake {
        profiles: vec![
            profile("vip", &["x", "vip"], false),
            profile("reader", &[], true),
            profile("other", &["x"], false),
        ],
        ..Fake::default()
    };
    let reduced = |customer: Option<&str>, now| {
        let cart = Cart { customer: customer.map(Into::into), ..one_line() };
        !price_cart(&plan, now, &cart, &[], &shop).unwrap().is_empty()
    };
    assert!(reduced(Some("vip"), START - 1_000));
    assert!(reduced(Some("reader"), START - 1));
    assert!(!reduced(Some("vip"), START - 1_001), "too early");
    assert!(!reduced(Some("other"), START - 1));
    assert!(!reduced(Some("unknown"), START - 1));
    assert!(!reduced(None, START - 1));
    assert!(reduced(None, START));
}

#[test]
fn f10_priority_decides_then_the_lower_price_then_the_order() {
    let named = |id: &str, priority, percent| Sale {
        id: id.into(),
        title: id.into(),
        priority,
        cut: Cut::Percent(percent),
        ..sale()
    };
    let winner = |sales| price(&plan(sales), START, &one_line())[0].label.clone();
    assert_eq!(winner(vec![named("a", 0, 5_000), named("b", 1, 1_000)]), "b");
    assert_eq!(winner(vec![named("a", 1, 1_000), named("b", 1, 2_000)]), "b");
    assert_eq!(winner(vec![named("a", 1, 1_000), named("b", 1, 1_000)]), "a");
}

/// What an earlier extension has taken off.
fn reduced_before(target: Target, amount: Money, class: &str) -> Applied {
    Applied { class: class.into(), changes: vec![Change { target, amount, units: 0 }] }
}

#[test]
fn f10_exclusive_sale_does_not_combine_with_other_reductions() {
    let plan = plan(vec![Sale { exclusive: true, ..sale() }]);
    let applied = |target, amount, class: &str| vec![reduced_before(target, amount, class)];
    let reduced =
        |applied: &[Applied]| !price_cart(&plan, START, &one_line(), applied, &Fake::default()).unwrap().is_empty();
    assert!(!reduced(&applied(Target::Line(0), -1, "membership")));
    assert!(!reduced(&applied(Target::Order, -1, "coupon")));
    assert!(reduced(&applied(Target::Line(1), -1, "membership")), "another line");
    assert!(reduced(&applied(Target::Delivery, -1, "coupon")), "delivery only");
    assert!(reduced(&applied(Target::Order, -1, "points")), "points are a payment");
}

#[test]
fn f10_a_sale_on_top_of_a_coupon_takes_what_is_left_and_no_more() {
    let gift = plan(vec![Sale { cut: Cut::Percent(10_000), ..sale() }]);
    let coupon = |target, amount| reduced_before(target, amount, "coupon");
    let made =
        |cart: &Cart, applied: &[Applied]| amounts(&price_cart(&gift, START, cart, applied, &Fake::default()).unwrap());
    let one = one_line();
    assert_eq!(made(&one, &[coupon(Target::Line(0), -1_00)]), [-9_00]);
    assert_eq!(made(&one, &[coupon(Target::Delivery, -1_00)]), [-10_00]);
    assert_eq!(made(&one, &[coupon(Target::Order, -10_00)]), [0; 0], "nothing is left to reduce");
    // What concerns the order is shared over its lines as the platform shares it: 1.00 over 3.33 and 6.67.
    let two = cart(vec![line("p", "v", 1, 3_33), line("q", "w", 1, 6_67)]);
    assert_eq!(made(&two, &[coupon(Target::Order, -1_00)]), [-3_00]);
}

#[test]
fn f10_stacking_with_coupons_is_a_setting() {
    let coupon = [reduced_before(Target::Line(0), -1_00, "coupon")];
    let membership = [reduced_before(Target::Line(0), -1_00, "membership")];
    let reduced = |with_coupons, applied: &[Applied]| {
        let plan = plan(vec![Sale { with_coupons, ..sale() }]);
        !price_cart(&plan, START, &one_line(), applied, &Fake::default()).unwrap().is_empty()
    };
    assert!(reduced(true, &coupon));
    assert!(!reduced(false, &coupon));
    assert!(reduced(false, &membership));
}

#[test]
fn f10_margin_floor_holds_to_the_cent() {
    let plan = plan(vec![Sale { margin_floor: Some(1_000), cut: Cut::Percent(9_000), ..sale() }]);
    let mut known = product("p", "v", 10_00);
    known.variants[0].cost = Some(4_99);
    let shop = Fake { products: vec![known], ..Fake::default() };
    let cart = one_line();
    let made = price_cart(&plan, START, &cart, &[], &shop).unwrap();
    assert_eq!(total(&cart, &made, 0), 5_49, "4.99 and 10 %, rounded up");
}

#[test]
fn f10_margin_floor_above_the_price_means_no_sale() {
    let plan = plan(vec![Sale { margin_floor: Some(0), ..sale() }]);
    let mut known = product("p", "v", 10_00);
    known.variants[0].cost = Some(12_00);
    let shop = Fake { products: vec![known], ..Fake::default() };
    assert!(price_cart(&plan, START, &one_line(), &[], &shop).unwrap().is_empty());
}

#[test]
fn f10_categories_are_looked_up_in_the_catalogue() {
    let goods = Goods { categories: vec!["shoes".into()], ..Goods::default() };
    let plan = plan(vec![Sale { goods, ..sale() }]);
    let mut shoe = product("p", "v", 10_00);
    shoe.categories = vec!["clothing".into(), "shoes".into()];
    let shop = Fake { products: vec![shoe, product("q", "w", 10_00)], ..Fake::default() };
    let cart = cart(vec![line("p", "v", 1, 10_00), line("q", "w", 1, 10_00)]);
    let made = price_cart(&plan, START, &cart, &[], &shop).unwrap();
    assert_eq!(changes(&made).map(|change| change.target).collect::<Vec<_>>(), [Target::Line(0)]);
}

#[test]
fn f10_fixed_price_never_raises_a_price() {
    let plan = plan(vec![Sale { cut: Cut::Fixed(12_00), ..sale() }]);
    assert!(price(&plan, START, &one_line()).is_empty());
}

/// What refunding some units of a line gives back: their share of what was paid for it.
fn refund(cart: &Cart, made: &[Adjustment], index: u32, units: u32) -> Money {
    boomerang_sdk::money::ratio(total(cart, made, index), units.into(), cart.lines[index as usize].quantity.into())
}

#[test]
fn f11_reductions_belong_to_lines_so_refunds_are_right() {
    let off = |percent| {
        let goods = Goods { everything: true, ..Goods::default() };
        plan(vec![Sale { goods, cut: Cut::Percent(percent), ..sale() }])
    };
    // Three at 100 less 10 %, two returned.
    let three = cart(vec![line("p", "v", 3, 100)]);
    assert_eq!(refund(&three, &price(&off(1_000), START, &three), 0, 2), 180);
    // 150 and 60 less 20 %, the first returned.
    let two = cart(vec![line("p", "v", 1, 150), line("q", "w", 1, 60)]);
    assert_eq!(refund(&two, &price(&off(2_000), START, &two), 0, 1), 120);
    // 6 and 4 less 10 %, the first returned.
    let pair = cart(vec![line("p", "v", 1, 6_00), line("q", "w", 1, 4_00)]);
    assert_eq!(refund(&pair, &price(&off(1_000), START, &pair), 0, 1), 5_40);
}

#[test]
fn an_amount_beyond_money_is_a_fault() {
    let cart = cart(vec![line("p", "v", u32::MAX, Money::MAX)]);
    let fault = price_cart(&plan(vec![sale()]), START, &cart, &[], &Fake::default()).unwrap_err();
    assert_eq!(fault.code, "amount-too-large");
}

prop_compose! {
    fn any_sale()(
        starts_at in 0..1_000i64, length in 1..1_000i64, percent in 1..=10_000u32, priority in 0..3,
        stock in prop::option::of(0..9u32), per_customer in prop::option::of(0..9u32), kept in 0..500i64, policy in 0..3,
        id in "[a-c]",
    ) -> Sale {
        Sale {
            id,
            window: Window { starts_at, ends_at: starts_at + length },
            policy: [CartPolicy::Live, CartPolicy::Locked(kept), CartPolicy::Grace(kept)][policy as usize],
            cut: Cut::Percent(percent),
            priority, stock, per_customer,
            ..sale()
        }
    }
}

proptest! {
    #[test]
    fn no_line_goes_below_zero_and_no_claim_above_its_limit(
        sales in prop::collection::vec(any_sale(), 0..4),
        lines in prop::collection::vec((1..9u32, 0..10_000i64, 0..2_000i64), 1..6),
        now in 0..2_000i64,
        since in prop::option::of(0..2_000i64),
    ) {
        let empty = Cart { checkout_since: since, ..cart(vec![]) };
        let cart = lines.into_iter().fold(empty, |cart, (quantity, unit_price, added_at)| {
            cart.with("p", "v", CartLine { quantity, unit_price, added_at })
        });
        let plan = plan(sales);
        let made = price(&plan, now, &cart);
        for index in 0..cart.lines.len() as u32 {
            prop_assert!(total(&cart, &made, index) >= 0);
            prop_assert!(changes(&made).filter(|change| change.target == Target::Line(index)).count() <= 1);
        }
        prop_assert!(changes(&made).all(|change| change.amount < 0));
        let mut claimed = std::collections::BTreeMap::new();
        for (made, claim) in made.iter().flat_map(|made| made.claims.iter().map(move |claim| (made, claim))) {
            let Claim::Quota(claim) = claim else { panic!("a sale claims no points") };
            // There is one variant.
            let units: u32 = made.changes.iter().map(|change| change.units).sum();
            *claimed.entry((claim.name.clone(), claim.limit)).or_insert(0) += units;
        }
        for ((name, limit), units) in claimed {
            prop_assert!(units <= limit, "{units} of {limit} for {name}");
        }
    }
}
