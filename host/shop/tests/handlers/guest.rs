//! A component that does with an event what the event's topic says.
//!
//! | topic | what it does |
//! | --- | --- |
//! | `c` and a letter | appends the letter to what it keeps for the event's customer |
//! | `s` and a letter | appends the letter to one note that it keeps for everybody |
//! | `i` and a letter | the same as `c`, and something that cannot be committed |
//! | `f…` | traps |
//! | `l…` | never ends |
//! | `w…` | asks for the note again and again until there is one |

use serde_json::json;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// The parameters of the handler: the context is 0 to 4, the topic 7 and 8, the customer 10 and 11.
const MODULE: &str = r#"(module
    (import "boomerang:shop/storage@0.1.0" "get" (func $get (param i32 i32 i32)))
    (import "boomerang:shop/storage-write@0.1.0" "set" (func $set (param i32 i32 i32 i32 i32)))
    (import "boomerang:shop/points-ledger@0.1.0" "extend" (func $extend (param i32 i32 i64 i32 i32 i32)))
    (memory (export "memory") 2)
    (global $next (mut i32) (i32.const 65536))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
        (local $at i32)
        (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
        (global.set $next (i32.add (local.get $at) (local.get 3)))
        (local.get $at))
    (func (export "boomerang:shop/customer-events@0.1.0#on-customer-event")
        (param i64 i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32 i32) (result i32)
        (local $does i32) (local $key i32) (local $size i32) (local $length i32)
        (local.set $does (i32.load8_u (local.get 7)))
        (if (i32.eq (local.get $does) (i32.const 102)) (then unreachable))
        (if (i32.eq (local.get $does) (i32.const 108)) (then (loop (br 0))))
        (if (i32.eq (local.get $does) (i32.const 119))
            (then
                (loop $again
                    (call $get (i32.const 2048) (i32.const 4) (i32.const 512))
                    (br_if $again (i32.eqz (i32.load8_u (i32.const 516)))))
                (return (i32.const 1024))))
        (local.set $key (local.get 10))
        (local.set $size (local.get 11))
        (if (i32.eq (local.get $does) (i32.const 115))
            (then (local.set $key (i32.const 2048)) (local.set $size (i32.const 4))))
        (call $get (local.get $key) (local.get $size) (i32.const 512))
        ;; ok(some(list)): the address and the length follow
        (if (i32.load8_u (i32.const 516))
            (then
                (local.set $length (i32.load (i32.const 524)))
                (memory.copy (i32.const 4096) (i32.load (i32.const 520)) (local.get $length))))
        (i32.store8 (i32.add (i32.const 4096) (local.get $length)) (i32.load8_u offset=1 (local.get 7)))
        (call $set (local.get $key) (local.get $size)
            (i32.const 4096) (i32.add (local.get $length) (i32.const 1)) (i32.const 768))
        (if (i32.eq (local.get $does) (i32.const 105))
            (then (call $extend (i32.const 2052) (i32.const 6) (i64.const 9) (i32.const 2048) (i32.const 4) (i32.const 768))))
        ;; ok
        (i32.const 1024))
    (data (i32.const 2048) "note")
    (data (i32.const 2052) "nobody")
)"#;

/// The component, with this id.
pub(crate) fn component(id: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    resolve.push_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit")).unwrap();
    let world = "package test:guest;
        world guest {
            import boomerang:shop/storage@0.1.0;
            import boomerang:shop/storage-write@0.1.0;
            import boomerang:shop/points-ledger@0.1.0;
            export boomerang:shop/customer-events@0.1.0;
        }";
    let package = resolve.push_str("guest.wit", world).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    let mut module = wat::parse_str(MODULE).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    let mut wasm = ComponentEncoder::default().module(&module).and_then(|encoder| encoder.encode()).unwrap();
    let manifest = json!({ "id": id, "name": id, "version": "1.0.0", "summary": "Does what it is told." }).to_string();
    append_section(&mut wasm, "boomerang:manifest", manifest.as_bytes());
    wasm
}

/// Appends a custom section of fewer than 16,384 bytes.
fn append_section(wasm: &mut Vec<u8>, name: &str, data: &[u8]) {
    let two_bytes = |number: usize| [(number & 0x7f | 0x80) as u8, (number >> 7) as u8];
    let name_size = two_bytes(name.len());
    wasm.push(0);
    wasm.extend(two_bytes(name_size.len() + name.len() + data.len()));
    wasm.extend(name_size);
    wasm.extend_from_slice(name.as_bytes());
    wasm.extend_from_slice(data);
}
