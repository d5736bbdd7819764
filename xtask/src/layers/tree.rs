//! Which files there are, and which must not be there.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::Violation;

/// Where components that were built against a released contract are kept, to prove that they still run.
const CORPUS: &str = "wit/frozen";

/// Every file below `root`, as paths relative to it, in order; build output and git's own files left out.
pub(super) fn files(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).with_context(|| format!("could not list {}", folder.display()))?;
        for entry in entries {
            let entry = entry.with_context(|| format!("could not list {}", folder.display()))?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            let is_output = path.file_name().is_some_and(|name| name == "target" || name == ".git");
            if kind.is_dir() && !is_output {
                folders.push(path);
            } else if kind.is_file() {
                found.push(path.strip_prefix(root)?.to_owned());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// No `.wasm` outside the compatibility corpus.
pub(super) fn check(files: &[PathBuf]) -> Vec<Violation> {
    let is_stray = |file: &&PathBuf| {
        file.extension().is_some_and(|extension| extension == "wasm" || extension == "cwasm")
            && !file.starts_with(CORPUS)
    };
    let complain = |file: &PathBuf| Violation {
        place: file.display().to_string(),
        complaint: format!(
            "a compiled component that nobody can review: keep its source and build it, or, if it was built against a released contract, move it below {CORPUS}"
        ),
    };
    files.iter().filter(is_stray).map(complain).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A repository with these files, for the tests of every rule.
    pub(in crate::layers) fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    fn complaints(paths: &[&str]) -> Vec<String> {
        let pairs: Vec<_> = paths.iter().map(|path| (*path, "")).collect();
        let root = repository(&pairs);
        check(&files(root.path()).unwrap()).into_iter().map(|violation| violation.place).collect()
    }

    #[test]
    fn a_checked_in_component_is_found() {
        assert_eq!(complaints(&["host/engine/tests/guest.wasm"]), ["host/engine/tests/guest.wasm"]);
        assert_eq!(complaints(&["a.cwasm"]), ["a.cwasm"]);
    }

    #[test]
    fn the_corpus_and_build_output_may_hold_components() {
        assert!(complaints(&["wit/frozen/0.1.0/flash-sale.wasm", "target/components/x.wasm", "README.md"]).is_empty());
    }
}
