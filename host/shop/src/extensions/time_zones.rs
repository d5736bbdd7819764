//! `time-zones`: wall-clock times and instants, from the IANA database that the program carries.

use async_trait::async_trait;
use boomerang_engine::capability::TimeZones;
use boomerang_engine::contract::{Fault, Instant, LocalTime, Resolved};
use boomerang_engine::{Read, Scope};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

/// The bundled time-zone database.
#[derive(Clone, Copy, Debug, Default)]
pub struct BundledTimeZones;

#[async_trait]
impl TimeZones for BundledTimeZones {
    async fn resolve(&self, _: &Scope, zone: &str, time: LocalTime) -> Result<Read<Resolved>, Fault> {
        resolve(zone, time).map(Read::from)
    }

    async fn to_local(&self, _: &Scope, zone: &str, at: Instant) -> Result<Read<LocalTime>, Fault> {
        to_local(zone, at).map(Read::from)
    }
}

/// The instants that a wall-clock time in a zone may mean.
///
/// # Errors
/// `unknown-zone` or `out-of-range`.
pub fn resolve(zone: &str, time: LocalTime) -> Result<Resolved, Fault> {
    let civil = civil(time)?;
    let ambiguous = find(zone)?.to_ambiguous_timestamp(civil);
    let at = |offset: jiff::tz::Offset| {
        offset.to_timestamp(civil).map(|timestamp| timestamp.as_millisecond()).map_err(|_| out_of_range())
    };
    Ok(match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { offset } => Resolved { earlier: at(offset)?, later: at(offset)?, in_gap: false },
        // Clocks set forward: with the offset after the gap the time lies before the change, with the one before it, after.
        AmbiguousOffset::Gap { before, after } => Resolved { earlier: at(after)?, later: at(before)?, in_gap: true },
        AmbiguousOffset::Fold { before, after } => Resolved { earlier: at(before)?, later: at(after)?, in_gap: false },
    })
}

/// What a clock in a zone shows at an instant, to the second.
///
/// # Errors
/// `unknown-zone` or `out-of-range`.
pub fn to_local(zone: &str, at: Instant) -> Result<LocalTime, Fault> {
    let timestamp = jiff::Timestamp::from_millisecond(at).map_err(|_| out_of_range())?;
    let local = find(zone)?.to_datetime(timestamp);
    Ok(LocalTime {
        year: i32::from(local.year()),
        month: local.month().unsigned_abs(),
        day: local.day().unsigned_abs(),
        hour: local.hour().unsigned_abs(),
        minute: local.minute().unsigned_abs(),
        second: local.second().unsigned_abs(),
    })
}

/// What a clock in a zone shows at an instant, as settings have it: `2026-11-27T18:00`.
///
/// # Errors
/// `unknown-zone` or `out-of-range`.
pub fn wall_clock(zone: &str, at: Instant) -> Result<String, Fault> {
    let local = to_local(zone, at)?;
    Ok(format!("{:04}-{:02}-{:02}T{:02}:{:02}", local.year, local.month, local.day, local.hour, local.minute))
}

fn find(zone: &str) -> Result<TimeZone, Fault> {
    TimeZone::get(zone).map_err(|_| {
        let shown: String = zone.chars().filter(|letter| !letter.is_control()).take(64).collect();
        Fault::new("unknown-zone", format!("there is no time zone `{shown}`; use an IANA name such as Europe/Vienna"))
    })
}

fn civil(time: LocalTime) -> Result<DateTime, Fault> {
    let year = i16::try_from(time.year).map_err(|_| out_of_range())?;
    let small = |value: u8| i8::try_from(value).map_err(|_| out_of_range());
    DateTime::new(
        year,
        small(time.month)?,
        small(time.day)?,
        small(time.hour)?,
        small(time.minute)?,
        small(time.second)?,
        0,
    )
    .map_err(|_| out_of_range())
}

fn out_of_range() -> Fault {
    Fault::new("out-of-range", "there is no such date or time; check year, month, day, hour, minute and second")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(month: u8, day: u8, hour: u8, minute: u8) -> LocalTime {
        LocalTime { year: 2026, month, day, hour, minute, second: 0 }
    }

    fn instant(text: &str) -> Instant {
        text.parse::<jiff::Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn f1_a_plain_wall_time_has_one_instant() {
        let resolved = resolve("Europe/Vienna", local(6, 1, 12, 0)).unwrap();
        assert_eq!((resolved.earlier, resolved.in_gap), (instant("2026-06-01T10:00:00Z"), false));
        assert_eq!(resolved.earlier, resolved.later);
    }

    #[test]
    fn f1_a_gap_is_named_and_lies_on_both_sides_of_the_change() {
        let resolved = resolve("Europe/Vienna", local(3, 29, 2, 30)).unwrap();
        assert!(resolved.in_gap);
        assert_eq!(resolved.earlier, instant("2026-03-29T00:30:00Z"));
        assert_eq!(resolved.later, instant("2026-03-29T01:30:00Z"));
    }

    #[test]
    fn f1_an_overlap_gives_both_instants_in_order() {
        let resolved = resolve("Europe/Vienna", local(10, 25, 2, 30)).unwrap();
        assert!(!resolved.in_gap);
        assert_eq!(resolved.earlier, instant("2026-10-25T00:30:00Z"));
        assert_eq!(resolved.later, instant("2026-10-25T01:30:00Z"));
    }

    #[test]
    fn f1_half_hour_zones_are_exact() {
        let resolved = resolve("Asia/Kolkata", local(6, 1, 12, 0)).unwrap();
        assert_eq!(resolved.earlier, instant("2026-06-01T06:30:00Z"));
        assert_eq!(to_local("Asia/Kolkata", resolved.earlier).unwrap().minute, 0);
    }

    #[test]
    fn what_does_not_exist_is_a_fault() {
        assert_eq!(resolve("Mars/Olympus", local(6, 1, 12, 0)).unwrap_err().code, "unknown-zone");
        assert_eq!(resolve("Europe/Vienna", local(2, 30, 12, 0)).unwrap_err().code, "out-of-range");
        assert_eq!(to_local("Europe/Vienna", i64::MAX).unwrap_err().code, "out-of-range");
    }
}
