//! Finds out what a component exports and imports, from its types alone.

use wasmparser::component_types::{ComponentAnyTypeId, ComponentEntityType};
use wasmparser::types::TypesRef;
use wasmparser::{Parser, Payload, Validator, WasmFeatures};

use super::error::LoadError;
use super::names::{self, PACKAGE};
use crate::call::{text, wasi};
use crate::point::{Capability, Point};

/// What a component exports and imports.
#[derive(Debug, Default)]
pub(super) struct Reflected {
    pub(super) points: Vec<Point>,
    pub(super) capabilities: Vec<Capability>,
    pub(super) wasi: Vec<String>,
}

/// The proposals that extensions may use; the same as the engine compiles with.
fn features() -> WasmFeatures {
    WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::REFERENCE_TYPES
        | WasmFeatures::CALL_INDIRECT_OVERLONG
        | WasmFeatures::MULTI_VALUE
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::BULK_MEMORY_OPT
        | WasmFeatures::SIMD
        | WasmFeatures::FLOATS
        | WasmFeatures::EXTENDED_CONST
        | WasmFeatures::MULTI_MEMORY
        | WasmFeatures::COMPONENT_MODEL
}

/// Validates the bytes and sorts the names at the top level.
pub(super) fn reflect(wasm: &[u8]) -> Result<Reflected, LoadError> {
    let types = Validator::new_with_features(features())
        .validate_all(wasm)
        .map_err(|error| LoadError::Invalid(text::escape(&error.to_string(), 300)))?;
    let types = types.as_ref();
    let mut reflected = Reflected::default();
    let mut others = Vec::new();
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(wasm) {
        // The validator has been over these bytes, so an error here repeats one that it would have found.
        let Ok(payload) = payload else { continue };
        match payload {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 1 => {
                for import in section.into_iter().flatten() {
                    reflected.import(import.name.name, types)?;
                }
            }
            Payload::ComponentExportSection(section) if depth == 1 => {
                for export in section.into_iter().flatten() {
                    if !reflected.export(export.name.name)? {
                        others.push(text::escape(export.name.name, 80));
                    }
                }
            }
            _ => {}
        }
    }
    if reflected.points.is_empty() {
        let names = if others.is_empty() { "nothing".into() } else { others.join(", ") };
        return Err(LoadError::NoPoint(text::escape(&names, 400)));
    }
    // One may be there in several versions of the same track.
    reflected.points.sort_unstable();
    reflected.points.dedup();
    reflected.capabilities.sort_unstable();
    reflected.capabilities.dedup();
    Ok(reflected)
}

impl Reflected {
    fn import(&mut self, name: &str, types: TypesRef<'_>) -> Result<(), LoadError> {
        // An interface that is imported for its types asks for nothing.
        if is_types_only(name, types) {
            return Ok(());
        }
        let (interface, version) = names::split(name);
        if let Some(id) = interface.strip_prefix(PACKAGE) {
            if !names::is_compatible(version) {
                return Err(LoadError::WrongVersion { name: text::escape(name, 120) });
            }
            let capability = Capability::from_id(id).ok_or_else(|| {
                unknown(name, "No capability has this name: is it misspelt, or newer than this platform?")
            })?;
            self.capabilities.push(capability);
            return Ok(());
        }
        if wasi::INTERFACES.contains(&interface) && names::is_wasi_0_2(version) {
            self.wasi.push(name.into());
            return Ok(());
        }
        Err(unknown(
            name,
            if interface.starts_with("wasi:") {
                "Extensions have no files, network, environment or threads; ask a capability of `boomerang:shop` instead."
            } else {
                "Extensions import capabilities of `boomerang:shop` and basic WASI 0.2, nothing else."
            },
        ))
    }

    /// Notes an extension point; false for a name outside the contract, which is left alone.
    fn export(&mut self, name: &str) -> Result<bool, LoadError> {
        let (interface, version) = names::split(name);
        let Some(id) = interface.strip_prefix(PACKAGE) else { return Ok(false) };
        if !names::is_compatible(version) {
            return Err(LoadError::WrongVersion { name: text::escape(name, 120) });
        }
        let point = Point::from_id(id).ok_or_else(|| LoadError::UnknownPoint(text::escape(name, 120)))?;
        self.points.push(point);
        Ok(true)
    }
}

fn unknown(name: &str, hint: &str) -> LoadError {
    LoadError::UnknownImport { import: text::escape(name, 120), hint: hint.into() }
}

/// The import is an instance that holds nothing but plain types. A resource is more than a type: the host has to have it.
fn is_types_only(name: &str, types: TypesRef<'_>) -> bool {
    let Some(item) = types.component_item_for_import(name) else { return false };
    let ComponentEntityType::Instance(id) = item.ty else { return false };
    types[id].exports.values().all(|export| match export.ty {
        ComponentEntityType::Type { created, .. } => !matches!(created, ComponentAnyTypeId::Resource(_)),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reflect_wat(text: &str) -> Result<Reflected, LoadError> {
        reflect(&wat::parse_str(text).unwrap())
    }

    const POINT: &str = r#"
        (component $c)
        (instance $i (instantiate $c))
        (export "boomerang:shop/cart-pricing@0.1.0" (instance $i))
    "#;

    #[test]
    fn unknown_imports_are_named_with_a_way_out() {
        for import in ["acme:shell/run@1.0.0", "wasi:sockets/tcp@0.2.6", "boomerang:shop/pointz@0.1.0"] {
            let refusal =
                reflect_wat(&format!(r#"(component (import "{import}" (instance (export "f" (func)))) {POINT})"#));
            assert!(
                matches!(&refusal, Err(LoadError::UnknownImport { import: named, .. }) if named == import),
                "{refusal:?}"
            );
        }
    }

    #[test]
    fn a_bare_function_cannot_be_imported() {
        let refusal = reflect_wat(&format!(r#"(component (import "f" (func)) {POINT})"#));
        assert!(matches!(refusal, Err(LoadError::UnknownImport { .. })));
    }

    #[test]
    fn another_version_of_the_contract_is_named() {
        let refusal = reflect_wat(&format!(
            r#"(component (import "boomerang:shop/points@0.2.0" (instance (export "f" (func)))) {POINT})"#
        ));
        assert!(matches!(refusal, Err(LoadError::WrongVersion { .. })), "{refusal:?}");
    }

    #[test]
    fn a_component_without_a_point_is_refused() {
        assert_eq!(reflect_wat("(component)").unwrap_err(), LoadError::NoPoint("nothing".into()));
        let other = r#"(component (component $c) (instance $i (instantiate $c)) (export "run" (instance $i)))"#;
        assert_eq!(reflect_wat(other).unwrap_err(), LoadError::NoPoint("run".into()));
    }

    #[test]
    fn types_only_imports_ask_for_nothing() {
        let reflected = reflect_wat(&format!(
            r#"(component
                (import "boomerang:shop/types@0.1.0" (instance (type $m s64) (export "money" (type (eq $m)))))
                (import "boomerang:shop/points@0.1.0" (instance (export "f" (func))))
                {POINT})"#
        ))
        .unwrap();
        assert_eq!(reflected.capabilities, [Capability::Points]);
        assert_eq!(reflected.points, [Point::CartPricing]);
    }

    #[test]
    fn a_resource_is_more_than_a_type() {
        let import = |name: &str| {
            reflect_wat(&format!(
                r#"(component (import "{name}" (instance (export "error" (type (sub resource))))) {POINT})"#
            ))
        };
        assert_eq!(import("wasi:io/error@0.2.6").unwrap().wasi, ["wasi:io/error@0.2.6"]);
        assert!(import("acme:gpu/device@1.0.0").is_err());
    }

    #[test]
    fn proposals_that_are_off_are_refused() {
        for module in ["(memory i64 1)", "(memory 1 1 shared)", "(type (array i8))", "(tag)", "(func return_call 0)"] {
            let refusal = reflect_wat(&format!("(component (core module {module}) {POINT})"));
            assert!(matches!(refusal, Err(LoadError::Invalid(_))), "{module}: {refusal:?}");
        }
    }
}
