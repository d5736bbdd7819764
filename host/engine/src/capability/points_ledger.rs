//! `points-ledger`: grant points, take them back, give them back, extend them.

use super::check;
use crate::call::state::CallState;
use crate::contract::bindings::boomerang::shop::points_ledger::Host;
use crate::contract::{DeficitPolicy, Fault, Grant, Instant, LineShare, Restoration, Reversal};
use crate::effect::Effect;
use crate::point::Capability;

/// More points than any shop grants at once; sums of them stay far from overflow.
const MOST_POINTS: u64 = 1_000_000_000_000;
const REASON: usize = 200;
const LINES: usize = 1_000;

impl Host for CallState {
    fn earn(&mut self, entry: Grant) -> wasmtime::Result<Result<(), Fault>> {
        let checked = check_grant(&entry);
        self.leave(Capability::PointsLedger, checked, Effect::PointsGrant(entry))
    }

    fn reverse(&mut self, entry: Reversal, deficit: DeficitPolicy) -> wasmtime::Result<Result<(), Fault>> {
        let checked = check_reversal(&entry);
        let effect = Effect::PointsReverse { reversal: entry, deficit };
        self.leave(Capability::PointsLedger, checked, effect)
    }

    fn restore(&mut self, entry: Restoration) -> wasmtime::Result<Result<(), Fault>> {
        let checked = check_restoration(&entry);
        self.leave(Capability::PointsLedger, checked, Effect::PointsRestore(entry))
    }

    fn extend(&mut self, holder: String, expires_at: Instant, key: String) -> wasmtime::Result<Result<(), Fault>> {
        let checked = check::key(&key).and_then(|()| check::id("holder", &holder));
        let effect = Effect::PointsExtend { holder, expires_at, key };
        self.leave(Capability::PointsLedger, checked, effect)
    }
}

fn check_grant(grant: &Grant) -> Result<(), Fault> {
    check::key(&grant.key)?;
    check::id("holder", &grant.holder)?;
    check::line("rule", &grant.rule, 64)?;
    check::line("reason", &grant.reason, REASON)?;
    amount(grant.points)?;
    if !grant.lines.is_empty() {
        if grant.order.is_none() {
            return Err(check::refuse("Shares of lines need the order they are lines of."));
        }
        let sum = shares(&grant.lines)?;
        if sum != grant.points {
            return Err(check::refuse(format!(
                "The shares of the lines sum to {sum}, but {} points are granted.",
                grant.points
            )));
        }
    }
    if let (Some(available), Some(expires)) = (grant.available_at, grant.expires_at)
        && available >= expires
    {
        return Err(check::refuse("The points would expire before they can be spent."));
    }
    Ok(())
}

fn check_reversal(reversal: &Reversal) -> Result<(), Fault> {
    check::key(&reversal.key)?;
    check::id("order", &reversal.order)?;
    check::line("reason", &reversal.reason, REASON)?;
    amount(shares(&reversal.lines)?)
}

fn check_restoration(restoration: &Restoration) -> Result<(), Fault> {
    check::key(&restoration.key)?;
    check::id("order", &restoration.order)?;
    check::line("reason", &restoration.reason, REASON)?;
    amount(restoration.points)
}

fn amount(points: u64) -> Result<(), Fault> {
    if !(1..=MOST_POINTS).contains(&points) {
        return Err(check::refuse(format!("{points} points is not between 1 and {MOST_POINTS}.")));
    }
    Ok(())
}

/// The sum of the shares. A line may have no points; a sum that leaves the range is refused with the amount.
fn shares(lines: &[LineShare]) -> Result<u64, Fault> {
    if lines.len() > LINES {
        return Err(check::refuse(format!("An entry has shares of at most {LINES} lines.")));
    }
    Ok(lines.iter().fold(0_u64, |sum, line| sum.saturating_add(line.points)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(points: u64, shares: &[u64]) -> Grant {
        Grant {
            holder: "customer-1".into(),
            points,
            key: "order/1042/earn".into(),
            rule: "purchase".into(),
            reason: "Order 1042".into(),
            order: Some("1042".into()),
            lines: shares
                .iter()
                .enumerate()
                .map(|(line, points)| LineShare { line: line.to_string(), points: *points })
                .collect(),
            available_at: Some(1),
            expires_at: Some(2),
        }
    }

    #[test]
    fn l4_shares_of_lines_sum_to_the_grant() {
        assert_eq!(check_grant(&grant(10, &[7, 3])), Ok(()));
        assert_eq!(check_grant(&grant(10, &[])), Ok(()));
        assert!(check_grant(&grant(10, &[7, 4])).is_err());
        assert!(check_grant(&grant(10, &[u64::MAX, 11])).is_err());
    }

    #[test]
    fn points_out_of_range_are_refused() {
        assert!(check_grant(&grant(0, &[])).is_err());
        assert!(check_grant(&grant(u64::MAX, &[])).is_err());
    }

    #[test]
    fn l2_every_entry_has_a_key() {
        assert!(check_grant(&Grant { key: String::new(), ..grant(1, &[]) }).is_err());
        let reversal = Reversal {
            order: "1042".into(),
            lines: vec![LineShare { line: "1".into(), points: 1 }],
            key: String::new(),
            reason: "Refund".into(),
        };
        assert!(check_reversal(&reversal).is_err());
        assert!(check_reversal(&Reversal { key: "k".into(), ..reversal }).is_ok());
    }

    #[test]
    fn l1_every_entry_says_why() {
        assert!(check_grant(&Grant { reason: String::new(), ..grant(1, &[]) }).is_err());
        assert!(check_grant(&Grant { rule: " ".into(), ..grant(1, &[]) }).is_err());
    }

    #[test]
    fn points_do_not_expire_before_they_can_be_spent() {
        assert!(check_grant(&Grant { expires_at: Some(1), ..grant(1, &[]) }).is_err());
    }
}
