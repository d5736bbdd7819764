//! The smallest component that a merchant could upload: it takes 1.00 off the first line of every cart, makes an empty
//! report, and asks to read points.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::component::build;

/// A folder with one such component, named `on-the-shelf`.
pub(crate) fn shelf() -> &'static Path {
    static SHELF: LazyLock<PathBuf> = LazyLock::new(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("api-shelf");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("on-the-shelf.wasm"), component("on-the-shelf", "1.0.0")).unwrap();
        folder
    });
    &SHELF
}

/// What takes 1.00 off: the answer of `price-cart` stands in memory from the start.
const MODULE: &str = r#"(module
    (import "boomerang:shop/points@0.1.0" "balance" (func (param i32 i32 i32)))
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 8192))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
        (local $at i32)
        (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
        (global.set $next (i32.add (local.get $at) (local.get 3)))
        (local.get $at))
    (func (export "boomerang:shop/cart-pricing@0.1.0#price-cart") (param i32) (result i32) (i32.const 1024))
    (func (export "boomerang:shop/insights@0.1.0#make-report")
        (param i64 i32 i32 i32 i32 i32 i32 i64 i64) (result i32) (i32.const 1200))
    (data (i32.const 1024) "\00\00\00\00\10\04\00\00\01\00\00\00")
    (data (i32.const 1040) "\4c\04\00\00\04\00\00\00\56\04\00\00\07\00\00\00\30\04\00\00\01\00\00\00")
    (data (i32.const 1072) "\00\00\00\00\00\00\00\00\9c\ff\ff\ff\ff\ff\ff\ff")
    (data (i32.const 1100) "sale")
    (data (i32.const 1110) "One off")
    (data (i32.const 1200) "\00\00\00\00\56\04\00\00\07\00\00\00")
)"#;

/// The component, with this id and version.
pub(crate) fn component(id: &str, version: &str) -> Vec<u8> {
    let world = "import boomerang:shop/points@0.1.0;
        export boomerang:shop/cart-pricing@0.1.0;
        export boomerang:shop/insights@0.1.0;";
    build(MODULE, world, &manifest(id, version))
}

fn manifest(id: &str, version: &str) -> Value {
    json!({
        "id": id, "name": "One off", "version": version, "summary": "Takes 1.00 off the first line.",
        "reports": [{ "id": "summary", "title": "Summary" }],
        "settings": {
            "type": "object", "additionalProperties": false,
            "properties": { "note": { "type": "string", "title": "Note", "default": "", "maxLength": 20 } },
        },
    })
}
