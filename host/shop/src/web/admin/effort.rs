//! How easy the checkout is (C13): what it takes of guests and of people who are recognised, beside what others ask for.

use serde::Serialize;

use crate::checkout::effort::{Effort, Medians, NEEDED_FIELDS, USUAL_FIELDS_TENTHS};
use crate::clock::{Instant, MINUTE, SECOND};
use crate::store::{StoreError, Tx, checkout_efforts};

/// The latest checkouts that are looked at.
const MOST: u32 = 2_000;

/// The table.
#[derive(Debug, Serialize)]
pub(super) struct Ease {
    columns: Vec<Column>,
    /// Fields that others ask for, on average.
    usual: String,
    /// Fields that would be enough.
    needed: u32,
}

/// The middle of the checkouts of some people.
#[derive(Debug, Serialize)]
struct Column {
    who: &'static str,
    medians: Medians,
    /// No more fields than are needed.
    is_good: bool,
    took: String,
}

/// The checkouts since an instant.
pub(super) fn ease(tx: &mut Tx<'_>, shop: &str, since: Instant) -> Result<Ease, StoreError> {
    Ok(table(checkout_efforts::since(tx, shop, since, MOST)?))
}

fn table(efforts: Vec<Effort>) -> Ease {
    let (recognised, guests): (Vec<_>, Vec<_>) = efforts.into_iter().partition(|effort| effort.recognised);
    let column = |(who, efforts): (&'static str, Vec<Effort>)| {
        let medians = Medians::of(&efforts)?;
        Some(Column { who, is_good: medians.shown <= NEEDED_FIELDS, took: span(medians.took), medians })
    };
    let (whole, tenth) = (USUAL_FIELDS_TENTHS / 10, USUAL_FIELDS_TENTHS % 10);
    Ease {
        columns: [("Guests", guests), ("Recognised", recognised)].into_iter().filter_map(column).collect(),
        usual: format!("{whole}.{tenth}"),
        needed: NEEDED_FIELDS,
    }
}

/// A span of time such as `1 min 05 s`.
fn span(milliseconds: Instant) -> String {
    let (minutes, seconds) = (milliseconds / MINUTE, milliseconds % MINUTE / SECOND);
    if minutes == 0 { format!("{seconds}\u{a0}s") } else { format!("{minutes}\u{a0}min {seconds:02}\u{a0}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c13_guests_and_people_who_are_recognised_stand_beside_each_other() {
        let effort = |recognised, shown, took| Effort { recognised, shown, took, ..Effort::default() };
        let ease = table(vec![effort(false, 8, 65_000), effort(true, 0, 9_900), effort(false, 9, 70_000)]);
        let columns: Vec<_> =
            ease.columns.iter().map(|one| (one.who, one.medians.orders, one.medians.shown, one.is_good)).collect();
        assert_eq!(columns, [("Guests", 2, 9, false), ("Recognised", 1, 0, true)]);
        assert_eq!((ease.columns[1].took.as_str(), ease.usual.as_str()), ("9\u{a0}s", "11.3"));
        assert_eq!(span(65_000), "1\u{a0}min 05\u{a0}s");
        assert!(table(Vec::new()).columns.is_empty());
    }
}
