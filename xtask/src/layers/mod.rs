//! The layer rules: what may know what.
//!
//! | rule | why |
//! | --- | --- |
//! | only `host/engine` names wasmtime | the shop could run another engine, and the engine's configuration stays in one place |
//! | `host/engine` names neither HTTP nor SQL | a vendor embeds it in a platform that has its own |
//! | SQL and rusqlite are named only in the shop's store | another database is one more folder |
//! | a component depends on no host crate | it is what anybody outside could have written |
//! | no build script runs cargo | lock contention and rebuild storms |
//! | no `.wasm` is checked in, but for the compatibility corpus | nobody can review one |
//! | one WIT file, one interface, and every item says what it is and since when | the contract is read more than code |
//!
//! Each rule has a test that breaks it.

mod code;
mod contract;
mod manifests;
mod tree;

use std::fmt;
use std::path::Path;

use anyhow::{Result, ensure};

use crate::workspace::Workspace;

/// One place that breaks one rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Violation {
    /// A path below the root, with a line where there is one.
    place: String,
    /// What is wrong, and what to do instead.
    complaint: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.complaint)
    }
}

/// Checks every rule, prints what breaks one, and fails if anything does.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let violations = check(&workspace.root)?;
    for violation in &violations {
        eprintln!("  {violation}");
    }
    ensure!(violations.is_empty(), "{} places break a layer rule: see above", violations.len());
    eprintln!("▸ layers: every rule holds");
    Ok(())
}

/// Checks every rule in the repository at `root`.
fn check(root: &Path) -> Result<Vec<Violation>> {
    let files = tree::files(root)?;
    let mut violations = tree::check(&files);
    violations.extend(code::check(root, &files)?);
    violations.extend(manifests::check(root, &files)?);
    violations.extend(contract::check(root)?);
    violations.sort();
    Ok(violations)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_repository_keeps_every_rule() {
        let workspace = Workspace::open().unwrap();
        let violations = check(&workspace.root).unwrap();
        assert!(violations.is_empty(), "{violations:#?}");
    }
}
