//! When points expire, and where the spans of limits begin and end: in whole days of the shop's time zone, whatever its
//! clocks do on the way.

use boomerang_sdk::time::DAY;
use boomerang_sdk::types::{Fault, Instant};

use crate::date::Date;
use crate::settings::{Expiry, ExpiryPolicy, Span};

/// The clocks of a time zone.
pub trait Zone {
    /// The date that a clock in the zone shows at an instant.
    fn date(&self, at: Instant) -> Result<Date, Fault>;

    /// The instant at which a date begins in the zone. Where clocks change at midnight, the later reading: nothing may
    /// expire before the day before is over.
    fn midnight(&self, date: Date) -> Result<Instant, Fault>;
}

/// When points that become available at `available_at` expire; none for never.
///
/// For expiry by inactivity it is what holds if nothing else is ordered.
pub fn expires_at(zone: &impl Zone, expiry: &Expiry, available_at: Instant) -> Result<Option<Instant>, Fault> {
    if expiry.dry_run {
        return Ok(None);
    }
    planned_expiry(zone, expiry, available_at)
}

/// What [`expires_at`] gives once the dry run is over.
pub fn planned_expiry(zone: &impl Zone, expiry: &Expiry, available_at: Instant) -> Result<Option<Instant>, Fault> {
    if expiry.policy == ExpiryPolicy::Never {
        return Ok(None);
    }
    let from = zone.date(available_at)?;
    let first_day_without = match expiry.policy {
        ExpiryPolicy::Never => return Ok(None),
        // The day itself is not counted, so that the shopper has so many days in full.
        ExpiryPolicy::Days | ExpiryPolicy::Inactivity => from.plus_days(i64::from(expiry.days) + 1),
        ExpiryPolicy::EndOfMonth => from.first_of_month_after(expiry.months.saturating_add(1)),
        ExpiryPolicy::EndOfYear => {
            Date::new(from.year.saturating_add(expiry.years.min(1_000) as i32).saturating_add(1), 1, 1)
        }
    };
    zone.midnight(first_day_without).map(Some)
}

/// When a refund window that opens at `from` is over.
pub fn window_end(from: Instant, days: u32) -> Instant {
    from.saturating_add(Instant::from(days) * DAY)
}

/// The span around an instant: [from, until).
pub fn span(zone: &impl Zone, span: Span, at: Instant) -> Result<(Instant, Instant), Fault> {
    let date = zone.date(at)?;
    let (first, after) = match span {
        Span::Day => (date, date.plus_days(1)),
        Span::Week => (date.monday(), date.monday().plus_days(7)),
        Span::Month => (date.first_of_month_after(0), date.first_of_month_after(1)),
    };
    Ok((zone.midnight(first)?, zone.midnight(after)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::zone;

    fn expiry(policy: ExpiryPolicy) -> Expiry {
        Expiry { policy, days: 30, months: 1, years: 1, dry_run: false, ..Expiry::default() }
    }

    /// When points that become available at a wall time in a zone expire, as a wall time.
    fn expires(name: &str, policy: ExpiryPolicy, available_at: &str) -> String {
        let zone = zone(name);
        let at = expires_at(&zone, &expiry(policy), zone.instant(available_at)).unwrap().unwrap();
        zone.shows(at)
    }

    #[test]
    fn l9_a_lot_has_its_days_in_full() {
        assert_eq!(expires("Europe/Vienna", ExpiryPolicy::Days, "2026-06-01T10:00"), "2026-07-02T00:00");
        assert_eq!(expires("Europe/Vienna", ExpiryPolicy::Days, "2026-06-01T00:00"), "2026-07-02T00:00");
        assert_eq!(expires("Europe/Vienna", ExpiryPolicy::Inactivity, "2026-06-01T23:59"), "2026-07-02T00:00");
    }

    #[test]
    fn l9_midnight_stays_midnight_over_clock_changes() {
        assert_eq!(expires("Europe/Vienna", ExpiryPolicy::Days, "2026-02-27T12:00"), "2026-03-30T00:00");
        assert_eq!(expires("Europe/Vienna", ExpiryPolicy::Days, "2026-09-25T12:00"), "2026-10-26T00:00");
        assert_eq!(expires("Asia/Kolkata", ExpiryPolicy::Days, "2026-09-25T12:00"), "2026-10-26T00:00");
        assert_eq!(expires("Australia/Lord_Howe", ExpiryPolicy::Days, "2026-09-03T12:00"), "2026-10-04T00:00");
    }

    #[test]
    fn l9_a_day_that_begins_at_one_begins_at_one() {
        // Clocks in Cairo go from 24:00 to 01:00 on the last Friday of April.
        assert_eq!(expires("Africa/Cairo", ExpiryPolicy::Days, "2026-03-24T12:00"), "2026-04-24T01:00");
        // On the Azores 01:00 becomes 00:00 again: the second midnight counts.
        let zone = zone("Atlantic/Azores");
        let at = zone.midnight(Date::new(2026, 10, 25)).unwrap();
        assert_eq!(at - zone.midnight(Date::new(2026, 10, 24)).unwrap(), 25 * boomerang_sdk::time::HOUR);
    }

    #[test]
    fn l9_end_of_month_and_of_year() {
        assert_eq!(expires("Europe/Vienna", ExpiryPolicy::EndOfMonth, "2026-12-31T23:30"), "2027-02-01T00:00");
        assert_eq!(expires("Europe/Vienna", ExpiryPolicy::EndOfMonth, "2026-02-01T00:00"), "2026-04-01T00:00");
        assert_eq!(expires("Europe/Vienna", ExpiryPolicy::EndOfYear, "2026-12-31T23:30"), "2028-01-01T00:00");
        // Half past midnight in Vienna is still the year before in London.
        assert_eq!(expires("Europe/London", ExpiryPolicy::EndOfYear, "2026-12-31T23:30"), "2028-01-01T00:00");
    }

    #[test]
    fn l9_nothing_expires_by_default_nor_in_a_dry_run() {
        let zone = zone("Europe/Vienna");
        assert_eq!(expires_at(&zone, &expiry(ExpiryPolicy::Never), 0), Ok(None));
        assert_eq!(expires_at(&zone, &Expiry::default(), 0), Ok(None));
        let dry_run = Expiry { dry_run: true, ..expiry(ExpiryPolicy::Days) };
        assert_eq!(expires_at(&zone, &dry_run, 0), Ok(None));
        assert!(planned_expiry(&zone, &dry_run, 0).unwrap().is_some());
    }

    #[test]
    fn l5_spans_follow_the_shops_calendar() {
        let zone = zone("Europe/Vienna");
        let at = zone.instant("2026-03-29T12:00");
        let shows = |(from, until): (Instant, Instant)| (zone.shows(from), zone.shows(until));
        let wall = |from: &str, until: &str| (from.to_owned(), until.to_owned());
        let day = span(&zone, Span::Day, at).unwrap();
        assert_eq!(shows(day), wall("2026-03-29T00:00", "2026-03-30T00:00"));
        assert_eq!(day.1 - day.0, 23 * boomerang_sdk::time::HOUR);
        assert_eq!(shows(span(&zone, Span::Week, at).unwrap()), wall("2026-03-23T00:00", "2026-03-30T00:00"));
        assert_eq!(shows(span(&zone, Span::Month, at).unwrap()), wall("2026-03-01T00:00", "2026-04-01T00:00"));
    }
}
