//! Runs the command in a folder of its own.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// One run of `boomerang`.
pub(crate) struct Run {
    command: Command,
    folder: TempDir,
    files: usize,
}

/// `boomerang` with these words.
pub(crate) fn boomerang<const N: usize>(words: [&str; N]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_boomerang"));
    command.args(words).current_dir(folder.path());
    Run { command, folder, files: 0 }
}

/// A plugin that `cargo xtask guests` has built.
pub(crate) fn plugin(name: &str) -> PathBuf {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/components");
    let components = env::var_os("BOOMERANG_COMPONENTS").map_or(default, PathBuf::from);
    let path = components.join("plugins").join(format!("{name}.wasm"));
    assert!(path.exists(), "{} is missing: run `cargo xtask guests` first", path.display());
    path
}

impl Run {
    /// With one word more.
    pub(crate) fn arg(mut self, word: impl AsRef<OsStr>) -> Self {
        self.command.arg(word);
        self
    }

    /// With an option.
    pub(crate) fn option(self, name: &str, value: &str) -> Self {
        self.arg(name).arg(value)
    }

    /// With a file that holds these bytes.
    pub(crate) fn file(self, name: &str, bytes: &[u8]) -> Self {
        fs::write(self.folder.path().join(name), bytes).unwrap();
        self.arg(name)
    }

    /// With an option that names a file with this JSON.
    pub(crate) fn json(mut self, name: &str, value: &Value) -> Self {
        self.files += 1;
        let file = format!("{}.json", self.files);
        self.arg(name).file(&file, value.to_string().as_bytes())
    }

    /// What it prints. It has to succeed.
    pub(crate) fn succeeds(self) -> String {
        let output = self.output();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The folder it ran in. It has to succeed.
    pub(crate) fn succeeds_in(mut self) -> TempDir {
        let output = self.command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        self.folder
    }

    /// What it says has gone wrong. It has to fail, and to print nothing else.
    pub(crate) fn fails(self) -> String {
        let output = self.output();
        assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
        String::from_utf8(output.stderr).unwrap()
    }

    fn output(mut self) -> Output {
        self.command.output().unwrap()
    }
}
