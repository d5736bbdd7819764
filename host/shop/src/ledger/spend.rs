//! Which lots points are taken from.

use super::{Book, Holding, LedgerError, Posting};
use crate::clock::Instant;

/// Takes points from the available lots, first to expire first, into the book of spent points. `reserved` points are kept
/// for others.
///
/// # Errors
/// If fewer points are available; the holding is unchanged then.
pub fn spend(holding: &mut Holding, points: i64, reserved: i64, now: Instant) -> Result<Vec<Posting>, LedgerError> {
    let available = holding.balance(now).available - reserved;
    if points > available {
        return Err(LedgerError::NotEnough { asked: points, available: available.max(0) });
    }
    let parts = take(holding, points, now);
    Ok(parts
        .iter()
        .flat_map(|part| [part.posting(), Posting::new(Book::Spent, &part.account, part.points).of_lot(&part.lot)])
        .collect())
}

/// Points taken out of one lot.
pub(super) struct Part {
    pub(super) account: String,
    pub(super) lot: String,
    pub(super) points: i64,
}

impl Part {
    /// The lot's side of the movement.
    pub(super) fn posting(&self) -> Posting {
        Posting::new(Book::Lot, &self.account, -self.points).of_lot(&self.lot)
    }
}

/// Takes up to `points` points out of the available lots, first to expire first.
pub(super) fn take(holding: &mut Holding, points: i64, now: Instant) -> Vec<Part> {
    holding.sort_by_expiry();
    let mut missing = points;
    let mut parts = Vec::new();
    for lot in holding.lots.iter_mut().filter(|lot| lot.is_available(now)) {
        let points = missing.min(lot.remaining);
        if points > 0 {
            lot.remaining -= points;
            missing -= points;
            parts.push(Part { account: lot.account.clone(), lot: lot.id.clone(), points });
        }
    }
    parts
}

/// Takes points away from the available lots for no order: a correction by staff.
///
/// # Errors
/// If fewer points are available; the holding is unchanged then.
pub fn withdraw(holding: &mut Holding, points: i64, now: Instant) -> Result<Vec<Posting>, LedgerError> {
    let available = holding.balance(now).available;
    if points > available {
        return Err(LedgerError::NotEnough { asked: points, available: available.max(0) });
    }
    let parts = take(holding, points, now);
    Ok(parts
        .iter()
        .flat_map(|part| [part.posting(), Posting::new(Book::Reversed, &part.account, part.points)])
        .collect())
}

#[cfg(test)]
mod tests {
    use super::super::holding::tests::lot;
    use super::*;

    #[test]
    fn l9_the_first_to_expire_is_spent_first_and_what_never_expires_last() {
        let lots = vec![lot("never", 5, 0, None), lot("late", 5, 0, Some(90)), lot("soon", 5, 0, Some(50))];
        let mut holding = Holding { lots, ..Holding::default() };
        spend(&mut holding, 12, 0, 10).unwrap();
        let left = |id: &str| holding.lots.iter().find(|lot| lot.id == id).unwrap().remaining;
        assert_eq!((left("soon"), left("late"), left("never")), (0, 0, 3));
    }

    #[test]
    fn pending_expired_owed_and_reserved_points_cannot_be_spent() {
        let lots = vec![lot("pending", 5, 99, None), lot("expired", 5, 0, Some(10)), lot("good", 5, 0, None)];
        let mut holding = Holding { lots, deficit: 1, settled_at: 10 };
        let before = holding.clone();
        let refused = spend(&mut holding, 3, 2, 10);
        assert!(matches!(refused, Err(LedgerError::NotEnough { asked: 3, available: 2 })));
        assert_eq!(holding, before);
        assert!(spend(&mut holding, 2, 2, 10).is_ok());
    }
}
