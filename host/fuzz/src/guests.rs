//! Components made from bytes.

use std::sync::LazyLock;

use arbitrary::{Error, Result, Unstructured};
use boomerang_engine::{Capability, Point};
use serde_json::json;
use wasm_encoder::{ComponentSection, CustomSection};
use wasm_smith::{Component, Config, InstructionKind, InstructionKinds, Module};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};

/// The contract.
static CONTRACT: LazyLock<Resolve> = LazyLock::new(|| {
    let mut resolve = Resolve::default();
    resolve.push_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit")).expect("the contract is valid");
    resolve
});

/// Any component, with whatever the component model has.
pub(crate) fn smithed(choice: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    Ok(Component::new(Config::default(), choice)?.to_bytes())
}

/// A component that speaks the contract: it exports some of the points and imports some of the capabilities, and its code,
/// memory, tables and globals are any.
pub(crate) fn dressed(choice: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let (chosen, imported): (u16, u16) = (choice.arbitrary()?, choice.arbitrary()?);
    // One is always there: what exports nothing is refused before it is looked at.
    let chosen = chosen | 1 << choice.int_in_range(0..=Point::ALL.len() - 1)?;
    let points: Vec<Point> = chosen_from(&Point::ALL, chosen);
    let exports = points.iter().map(|point| format!("export boomerang:shop/{}@0.1.0;\n", point.id()));
    let imports = chosen_from(&Capability::ALL, imported);
    let imports = imports.iter().map(|capability| format!("import boomerang:shop/{}@0.1.0;\n", capability.id()));
    let items: String = exports.chain(imports).collect();
    let mut resolve = CONTRACT.clone();
    let world = format!("package test:guest;\nworld guest {{\n{items}}}");
    let package = resolve.push_str("guest.wit", &world).expect("the world is valid");
    let world = resolve.select_world(&[package], None).expect("there is one world");
    let shape = dummy_module(&resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
    let mut module = Module::new(config(shape, choice)?, choice)?.to_bytes();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).expect("a module takes a section");
    // A start function or a type that a component cannot have makes no component.
    let encoded = ComponentEncoder::default().module(&module).and_then(|encoder| encoder.encode());
    encoded.map(|wasm| with_manifest(wasm, &points)).map_err(|_| Error::IncorrectFormat)
}

/// Those of a list whose bits are set.
fn chosen_from<T: Copy>(all: &[T], bits: u16) -> Vec<T> {
    all.iter().enumerate().filter(|(index, _)| bits >> index & 1 == 1).map(|(_, one)| *one).collect()
}

/// What the modules have: mostly what the engine allows, now and then everything.
fn config(shape: Vec<u8>, choice: &mut Unstructured<'_>) -> Result<Config> {
    let is_plain = choice.ratio(15_u8, 16)?;
    let plain = Config {
        allow_start_export: true,
        exceptions_enabled: false,
        gc_enabled: false,
        memory64_enabled: false,
        multi_value_enabled: true,
        relaxed_simd_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        wide_arithmetic_enabled: false,
        custom_page_sizes_enabled: false,
        extended_const_enabled: false,
        reference_types_enabled: true,
        max_memories: 1,
        max_memory32_bytes: 4 << 20,
        max_table_elements: 1_000,
        // Without control, what it does to memory is not cut short by a branch out of it.
        allowed_instructions: if choice.arbitrary()? {
            InstructionKinds::all()
        } else {
            InstructionKinds::new(&[
                InstructionKind::NumericInt,
                InstructionKind::MemoryInt,
                InstructionKind::Variable,
                InstructionKind::Parametric,
            ])
        },
        ..Config::default()
    };
    let base = if is_plain { plain } else { Config::default() };
    Ok(Config { module_shape: Some(shape), ..base })
}

/// A component with a manifest that promises what its points can keep.
pub(crate) fn with_manifest(mut wasm: Vec<u8>, points: &[Point]) -> Vec<u8> {
    let mut manifest = json!({ "id": "fuzzed", "name": "Fuzzed", "version": "1.0.0", "summary": "Made from bytes.", "settings": { "type": "object" } });
    if points.contains(&Point::Insights) {
        manifest["reports"] = json!([{ "id": "results", "title": "Results" }]);
    }
    if points.contains(&Point::Schedule) {
        manifest["schedule"] = json!([{ "name": "nightly", "every": "daily@03:00" }]);
    }
    let section = CustomSection { name: "boomerang:manifest".into(), data: manifest.to_string().into_bytes().into() };
    section.append_to_component(&mut wasm);
    wasm
}
