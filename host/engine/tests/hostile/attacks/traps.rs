//! Ending a call in every way but an answer.

use boomerang_engine::{Point, SkipReason};

use crate::case::{Case, Class, Verdict};

const TRAPPED: Verdict = Verdict::Skipped(SkipReason::Trapped);

pub(super) fn cases() -> Vec<Case> {
    let mut class = Class::new("traps");
    let price = Point::CartPricing;
    let id = price.id();
    for point in Point::ALL {
        class.add(format!("unreachable-{point}"), format!("traps in `{point}`"), point, TRAPPED, move |guest| {
            guest.answers(point.id(), "unreachable")
        });
    }
    for (name, tries, text, body) in [
        ("divide", "divides by zero", "", "(drop (i32.div_u (i32.const 1) (i32.const 0))) unreachable"),
        (
            "overflow",
            "divides the smallest number by -1",
            "",
            "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1))) unreachable",
        ),
        ("convert", "makes an integer of infinity", "", "(drop (i32.trunc_f64_s (f64.const inf))) unreachable"),
        (
            "null",
            "calls an empty element of a table",
            "(table $t 4 funcref)",
            "(call_indirect $t (i32.const 3)) unreachable",
        ),
        (
            "beyond",
            "calls an element beyond its table",
            "(table $t 4 funcref)",
            "(call_indirect $t (i32.const 4)) unreachable",
        ),
        (
            "other-type",
            "calls a function as one of another type",
            "(table $t funcref (elem $f)) (func $f (param i64))",
            "(call_indirect $t (i32.const 0)) unreachable",
        ),
        (
            "table-get",
            "reads beyond its table",
            "(table $t 4 funcref)",
            "(drop (table.get $t (i32.const -1))) unreachable",
        ),
        (
            "table-init",
            "fills a table from beyond a segment",
            "(table $t 4 funcref) (func $f) (elem $e funcref (ref.func $f))",
            "(table.init $t $e (i32.const 0) (i32.const 1) (i32.const 4)) unreachable",
        ),
        (
            "memory-init",
            "fills memory from beyond a segment",
            r#"(data $d "12345678")"#,
            "(memory.init $d (i32.const 0) (i32.const 4) (i32.const 8)) unreachable",
        ),
        (
            "dropped",
            "fills memory from a segment it has dropped",
            r#"(data $d "12345678")"#,
            "(data.drop $d) (memory.init $d (i32.const 0) (i32.const 0) (i32.const 8)) unreachable",
        ),
    ] {
        class.add(name, tries, price, TRAPPED, move |guest| guest.with(text).answers(id, body));
    }
    class.add("start", "traps while it starts", price, Verdict::Refused("Trial"), move |guest| {
        guest.answers_nothing(id).with("(func $start unreachable) (start $start)")
    });
    class.add("realloc", "traps where memory is asked for", price, TRAPPED, move |guest| {
        guest.answers_nothing(id).allocates("unreachable")
    });
    class.add("post-return", "traps after it has answered", price, TRAPPED, move |guest| {
        let name = "cabi_post_boomerang:shop/cart-pricing@0.1.0#price-cart";
        guest.answers_nothing(id).with(&format!(r#"(func (export "{name}") (param i32) unreachable)"#))
    });
    class.add("names", "traps under sixteen functions with names of 90,000 letters", price, TRAPPED, move |guest| {
        let functions: String = (0..16)
            .map(|depth| {
                let name = format!("{depth:04}{}", "A".repeat(90_000));
                let call = if depth == 0 { "unreachable".to_owned() } else { format!("(call $f{})", depth - 1) };
                format!(r#"(func $f{depth} (@name "{name}") {call})"#)
            })
            .collect();
        guest.with(&functions).answers(id, "(call $f15) unreachable")
    });
    class.cases
}
