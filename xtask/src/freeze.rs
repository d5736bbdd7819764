//! `cargo xtask freeze`: keeps a copy of the contract for ever.
//!
//! Released contracts are compared with, and guests are built against them, long after `wit/` has moved on; see
//! `wit/VERSIONING.md`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Args;
use wit_parser::UnresolvedPackageGroup;

use crate::workspace::Workspace;

/// How to treat a copy that is there already.
#[derive(Args)]
pub(crate) struct Options {
    /// Replace the copy of this version: only for a version that nobody has been given yet
    #[arg(long)]
    replace: bool,
}

/// Copies `wit/*.wit` to `wit/frozen/<version>/`.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let copy = freeze(&workspace.root.join("wit"), options.replace)?;
    eprintln!("▸ frozen in {}", copy.display());
    Ok(())
}

fn freeze(wit: &Path, replace: bool) -> Result<PathBuf> {
    let group = UnresolvedPackageGroup::parse_dir(wit)?;
    let name = group.main.name;
    let version = name.version.with_context(|| format!("package {}:{} has no version", name.namespace, name.name))?;
    let copy = wit.join("frozen").join(version.to_string());
    ensure!(
        replace || !copy.exists(),
        "{} is there already, and a released contract never changes: raise the version of the package, or pass --replace \
         if nobody has been given {version} yet",
        copy.display(),
    );
    if copy.exists() {
        fs::remove_dir_all(&copy).with_context(|| format!("could not empty {}", copy.display()))?;
    }
    fs::create_dir_all(&copy).with_context(|| format!("could not make {}", copy.display()))?;
    for file in group.source_map.source_files() {
        let name = file.file_name().context("a WIT file has no name")?;
        fs::copy(file, copy.join(name)).with_context(|| format!("could not copy {}", file.display()))?;
    }
    Ok(copy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frozen_version_is_replaced_only_on_request() {
        let folder = tempfile::tempdir().unwrap();
        let wit = folder.path();
        let text = "package boomerang:shop@1.2.3;\ninterface a {}\n";
        fs::write(wit.join("a.wit"), text).unwrap();

        let copy = freeze(wit, false).unwrap();
        assert_eq!(copy, wit.join("frozen/1.2.3"));
        assert_eq!(fs::read_to_string(copy.join("a.wit")).unwrap(), text);

        fs::rename(wit.join("a.wit"), wit.join("b.wit")).unwrap();
        let error = freeze(wit, false).unwrap_err().to_string();
        assert!(error.contains("raise the version"), "{error}");
        assert!(copy.join("a.wit").exists());

        freeze(wit, true).unwrap();
        assert!(copy.join("b.wit").exists() && !copy.join("a.wit").exists());
    }
}
