//! Capabilities used for ever, while they do not answer, where nothing may be written, while starting, and from inside
//! the allocator.

use boomerang_engine::{Capability, Point, SkipReason};
use wit_parser::Function;

use super::requests::samples;
use crate::case::{Case, Class, Verdict};
use crate::guest::{Guest, WIDE, functions};
use crate::value::Val;

const PRICE: Point = Point::CartPricing;
const ORDER: Point = Point::OrderEvents;

pub(super) fn cases() -> Vec<Case> {
    let mut class = Class::new("capabilities");
    for capability in Capability::ALL {
        for function in functions(capability.id()) {
            flood(&mut class, capability, function);
            early(&mut class, capability, function);
            if capability.is_write() {
                forbidden(&mut class, capability, function);
            } else if !matches!(capability, Capability::Settings | Capability::Log) {
                blocked(&mut class, PRICE, capability, function);
            }
        }
    }
    // A handler has more time; that is cut off as well.
    blocked(&mut class, ORDER, Capability::Points, functions(Capability::Points.id())[0]);
    large(&mut class);
    class.cases
}

fn name(capability: Capability, function: &Function, what: &str) -> String {
    format!("{capability}.{} {what}", function.name)
}

fn calling(guest: Guest, capability: Capability, function: &Function) -> (Guest, String) {
    let mut guest = guest.imports(capability.id(), &function.name);
    let call = guest.calling(capability.id(), &function.name, &samples(function));
    (guest, call)
}

/// A loop round a call, with the allocator set back each time.
fn for_ever(call: &str) -> String {
    format!("(loop $l {call} (global.set $next (i32.const 0x80000)) (br $l)) unreachable")
}

fn flood(class: &mut Class, capability: Capability, function: &'static Function) {
    let tries = format!("calls `{capability}` for ever");
    let verdict = Verdict::Skipped(SkipReason::TooMuchHostWork);
    class.add(name(capability, function, "flood"), tries, ORDER, verdict, move |guest| {
        let (guest, call) = calling(guest, capability, function);
        guest.answers(ORDER.id(), &for_ever(&call))
    });
}

fn blocked(class: &mut Class, point: Point, capability: Capability, function: &'static Function) {
    let what = if point.is_handler() { "blocked in a handler" } else { "blocked" };
    let tries = format!("waits for `{capability}`, which never answers");
    let verdict = Verdict::Skipped(SkipReason::TimedOut);
    class.add(name(capability, function, what), tries, point, verdict, move |guest| {
        let (guest, call) = calling(guest, capability, function);
        guest.answers(point.id(), &format!("{call} unreachable"))
    });
    class.cases.last_mut().expect("it has just been added").silent = true;
}

fn forbidden(class: &mut Class, capability: Capability, function: &'static Function) {
    let tries = format!("writes with `{capability}` in a decision");
    let verdict = Verdict::Skipped(SkipReason::ForbiddenWrite);
    class.add(name(capability, function, "forbidden"), tries, PRICE, verdict, move |guest| {
        let (guest, call) = calling(guest, capability, function);
        guest.answers_nothing(ORDER.id()).answers(PRICE.id(), &format!("{call} unreachable"))
    });
}

fn early(class: &mut Class, capability: Capability, function: &'static Function) {
    let tries = format!("calls `{capability}` while it starts");
    class.add(name(capability, function, "early"), tries, ORDER, Verdict::Refused("Trial"), move |guest| {
        let (guest, call) = calling(guest, capability, function);
        guest.answers_nothing(ORDER.id()).with(&format!("(func $start {call}) (start $start)"))
    });
}

/// Floods of few calls with much in each.
fn large(class: &mut Class) {
    let host_work = || Verdict::Skipped(SkipReason::TooMuchHostWork);
    let wide = |bytes: u32| Val::Raw(WIDE as u32, bytes);
    for (what, tries, verdict, bytes) in [
        ("500k", "logs 500 kB at a time for ever", host_work(), 500_000),
        ("1m", "logs a little less than a call may hand over, for ever", host_work(), 1_040_000),
        ("3m", "logs 3 MB at once", Verdict::Skipped(SkipReason::OutputTooLarge), 3 << 20),
    ] {
        class.add(format!("log.write {what}"), tries, ORDER, verdict, move |guest| {
            let mut guest = guest.imports("log", "write");
            let call = guest.calling("log", "write", &[Val::Case(1, None), wide(bytes)]);
            guest.answers(ORDER.id(), &for_ever(&call))
        });
    }
    class.add("log.write empty", "logs nothing for ever", ORDER, host_work(), move |guest| {
        let mut guest = guest.imports("log", "write");
        let call = guest.calling("log", "write", &[Val::Case(1, None), wide(0)]);
        guest.answers(ORDER.id(), &for_ever(&call))
    });
    class.add("quotas.taken empty", "asks for 40,000 empty names at a time", ORDER, host_work(), move |guest| {
        let mut guest = guest.imports("quotas", "taken");
        let call = guest.calling("quotas", "taken", &[wide(40_000)]);
        guest.answers(ORDER.id(), &for_ever(&call))
    });
    class.add(
        "quotas.taken-of-variants long",
        "gives one name of 300 kB for 200 variants at a time",
        ORDER,
        host_work(),
        move |guest| {
            let mut guest = guest.imports("quotas", "taken-of-variants");
            let call = guest.calling("quotas", "taken-of-variants", &[wide(300_000), Val::Text(b"\n".repeat(199))]);
            guest.answers(ORDER.id(), &for_ever(&call))
        },
    );
    class.add("storage-write.set 1m", "stores a megabyte for ever", ORDER, host_work(), move |guest| {
        let mut guest = guest.imports("storage-write", "set");
        let call = guest.calling("storage-write", "set", &[Val::Text(b"k".to_vec()), wide(1_000_000)]);
        guest.answers(ORDER.id(), &for_ever(&call))
    });
    class.add(
        "log.write in realloc",
        "logs where memory is asked for",
        PRICE,
        Verdict::Skipped(SkipReason::Trapped),
        move |guest| {
            let mut guest = guest.imports("log", "write");
            let call = guest.calling("log", "write", &[Val::Case(1, None), wide(4)]);
            guest.answers_nothing(PRICE.id()).allocates(&format!("{call} (i32.const 65536)"))
        },
    );
    class.add(
        "log.write after",
        "logs after it has answered",
        PRICE,
        Verdict::Skipped(SkipReason::Trapped),
        move |guest| {
            let mut guest = guest.imports("log", "write");
            let call = guest.calling("log", "write", &[Val::Case(1, None), wide(4)]);
            let name = "cabi_post_boomerang:shop/cart-pricing@0.1.0#price-cart";
            guest.answers_nothing(PRICE.id()).with(&format!(r#"(func (export "{name}") (param i32) {call})"#))
        },
    );
    class.add(
        "settings.get kept",
        "asks for its settings for ever and keeps every copy",
        ORDER,
        host_work(),
        move |guest| {
            let mut guest = guest.imports("settings", "get");
            let call = guest.calling("settings", "get", &[]);
            guest.answers(ORDER.id(), &format!("(loop $l {call} (br $l)) unreachable"))
        },
    );
}
