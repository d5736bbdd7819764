//! Texts put together without `core::fmt`, for extensions that want to stay small.
//!
//! `format!` brings five kilobytes of code with it, and every use of it some more. [`joined!`](crate::joined) only puts
//! texts and whole numbers one after the other:
//!
//! ```
//! use boomerang_sdk::joined;
//!
//! let (units, goods) = (3, String::from("pens"));
//! assert_eq!(joined!("Only ", units, " ", goods, " left"), "Only 3 pens left");
//! ```

use alloc::string::String;

/// A part of a text.
pub trait Part {
    /// Puts it at the end of a text.
    fn add_to(&self, text: &mut String);
}

/// Puts parts one after the other; see [`text`](crate::text).
#[macro_export]
macro_rules! joined {
    ($($part:expr),+ $(,)?) => {{
        let mut text = $crate::text::empty();
        $($crate::text::Part::add_to(&$part, &mut text);)+
        text
    }};
}

/// An empty text, for [`joined!`](crate::joined) to begin with.
#[doc(hidden)]
pub const fn empty() -> String {
    String::new()
}

impl Part for str {
    #[inline(never)]
    fn add_to(&self, text: &mut String) {
        text.push_str(self);
    }
}

impl Part for String {
    fn add_to(&self, text: &mut String) {
        self.as_str().add_to(text);
    }
}

impl<T: Part + ?Sized> Part for &T {
    fn add_to(&self, text: &mut String) {
        (*self).add_to(text);
    }
}

/// Whole numbers are written in decimal digits.
macro_rules! numbers {
    ($($number:ty),+) => {
        $(impl Part for $number {
            fn add_to(&self, text: &mut String) {
                add_digits(text, i64::from(*self), 1);
            }
        })+
    };
}

numbers!(i64, i32, i16, u32, u16, u8);

impl Part for u64 {
    fn add_to(&self, text: &mut String) {
        add_magnitude(text, *self, 1);
    }
}

impl Part for usize {
    fn add_to(&self, text: &mut String) {
        (*self as u64).add_to(text);
    }
}

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
    let mut text = String::new();
    add_digits(&mut text, value, least);
    text
}

#[inline(never)]
fn add_digits(text: &mut String, value: i64, least: usize) {
    if value < 0 {
        text.push('-');
    }
    add_magnitude(text, value.unsigned_abs(), least);
}

#[inline(never)]
fn add_magnitude(text: &mut String, mut rest: u64, least: usize) {
    let mut length = 0;
    // No number of 64 bits has more than 20.
    let mut reversed = [b'0'; 20];
    while rest > 0 {
        reversed[length] += (rest % 10) as u8;
        rest /= 10;
        length += 1;
    }
    for digit in reversed[..length.max(least).min(reversed.len())].iter().rev() {
        text.push(char::from(*digit));
    }
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
    fn parts_of_every_kind_are_joined() {
        assert_eq!(
            joined!("a", String::from("b"), &"c", -1_i64, 2_u32, 3_usize, u64::MAX),
            "abc-12318446744073709551615"
        );
    }

    #[test]
    fn the_extremes_fit() {
        for value in [0, i64::MIN, i64::MAX] {
            assert_eq!(number(value), format!("{value}"));
        }
        assert_eq!(digits(0, 99).len(), 20);
    }
}
