//! Makes a component of a core module in text.

use serde_json::Value;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// The contract.
pub(crate) fn contract() -> Resolve {
    let mut resolve = Resolve::default();
    resolve.push_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit")).unwrap();
    resolve
}

/// The component of a module, whose world has these imports and exports, with a manifest.
pub(crate) fn build(module: &str, world: &str, manifest: &Value) -> Vec<u8> {
    let mut resolve = contract();
    let world = format!("package test:guest;\nworld guest {{ {world} }}");
    let package = resolve.push_str("guest.wit", &world).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    let mut module = wat::parse_str(module).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    let mut wasm = ComponentEncoder::default().module(&module).and_then(|encoder| encoder.encode()).unwrap();
    append_section(&mut wasm, "boomerang:manifest", manifest);
    wasm
}

fn append_section(wasm: &mut Vec<u8>, name: &str, data: &Value) {
    let data = data.to_string();
    let mut body = leb(name.len());
    body.extend(name.as_bytes());
    body.extend(data.as_bytes());
    wasm.push(0);
    wasm.extend(leb(body.len()));
    wasm.extend(body);
}

/// A length as WebAssembly writes it.
fn leb(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let byte = (value & 0x7f) as u8;
        value >>= 7;
        bytes.push(if value == 0 { byte } else { byte | 0x80 });
        if value == 0 {
            return bytes;
        }
    }
}
