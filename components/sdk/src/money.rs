//! Arithmetic with money that loses no cent.

use alloc::vec;
use alloc::vec::Vec;

use crate::types::Money;

/// All of something, in basis points.
pub const WHOLE: u32 = 10_000;

/// A share of an amount, in basis points, rounded down (towards the smaller number). Saturates where the result is no
/// `Money`, which takes more than 100 % of an absurd amount.
///
/// ```
/// assert_eq!(boomerang_sdk::money::share(9_99, 2_000), 1_99);
/// ```
pub const fn share(amount: Money, basis_points: u32) -> Money {
    ratio(amount, basis_points as u64, WHOLE as u64)
}

/// `amount * numerator / denominator`, rounded down, without overflow on the way. Saturates where the result is no
/// `Money`; a `denominator` of 0 gives 0.
///
/// ```
/// assert_eq!(boomerang_sdk::money::ratio(100, 2, 3), 66);
/// ```
pub const fn ratio(amount: Money, numerator: u64, denominator: u64) -> Money {
    if denominator == 0 {
        return 0;
    }
    if let (-0x8000_0000..0x8000_0000, 0..0x8000_0000, 1..0x8000_0000) = (amount, numerator, denominator) {
        // Numbers of 128 bits are slow where the processor, or the virtual one of a guest, has none.
        return (amount * numerator as i64).div_euclid(denominator as i64);
    }
    let quotient = (amount as i128 * numerator as i128).div_euclid(denominator as i128);
    if quotient > Money::MAX as i128 {
        Money::MAX
    } else if quotient < Money::MIN as i128 {
        Money::MIN
    } else {
        quotient as Money
    }
}

/// Shares an amount over weights so that the parts sum to it exactly, by the method of the largest remainder: everybody
/// gets their share rounded down, and what is left goes, one unit each, to those who lost most; of equals, to the first.
///
/// A negative weight counts as 0. If all weights are 0 they count as equal. No weights, no parts.
///
/// ```
/// assert_eq!(boomerang_sdk::money::allocate(10, &[1, 1, 1]), [4, 3, 3]);
/// assert_eq!(boomerang_sdk::money::allocate(-100, &[6_00, 4_00]), [-60, -40]);
/// ```
pub fn allocate(amount: Money, weights: &[Money]) -> Vec<Money> {
    let total: i128 = weights.iter().map(|&weight| i128::from(weight.max(0))).sum();
    if total == 0 {
        return if weights.is_empty() { Vec::new() } else { allocate(amount, &vec![1; weights.len()]) };
    }
    let magnitude = i128::from(amount.unsigned_abs());
    let exact = |weight: &Money| magnitude * i128::from((*weight).max(0));
    let mut parts: Vec<i128> = weights.iter().map(|weight| exact(weight) / total).collect();
    let mut lost: Vec<i128> = weights.iter().map(|weight| exact(weight) % total).collect();
    // What each has lost is below one unit, so fewer units are left than there are weights. Looking for the greatest
    // loss again for each of them takes less code than sorting, and carts are short.
    for _ in 0..magnitude - parts.iter().sum::<i128>() {
        let mut most = 0;
        for index in 1..lost.len() {
            if lost[index] > lost[most] {
                most = index;
            }
        }
        parts[most] += 1;
        lost[most] = -1;
    }
    let sign = if amount < 0 { -1 } else { 1 };
    parts.into_iter().map(|part| (part * sign) as Money).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_share_is_rounded_down() {
        assert_eq!(share(1, 9_999), 0);
        assert_eq!(share(-1, 1), -1);
        assert_eq!(share(Money::MAX, WHOLE), Money::MAX);
        assert_eq!(share(Money::MAX, 20_000), Money::MAX);
        assert_eq!(share(Money::MIN, 20_000), Money::MIN);
    }

    #[test]
    fn the_first_of_equals_gets_the_odd_cent() {
        assert_eq!(allocate(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(allocate(5, &[0, 0]), [3, 2]);
        assert_eq!(allocate(5, &[-7, 1]), [0, 5]);
        assert!(allocate(5, &[]).is_empty());
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_amount(amount: Money, weights in prop::collection::vec(0..i64::MAX, 1..20)) {
            prop_assert_eq!(allocate(amount, &weights).iter().map(|&part| i128::from(part)).sum::<i128>(), i128::from(amount));
        }

        #[test]
        fn a_part_is_within_one_unit_of_its_exact_share(
            amount in -1_000_000_000i64..1_000_000_000,
            weights in prop::collection::vec(0..1_000_000i64, 1..20),
        ) {
            let total: i64 = weights.iter().sum();
            prop_assume!(total > 0);
            for (part, weight) in allocate(amount, &weights).into_iter().zip(&weights) {
                let error = i128::from(part) * i128::from(total) - i128::from(amount) * i128::from(*weight);
                prop_assert!(error.abs() < i128::from(total), "{part} of weight {weight}");
            }
        }
    }
}
