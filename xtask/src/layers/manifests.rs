//! What the crates of each layer may depend on.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::Violation;
use crate::workspace::{Dependency, Package, metadata, packages};

/// Crates that speak HTTP or mail.
const WEB: &[&str] = &["http", "hyper", "axum", "tower", "reqwest", "ureq", "h2", "actix", "warp", "lettre"];
/// Crates that speak to a database.
const DATABASE: &[&str] =
    &["rusqlite", "sqlite", "sqlx", "postgres", "tokio-postgres", "diesel", "libsqlite3", "sea-orm"];
/// Crates that run or read WebAssembly.
const WASM: &[&str] = &["wasmtime", "wasmparser", "wasmi", "wasmer"];

/// Checks the manifest of every crate: those of the workspace, and those that are workspaces of their own.
pub(super) fn check(root: &Path, files: &[PathBuf]) -> Result<Vec<Violation>> {
    let mut violations = Vec::new();
    for file in files.iter().filter(|file| file.ends_with("Cargo.toml")) {
        let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
            continue;
        };
        let own = root.join(folder);
        for package in packages(&metadata(&own)?)?.iter().filter(|package| package.folder == own) {
            violations.extend(check_package(root, folder, package));
        }
    }
    Ok(violations)
}

fn check_package(root: &Path, folder: &Path, package: &Package) -> Vec<Violation> {
    let complain = |dependency: &Dependency| {
        let complaint = complaint(root, folder, dependency)?;
        Some(Violation {
            place: folder.join("Cargo.toml").display().to_string(),
            complaint: format!("`{}`: {complaint}", dependency.name),
        })
    };
    package.dependencies.iter().filter_map(complain).collect()
}

/// What is wrong with a dependency of the crate in `folder`; none if nothing is.
fn complaint(root: &Path, folder: &Path, dependency: &Dependency) -> Option<&'static str> {
    let is_one_of = |names: &[&str]| {
        names
            .iter()
            .any(|name| dependency.name.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')))
    };
    let leads_into = |layer: &str| dependency.path.as_ref().is_some_and(|path| path.starts_with(root.join(layer)));
    let is_guest = folder.starts_with("components") || folder.starts_with("examples/plugins");

    if is_guest && leads_into("host") {
        Some("a component depends on no host crate: it is what anybody outside could have written")
    } else if is_guest && is_one_of(WASM) {
        Some("a component knows nothing of the engine that runs it: test it in the engine from host/engine/tests")
    } else if folder.starts_with("host/engine") && leads_into("host/shop") {
        Some("the engine knows no shop: a vendor embeds it in another")
    } else if folder.starts_with("host/engine") && is_one_of(WEB) {
        Some("host/engine knows no HTTP: put this in host/shop")
    } else if folder.starts_with("host/shop") && is_one_of(WASM) {
        Some("host/shop knows no WebAssembly: ask boomerang-engine")
    } else if folder.starts_with("host") && !speaks_to_a_database(folder) && is_one_of(DATABASE) {
        Some("only the shop's store knows which database it is")
    } else {
        None
    }
}

/// The shop's store, and the benchmark, which measures what the store adds to its database. What their code may do is
/// another rule's matter.
fn speaks_to_a_database(folder: &Path) -> bool {
    folder.starts_with("host/shop") || folder.starts_with("host/bench")
}

#[cfg(test)]
mod tests {
    use super::super::tree::{files, tests::repository};
    use super::*;

    /// A manifest of a crate that is a workspace of its own.
    fn manifest(name: &str, dependencies: &str) -> String {
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
             [workspace]\n[dependencies]\n{dependencies}\n"
        )
    }

    /// The complaints about a crate in `folder` with these lines under `[dependencies]`.
    fn complaints(folder: &str, dependencies: &str) -> Vec<String> {
        let mut crates = vec![
            ("host/engine", manifest("boomerang-engine", "")),
            ("host/shop", manifest("boomerang-shop", "")),
            ("components/sdk", manifest("boomerang-sdk", "")),
        ];
        crates.retain(|(other, _)| *other != folder);
        crates.push((folder, manifest("it", dependencies)));
        let files_of = |(folder, manifest)| {
            [(format!("{folder}/Cargo.toml"), manifest), (format!("{folder}/src/lib.rs"), String::new())]
        };
        let paths: Vec<_> = crates.into_iter().flat_map(files_of).collect();
        let pairs: Vec<_> = paths.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let root = repository(&pairs);
        let root = root.path().canonicalize().unwrap();
        let violations = check(&root, &files(&root).unwrap()).unwrap();
        violations.into_iter().map(|violation| violation.to_string()).collect()
    }

    fn is_refused(folder: &str, dependency: &str, why: &str) {
        let found = complaints(folder, dependency);
        assert_eq!(found.len(), 1, "{folder} with {dependency}: {found:?}");
        assert!(found[0].starts_with(&format!("{folder}/Cargo.toml: ")), "{}", found[0]);
        assert!(found[0].contains(why), "{}", found[0]);
    }

    #[test]
    fn a_component_depends_on_no_host_crate() {
        is_refused("components/x", "boomerang-engine = { path = \"../../host/engine\" }", "no host crate");
        is_refused("examples/plugins/x", "boomerang-shop = { path = \"../../../host/shop\" }", "no host crate");
        is_refused("components/x", "wasmtime = \"48\"", "nothing of the engine");
    }

    #[test]
    fn the_rule_holds_for_dependencies_of_tests_too() {
        is_refused(
            "components/x",
            "[dev-dependencies]\nboomerang-engine = { path = \"../../host/engine\" }",
            "no host crate",
        );
    }

    #[test]
    fn the_engine_depends_on_no_web_and_no_database() {
        is_refused("host/engine", "axum = \"0.8\"", "no HTTP");
        is_refused("host/engine", "hyper-util = \"0.1\"", "no HTTP");
        is_refused("host/engine", "rusqlite = \"0.37\"", "database");
        is_refused("host/engine", "boomerang-shop = { path = \"../shop\" }", "no shop");
    }

    #[test]
    fn the_shop_depends_on_no_wasm() {
        is_refused("host/shop", "wasmtime = \"48\"", "ask boomerang-engine");
        is_refused("host/shop", "wasmtime-wasi = \"48\"", "ask boomerang-engine");
    }

    #[test]
    fn what_each_layer_needs_is_allowed() {
        assert_eq!(complaints("components/x", "boomerang-sdk = { path = \"../sdk\" }\nserde = \"1\""), [""; 0]);
        assert_eq!(complaints("host/engine", "wasmtime = \"48\"\ntokio = \"1\""), [""; 0]);
        assert_eq!(complaints("host/shop", "rusqlite = \"0.37\"\naxum = \"0.8\""), [""; 0]);
        assert_eq!(complaints("host/bench", "rusqlite = \"0.37\""), [""; 0]);
    }
}
