//! How many points a refund takes back and gives back.
//!
//! Both are differences of one running figure, "what is due once so much has been refunded", which ends at the whole. So
//! any number of partial refunds comes to exactly what one full refund does, whatever is lost to rounding on the way.

use alloc::vec::Vec;

use crate::share;

/// What has been given back for a line, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What the line cost.
    pub total: i64,
    /// What had been refunded of it before it earned anything.
    pub before_earning: i64,
    /// What has been refunded of it in all, this refund included.
    pub so_far: i64,
    /// What this refund gives back.
    pub amount: i64,
}

/// Points to take back of a line now, where the ledger says that it earned `earned`, of which `reversed` are back already.
///
/// Rounded down, so that a refund never takes more than its part.
pub fn to_reverse(progress: Progress, earned: u64, reversed: u64) -> u64 {
    let of = progress.total.saturating_sub(progress.before_earning).max(0) as u64;
    let part = progress.so_far.saturating_sub(progress.before_earning).max(0) as u64;
    if part == 0 && progress.amount <= 0 && of > 0 {
        return 0;
    }
    share::proportion(earned, part, of).saturating_sub(reversed)
}

/// Points to give back now of `spent`, which an order was paid with.
///
/// `paid` is the part of every line of the order that was paid with points, as money; `refunded` names lines by their
/// position. `restored` points are back already.
pub fn to_restore(paid: &[i64], refunded: &[(usize, Progress)], spent: u64, restored: u64) -> u64 {
    let weights: Vec<u128> = paid.iter().map(|paid| (*paid).max(0) as u128).collect();
    let spent_on = share::by_weight(spent, &weights);
    let due: u64 = refunded
        .iter()
        .filter_map(|(line, progress)| {
            let spent = *spent_on.get(*line)?;
            let total = progress.total.max(0) as u64;
            let now = progress.so_far.max(0) as u64;
            let before = now.saturating_sub(progress.amount.max(0) as u64);
            Some(share::proportion(spent, now, total) - share::proportion(spent, before, total))
        })
        .sum();
    due.min(spent.saturating_sub(restored))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn progress(total: i64, so_far: i64, amount: i64) -> Progress {
        Progress { total, before_earning: 0, so_far, amount }
    }

    #[test]
    fn l7_a_partial_refund_takes_its_part_of_the_recorded_earn() {
        assert_eq!(to_reverse(progress(10_000, 5_000, 5_000), 21, 0), 10);
        assert_eq!(to_reverse(progress(10_000, 10_000, 5_000), 21, 10), 11);
    }

    #[test]
    fn l7_a_refund_of_nothing_takes_nothing() {
        assert_eq!(to_reverse(progress(10_000, 0, 0), 21, 0), 0);
    }

    #[test]
    fn l7_a_free_line_gives_up_all_its_points_when_it_comes_back() {
        assert_eq!(to_reverse(progress(0, 0, 0), 21, 0), 21);
    }

    #[test]
    fn l7_a_refund_delivered_late_takes_nothing_twice() {
        let second = to_reverse(progress(10_000, 8_000, 5_000), 21, 0);
        assert_eq!(second, 16);
        assert_eq!(to_reverse(progress(10_000, 3_000, 3_000), 21, second), 0);
    }

    #[test]
    fn l7_what_came_back_before_the_points_were_granted_does_not_count() {
        let after_half = |so_far| Progress { total: 10_000, before_earning: 5_000, so_far, amount: 1 };
        assert_eq!(to_reverse(after_half(7_500), 10, 0), 5);
        assert_eq!(to_reverse(after_half(10_000), 10, 5), 5);
    }

    #[test]
    fn l7_spent_points_come_back_with_the_lines_they_paid_for() {
        let paid = [3_000, 1_000];
        assert_eq!(to_restore(&paid, &[(1, progress(2_000, 2_000, 2_000))], 400, 0), 100);
        assert_eq!(to_restore(&paid, &[(0, progress(6_000, 3_000, 3_000))], 400, 100), 150);
        assert_eq!(to_restore(&paid, &[(0, progress(6_000, 6_000, 3_000))], 400, 250), 150);
        assert_eq!(to_restore(&[0, 0], &[(0, progress(6_000, 6_000, 6_000))], 0, 0), 0);
    }

    /// Amounts of partial refunds that make up a whole line.
    fn split() -> impl Strategy<Value = Vec<i64>> {
        prop::collection::vec(1i64..100_000, 1..12)
    }

    proptest! {
        #[test]
        fn l7_partial_refunds_equal_one_full(amounts in split(), earned in 0u64..10_000_000) {
            let total = amounts.iter().sum();
            let (mut so_far, mut reversed) = (0, 0);
            for amount in amounts {
                so_far += amount;
                reversed += to_reverse(progress(total, so_far, amount), earned, reversed);
                prop_assert!(u128::from(reversed) * total as u128 <= u128::from(earned) * so_far as u128);
            }
            prop_assert_eq!(reversed, earned);
        }

        #[test]
        fn l7_partial_refunds_give_back_every_spent_point(
            lines in prop::collection::vec((split(), 0i64..100_000), 1..8), spent in 0u64..10_000_000, seed in any::<u64>(),
        ) {
            let totals: Vec<i64> = lines.iter().map(|(amounts, _)| amounts.iter().sum()).collect();
            let paid: Vec<i64> = lines.iter().zip(&totals).map(|((_, paid), total)| (*paid).min(*total)).collect();
            prop_assume!(paid.iter().sum::<i64>() > 0);
            let mut refunds: Vec<(usize, Progress)> = Vec::new();
            for (line, (amounts, _)) in lines.iter().enumerate() {
                let mut so_far = 0;
                for amount in amounts {
                    so_far += amount;
                    refunds.push((line, progress(totals[line], so_far, *amount)));
                }
            }
            // Refunds of different lines reach us in any order.
            refunds.sort_by_key(|(line, refund)| (*line as u64 + 1).wrapping_mul(seed) ^ refund.so_far as u64);
            let mut restored = 0;
            for refund in refunds {
                restored += to_restore(&paid, &[refund], spent, restored);
            }
            prop_assert_eq!(restored, spent);
        }
    }
}
