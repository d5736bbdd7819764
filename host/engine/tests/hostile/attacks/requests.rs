//! Requests to capabilities that are broken at one place, for every place in the arguments of every function of every
//! capability.

use boomerang_engine::{Capability, Point, SkipReason};
use wit_parser::Function;

use super::breaks::breaks;
use crate::case::{Case, Class, Verdict};
use crate::guest::{CONTRACT, Guest, functions};
use crate::place::places;
use crate::value::{Val, sample};

pub(super) fn cases() -> Vec<Case> {
    let mut class = Class::new("requests");
    for capability in Capability::ALL {
        for function in functions(capability.id()) {
            for (index, parameter) in function.params.iter().enumerate() {
                for place in places(&CONTRACT, &parameter.ty, &parameter.name) {
                    for broken in breaks(&place) {
                        let name = format!("{capability}.{} {} {}", function.name, place.name, broken.name);
                        let tries = format!("{} in a request to `{capability}`", broken.tries);
                        let mut values = samples(function);
                        values[index] = broken.whole;
                        class.add(name, tries, Point::OrderEvents, broken.verdict, move |guest| {
                            once(guest, capability, function, &values)
                        });
                    }
                }
            }
            if function.result.is_some() {
                answer_places(&mut class, capability, function);
            }
        }
    }
    class.cases
}

/// Where the host is to put its answer.
fn answer_places(class: &mut Class, capability: Capability, function: &'static Function) {
    for (name, tries, to) in
        [("far", "an address beyond its memory", "0xfffffff0"), ("odd", "an address that is not aligned", "1025")]
    {
        let name = format!("{capability}.{} answer {name}", function.name);
        let tries = format!("wants the answer of `{capability}` at {tries}");
        let verdict = Verdict::Skipped(SkipReason::Trapped);
        class.add(name, tries, Point::OrderEvents, verdict, move |mut guest| {
            guest = guest.imports(capability.id(), &function.name);
            let call = guest.calling_to(capability.id(), &function.name, &samples(function), to);
            guest.answers(Point::OrderEvents.id(), &format!("{call} unreachable"))
        });
    }
}

/// Values that are right for every parameter.
pub(super) fn samples(function: &Function) -> Vec<Val> {
    function.params.iter().map(|parameter| sample(&CONTRACT, &parameter.ty, 0, false)).collect()
}

fn once(guest: Guest, capability: Capability, function: &Function, values: &[Val]) -> Guest {
    let mut guest = guest.imports(capability.id(), &function.name);
    let call = guest.calling(capability.id(), &function.name, values);
    guest.answers(Point::OrderEvents.id(), &format!("{call} unreachable"))
}
