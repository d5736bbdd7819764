//! The component that is made: sections of the same kind as one, core functions under their new places.

use anyhow::{Context, Result, bail};
use wasm_encoder::{
    Alias, CanonicalFunctionSection, CanonicalOption, Component, ComponentAliasSection, ComponentExportKind,
    ComponentOuterAliasKind, ComponentSectionId, ExportKind, InstanceSection, ModuleArg, RawSection,
};
use wasmparser::{ComponentAlias, ComponentExternalKind, ExternalKind};

/// Where a component is written to.
pub(super) struct Output<'a> {
    component: Component,
    /// What has not been written because more of the same may follow.
    open: Option<Open>,
    functions: &'a [Option<u32>],
}

enum Open {
    Instances(InstanceSection),
    Aliases(ComponentAliasSection),
    Canons(CanonicalFunctionSection),
}

/// The section that is open, of one kind; another kind is closed before.
macro_rules! section {
    ($output:ident, $kind:ident, $section:ty) => {{
        if !matches!($output.open, Some(Open::$kind(_))) {
            $output.close();
        }
        match $output.open.get_or_insert_with(|| Open::$kind(<$section>::new())) {
            Open::$kind(section) => section,
            _ => unreachable!("another kind has just been closed"),
        }
    }};
}

impl<'a> Output<'a> {
    /// `functions` says for each core function as it was which one it is now.
    pub(super) fn new(functions: &'a [Option<u32>]) -> Self {
        Self { component: Component::new(), open: None, functions }
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.close();
        self.component.finish()
    }

    fn close(&mut self) {
        match self.open.take() {
            Some(Open::Instances(section)) => self.component.section(&section),
            Some(Open::Aliases(section)) => self.component.section(&section),
            Some(Open::Canons(section)) => self.component.section(&section),
            None => return,
        };
    }

    pub(super) fn raw(&mut self, id: u8, data: &[u8]) {
        self.close();
        self.component.section(&RawSection { id, data });
    }

    pub(super) fn module(&mut self, data: &[u8]) {
        self.raw(ComponentSectionId::CoreModule.into(), data);
    }

    /// An instance of a module, with the instances that it imports.
    pub(super) fn instantiate<'b>(&mut self, module: u32, arguments: impl IntoIterator<Item = (&'b str, u32)>) {
        let arguments: Vec<_> =
            arguments.into_iter().map(|(name, instance)| (name, ModuleArg::Instance(instance))).collect();
        section!(self, Instances, InstanceSection).instantiate(module, arguments);
    }

    /// Functions under names, to be imported together.
    pub(super) fn bundle(&mut self, exports: &[wasmparser::Export<'_>]) -> Result<()> {
        let mut functions = Vec::new();
        for export in exports {
            if export.kind != ExternalKind::Func {
                bail!("the import `{}` is no function", export.name);
            }
            functions.push((export.name, ExportKind::Func, self.function(export.index)?));
        }
        section!(self, Instances, InstanceSection).export_items(functions);
        Ok(())
    }

    pub(super) fn core_alias(&mut self, instance: u32, kind: ExportKind, name: &str) {
        section!(self, Aliases, ComponentAliasSection).alias(Alias::CoreInstanceExport { instance, kind, name });
    }

    pub(super) fn alias(&mut self, alias: &ComponentAlias<'_>) -> Result<()> {
        let alias = match *alias {
            ComponentAlias::CoreInstanceExport { kind: ExternalKind::Func, instance_index, name } => {
                Alias::CoreInstanceExport { instance: instance_index, kind: ExportKind::Func, name }
            }
            ComponentAlias::InstanceExport { kind, instance_index, name } => Alias::InstanceExport {
                instance: instance_index,
                kind: match kind {
                    ComponentExternalKind::Func => ComponentExportKind::Func,
                    ComponentExternalKind::Type => ComponentExportKind::Type,
                    ComponentExternalKind::Instance => ComponentExportKind::Instance,
                    _ => bail!("an alias of an unknown kind, `{name}`"),
                },
                name,
            },
            ComponentAlias::Outer { kind: wasmparser::ComponentOuterAliasKind::Type, count, index } => {
                Alias::Outer { kind: ComponentOuterAliasKind::Type, count, index }
            }
            _ => bail!("an alias of an unknown kind"),
        };
        section!(self, Aliases, ComponentAliasSection).alias(alias);
        Ok(())
    }

    /// An imported function, for the module to call.
    pub(super) fn lower(&mut self, function: u32, options: &[wasmparser::CanonicalOption]) -> Result<()> {
        let options = self.options(options)?;
        section!(self, Canons, CanonicalFunctionSection).lower(function, options);
        Ok(())
    }

    /// A function of the module, for the host to call.
    pub(super) fn lift(&mut self, function: u32, kind: u32, options: &[wasmparser::CanonicalOption]) -> Result<()> {
        let (function, options) = (self.function(function)?, self.options(options)?);
        section!(self, Canons, CanonicalFunctionSection).lift(function, kind, options);
        Ok(())
    }

    /// There is one memory. A function that is called after an answer goes if it is gone.
    fn options(&self, options: &[wasmparser::CanonicalOption]) -> Result<Vec<CanonicalOption>> {
        let mut made = Vec::new();
        for option in options {
            made.push(match option {
                wasmparser::CanonicalOption::UTF8 => CanonicalOption::UTF8,
                wasmparser::CanonicalOption::Memory(_) => CanonicalOption::Memory(0),
                wasmparser::CanonicalOption::Realloc(function) => CanonicalOption::Realloc(self.function(*function)?),
                wasmparser::CanonicalOption::PostReturn(function) => match self.functions.get(*function as usize) {
                    Some(Some(function)) => CanonicalOption::PostReturn(*function),
                    _ => continue,
                },
                other => bail!("a function is handed over in an unknown way: {other:?}"),
            });
        }
        Ok(made)
    }

    fn function(&self, function: u32) -> Result<u32> {
        self.functions.get(function as usize).copied().flatten().context("a function is used that is gone")
    }
}
