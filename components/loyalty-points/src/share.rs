//! Sharing a whole over parts by largest remainder, so that the parts always sum to the whole.

use alloc::{vec, vec::Vec};

/// Shares `whole` in proportion to `weights`. What the floors leave over goes to the largest remainders, and among equal
/// ones to the earlier part. Without any weight, nothing is given to anybody.
pub fn by_weight(whole: u64, weights: &[u128]) -> Vec<u64> {
    let sum = weights.iter().fold(0u128, |sum, weight| sum.saturating_add(*weight));
    if sum == 0 {
        return vec![0; weights.len()];
    }
    // Keeps `whole * weight` within 128 bits. Real amounts are far below this, so nothing is shifted out of them.
    let bits = |value: u128| u128::BITS - value.leading_zeros();
    let shift = (bits(sum) + bits(u128::from(whole))).saturating_sub(u128::BITS);
    let sum = weights.iter().map(|weight| weight >> shift).sum::<u128>().max(1);

    let mut shares = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    for weight in weights {
        let product = u128::from(whole) * (weight >> shift);
        shares.push((product / sum) as u64);
        remainders.push(product % sum);
    }
    // Less is left than there are parts. Looking for the largest again for each takes less code than sorting, and orders
    // are short.
    for _ in 0..whole - shares.iter().sum::<u64>() {
        let mut largest = 0;
        for part in 1..remainders.len() {
            if remainders[part] > remainders[largest] {
                largest = part;
            }
        }
        shares[largest] += 1;
        remainders[largest] = 0;
    }
    shares
}

/// `whole * part / of`, rounded down; all of it from `part >= of` on, which holds for `of == 0` too.
pub fn proportion(whole: u64, part: u64, of: u64) -> u64 {
    if part >= of {
        return whole;
    }
    (u128::from(whole) * u128::from(part) / u128::from(of)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equal_parts_favour_the_earlier() {
        assert_eq!(by_weight(10, &[1, 1, 1]), [4, 3, 3]);
        assert_eq!(by_weight(2, &[5, 0, 5]), [1, 0, 1]);
    }

    #[test]
    fn nothing_is_shared_without_a_weight() {
        assert_eq!(by_weight(7, &[0, 0]), [0, 0]);
        assert_eq!(by_weight(7, &[]), [0u64; 0]);
    }

    #[test]
    fn proportions_end_at_the_whole() {
        assert_eq!(proportion(21, 0, 100), 0);
        assert_eq!(proportion(21, 50, 100), 10);
        assert_eq!(proportion(21, 100, 100), 21);
        assert_eq!(proportion(21, 150, 100), 21);
        assert_eq!(proportion(21, 0, 0), 21);
    }

    proptest! {
        #[test]
        fn shares_sum_to_the_whole(whole in 0u64..u64::MAX / 2, weights in prop::collection::vec(0u128..u128::MAX / 64, 1..32)) {
            prop_assume!(weights.iter().any(|weight| *weight > u128::from(u64::MAX)));
            prop_assert_eq!(by_weight(whole, &weights).iter().sum::<u64>(), whole);
        }

        #[test]
        fn no_share_is_a_whole_point_off(whole in 0u64..1_000_000, weights in prop::collection::vec(0u128..1_000_000, 1..32)) {
            let sum: u128 = weights.iter().sum();
            prop_assume!(sum > 0);
            for (share, weight) in by_weight(whole, &weights).into_iter().zip(&weights) {
                let exact = u128::from(whole) * weight;
                prop_assert!((u128::from(share) * sum).abs_diff(exact) < sum);
            }
        }
    }
}
