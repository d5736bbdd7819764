//! Taking memory, table elements and stack.

use boomerang_engine::{Point, SkipReason};

use super::handles::component;
use crate::case::{Case, Class, Verdict};

const OUT_OF_MEMORY: Verdict = Verdict::Skipped(SkipReason::OutOfMemory);
const TRAPPED: Verdict = Verdict::Skipped(SkipReason::Trapped);

pub(super) fn cases() -> Vec<Case> {
    let mut class = Class::new("memory");
    let price = Point::CartPricing;
    let id = price.id();
    for point in Point::ALL {
        class.add(
            format!("grow-{point}"),
            format!("grows for as long as it may, and then wants more, in `{point}`"),
            point,
            OUT_OF_MEMORY,
            move |guest| {
                let grow = "(loop $l (br_if $l (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) unreachable";
                guest.answers(point.id(), grow)
            },
        );
    }
    for (name, tries, verdict, body) in [
        ("grow-4g", "grows to 4 GB at once", OUT_OF_MEMORY, "(drop (memory.grow (i32.const 65400))) unreachable"),
        (
            "keep",
            "grows to 62 MB and leaves a secret on every page",
            Verdict::Harmless,
            "(drop (memory.grow (i32.const 920)))
             (memory.fill (i32.const 0x480000) (i32.const 0x5a) (i32.const 60293120)) (i32.const 0)",
        ),
        (
            "load-far",
            "reads what is not its own",
            TRAPPED,
            "(drop (i32.load offset=4294967295 (i32.const -1))) unreachable",
        ),
        ("store-far", "writes what is not its own", TRAPPED, "(i32.store (i32.const -4) (i32.const 1)) unreachable"),
        (
            "fill-far",
            "fills what is not its own",
            TRAPPED,
            "(memory.fill (i32.const -65536) (i32.const 1) (i32.const 4096)) unreachable",
        ),
        (
            "copy-far",
            "copies from beyond its memory",
            TRAPPED,
            "(memory.copy (i32.const 0) (i32.const -8) (i32.const 8)) unreachable",
        ),
    ] {
        class.add(name, tries, price, verdict, move |guest| guest.answers(id, body));
    }
    for (name, tries, verdict, pages) in [
        ("minimum-4g", "declares a memory of 4 GB", Verdict::Refused("Compile"), "65536"),
        ("minimum-65m", "declares a memory just over the limit", Verdict::Refused("Compile"), "1025"),
        ("minimum-64m", "declares a memory of exactly the limit", Verdict::Harmless, "1024"),
    ] {
        class.add(name, tries, price, verdict, move |guest| guest.memory(pages).answers_nothing(id));
    }
    for (name, tries, verdict, text) in [
        (
            "table-minimum",
            "declares a table of ten million elements",
            Verdict::Refused("Compile"),
            "(table 10000000 funcref)".to_owned(),
        ),
        ("tables", "declares 90 tables", Verdict::Refused("Compile"), "(table 10 funcref)".repeat(90)),
        ("memories", "declares 60 memories", Verdict::Refused("Compile"), "(memory 1)".repeat(60)),
        (
            "data-far",
            "begins with data beyond its memory",
            Verdict::Refused("Trial"),
            r#"(data (i32.const -8) "12345678")"#.to_owned(),
        ),
        (
            "elements-far",
            "begins with elements beyond its table",
            Verdict::Refused("Trial"),
            "(table 1 funcref) (func $f) (elem (i32.const 9) $f)".to_owned(),
        ),
    ] {
        class.add(name, tries, price, verdict, move |guest| guest.with(&text).answers_nothing(id));
    }
    class.add(
        "table-grow",
        "grows a table for as long as it may, and then wants more",
        price,
        OUT_OF_MEMORY,
        move |guest| {
            guest.with("(table $t 1 funcref)").answers(
            id,
            "(loop $l (br_if $l (i32.ne (table.grow $t (ref.null func) (i32.const 64)) (i32.const -1)))) unreachable",
        )
        },
    );
    class.add("table-grow-1m", "grows a table by a million elements at once", price, OUT_OF_MEMORY, move |guest| {
        guest
            .with("(table $t 1 funcref)")
            .answers(id, "(drop (table.grow $t (ref.null func) (i32.const 1000000))) unreachable")
    });
    class.add_bytes(
        "tables-sum",
        "has three tables that are too much only together",
        price,
        Verdict::Refused("Trial"),
        || {
            let module =
                |n: usize| format!("(core module $m{n} (table 9000 funcref)) (core instance (instantiate $m{n}))");
            component(&(0..3).map(module).collect::<String>())
        },
    );
    class.add_bytes(
        "memories-sum",
        "has three memories that are too much only together",
        price,
        Verdict::Refused("Trial"),
        || {
            let module = |n: usize| format!("(core module $m{n} (memory 400)) (core instance (instantiate $m{n}))");
            component(&(0..3).map(module).collect::<String>())
        },
    );
    class.add("realloc-far", "hands out memory that it has not got", price, TRAPPED, move |guest| {
        guest.answers_nothing(id).allocates("(i32.const 0xffffff00)")
    });
    class.add("realloc-null", "hands out the same memory for everything", price, Verdict::Harmless, move |guest| {
        guest.answers_nothing(id).allocates("(i32.const 1024)")
    });
    class.add("realloc-odd", "hands out memory that is not aligned", price, TRAPPED, move |guest| {
        guest.answers_nothing(id).allocates("(i32.const 1025)")
    });
    class.add(
        "realloc-grow",
        "grows its memory at every piece that is asked for",
        price,
        OUT_OF_MEMORY,
        move |guest| {
            guest.answers_nothing(id).allocates(
                "(if (i32.eq (memory.grow (i32.const 256)) (i32.const -1)) (then unreachable))
             (i32.shl (i32.sub (memory.size) (i32.const 1)) (i32.const 16))",
            )
        },
    );
    for (name, tries, functions, call) in [
        ("recursion", "calls itself for ever", "(func $f (param i32) (result i32) (i32.add (call $f (local.get 0)) (i32.const 1)))".to_owned(), "(call $f (i32.const 0))"),
        ("recursion-fat", "calls itself with frames of kilobytes", fat(), "(call $f (i32.const 0))"),
        ("recursion-indirect", "calls itself through a table", "(type $t (func (param i32) (result i32))) (table $table funcref (elem $f))
            (func $f (param i32) (result i32) (i32.add (call_indirect $table (type $t) (local.get 0) (i32.const 0)) (i32.const 1)))".to_owned(), "(call $f (i32.const 0))"),
    ] {
        class.add(name, tries, price, TRAPPED, move |guest| {
            guest.with(&functions).answers(id, &format!("(drop {call}) unreachable"))
        });
    }
    class.add(
        "recursion-start",
        "calls itself for ever while it starts",
        price,
        Verdict::Refused("Trial"),
        move |guest| guest.answers_nothing(id).with("(func $f (call $f) (call $f)) (start $f)"),
    );
    class.add("recursion-realloc", "calls itself for ever where memory is asked for", price, TRAPPED, move |guest| {
        guest
            .answers_nothing(id)
            .with("(func $f (result i32) (i32.add (call $f) (i32.const 1)))")
            .allocates("(call $f)")
    });
    class.cases
}

/// A function with many live values, whose frame is large.
fn fat() -> String {
    let locals = 500;
    let set: String =
        (1..=locals).map(|local| format!("(local.set {local} (i64.load (i32.const {})))", local * 8)).collect();
    let sum =
        (1..=locals).fold("(i64.const 0)".to_owned(), |sum, local| format!("(i64.add {sum} (local.get {local}))"));
    format!(
        "(func $f (param i32) (result i32) (local {}) {set} (i32.add (call $f (i32.const 0)) (i32.wrap_i64 {sum})))",
        "i64 ".repeat(locals)
    )
}
