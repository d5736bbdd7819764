//! Every proposal that is off.

use boomerang_engine::Point;

use super::handles::component;
use crate::case::{Case, Class, Verdict};

pub(super) fn cases() -> Vec<Case> {
    let mut class = Class::new("proposals");
    for (name, tries, module) in [
        ("memory64", "64-bit memory", "(memory i64 1)"),
        ("memory64-huge", "64-bit memory of 16 million million bytes", "(memory i64 0x10000000)"),
        ("table64", "a 64-bit table", "(table i64 1 funcref)"),
        ("threads", "shared memory", "(memory 1 1 shared)"),
        ("atomics", "atomic instructions", "(memory 1) (func (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1))))"),
        ("pages", "pages of one byte", "(memory 1 (pagesize 1))"),
        ("gc-array", "arrays", "(type $a (array (mut i64))) (func (drop (array.new_default $a (i32.const 100000))))"),
        ("gc-struct", "structures that refer to themselves", "(rec (type $n (struct (field (ref null $n)))))"),
        ("gc-i31", "small integers as references", "(func (drop (ref.i31 (i32.const 1))))"),
        ("exceptions", "exceptions", "(tag $e) (func (throw $e))"),
        ("try", "exceptions that are caught", "(func (block $c (try_table (catch_all $c))))"),
        ("tail", "tail calls", "(func $f (return_call $f))"),
        (
            "references",
            "references to functions by type",
            "(type $t (func)) (func (param (ref $t)) (call_ref $t (local.get 0)))",
        ),
        (
            "relaxed",
            "relaxed vectors",
            "(func (param v128) (result v128) (f32x4.relaxed_madd (local.get 0) (local.get 0) (local.get 0)))",
        ),
        (
            "wide",
            "128-bit arithmetic",
            "(func (param i64 i64 i64 i64) (result i64 i64) (i64.add128 (local.get 0) (local.get 1) (local.get 2) (local.get 3)))",
        ),
        (
            "stacks",
            "switching stacks",
            "(type $f (func)) (type $c (cont $f)) (func (param (ref $f)) (drop (cont.new $c (local.get 0))))",
        ),
    ] {
        let tries = format!("uses {tries}");
        class.add_bytes(name, tries, Point::CartPricing, Verdict::Refused("Invalid"), move || {
            component(&format!("(core module {module})"))
        });
    }
    for (name, tries, item) in [
        ("async", "asynchronous functions", r#"(type (func async))"#),
        ("stream", "streams", "(type (stream u8))"),
        ("future", "futures", "(type (future u8))"),
        ("values", "values as imports", r#"(import "a" (value string))"#),
        ("map", "maps", "(type (map string u32))"),
        ("fixed-list", "lists of fixed length", "(type (list u8 1000000000))"),
        ("error-context", "error contexts", "(type error-context)"),
        (
            "gc-strings",
            "strings in garbage-collected memory",
            r#"(core module $m (func (export "f"))) (core instance $i (instantiate $m)) (func (canon lift (core func $i "f") gc))"#,
        ),
    ] {
        let tries = format!("uses {tries}");
        class.add_bytes(name, tries, Point::CartPricing, Verdict::Refused("Invalid"), move || component(item));
    }
    class.cases
}
