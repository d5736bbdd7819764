//! A shop is opened by command, and served.

use std::path::Path;
use std::process::Command;

use boomerang_shop::admin::Role;
use boomerang_shop::store::{Store, StoreError, admins, shops};

/// Runs a command on a folder: what it prints if it succeeds, and what it complains of if not.
fn boomerang(words: &[&str], data: &Path) -> Result<String, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_boomerang"));
    let output = command.args(words).arg("--data").arg(data).output().unwrap();
    let (printed, complaint) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    if output.status.success() { Ok(printed) } else { Err(complaint) }
}

/// Opens the shop `harbour`.
fn add(data: &Path, country: &str, owner: &str) -> Result<String, String> {
    let words = [
        "shop add harbour --name Harbour --currency EUR --time-zone Europe/Vienna --url https://harbour.example/",
        "--country",
        country,
        "--owner",
        owner,
    ];
    boomerang(&words.iter().flat_map(|words| words.split(' ')).collect::<Vec<_>>(), data)
}

#[test]
fn a_shop_is_opened_with_an_owner_who_is_told_how_to_sign_in() {
    let folder = tempfile::tempdir().unwrap();
    let told = add(folder.path(), "AT", "Ann@Example.com").unwrap();
    assert!(told.contains("https://harbour.example/admin as Ann@Example.com"), "{told}");
    let password = told.split("password ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    assert!(password.len() >= 20, "{told}");

    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let store = Store::open(&folder.path().join("shop.db")).unwrap();
    let (shop, staff) = runtime
        .block_on(store.read(|tx| -> Result<_, StoreError> {
            Ok((shops::find(tx, "harbour")?.unwrap(), admins::list(tx, "harbour")?))
        }))
        .unwrap();
    assert_eq!((shop.name.as_str(), shop.base_url.as_str()), ("Harbour", "https://harbour.example"));
    assert_eq!((staff[0].email.as_str(), staff[0].role), ("ann@example.com", Role::Owner));
    drop(store);

    let taken = add(folder.path(), "AT", "ann@example.com").unwrap_err();
    assert!(taken.contains("choose another id"), "{taken}");
}

#[test]
fn what_is_typed_wrong_opens_nothing_and_says_what_to_type() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let complaint = add(&data, "Austria", "ann@example.com").unwrap_err();
    assert!(complaint.contains("ISO 3166"), "{complaint}");
    let complaint = add(&data, "AT", "ann").unwrap_err();
    assert!(complaint.contains("no e-mail address"), "{complaint}");
    assert!(!data.exists());
}

#[test]
fn serving_without_a_shop_names_the_command_that_opens_one() {
    let folder = tempfile::tempdir().unwrap();
    let complaint = boomerang(&["serve", "--port", "0"], folder.path()).unwrap_err();
    assert!(complaint.contains("boomerang shop add"), "{complaint}");
}
