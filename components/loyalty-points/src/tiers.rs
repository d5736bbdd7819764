//! Which tier somebody has: a function of what the ledger or the orders say, never a state of its own. So a refund undoes
//! an upgrade by itself, and spending points, which no reading counts, never lowers a tier.

use boomerang_sdk::time::DAY;
use boomerang_sdk::types::{Fault, Instant};

use crate::settings::{Level, Tiers};

/// Where somebody stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing<'a> {
    /// The tier; none below the lowest.
    pub level: Option<&'a Level>,
    /// The tier above it.
    pub next: Option<&'a Level>,
    /// What counts towards a tier now, without grace.
    pub counted: u64,
}

/// Where somebody stands at `now`. `counted` reads how much counts in a span [from, until); `pin` is the id of a tier that
/// the merchant has fixed for this customer.
///
/// Grace keeps what was reached: a tier is held if it was deserved on any of the last `grace_days` days. That takes a
/// reading for each of those days, but only if one reading over all of them leaves it possible.
pub fn standing<'a>(
    tiers: &'a Tiers,
    pin: Option<&str>,
    now: Instant,
    mut counted: impl FnMut(Instant, Instant) -> Result<i64, Fault>,
) -> Result<Standing<'a>, Fault> {
    if tiers.levels.is_empty() {
        return Ok(Standing::default());
    }
    let window = Instant::from(tiers.window_days) * DAY;
    let mut on = |until: Instant, wider_by: Instant| {
        let from = if window == 0 { 0 } else { until - window - wider_by };
        counted(from, until).map(|counted| counted.max(0) as u64)
    };
    let counted_now = on(now, 0)?;
    if let Some(pinned) = pin.and_then(|pin| tiers.levels.iter().position(|level| level.id == pin)) {
        return Ok(at(tiers, Some(pinned), counted_now));
    }
    let mut position = reached(tiers, counted_now);
    // Over a whole life nothing falls out of the window; only a refund lowers the reading, and that is meant to count.
    if window > 0 && tiers.grace_days > 0 {
        let possible = reached(tiers, on(now, Instant::from(tiers.grace_days) * DAY)?);
        for day in 1..=Instant::from(tiers.grace_days) {
            if position >= possible {
                break;
            }
            position = position.max(reached(tiers, on(now - day * DAY, 0)?));
        }
    }
    Ok(at(tiers, position, counted_now))
}

fn at(tiers: &Tiers, position: Option<usize>, counted: u64) -> Standing<'_> {
    Standing {
        level: position.and_then(|position| tiers.levels.get(position)),
        next: tiers.levels.get(position.map_or(0, |position| position + 1)),
        counted,
    }
}

/// The position of the highest level that `counted` reaches. Levels are sorted.
fn reached(tiers: &Tiers, counted: u64) -> Option<usize> {
    tiers.levels.iter().rposition(|level| level.from <= counted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use core::cell::Cell;
    use proptest::prelude::*;

    fn level(id: &str, from: u64) -> Level {
        Level { id: id.into(), name: id.into(), from, multiplier: 10_000 }
    }

    fn tiers(window_days: u32, grace_days: u32) -> Tiers {
        let levels = alloc::vec![level("silver", 100), level("gold", 500)];
        Tiers { window_days, grace_days, levels, ..Tiers::default() }
    }

    /// Reads from a list of (day, points).
    fn earned(entries: &[(i64, i64)]) -> impl Fn(Instant, Instant) -> Result<i64, Fault> + '_ {
        |from, until| {
            let inside = entries.iter().filter(|(day, _)| (from..until).contains(&(day * DAY)));
            Ok(inside.map(|(_, points)| points).sum())
        }
    }

    fn tier_on(tiers: &Tiers, day: i64, entries: &[(i64, i64)]) -> Option<String> {
        let standing = standing(tiers, None, day * DAY, earned(entries)).unwrap();
        standing.level.map(|level| level.id.clone())
    }

    #[test]
    fn l10_reached_at_the_threshold_and_lost_when_the_window_moves_on() {
        let tiers = tiers(365, 0);
        let entries = [(1_000, 99), (1_010, 1)];
        assert_eq!(tier_on(&tiers, 1_010, &entries), None, "a span ends before its last instant");
        assert_eq!(tier_on(&tiers, 1_011, &entries).as_deref(), Some("silver"));
        assert_eq!(tier_on(&tiers, 1_365, &entries).as_deref(), Some("silver"));
        assert_eq!(tier_on(&tiers, 1_366, &entries), None);
    }

    #[test]
    fn l10_grace_days_keep_a_tier_and_never_give_one() {
        let tiers = tiers(365, 30);
        let entries = [(1_000, 600)];
        assert_eq!(tier_on(&tiers, 1_395, &entries).as_deref(), Some("gold"));
        assert_eq!(tier_on(&tiers, 1_396, &entries), None);
        // Enough in 395 days, but never within 365.
        let spread = [(1_000, 60), (1_380, 60)];
        assert_eq!(tier_on(&tiers, 1_381, &spread), None);
    }

    #[test]
    fn l10_a_refund_undoes_an_upgrade_at_once_despite_grace() {
        // A reversal lowers the entry it takes back, on the day of that entry.
        assert_eq!(tier_on(&tiers(365, 30), 1_020, &[(1_000, 120), (1_010, 400)]).as_deref(), Some("gold"));
        assert_eq!(tier_on(&tiers(365, 30), 1_020, &[(1_000, 120), (1_010, 0)]).as_deref(), Some("silver"));
    }

    #[test]
    fn l10_for_life_nothing_falls_out() {
        assert_eq!(tier_on(&tiers(0, 0), 20_000, &[(10, 500)]).as_deref(), Some("gold"));
        assert_eq!(tier_on(&tiers(0, 30), 20_000, &[(10, 0)]), None);
    }

    #[test]
    fn l10_a_pin_wins_over_readings_in_both_directions() {
        let tiers = tiers(365, 0);
        let pinned =
            |pin, points| standing(&tiers, Some(pin), 0, |_, _| Ok(points)).unwrap().level.map(|l| l.id.as_str());
        assert_eq!(pinned("gold", 0), Some("gold"));
        assert_eq!(pinned("silver", 900), Some("silver"));
        assert_eq!(pinned("no-such-tier", 900), Some("gold"));
    }

    #[test]
    fn l10_the_way_to_the_next_tier_is_known() {
        let tiers = tiers(365, 0);
        let standing = |points| standing(&tiers, None, 0, |_, _| Ok(points)).unwrap();
        assert_eq!(standing(-20).next.unwrap().id, "silver");
        assert_eq!(standing(120).next.unwrap().id, "gold");
        assert_eq!((standing(900).next, standing(900).counted), (None, 900));
    }

    #[test]
    fn grace_is_only_looked_up_where_it_can_matter() {
        let reads = Cell::new(0);
        let tiers = tiers(365, 30);
        standing(&tiers, None, 0, |_, _| {
            reads.set(reads.get() + 1);
            Ok(200)
        })
        .unwrap();
        assert_eq!(reads.get(), 2);
    }

    proptest! {
        #[test]
        fn l10_grace_holds_what_any_of_its_days_deserved(
            entries in prop::collection::vec((0i64..120, 1i64..400), 0..20), day in 0i64..160, grace in 0u32..20,
        ) {
            let entries: Vec<_> = entries;
            let plain = tiers(30, 0);
            let best = (0..=i64::from(grace)).map(|back| tier_on(&plain, day - back, &entries))
                .max_by_key(|tier| tier.as_ref().map(|id| if id == "gold" { 2 } else { 1 })).flatten();
            prop_assert_eq!(tier_on(&tiers(30, grace), day, &entries), best);
        }
    }
}
