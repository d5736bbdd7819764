//! Numbers in words, for extensions that want to stay small.
//!
//! `format!` brings five kilobytes of code with it, and every use of it some more. Where a text is only put together, the
//! parts can be joined with [`concat`](slice::concat), numbers among them:
//!
//! ```
//! use boomerang_sdk::text::number;
//!
//! assert_eq!(["Only ", &number(3), " left"].concat(), "Only 3 left");
//! ```

use alloc::string::String;

/// A whole number in decimal digits.
pub fn number(value: i64) -> String {
    digits(value, 1)
}

/// A whole number in at least so many decimal digits, with zeros before it, as minutes and cents have.
///
/// ```
/// assert_eq!(boomerang_sdk::text::digits(7, 2), "07");
/// assert_eq!(boomerang_sdk::text::digits(-123, 2), "-123");
/// ```
pub fn digits(value: i64, least: usize) -> String {
    let mut rest = value.unsigned_abs();
    let mut length = 0;
    // No number of 64 bits has more than 20.
    let mut reversed = [b'0'; 20];
    while rest > 0 {
        reversed[length] += (rest % 10) as u8;
        rest /= 10;
        length += 1;
    }
    let mut text = String::new();
    if value < 0 {
        text.push('-');
    }
    for digit in reversed[..length.max(least).min(reversed.len())].iter().rev() {
        text.push(char::from(*digit));
    }
    text
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_reads_as_format_writes_it(value: i64, least in 1..15_usize) {
            prop_assert_eq!(number(value), format!("{}", value));
            // There the sign counts as a digit.
            let width = least + usize::from(value < 0);
            prop_assert_eq!(digits(value, least), format!("{value:0width$}"));
        }
    }

    #[test]
    fn the_extremes_fit() {
        for value in [0, i64::MIN, i64::MAX] {
            assert_eq!(number(value), format!("{value}"));
        }
        assert_eq!(digits(0, 99).len(), 20);
    }
}
