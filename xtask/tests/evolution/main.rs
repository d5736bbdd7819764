//! The contract only changes in ways that a guest built against an older one survives.
//!
//! `wit/` is compared with the last copy below `wit/frozen/` of the same version track. The tests below it change the
//! contract in every way that `wit/VERSIONING.md` speaks of, and show that the comparison allows or refuses it.

mod compare;

use std::fs;
use std::path::{Path, PathBuf};

use compare::{Contract, complaints, is_same_track};

fn wit() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("wit")
}

/// The frozen copies, oldest first.
fn frozen() -> Vec<Contract> {
    let folders = fs::read_dir(wit().join("frozen")).unwrap().map(|entry| entry.unwrap().path());
    let mut contracts: Vec<_> = folders.map(|folder| Contract::read(&folder).unwrap()).collect();
    contracts.sort_by_key(|contract| contract.version().clone());
    contracts
}

#[test]
fn the_contract_keeps_what_the_last_release_promised() {
    let current = Contract::read(&wit()).unwrap();
    let frozen = frozen();
    let Some(last) = frozen.iter().rfind(|old| is_same_track(old.version(), current.version())) else {
        return;
    };
    let found = complaints(last, &current);
    assert!(found.is_empty(), "wit/ breaks guests of {}:\n{}", last.version(), found.join("\n"));
}

#[test]
fn every_frozen_copy_is_in_the_folder_of_its_version() {
    let frozen = frozen();
    assert!(!frozen.is_empty());
    for contract in frozen {
        let folder = wit().join("frozen").join(contract.version().to_string());
        assert!(folder.is_dir(), "{} is not in {}", contract.version(), folder.display());
    }
}

#[test]
fn every_rule_names_a_test_that_exists() {
    let root = wit().parent().unwrap().to_owned();
    let rules = fs::read_to_string(wit().join("VERSIONING.md")).unwrap();
    let tests = ["xtask/tests/evolution/main.rs", "host/engine/tests/versioning/main.rs"]
        .map(|file| fs::read_to_string(root.join(file)).unwrap())
        .concat();
    let names: Vec<_> = rules.split('`').filter(|word| word.contains('_') && !word.contains(' ')).collect();
    assert!(names.len() > 15, "{names:?}");
    for name in names {
        assert!(tests.contains(&format!("fn {name}()")), "VERSIONING.md names `{name}`, which is no test");
    }
}

/// The complaints about a release that differs from the frozen 0.1.0 by these replacements: file, old text, new text.
fn after(version: &str, changes: &[(&str, &str, &str)]) -> Vec<String> {
    let old = wit().join("frozen/0.1.0");
    let new = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(&old).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let mut text = fs::read_to_string(&path).unwrap();
        text = text.replace("boomerang:shop@0.1.0", &format!("boomerang:shop@{version}"));
        for (_, from, to) in changes.iter().filter(|(file, ..)| *file == name) {
            assert!(text.contains(from), "{name} holds no {from:?}");
            text = text.replacen(from, to, 1);
        }
        fs::write(new.path().join(name), text).unwrap();
    }
    complaints(&Contract::read(&old).unwrap(), &Contract::read(new.path()).unwrap())
}

fn is_allowed(changes: &[(&str, &str, &str)]) {
    assert_eq!(after("0.1.1", changes), [""; 0]);
}

fn is_refused(changes: &[(&str, &str, &str)], interface: &str) {
    let found = after("0.1.1", changes);
    assert!(!found.is_empty(), "nobody noticed {changes:?}");
    assert!(found.iter().any(|complaint| complaint.contains(interface)), "{found:?}");
}

const POINT: &str = "\n    /// Another.\n    @since(version = 0.1.1)\n    more: func() -> bool;\n}\n";

/// The end of a file, where its interface is closed.
fn end_of(file: &str) -> String {
    let text = fs::read_to_string(wit().join("frozen/0.1.0").join(file)).unwrap();
    text[text.trim_end().rfind('\n').unwrap()..].to_owned()
}

#[test]
fn an_unchanged_contract_is_allowed() {
    is_allowed(&[]);
}

#[test]
fn an_imported_interface_may_gain_a_function() {
    is_allowed(&[("settings.wit", &end_of("settings.wit"), POINT)]);
}

#[test]
fn an_imported_interface_must_not_lose_a_function() {
    is_refused(&[("settings.wit", "get: func() -> list<u8>;", "got: func() -> list<u8>;")], "capabilities");
}

#[test]
fn a_capability_may_be_added() {
    let weather = "world capabilities {\n    import weather;";
    let interface = "interface weather {\n    /// Now.\n    now: func() -> u8;\n}\n\nworld unrelated {}\n";
    is_allowed(&[
        ("world.wit", "world capabilities {", weather),
        ("log.wit", "package boomerang:shop@0.1.1;", &format!("package boomerang:shop@0.1.1;\n{interface}")),
    ]);
}

#[test]
fn a_capability_must_not_be_removed() {
    is_refused(&[("world.wit", "    import quotas;\n", "")], "quotas");
}

#[test]
fn an_extension_point_may_be_added() {
    let interface = "interface greetings {\n    greet: func() -> string;\n}\n";
    is_allowed(&[
        ("world.wit", "export cart-pricing;", "export cart-pricing;\n    export greetings;"),
        ("log.wit", "package boomerang:shop@0.1.1;", &format!("package boomerang:shop@0.1.1;\n{interface}")),
    ]);
}

#[test]
fn an_extension_point_must_not_be_removed() {
    is_refused(&[("world.wit", "    export schedule;\n", "")], "schedule");
}

#[test]
fn an_exported_interface_must_not_gain_a_function() {
    is_refused(&[("cart-pricing.wit", &end_of("cart-pricing.wit"), POINT)], "cart-pricing");
}

#[test]
fn a_record_must_not_gain_a_field() {
    is_refused(&[("types.wit", "locale: string,", "locale: string,\n        currency: string,")], "cart-pricing");
}

#[test]
fn a_variant_must_not_gain_a_case() {
    is_refused(&[("cart-pricing.wit", "        delivery,\n", "        delivery,\n        tax,\n")], "cart-pricing");
}

#[test]
fn an_enum_must_not_gain_a_case() {
    is_refused(&[("log.wit", "debug, info,", "trace, debug, info,")], "capabilities");
}

#[test]
fn a_function_must_not_gain_a_parameter() {
    let change = ("cart-pricing.wit", "applied: list<applied>)", "applied: list<applied>, dry-run: bool)");
    is_refused(&[change], "cart-pricing");
}

#[test]
fn a_released_version_is_not_changed_even_where_a_new_one_could_be() {
    let change = ("settings.wit", &*end_of("settings.wit"), &*POINT.replace("0.1.1", "0.1.0"));
    let found = after("0.1.0", &[change]);
    assert!(found.iter().any(|complaint| complaint.contains("raise the version")), "{found:?}");
    assert_eq!(after("0.1.0", &[]), [""; 0]);
}

#[test]
fn documentation_may_change_at_any_time() {
    let change = ("settings.wit", "/// Capability: read what", "/// Capability: see what");
    assert_eq!(after("0.1.0", &[change]), [""; 0]);
}

#[test]
fn only_versions_of_one_track_are_compared() {
    let track = |a: &str, b: &str| is_same_track(&a.parse().unwrap(), &b.parse().unwrap());
    assert!(track("0.1.0", "0.1.7"));
    assert!(!track("0.1.0", "0.2.0"));
    assert!(track("1.0.0", "1.4.0"));
    assert!(!track("1.9.0", "2.0.0"));
}
