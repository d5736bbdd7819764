//! Sharing an amount over lines so that the shares sum to it exactly.

use crate::contract::Money;

/// Shares `amount` in proportion to `weights` by largest remainder; ties go to the earlier line. Where all weights are
/// zero every line counts the same. None without lines, for a negative weight, or where the weights overflow.
///
/// A share never exceeds its weight while `amount` does not exceed their sum, in either sign.
pub fn allocate(amount: Money, weights: &[Money]) -> Option<Vec<Money>> {
    if weights.is_empty() || weights.iter().any(|weight| *weight < 0) {
        return None;
    }
    let sum = weights.iter().try_fold(0_i64, |sum, weight| sum.checked_add(*weight))?;
    let even = sum == 0;
    let whole = if even { weights.len() as i128 } else { i128::from(sum) };
    let magnitude = i128::from(amount).abs();
    let mut shares = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    let mut left = magnitude;
    for (index, weight) in weights.iter().enumerate() {
        let weight = if even { 1 } else { i128::from(*weight) };
        let product = magnitude * weight;
        let share = product / whole;
        left -= share;
        shares.push(share);
        remainders.push((product % whole, index));
    }
    remainders.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    // Fewer units are left than there are lines with a remainder.
    for (_, index) in remainders.into_iter().take(usize::try_from(left).ok()?) {
        shares[index] += 1;
    }
    let sign = if amount < 0 { -1 } else { 1 };
    shares.into_iter().map(|share| i64::try_from(share * sign).ok()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn f8_vectors_of_the_field() {
        // solidus #512: 6 + 4 − 10 % → the first item refunds 5.40.
        assert_eq!(allocate(-100, &[600, 400]), Some(vec![-60, -40]));
        // Three equal lines share 1.00: the first carries the odd cent.
        assert_eq!(allocate(-100, &[500, 500, 500]), Some(vec![-34, -33, -33]));
        assert_eq!(allocate(7, &[0, 0]), Some(vec![4, 3]));
        assert_eq!(allocate(5, &[]), None);
        assert_eq!(allocate(5, &[-1, 2]), None);
        assert_eq!(allocate(5, &[i64::MAX, 1]), None);
    }

    proptest! {
        #[test]
        fn shares_sum_to_the_amount(
            amount in any::<i64>(),
            weights in prop::collection::vec(0..1_i64 << 50, 1..50),
        ) {
            let shares = allocate(amount, &weights).unwrap();
            let sum: i128 = shares.iter().map(|share| i128::from(*share)).sum();
            prop_assert_eq!(sum, i128::from(amount));
        }

        #[test]
        fn no_line_gives_more_than_it_has(
            weights in prop::collection::vec(0..10_000_i64, 1..50),
            part in 0..=10_000_i64,
        ) {
            let total: i64 = weights.iter().sum();
            let amount = -(total * part / 10_000);
            for (share, weight) in allocate(amount, &weights).unwrap().iter().zip(&weights) {
                prop_assert!(*share <= 0 && -share <= *weight);
            }
        }

        #[test]
        fn every_share_is_within_one_unit_of_its_part(
            amount in 0..1_000_000_i64,
            weights in prop::collection::vec(1..10_000_i64, 1..50),
        ) {
            let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
            for (share, weight) in allocate(amount, &weights).unwrap().iter().zip(&weights) {
                let exact = i128::from(amount) * i128::from(*weight);
                let distance = (i128::from(*share) * total - exact).abs();
                prop_assert!(distance < total);
            }
        }
    }
}
