//! Builds the components: those that ship, and the third-party plugins as an outsider would build them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::workspace::{Package, Workspace, capture, cargo, run};
use crate::{direct, sections};

/// The only target that components are built for.
pub(crate) const TARGET: &str = "wasm32-wasip2";

/// No shipped component may be larger than this many bytes.
const SIZE_LIMIT: u64 = 142_000;

/// One component that has been built.
struct Built {
    name: String,
    size: u64,
    /// Whether its bytes differ from those of the build before.
    changed: bool,
    /// Whether [`SIZE_LIMIT`] applies.
    ships: bool,
}

/// Everything that has been built.
#[must_use = "a component that ships may be too large"]
pub(crate) struct Guests(Vec<Built>);

/// Builds every component into `target/components`, every plugin into `target/components/plugins`, and prints their sizes.
pub(crate) fn build(workspace: &Workspace) -> Result<Guests> {
    add_target(TARGET)?;
    let mut built = Vec::new();
    for package in workspace.components() {
        built.push(build_component(workspace, &package)?);
    }
    for package in workspace.plugins()?.iter().filter(|package| package.is_cdylib) {
        built.push(build_plugin(workspace, package)?);
    }
    let guests = Guests(built);
    guests.print();
    Ok(guests)
}

impl Guests {
    fn print(&self) {
        let width = self.0.iter().map(|one| one.name.len()).max().unwrap_or_default();
        for one in &self.0 {
            let state = if one.changed { "built" } else { "unchanged" };
            eprintln!("  {:width$}  {:>6.1} kB  {state}", one.name, one.size as f64 / 1000.0);
        }
    }

    /// Fails if a component that ships is too large.
    pub(crate) fn keep_their_size(&self) -> Result<()> {
        let is_large = |one: &&Built| one.ships && one.size > SIZE_LIMIT;
        let large: Vec<_> = self.0.iter().filter(is_large).map(|one| one.name.as_str()).collect();
        ensure!(
            large.is_empty(),
            "larger than {} kB: {}. Look for format!, float or std code that got in (`twiggy top` shows it)",
            SIZE_LIMIT / 1000,
            large.join(", "),
        );
        Ok(())
    }
}

/// Adds a target with rustup, unless the toolchain has it.
pub(crate) fn add_target(target: &str) -> Result<()> {
    let libraries = capture(Command::new("rustc").args(["--print", "target-libdir", "--target", target]))?;
    if Path::new(libraries.trim()).is_dir() {
        return Ok(());
    }
    run(Command::new("rustup").args(["target", "add", target])).with_context(|| {
        format!("the Rust target {target} is missing: add it with rustup, or with your system's packages")
    })
}

/// Builds one component that ships.
///
/// One cargo call for each: built together, they would share the union of the features that any of them asks for. And by
/// `cargo rustc`, which builds nothing but the component: a crate that is also a library gets no optimisation across
/// crates from `cargo build`, whatever the profile says, and would be a fifth larger.
fn build_component(workspace: &Workspace, package: &Package) -> Result<Built> {
    let mut command = guest_cargo(&workspace.root);
    command.args(["rustc", "--crate-type", "cdylib", "--target", TARGET, "--profile", "component"]);
    command.args(["--package", &package.name]);
    run(&mut command)?;
    let artefact = workspace.target.join(TARGET).join("component").join(file_name(&package.name));
    let name = package.name.clone();
    let stripped = direct::connect(&sections::strip(&read(&artefact)?)?)?;
    let (size, changed) = publish(&stripped, &workspace.component_folder(), &name)?;
    Ok(Built { name, size, changed, ships: true })
}

/// Builds one plugin in its own workspace, in cargo's ordinary release profile.
fn build_plugin(workspace: &Workspace, package: &Package) -> Result<Built> {
    let target = workspace.plugin_target();
    let mut command = guest_cargo(&package.folder);
    command.args(["build", "--release", "--target", TARGET, "--target-dir"]).arg(&target);
    run(&mut command)?;
    let artefact = target.join(TARGET).join("release").join(file_name(&package.name));
    let folder = workspace.component_folder().join("plugins");
    let (size, changed) = publish(&read(&artefact)?, &folder, &package.name)?;
    Ok(Built { name: format!("plugins/{}", package.name), size, changed, ships: false })
}

/// Cargo without the caller's compiler flags, which are meant for the host and would replace those of the target.
pub(crate) fn guest_cargo(folder: &Path) -> Command {
    let mut command = cargo(folder);
    command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    command
}

/// What cargo calls the library of a package.
fn file_name(package: &str) -> String {
    format!("{}.wasm", package.replace('-', "_"))
}

/// What cargo has built.
pub(crate) fn read(artefact: &Path) -> Result<Vec<u8>> {
    fs::read(artefact).with_context(|| format!("cargo built no {}: is its crate-type cdylib?", artefact.display()))
}

/// Puts a built component where the host and the tests look for it, and gives its size and whether it changed.
///
/// An unchanged file is left alone, so that nothing which watches it starts over. A changed one takes its place by a
/// rename, so that a host which reads it never sees half of it.
pub(crate) fn publish(bytes: &[u8], folder: &Path, name: &str) -> Result<(u64, bool)> {
    fs::create_dir_all(folder).with_context(|| format!("could not make {}", folder.display()))?;
    let place = folder.join(format!("{name}.wasm"));
    let changed = fs::read(&place).map_or(true, |old| old != bytes);
    if changed {
        let temporary: PathBuf = folder.join(format!(".{name}.wasm.new"));
        fs::write(&temporary, bytes)
            .and_then(|()| fs::rename(&temporary, &place))
            .with_context(|| format!("could not write {}", place.display()))?;
    }
    Ok((bytes.len() as u64, changed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(name: &str, size: u64, ships: bool) -> Built {
        Built { name: name.to_owned(), size, changed: true, ships }
    }

    #[test]
    fn only_shipped_components_over_the_limit_are_too_large() {
        let fitting = built("at-the-limit", SIZE_LIMIT, true);
        let foreign = built("plugins/not-ours", SIZE_LIMIT + 1, false);
        let mut guests = Guests(vec![fitting, foreign]);
        assert!(guests.keep_their_size().is_ok());
        guests.0.push(built("over-it", SIZE_LIMIT + 1, true));
        let error = guests.keep_their_size().unwrap_err().to_string();
        assert!(error.contains("142 kB: over-it."), "{error}");
    }

    #[test]
    fn an_unchanged_component_is_not_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("out");
        assert_eq!(publish(b"one", &place, "a-b").unwrap(), (3, true));
        assert_eq!(publish(b"one", &place, "a-b").unwrap(), (3, false));
        assert_eq!(publish(b"other", &place, "a-b").unwrap(), (5, true));
        assert_eq!(fs::read(place.join("a-b.wasm")).unwrap(), b"other");
        assert_eq!(fs::read_dir(&place).unwrap().count(), 1, "the temporary file is gone");
    }

    #[test]
    fn a_crate_that_built_nothing_says_what_to_look_at() {
        let folder = tempfile::tempdir().unwrap();
        let error = read(&folder.path().join("x.wasm")).unwrap_err();
        assert!(error.to_string().contains("crate-type"), "{error}");
    }
}
