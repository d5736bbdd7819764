//! A plugin that `boomerang new` starts builds outside of this repository, passes its own tests, and loads.

use std::path::Path;
use std::process::{Command, Output};

fn succeeds(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(status.success(), "{command:?}\n{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

fn boomerang(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_boomerang"));
    command.current_dir(folder);
    command
}

/// Cargo in a folder, as an outsider runs it. Nothing is downloaded: the plugin needs what this repository needs.
fn cargo<const N: usize>(folder: &Path, words: [&str; N]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(folder).args(words).env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    command.env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("new-plugin"));
    command
}

#[test]
fn a_new_plugin_builds_passes_its_tests_and_prices_a_cart() {
    let parent = tempfile::tempdir().unwrap();
    let said = succeeds(boomerang(parent.path()).args(["new", "tea-time"]));
    assert!(said.contains("cargo build --release --target wasm32-wasip2"), "{said}");

    let folder = parent.path().join("tea-time");
    let tests = succeeds(&mut cargo(&folder, ["test", "--offline"]));
    assert!(tests.contains("2 passed"), "{tests}");
    succeeds(&mut cargo(&folder, ["fmt", "--check"]));
    succeeds(&mut cargo(&folder, ["build", "--release", "--offline", "--target", "wasm32-wasip2"]));

    let component = Path::new(env!("CARGO_TARGET_TMPDIR")).join("new-plugin/wasm32-wasip2/release/tea_time.wasm");
    succeeds(boomerang(&folder).arg("check").arg(&component));
    let mut run = boomerang(&folder);
    run.arg("run").arg(&component).args(["--point", "cart-pricing", "--input", "cart.json"]);
    let report: serde_json::Value = serde_json::from_str(&succeeds(&mut run)).unwrap();
    assert_eq!(report["skipped"], serde_json::json!([]), "{report:#}");
    assert_eq!(report["value"]["placed"][0]["adjustment"]["changes"][0]["amount"], -599, "{report:#}");
}
