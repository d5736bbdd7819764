//! Quiet hours, in the shop's time zone.

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;

use crate::clock::{Instant, MINUTE};
use crate::shops::QuietHours;

/// When the quiet hours end that contain `now`; none if it is not quiet.
pub(crate) fn quiet_until(quiet: &QuietHours, zone: &TimeZone, now: Instant) -> Option<Instant> {
    let local = Timestamp::from_millisecond(now).ok()?.to_zoned(zone.clone());
    let minute = u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
    if !quiet.contain(minute) {
        return None;
    }
    let end =
        Time::new(i8::try_from(quiet.until_minute / 60 % 24).ok()?, i8::try_from(quiet.until_minute % 60).ok()?, 0, 0)
            .ok()?;
    let day = if minute < quiet.until_minute { local.date() } else { local.date().tomorrow().ok()? };
    let until = day.to_datetime(end).to_zoned(zone.clone()).ok()?.timestamp().as_millisecond();
    // When clocks are set back, the end may be read as the first of two equal times, which is over; look again soon.
    Some(until.max(now + MINUTE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse::<jiff::Zoned>().unwrap().timestamp().as_millisecond()
    }

    fn until(quiet: (u16, u16), now: &str) -> Option<Instant> {
        let zone = now.parse::<jiff::Zoned>().unwrap().time_zone().clone();
        quiet_until(&QuietHours { from_minute: quiet.0, until_minute: quiet.1 }, &zone, at(now))
    }

    const NIGHT: (u16, u16) = (21 * 60, 8 * 60);

    #[test]
    fn the_night_ends_in_the_morning_of_the_shop() {
        assert_eq!(until(NIGHT, "2026-03-10T20:59[Europe/Vienna]"), None);
        assert_eq!(until(NIGHT, "2026-03-10T08:00[Europe/Vienna]"), None);
        let morning = Some(at("2026-03-11T08:00[Europe/Vienna]"));
        assert_eq!(until(NIGHT, "2026-03-10T21:00[Europe/Vienna]"), morning);
        assert_eq!(until(NIGHT, "2026-03-11T07:59[Europe/Vienna]"), morning);
        assert_eq!(
            until(NIGHT, "2026-03-10T23:00[Asia/Kolkata]"),
            Some(at("2026-03-11T08:00[Asia/Kolkata]")),
            "in a half-hour zone"
        );
    }

    #[test]
    fn the_night_is_right_when_clocks_change() {
        for night in ["2026-03-28T22:00[Europe/Vienna]", "2026-10-24T22:00[Europe/Vienna]"] {
            let end = until(NIGHT, night).unwrap();
            let local = Timestamp::from_millisecond(end).unwrap().to_zoned(TimeZone::get("Europe/Vienna").unwrap());
            assert_eq!((local.hour(), local.minute()), (8, 0), "{night}");
        }
        let second_time = at("2026-10-25T02:15+01:00[Europe/Vienna]");
        let quiet = QuietHours { from_minute: 60, until_minute: 150 };
        let zone = TimeZone::get("Europe/Vienna").unwrap();
        assert_eq!(quiet_until(&quiet, &zone, second_time), Some(second_time + MINUTE));
    }

    #[test]
    fn a_noon_rest_is_quiet_too_and_no_hours_are_never_quiet() {
        assert_eq!(until((720, 780), "2026-03-10T12:30[UTC]"), Some(at("2026-03-10T13:00[UTC]")));
        assert_eq!(until((0, 0), "2026-03-10T12:30[UTC]"), None);
    }
}
