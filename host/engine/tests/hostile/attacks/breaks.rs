//! The ways to break one place of a value.

use boomerang_engine::SkipReason;

use crate::case::Verdict;
use crate::guest::{WIDE, layout};
use crate::place::{Place, Spot};
use crate::value::Val;

/// Bytes of the wide part of a guest's memory.
const BYTES: usize = 3 << 20;

/// A value that is broken at one place.
pub(super) struct Broken {
    pub(super) name: &'static str,
    pub(super) tries: &'static str,
    pub(super) whole: Val,
    pub(super) verdict: Verdict,
}

/// Every way to break a place.
pub(super) fn breaks(place: &Place) -> Vec<Broken> {
    let wide = WIDE as u32;
    let broken = |name, tries, val: Val, reason| Broken {
        name,
        tries,
        whole: place.with(val),
        verdict: Verdict::Skipped(reason),
    };
    match place.spot {
        Spot::Text => vec![
            broken("far", "a string beyond the memory", Val::Raw(u32::MAX - 99, 200), SkipReason::Trapped),
            broken("long", "a string of 3 MB", Val::Raw(wide, BYTES as u32), SkipReason::OutputTooLarge),
            broken("utf8", "a string that is no UTF-8", Val::Text(vec![0xff, 0xfe]), SkipReason::Trapped),
        ],
        Spot::List(element) => {
            let (size, align) = layout(&element);
            let mut all = vec![
                broken("far", "a list beyond the memory", Val::Raw(wide, 0x0fff_ffff), SkipReason::Trapped),
                broken(
                    "long",
                    "a list of 3 MB of empty elements",
                    Val::Raw(wide, (BYTES / size) as u32),
                    SkipReason::OutputTooLarge,
                ),
            ];
            if align > 1 {
                all.push(broken("odd", "a list that is not aligned", Val::Raw(wide + 1, 1), SkipReason::Trapped));
            }
            let Val::List(elements) = place.intact() else { panic!("a list is intact as a list") };
            let mut aliased = elements[0].clone();
            if widen(&mut aliased) {
                let many = Val::List(vec![aliased; 40]);
                all.push(broken("alias", "40 elements that share strings of 64 kB", many, SkipReason::OutputTooLarge));
            }
            all
        }
        Spot::Case => vec![broken("case", "a case that does not exist", Val::Case(200, None), SkipReason::Trapped)],
    }
}

/// Makes every string in a value one of 64 kB, the same for all; false if there is none.
fn widen(value: &mut Val) -> bool {
    match value {
        Val::Text(_) => {
            *value = Val::Raw(WIDE as u32, 64 << 10);
            true
        }
        Val::List(values) | Val::Fields(values) => values.iter_mut().fold(false, |any, value| widen(value) | any),
        Val::Case(_, Some(payload)) => widen(payload),
        _ => false,
    }
}
