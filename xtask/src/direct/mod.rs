//! Takes the detour out of a component's imports.
//!
//! A function that a component imports is handed over together with the memory and the allocator it works on, and both
//! belong to the module that imports it. So the usual linker puts two small modules around that module: one through whose
//! table it calls, and one that fills the table afterwards. A host of this project makes an instance for every call, so
//! for every call that is an instance and a table too many, and a dozen functions that are looked up to fill it.
//!
//! The SDK's allocator is a position in memory that only moves forward. So memory and allocator can be a module of their
//! own that is there first, and the imports are handed over directly:
//!
//! | before | after |
//! | --- | --- |
//! | a shim: a table, and for each import a function that calls through it | the memory, with `cabi_realloc` over the SDK's allocator |
//! | the module, with memory and allocator | the module, which imports the memory |
//! | a fix-up that fills the table | – |
//!
//! What a host calls after an answer, to free it, goes as well where it does nothing.

mod memory;
mod module;
mod output;
mod parts;

use anyhow::{Context, Result};
use wasmparser::{CanonicalFunction, ComponentAlias, Instance, Validator};

use output::Output;
use parts::{Item, Parts};

/// The name under which the module imports its memory's module.
const FROM: &str = "boomerang:memory";
/// What that one exports, and the module exported before.
const MEMORY: &str = "memory";
const REALLOC: &str = "cabi_realloc";

/// The component without the detour. One that has none, or another allocator than the SDK's, stays as it is.
pub(crate) fn connect(component: &[u8]) -> Result<Vec<u8>> {
    let items = parts::read(component)?;
    let Some(parts) = Parts::find(&items)? else { return Ok(component.to_vec()) };
    let connected = rebuild(&items, &parts)?;
    Validator::new()
        .validate_all(&connected)
        .context("the component is not valid any more with its imports connected")?;
    Ok(connected)
}

/// Everything in its order, but that the memory and the imports stand in the place of the shim, and the fix-up is gone.
fn rebuild(items: &[Item<'_>], parts: &Parts<'_>) -> Result<Vec<u8>> {
    let kept = items.iter().filter_map(|item| match item {
        Item::Alias(alias @ ComponentAlias::CoreInstanceExport { name, .. }) if parts.keeps(alias) => Some(*name),
        _ => None,
    });
    let kept = kept.collect();
    let mut out = Output::new(&parts.functions);
    let (mut modules, mut instances) = (0, 0);
    for item in items {
        match item {
            Item::Raw(id, bytes) => out.raw(*id, bytes),
            Item::Module(_) => {
                if modules == parts.main.module {
                    out.module(&parts.code.without_memory(&kept)?);
                } else if modules == parts.shim.module {
                    out.module(&memory::module(&parts.code));
                }
                modules += 1;
            }
            Item::Instance(instance) => {
                match instance {
                    _ if instances == parts.shim.instance => {
                        out.instantiate(parts.shim.module, []);
                        import(&mut out, items, parts)?;
                    }
                    Instance::Instantiate { args, .. } if instances == parts.main.instance => {
                        let args = args.iter().map(|arg| (arg.name, arg.index));
                        out.instantiate(parts.main.module, args.chain([(FROM, parts.shim.instance)]));
                    }
                    Instance::FromExports(exports) if instances < parts.main.instance => out.bundle(exports)?,
                    _ => {}
                }
                instances += 1;
            }
            Item::Alias(alias) if parts.keeps(alias) => out.alias(alias)?,
            Item::Canon(CanonicalFunction::Lift { core_func_index, type_index, options }) => {
                out.lift(*core_func_index, *type_index, options)?;
            }
            Item::Alias(_) | Item::Canon(_) => {}
        }
    }
    Ok(out.finish())
}

/// Memory and allocator, and with them every import as a function that the module can call.
fn import(out: &mut Output<'_>, items: &[Item<'_>], parts: &Parts<'_>) -> Result<()> {
    let from = parts.shim.instance;
    out.core_alias(from, wasm_encoder::ExportKind::Memory, MEMORY);
    out.core_alias(from, wasm_encoder::ExportKind::Func, REALLOC);
    for item in items {
        if let Item::Alias(alias @ ComponentAlias::InstanceExport { .. }) = item
            && parts::is_function(alias)
        {
            out.alias(alias)?;
        }
    }
    for item in items {
        if let Item::Canon(CanonicalFunction::Lower { func_index, options }) = item {
            out.lower(*func_index, options)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Components that are built and connected are in `host/engine/tests/flash_sale.rs`.
    #[test]
    fn a_component_without_a_detour_stays_as_it_is() {
        let empty = b"\0asm\x0d\0\x01\0";
        assert_eq!(connect(empty).unwrap(), empty);
        let of_a_module = [empty.as_slice(), b"\x01\x08\0asm\x01\0\0\0"].concat();
        assert_eq!(connect(&of_a_module).unwrap(), of_a_module);
        assert!(connect(&of_a_module[..12]).is_err());
    }
}
