//! Money: whole minor units in an `i64`, always checked; shares by largest remainder; amounts as text.

use thiserror::Error;

/// An amount in minor units of a currency.
pub type Money = i64;

/// The largest price, fee or stock that the shop takes. A full cart of the dearest lines still fits an [`Money`].
pub const MAX_AMOUNT: Money = 1_000_000_000_000;

/// Why an amount could not be computed or read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MoneyError {
    /// The result does not fit.
    #[error("the amount is too large to be computed; use smaller prices or quantities")]
    Overflow,
    /// A text is no amount of money.
    #[error("{0:?} is no amount of money; write digits with a point before the fraction, such as 12.50")]
    NotAnAmount(String),
    /// More digits after the point than the currency has.
    #[error("{text:?} has more than {digits} digits after the point, which the currency does not have; round it first")]
    TooPrecise {
        /// The amount as it was written.
        text: String,
        /// Digits that the currency has.
        digits: u32,
    },
    /// Below zero, or above [`MAX_AMOUNT`].
    #[error("{0:?} is out of range; write an amount from 0 to {MAX_AMOUNT} minor units")]
    OutOfRange(String),
}

/// How many digits the minor unit of a currency has (ISO 4217).
#[must_use]
pub fn digits(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND" | "VUV"
        | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// `unit` times `quantity`.
///
/// # Errors
/// If the product does not fit.
pub fn times(unit: Money, quantity: u32) -> Result<Money, MoneyError> {
    unit.checked_mul(i64::from(quantity)).ok_or(MoneyError::Overflow)
}

/// `left` plus `right`.
///
/// # Errors
/// If the sum does not fit.
pub fn plus(left: Money, right: Money) -> Result<Money, MoneyError> {
    left.checked_add(right).ok_or(MoneyError::Overflow)
}

/// The sum of many amounts.
///
/// # Errors
/// If the sum does not fit.
pub fn sum(amounts: impl IntoIterator<Item = Money>) -> Result<Money, MoneyError> {
    amounts.into_iter().try_fold(0, plus)
}

/// `amount × numerator ÷ denominator`, rounded to the nearest minor unit, halves away from zero.
///
/// # Errors
/// If the result does not fit, or `denominator` is not positive.
pub fn ratio(amount: Money, numerator: i64, denominator: i64) -> Result<Money, MoneyError> {
    if denominator <= 0 {
        return Err(MoneyError::Overflow);
    }
    let product = i128::from(amount) * i128::from(numerator);
    let half = i128::from(denominator) / 2 * product.signum();
    // For an odd denominator the half is rounded down, which is right: no half exists then.
    let rounded = (product + half) / i128::from(denominator);
    Money::try_from(rounded).map_err(|_| MoneyError::Overflow)
}

/// Shares `amount` in proportion to `weights` by largest remainder, as the pricing chain does, so that the shares sum to it
/// exactly. Where all weights are 0 every part counts the same; without weights there are no shares.
///
/// # Errors
/// If a weight is below zero, or the weights overflow.
pub fn share(amount: Money, weights: &[Money]) -> Result<Vec<Money>, MoneyError> {
    if weights.is_empty() {
        return Ok(Vec::new());
    }
    boomerang_engine::allocate(amount, weights).ok_or(MoneyError::Overflow)
}

/// Reads an amount such as `12.50`, never through a float.
///
/// # Errors
/// If the text is no amount from 0 to [`MAX_AMOUNT`], or is more precise than the currency.
pub fn parse(text: &str, currency: &str) -> Result<Money, MoneyError> {
    let digits = digits(currency);
    let trimmed = text.trim();
    let (sign, unsigned) = trimmed.strip_prefix('-').map_or((1, trimmed), |rest| (-1, rest));
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let only_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !only_digits(whole) || !only_digits(fraction) || unsigned.ends_with('.') {
        return Err(MoneyError::NotAnAmount(trimmed.to_owned()));
    }
    let width = digits as usize;
    let significant = fraction.trim_end_matches('0');
    if significant.len() > width {
        return Err(MoneyError::TooPrecise { text: trimmed.to_owned(), digits });
    }
    let out_of_range = || MoneyError::OutOfRange(trimmed.to_owned());
    let amount: Money = format!("{whole}{significant:0<width$}").parse().map_err(|_| out_of_range())?;
    if amount > MAX_AMOUNT || (sign < 0 && amount != 0) {
        return Err(out_of_range());
    }
    Ok(amount)
}

/// An amount as plain digits with a point, such as `-3.05`: what [`parse`] reads.
#[must_use]
pub fn plain(amount: Money, currency: &str) -> String {
    let width = digits(currency) as usize;
    let sign = if amount < 0 { "-" } else { "" };
    let text = format!("{:0>least$}", amount.unsigned_abs(), least = width + 1);
    let (whole, fraction) = text.split_at(text.len() - width);
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_read_by_the_digits_of_the_currency() {
        assert_eq!(parse("12.5", "EUR"), Ok(1250));
        assert_eq!(parse(" 12.50000 ", "EUR"), Ok(1250));
        assert_eq!(parse("1200", "JPY"), Ok(1200));
        assert_eq!(parse("1.234", "KWD"), Ok(1234));
        assert_eq!(parse("-0.00", "EUR"), Ok(0));
    }

    #[test]
    fn what_is_no_amount_is_refused_with_a_reason() {
        for text in ["", ".5", "1.", "1,50", "1e3", "€5", "1 000", "NaN", "--1", "١"] {
            assert!(matches!(parse(text, "EUR"), Err(MoneyError::NotAnAmount(_))), "{text}");
        }
        assert!(matches!(parse("1.005", "EUR"), Err(MoneyError::TooPrecise { digits: 2, .. })));
        assert!(matches!(parse("-1", "EUR"), Err(MoneyError::OutOfRange(_))));
        assert!(matches!(parse("99999999999999999999", "EUR"), Err(MoneyError::OutOfRange(_))));
    }

    #[test]
    fn ratios_round_halves_away_from_zero() {
        assert_eq!(ratio(5, 1, 2), Ok(3));
        assert_eq!(ratio(-5, 1, 2), Ok(-3));
        assert_eq!(ratio(4, 1, 3), Ok(1));
        assert_eq!(ratio(5, 1, 3), Ok(2));
        assert_eq!(ratio(i64::MAX, 2, 1), Err(MoneyError::Overflow));
        assert_eq!(ratio(1, 1, 0), Err(MoneyError::Overflow));
    }

    #[test]
    fn shares_sum_to_the_amount() {
        assert_eq!(share(100, &[1, 1, 1]), Ok(vec![34, 33, 33]));
        assert_eq!(share(-10, &[600, 400]), Ok(vec![-6, -4]));
        assert_eq!(share(5, &[]), Ok(vec![]));
        assert_eq!(share(5, &[1, -1]), Err(MoneyError::Overflow));
    }

    proptest! {
        #[test]
        fn plain_text_reads_back(amount in 0..=MAX_AMOUNT, currency in prop::sample::select(vec!["EUR", "JPY", "KWD"])) {
            prop_assert_eq!(parse(&plain(amount, currency), currency), Ok(amount));
        }
    }
}
