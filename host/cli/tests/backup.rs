//! Backups and restores, as a merchant types them.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use boomerang_shop::shops::{Policies, Shop};
use boomerang_shop::store::{Store, shops};

/// A folder with the shops of these names.
fn data(folder: &Path, names: &[&'static str]) {
    fs::create_dir_all(folder).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let store = Store::open(&folder.join("shop.db")).unwrap();
    for name in names {
        let shop = Shop {
            id: (*name).into(),
            name: (*name).into(),
            base_url: format!("https://{name}.example"),
            currency: "EUR".into(),
            time_zone: "UTC".into(),
            locale: "en".into(),
            country: "AT".into(),
            created_at: 0,
            policies: Policies::default(),
        };
        runtime.block_on(store.write(move |tx| shops::create(tx, "system", &shop))).unwrap();
    }
    fs::write(folder.join("secret"), [names.len() as u8; 32]).unwrap();
}

fn names(folder: &Path) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let store = Store::open(&folder.join("shop.db")).unwrap();
    runtime.block_on(store.read(shops::list)).unwrap().into_iter().map(|shop| shop.id).collect()
}

/// Runs a command on a folder; whether it succeeded, and what it complained of.
fn run(command: &str, words: &[&OsStr], data: &Path) -> Result<(), String> {
    let program = env!("CARGO_BIN_EXE_boomerang");
    let output = Command::new(program).arg(command).args(words).arg("--data").arg(data).output().unwrap();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8(output.stderr).unwrap()) }
}

fn backup(file: &Path, data: &Path) -> Result<(), String> {
    run("backup", &[file.as_os_str()], data)
}

fn restore(file: &Path, data: &Path) -> Result<(), String> {
    run("restore", &[file.as_os_str()], data)
}

fn replace(file: &Path, data: &Path) -> Result<(), String> {
    run("restore", &[file.as_os_str(), "--replace".as_ref()], data)
}

/// A server that is stopped when the test is over.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Serves a folder, and comes back when it does.
fn serve(data: &Path) -> Server {
    let mut child = Command::new(env!("CARGO_BIN_EXE_boomerang"))
        .args(["serve", "--port", "0", "--components"])
        .arg(data)
        .arg("--data")
        .arg(data)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("serving on"), "{line}");
    Server(child)
}

#[test]
fn what_was_backed_up_comes_back_and_what_came_after_it_is_put_aside() {
    let folder = tempfile::tempdir().unwrap();
    let (home, copy) = (folder.path().join("home"), folder.path().join("copy"));
    data(&home, &["one"]);
    backup(&copy, &home).unwrap();
    data(&home, &["two", "three"]);
    assert_eq!(names(&home), ["one", "three", "two"]);
    replace(&copy, &home).unwrap();
    assert_eq!(names(&home), ["one"]);
    assert_eq!(fs::read(home.join("secret")).unwrap(), [1; 32]);
    assert_eq!(names(&home.join("replaced-1")), ["one", "three", "two"]);
    assert_eq!(fs::read(home.join("replaced-1/secret")).unwrap(), [2; 32]);
    let elsewhere = folder.path().join("another machine");
    restore(&copy, &elsewhere).unwrap();
    assert_eq!(names(&elsewhere), ["one"]);
}

#[test]
fn a_restore_overwrites_nothing_unless_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let (home, copy) = (folder.path().join("home"), folder.path().join("copy"));
    data(&home, &["one"]);
    backup(&copy, &home).unwrap();
    data(&home, &["two"]);
    let complaint = restore(&copy, &home).unwrap_err();
    assert!(complaint.contains("--replace"), "{complaint}");
    assert_eq!(names(&home), ["one", "two"]);
    let complaint = backup(&copy, &home).unwrap_err();
    assert!(complaint.contains("exists already"), "{complaint}");
}

#[test]
fn a_shop_that_is_open_is_backed_up_and_not_restored_into() {
    let folder = tempfile::tempdir().unwrap();
    let (home, copy) = (folder.path().join("home"), folder.path().join("copy"));
    data(&home, &["one"]);
    let server = serve(&home);
    backup(&copy, &home).unwrap();
    let complaint = replace(&copy, &home).unwrap_err();
    assert!(complaint.contains("stop that one first"), "{complaint}");
    let complaint = run("serve", &["--port".as_ref(), "0".as_ref()], &home).unwrap_err();
    assert!(complaint.contains("stop that one first"), "{complaint}");
    drop(server);
    replace(&copy, &home).unwrap();
    assert_eq!(names(&home), ["one"]);
}

#[test]
fn a_backup_that_is_damaged_is_refused_before_anything_is_moved() {
    let folder = tempfile::tempdir().unwrap();
    let (home, copy) = (folder.path().join("home"), folder.path().join("copy"));
    data(&home, &["one"]);
    backup(&copy, &home).unwrap();
    let mut bytes = fs::read(&copy).unwrap();
    let half = bytes.len() / 2;
    bytes[half..].fill(0x5a);
    fs::write(&copy, &bytes).unwrap();
    replace(&copy, &home).unwrap_err();
    bytes.truncate(half);
    fs::write(&copy, &bytes).unwrap();
    replace(&copy, &home).unwrap_err();
    fs::write(&copy, "not a database").unwrap();
    let complaint = replace(&copy, &home).unwrap_err();
    assert!(complaint.contains("cannot be restored"), "{complaint}");
    assert_eq!(names(&home), ["one"]);
    assert!(!home.join("replaced-1").exists());
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_a_backup() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (home, copy) = (folder.path().join("home"), folder.path().join("copy"));
    data(&home, &["one"]);
    backup(&copy, &home).unwrap();
    for file in ["copy", "copy.secret"] {
        let mode = fs::metadata(folder.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    let nothing = backup(&folder.path().join("other"), &folder.path().join("nowhere")).unwrap_err();
    assert!(nothing.contains("there is no shop"), "{nothing}");
}
