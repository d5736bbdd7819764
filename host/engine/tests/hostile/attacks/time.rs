//! Taking time: in every extension point, and wherever else a guest's code runs.

use boomerang_engine::Point;

use crate::case::{Case, Class, Verdict};

/// Never returns.
const FOREVER: &str = "(loop $forever (br $forever)) unreachable";

pub(super) fn cases() -> Vec<Case> {
    let mut class = Class::new("time");
    let price = Point::CartPricing;
    let id = price.id();
    for point in Point::ALL {
        let tries = format!("loops for ever in `{point}`");
        class.add(format!("loop-{point}"), tries, point, Verdict::CutOff, move |guest| {
            guest.answers(point.id(), FOREVER)
        });
    }
    class.add("start", "loops for ever while it starts", price, Verdict::Refused("Trial"), move |guest| {
        guest.answers_nothing(id).with(&format!("(func $start {FOREVER}) (start $start)"))
    });
    class.add("realloc", "loops for ever where memory is asked for", price, Verdict::CutOff, move |guest| {
        guest.answers_nothing(id).allocates(FOREVER)
    });
    class.add("post-return", "loops for ever after it has answered", price, Verdict::CutOff, move |guest| {
        let name = "cabi_post_boomerang:shop/cart-pricing@0.1.0#price-cart";
        guest
            .answers_nothing(id)
            .with(&format!(r#"(func (export "{name}") (param i32) (loop $forever (br $forever)))"#))
    });
    for (name, tries, body) in [
        (
            "fill",
            "fills four megabytes at a time, which counts as one instruction",
            "(loop $l (memory.fill (i32.const 0) (i32.const 7) (i32.const 4194304)) (br $l)) unreachable",
        ),
        (
            "fill-all",
            "grows to 62 MB and fills all of it at a time",
            "(drop (memory.grow (i32.const 920)))
             (loop $l (memory.fill (i32.const 0) (i32.const 7) (i32.const 65011712)) (br $l)) unreachable",
        ),
        (
            "copy",
            "copies a megabyte at a time",
            "(loop $l (memory.copy (i32.const 65536) (i32.const 2097152) (i32.const 1048576)) (br $l)) unreachable",
        ),
        (
            "nested",
            "counts in four loops within each other",
            "(local i32 i32 i32 i32)
             (loop $a (loop $b (loop $c (loop $d
                (br_if $d (local.tee 1 (i32.add (local.get 1) (i32.const 1)))))
                (br_if $c (local.tee 2 (i32.add (local.get 2) (i32.const 1)))))
                (br_if $b (local.tee 3 (i32.add (local.get 3) (i32.const 1)))))
                (br $a)) unreachable",
        ),
        (
            "divide",
            "divides, the slowest instruction of all, for ever",
            "(local i64) (local.set 1 (i64.const -1))
             (loop $l (local.set 1 (i64.rem_s (i64.const 0x7fffffffffffffff) (i64.or (local.get 1) (i64.const 1))))
                (br $l)) unreachable",
        ),
        (
            "roots",
            "takes square roots of not-a-number for ever",
            "(local f64) (loop $l (local.set 1 (f64.sqrt (f64.sub (local.get 1) (f64.const 1)))) (br $l)) unreachable",
        ),
        (
            "vectors",
            "multiplies vectors for ever",
            "(local v128) (loop $l (local.set 1 (i32x4.mul (local.get 1) (local.get 1))) (br $l)) unreachable",
        ),
    ] {
        class.add(name, tries, price, Verdict::CutOff, move |guest| guest.answers(id, body));
    }
    class.add(
        "straight",
        "has 20,000 instructions between two looks at the clock",
        price,
        Verdict::CutOff,
        move |guest| {
            let work = "(local.set 1 (i32.xor (i32.mul (local.get 1) (i32.const 3)) (i32.const 77)))".repeat(4_000);
            guest.answers(id, &format!("(local i32) (loop $l {work} (br $l)) unreachable"))
        },
    );
    class.add(
        "calls",
        "calls functions that call functions, forty deep and two wide",
        price,
        Verdict::CutOff,
        move |guest| {
            let functions: String = (0..40)
                .map(|depth| match depth {
                    0 => "(func $f0)".to_owned(),
                    depth => format!("(func $f{depth} (call $f{below}) (call $f{below}))", below = depth - 1),
                })
                .collect();
            guest.with(&functions).answers(id, "(call $f39) unreachable")
        },
    );
    class.add("indirect", "calls through a table for ever", price, Verdict::CutOff, move |guest| {
        guest
            .with("(type $t (func)) (table $table funcref (elem $f)) (func $f)")
            .answers(id, "(loop $l (call_indirect $table (type $t) (i32.const 0)) (br $l)) unreachable")
    });
    class.add("table-fill", "fills a table for ever", price, Verdict::CutOff, move |guest| {
        guest
            .with("(table $t 9000 funcref)")
            .answers(id, "(loop $l (table.fill $t (i32.const 0) (ref.null func) (i32.const 9000)) (br $l)) unreachable")
    });
    class.add("table-copy", "copies a table onto itself for ever", price, Verdict::CutOff, move |guest| {
        guest.with("(table $t 9000 funcref)").answers(
            id,
            "(loop $l (table.copy $t $t (i32.const 1) (i32.const 0) (i32.const 8000)) (br $l)) unreachable",
        )
    });
    class.add(
        "br-table",
        "jumps through a table of a thousand targets for ever",
        price,
        Verdict::CutOff,
        move |guest| {
            let targets = "$l ".repeat(1_000);
            guest.answers(id, &format!("(loop $l (br_table {targets} (i32.const 7))) unreachable"))
        },
    );
    class.add("start-fill", "fills memory for ever while it starts", price, Verdict::Refused("Trial"), move |guest| {
        guest.answers_nothing(id).with(
            "(func $start (loop $l (memory.fill (i32.const 0) (i32.const 7) (i32.const 4194304)) (br $l))) (start $start)",
        )
    });
    class.cases
}
