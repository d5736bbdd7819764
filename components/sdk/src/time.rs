//! Spans of time, and wall-clock times as merchants write them.

use crate::time_zones::LocalTime;
use crate::types::Instant;

/// A second, in the unit of [`Instant`].
pub const SECOND: Instant = 1_000;
/// A minute.
pub const MINUTE: Instant = 60 * SECOND;
/// An hour.
pub const HOUR: Instant = 60 * MINUTE;
/// Twenty-four hours, which is not always the time from one midnight to the next: ask
/// [`time_zones`](crate::time_zones) for that.
pub const DAY: Instant = 24 * HOUR;

/// Reads `2026-11-27T09:00` or `2026-11-27T09:00:00`: the form in which a browser's date and time input gives a wall
/// time. None for any other form, and for a date or a time that no calendar or clock shows.
pub fn parse_local(text: &str) -> Option<LocalTime> {
    let text = text.as_bytes();
    // The marks between the numbers, each behind two digits; the year has two more.
    let marks: &[u8] = match text.len() {
        16 => b"--T:",
        19 => b"--T::",
        _ => return None,
    };
    let marked = marks.iter().zip((4..).step_by(3)).all(|(mark, at)| text[at] == *mark);
    let number = |at: usize| {
        let (tens, units) = (text[at].wrapping_sub(b'0'), text[at + 1].wrapping_sub(b'0'));
        (tens < 10 && units < 10).then(|| tens * 10 + units)
    };
    let time = LocalTime {
        year: i32::from(number(0)?) * 100 + i32::from(number(2)?),
        month: number(5)?,
        day: number(8)?,
        hour: number(11)?,
        minute: number(14)?,
        second: if text.len() == 19 { number(17)? } else { 0 },
    };
    let exists = (1..=12).contains(&time.month)
        && (1..=days_in_month(time.year, time.month)).contains(&time.day)
        && time.hour < 24
        && time.minute < 60
        && time.second < 60;
    (marked && exists).then_some(time)
}

/// How many days a month of the Gregorian calendar has. `month` counts from 1.
pub const fn days_in_month(year: i32, month: u8) -> u8 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_time_is_read_with_and_without_seconds() {
        let time = LocalTime { year: 2026, month: 11, day: 27, hour: 9, minute: 5, second: 0 };
        assert_eq!(parse_local("2026-11-27T09:05"), Some(time));
        assert_eq!(parse_local("2026-11-27T09:05:07"), Some(LocalTime { second: 7, ..time }));
    }

    #[test]
    fn what_no_clock_shows_is_refused() {
        for text in [
            "",
            "2026-11-27",
            "2026-11-27 09:00",
            "2026-11-31T09:00",
            "2026-13-01T09:00",
            "2026-02-29T09:00",
            "2026-11-27T24:00",
            "2026-11-27T09:60",
            "2026-11-27T09:00:60",
            "2026-11-27T9:00",
            "2026-11-27T09:00Z",
            "+026-11-27T09:00",
            "2026-11-27T09:00:00.5",
        ] {
            assert_eq!(parse_local(text), None, "{text}");
        }
        assert!(parse_local("2028-02-29T09:00").is_some());
        assert!(parse_local("1900-02-29T09:00").is_none());
        assert!(parse_local("2000-02-29T09:00").is_some());
    }
}
