//! What the points of a shop amount to: the trial balance, the liability by month of expiry, and breakage.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::clock::Instant;

/// The books of a shop at an instant. `issued = spent + expired + reversed + outstanding`, always.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Books {
    /// Granted in all.
    pub issued: i64,
    /// Paid with, less what was given back.
    pub spent: i64,
    /// Lapsed unused.
    pub expired: i64,
    /// Taken back, less what was let go.
    pub reversed: i64,
    /// Still owed to holders: available, pending and held points, less what holders owe.
    pub outstanding: i64,
    /// The part of `outstanding` that is not available yet.
    pub pending: i64,
    /// The part of `outstanding` kept for addresses that are not proved.
    pub held: i64,
    /// What holders owe.
    pub deficit: i64,
    /// What every posting sums to: 0.
    pub difference: i64,
    /// Outstanding points by the month in which they expire, without deficits.
    pub liability: Vec<MonthOfExpiry>,
    /// The part of the points no longer outstanding that lapsed, in basis points.
    pub breakage_basis_points: u32,
}

/// Points that expire in one month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MonthOfExpiry {
    /// Such as `2026-03`, in the shop's time zone; none for points that never expire.
    pub month: Option<String>,
    /// How many.
    pub points: i64,
}

/// What is left of all lots with the same instants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remainder {
    /// When they expire.
    pub expires_at: Option<Instant>,
    /// They can be spent.
    pub available: bool,
    /// They are kept for an address that is not proved.
    pub held: bool,
    /// Nobody holds them any more: their holder was erased.
    pub forgotten: bool,
    /// How many.
    pub points: i64,
}

/// Sums of whole books.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Of [`Book::Issued`](super::Book::Issued), below zero.
    pub issued: i64,
    /// Of [`Book::Spent`](super::Book::Spent).
    pub spent: i64,
    /// Of [`Book::Reversed`](super::Book::Reversed) and [`Book::Forgiven`](super::Book::Forgiven).
    pub reversed: i64,
    /// Of deficits of holders, below zero.
    pub deficit: i64,
    /// Of deficits that nobody owes any more, below zero.
    pub forgotten_deficit: i64,
    /// Of every posting.
    pub everything: i64,
}

impl Books {
    /// Draws up the books. A lot that nobody holds any more has lapsed, and a deficit that nobody owes is let go.
    #[must_use]
    pub fn draw_up(sums: Sums, lots: &[Remainder], zone: &TimeZone, now: Instant) -> Self {
        let mut books = Self {
            issued: -sums.issued,
            spent: sums.spent,
            reversed: sums.reversed + sums.forgotten_deficit,
            deficit: -sums.deficit,
            outstanding: sums.deficit,
            difference: sums.everything,
            ..Self::default()
        };
        let mut months = BTreeMap::<(bool, Option<String>), i64>::new();
        for lot in lots {
            if lot.forgotten || lot.expires_at.is_some_and(|at| at <= now) {
                books.expired += lot.points;
                continue;
            }
            books.outstanding += lot.points;
            if lot.held {
                books.held += lot.points;
            } else if !lot.available {
                books.pending += lot.points;
            }
            let month = lot.expires_at.map(|at| month(at, zone));
            *months.entry((month.is_none(), month)).or_default() += lot.points;
        }
        books.liability = months
            .into_iter()
            .filter(|(_, points)| *points != 0)
            .map(|((_, month), points)| MonthOfExpiry { month, points })
            .collect();
        books.breakage_basis_points = share(books.expired, books.expired.saturating_add(books.spent));
        books
    }

    /// Whether nothing has been lost or made up.
    #[must_use]
    pub fn balances(&self) -> bool {
        self.difference == 0 && self.issued == self.spent + self.expired + self.reversed + self.outstanding
    }
}

fn month(at: Instant, zone: &TimeZone) -> String {
    let local = Timestamp::from_millisecond(at).unwrap_or(Timestamp::MAX).to_zoned(zone.clone());
    format!("{:04}-{:02}", local.year(), local.month())
}

fn share(part: i64, whole: i64) -> u32 {
    if whole <= 0 {
        return 0;
    }
    let share = i128::from(part.max(0)) * 10_000 / i128::from(whole);
    u32::try_from(share).unwrap_or(10_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l14_liability_is_by_month_of_expiry_in_the_shops_time_zone() {
        let lot = |expires_at, points| Remainder { expires_at, available: true, held: false, forgotten: false, points };
        // 2026-03-31T22:30Z is already April in Vienna.
        let lots = [lot(Some(1_774_996_200_000), 5), lot(Some(1_774_900_000_000), 7), lot(None, 11), lot(Some(9), 3)];
        let zone = TimeZone::get("Europe/Vienna").unwrap();
        let books = Books::draw_up(Sums { issued: -26, ..Sums::default() }, &lots, &zone, 10);
        let months: Vec<_> = books.liability.iter().map(|month| (month.month.as_deref(), month.points)).collect();
        assert_eq!(months, [(Some("2026-03"), 7), (Some("2026-04"), 5), (None, 11)]);
        assert_eq!((books.expired, books.outstanding, books.breakage_basis_points), (3, 23, 10_000));
        assert!(books.balances());
    }

    #[test]
    fn l14_books_that_lost_points_do_not_balance() {
        let books = Books::draw_up(Sums { issued: -5, ..Sums::default() }, &[], &TimeZone::UTC, 0);
        assert!(!books.balances());
    }
}
