//! Builds small guests from the contract and a core module in text, and engines to run them in.
//!
//! A guest is written as WebAssembly text on purpose: what hostile code does is only certain where no compiler stands
//! between it and the engine.

#![allow(dead_code)] // Every test file uses its own part of this.

use std::sync::Arc;

use boomerang_engine::contract::{Cart, CartLine, Context, Order, OrderEvent};
use boomerang_engine::{
    Call, Capabilities, Engine, EngineConfig, Extension, Installation, InstallationOptions, Installations,
    PreparedSettings,
};
use serde_json::{Value, json};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// The little of WASI that guests here use.
const WASI_IO: &str = r#"
package wasi:io@0.2.6;
interface error { resource error; }
interface streams {
    use error.{error};
    variant stream-error { last-operation-failed(error), closed }
    resource output-stream { blocking-write-and-flush: func(contents: list<u8>) -> result<_, stream-error>; }
}
"#;
const WASI_CLI: &str = r#"
package wasi:cli@0.2.6;
interface exit { exit: func(status: result); }
interface stderr { use wasi:io/streams@0.2.6.{output-stream}; get-stderr: func() -> output-stream; }
"#;
const WASI_RANDOM: &str = r#"
package wasi:random@0.2.6;
interface random { get-random-u64: func() -> u64; }
"#;
const WASI_CLOCKS: &str = r#"
package wasi:clocks@0.2.6;
interface wall-clock { record datetime { seconds: u64, nanoseconds: u32 } now: func() -> datetime; }
"#;

/// A guest in the making.
pub(crate) struct Guest {
    world: String,
    imports: String,
    functions: String,
    manifest: Option<Value>,
}

impl Guest {
    /// A guest that has nothing yet; `id` is its extension id.
    pub(crate) fn new(id: &str) -> Self {
        Self {
            world: String::new(),
            imports: String::new(),
            functions: String::new(),
            manifest: Some(json!({ "id": id, "name": id, "version": "1.0.0", "summary": "A guest for tests." })),
        }
    }

    /// Exports an interface of the contract.
    pub(crate) fn exports(mut self, interface: &str) -> Self {
        self.world.push_str(&format!("export boomerang:shop/{interface}@0.1.0;\n"));
        self
    }

    /// Imports a function: the interface with its package and version, the function, and its core type.
    pub(crate) fn imports(mut self, interface: &str, function: &str, core: &str) -> Self {
        let item = format!("import {interface};\n");
        if !self.world.contains(&item) {
            self.world.push_str(&item);
        }
        let name = function.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
        self.imports.push_str(&format!(r#"(import "{interface}" "{function}" (func ${name} {core}))"#));
        self.imports.push('\n');
        self
    }

    /// Adds functions, data and globals in text.
    pub(crate) fn with(mut self, text: &str) -> Self {
        self.functions.push_str(text);
        self
    }

    /// Exports `cart-pricing` with this body: the pointer to the arguments is local 0; it leaves a pointer to the result.
    pub(crate) fn prices(self, body: &str) -> Self {
        self.exports("cart-pricing").with(&format!(
            r#"(func (export "boomerang:shop/cart-pricing@0.1.0#price-cart") (param i32) (result i32) {body})"#
        ))
    }

    /// Exports `order-events` with this body: the pointer to the arguments is local 0.
    pub(crate) fn handles_orders(self, body: &str) -> Self {
        self.exports("order-events").with(&format!(
            r#"(func (export "boomerang:shop/order-events@0.1.0#on-order-event") (param i32) (result i32) {body})"#
        ))
    }

    /// Replaces parts of the manifest.
    pub(crate) fn manifest(mut self, change: impl FnOnce(&mut Value)) -> Self {
        change(self.manifest.as_mut().expect("the manifest is still there"));
        self
    }

    /// Leaves the manifest out.
    pub(crate) fn without_manifest(mut self) -> Self {
        self.manifest = None;
        self
    }

    /// The component.
    pub(crate) fn build(&self) -> Vec<u8> {
        let module = format!(
            r#"(module
                {}
                (memory (export "memory") 2)
                (global $next (mut i32) (i32.const 65536))
                (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
                    (local $at i32)
                    (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
                    (global.set $next (i32.add (local.get $at) (local.get 3)))
                    (local.get $at))
                {}
            )"#,
            self.imports, self.functions
        );
        let mut resolve = Resolve::default();
        for (path, wit) in
            [("io.wit", WASI_IO), ("cli.wit", WASI_CLI), ("random.wit", WASI_RANDOM), ("clocks.wit", WASI_CLOCKS)]
        {
            resolve.push_str(path, wit).expect("the WASI subset is valid");
        }
        let wit = concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit");
        resolve.push_dir(wit).expect("the contract is valid");
        let world = format!("package test:guest;\nworld guest {{\n{}}}", self.world);
        let package = resolve.push_str("guest.wit", &world).expect("the world is valid");
        let world = resolve.select_world(&[package], None).expect("there is one world");
        let mut core = wat::parse_str(&module).unwrap_or_else(|error| panic!("{error}\n{module}"));
        embed_component_metadata(&mut core, &resolve, world, StringEncoding::UTF8).expect("the module is valid");
        let mut wasm = ComponentEncoder::default()
            .validate(true)
            .module(&core)
            .and_then(|encoder| encoder.encode())
            .unwrap_or_else(|error| panic!("{error:?}\n{module}"));
        if let Some(manifest) = &self.manifest {
            append_section(&mut wasm, "boomerang:manifest", manifest.to_string().as_bytes());
        }
        wasm
    }

    /// Loads it into an engine.
    pub(crate) fn load(&self, engine: &Engine) -> Arc<Extension> {
        engine.load(&self.build()).unwrap_or_else(|refusal| panic!("{refusal}"))
    }

    /// Loads it and installs it with consent to everything.
    pub(crate) fn install(&self, engine: &Engine) -> Arc<Installation> {
        install(&self.load(engine))
    }
}

/// Appends a custom section.
pub(crate) fn append_section(wasm: &mut Vec<u8>, name: &str, data: &[u8]) {
    let leb = |mut value: usize| {
        let mut bytes = Vec::new();
        loop {
            let byte = (value & 0x7f) as u8;
            value >>= 7;
            bytes.push(if value == 0 { byte } else { byte | 0x80 });
            if value == 0 {
                return bytes;
            }
        }
    };
    let mut body = leb(name.len());
    body.extend_from_slice(name.as_bytes());
    body.extend_from_slice(data);
    wasm.push(0);
    wasm.extend(leb(body.len()));
    wasm.extend(body);
}

/// Installs with consent to everything and no settings.
pub(crate) fn install(extension: &Arc<Extension>) -> Arc<Installation> {
    let options = InstallationOptions::new(PreparedSettings::from_bytes(*b"{}"), extension.capabilities().to_vec());
    Arc::new(Installation::new(Arc::clone(extension), options).expect("everything is granted"))
}

/// The installations of a shop.
pub(crate) fn shop(installations: &[&Arc<Installation>]) -> Installations {
    Installations::new(installations.iter().map(|installation| Arc::clone(installation))).expect("each is there once")
}

/// An engine with every write capability and no read capability.
pub(crate) fn engine() -> Engine {
    engine_with(EngineConfig::default(), Capabilities::builder().all_writes().build())
}

/// An engine.
pub(crate) fn engine_with(config: EngineConfig, capabilities: Capabilities) -> Engine {
    Engine::new(config, capabilities).expect("the engine starts")
}

/// A call at an instant.
pub(crate) fn call_at(now: i64) -> Call {
    Call::new("shop-1", Context { now, locale: "de-AT".into(), time_zone: "Europe/Vienna".into() })
}

/// A cart of so many lines of 10.00 each.
pub(crate) fn cart(lines: usize) -> Cart {
    Cart {
        currency: "EUR".into(),
        lines: (0..lines)
            .map(|line| CartLine {
                product: format!("product-{line}"),
                variant: format!("variant-{line}"),
                quantity: 1,
                unit_price: 1_000,
                added_at: 0,
                attributes: vec![],
            })
            .collect(),
        delivery_fee: 490,
        customer: Some("customer-1".into()),
        country: None,
        checkout_since: None,
        codes: vec![],
        attributes: vec![],
    }
}

/// An order that has been paid.
pub(crate) fn order_event(id: &str) -> OrderEvent {
    OrderEvent {
        id: id.into(),
        topic: "paid".into(),
        occurred_at: 0,
        order: Order {
            id: "1042".into(),
            number: "1042".into(),
            placed_at: 0,
            currency: "EUR".into(),
            lines: vec![],
            adjustments: vec![],
            delivery_fee: 0,
            tax: 0,
            total: 0,
            customer: None,
            contact: "contact-1".into(),
            contact_domain: "example.com".into(),
            country: None,
            flags: vec![],
            attributes: vec![],
        },
        refund: None,
    }
}

/// Bytes as text of a data segment.
pub(crate) fn data(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\{byte:02x}")).collect()
}

/// A result at address 1024: `ok` with an empty list, which is also `ok` without a value.
pub(crate) const OK_EMPTY: &str = r#"(i32.const 1024)"#;

/// Text for a guest that always makes these adjustments of one change each: (target, amount, class, label), the target
/// being a line, `-1` for the order or `-2` for delivery. The result is at address 2048.
pub(crate) fn adjustments(adjustments: &[(i32, i64, &str, &str)]) -> String {
    const LIST: usize = 2_104;
    const CHANGES: usize = 8_192;
    const STRINGS: usize = 16_384;
    let (mut strings, mut changes, mut list) = (Vec::new(), Vec::new(), Vec::new());
    let pair = |address: usize, length: usize| [address as u32, length as u32].map(u32::to_le_bytes).concat();
    for (target, amount, class, label) in adjustments {
        for text in [class, label] {
            list.extend(pair(STRINGS + strings.len(), text.len()));
            strings.extend_from_slice(text.as_bytes());
        }
        list.extend(pair(CHANGES + changes.len(), 1));
        // No claims.
        list.extend([0; 8]);
        let (case, line) = match target {
            -1 => (1_u32, 0),
            -2 => (2, 0),
            line => (0, *line),
        };
        changes.extend(case.to_le_bytes());
        changes.extend(line.to_le_bytes());
        changes.extend(amount.to_le_bytes());
        // No units, and the gap up to the next multiple of 8.
        changes.extend([0; 8]);
    }
    let result = [vec![0; 4], pair(LIST, adjustments.len())].concat();
    let parts = [(2_048, &result), (LIST, &list), (CHANGES, &changes), (STRINGS, &strings)];
    parts.map(|(at, bytes)| format!(r#"(data (i32.const {at}) "{}")"#, data(bytes))).concat()
}

/// Text for a result at address 3072: a fault with this code and message.
pub(crate) fn fault(code: &str, message: &str) -> String {
    const STRINGS: u32 = 12_288;
    let mut result = vec![1, 0, 0, 0];
    let mut at = STRINGS;
    for text in [code, message] {
        result.extend(at.to_le_bytes());
        result.extend((text.len() as u32).to_le_bytes());
        at += text.len() as u32;
    }
    format!(
        r#"(data (i32.const 3072) "{}") (data (i32.const {STRINGS}) "{}")"#,
        data(&result),
        data(format!("{code}{message}").as_bytes())
    )
}

/// A guest that prices with these adjustments.
pub(crate) fn pricing_guest(id: &str, made: &[(i32, i64, &str, &str)]) -> Guest {
    Guest::new(id).prices("(i32.const 2048)").with(&adjustments(made))
}
