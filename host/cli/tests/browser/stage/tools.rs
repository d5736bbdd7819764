//! What the tests need beside the project itself, and where it is. `cargo xtask test` puts it there.

use std::env;
use std::path::{Path, PathBuf};

/// What Chromium is called where it is installed.
const CHROMIUM: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Whether the browser is to be left out.
pub(crate) fn left_out() -> bool {
    env::var_os("BOOMERANG_NO_BROWSER").is_some()
}

/// The browser: `BOOMERANG_CHROMIUM`, or one of the path.
pub(crate) fn chromium() -> PathBuf {
    if let Some(named) = env::var_os("BOOMERANG_CHROMIUM") {
        return named.into();
    }
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .flat_map(|folder| CHROMIUM.map(|name| folder.join(name)))
        .find(|program| program.is_file())
        .expect("Chromium is missing: `cargo xtask test` says how to install it, and `--no-browser` leaves it out")
}

/// The components that were built.
pub(crate) fn components() -> PathBuf {
    let folder = env::var_os("BOOMERANG_COMPONENTS").map_or_else(|| target().join("components"), PathBuf::from);
    assert!(folder.join("flash-sale.wasm").exists(), "build the components first, with `cargo xtask guests`");
    folder
}

/// A plugin of somebody else, as it was built.
pub(crate) fn plugin(name: &str) -> PathBuf {
    components().join("plugins").join(format!("{name}.wasm"))
}

/// A file of the checkers that `package-lock.json` beside this names.
pub(crate) fn checker(file: &str) -> PathBuf {
    let folder = env::var_os("BOOMERANG_WEB_TOOLS").map_or_else(|| target().join("web-tools"), PathBuf::from);
    let file = folder.join("node_modules").join(file);
    assert!(file.is_file(), "{} is missing: `cargo xtask test` installs it", file.display());
    file
}

/// Cargo's target folder.
pub(crate) fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap()
}
