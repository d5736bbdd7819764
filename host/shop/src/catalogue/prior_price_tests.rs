//! Every case of line F6.

use proptest::prelude::*;

use super::*;
use crate::clock::{DAY, HOUR};

/// The reduction of these tests begins here; days are counted from a year before, so that none is negative.
const START: Instant = 365 * DAY;

const LONG_OFFERED: Goods = Goods { offered_since: 0, perishable: false };

fn change(day: i64, price: impl Into<Option<Money>>) -> PriceChange {
    PriceChange { at: START + day * DAY, price: price.into() }
}

fn seen(price: Money, from_day: i64, to_day: i64) -> Observation {
    Observation { price, first_seen: START + from_day * DAY, last_seen: START + to_day * DAY }
}

fn history(changes: &[PriceChange], observations: &[Observation]) -> PriceHistory {
    PriceHistory { changes: changes.to_vec(), observations: observations.to_vec() }
}

fn prior(history: &PriceHistory) -> Result<Money, NoPriorPrice> {
    history.prior_price(START, LONG_OFFERED, &PriorPricePolicy::default(), &TimeZone::UTC)
}

fn check(history: &PriceHistory, was: Money, current: Money, policy: &PriorPricePolicy) -> Result<(), UnlawfulWas> {
    let claimed = Claimed { was, public: current, shown: current, reduced_since: START };
    history.check(claimed, START + 5 * DAY, LONG_OFFERED, policy, &TimeZone::UTC)
}

#[test]
fn f6_the_lowest_of_the_thirty_days_counts() {
    let history = history(&[change(-90, 100), change(-20, 80), change(-10, 120)], &[]);
    assert_eq!(prior(&history), Ok(80));
}

#[test]
fn f6_the_price_in_force_when_the_span_begins_counts() {
    let history = history(&[change(-300, 70), change(-29, 100)], &[]);
    assert_eq!(prior(&history), Ok(70));
}

#[test]
fn f6_a_price_that_ended_before_the_span_does_not_count() {
    let history = history(&[change(-300, 50), change(-30, 100)], &[]);
    assert_eq!(prior(&history), Ok(100));
}

#[test]
fn f6_the_reduction_itself_does_not_count() {
    let history = history(&[change(-90, 100), change(0, 60)], &[seen(60, 0, 3)]);
    assert_eq!(prior(&history), Ok(100));
}

#[test]
fn f6_the_promotion_itself_is_never_the_lowest_price_however_long_it_runs() {
    // iworks/omnibus #12: the present price was taken for the lowest one, so that nothing seemed to be reduced. #30: the
    // days were counted back from today, so that a promotion of more than 30 days compared with itself.
    let promoted = history(&[change(-90, 100)], &[seen(60, 0, 45)]);
    let claimed = Claimed { was: 100, public: 60, shown: 60, reduced_since: START };
    for day in [0, 1, 29, 30, 31, 45] {
        let now = START + day * DAY;
        let checked = promoted.check(claimed, now, LONG_OFFERED, &PriorPricePolicy::default(), &TimeZone::UTC);
        assert_eq!(checked, Ok(()), "on day {day}");
    }
    let itself = Claimed { was: 60, ..claimed };
    let checked = promoted.check(itself, START + DAY, LONG_OFFERED, &PriorPricePolicy::default(), &TimeZone::UTC);
    assert_eq!(checked, Err(UnlawfulWas::NoReduction));
}

#[test]
fn f6_an_earlier_public_sale_counts_even_if_it_only_reaches_into_the_span() {
    let earlier = [change(-90, 100)];
    assert_eq!(prior(&history(&earlier, &[seen(85, -40, -29)])), Ok(85));
    assert_eq!(prior(&history(&earlier, &[seen(85, -10, -9)])), Ok(85));
    assert_eq!(prior(&history(&earlier, &[seen(85, -40, -31)])), Ok(100));
}

#[test]
fn f6_a_sale_that_runs_on_into_the_reduction_counts_for_the_part_before() {
    assert_eq!(prior(&history(&[change(-90, 100)], &[seen(85, -2, 5)])), Ok(85));
}

#[test]
fn f6_goods_that_were_not_on_sale_have_no_prior_price() {
    assert_eq!(prior(&history(&[], &[])), Err(NoPriorPrice::NotOnSale));
    assert_eq!(prior(&history(&[change(-90, 100), change(-60, None)], &[])), Err(NoPriorPrice::NotOnSale));
    assert_eq!(prior(&history(&[change(-90, 100), change(-60, None), change(-3, 90)], &[])), Ok(90));
}

#[test]
fn f6_new_goods_have_the_lowest_price_since_they_came_if_the_country_allows_it() {
    let history = history(&[change(-10, 100), change(-5, 90)], &[]);
    let goods = Goods { offered_since: START - 10 * DAY, perishable: false };
    let ask = |new_goods_days| {
        let policy = PriorPricePolicy { new_goods_days, ..PriorPricePolicy::default() };
        history.prior_price(START, goods, &policy, &TimeZone::UTC)
    };
    assert_eq!(ask(Some(7)), Ok(90));
    assert_eq!(ask(Some(10)), Ok(90));
    assert_eq!(ask(Some(14)), Err(NoPriorPrice::TooNew));
    assert_eq!(ask(None), Err(NoPriorPrice::TooNew));
}

#[test]
fn f6_perishables_compare_with_the_price_just_before_if_the_country_allows_it() {
    let history = history(&[change(-90, 100), change(-20, 60), change(-10, 110)], &[]);
    let goods = Goods { perishable: true, ..LONG_OFFERED };
    let ask = |perishables_exempt| {
        let policy = PriorPricePolicy { perishables_exempt, ..PriorPricePolicy::default() };
        history.prior_price(START, goods, &policy, &TimeZone::UTC)
    };
    assert_eq!(ask(true), Ok(110));
    assert_eq!(ask(false), Ok(60));
    let claim = |was, perishables_exempt| {
        let claimed = Claimed { was, public: 50, shown: 50, reduced_since: START };
        let policy = PriorPricePolicy { perishables_exempt, ..PriorPricePolicy::default() };
        history.check(claimed, START, goods, &policy, &TimeZone::UTC)
    };
    assert_eq!([claim(110, true), claim(60, true), claim(60, false)], [Ok(()); 3]);
    assert_eq!(claim(110, false), Err(UnlawfulWas::NotTheLowest { lowest: 60, claimed: 110 }));
}

#[test]
fn f6_a_reduction_that_grows_keeps_its_first_prior_price_only_if_the_country_allows_it() {
    let growing = history(&[change(-90, 100)], &[seen(90, 0, 2), seen(80, 3, 4)]);
    let progressive = PriorPricePolicy { progressive: true, ..PriorPricePolicy::default() };
    assert_eq!(check(&growing, 100, 80, &progressive), Ok(()));
    assert_eq!(check(&growing, 100, 80, &PriorPricePolicy::default()), Err(UnlawfulWas::Stepped));
    let broken = history(&[change(-90, 100)], &[seen(80, 0, 2), seen(95, 3, 4)]);
    assert_eq!(check(&broken, 100, 80, &progressive), Err(UnlawfulWas::Stepped));
}

#[test]
fn f6_a_lawful_was_may_be_shown() {
    let history = history(&[change(-90, 100)], &[seen(80, 0, 5)]);
    assert_eq!(check(&history, 100, 80, &PriorPricePolicy::default()), Ok(()));
}

#[test]
fn f6_a_price_raised_just_before_the_sale_is_refused_with_the_reason() {
    let history = history(&[change(-90, 100), change(-2, 150)], &[]);
    let refused = check(&history, 150, 100, &PriorPricePolicy::default()).unwrap_err();
    assert_eq!(refused, UnlawfulWas::NotTheLowest { lowest: 100, claimed: 150 });
    assert!(refused.to_string().contains("the lowest price before the reduction was 100"));
    assert_eq!(check(&history, 100, 100, &PriorPricePolicy::default()), Err(UnlawfulWas::NoReduction));
}

#[test]
fn f6_a_reduction_of_the_catalogue_that_has_changed_since_is_another_one() {
    let policy = PriorPricePolicy::default();
    let lowered = history(&[change(-90, 100), change(0, 90)], &[]);
    assert_eq!(check(&lowered, 100, 90, &policy), Ok(()));
    let again = history(&[change(-90, 100), change(0, 90), change(3, 80)], &[]);
    assert_eq!(check(&again, 100, 80, &policy), Err(UnlawfulWas::Stepped));
    let progressive = PriorPricePolicy { progressive: true, ..policy };
    assert_eq!(check(&again, 100, 80, &progressive), Ok(()));
    let raised = history(&[change(-90, 100), change(0, 70), change(3, 80)], &[]);
    assert_eq!(check(&raised, 100, 80, &progressive), Err(UnlawfulWas::Stepped));
}

#[test]
fn f6_a_reduction_that_was_over_is_another_one_when_it_comes_back() {
    let over = history(&[change(-90, 100)], &[seen(80, 0, 1), seen(100, 2, 2)]);
    for progressive in [true, false] {
        let policy = PriorPricePolicy { progressive, ..PriorPricePolicy::default() };
        assert_eq!(check(&over, 100, 80, &policy), Err(UnlawfulWas::Interrupted));
    }
    let hour = |price, hour: i64| {
        let at = START + hour * HOUR;
        Observation { price, first_seen: at, last_seen: at }
    };
    let sold_out_for_a_while = history(&[change(-90, 100)], &[hour(80, 100), hour(100, 101), hour(80, 119)]);
    assert_eq!(check(&sold_out_for_a_while, 100, 80, &PriorPricePolicy::default()), Ok(()));
}

#[test]
fn f9_a_price_for_members_is_bound_by_the_lowest_price_and_is_no_step_of_a_sale_for_everybody() {
    let history = history(&[change(-90, 100)], &[seen(90, -10, 5)]);
    let ask = |was, public| {
        let claimed = Claimed { was, public, shown: 70, reduced_since: START };
        history.check(claimed, START + 5 * DAY, LONG_OFFERED, &PriorPricePolicy::default(), &TimeZone::UTC)
    };
    assert_eq!(ask(90, 90), Ok(()), "the sale for everybody goes on, and is what the price was");
    assert_eq!(ask(100, 100), Err(UnlawfulWas::NotTheLowest { lowest: 90, claimed: 100 }));
    assert_eq!(ask(90, 80), Err(UnlawfulWas::Interrupted), "everybody's price was reduced days later");
}

#[test]
fn f6_a_reduction_that_has_not_begun_is_refused() {
    let claimed = Claimed { was: 100, public: 80, shown: 80, reduced_since: START };
    let history = history(&[change(-90, 100)], &[]);
    let checked = history.check(claimed, START - 1, LONG_OFFERED, &PriorPricePolicy::default(), &TimeZone::UTC);
    assert_eq!(checked, Err(UnlawfulWas::NotYet));
}

#[test]
fn f6_the_span_is_counted_in_days_of_the_shops_zone() {
    let zone = TimeZone::get("Europe/Vienna").unwrap();
    let local = |text: &str| -> Instant {
        let wall: jiff::civil::DateTime = text.parse().unwrap();
        wall.to_zoned(zone.clone()).unwrap().timestamp().as_millisecond()
    };
    // The clocks went forward on 29 March 2026, so these 30 days are an hour shorter.
    let start = local("2026-04-10T08:00");
    assert_eq!(days_before(start, 30, &zone), local("2026-03-11T08:00"));
    assert_eq!(start - days_before(start, 30, &zone), 30 * DAY - HOUR);
}

#[test]
fn f6_the_percentage_never_promises_too_much() {
    assert_eq!(reduction_basis_points(300, 200), 3_333);
    assert_eq!(reduction_basis_points(100, 100), 0);
    assert_eq!(reduction_basis_points(100, 120), 0);
    assert_eq!(reduction_basis_points(0, 0), 0);
    assert_eq!(reduction_basis_points(i64::MAX, 0), 10_000);
}

proptest! {
    /// Against the definition, read hour by hour.
    #[test]
    fn f6_lowest_is_the_lowest_hour(
        changes in prop::collection::btree_map(0_i64..100, prop::option::of(1_i64..50), 0..8),
        shown in prop::collection::vec((1_i64..50, 0_i64..100, 0_i64..20), 0..4),
        from in 0_i64..100,
        length in 1_i64..60,
    ) {
        let history = PriceHistory {
            changes: changes.into_iter().map(|(hour, price)| PriceChange { at: hour * HOUR, price }).collect(),
            observations: shown
                .into_iter()
                .map(|(price, hour, hours)| Observation { price, first_seen: hour * HOUR, last_seen: (hour + hours) * HOUR })
                .collect(),
        };
        let at = |hour: i64| {
            let asked = history.changes.iter().rfind(|change| change.at <= hour * HOUR).and_then(|change| change.price);
            let shown = history.observations.iter().filter(|seen| (seen.first_seen..=seen.last_seen).contains(&(hour * HOUR)));
            shown.map(|seen| seen.price).chain(asked).min()
        };
        let expected = (from..from + length).filter_map(at).min();
        prop_assert_eq!(history.lowest(from * HOUR, (from + length) * HOUR), expected);
    }
}
