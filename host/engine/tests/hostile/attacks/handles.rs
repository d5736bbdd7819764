//! Handles: kept, invented, given back twice, used for something else.

use boomerang_engine::{Point, SkipReason};
use serde_json::json;

use crate::case::{Case, Class, Verdict};
use crate::guest::{Guest, with_manifest};

const POINT: Point = Point::CartPricing;
const DROP: &str = "[resource-drop]pollable";

/// An export under the name of a point, so that a component gets as far as its trial.
pub(super) const A_POINT: &str = r#"
    (core module $e (func (export "f")))
    (core instance $ei (instantiate $e))
    (func $ef (canon lift (core func $ei "f")))
    (instance $point (export "price-cart" (func $ef)))
    (export "boomerang:shop/cart-pricing@0.1.0" (instance $point))
"#;

/// A component in text, with a manifest.
pub(super) fn component(text: &str) -> Vec<u8> {
    let text = format!("(component {text} {A_POINT})");
    let wasm = wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    with_manifest(wasm, &json!({ "id": "hostile", "name": "Hostile", "version": "1", "summary": "Hostile." }))
}

pub(super) fn cases() -> Vec<Case> {
    let mut class = Class::new("handles");
    let trapped = || Verdict::Skipped(SkipReason::Trapped);
    for (name, tries, body) in [
        ("bogus-drop", "gives back what it never had", "(call $-resource-drop-pollable (i32.const 4242))"),
        ("zero-drop", "gives back the handle 0", "(call $-resource-drop-pollable (i32.const 0))"),
        (
            "double-drop",
            "gives back the same twice",
            "(local i32) (local.set 1 (call $subscribe-duration (i64.const 1))) (call $-resource-drop-pollable (local.get 1)) (call $-resource-drop-pollable (local.get 1))",
        ),
        (
            "dropped",
            "waits for what it has given back",
            "(local i32) (local.set 1 (call $subscribe-duration (i64.const 1))) (call $-resource-drop-pollable (local.get 1)) (call $-method-pollable-block (local.get 1))",
        ),
        ("bogus", "waits for what it never had", "(call $-method-pollable-block (i32.const 7))"),
        ("other-kind", "waits for a stream as if it were a timer", "(call $-method-pollable-block (call $get-stdout))"),
        (
            "stream",
            "writes to a timer as if it were a stream",
            "(call $-method-output-stream-write (call $subscribe-duration (i64.const 1)) (i32.const 0) (i32.const 1) (i32.const 512))",
        ),
    ] {
        class.add(name, tries, POINT, trapped(), move |guest| {
            handles(guest).answers(POINT.id(), &format!("{body} unreachable"))
        });
    }
    class.add("parent", "waits for a stream that it has given back, and keeps asking", POINT, trapped(), |guest| {
        handles(guest).answers(
            POINT.id(),
            "(loop $l (drop (call $-method-output-stream-subscribe (call $get-stdout))) (br $l)) unreachable",
        )
    });
    class.add_bytes(
        "own-flood",
        "makes resources of its own for ever while it starts",
        POINT,
        Verdict::Refused("Trial"),
        || {
            component(
                r#"(type $r (resource (rep i32)))
               (core func $new (canon resource.new $r))
               (core module $m (import "" "new" (func $new (param i32) (result i32)))
                  (func $start (loop $l (drop (call $new (i32.const 1))) (br $l))) (start $start))
               (core instance (instantiate $m (with "" (instance (export "new" (func $new))))))"#,
            )
        },
    );
    class.add_bytes(
        "destructor",
        "never comes back from the end of a resource",
        POINT,
        Verdict::Refused("Trial"),
        || {
            component(
                r#"(core module $d (func (export "dtor") (param i32) (loop $l (br $l))))
               (core instance $di (instantiate $d))
               (type $r (resource (rep i32) (dtor (core func $di "dtor"))))
               (core func $new (canon resource.new $r))
               (core func $drop (canon resource.drop $r))
               (core module $m
                  (import "" "new" (func $new (param i32) (result i32))) (import "" "drop" (func $drop (param i32)))
                  (func $start (call $drop (call $new (i32.const 1)))) (start $start))
               (core instance (instantiate $m
                  (with "" (instance (export "new" (func $new)) (export "drop" (func $drop))))))"#,
            )
        },
    );
    class.add_bytes(
        "pingpong",
        "copies strings between two parts of itself for ever while it starts",
        POINT,
        Verdict::Refused("Trial"),
        || {
            component(
                r#"(component $a
                  (core module $m (memory (export "mem") 20)
                     (func (export "r") (param i32 i32 i32 i32) (result i32) i32.const 0)
                     (func (export "f") (param i32 i32)))
                  (core instance $i (instantiate $m))
                  (func (export "f") (param "s" string)
                     (canon lift (core func $i "f") (memory (core memory $i "mem")) (realloc (core func $i "r")))))
               (instance $ai (instantiate $a))
               (component $b
                  (import "f" (func $f (param "s" string)))
                  (core module $mem (memory (export "mem") 20)) (core instance $mi (instantiate $mem))
                  (core func $lf (canon lower (func $f) (memory (core memory $mi "mem"))))
                  (core module $m (import "" "f" (func $f (param i32 i32)))
                     (func $s (loop $l (call $f (i32.const 0) (i32.const 1000000)) (br $l))) (start $s))
                  (core instance (instantiate $m (with "" (instance (export "f" (func $lf)))))))
               (instance (instantiate $b (with "f" (func $ai "f"))))"#,
            )
        },
    );
    class.cases
}

fn handles(guest: Guest) -> Guest {
    guest
        .imports("wasi:clocks/monotonic-clock@0.2.6", "subscribe-duration")
        .imports("wasi:io/poll@0.2.6", "[method]pollable.block")
        .imports_core("wasi:io/poll@0.2.6", DROP, "(param i32)")
        .imports("wasi:cli/stdout@0.2.6", "get-stdout")
        .imports("wasi:io/streams@0.2.6", "[method]output-stream.write")
        .imports("wasi:io/streams@0.2.6", "[method]output-stream.subscribe")
}
