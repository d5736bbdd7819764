//! How many points may be spent on a cart, and how much they pay.

use alloc::{string::String, vec::Vec};

use boomerang_sdk::money::{self, WHOLE};

use crate::settings::Redemption;

/// Goods that points may pay for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payable<'a> {
    /// The product's id.
    pub product: &'a str,
    /// What the shopper would pay for the line, in minor units.
    pub net: i64,
}

/// Points spent, and what they pay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redeemed {
    /// Points used up.
    pub points: u64,
    /// What they pay, in minor units.
    pub money: i64,
    /// The part of `money` that falls on each line.
    pub shares: Vec<i64>,
    /// Points can pay for every line, so the payment concerns the order as a whole.
    pub whole_order: bool,
}

/// The most that may be spent: `min(requested, balance, cap)`, in steps and not below the minimum.
///
/// A redemption that pays for everything at once is not bound to the step: it uses the fewest points that leave exactly
/// nothing to pay.
pub fn redeem(terms: &Redemption, requested: u64, balance: i64, lines: &[Payable<'_>]) -> Redeemed {
    let eligible: Vec<i64> = lines
        .iter()
        .map(|line| if is_excluded(&terms.excluded_products, line.product) { 0 } else { line.net.max(0) })
        .collect();
    let whole_order = lines.iter().all(|line| !is_excluded(&terms.excluded_products, line.product));
    let none = Redeemed { points: 0, money: 0, shares: alloc::vec![0; lines.len()], whole_order };

    let (goods, payable) = lines.iter().zip(&eligible).fold((0i64, 0i64), |(goods, payable), (line, eligible)| {
        (goods.saturating_add(line.net.max(0)), payable.saturating_add(*eligible))
    });
    let cap = money::share(goods, terms.cap.min(WHOLE));
    let most = payable.min(cap);
    let affordable = requested.min(balance.max(0) as u64);
    let enough = points_for(terms, most);

    let points = if affordable >= enough && most == goods {
        enough
    } else {
        let step = terms.step.max(1);
        // Rounded down here, or a cap would be exceeded by the worth of part of a point.
        let stepped = affordable.min(worth_at_most(terms, most)) / step * step;
        // Nobody spends points for nothing: of several numbers of points that pay the same, the smallest.
        stepped.min(points_for(terms, worth(terms, stepped)).div_ceil(step).saturating_mul(step))
    };
    let paid = worth(terms, points).min(most);
    if !terms.enabled || points < terms.minimum || points == 0 || paid <= 0 {
        return none;
    }
    Redeemed { points, money: paid, shares: money::allocate(paid, &eligible), whole_order }
}

/// What points pay, rounded down to a minor unit.
pub fn worth(terms: &Redemption, points: u64) -> i64 {
    let worth = u128::from(points) * u128::from(terms.worth) / u128::from(terms.points.max(1));
    i64::try_from(worth).unwrap_or(i64::MAX)
}

/// The fewest points that pay `money`.
fn points_for(terms: &Redemption, money: i64) -> u64 {
    let points = (money.max(0) as u128 * u128::from(terms.points)).div_ceil(u128::from(terms.worth.max(1)));
    u64::try_from(points).unwrap_or(u64::MAX)
}

/// The most points that pay no more than `money`.
fn worth_at_most(terms: &Redemption, money: i64) -> u64 {
    // `floor(points * worth / per) <= money` holds as long as `points * worth < (money + 1) * per`.
    let limit = (money.max(0) as u128 + 1) * u128::from(terms.points);
    let points = (limit - 1) / u128::from(terms.worth.max(1));
    u64::try_from(points).unwrap_or(u64::MAX)
}

fn is_excluded(excluded: &[String], product: &str) -> bool {
    excluded.iter().any(|excluded| excluded == product)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(nets: &[i64]) -> Vec<Payable<'static>> {
        nets.iter().map(|net| Payable { product: "a", net: *net }).collect()
    }

    fn points_and_money(terms: &Redemption, requested: u64, balance: i64, nets: &[i64]) -> (u64, i64) {
        let redeemed = redeem(terms, requested, balance, &lines(nets));
        (redeemed.points, redeemed.money)
    }

    #[test]
    fn l6_applied_is_the_least_of_request_balance_and_cap() {
        let terms = Redemption { cap: 5_000, ..Redemption::default() };
        assert_eq!(points_and_money(&terms, 300, 900, &[1_000]), (300, 300));
        assert_eq!(points_and_money(&terms, 900, 200, &[1_000]), (200, 200));
        assert_eq!(points_and_money(&terms, 900, 900, &[1_000]), (500, 500));
    }

    #[test]
    fn l6_a_hundred_percent_leaves_exactly_zero() {
        // odoo PR 237624: 0.00, not 0.01, also where a point is worth an odd amount.
        let terms = Redemption { points: 1, worth: 3, ..Redemption::default() };
        assert_eq!(points_and_money(&terms, 1_000, 1_000, &[33, 34, 33]), (34, 100));
        let stepped = Redemption { step: 100, ..Redemption::default() };
        assert_eq!(points_and_money(&stepped, 1_000, 1_000, &[951]), (951, 951));
    }

    #[test]
    fn l6_minimum_and_step() {
        let terms = Redemption { minimum: 200, step: 50, ..Redemption::default() };
        assert_eq!(points_and_money(&terms, 199, 900, &[1_000]), (0, 0));
        assert_eq!(points_and_money(&terms, 274, 900, &[1_000]), (250, 250));
        assert_eq!(points_and_money(&terms, 900, 900, &[150]), (0, 0), "an order below the minimum");
    }

    #[test]
    fn l6_excluded_products_are_paid_with_money() {
        let terms = Redemption { excluded_products: alloc::vec!["gift-card".into()], ..Redemption::default() };
        let cart = [Payable { product: "gift-card", net: 5_000 }, Payable { product: "a", net: 1_000 }];
        let redeemed = redeem(&terms, 9_000, 9_000, &cart);
        assert_eq!(
            redeemed,
            Redeemed { points: 1_000, money: 1_000, shares: alloc::vec![0, 1_000], whole_order: false }
        );
    }

    #[test]
    fn l6_a_deficit_or_a_switch_spends_nothing() {
        assert_eq!(points_and_money(&Redemption::default(), 100, -5, &[1_000]), (0, 0));
        let off = Redemption { enabled: false, ..Redemption::default() };
        assert_eq!(points_and_money(&off, 100, 500, &[1_000]), (0, 0));
    }

    #[test]
    fn l6_no_point_is_spent_for_nothing() {
        let terms = Redemption { points: 1_000, worth: 1, cap: 5_000, ..Redemption::default() };
        assert_eq!(points_and_money(&terms, 100_000, 100_000, &[100]), (50_000, 50));
        assert_eq!(points_and_money(&terms, 1_999, 100_000, &[100]), (1_000, 1));
        assert_eq!(points_and_money(&terms, 999, 100_000, &[100]), (0, 0));
    }

    proptest! {
        #[test]
        fn l6_within_balance_cap_minimum_and_step(
            points in 1u32..1_000, worth in 1u32..1_000, cap in 0u32..=WHOLE, minimum in 0u64..5_000, step in 1u64..500,
            requested in 0u64..1_000_000, balance in -1_000i64..1_000_000,
            nets in prop::collection::vec(0i64..100_000, 0..8), excluded in any::<bool>(),
        ) {
            let excluded_products = if excluded { alloc::vec!["b".into()] } else { Vec::new() };
            let terms = Redemption { points, worth, cap, minimum, step, excluded_products, ..Redemption::default() };
            let cart: Vec<_> = nets.iter().enumerate()
                .map(|(n, net)| Payable { product: if n % 2 == 0 { "a" } else { "b" }, net: *net }).collect();
            let goods: i64 = nets.iter().sum();
            let redeemed = redeem(&terms, requested, balance, &cart);
            prop_assert!(redeemed.points <= requested);
            prop_assert!(redeemed.points as i64 <= balance.max(0));
            prop_assert!(redeemed.points == 0 || redeemed.points >= minimum);
            prop_assert!(i128::from(redeemed.money) * i128::from(WHOLE) <= i128::from(goods) * i128::from(cap));
            prop_assert!(redeemed.money <= super::worth(&terms, redeemed.points));
            prop_assert_eq!(redeemed.shares.iter().sum::<i64>(), redeemed.money);
            for (share, line) in redeemed.shares.iter().zip(&cart) {
                prop_assert!((0..=line.net).contains(share));
                prop_assert!(*share == 0 || !excluded || line.product == "a");
            }
            prop_assert!(redeemed.points.is_multiple_of(step) || redeemed.money == goods, "only a full payment leaves the step");
        }

        #[test]
        fn l6_asking_for_more_never_pays_less(
            requested in 0u64..10_000, more in 0u64..10_000, worth in 1u32..300, net in 1i64..20_000,
        ) {
            let terms = Redemption { worth, ..Redemption::default() };
            let money = |requested| redeem(&terms, requested, i64::MAX, &lines(&[net])).money;
            prop_assert!(money(requested) <= money(requested + more));
        }
    }
}
