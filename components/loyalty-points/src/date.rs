//! Calendar dates of the proleptic Gregorian calendar, and the arithmetic that expiry and limits need.

/// A day in no particular time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// The year, such as 2026.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

/// Days in 400 years, after which the calendar repeats.
const DAYS_PER_ERA: i64 = 146_097;

/// Days from 0000-03-01 to 1970-01-01.
const EPOCH: i64 = 719_468;

impl Date {
    /// The date, from its parts.
    pub const fn new(year: i32, month: u8, day: u8) -> Self {
        Self { year, month, day }
    }

    /// Days since 1970-01-01.
    ///
    /// Years are counted from March, so that the leap day is the last of its year and every month starts a fixed number
    /// of days into it.
    pub fn days(self) -> i64 {
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month_from_march = (i64::from(self.month) + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(self.day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * DAYS_PER_ERA + day_of_era - EPOCH
    }

    /// The date that is `days` days after 1970-01-01.
    pub fn from_days(days: i64) -> Self {
        let shifted = days + EPOCH;
        let era = shifted.div_euclid(DAYS_PER_ERA);
        let day_of_era = shifted.rem_euclid(DAYS_PER_ERA);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / (DAYS_PER_ERA - 1)) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = (month_from_march + 2) % 12 + 1;
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        Self::new(year as i32, month as u8, day as u8)
    }

    /// The date `days` later, or earlier where negative.
    pub fn plus_days(self, days: i64) -> Self {
        Self::from_days(self.days() + days)
    }

    /// The first day of the month that is `months` after this one's.
    pub fn first_of_month_after(self, months: u32) -> Self {
        let index = i64::from(self.year) * 12 + i64::from(self.month) - 1 + i64::from(months);
        Self::new(index.div_euclid(12) as i32, index.rem_euclid(12) as u8 + 1, 1)
    }

    /// The Monday of this date's week.
    pub fn monday(self) -> Self {
        // 1970-01-01 was a Thursday, the fourth day of its week.
        self.plus_days(-(self.days() + 3).rem_euclid(7))
    }

    /// Whether the year has a 29 February.
    pub fn is_leap_year(year: i32) -> bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_days() {
        assert_eq!(Date::new(1970, 1, 1).days(), 0);
        assert_eq!(Date::new(2000, 2, 29).days(), 11_016);
        assert_eq!(Date::new(2026, 12, 31).plus_days(1), Date::new(2027, 1, 1));
        assert_eq!(Date::new(2028, 2, 28).plus_days(1), Date::new(2028, 2, 29));
        assert_eq!(Date::new(2100, 2, 28).plus_days(1), Date::new(2100, 3, 1));
    }

    #[test]
    fn weeks_start_on_monday() {
        assert_eq!(Date::new(1970, 1, 1).monday(), Date::new(1969, 12, 29));
        assert_eq!(Date::new(2026, 11, 22).monday(), Date::new(2026, 11, 16));
        assert_eq!(Date::new(2026, 11, 23).monday(), Date::new(2026, 11, 23));
    }

    #[test]
    fn months_carry_into_years() {
        assert_eq!(Date::new(2026, 11, 22).first_of_month_after(0), Date::new(2026, 11, 1));
        assert_eq!(Date::new(2026, 11, 30).first_of_month_after(2), Date::new(2027, 1, 1));
        assert_eq!(Date::new(2026, 12, 1).first_of_month_after(12), Date::new(2027, 12, 1));
    }

    proptest! {
        #[test]
        fn every_day_is_read_back(days in -800_000i64..3_000_000) {
            prop_assert_eq!(Date::from_days(days).days(), days);
        }

        #[test]
        fn dates_order_as_days_do(a in -800_000i64..3_000_000, b in -800_000i64..3_000_000) {
            prop_assert_eq!(Date::from_days(a).cmp(&Date::from_days(b)), a.cmp(&b));
        }
    }
}
