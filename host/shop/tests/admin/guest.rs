//! Small components of strangers: each prices carts in its own way, and asks for what it is told to ask for.

use serde_json::json;
use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{Function, Resolve};

use crate::component::{build, contract};

/// Runs into a trap.
pub(crate) const TRAPS: &str = "unreachable";
/// Changes nothing.
pub(crate) const CHANGES_NOTHING: &str = "(i32.const 1024)";
/// Takes 1.00 off the first line of a cart with a code in it: their number stands 108 bytes into the arguments.
pub(crate) const TAKES_CODES: &str = "(if (result i32) (i32.load offset=108 (local.get 0))
    (then (i32.const 1200)) (else (i32.const 1024)))";

/// The component: its version, the capabilities that it imports, and what it does with a cart.
pub(crate) fn component(id: &str, version: &str, capabilities: &[&str], prices: &str) -> Vec<u8> {
    let resolve = contract();
    let import = |capability: &&str| {
        let (name, function) = first_function(&resolve, capability);
        let types = resolve.wasm_signature(AbiVariant::GuestImport, function);
        let results = types.results.iter().map(core).map(|ty| format!("(result {ty})")).collect::<String>();
        let parameters = types.params.iter().map(core).collect::<Vec<_>>().join(" ");
        format!(r#"(import "{name}" "{}" (func (param {parameters}) {results}))"#, function.name)
    };
    let imports: String = capabilities.iter().map(import).collect();
    let module = format!(
        r#"(module {imports}
        (memory (export "memory") 1)
        (global $next (mut i32) (i32.const 8192))
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
            (local $at i32)
            (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
            (global.set $next (i32.add (local.get $at) (local.get 3)))
            (local.get $at))
        (func (export "boomerang:shop/cart-pricing@0.1.0#price-cart") (param i32) (result i32) {prices})
        (data (i32.const 1200) "\00\00\00\00\c0\04\00\00\01\00\00\00")
        (data (i32.const 1216) "\00\05\00\00\06\00\00\00\10\05\00\00\07\00\00\00\e0\04\00\00\01\00\00\00")
        (data (i32.const 1248) "\00\00\00\00\00\00\00\00\9c\ff\ff\ff\ff\ff\ff\ff")
        (data (i32.const 1280) "coupon")
        (data (i32.const 1296) "One off"))"#
    );
    let world: String = capabilities.iter().map(|one| format!("import boomerang:shop/{one}@0.1.0;\n")).collect();
    let manifest = json!({ "id": id, "name": "Somebody’s feature", "version": version, "summary": "Prices carts." });
    build(&module, &format!("{world}export boomerang:shop/cart-pricing@0.1.0;"), &manifest)
}

/// An interface's full name and its first function, which stands for all of it.
fn first_function<'a>(resolve: &'a Resolve, interface: &str) -> (String, &'a Function) {
    let full = format!("boomerang:shop/{interface}@0.1.0");
    let found = resolve.interfaces.iter().find(|(id, _)| resolve.id_of(*id).as_deref() == Some(full.as_str()));
    (full, found.unwrap().1.functions.values().next().unwrap())
}

fn core(ty: &WasmType) -> &'static str {
    match ty {
        WasmType::I64 | WasmType::PointerOrI64 => "i64",
        WasmType::F32 => "f32",
        WasmType::F64 => "f64",
        WasmType::I32 | WasmType::Pointer | WasmType::Length => "i32",
    }
}
