//! How many points some goods earn. One function for the preview in the cart and for the grant, so that what is promised
//! is what is given.

use alloc::{string::String, vec::Vec};

use boomerang_sdk::money::WHOLE;

use crate::settings::{AppliesTo, Earning, Rounding, Rule, Stacking};
use crate::share;

/// Goods that earn points.
#[derive(Clone, Debug)]
pub struct Item<'a> {
    /// The product's id.
    pub product: &'a str,
    /// Units.
    pub quantity: u32,
    /// Money that counts, in minor units, for all units together.
    pub basis: i64,
    /// The product's categories.
    pub categories: &'a [String],
    /// The product's tags.
    pub tags: &'a [String],
}

/// What goods earn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Earned {
    /// Points in all.
    pub total: u64,
    /// Points of each item; they sum to `total`.
    pub shares: Vec<u64>,
}

/// What counts of a line of an order: what was paid for it with money, less its tax where tax does not count.
///
/// `total` is the line's price after every adjustment, `other_means` the part of it paid with points and gift cards.
pub fn basis(total: i64, other_means: i64, tax: i64, include_tax: bool) -> i64 {
    let paid = total.saturating_sub(other_means).max(0);
    if include_tax || total <= 0 {
        return paid;
    }
    let net = total.saturating_sub(tax).clamp(0, total);
    share::proportion(paid as u64, net as u64, total as u64) as i64
}

/// The points that `items` earn for somebody whose tier multiplies points by `tier` basis points.
pub fn purchase(earning: &Earning, tier: u32, items: &[Item<'_>]) -> Earned {
    let mut weights = Vec::with_capacity(items.len());
    let mut bonuses = Vec::with_capacity(items.len());
    for item in items {
        let (multiplier, bonus) = rate(earning, item);
        weights.push(item.basis.max(0) as u128 * u128::from(multiplier));
        // What cost nothing earns nothing, or a free line would be a source of points.
        bonuses.push(if item.basis > 0 { bonus.saturating_mul(u64::from(item.quantity)) } else { 0 });
    }
    let weight = weights.iter().fold(0u128, |sum, weight| sum.saturating_add(*weight));
    let numerator = weight.saturating_mul(u128::from(earning.points)).saturating_mul(u128::from(tier));
    let denominator = u128::from(earning.per.max(1)) * u128::from(WHOLE) * u128::from(WHOLE);
    let by_amount = round(numerator, denominator, earning.rounding);

    let mut shares = share::by_weight(by_amount, &weights);
    for (share, bonus) in shares.iter_mut().zip(bonuses) {
        *share = share.saturating_add(bonus);
    }
    Earned { total: shares.iter().fold(0, |sum: u64, share| sum.saturating_add(*share)), shares }
}

/// Shares points that belong to an order as a whole over its items, so that the refund of one takes back its part.
pub fn bonus(points: u64, items: &[Item<'_>]) -> Earned {
    let weights: Vec<u128> = items.iter().map(|item| item.basis.max(0) as u128).collect();
    let shares = share::by_weight(points, &weights);
    Earned { total: shares.iter().sum(), shares }
}

impl Earned {
    /// The same, cut down to at most `most` points.
    pub fn at_most(self, most: u64) -> Self {
        if self.total <= most {
            return self;
        }
        let weights: Vec<u128> = self.shares.iter().map(|share| u128::from(*share)).collect();
        Self { total: most, shares: share::by_weight(most, &weights) }
    }
}

/// The multiplier of an item, in basis points, and its bonus for each unit.
fn rate(earning: &Earning, item: &Item<'_>) -> (u32, u64) {
    let fitting = earning.rules.iter().filter(|rule| fits(rule, item));
    match earning.stacking {
        Stacking::Stack => {
            let mut more = 0i64;
            let mut bonus = 0u64;
            for rule in fitting {
                if rule.multiplier == 0 {
                    return (0, 0);
                }
                more += i64::from(rule.multiplier) - i64::from(WHOLE);
                bonus = bonus.saturating_add(u64::from(rule.bonus_per_unit));
            }
            let multiplier = (i64::from(WHOLE) + more).clamp(0, i64::from(u32::MAX));
            (multiplier as u32, bonus)
        }
        // `max_by_key` would take the last of equal ones.
        Stacking::Priority => fitting
            .reduce(|best, rule| if rule.priority > best.priority { rule } else { best })
            .map_or((WHOLE, 0), |rule| (rule.multiplier, u64::from(rule.bonus_per_unit))),
    }
}

fn fits(rule: &Rule, item: &Item<'_>) -> bool {
    match rule.applies_to {
        AppliesTo::Everything => true,
        AppliesTo::Product => rule.value == item.product,
        AppliesTo::Category => item.categories.contains(&rule.value),
        AppliesTo::Tag => item.tags.contains(&rule.value),
    }
}

fn round(numerator: u128, denominator: u128, rounding: Rounding) -> u64 {
    let rounded = match rounding {
        Rounding::Floor => numerator / denominator,
        Rounding::Nearest => numerator.saturating_add(denominator / 2) / denominator,
        Rounding::Ceil => numerator.div_ceil(denominator),
    };
    // The ledger counts in signed 64-bit numbers.
    u64::try_from(rounded).unwrap_or(u64::MAX).min(i64::MAX as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn item(product: &str, quantity: u32, basis: i64) -> Item<'_> {
        Item { product, quantity, basis, categories: &[], tags: &[] }
    }

    fn rule(applies_to: AppliesTo, value: &str, multiplier: u32) -> Rule {
        Rule { id: value.into(), applies_to, value: value.into(), multiplier, bonus_per_unit: 0, priority: 0 }
    }

    #[test]
    fn l4_items_count_after_points_gift_cards_and_tax() {
        assert_eq!(basis(12_000, 0, 2_000, true), 12_000);
        assert_eq!(basis(12_000, 0, 2_000, false), 10_000);
        assert_eq!(basis(12_000, 6_000, 2_000, true), 6_000);
        assert_eq!(basis(12_000, 6_000, 2_000, false), 5_000);
        assert_eq!(basis(12_000, 12_000, 2_000, false), 0);
        assert_eq!(basis(0, 0, 0, false), 0);
    }

    #[test]
    fn l4_rational_rate_with_floor_by_default() {
        let mut earning = Earning { points: 3, per: 700, ..Earning::default() };
        let items = [item("a", 1, 1_000)];
        assert_eq!(purchase(&earning, WHOLE, &items).total, 4, "3 points for 7.00: 4.28 for 10.00");
        earning.rounding = Rounding::Ceil;
        assert_eq!(purchase(&earning, WHOLE, &items).total, 5);
        earning.rounding = Rounding::Nearest;
        assert_eq!(purchase(&earning, WHOLE, &items).total, 4);
    }

    #[test]
    fn l4_fractions_of_lines_are_added_before_rounding() {
        let earned = purchase(&Earning::default(), WHOLE, &[item("a", 1, 150), item("b", 1, 150)]);
        assert_eq!(earned, Earned { total: 3, shares: alloc::vec![2, 1] });
    }

    #[test]
    fn l5_rules_by_product_category_and_tag() {
        let categories = ["shoes".into()];
        let tags = ["new".into()];
        let earning = Earning {
            rules: alloc::vec![
                rule(AppliesTo::Product, "a", 20_000),
                rule(AppliesTo::Category, "shoes", 30_000),
                rule(AppliesTo::Tag, "new", 15_000),
            ],
            ..Earning::default()
        };
        let points = |item: Item<'_>| purchase(&earning, WHOLE, &[item]).total;
        assert_eq!(points(item("z", 1, 1_000)), 10);
        assert_eq!(points(item("a", 1, 1_000)), 20);
        assert_eq!(points(Item { categories: &categories, ..item("z", 1, 1_000) }), 30);
        assert_eq!(points(Item { tags: &tags, ..item("z", 1, 1_000) }), 15);
    }

    #[test]
    fn l5_stacked_rules_add_what_they_give_on_top() {
        let earning = Earning {
            rules: alloc::vec![
                rule(AppliesTo::Product, "a", 20_000),
                rule(AppliesTo::Everything, "", 15_000),
                rule(AppliesTo::Product, "gift-card", 0),
            ],
            ..Earning::default()
        };
        assert_eq!(purchase(&earning, WHOLE, &[item("a", 1, 1_000)]).total, 25);
        assert_eq!(purchase(&earning, WHOLE, &[item("gift-card", 1, 1_000)]).total, 0, "an exclusion wins");
    }

    #[test]
    fn l5_by_priority_only_the_highest_counts() {
        let mut high = rule(AppliesTo::Everything, "", 15_000);
        high.priority = 5;
        let earning = Earning {
            stacking: Stacking::Priority,
            rules: alloc::vec![rule(AppliesTo::Product, "a", 20_000), high, rule(AppliesTo::Product, "a", 90_000)],
            ..Earning::default()
        };
        assert_eq!(purchase(&earning, WHOLE, &[item("a", 1, 1_000)]).total, 15);
    }

    #[test]
    fn l5_bonus_for_each_unit_stays_on_its_line() {
        let mut extra = rule(AppliesTo::Product, "a", WHOLE);
        extra.bonus_per_unit = 5;
        let earning = Earning { rules: alloc::vec![extra], ..Earning::default() };
        let earned = purchase(&earning, WHOLE, &[item("a", 3, 1_000), item("b", 1, 1_000), item("a", 2, 0)]);
        assert_eq!(earned.shares, [25, 10, 0], "what was free earns no bonus");
    }

    #[test]
    fn l10_a_tier_multiplies_what_rules_give() {
        let earning = Earning { rules: alloc::vec![rule(AppliesTo::Everything, "", 20_000)], ..Earning::default() };
        assert_eq!(purchase(&earning, 12_500, &[item("a", 1, 1_000)]).total, 25);
    }

    #[test]
    fn overflow_ends_at_the_largest_number_of_the_ledger() {
        let earning = Earning { points: u32::MAX, per: 1, ..Earning::default() };
        let earned = purchase(&earning, u32::MAX, &[item("a", 1, i64::MAX), item("b", 1, i64::MAX)]);
        assert_eq!(earned.total, i64::MAX as u64);
        assert_eq!(earned.shares.iter().sum::<u64>(), earned.total);
    }

    proptest! {
        #[test]
        fn l4_lines_sum_to_the_order_exactly(
            bases in prop::collection::vec(0i64..10_000_000, 1..40),
            points in 0u32..1_000, per in 1u32..10_000, tier in 0u32..50_000,
            multiplier in 0u32..50_000, bonus_per_unit in 0u32..50, most in 0u64..100_000,
        ) {
            let mut special = rule(AppliesTo::Product, "a", multiplier);
            special.bonus_per_unit = bonus_per_unit;
            let earning = Earning { points, per, rules: alloc::vec![special], ..Earning::default() };
            let items: Vec<_> = bases.iter().enumerate()
                .map(|(n, basis)| item(if n % 2 == 0 { "a" } else { "b" }, n as u32 + 1, *basis)).collect();
            let earned = purchase(&earning, tier, &items);
            prop_assert_eq!(earned.shares.iter().sum::<u64>(), earned.total);
            let cut = earned.at_most(most);
            prop_assert!(cut.total <= most);
            prop_assert_eq!(cut.shares.iter().sum::<u64>(), cut.total);
        }

        #[test]
        fn l4_without_rules_splitting_lines_changes_nothing(basis in 1i64..10_000_000, cut in 0i64..10_000_000) {
            let cut = cut.min(basis);
            let whole = purchase(&Earning::default(), WHOLE, &[item("a", 1, basis)]).total;
            let split = purchase(&Earning::default(), WHOLE, &[item("a", 1, cut), item("a", 1, basis - cut)]).total;
            prop_assert_eq!(whole, split);
        }
    }
}
