//! Taking back what an order earned.
//!
//! Points are taken back from the lots that the order earned, pending ones first. What has been spent of such a lot is
//! taken from the holder's other available lots, and what those lack is owed or forgiven. Every such stand-in names the lot
//! it stands in for, so that [`restore`](super::restore) can undo it.

use boomerang_engine::contract::{DeficitPolicy, LineShare};

use super::{Book, Holding, LedgerError, Posting, checked, spend};
use crate::clock::Instant;

/// What an order earned on one line in one lot, less what was taken back of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The lot.
    pub lot: String,
    /// Its account.
    pub account: String,
    /// The order's line; empty for none.
    pub line: String,
    /// When the lot becomes available.
    pub available_at: Instant,
    /// As in [`Lot`](super::Lot).
    pub sequence: i64,
    /// Points that can be taken back.
    pub left: i64,
}

/// Points of one share that are taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenBack {
    /// The share they come from.
    pub share: Share,
    /// How many.
    pub points: i64,
}

/// Shares out what is to be taken back over what the order earned: pending lots first, then the latest.
///
/// # Errors
/// If a line has less left than is asked for.
pub fn allocate(shares: &[Share], lines: &[LineShare]) -> Result<Vec<TakenBack>, LedgerError> {
    let mut open = shares.to_vec();
    // Pending lots are those that become available last.
    open.sort_by(|a, b| (b.available_at, b.sequence, &b.lot).cmp(&(a.available_at, a.sequence, &a.lot)));
    let mut taken = Vec::new();
    for wanted in lines {
        let asked = checked(wanted.points)?;
        let mut missing = asked;
        for share in open.iter_mut().filter(|share| share.line == wanted.line) {
            let points = missing.min(share.left);
            if points > 0 {
                share.left -= points;
                missing -= points;
                taken.push(TakenBack { share: share.clone(), points });
            }
        }
        if missing > 0 {
            let line = wanted.line.clone();
            return Err(LedgerError::NothingToReverse { line, asked, left: asked - missing });
        }
    }
    Ok(taken)
}

/// Takes points of one share back out of its holder's settled holding.
pub fn take_back(holding: &mut Holding, taken: &TakenBack, deficit: DeficitPolicy, now: Instant) -> Vec<Posting> {
    let TakenBack { share, points } = taken;
    let reversed = Posting::new(Book::Reversed, &share.account, *points).of_lot(&share.lot).of_line(&share.line);
    let mut postings = vec![reversed];
    let mut missing = *points;

    if let Some(lot) = holding.lot_mut(&share.lot) {
        let own = missing.min(lot.remaining);
        if own > 0 {
            lot.remaining -= own;
            missing -= own;
            postings.push(Posting::new(Book::Lot, &share.account, -own).of_lot(&share.lot));
        }
    }
    if missing > 0 {
        for part in spend::take(holding, missing, now) {
            missing -= part.points;
            postings.push(part.posting().because_of(&share.lot));
        }
    }
    if missing > 0 {
        let book = match deficit {
            DeficitPolicy::Allow => {
                holding.deficit += missing;
                Book::Deficit
            }
            DeficitPolicy::Clamp => Book::Forgiven,
        };
        postings.push(Posting::new(book, &share.account, -missing).because_of(&share.lot));
    }
    postings
}

#[cfg(test)]
mod tests {
    use super::super::holding::tests::lot;
    use super::*;

    fn share(lot: &str, line: &str, available_at: Instant, left: i64) -> Share {
        Share { lot: lot.into(), account: "acc".into(), line: line.into(), available_at, sequence: 0, left }
    }

    fn line(line: &str, points: u64) -> LineShare {
        LineShare { line: line.into(), points }
    }

    fn total(postings: &[Posting], book: Book) -> i64 {
        postings.iter().filter(|posting| posting.book == book).map(|posting| posting.points).sum()
    }

    #[test]
    fn l7_pending_points_are_taken_back_first() {
        let shares = [share("bonus", "1", 0, 10), share("purchase", "1", 500, 10), share("other-line", "2", 900, 10)];
        let taken = allocate(&shares, &[line("1", 15)]).unwrap();
        let of = |taken: &TakenBack| (taken.share.lot.clone(), taken.points);
        assert_eq!(taken.iter().map(of).collect::<Vec<_>>(), [("purchase".into(), 10), ("bonus".into(), 5)]);
    }

    #[test]
    fn l7_no_more_is_taken_back_than_was_earned() {
        let refused = allocate(&[share("a", "1", 0, 10)], &[line("1", 6), line("1", 6)]);
        assert!(matches!(refused, Err(LedgerError::NothingToReverse { asked: 6, left: 4, .. })));
    }

    #[test]
    fn l8_what_was_spent_is_taken_from_other_lots_and_then_owed_or_forgiven() {
        let taken = TakenBack { share: share("a", "1", 0, 100), points: 100 };
        for (policy, book, deficit) in
            [(DeficitPolicy::Allow, Book::Deficit, 40), (DeficitPolicy::Clamp, Book::Forgiven, 0)]
        {
            let lots = vec![lot("a", 30, 0, None), lot("b", 30, 0, None), lot("pending", 99, 500, None)];
            let mut holding = Holding { lots, ..Holding::default() };
            let postings = take_back(&mut holding, &taken, policy, 10);
            assert_eq!(postings.iter().map(|posting| posting.points).sum::<i64>(), 0);
            assert_eq!((total(&postings, Book::Reversed), total(&postings, Book::Lot)), (100, -60));
            assert_eq!((total(&postings, book), holding.deficit), (-40, deficit));
            assert_eq!(holding.balance(10).pending, 99, "pending points of other orders are left alone");
        }
    }

    #[test]
    fn what_has_expired_of_the_lot_itself_is_taken_back_before_anything_else() {
        let lots = vec![lot("a", 100, 0, Some(5)), lot("b", 100, 0, None)];
        let mut holding = Holding { lots, ..Holding::default() };
        let taken = TakenBack { share: share("a", "1", 0, 100), points: 100 };
        take_back(&mut holding, &taken, DeficitPolicy::Allow, 10);
        assert_eq!(holding.balance(10).available, 100, "who lost points by expiry does not lose them again");
    }
}
