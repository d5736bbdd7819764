//! The bombs: components that are small to send and large to compile.

use std::fmt::Write;

use boomerang_engine::LoadError;
use serde_json::json;
use wasm_encoder::{
    CodeSection, Component, ComponentTypeSection, ConstExpr, DataSection, Encode, ExportKind, ExportSection, Function,
    FunctionSection, ImportSection, Instruction, MemorySection, MemoryType, Module, PrimitiveValType, TypeSection,
    ValType,
};

use crate::support::append_section;

/// A bomb.
pub(crate) struct Bomb {
    pub(crate) name: &'static str,
    /// The kinds of `LoadError` that are right: where a bound is time or memory, a machine may reach one before the other.
    pub(crate) refused_as: &'static [&'static str],
    pub(crate) build: fn() -> Vec<u8>,
}

/// Refused by what is counted before anything is compiled.
const COUNTED: &[&str] = &["TooComplex"];
/// Refused because the worker came to the end of its time or memory.
const STOPPED: &[&str] = &["TooSlow", "TooMuchMemory"];

/// Every bomb.
pub(crate) const ALL: [Bomb; 20] = [
    Bomb { name: "locals carried round 1,400 loops", refused_as: STOPPED, build: || function(&phi(900, 1_400)) },
    Bomb { name: "locals swapped in 700 branches", refused_as: COUNTED, build: || function(&swaps(900, 700)) },
    Bomb { name: "100 functions of 700 branches", refused_as: STOPPED, build: many_swaps },
    Bomb { name: "jump tables into 1,400 blocks", refused_as: STOPPED, build: || function(&jumps(1_400, 100)) },
    Bomb { name: "instances doubled thirty times", refused_as: STOPPED, build: || doubled(30) },
    Bomb { name: "instances doubled twelve times", refused_as: &["Compile"], build: || doubled(12) },
    Bomb { name: "one function of 2 MB", refused_as: COUNTED, build: || function(&long(2 << 20)) },
    Bomb { name: "blocks 20,000 deep", refused_as: COUNTED, build: || function(&deep(20_000)) },
    Bomb { name: "40,000 locals", refused_as: COUNTED, build: || function(&locals(40_000)) },
    Bomb { name: "200,000 functions", refused_as: COUNTED, build: || functions(200_000) },
    Bomb { name: "500,000 types", refused_as: COUNTED, build: || core_types(500_000) },
    Bomb { name: "300,000 imports", refused_as: COUNTED, build: || imports(300_000) },
    Bomb { name: "300,000 exports", refused_as: COUNTED, build: || exports(300_000) },
    Bomb { name: "types of 900,000 members", refused_as: COUNTED, build: || members(90, 10_000) },
    Bomb { name: "an instance type of 900,000 declarations", refused_as: COUNTED, build: || declarations(900_000) },
    Bomb { name: "components 5,000 deep", refused_as: COUNTED, build: || nested(5_000) },
    Bomb { name: "900 modules", refused_as: COUNTED, build: || modules(900) },
    Bomb { name: "tuples that double thirty times", refused_as: &["Invalid"], build: || tuples(30) },
    Bomb { name: "30 MB of data beyond the memory", refused_as: &["Trial"], build: || data(30 << 20) },
    Bomb { name: "custom sections by the million", refused_as: &["PointMismatch"], build: || customs(1_500_000) },
];

/// What the kind of a refusal is called.
pub(crate) fn kind(error: &LoadError) -> String {
    format!("{error:?}").chars().take_while(char::is_ascii_alphanumeric).collect()
}

/// A component with something in it that gets as far as the compiler.
fn component(text: &str) -> Vec<u8> {
    let text = format!(
        r#"(component {text}
            (core module $e (func (export "f")))
            (core instance $ei (instantiate $e))
            (func $ef (canon lift (core func $ei "f")))
            (instance $point (export "price-cart" (func $ef)))
            (export "boomerang:shop/cart-pricing@0.1.0" (instance $point)))"#
    );
    with_manifest(wat::parse_str(text).expect("it is valid"))
}

fn with_manifest(mut wasm: Vec<u8>) -> Vec<u8> {
    let manifest = json!({ "id": "bomb", "name": "Bomb", "version": "1", "summary": "A bomb." });
    append_section(&mut wasm, "boomerang:manifest", manifest.to_string().as_bytes());
    wasm
}

fn function(body: &str) -> Vec<u8> {
    component(&format!("(core module (memory 1) (func (param i32) {body}))"))
}

fn repeat(times: usize, mut part: impl FnMut(&mut String, usize)) -> String {
    let mut text = String::new();
    (0..times).for_each(|index| part(&mut text, index));
    text
}

/// Loops within each other, each of which changes every local.
fn phi(locals: usize, loops: usize) -> String {
    let mut text = format!("(local {})", "i32 ".repeat(locals));
    for index in 0..loops {
        let (to, from) = (1 + index % locals, 1 + (index * 7) % locals);
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "loop local.get {from} local.get {to} i32.xor local.set {to} local.get {to} br_if 0 local.get {from} br_if 0 "
        );
    }
    text.push_str(&"end ".repeat(loops));
    text
}

/// Branches, in each of which hundreds of locals take each other's values.
fn swaps(locals: usize, branches: usize) -> String {
    let mut text = format!("(local {})", "i32 ".repeat(locals));
    let per_branch = 180;
    for branch in 0..branches {
        let swap = |text: &mut String, index: usize| {
            let (one, other) = (1 + (branch * 31 + index * 17) % locals, 1 + (branch * 7 + index * 3) % locals);
            let _ = write!(text, "local.get {one} local.get {other} local.set {one} local.set {other} ");
        };
        let _ = write!(
            text,
            "loop local.get {} if {} else {} end ",
            1 + branch % locals,
            repeat(per_branch, swap),
            repeat(per_branch / 2, swap)
        );
        let _ = write!(text, "local.get {} br_if 0 end ", 1 + (branch * 13) % locals);
    }
    text
}

fn many_swaps() -> Vec<u8> {
    let body = swaps(300, 100);
    component(&format!(
        "(core module {})",
        repeat(100, |text, _| {
            let _ = write!(text, "(func (param i32) {body})");
        })
    ))
}

/// Blocks within each other, and jumps to each of them.
fn jumps(blocks: usize, tables: usize) -> String {
    let mut text = "block ".repeat(blocks);
    let targets = repeat(blocks, |text, index| {
        let _ = write!(text, "{index} ");
    });
    for _ in 0..tables {
        let _ = write!(text, "block local.get 0 if local.get 0 br_table {targets} 0 end end ");
    }
    text.push_str(&"local.get 0 i32.const 1 i32.add local.set 0 end ".repeat(blocks));
    text
}

fn long(bytes: usize) -> String {
    "i32.const 1 drop ".repeat(bytes / 3 + 1)
}

fn deep(blocks: usize) -> String {
    format!("{}{}", "block ".repeat(blocks), "end ".repeat(blocks))
}

fn locals(count: usize) -> String {
    format!("(local {})", "i64 ".repeat(count))
}

/// Components, each of which has two instances of the one before.
fn doubled(times: usize) -> Vec<u8> {
    let mut text =
        "(component $c0 (core module $m (memory 1) (func $s) (start $s)) (core instance (instantiate $m)))".to_owned();
    for level in 1..=times {
        let _ = write!(
            text,
            "(component $c{level} (alias outer 1 $c{below} (component $x)) (instance (instantiate $x)) (instance (instantiate $x)))",
            below = level - 1
        );
    }
    let _ = write!(text, "(instance (instantiate $c{times}))");
    component(&text)
}

/// A component that has one more core module, and an instance of it.
fn module(fill: impl FnOnce(&mut Module)) -> Vec<u8> {
    const MODULES: u8 = 1;
    const INSTANCES: u8 = 2;
    let mut module = Module::new();
    fill(&mut module);
    let mut wasm = component("");
    add(&mut wasm, MODULES, &module.finish());
    // One instance, made of module 1 and nothing else.
    add(&mut wasm, INSTANCES, &[1, 0, 1, 0]);
    wasm
}

/// A component that has some types more.
fn types(types: &ComponentTypeSection) -> Vec<u8> {
    let mut extra = Component::new();
    extra.section(types);
    let mut wasm = component("");
    // What follows the eight bytes that every component begins with.
    wasm.extend_from_slice(&extra.finish()[8..]);
    wasm
}

fn add(wasm: &mut Vec<u8>, id: u8, data: &[u8]) {
    wasm.push(id);
    data.encode(wasm);
}

fn functions(count: u32) -> Vec<u8> {
    module(|module| {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
        let mut empty = Function::new([]);
        empty.instruction(&Instruction::End);
        for _ in 0..count {
            functions.function(0);
            code.function(&empty);
        }
        module.section(&types).section(&functions).section(&code);
    })
}

fn core_types(count: u32) -> Vec<u8> {
    module(|module| {
        let mut types = TypeSection::new();
        (0..count).for_each(|_| types.ty().function([ValType::I32], []));
        module.section(&types);
    })
}

fn imports(count: u32) -> Vec<u8> {
    module(|module| {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut imports = ImportSection::new();
        for index in 0..count {
            imports.import(
                "m",
                &format!("a function with a name of some length {index}"),
                wasm_encoder::EntityType::Function(0),
            );
        }
        module.section(&types).section(&imports);
    })
}

fn exports(count: u32) -> Vec<u8> {
    module(|module| {
        let (mut memories, mut exports) = (MemorySection::new(), ExportSection::new());
        memories.memory(MemoryType { minimum: 1, maximum: None, memory64: false, shared: false, page_size_log2: None });
        for index in 0..count {
            exports.export(&format!("an export with a name of some length {index}"), ExportKind::Memory, 0);
        }
        module.section(&memories).section(&exports);
    })
}

fn members(records: u32, fields: u32) -> Vec<u8> {
    let mut section = ComponentTypeSection::new();
    let names: Vec<_> = (0..fields).map(|field| format!("f{field}")).collect();
    for _ in 0..records {
        let fields = names.iter().map(|name| (name.as_str(), PrimitiveValType::U8));
        section.defined_type().record(fields);
    }
    types(&section)
}

fn declarations(count: u32) -> Vec<u8> {
    let mut section = ComponentTypeSection::new();
    let mut instance = wasm_encoder::InstanceType::new();
    for _ in 0..count {
        instance.ty().defined_type().primitive(PrimitiveValType::U8);
    }
    section.instance(&instance);
    types(&section)
}

fn nested(depth: usize) -> Vec<u8> {
    const COMPONENTS: u8 = 4;
    let mut inner = Component::new().finish();
    for _ in 0..depth {
        let mut outer = Component::new().finish();
        add(&mut outer, COMPONENTS, &inner);
        inner = outer;
    }
    let mut wasm = component("");
    add(&mut wasm, COMPONENTS, &inner);
    wasm
}

fn modules(count: usize) -> Vec<u8> {
    component(&"(core module (memory 1) (func))".repeat(count))
}

fn tuples(times: usize) -> Vec<u8> {
    component(&repeat(times, |text, level| {
        let _ = match level {
            0 => write!(text, "(type $t0 (tuple u64 u64))"),
            level => write!(text, "(type $t{level} (tuple $t{below} $t{below}))", below = level - 1),
        };
    }))
}

fn data(bytes: usize) -> Vec<u8> {
    module(|module| {
        let (mut memories, mut data) = (MemorySection::new(), DataSection::new());
        memories.memory(MemoryType { minimum: 1, maximum: None, memory64: false, shared: false, page_size_log2: None });
        data.active(0, &ConstExpr::i32_const(0), std::iter::repeat_n(7, bytes));
        module.section(&memories).section(&data);
    })
}

fn customs(count: usize) -> Vec<u8> {
    const CUSTOM: u8 = 0;
    let mut wasm = component("");
    // A name of one letter, and nothing.
    (0..count).for_each(|_| add(&mut wasm, CUSTOM, &[1, b'x']));
    wasm
}
