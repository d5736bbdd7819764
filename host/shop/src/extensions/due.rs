//! When an entry of a manifest's schedule is due next.

use boomerang_engine::Every;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::clock::{DAY, HOUR, Instant, MINUTE};

/// The first time after `after` at which an entry is due. `daily` keeps the wall clock of the shop's zone: a time that a
/// clock change skips is taken as the same distance after the change, one that comes twice is taken the first time. The
/// other forms count in UTC.
#[must_use]
pub fn next(every: Every, after: Instant, zone: &str) -> Instant {
    match every {
        Every::Hourly => after.div_euclid(HOUR).saturating_add(1).saturating_mul(HOUR),
        Every::Minutes(minutes) => after.saturating_add(i64::from(minutes) * MINUTE),
        Every::Daily { hour, minute } => {
            let (hour, minute) = (i8::try_from(hour).unwrap_or(0), i8::try_from(minute).unwrap_or(0));
            daily(after, zone, hour, minute).unwrap_or(after.saturating_add(DAY))
        }
    }
}

fn daily(after: Instant, zone: &str, hour: i8, minute: i8) -> Option<Instant> {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let today = Timestamp::from_millisecond(after).ok()?.to_zoned(zone.clone()).date();
    for days in 0..=2 {
        let wall = today.checked_add(days.days()).ok()?.at(hour, minute, 0, 0);
        let at = zone.to_ambiguous_zoned(wall).compatible().ok()?.timestamp().as_millisecond();
        if at > after {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn hourly_is_the_next_full_hour_and_minutes_count_from_the_last_time() {
        let after = at("2026-03-28T02:10:00Z");
        assert_eq!(next(Every::Hourly, after, "UTC"), at("2026-03-28T03:00:00Z"));
        assert_eq!(next(Every::Minutes(15), after, "UTC"), at("2026-03-28T02:25:00Z"));
    }

    #[test]
    fn daily_keeps_the_wall_clock_over_both_clock_changes() {
        let daily = Every::Daily { hour: 3, minute: 0 };
        assert_eq!(next(daily, at("2026-03-28T02:00:00Z"), "Europe/Vienna"), at("2026-03-29T01:00:00Z"));
        assert_eq!(next(daily, at("2026-10-24T01:00:00Z"), "Europe/Vienna"), at("2026-10-25T02:00:00Z"));
    }

    #[test]
    fn daily_in_a_gap_and_in_an_overlap_comes_once() {
        let daily = Every::Daily { hour: 2, minute: 30 };
        let in_gap = next(daily, at("2026-03-29T00:00:00Z"), "Europe/Vienna");
        assert_eq!(in_gap, at("2026-03-29T01:30:00Z"));
        assert_eq!(next(daily, in_gap, "Europe/Vienna"), at("2026-03-30T00:30:00Z"));
        let first = next(daily, at("2026-10-24T12:00:00Z"), "Europe/Vienna");
        assert_eq!(first, at("2026-10-25T00:30:00Z"));
        assert_eq!(next(daily, first, "Europe/Vienna"), at("2026-10-26T01:30:00Z"));
    }
}
