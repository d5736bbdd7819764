//! Numbers and dates as shoppers read them.

use alloc::string::String;

use boomerang_sdk::joined;
use boomerang_sdk::text;
use boomerang_sdk::types::{Fault, Instant};

use crate::calendar::Zone;
use crate::settings::Name;

impl Name {
    /// A number of points, such as `1 point` or `20 points`.
    pub fn count(&self, points: u64) -> String {
        joined!(points, " ", if points == 1 { &self.one } else { &self.many })
    }
}

/// Months in English.
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The day of an instant in the shop's zone, such as `24 December 2026`.
pub fn day(zone: &impl Zone, at: Instant) -> Result<String, Fault> {
    let date = zone.date(at)?;
    Ok(joined!(date.day, " ", month_name(date.month), " ", date.year))
}

/// The last day on which something that ends at `end` still holds.
pub fn last_day(zone: &impl Zone, end: Instant) -> Result<String, Fault> {
    day(zone, end - 1)
}

/// A month's name; `month` counts from 1.
pub fn month_name(month: u8) -> &'static str {
    MONTHS[usize::from(month.clamp(1, 12)) - 1]
}

/// An amount with its currency, such as `12.50 EUR`.
pub fn money(amount: i64, currency: &str) -> String {
    let digits = minor_digits(currency);
    let unit = 10u64.pow(digits);
    let sign = if amount < 0 { "-" } else { "" };
    let (whole, part) = (amount.unsigned_abs() / unit, amount.unsigned_abs() % unit);
    match digits {
        0 => joined!(sign, whole, " ", currency),
        digits => joined!(sign, whole, ".", text::digits(part as i64, digits as usize), " ", currency),
    }
}

/// Digits of the minor unit, as in ISO 4217.
fn minor_digits(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::zone;

    #[test]
    fn money_has_the_digits_of_its_currency() {
        assert_eq!(money(1_250, "EUR"), "12.50 EUR");
        assert_eq!(money(-5, "EUR"), "-0.05 EUR");
        assert_eq!(money(1_250, "JPY"), "1250 JPY");
        assert_eq!(money(1_250, "KWD"), "1.250 KWD");
    }

    #[test]
    fn points_are_counted() {
        let name = Name::default();
        assert_eq!((name.count(1), name.count(20)), ("1 point".into(), "20 points".into()));
    }

    #[test]
    fn days_are_those_of_the_shop() {
        let zone = zone("Europe/Vienna");
        let midnight = zone.instant("2026-12-25T00:00");
        assert_eq!(day(&zone, midnight).unwrap(), "25 December 2026");
        assert_eq!(last_day(&zone, midnight).unwrap(), "24 December 2026");
    }
}
