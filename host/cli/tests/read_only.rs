//! A database that may be read and not written, as it is after a restore by another user.
#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use boomerang_shop::store::Store;

/// Somebody who owns nothing.
const NOBODY: u32 = 65_534;

fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_database_that_may_not_be_written_is_not_served_and_the_words_say_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let database = data.join("shop.db");
    drop(Store::open(&database).unwrap());
    fs::write(data.join("secret"), [7; 32]).unwrap();
    // The program itself, where anybody may run it.
    let program = folder.path().join("boomerang");
    fs::copy(env!("CARGO_BIN_EXE_boomerang"), &program).unwrap();
    for (path, mode) in [(folder.path(), 0o755), (&data, 0o777), (&program, 0o755), (&database, 0o444)] {
        allow(path, mode);
    }
    allow(&data.join("secret"), 0o644);
    let before = fs::read(&database).unwrap();
    let mut command = Command::new(&program);
    command.args(["serve", "--port", "0", "--data"]).arg(&data);
    // Root may write whatever the mode of a file says.
    if folder.path().metadata().unwrap().uid() == 0 {
        command.uid(NOBODY).gid(NOBODY);
    }
    let output = command.output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{words}");
    for expected in ["shop.db", "cannot be written", "let the user that the shop runs as write it"] {
        assert!(words.contains(expected), "{expected:?} is not in: {words}");
    }
    assert_eq!(fs::read(&database).unwrap(), before);
}
