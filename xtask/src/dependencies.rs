//! `cargo xtask deny` and `cargo xtask sbom`: what the host is made of, and whether it may be.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::workspace::{self, Workspace, capture};

/// Runs cargo-deny over `deny.toml`, and installs it if it is missing. Faults that are known of a dependency are not looked for:
/// their list is no crate, and comes from another server than the one that crates come from.
pub(crate) fn deny(workspace: &Workspace) -> Result<()> {
    let is_there = workspace.cargo(["deny", "--version"]).output().is_ok_and(|output| output.status.success());
    if !is_there {
        // Without optimisation it is built in half the time, and its check takes two seconds all the same.
        workspace::run(&mut workspace.cargo(["install", "cargo-deny", "--locked", "--debug"]))
            .context("cargo-deny is missing, and could not be installed")?;
    }
    workspace::run(&mut workspace.cargo(["deny", "check", "licenses", "bans", "sources"]))
}

/// Writes a CycloneDX document of every crate that the `boomerang` command is built from, as Cargo.lock has them.
pub(crate) fn sbom(workspace: &Workspace) -> Result<()> {
    let text = capture(&mut workspace.cargo(["metadata", "--format-version", "1", "--locked"]))?;
    let metadata: Value = serde_json::from_str(&text).context("cargo metadata printed no JSON")?;
    let document = document(&metadata, "boomerang")?;
    let path = workspace.target.join("sbom.json");
    fs::create_dir_all(&workspace.target)
        .and_then(|()| fs::write(&path, format!("{document:#}\n")))
        .with_context(|| format!("could not write {}", path.display()))?;
    let count = document["components"].as_array().map_or(0, Vec::len);
    eprintln!("▸ {count} components of boomerang are listed in {}", path.display());
    Ok(())
}

/// The document of one package and everything it is built from; what only tests need is left out.
fn document(metadata: &Value, root: &str) -> Result<Value> {
    let packages: BTreeMap<&str, &Value> =
        array(&metadata["packages"]).filter_map(|package| Some((package["id"].as_str()?, package))).collect();
    let nodes: BTreeMap<&str, &Value> =
        array(&metadata["resolve"]["nodes"]).filter_map(|node| Some((node["id"].as_str()?, node))).collect();
    let (root, package) =
        packages.iter().find(|(_, package)| package["name"] == root).context("the workspace has no such package")?;
    let mut edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut open = vec![*root];
    while let Some(id) = open.pop() {
        if edges.contains_key(id) {
            continue;
        }
        let needed: Vec<&str> = nodes.get(id).map(|node| needed(node)).unwrap_or_default();
        open.extend(&needed);
        edges.insert(id, needed);
    }
    let reference = |id: &str| packages.get(id).map(|package| purl(package)).unwrap_or_default();
    let components: Vec<Value> =
        edges.keys().filter(|id| *id != root).filter_map(|id| packages.get(id)).map(|one| component(one)).collect();
    let dependencies: Vec<Value> = edges
        .iter()
        .map(|(id, needed)| {
            let needed: Vec<String> = needed.iter().map(|id| reference(id)).collect();
            json!({ "ref": reference(id), "dependsOn": needed })
        })
        .collect();
    let mut own = component(package);
    own["type"] = "application".into();
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": own },
        "components": components,
        "dependencies": dependencies,
    }))
}

/// What a package is built from, without what only its tests need.
fn needed(node: &Value) -> Vec<&str> {
    array(&node["deps"])
        .filter(|dependency| array(&dependency["dep_kinds"]).any(|kind| kind["kind"] != "dev"))
        .filter_map(|dependency| dependency["pkg"].as_str())
        .collect()
}

fn component(package: &Value) -> Value {
    let mut component = json!({
        "type": "library",
        "bom-ref": purl(package),
        "name": package["name"],
        "version": package["version"],
        "purl": purl(package),
    });
    if let Some(license) = package["license"].as_str() {
        // Cargo still takes a slash for OR, which SPDX does not.
        let expression = license.split('/').map(str::trim).collect::<Vec<_>>().join(" OR ");
        component["licenses"] = json!([{ "expression": expression }]);
    }
    component
}

fn purl(package: &Value) -> String {
    let text = |name: &str| package[name].as_str().unwrap_or_default();
    format!("pkg:cargo/{}@{}", text("name"), text("version"))
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_built_in_is_listed_and_what_only_tests_need_is_not() {
        let package = |name: &str| json!({ "id": name, "name": name, "version": "1.0.0", "license": "MIT/Apache-2.0" });
        let needs = |name: &str, kind: Value| json!({ "pkg": name, "dep_kinds": [{ "kind": kind }] });
        let metadata = json!({
            "packages": [package("app"), package("used"), package("deep"), package("tested"), package("other")],
            "resolve": { "nodes": [
                { "id": "app", "deps": [needs("used", Value::Null), needs("tested", "dev".into())] },
                { "id": "used", "deps": [needs("deep", "build".into())] },
                { "id": "deep", "deps": [] },
            ] },
        });
        let document = document(&metadata, "app").unwrap();
        let names: Vec<&str> =
            array(&document["components"]).filter_map(|component| component["name"].as_str()).collect();
        assert_eq!(names, ["deep", "used"]);
        assert_eq!(document["metadata"]["component"]["purl"], "pkg:cargo/app@1.0.0");
        assert_eq!(document["components"][0]["licenses"][0]["expression"], "MIT OR Apache-2.0");
        assert_eq!(document["dependencies"][0]["dependsOn"], json!(["pkg:cargo/used@1.0.0"]));
    }

    #[test]
    fn this_repository_has_one() {
        let workspace = Workspace::open().unwrap();
        let text = capture(&mut workspace.cargo(["metadata", "--format-version", "1", "--locked"])).unwrap();
        let document = document(&serde_json::from_str(&text).unwrap(), "boomerang").unwrap();
        assert!(array(&document["components"]).any(|component| component["name"] == "wasmtime"));
    }
}
