//! What the tests in a real browser need beside Rust: Chromium, and checkers of accessibility and HTML, which are npm's.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::workspace::{Workspace, capture, run};

/// What Chromium is called where it is installed.
const CHROMIUM: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// Names the browser where it is called otherwise.
const CHROMIUM_VARIABLE: &str = "BOOMERANG_CHROMIUM";
/// The packages of Debian and its kin that bring a browser. It draws no text without a font.
const CHROMIUM_PACKAGES: [&str; 2] = ["chromium", "fonts-liberation"];
/// The package that brings npm, and node with it.
const NPM_PACKAGES: [&str; 1] = ["npm"];
/// Where the checkers are named, with their exact versions.
const CHECKERS: &str = "host/cli/tests/browser/tools";
const LOCK: &str = "package-lock.json";

/// Where everything is.
#[derive(Debug)]
pub(crate) struct Tools {
    chromium: PathBuf,
    checkers: PathBuf,
}

impl Tools {
    /// Finds what is there, and installs what is not.
    pub(crate) fn prepare(workspace: &Workspace) -> Result<Self> {
        let path = env::var_os("PATH").unwrap_or_default();
        let named = env::var_os(CHROMIUM_VARIABLE).map(PathBuf::from);
        let chromium = || named.clone().or_else(|| browser(&path));
        let mut missing = Vec::new();
        if chromium().is_none() {
            missing.extend(CHROMIUM_PACKAGES);
        }
        if on_path("npm").is_none() || on_path("node").is_none() {
            missing.extend(NPM_PACKAGES);
        }
        if !missing.is_empty() {
            install(&missing)?;
        }
        let chromium = chromium().with_context(without_browser)?;
        let checkers = workspace.target.join("web-tools");
        install_checkers(&workspace.root.join(CHECKERS), &checkers)?;
        Ok(Self { chromium, checkers })
    }

    /// Tells the tests.
    pub(crate) fn tell(&self, command: &mut Command) {
        command.env(CHROMIUM_VARIABLE, &self.chromium).env("BOOMERANG_WEB_TOOLS", &self.checkers);
    }
}

/// Keeps the tests from looking for a browser: they say that they were left out.
pub(crate) fn leave_out(command: &mut Command) {
    command.env("BOOMERANG_NO_BROWSER", "1");
}

/// Installs packages with apt where that can be done; says how to do it by hand where it cannot.
fn install(packages: &[&str]) -> Result<()> {
    let is_root = || capture(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if on_path("apt-get").is_none() || !is_root() {
        bail!(by_hand(packages));
    }
    let apt = |words: &[&str]| run(Command::new("apt-get").args(words).env("DEBIAN_FRONTEND", "noninteractive"));
    apt(&["update"])
        .and_then(|()| apt(&[&["install", "-y", "--no-install-recommends"], packages].concat()))
        .with_context(|| by_hand(packages))
}

/// What to type.
fn by_hand(packages: &[&str]) -> String {
    format!(
        "the tests in a browser were left out, for want of {packages}: `sudo apt-get install --no-install-recommends \
         {packages}`, or install Chromium and npm your system's way and name the browser in {CHROMIUM_VARIABLE}; \
         `--no-browser` leaves these tests out",
        packages = packages.join(" "),
    )
}

/// What to do where apt has done what it was asked and there is still no browser: some systems have a package of that name
/// that only says where else to look.
fn without_browser() -> String {
    format!(
        "apt succeeded, and still there is no Chromium that starts: on Ubuntu its package only stands for a snap. Install \
         the snap (`sudo snap install chromium`) or Google's own package (google-chrome-stable), and name the program in \
         {CHROMIUM_VARIABLE} if it is not on the path; `--no-browser` leaves the tests in a browser out"
    )
}

/// Installs the checkers that `source` names into `folder`, unless they are there.
fn install_checkers(source: &Path, folder: &Path) -> Result<()> {
    let read = |folder: &Path| fs::read(folder.join(LOCK));
    let wanted = read(source).with_context(|| format!("{} has no {LOCK}", source.display()))?;
    // npm writes this once it is done.
    let is_done = folder.join("node_modules/.package-lock.json").is_file();
    if is_done && read(folder).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    fs::create_dir_all(folder)
        .and_then(|()| fs::copy(source.join("package.json"), folder.join("package.json")))
        .and_then(|_| fs::write(folder.join(LOCK), &wanted))
        .with_context(|| format!("could not write {}", folder.display()))?;
    // No package gets to run anything while it is installed.
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(folder);
    let words =
        || format!("the checkers of the pages are missing: run `npm ci --ignore-scripts` in {}", folder.display());
    run(&mut npm).with_context(words)
}

/// The first browser of a search path that starts. A package that only stands for another leaves a program there that
/// does not.
fn browser(path: &OsStr) -> Option<PathBuf> {
    CHROMIUM.iter().filter_map(|name| find(name, path)).find(|program| {
        let version = Command::new(program).arg("--version").stdin(Stdio::null()).output();
        version.is_ok_and(|version| version.status.success())
    })
}

/// A program of the search path.
fn on_path(name: &str) -> Option<PathBuf> {
    find(name, &env::var_os("PATH")?)
}

fn find(name: &str, path: &OsStr) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(path).map(|folder| folder.join(&file)).find(|program| program.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_in_the_first_folder_that_has_it() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let name = format!("chromium{}", env::consts::EXE_SUFFIX);
        fs::write(two.path().join(&name), "").unwrap();
        let path = env::join_paths([one.path(), two.path()]).unwrap();
        assert_eq!(find("chromium", &path), Some(two.path().join(&name)));
        fs::write(one.path().join(&name), "").unwrap();
        assert_eq!(find("chromium", &path), Some(one.path().join(&name)));
        assert_eq!(find("npm", &path), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_browser_that_does_not_start_is_none() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let program = |name: &str, does: &str| {
            let file = folder.path().join(name);
            fs::write(&file, format!("#!/bin/sh\n{does}\n")).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
            file
        };
        program("chromium-browser", "echo 'requires the chromium snap to be installed' >&2; exit 1");
        assert_eq!(browser(folder.path().as_os_str()), None);
        let chrome = program("google-chrome", "test \"$1\" = --version");
        assert_eq!(browser(folder.path().as_os_str()), Some(chrome));
    }

    #[test]
    fn what_to_do_without_a_browser_is_said() {
        let words = without_browser();
        for way in ["snap install chromium", "google-chrome-stable", CHROMIUM_VARIABLE, "--no-browser"] {
            assert!(words.contains(way), "{words}");
        }
    }

    #[test]
    fn what_is_missing_is_said_with_the_command_that_installs_it() {
        let words = by_hand(&[&CHROMIUM_PACKAGES[..], &NPM_PACKAGES].concat());
        assert!(
            words.contains("`sudo apt-get install --no-install-recommends chromium fonts-liberation npm`"),
            "{words}"
        );
        assert!(words.contains("--no-browser"), "{words}");
    }

    #[test]
    fn checkers_that_are_there_are_not_installed_again() {
        let (source, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(source.path().join(LOCK), "{}").unwrap();
        fs::create_dir(folder.path().join("node_modules")).unwrap();
        fs::write(folder.path().join("node_modules/.package-lock.json"), "").unwrap();
        fs::write(folder.path().join(LOCK), "{}").unwrap();
        // There is no package.json, so that anything but leaving it alone would fail.
        install_checkers(source.path(), folder.path()).unwrap();
        fs::write(source.path().join(LOCK), "{ }").unwrap();
        assert!(install_checkers(source.path(), folder.path()).is_err());
    }
}
