//! Giving back what an order was paid with: to the lots it came from, with the expiry those have, the last taken first.
//!
//! If a lot's points were meanwhile taken back and something stood in for it, restoring the lot first undoes that, and so
//! on through the lots that stood in. So whoever returns everything ends where they began: nothing forgiven turns into
//! new points, and nothing owed stays owed.

use std::collections::HashMap;

use super::{Book, Holding, LedgerError, Lot, Posting};

/// What an order took out of one lot, less what was given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spent {
    /// The lot; its `remaining` is not looked at.
    pub lot: Lot,
    /// Points that can be given back.
    pub left: i64,
}

/// Something that made up for points missing from a lot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandIn {
    /// Forgiven, owed, or taken from another lot.
    pub book: Book,
    /// The account concerned.
    pub account: String,
    /// The other lot; its `remaining` is not looked at.
    pub lot: Option<Lot>,
    /// How much, at least 1.
    pub points: i64,
}

/// What stands in for each lot of a holder, by the lot's id.
pub type StandIns = HashMap<String, Vec<StandIn>>;

/// Gives points back. `spent` is in the order in which the lots were taken.
///
/// # Errors
/// If the order was paid with fewer points; nothing is changed then.
pub fn restore(
    holding: &mut Holding,
    spent: &[Spent],
    stand_ins: &mut StandIns,
    points: i64,
) -> Result<Vec<Posting>, LedgerError> {
    let left: i64 = spent.iter().map(|spent| spent.left).sum();
    if points > left {
        return Err(LedgerError::NothingToRestore { asked: points, left });
    }
    // The last to stand in is the first to be undone: what was forgiven or owed, then the lots that expire last.
    for candidates in stand_ins.values_mut() {
        candidates.sort_by(|a, b| match (&a.lot, &b.lot) {
            (Some(a), Some(b)) => b.by_expiry(a),
            (a, b) => a.is_some().cmp(&b.is_some()),
        });
    }
    let mut missing = points;
    let mut postings = Vec::new();
    for source in spent.iter().rev() {
        let part = missing.min(source.left);
        if part > 0 {
            missing -= part;
            postings.push(Posting::new(Book::Spent, &source.lot.account, -part).of_lot(&source.lot.id));
            let back = Posting::new(Book::Lot, &source.lot.account, part).of_lot(&source.lot.id);
            credit(holding, &source.lot, stand_ins, back, &mut postings);
        }
    }
    Ok(postings)
}

/// Puts points into a lot, from where they go on to whatever stands in for it.
fn credit(holding: &mut Holding, lot: &Lot, stand_ins: &mut StandIns, credit: Posting, postings: &mut Vec<Posting>) {
    let mut points = credit.points;
    postings.push(credit);
    add(holding, lot, points);
    // Every round uses up some of the stand-ins, so this ends even where lots stood in for each other.
    while let Some((stand_in, part)) = next_to_undo(holding, lot, stand_ins, points) {
        points -= part;
        add(holding, lot, -part);
        postings.push(Posting::new(Book::Lot, &lot.account, -part).of_lot(&lot.id));
        let undone = Posting::new(stand_in.book, &stand_in.account, part).because_of(&lot.id);
        if let Some(other) = &stand_in.lot {
            self::credit(holding, other, stand_ins, undone.of_lot(&other.id), postings);
            continue;
        }
        if stand_in.book == Book::Deficit {
            holding.deficit -= part;
        }
        postings.push(undone);
    }
}

fn next_to_undo(holding: &Holding, lot: &Lot, stand_ins: &mut StandIns, points: i64) -> Option<(StandIn, i64)> {
    stand_ins.get_mut(&lot.id)?.iter_mut().find_map(|stand_in| {
        let limit = match stand_in.book {
            // What was owed may have been made good since.
            Book::Deficit => holding.deficit.min(stand_in.points),
            _ => stand_in.points,
        };
        let part = points.min(limit);
        stand_in.points -= part.max(0);
        (part > 0).then(|| (stand_in.clone(), part))
    })
}

fn add(holding: &mut Holding, lot: &Lot, points: i64) {
    match holding.lot_mut(&lot.id) {
        Some(lot) => lot.remaining += points,
        None => holding.lots.push(Lot { remaining: points, ..lot.clone() }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::holding::tests::lot;
    use super::*;

    fn spent(lot: Lot, left: i64) -> Spent {
        Spent { lot, left }
    }

    fn stand_in(book: Book, points: i64, lot: Option<Lot>) -> StandIn {
        StandIn { book, account: "acc".into(), lot, points }
    }

    #[test]
    fn l7_spent_points_go_back_to_their_lots_with_their_expiry_the_last_taken_first() {
        let sources = [spent(lot("soon", 0, 0, Some(50)), 10), spent(lot("late", 0, 0, Some(90)), 10)];
        let mut holding = Holding::default();
        restore(&mut holding, &sources, &mut StandIns::new(), 15).unwrap();
        let found = |id: &str| holding.lots.iter().find(|lot| lot.id == id).cloned().unwrap();
        assert_eq!(found("late"), lot("late", 10, 0, Some(90)));
        assert_eq!(found("soon"), lot("soon", 5, 0, Some(50)));
        assert_eq!(holding.balance(60).available, 10, "what went back to an expired lot has expired");
    }

    #[test]
    fn l7_no_more_is_given_back_than_was_spent() {
        let mut holding = Holding::default();
        let refused = restore(&mut holding, &[spent(lot("a", 0, 0, None), 10)], &mut StandIns::new(), 11);
        assert!(matches!(refused, Err(LedgerError::NothingToRestore { asked: 11, left: 10 })));
        assert_eq!(holding, Holding::default());
    }

    #[test]
    fn l11_what_was_forgiven_does_not_come_back_as_points() {
        let mut stand_ins = StandIns::from([("a".into(), vec![stand_in(Book::Forgiven, 60, None)])]);
        let mut holding = Holding::default();
        let postings = restore(&mut holding, &[spent(lot("a", 0, 0, None), 100)], &mut stand_ins, 100).unwrap();
        assert_eq!(postings.iter().map(|posting| posting.points).sum::<i64>(), 0);
        assert_eq!(holding.balance(0).available, 40);
    }

    #[test]
    fn l8_what_is_owed_for_a_lot_is_made_good_even_if_the_lot_has_expired() {
        let mut stand_ins = StandIns::from([("a".into(), vec![stand_in(Book::Deficit, 100, None)])]);
        let mut holding = Holding { deficit: 100, ..Holding::default() };
        restore(&mut holding, &[spent(lot("a", 0, 0, Some(5)), 100)], &mut stand_ins, 100).unwrap();
        assert_eq!((holding.deficit, holding.balance(10).available), (0, 0));
    }

    #[test]
    fn l11_points_that_stood_in_go_on_to_what_stood_in_for_them() {
        let other = lot("b", 0, 0, None);
        let mut stand_ins = StandIns::from([
            ("a".into(), vec![stand_in(Book::Lot, 60, Some(other))]),
            ("b".into(), vec![stand_in(Book::Deficit, 50, None)]),
        ]);
        let mut holding = Holding { deficit: 50, ..Holding::default() };
        let postings = restore(&mut holding, &[spent(lot("a", 0, 0, None), 60)], &mut stand_ins, 60).unwrap();
        assert_eq!(postings.iter().map(|posting| posting.points).sum::<i64>(), 0);
        assert_eq!((holding.deficit, holding.balance(0).available), (0, 10));
    }
}
