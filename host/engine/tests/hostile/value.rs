//! Values of the contract's types, right ones and broken ones.

use serde_json::Value as Json;
use wit_parser::{Resolve, Type, TypeDefKind};

/// A value as the canonical ABI sees it.
#[derive(Clone, Debug)]
pub(crate) enum Val {
    /// A number, boolean or character, as its bits.
    Bits(u64),
    /// A string.
    Text(Vec<u8>),
    /// A list, element by element.
    List(Vec<Val>),
    /// A record or tuple.
    Fields(Vec<Val>),
    /// A case of a variant, enum, option or result.
    Case(u32, Option<Box<Val>>),
    /// A string or list with this pointer and length, whatever is there.
    Raw(u32, u32),
}

/// The type behind aliases.
pub(crate) fn kind<'a>(resolve: &'a Resolve, ty: &Type) -> Option<&'a TypeDefKind> {
    let Type::Id(id) = ty else { return None };
    match &resolve.types[*id].kind {
        TypeDefKind::Type(inner) => kind(resolve, inner),
        kind => Some(kind),
    }
}

/// The type with every alias taken away.
fn plain(resolve: &Resolve, ty: &Type) -> Type {
    match ty {
        Type::Id(id) => match &resolve.types[*id].kind {
            TypeDefKind::Type(inner) => plain(resolve, inner),
            _ => *ty,
        },
        ty => *ty,
    }
}

/// The payloads of the cases of a variant-like type.
pub(crate) fn cases(kind: &TypeDefKind) -> Option<Vec<Option<&Type>>> {
    Some(match kind {
        TypeDefKind::Variant(variant) => variant.cases.iter().map(|case| case.ty.as_ref()).collect(),
        TypeDefKind::Enum(cases) => vec![None; cases.cases.len()],
        TypeDefKind::Option(some) => vec![None, Some(some)],
        TypeDefKind::Result(result) => vec![result.ok.as_ref(), result.err.as_ref()],
        _ => return None,
    })
}

/// A small value in which everything is there: lists have one element, options are some. Variants take the case `choice`
/// modulo their count, and results are `ok` unless `failing`.
pub(crate) fn sample(resolve: &Resolve, ty: &Type, choice: usize, failing: bool) -> Val {
    let again = |ty: &Type| sample(resolve, ty, choice, failing);
    let Some(kind) = kind(resolve, ty) else {
        return if plain(resolve, ty) == Type::String { Val::Text(b"a".to_vec()) } else { Val::Bits(1) };
    };
    match kind {
        TypeDefKind::Record(record) => Val::Fields(record.fields.iter().map(|field| again(&field.ty)).collect()),
        TypeDefKind::Tuple(tuple) => Val::Fields(tuple.types.iter().map(again).collect()),
        TypeDefKind::List(element) => Val::List(vec![again(element)]),
        TypeDefKind::Handle(_) => Val::Bits(1),
        kind => {
            let cases = cases(kind).expect("every other type of the contract is a variant");
            let case = match kind {
                TypeDefKind::Option(_) => 1,
                TypeDefKind::Result(_) => usize::from(failing),
                _ => choice % cases.len(),
            };
            Val::Case(case as u32, cases[case].map(|payload| Box::new(again(payload))))
        }
    }
}

/// A value from JSON: records by field, variants and results as `{"case": payload}` or `"case"`, options as the value or
/// null.
pub(crate) fn from_json(resolve: &Resolve, ty: &Type, json: &Json) -> Val {
    let wrong = || -> ! { panic!("{json} is not a value of {ty:?}") };
    let Some(kind) = kind(resolve, ty) else {
        return match json {
            Json::String(text) => Val::Text(text.clone().into_bytes()),
            Json::Bool(truth) => Val::Bits(u64::from(*truth)),
            json => Val::Bits(json.as_i64().map(i64::cast_unsigned).or(json.as_u64()).unwrap_or_else(|| wrong())),
        };
    };
    let name_and_payload = || match json {
        Json::String(name) => (name.as_str(), &Json::Null),
        Json::Object(fields) => {
            let (name, payload) = fields.iter().next().unwrap_or_else(|| wrong());
            (name.as_str(), payload)
        }
        _ => wrong(),
    };
    let case = |names: Vec<&str>| {
        let (name, payload) = name_and_payload();
        let index = names.iter().position(|known| *known == name).unwrap_or_else(|| wrong());
        let ty = cases(kind).expect("it is a variant")[index];
        Val::Case(index as u32, ty.map(|ty| Box::new(from_json(resolve, ty, payload))))
    };
    match kind {
        TypeDefKind::Record(record) => {
            let known: Vec<_> = record.fields.iter().map(|field| field.name.as_str()).collect();
            let given = json.as_object().unwrap_or_else(|| wrong());
            assert!(given.keys().all(|name| known.contains(&name.as_str())), "{json} has other fields than {known:?}");
            let field = |name: &str| given.get(name).unwrap_or_else(|| panic!("{json} has no `{name}`"));
            Val::Fields(record.fields.iter().map(|it| from_json(resolve, &it.ty, field(&it.name))).collect())
        }
        TypeDefKind::List(element) => {
            let elements = json.as_array().unwrap_or_else(|| wrong());
            Val::List(elements.iter().map(|it| from_json(resolve, element, it)).collect())
        }
        TypeDefKind::Option(some) => match json {
            Json::Null => Val::Case(0, None),
            json => Val::Case(1, Some(Box::new(from_json(resolve, some, json)))),
        },
        TypeDefKind::Result(_) => case(vec!["ok", "err"]),
        TypeDefKind::Variant(variant) => case(variant.cases.iter().map(|case| case.name.as_str()).collect()),
        TypeDefKind::Enum(cases) => case(cases.cases.iter().map(|case| case.name.as_str()).collect()),
        other => panic!("the contract has no {other:?}"),
    }
}
