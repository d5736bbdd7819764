//! How much a validator has to remember of a component: every import, export, alias and instance, and every member of
//! every type, however deep it is in another.

use wasmparser::{
    BinaryReaderError, ComponentDefinedType, ComponentInstance, ComponentType, ComponentTypeDeclaration, CoreType,
    Instance, InstanceTypeDeclaration, Payload, RecGroup,
};

type Counted = Result<usize, BinaryReaderError>;

/// The entries of one section; none for code, data and what nobody remembers.
pub(super) fn entries(payload: &Payload<'_>) -> Counted {
    match payload {
        Payload::TypeSection(section) => sum(section.clone(), |group| Ok(rec_group(&group?))),
        Payload::CoreTypeSection(section) => sum(section.clone(), |ty| Ok(core_type(&ty?))),
        Payload::ComponentTypeSection(section) => sum(section.clone(), |ty| Ok(component_type(&ty?))),
        Payload::InstanceSection(section) => sum(section.clone(), |instance| {
            Ok(match instance? {
                Instance::Instantiate { args, .. } => args.len(),
                Instance::FromExports(exports) => exports.len(),
            })
        }),
        Payload::ComponentInstanceSection(section) => sum(section.clone(), |instance| {
            Ok(match instance? {
                ComponentInstance::Instantiate { args, .. } => args.len(),
                ComponentInstance::FromExports(exports) => exports.len(),
            })
        }),
        Payload::ImportSection(section) => Ok(section.count() as usize),
        Payload::ExportSection(section) => Ok(section.count() as usize),
        Payload::GlobalSection(section) => Ok(section.count() as usize),
        Payload::TableSection(section) => Ok(section.count() as usize),
        Payload::MemorySection(section) => Ok(section.count() as usize),
        Payload::ElementSection(section) => Ok(section.count() as usize),
        Payload::DataSection(section) => Ok(section.count() as usize),
        Payload::ComponentAliasSection(section) => Ok(section.count() as usize),
        Payload::ComponentCanonicalSection(section) => Ok(section.count() as usize),
        Payload::ComponentImportSection(section) => Ok(section.count() as usize),
        Payload::ComponentExportSection(section) => Ok(section.count() as usize),
        _ => Ok(0),
    }
}

/// Every item counts, and so does what is in it.
fn sum<T>(items: impl IntoIterator<Item = T>, inside: impl Fn(T) -> Counted) -> Counted {
    items.into_iter().try_fold(0, |sum, item| Ok(sum + 1 + inside(item)?))
}

fn rec_group(group: &RecGroup) -> usize {
    let members = group.types().map(|ty| match &ty.composite_type.inner {
        wasmparser::CompositeInnerType::Func(function) => 1 + function.params().len() + function.results().len(),
        // Types of proposals that are off: the validator refuses them by their kind.
        _ => 1,
    });
    members.sum()
}

fn core_type(ty: &CoreType<'_>) -> usize {
    match ty {
        CoreType::Rec(group) => rec_group(group),
        CoreType::Module(declarations) => declarations.len(),
    }
}

fn component_type(ty: &ComponentType<'_>) -> usize {
    match ty {
        ComponentType::Defined(defined) => match defined {
            ComponentDefinedType::Record(fields) => fields.len(),
            ComponentDefinedType::Variant(cases) => cases.len(),
            ComponentDefinedType::Tuple(types) => types.len(),
            ComponentDefinedType::Flags(names) | ComponentDefinedType::Enum(names) => names.len(),
            _ => 1,
        },
        ComponentType::Func(function) => function.params.len(),
        ComponentType::Component(declarations) => declarations
            .iter()
            .map(|declaration| match declaration {
                ComponentTypeDeclaration::CoreType(ty) => 1 + core_type(ty),
                ComponentTypeDeclaration::Type(ty) => 1 + component_type(ty),
                _ => 1,
            })
            .sum(),
        ComponentType::Instance(declarations) => declarations
            .iter()
            .map(|declaration| match declaration {
                InstanceTypeDeclaration::CoreType(ty) => 1 + core_type(ty),
                InstanceTypeDeclaration::Type(ty) => 1 + component_type(ty),
                _ => 1,
            })
            .sum(),
        ComponentType::Resource { .. } => 1,
    }
}
