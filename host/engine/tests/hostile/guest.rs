//! Builds hostile components: the types come from the contract, the code from the attack.

use std::sync::LazyLock;

use serde_json::{Value as Json, json};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{Function, Resolve, SizeAlign, Type};

use crate::abi::Image;
use crate::support::{append_section, data};
use crate::value::Val;
use crate::wasi;

/// Where values are put in a guest's memory.
pub(crate) const VALUES: usize = 0x1_0000;
/// Where the allocator of a guest begins.
const HEAP: usize = 0x8_0000;
/// Empty memory of three megabytes, aligned to everything: more than a call may hand over.
pub(crate) const WIDE: usize = 0x10_0000;
/// Pages of a guest's memory: the wide part and a little more.
const PAGES: usize = 72;

/// The contract and the parts of WASI that are attacked.
pub(crate) static CONTRACT: LazyLock<Resolve> = LazyLock::new(|| {
    let mut resolve = Resolve::default();
    for (name, wit) in wasi::PACKAGES {
        resolve.push_str(name, wit).expect("the parts of WASI are valid");
    }
    resolve.push_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit")).expect("the contract is valid");
    resolve
});

/// How large everything in it is.
static SIZES: LazyLock<SizeAlign> = LazyLock::new(|| {
    let mut sizes = SizeAlign::default();
    sizes.fill(&CONTRACT);
    sizes
});

/// Bytes of a value of a type, and what its address is a multiple of.
pub(crate) fn layout(ty: &Type) -> (usize, usize) {
    (SIZES.size(ty).size_wasm32(), SIZES.align(ty).align_wasm32())
}

/// A function of an interface, by the names of both. Interfaces without a package are the contract's.
pub(crate) fn function(interface: &str, name: &str) -> &'static Function {
    let resolve: &'static Resolve = &CONTRACT;
    let found = resolve.interfaces.iter().find(|(id, _)| resolve.id_of(*id).as_deref() == Some(&full(interface)));
    let (_, found) = found.unwrap_or_else(|| panic!("there is no interface {interface}"));
    found.functions.get(name).unwrap_or_else(|| panic!("{interface} has no function {name}"))
}

/// The functions of an interface of the contract.
pub(crate) fn functions(interface: &str) -> Vec<&'static Function> {
    let resolve: &'static Resolve = &CONTRACT;
    let found = resolve.interfaces.iter().find(|(id, _)| resolve.id_of(*id).as_deref() == Some(&full(interface)));
    found.unwrap_or_else(|| panic!("there is no interface {interface}")).1.functions.values().collect()
}

fn full(interface: &str) -> String {
    if interface.contains(':') { interface.into() } else { format!("boomerang:shop/{interface}@0.1.0") }
}

/// A component in the making. What it does is text, because what hostile code does is only certain where no compiler
/// stands between it and the engine.
#[derive(Clone)]
pub(crate) struct Guest {
    manifest: Json,
    world: Vec<String>,
    imports: Vec<String>,
    parts: Vec<String>,
    memory: String,
    realloc: Option<String>,
    values: Image<'static>,
}

impl Guest {
    /// A guest that has nothing yet.
    pub(crate) fn new(id: &str) -> Self {
        Self {
            manifest: json!({ "id": id, "name": id, "version": "1.0.0", "summary": "Hostile." }),
            world: Vec::new(),
            imports: Vec::new(),
            parts: Vec::new(),
            memory: format!("{PAGES}"),
            realloc: None,
            values: Image::new(&CONTRACT, &SIZES, VALUES),
        }
    }

    /// Exports the function of an extension point with this body, which leaves a pointer to the result.
    pub(crate) fn answers(mut self, point: &str, body: &str) -> Self {
        let function = only_function(point);
        let signature = CONTRACT.wasm_signature(AbiVariant::GuestExport, function);
        self.item(format!("export {};", full(point)));
        self.parts.push(format!(
            r#"(func (export "{}#{}") {} (result i32) {body})"#,
            full(point),
            function.name,
            parameters(&signature.params),
        ));
        self
    }

    /// Answers with a value.
    pub(crate) fn answers_with(mut self, point: &str, value: &Val) -> Self {
        let ty = only_function(point).result.expect("every point has a result");
        let at = self.values.place(&ty, value);
        self.answers(point, &format!("(i32.const {at})"))
    }

    /// Answers with what is right everywhere: no error, nothing wanted.
    pub(crate) fn answers_nothing(mut self, point: &str) -> Self {
        // All zero is `ok` with an empty list, with none, or with a record of empty lists.
        let ty = only_function(point).result.expect("every point has a result");
        let (size, align) = layout(&ty);
        let at = self.values.allocate(size, align);
        self.answers(point, &format!("(i32.const {at})"))
    }

    /// Imports a function and calls it `$name`, with what is no letter or digit as `-`.
    pub(crate) fn imports(mut self, interface: &str, name: &str) -> Self {
        let interface = full(interface);
        self.item(format!("import {interface};"));
        let signature = CONTRACT.wasm_signature(AbiVariant::GuestImport, function(&interface, name));
        let results: String = signature.results.iter().map(|ty| format!("(result {})", text(*ty))).collect();
        self.imports.push(format!(
            r#"(import "{interface}" "{name}" (func ${} {} {results}))"#,
            label(name),
            parameters(&signature.params)
        ));
        self
    }

    /// Imports a function that is not part of an interface's types, such as the end of a resource.
    pub(crate) fn imports_core(mut self, interface: &str, name: &str, core: &str) -> Self {
        self.item(format!("import {interface};"));
        self.imports.push(format!(r#"(import "{interface}" "{name}" (func ${} {core}))"#, label(name)));
        self
    }

    /// Text that calls an imported function with these values and ignores what it answers.
    pub(crate) fn calling(&mut self, interface: &str, name: &str, values: &[Val]) -> String {
        let to = self.values.allocate(256, 8);
        self.calling_to(interface, name, values, &to.to_string())
    }

    /// The same, with the answer at another address, where it does not fit into a core result.
    pub(crate) fn calling_to(&mut self, interface: &str, name: &str, values: &[Val], to: &str) -> String {
        let function = function(interface, name);
        let signature = CONTRACT.wasm_signature(AbiVariant::GuestImport, function);
        let types: Vec<Type> = function.params.iter().map(|parameter| parameter.ty).collect();
        let arguments = if signature.indirect_params {
            let all: Vec<_> = types.into_iter().zip(values.iter().cloned()).collect();
            vec![(WasmType::I32, self.values.place_all(&all) as u64)]
        } else {
            types.iter().zip(values).flat_map(|(ty, value)| self.values.flatten(ty, value)).collect()
        };
        let mut arguments: String = arguments.iter().map(|(ty, bits)| constant(*ty, *bits)).collect();
        if signature.retptr {
            arguments.push_str(&format!("(i32.const {to})"));
        }
        let call = format!("(call ${} {arguments})", label(name));
        if signature.results.is_empty() { call } else { format!("(drop {call})") }
    }

    /// Adds functions, tables, globals and data.
    pub(crate) fn with(mut self, text: &str) -> Self {
        self.parts.push(text.into());
        self
    }

    /// The memory, in pages.
    pub(crate) fn memory(mut self, pages: &str) -> Self {
        self.memory = pages.into();
        self
    }

    /// Another allocator: `(param i32 i32 i32 i32) (result i32)` are there already.
    pub(crate) fn allocates(mut self, body: &str) -> Self {
        self.realloc = Some(body.into());
        self
    }

    /// Changes the manifest.
    pub(crate) fn manifest(mut self, change: impl FnOnce(&mut Json)) -> Self {
        change(&mut self.manifest);
        self
    }

    fn item(&mut self, item: String) {
        if !self.world.contains(&item) {
            self.world.push(item);
        }
    }

    /// The core module in text.
    fn module(&self) -> String {
        let realloc = self.realloc.clone().unwrap_or_else(|| {
            "(local $at i32)
             (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
             (global.set $next (i32.add (local.get $at) (local.get 3)))
             (local.get $at)"
                .into()
        });
        format!(
            r#"(module {} (memory (export "memory") {}) (global $next (mut i32) (i32.const {HEAP}))
               (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) {realloc}) {}
               (data (i32.const {VALUES}) "{}"))"#,
            self.imports.concat(),
            self.memory,
            self.parts.concat(),
            data(&self.values.clone().into_bytes()),
        )
    }

    /// The component.
    pub(crate) fn build(&self) -> Vec<u8> {
        let module = self.module();
        let core = wat::parse_str(&module).unwrap_or_else(|error| panic!("{error}\n{module}"));
        let wasm = componentize(core, &self.world.concat());
        with_manifest(wasm, &self.manifest)
    }
}

/// Wraps a core module into a component of this world.
pub(crate) fn componentize(mut core: Vec<u8>, world: &str) -> Vec<u8> {
    let mut resolve = CONTRACT.clone();
    let world = format!("package test:guest;\nworld guest {{ {world} }}");
    let package = resolve.push_str("guest.wit", &world).expect("the world is valid");
    let world = resolve.select_world(&[package], None).expect("there is one world");
    embed_component_metadata(&mut core, &resolve, world, StringEncoding::UTF8).expect("the module is valid");
    ComponentEncoder::default()
        .validate(false)
        .module(&core)
        .and_then(|encoder| encoder.encode())
        .unwrap_or_else(|error| panic!("{error:?}"))
}

/// Adds a manifest.
pub(crate) fn with_manifest(mut wasm: Vec<u8>, manifest: &Json) -> Vec<u8> {
    append_section(&mut wasm, "boomerang:manifest", manifest.to_string().as_bytes());
    wasm
}

/// The function of an extension point; each has one.
pub(crate) fn only_function(point: &str) -> &'static Function {
    functions(point)[0]
}

fn label(name: &str) -> String {
    name.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-")
}

fn text(ty: WasmType) -> &'static str {
    match ty {
        WasmType::I32 | WasmType::Pointer | WasmType::Length => "i32",
        WasmType::I64 | WasmType::PointerOrI64 => "i64",
        WasmType::F32 => "f32",
        WasmType::F64 => "f64",
    }
}

fn constant(ty: WasmType, bits: u64) -> String {
    match text(ty) {
        "i32" => format!("(i32.const {})", (bits as u32).cast_signed()),
        "i64" => format!("(i64.const {})", bits.cast_signed()),
        other => panic!("the contract has no {other}"),
    }
}

fn parameters(types: &[WasmType]) -> String {
    types.iter().map(|ty| format!("(param {})", text(*ty))).collect()
}
