//! How the contract is written.

use std::path::Path;

use anyhow::Result;
use wit_parser::{Docs, Interface, Span, Stability, TypeOwner, UnresolvedPackageGroup};

use super::Violation;

/// Checks the WIT package in `wit/`; a repository without one has nothing to check.
pub(super) fn check(root: &Path) -> Result<Vec<Violation>> {
    let folder = root.join("wit");
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let group = UnresolvedPackageGroup::parse_dir(&folder)?;
    let mut check = Check { root, group: &group, violations: Vec::new() };
    check.files();
    check.items();
    Ok(check.violations)
}

/// The parsed package, and what was found in it so far.
struct Check<'a> {
    root: &'a Path,
    group: &'a UnresolvedPackageGroup,
    violations: Vec<Violation>,
}

impl Check<'_> {
    /// One interface a file, in the file of its name; worlds in `world.wit`.
    fn files(&mut self) {
        let group = self.group;
        for (_, interface) in &group.main.interfaces {
            // An interface without a name here is one that another package owns.
            let Some(name) = &interface.name else {
                continue;
            };
            self.must_be_in(&format!("{name}.wit"), &format!("interface {name}"), interface.span);
        }
        for (_, world) in &group.main.worlds {
            self.must_be_in("world.wit", &format!("world {}", world.name), world.span);
        }
    }

    fn must_be_in(&mut self, file: &str, item: &str, span: Span) {
        let location = self.group.source_map.resolve_span(span);
        if location.is_some_and(|location| !Path::new(location.path).ends_with(file)) {
            self.complain(span, format!("{item}: move it to wit/{file}, where everybody looks for it"));
        }
    }

    /// Every item says since when it is there; every item that is called or chosen says what it is.
    fn items(&mut self) {
        let group = self.group;
        for (_, world) in &group.main.worlds {
            self.item(&format!("world {}", world.name), world.span, &world.docs, &world.stability);
        }
        for (_, interface) in &group.main.interfaces {
            self.interface(interface);
        }
        for (_, ty) in &group.main.types {
            let (Some(name), TypeOwner::Interface(_)) = (&ty.name, ty.owner) else {
                continue;
            };
            // A name brought in by `use` is a type of the interface that it comes from.
            if !matches!(
                ty.kind,
                wit_parser::TypeDefKind::Type(wit_parser::Type::Id(_)) | wit_parser::TypeDefKind::Unknown
            ) {
                self.item(&format!("type {name}"), ty.span, &ty.docs, &ty.stability);
            }
        }
    }

    fn interface(&mut self, interface: &Interface) {
        let Some(name) = &interface.name else { return };
        self.item(&format!("interface {name}"), interface.span, &interface.docs, &interface.stability);
        for function in interface.functions.values() {
            let item = format!("function {}", function.name);
            self.item(&item, function.span, &function.docs, &function.stability);
        }
    }

    fn item(&mut self, item: &str, span: Span, docs: &Docs, stability: &Stability) {
        if !stability.is_stable() {
            self.complain(span, format!("{item}: add `@since(version = …)` with the version it first appears in"));
        }
        if docs.is_empty() {
            self.complain(span, format!("{item}: add a `///` that says what it is, in what units, and when it fails"));
        }
    }

    fn complain(&mut self, span: Span, complaint: String) {
        let place = self.group.source_map.render_location(span);
        let root = format!("{}/", self.root.display());
        let place = place.strip_prefix(&root).unwrap_or(&place).to_owned();
        self.violations.push(Violation { place, complaint });
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::tests::repository;
    use super::*;

    /// The complaints about a contract of one file.
    fn complaints(file: &str, body: &str) -> Vec<String> {
        let text = format!("package boomerang:shop@0.1.0;\n{body}");
        let root = repository(&[(&format!("wit/{file}"), &text)]);
        let violations = check(root.path()).unwrap();
        violations.into_iter().map(|violation| violation.to_string()).collect()
    }

    const FINE: &str = "
/// What it is.
@since(version = 0.1.0)
interface a {
    /// A record.
    @since(version = 0.1.0)
    record r { x: u8 }
    /// Called now and then.
    @since(version = 0.1.0)
    f: func() -> r;
}";

    #[test]
    fn a_documented_interface_in_the_file_of_its_name_is_fine() {
        assert_eq!(complaints("a.wit", FINE), [""; 0]);
    }

    #[test]
    fn a_name_that_is_used_needs_no_docs_of_its_own() {
        let text = "/// B.\n@since(version = 0.1.0)\ninterface b { use c:d/e.{r}; /// F.\n@since(version = 0.1.0)\nf: func() -> r; }";
        assert_eq!(complaints("b.wit", text), [""; 0]);
    }

    #[test]
    fn two_interfaces_in_one_file_are_found() {
        let second = "\n/// B.\n@since(version = 0.1.0)\ninterface b {}";
        let found = complaints("a.wit", &format!("{FINE}{second}"));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("wit/a.wit:15:"), "{}", found[0]);
        assert!(found[0].contains("interface b: move it to wit/b.wit"), "{}", found[0]);
    }

    #[test]
    fn a_world_belongs_in_world_wit() {
        let world = "/// W.\n@since(version = 0.1.0)\nworld w {}";
        assert!(complaints("a.wit", world)[0].contains("move it to wit/world.wit"));
        assert_eq!(complaints("world.wit", world), [""; 0]);
    }

    #[test]
    fn an_item_without_since_is_found() {
        let marks: Vec<_> = FINE.match_indices("@since(version = 0.1.0)").collect();
        for (item, (at, mark)) in ["interface a", "type r", "function f"].iter().zip(marks) {
            let without = format!("{}{}", &FINE[..at], &FINE[at + mark.len()..]);
            let found = complaints("a.wit", &without);
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].contains(item) && found[0].contains("@since"), "{}", found[0]);
        }
    }

    #[test]
    fn an_item_without_docs_is_found() {
        for (item, docs) in [
            ("interface a", "/// What it is."),
            ("type r", "/// A record."),
            ("function f", "/// Called now and then."),
        ] {
            let found = complaints("a.wit", &FINE.replace(docs, ""));
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].contains(item) && found[0].contains("///"), "{}", found[0]);
        }
    }
}
