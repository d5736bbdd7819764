//! Static bounds on what reaches the validator and the compiler, which have no bounds of their own.
//!
//! A 33 kB component can keep the compiler busy for half a minute, and nested components can fill the memory before it
//! starts; what does that is counted here, in one pass over the bytes. The same pass finds the manifest.

use wasmparser::{Encoding, FunctionBody, Operator, Parser, Payload};

use super::entries::entries;
use super::error::LoadError;
use crate::call::text;

const NESTING: usize = 8;
const MODULES: usize = 100;
const FUNCTIONS: usize = 50_000;
const TYPES: usize = 20_000;
/// Imports, exports, aliases, instances, and members of types. A component that holds a whole Python has 50,000.
const ENTRIES: usize = 200_000;
/// Bytes of types of components. One type is read as a whole before it can be counted.
const TYPE_BYTES: usize = 1 << 20;
/// Bytes of names and the like, of which a validator keeps copies: everything but code, data and custom sections.
const KEPT_BYTES: usize = 8 << 20;
const BODY: usize = 1 << 20;
const BLOCKS: usize = 1_500;
const LOCALS: usize = 1_000;
/// The custom section that holds the manifest.
const MANIFEST: &str = "boomerang:manifest";

/// What the pass came across.
#[derive(Debug, Default)]
pub(super) struct Found<'a> {
    /// The bytes of the manifest.
    pub(super) manifest: Option<&'a [u8]>,
}

/// How much there is of everything that is bounded in a component as a whole.
#[derive(Debug, Default)]
struct Counts {
    modules: usize,
    functions: usize,
    types: usize,
    type_bytes: usize,
    entries: usize,
    kept_bytes: usize,
}

/// Passes over every section of every nested module and component.
pub(super) fn check(wasm: &[u8]) -> Result<Found<'_>, LoadError> {
    let mut found = Found::default();
    let mut counts = Counts::default();
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.map_err(|error| {
            if depth == 0 { LoadError::NotAComponent(text::escape(error.message(), 200)) } else { invalid(&error) }
        })?;
        counts.add(&payload)?;
        match payload {
            Payload::Version { encoding, .. } => {
                if depth == 0 && encoding == Encoding::Module {
                    return Err(LoadError::NotAComponent("it is a core module".into()));
                }
                depth += 1;
                at_most("levels of nesting", depth, NESTING)?;
            }
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::CodeSectionEntry(body) => check_body(&body)?,
            Payload::CustomSection(section) if section.name() == MANIFEST => {
                found.manifest.get_or_insert(section.data());
            }
            _ => {}
        }
    }
    Ok(found)
}

impl Counts {
    /// Counts one section, by its head before by what is in it.
    fn add(&mut self, payload: &Payload<'_>) -> Result<(), LoadError> {
        match payload {
            Payload::Version { .. } => self.modules += 1,
            Payload::FunctionSection(section) => self.functions += section.count() as usize,
            Payload::TypeSection(section) => self.types += section.count() as usize,
            Payload::CoreTypeSection(section) => self.types += section.count() as usize,
            Payload::ComponentTypeSection(section) => {
                self.types += section.count() as usize;
                self.type_bytes += section.range().len();
            }
            _ => {}
        }
        self.kept_bytes += kept_bytes(payload);
        at_most("modules and components", self.modules, MODULES)?;
        at_most("functions", self.functions, FUNCTIONS)?;
        at_most("types", self.types, TYPES)?;
        at_most("bytes of types", self.type_bytes, TYPE_BYTES)?;
        at_most("bytes of names and types", self.kept_bytes, KEPT_BYTES)?;
        self.entries += entries(payload).map_err(|error| invalid(&error))?;
        at_most("imports, exports, instances and members of types", self.entries, ENTRIES)
    }
}

/// Bytes of a section of which a validator keeps a copy.
fn kept_bytes(payload: &Payload<'_>) -> usize {
    match payload {
        Payload::CustomSection(_)
        | Payload::CodeSectionStart { .. }
        | Payload::CodeSectionEntry(_)
        | Payload::DataSection(_)
        | Payload::ElementSection(_)
        | Payload::ModuleSection { .. }
        | Payload::ComponentSection { .. } => 0,
        section => section.as_section().map_or(0, |(_, range)| range.len()),
    }
}

fn check_body(body: &FunctionBody<'_>) -> Result<(), LoadError> {
    at_most("bytes in one function", body.range().len(), BODY)?;
    let mut locals = 0_usize;
    for group in body.get_locals_reader().map_err(|error| invalid(&error))? {
        let (count, _) = group.map_err(|error| invalid(&error))?;
        locals = locals.saturating_add(count as usize);
        at_most("local variables in one function", locals, LOCALS)?;
    }
    let mut blocks = 0_usize;
    for operator in body.get_operators_reader().map_err(|error| invalid(&error))? {
        match operator.map_err(|error| invalid(&error))? {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                blocks += 1;
                at_most("nested blocks in one function", blocks, BLOCKS)?;
            }
            Operator::End => blocks = blocks.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

fn at_most(what: &'static str, found: usize, most: usize) -> Result<(), LoadError> {
    if found > most {
        return Err(LoadError::TooComplex { what, found, most });
    }
    Ok(())
}

fn invalid(error: &wasmparser::BinaryReaderError) -> LoadError {
    LoadError::Invalid(text::escape(&error.to_string(), 200))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wat(text: &str) -> Vec<u8> {
        wat::parse_str(text).unwrap()
    }

    fn too_much_of(wasm: &[u8]) -> &'static str {
        match check(wasm) {
            Err(LoadError::TooComplex { what, .. }) => what,
            other => panic!("expected a bound to be hit, got {other:?}"),
        }
    }

    #[test]
    fn what_is_not_a_component_is_named_as_such() {
        assert!(matches!(check(b""), Err(LoadError::NotAComponent(_))));
        assert!(matches!(check(b"hello, world"), Err(LoadError::NotAComponent(_))));
        assert!(matches!(check(&wat("(module)")), Err(LoadError::NotAComponent(_))));
        assert!(check(&wat("(component)")).is_ok());
    }

    #[test]
    fn deep_nesting_is_refused() {
        let nested = |depth: usize| wat(&format!("{}{}", "(component ".repeat(depth), ")".repeat(depth)));
        assert!(check(&nested(NESTING)).is_ok());
        assert_eq!(too_much_of(&nested(NESTING + 1)), "levels of nesting");
    }

    #[test]
    fn many_modules_are_refused() {
        let many = |count: usize| wat(&format!("(component {})", "(core module)".repeat(count)));
        assert!(check(&many(MODULES - 1)).is_ok());
        assert_eq!(too_much_of(&many(MODULES)), "modules and components");
    }

    #[test]
    fn compile_bombs_are_refused() {
        let function = |body: &str| wat(&format!("(component (core module (func {body})))"));
        let blocks = |n: usize| function(&format!("{}{}", "block ".repeat(n), "end ".repeat(n)));
        assert!(check(&blocks(BLOCKS)).is_ok());
        assert_eq!(too_much_of(&blocks(BLOCKS + 1)), "nested blocks in one function");
        let locals = function(&format!("(local {})", "i32 ".repeat(LOCALS + 1)));
        assert_eq!(too_much_of(&locals), "local variables in one function");
        let long = function(&"i32.const 1 drop ".repeat(BODY / 3 + 1));
        assert_eq!(too_much_of(&long), "bytes in one function");
        let functions = wat(&format!("(component (core module {}))", "(func)".repeat(FUNCTIONS + 1)));
        assert_eq!(too_much_of(&functions), "functions");
    }

    #[test]
    fn the_manifest_is_found_in_nested_modules() {
        let outer = wat(r#"(component (@custom "boomerang:manifest" "{}"))"#);
        assert_eq!(check(&outer).unwrap().manifest, Some(&b"{}"[..]));
        let inner = wat(r#"(component (core module (@custom "boomerang:manifest" "{1}")))"#);
        assert_eq!(check(&inner).unwrap().manifest, Some(&b"{1}"[..]));
        assert_eq!(check(&wat("(component)")).unwrap().manifest, None);
    }
}
