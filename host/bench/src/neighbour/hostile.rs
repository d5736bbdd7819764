//! Extensions that do their worst, each in its own way and each at full speed.

use std::sync::Arc;

use anyhow::Result;
use boomerang_engine::{Installation, InstallationOptions, Point, PreparedSettings};
use serde_json::json;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use crate::setup::{self, Setup};

/// A way to be hostile.
pub(super) struct Worst {
    id: &'static str,
    /// What it is called for.
    pub(super) point: Point,
    /// How the row is called.
    pub(super) name: &'static str,
    imports: &'static str,
    /// Functions that are imported, in text.
    parts: &'static str,
    /// The body of the function that is called.
    body: &'static str,
}

/// All of them.
pub(super) const ALL: [Worst; 4] = [
    Worst {
        id: "endless",
        point: Point::CartPricing,
        name: "beside an endless loop in another shop",
        imports: "",
        parts: "",
        body: "(loop (br 0)) unreachable",
    },
    Worst {
        id: "hoarder",
        point: Point::CartPricing,
        name: "beside a guest that fills its memory",
        imports: "",
        parts: "",
        // Every page it gets is written to, so that it is really there.
        body: "(local $page i32)
            (loop $more
                (local.set $page (memory.grow (i32.const 1)))
                (if (i32.ne (local.get $page) (i32.const -1))
                    (then
                        (memory.fill (i32.shl (local.get $page) (i32.const 16)) (i32.const 1) (i32.const 65536))
                        (br $more))))
            unreachable",
    },
    Worst {
        id: "asker",
        point: Point::CartPricing,
        name: "beside a flood of host calls",
        imports: "import boomerang:shop/quotas@0.1.0;",
        parts: r#"(import "boomerang:shop/quotas@0.1.0" "taken" (func $taken (param i32 i32 i32)))"#,
        body: "(loop $more (call $taken (i32.const 0) (i32.const 0) (i32.const 512)) (br $more)) unreachable",
    },
    Worst {
        id: "worker",
        point: Point::OrderEvents,
        name: "beside a flood of endless handlers",
        imports: "",
        parts: "",
        body: "(loop (br 0)) unreachable",
    },
];

impl Worst {
    /// Loads and installs it.
    pub(super) fn install(&self, setup: &Setup) -> Result<Arc<Installation>> {
        let interface = format!("boomerang:shop/{}@0.1.0", self.point.id());
        let function = if self.point == Point::OrderEvents { "on-order-event" } else { "price-cart" };
        let mut resolve = Resolve::default();
        resolve.push_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit"))?;
        let world = format!("package bench:hostile;\nworld hostile {{ {} export {interface}; }}", self.imports);
        let package = resolve.push_str("hostile.wit", &world)?;
        let world = resolve.select_world(&[package], None)?;
        let mut core = wat::parse_str(format!(
            r#"(module
                {}
                (memory (export "memory") 2)
                (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536))
                (func (export "{interface}#{function}") (param i32) (result i32) {}))"#,
            self.parts, self.body
        ))?;
        embed_component_metadata(&mut core, &resolve, world, StringEncoding::UTF8)?;
        let mut wasm = ComponentEncoder::default().module(&core)?.encode()?;
        let manifest = json!({ "id": self.id, "name": self.id, "version": "1.0.0", "summary": "Does its worst." });
        setup::append_section(&mut wasm, "boomerang:manifest", manifest.to_string().as_bytes());
        let extension = setup.engine.load(&wasm)?;
        let grants = extension.capabilities().to_vec();
        let options = InstallationOptions::new(PreparedSettings::from_bytes(*b""), grants);
        Ok(Arc::new(Installation::new(extension, options)?))
    }
}
