//! What one holder has: lots and a deficit, folded at an instant.

use std::cmp::Ordering;

use super::{Book, Posting};
use crate::clock::Instant;

/// Points that were granted together, with what is left of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lot {
    /// The lot's id.
    pub id: String,
    /// The account it stands in.
    pub account: String,
    /// Grows with every lot of the account. It decides between lots with the same instants, so that the same history
    /// always gives the same book.
    pub sequence: i64,
    /// When it can be spent.
    pub available_at: Instant,
    /// When what is left expires; none for never.
    pub expires_at: Option<Instant>,
    /// What is left, at least 0.
    pub remaining: i64,
}

impl Lot {
    /// The order in which lots are spent: first to expire first.
    #[must_use]
    pub fn by_expiry(&self, other: &Self) -> Ordering {
        let key = |lot: &Self| (lot.expires_at.unwrap_or(Instant::MAX), lot.available_at, lot.sequence);
        key(self).cmp(&key(other)).then_with(|| self.id.cmp(&other.id))
    }

    /// Past its expiry.
    #[must_use]
    pub fn is_expired(&self, now: Instant) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }

    /// Cannot be spent yet, and has not expired.
    #[must_use]
    pub fn is_pending(&self, now: Instant) -> bool {
        now < self.available_at && !self.is_expired(now)
    }

    /// Can be spent.
    #[must_use]
    pub fn is_available(&self, now: Instant) -> bool {
        self.available_at <= now && !self.is_expired(now)
    }
}

/// Everything that one holder has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    /// Lots with something left, in no order.
    pub lots: Vec<Lot>,
    /// What is owed, at least 0.
    pub deficit: i64,
    /// Until when it is posted that lots falling due made good what was owed.
    pub settled_at: Instant,
}

/// What a holding comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// Can be spent, less what is owed.
    pub available: i64,
    /// Granted and not yet available.
    pub pending: i64,
    /// When the next pending points become available.
    pub next_available_at: Option<Instant>,
}

impl Holding {
    /// Lets every lot that became available since `settled_at` make good what is owed, in the order in which they did;
    /// gives the postings. A lot does so at the instant it becomes available, so also when it has expired since.
    pub fn settle(&mut self, now: Instant) -> Vec<Posting> {
        let mut postings = Vec::new();
        if self.deficit > 0 {
            let since = self.settled_at;
            self.lots.sort_by(|a, b| (a.available_at, a.sequence, &a.id).cmp(&(b.available_at, b.sequence, &b.id)));
            for lot in self.lots.iter_mut().filter(|lot| lot.available_at <= now && !lot.is_expired(since)) {
                let points = self.deficit.min(lot.remaining);
                if points > 0 && lot.expires_at.is_none_or(|at| lot.available_at < at) {
                    lot.remaining -= points;
                    self.deficit -= points;
                    postings.push(Posting::new(Book::Lot, &lot.account, -points).of_lot(&lot.id));
                    postings.push(Posting::new(Book::Deficit, &lot.account, points));
                }
            }
        }
        self.settled_at = self.settled_at.max(now);
        postings
    }

    /// The balance of a settled holding.
    #[must_use]
    pub fn balance(&self, now: Instant) -> Balance {
        let sum = |lots: &mut dyn Iterator<Item = &Lot>| lots.map(|lot| lot.remaining).sum::<i64>();
        let pending = || self.lots.iter().filter(|lot| lot.is_pending(now) && lot.remaining > 0);
        Balance {
            available: sum(&mut self.available(now)) - self.deficit,
            pending: sum(&mut pending()),
            next_available_at: pending().map(|lot| lot.available_at).min(),
        }
    }

    /// Lots that can be spent and have something left.
    pub fn available(&self, now: Instant) -> impl Iterator<Item = &Lot> {
        self.lots.iter().filter(move |lot| lot.is_available(now) && lot.remaining > 0)
    }

    /// Sorts the lots into the order in which they are spent: first to expire first.
    pub fn sort_by_expiry(&mut self) {
        self.lots.sort_by(Lot::by_expiry);
    }

    /// The lot of that id.
    pub fn lot_mut(&mut self, id: &str) -> Option<&mut Lot> {
        self.lots.iter_mut().find(|lot| lot.id == id)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn lot(id: &str, remaining: i64, available_at: Instant, expires_at: Option<Instant>) -> Lot {
        Lot { id: id.into(), account: "acc".into(), sequence: 0, available_at, expires_at, remaining }
    }

    #[test]
    fn l3_a_lot_is_pending_then_available_then_expired_by_the_clock_alone() {
        let holding = Holding { lots: vec![lot("a", 10, 100, Some(200))], ..Holding::default() };
        let at = |now| {
            let balance = holding.balance(now);
            (balance.available, balance.pending, balance.next_available_at)
        };
        assert_eq!(at(99), (0, 10, Some(100)));
        assert_eq!(at(100), (10, 0, None));
        assert_eq!(at(199), (10, 0, None));
        assert_eq!(at(200), (0, 0, None));
    }

    #[test]
    fn l8_a_lot_makes_good_a_deficit_when_it_becomes_available_even_if_read_after_its_expiry() {
        let owing = Holding { lots: vec![lot("a", 150, 100, Some(200))], deficit: 100, settled_at: 50 };
        let at = |now| {
            let mut holding = owing.clone();
            holding.settle(now);
            (holding.balance(now).available, holding.deficit)
        };
        assert_eq!(at(99), (-100, 100));
        assert_eq!(at(100), (50, 0));
        assert_eq!(at(200), (0, 0), "only the 50 that were left expire");
    }

    #[test]
    fn l8_a_lot_that_expired_before_the_deficit_arose_makes_nothing_good() {
        let mut holding = Holding { lots: vec![lot("a", 150, 0, Some(40))], deficit: 100, settled_at: 50 };
        assert!(holding.settle(60).is_empty());
        assert_eq!(holding.deficit, 100);
    }

    #[test]
    fn l8_settling_is_double_entry_and_settling_again_changes_nothing() {
        let mut holding =
            Holding { lots: vec![lot("a", 30, 1, None), lot("b", 30, 2, None)], deficit: 40, settled_at: 0 };
        let postings = holding.settle(5);
        assert_eq!(postings.iter().map(|posting| posting.points).sum::<i64>(), 0);
        assert_eq!(holding.lots.iter().map(|lot| lot.remaining).collect::<Vec<_>>(), [0, 20]);
        assert!(holding.settle(5).is_empty());
    }
}
