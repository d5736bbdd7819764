//! Answers that are broken at one place, for every place in the answer of every extension point: found in the contract, so
//! that a new field is attacked without a line here.

use boomerang_engine::{Point, SkipReason};

use super::breaks::breaks;
use crate::case::{Case, Class};
use crate::guest::{CONTRACT, only_function};
use crate::place::places;

pub(super) fn cases() -> Vec<Case> {
    let mut class = Class::new("answers");
    for point in Point::ALL {
        let ty = only_function(point.id()).result.expect("every point has a result");
        for place in places(&CONTRACT, &ty, "") {
            for broken in breaks(&place) {
                let name = format!("{point} {} {}", place.name, broken.name);
                let tries = format!("{} in `{point}`", broken.tries);
                class.add(name, tries, point, broken.verdict, move |guest| {
                    guest.answers_with(point.id(), &broken.whole)
                });
            }
        }
        let name = |what: &str| format!("{point} {what}");
        let trapped = || crate::case::Verdict::Skipped(SkipReason::Trapped);
        class.add(name("far"), "answers with an address beyond its memory", point, trapped(), move |guest| {
            guest.answers(point.id(), "(i32.const 0xfffffff0)")
        });
        class.add(name("odd"), "answers with an address that is not aligned", point, trapped(), move |guest| {
            guest.answers(point.id(), "(i32.const 1025)")
        });
    }
    class.cases
}
