//! Folders for what only this run needs.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

/// What a run that is over left behind is thrown away once it is this old.
const KEPT: Duration = Duration::from_secs(3_600);

/// One folder for each run: what is shared by all tests is dropped by none of them.
static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
    let parent = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser");
    fs::create_dir_all(&parent).unwrap();
    for old in fs::read_dir(&parent).unwrap().flatten() {
        let is_old = old
            .metadata()
            .and_then(|data| data.modified())
            .is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|age| age > KEPT));
        if is_old {
            // Another run may be at the same.
            let _ = fs::remove_dir_all(old.path());
        }
    }
    let own = parent.join(std::process::id().to_string());
    if own.exists() {
        fs::remove_dir_all(&own).unwrap();
    }
    own
});

/// A folder with this name, empty.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = ROOT.join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}
