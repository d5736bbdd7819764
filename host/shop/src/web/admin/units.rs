//! Amounts as people type them, and as they are kept: whole numbers of a small unit.

use crate::money::Money;

/// Reads a decimal number such as `12.50` or `12,5` as a whole number of units of 10^-`digits`. None for anything else,
/// also for one with more digits behind the point than there are.
pub(super) fn read(text: &str, digits: u32) -> Option<i64> {
    let text = text.trim();
    let (sign, text) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits_only = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let places = usize::try_from(digits).ok()?;
    if whole.is_empty() || !digits_only(whole) || !digits_only(part) || part.len() > places {
        return None;
    }
    let number = format!("{whole}{part:0<places$}");
    number.parse::<i64>().ok().map(|number| sign * number)
}

/// The shortest text that [`read`] takes back: `12.5` as money is `12.50`, a percentage has no needless zeros.
pub(super) fn write(amount: Money, digits: u32, keep_zeros: bool) -> String {
    let unit = 10_u64.pow(digits);
    let sign = if amount < 0 { "-" } else { "" };
    let (whole, part) = (amount.unsigned_abs() / unit, amount.unsigned_abs() % unit);
    if digits == 0 || (part == 0 && !keep_zeros) {
        return format!("{sign}{whole}");
    }
    let text = format!("{sign}{whole}.{part:0width$}", width = digits as usize);
    if keep_zeros { text } else { text.trim_end_matches('0').to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_people_type_is_read() {
        for (text, amount) in
            [("12.50", 1_250), ("12,5", 1_250), ("12", 1_200), ("0.07", 7), ("-3", -300), (" 1.2 ", 120)]
        {
            assert_eq!(read(text, 2), Some(amount), "{text}");
        }
        assert_eq!(read("1250", 0), Some(1_250));
        for wrong in ["", ".", "1.234", "1,2,3", "12 €", "1e3", "--1", "99999999999999999999"] {
            assert_eq!(read(wrong, 2), None, "{wrong}");
        }
    }

    #[test]
    fn percentages_have_no_needless_zeros_and_prices_have_them() {
        assert_eq!((write(2_000, 2, false), write(1_250, 2, false)), ("20".into(), "12.5".into()));
        assert_eq!(
            (write(1_200, 2, true), write(-7, 2, true), write(5, 0, true)),
            ("12.00".into(), "-0.07".into(), "5".into())
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(amount in -1_000_000_000_000_i64..1_000_000_000_000, digits in 0_u32..4, zeros: bool) {
            prop_assert_eq!(read(&write(amount, digits, zeros), digits), Some(amount));
        }
    }
}
