//! Tax: the rates of a cart, and the tax of amounts, exact in every sum.

use std::collections::BTreeMap;

use crate::money::{Money, MoneyError, plus, ratio, share};
use crate::shops::Policies;

/// What a whole is in basis points.
const WHOLE: i64 = 10_000;

/// An amount and the rate it is taxed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taxed {
    /// With the tax in it or without it, as the shop's prices are.
    pub amount: Money,
    /// The rate.
    pub basis_points: u32,
}

/// The shop's rate for goods sent to a country.
#[must_use]
pub fn rate(policies: &Policies, country: Option<&str>) -> u32 {
    country.and_then(|country| policies.tax_by_country.get(country).copied()).unwrap_or(policies.tax_basis_points)
}

/// The tax of each amount. It is computed once for everything of one rate, as an invoice shows it, and shared by largest
/// remainder; so the parts sum to the tax of the whole.
///
/// # Errors
/// If an amount is too large.
pub fn taxes(amounts: &[Taxed], included: bool) -> Result<Vec<Money>, MoneyError> {
    let mut by_rate: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (position, taxed) in amounts.iter().enumerate() {
        by_rate.entry(taxed.basis_points).or_default().push(position);
    }
    let mut taxes = vec![0; amounts.len()];
    for (rate, positions) in by_rate {
        let weights: Vec<Money> = positions.iter().map(|position| amounts[*position].amount).collect();
        let base = weights.iter().try_fold(0, |sum, amount| plus(sum, *amount))?;
        let rate = i64::from(rate);
        let tax = ratio(base, rate, if included { WHOLE + rate } else { WHOLE })?;
        for (position, part) in positions.into_iter().zip(share(tax, &weights)?) {
            taxes[position] = part;
        }
    }
    Ok(taxes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn taxed(amount: Money, basis_points: u32) -> Taxed {
        Taxed { amount, basis_points }
    }

    #[test]
    fn tax_is_taken_out_of_prices_that_contain_it_and_added_to_those_that_do_not() {
        assert_eq!(taxes(&[taxed(12_000, 2_000)], true), Ok(vec![2_000]));
        assert_eq!(taxes(&[taxed(10_000, 2_000)], false), Ok(vec![2_000]));
        assert_eq!(taxes(&[taxed(0, 2_000)], true), Ok(vec![0]));
    }

    #[test]
    fn a_rate_is_rounded_once_and_not_line_by_line() {
        // 3 × 0.05 at 20 % on top: 0.03 in all, although each line alone would round to 0.01 of 0.01.
        assert_eq!(taxes(&[taxed(5, 2_000); 3], false), Ok(vec![1, 1, 1]));
        assert_eq!(taxes(&[taxed(4, 1_000); 3], false), Ok(vec![1, 0, 0]));
    }

    #[test]
    fn rates_do_not_mix() {
        assert_eq!(taxes(&[taxed(1_000, 2_000), taxed(1_000, 1_000), taxed(500, 0)], false), Ok(vec![200, 100, 0]));
    }

    #[test]
    fn a_country_may_have_a_rate_of_its_own() {
        let policies = Policies { tax_by_country: [("DE".into(), 1_900)].into(), ..Policies::default() };
        assert_eq!(rate(&policies, Some("DE")), 1_900);
        assert_eq!(rate(&policies, Some("AT")), 2_000);
        assert_eq!(rate(&policies, None), 2_000);
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_tax_of_the_whole_and_never_exceed_what_they_are_of(
            amounts in prop::collection::vec(0_i64..1_000_000, 1..30),
            rate in 0_u32..=10_000,
            included: bool,
        ) {
            let list: Vec<Taxed> = amounts.iter().map(|amount| taxed(*amount, rate)).collect();
            let parts = taxes(&list, included).unwrap();
            let whole = taxes(&[taxed(amounts.iter().sum(), rate)], included).unwrap()[0];
            prop_assert_eq!(parts.iter().sum::<i64>(), whole);
            for (part, amount) in parts.iter().zip(&amounts) {
                prop_assert!((0..=*amount).contains(part));
            }
        }
    }
}
