//! The module of the extension: what is read from it, and how it gives its memory away.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use wasm_encoder::{EntityType, ExportKind, ExportSection, ImportSection, MemoryType, Module, RawSection};
use wasmparser::{ConstExpr, ExternalKind, FunctionBody, MemorySectionReader, Operator, Parser, Payload};

use super::{FROM, MEMORY};

/// The SDK's allocator, whose address the module exports under this name.
const ALLOCATOR: &str = "boomerang_allocator";

/// What has to be known of the module.
pub(super) struct Main<'a> {
    module: &'a [u8],
    pub(super) memory: wasmparser::MemoryType,
    /// The address of the SDK's allocator.
    pub(super) allocator: u32,
    /// Exported functions that do nothing.
    idle: Vec<&'a str>,
}

impl<'a> Main<'a> {
    /// None where the module has another allocator than the SDK's.
    pub(super) fn read(module: &'a [u8]) -> Result<Option<Self>> {
        let (mut memory, mut globals, mut exports, mut bodies) = (None, Vec::new(), Vec::new(), Vec::new());
        let mut imported = 0;
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        imported += u32::from(matches!(import?.ty, wasmparser::TypeRef::Func(_)));
                    }
                }
                Payload::MemorySection(section) => memory = only(section)?,
                Payload::GlobalSection(section) => {
                    for global in section {
                        globals.push(address(&global?.init_expr)?);
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        exports.push(export?);
                    }
                }
                Payload::CodeSectionEntry(body) => bodies.push(is_empty(&body)?),
                _ => {}
            }
        }
        let exported: BTreeMap<_, _> = exports.iter().map(|export| (export.name, export.index)).collect();
        let allocator = exported.get(ALLOCATOR).and_then(|global| globals.get(*global as usize).copied().flatten());
        let (Some(memory), Some(allocator)) = (memory, allocator) else { return Ok(None) };
        let is_idle = |function: u32| bodies.get(function.wrapping_sub(imported) as usize) == Some(&true);
        let idle = exports
            .iter()
            .filter(|export| export.kind == ExternalKind::Func && is_idle(export.index))
            .map(|export| export.name)
            .collect();
        Ok(Some(Self { module, memory, allocator, idle }))
    }

    /// Whether an exported function does nothing.
    pub(super) fn is_idle(&self, name: &str) -> bool {
        self.idle.contains(&name)
    }

    /// The memory as it is made and imported.
    pub(super) fn memory_type(&self) -> MemoryType {
        MemoryType {
            minimum: self.memory.initial,
            maximum: self.memory.maximum,
            memory64: false,
            shared: false,
            page_size_log2: None,
        }
    }

    /// The module, importing the memory that it had and exporting what is `kept`. The memory keeps its place, so nothing
    /// else changes.
    pub(super) fn without_memory(&self, kept: &BTreeSet<&str>) -> Result<Vec<u8>> {
        let mut module = Module::new();
        for payload in Parser::new(0).parse_all(self.module) {
            let payload = payload?;
            match &payload {
                Payload::ImportSection(section) => {
                    let mut imports = ImportSection::new();
                    for import in section.clone().into_imports() {
                        let import = import?;
                        let wasmparser::TypeRef::Func(kind) = import.ty else {
                            anyhow::bail!("the import `{}` is no function", import.name);
                        };
                        imports.import(import.module, import.name, EntityType::Function(kind));
                    }
                    imports.import(FROM, MEMORY, EntityType::Memory(self.memory_type()));
                    module.section(&imports);
                }
                Payload::ExportSection(section) => {
                    let mut exports = ExportSection::new();
                    for export in section.clone() {
                        let export = export?;
                        if export.kind == ExternalKind::Func && kept.contains(export.name) {
                            exports.export(export.name, ExportKind::Func, export.index);
                        }
                    }
                    module.section(&exports);
                }
                Payload::MemorySection(_) | Payload::CodeSectionEntry(_) => {}
                other => {
                    if let Some((id, range)) = other.as_section() {
                        let data = self.module.get(range).context("the module breaks off")?;
                        module.section(&RawSection { id, data });
                    }
                }
            }
        }
        Ok(module.finish())
    }
}

/// The memory of a module that has one.
fn only(section: MemorySectionReader<'_>) -> Result<Option<wasmparser::MemoryType>> {
    let mut memories = section.into_iter();
    let memory = memories.next().transpose()?;
    Ok(memory.filter(|memory| !memory.memory64 && !memory.shared && memories.next().is_none()))
}

/// The value of a global that is a number.
fn address(value: &ConstExpr<'_>) -> Result<Option<u32>> {
    let mut operators = value.get_operators_reader();
    Ok(match operators.read()? {
        Operator::I32Const { value } => Some(value.cast_unsigned()),
        _ => None,
    })
}

fn is_empty(body: &FunctionBody<'_>) -> Result<bool> {
    Ok(matches!(body.get_operators_reader()?.read()?, Operator::End))
}
