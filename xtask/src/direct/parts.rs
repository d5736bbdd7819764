//! What a component is made of, and which part plays which role.

use std::collections::BTreeMap;
use std::ops::Range;

use anyhow::{Context, Result, bail};
use wasm_encoder::ComponentSectionId;
use wasmparser::{CanonicalFunction, ComponentAlias, ComponentExternalKind, ExternalKind, Instance, Parser, Payload};

use super::module::Main;
use super::{MEMORY, REALLOC};

/// The table through which the shim calls.
const TABLE: &str = "$imports";

/// One thing in a component.
pub(super) enum Item<'a> {
    /// A section that names nothing of a module.
    Raw(u8, &'a [u8]),
    Module(&'a [u8]),
    Instance(Instance<'a>),
    Alias(ComponentAlias<'a>),
    Canon(CanonicalFunction),
}

/// Everything in a component, in its order.
pub(super) fn read(component: &[u8]) -> Result<Vec<Item<'_>>> {
    let bytes = |range: Range<usize>| component.get(range).context("the component breaks off");
    let mut items = Vec::new();
    // Modules and components within are each a part, whatever they are made of.
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(component) {
        match payload? {
            Payload::End(_) => depth -= 1,
            Payload::Version { .. } => depth += 1,
            _ if depth > 1 => {}
            Payload::ModuleSection { unchecked_range, .. } => items.push(Item::Module(bytes(unchecked_range)?)),
            Payload::ComponentSection { unchecked_range, .. } => {
                items.push(Item::Raw(ComponentSectionId::Component.into(), bytes(unchecked_range)?));
            }
            Payload::InstanceSection(section) => {
                for instance in section {
                    items.push(Item::Instance(instance?));
                }
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section {
                    items.push(Item::Alias(alias?));
                }
            }
            Payload::ComponentCanonicalSection(section) => {
                for canon in section {
                    items.push(Item::Canon(canon?));
                }
            }
            other => {
                let (id, range) = other.as_section().context("the component has a part of an unknown kind")?;
                items.push(Item::Raw(id, bytes(range)?));
            }
        }
    }
    Ok(items)
}

/// A module and its instance, by their places.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    pub(super) module: u32,
    pub(super) instance: u32,
}

/// Which part plays which role.
pub(super) struct Parts<'a> {
    /// The module of the extension.
    pub(super) main: Place,
    /// Calls imports through a table.
    pub(super) shim: Place,
    pub(super) code: Main<'a>,
    /// For each core function of the component, in its order, which one it is afterwards; none for one that is gone.
    pub(super) functions: Vec<Option<u32>>,
}

/// Where a core function comes from.
#[derive(Clone, Copy)]
enum Source<'a> {
    Exported { instance: u32, name: &'a str },
    Lowered,
}

impl<'a> Parts<'a> {
    /// Finds the roles. None in a component that is built in another way.
    pub(super) fn find(items: &[Item<'a>]) -> Result<Option<Self>> {
        let (mut modules, mut instances, mut sources) = (Vec::new(), Vec::new(), Vec::new());
        let (mut shim, mut main) = (None, None);
        for item in items {
            match item {
                Item::Module(bytes) => modules.push(*bytes),
                Item::Instance(instance) => instances.push(instance),
                Item::Alias(ComponentAlias::CoreInstanceExport { kind, instance_index, name }) => match (kind, *name) {
                    (ExternalKind::Func, name) => sources.push(Source::Exported { instance: *instance_index, name }),
                    (ExternalKind::Table, TABLE) => shim = Some(*instance_index),
                    (ExternalKind::Memory, MEMORY) if main.is_none() => main = Some(*instance_index),
                    _ => return Ok(None),
                },
                Item::Canon(CanonicalFunction::Lower { .. }) => sources.push(Source::Lowered),
                Item::Canon(CanonicalFunction::Lift { .. }) | Item::Alias(_) | Item::Raw(..) => {}
                Item::Canon(_) => return Ok(None),
            }
        }
        let place = |instance: Option<u32>| match instances.get(instance? as usize)? {
            Instance::Instantiate { module_index, .. } => Some(Place { module: *module_index, instance: instance? }),
            Instance::FromExports(_) => None,
        };
        let (Some(main), Some(shim)) = (place(main), place(shim)) else { return Ok(None) };
        let Some(module) = modules.get(main.module as usize) else { return Ok(None) };
        let Some(code) = Main::read(module)? else { return Ok(None) };
        // What the fix-up puts into the table stands in the last bundle, under the names of the shim's functions.
        let Some(filled) = instances.iter().rev().find_map(|instance| match instance {
            Instance::FromExports(exports) => Some(exports),
            Instance::Instantiate { .. } => None,
        }) else {
            return Ok(None);
        };
        let functions = functions(&sources, filled, main, shim, &code)?;
        Ok(Some(Self { main, shim, code, functions }))
    }

    /// Whether an alias stays where it is.
    pub(super) fn keeps(&self, alias: &ComponentAlias<'_>) -> bool {
        match alias {
            ComponentAlias::CoreInstanceExport { kind: ExternalKind::Func, instance_index, name } => {
                *instance_index == self.main.instance && *name != REALLOC && !self.code.is_idle(name)
            }
            ComponentAlias::CoreInstanceExport { .. } => false,
            alias => !is_function(alias),
        }
    }
}

/// An imported function, as the component knows it.
pub(super) fn is_function(alias: &ComponentAlias<'_>) -> bool {
    matches!(alias, ComponentAlias::InstanceExport { kind: ComponentExternalKind::Func, .. })
}

/// Afterwards the allocator is the first function, then come the imports, then what the module exports.
fn functions(
    sources: &[Source<'_>],
    filled: &[wasmparser::Export<'_>],
    main: Place,
    shim: Place,
    code: &Main<'_>,
) -> Result<Vec<Option<u32>>> {
    let lowered: BTreeMap<usize, u32> = (0..)
        .zip(sources)
        .filter(|(_, source)| matches!(source, Source::Lowered))
        .map(|(place, _)| place)
        .zip(1..)
        .collect();
    let mut next = 1 + u32::try_from(lowered.len())?;
    let mut functions = Vec::with_capacity(sources.len());
    for (place, source) in sources.iter().enumerate() {
        functions.push(match *source {
            Source::Lowered => lowered.get(&place).copied(),
            Source::Exported { instance, name } if instance == shim.instance => {
                let function = filled.iter().find(|function| function.name == name);
                let function = function.with_context(|| format!("nothing is put into the place of import `{name}`"))?;
                lowered.get(&(function.index as usize)).copied()
            }
            Source::Exported { instance, .. } if instance != main.instance => bail!("a function of an unknown module"),
            Source::Exported { name: REALLOC, .. } => Some(0),
            Source::Exported { name, .. } if code.is_idle(name) => None,
            Source::Exported { .. } => {
                next += 1;
                Some(next - 1)
            }
        });
    }
    Ok(functions)
}
