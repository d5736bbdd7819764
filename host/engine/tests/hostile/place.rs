//! Every place in a value where something can be broken: each string, list and case, however deep.

use wit_parser::{Resolve, Type, TypeDefKind};

use crate::value::{Val, cases, kind, sample};

/// What is at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spot {
    Text,
    /// A list of these.
    List(Type),
    /// A variant, enum, option or result.
    Case,
}

/// A place, with a value all around it that is right.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// Such as `ok[].label`.
    pub(crate) name: String,
    pub(crate) spot: Spot,
    pub(crate) around: Val,
    path: Vec<usize>,
}

impl Place {
    /// The value with something else at this place.
    pub(crate) fn with(&self, broken: Val) -> Val {
        let mut whole = self.around.clone();
        let mut at = &mut whole;
        for step in &self.path {
            at = match at {
                Val::List(values) | Val::Fields(values) => &mut values[*step],
                Val::Case(_, Some(payload)) => payload,
                other => panic!("there is nothing in {other:?}"),
            };
        }
        *at = broken;
        whole
    }

    /// What is at this place while nothing is broken.
    pub(crate) fn intact(&self) -> Val {
        let mut at = &self.around;
        for step in &self.path {
            at = match at {
                Val::List(values) | Val::Fields(values) => &values[*step],
                Val::Case(_, Some(payload)) => payload,
                other => panic!("there is nothing in {other:?}"),
            };
        }
        at.clone()
    }
}

/// Every place in values of a type. A place that several cases of a variant lead to comes once.
pub(crate) fn places(resolve: &Resolve, ty: &Type, name: &str) -> Vec<Place> {
    let mut found: Vec<Place> = Vec::new();
    // Enough choices for the largest variant of the contract.
    for (choice, failing) in (0..8).map(|choice| (choice, false)).chain([(0, true)]) {
        let around = sample(resolve, ty, choice, failing);
        let mut walk = Walk { resolve, around: &around, path: Vec::new(), found: &mut found };
        walk.visit(ty, &around, name.to_owned());
    }
    found
}

struct Walk<'a> {
    resolve: &'a Resolve,
    around: &'a Val,
    path: Vec<usize>,
    found: &'a mut Vec<Place>,
}

impl Walk<'_> {
    fn note(&mut self, name: &str, spot: Spot) {
        if self.found.iter().all(|known| known.name != name) {
            let place = Place { name: name.into(), spot, around: self.around.clone(), path: self.path.clone() };
            self.found.push(place);
        }
    }

    fn step(&mut self, step: usize, ty: &Type, value: &Val, name: String) {
        self.path.push(step);
        self.visit(ty, value, name);
        self.path.pop();
    }

    fn visit(&mut self, ty: &Type, value: &Val, name: String) {
        match (value, kind(self.resolve, ty)) {
            (Val::Text(_), _) => self.note(&name, Spot::Text),
            (Val::List(values), Some(TypeDefKind::List(element))) => {
                self.note(&format!("{name}[]"), Spot::List(*element));
                self.step(0, element, &values[0], format!("{name}[0]"));
            }
            (Val::Fields(values), Some(TypeDefKind::Record(record))) => {
                for (index, (field, value)) in record.fields.iter().zip(values).enumerate() {
                    let dot = if name.is_empty() { "" } else { "." };
                    self.step(index, &field.ty, value, format!("{name}{dot}{}", field.name));
                }
            }
            (Val::Case(case, payload), Some(kind)) => {
                self.note(&format!("{name}?"), Spot::Case);
                let ty = cases(kind).expect("it is a variant")[*case as usize];
                if let (Some(ty), Some(payload)) = (ty, payload) {
                    let dot = if name.is_empty() { "" } else { "." };
                    let inner = match kind {
                        TypeDefKind::Variant(variant) => {
                            format!("{name}{dot}{}", variant.cases[*case as usize].name)
                        }
                        TypeDefKind::Result(_) => format!("{name}{dot}{}", ["ok", "err"][*case as usize]),
                        _ => name,
                    };
                    self.step(0, ty, payload, inner);
                }
            }
            _ => {}
        }
    }
}
