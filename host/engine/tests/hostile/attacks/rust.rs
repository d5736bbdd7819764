//! Guests in Rust, with the whole standard library to try: what it reaches is what every honest guest could reach.

use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use boomerang_engine::{Point, SkipReason};
use serde_json::json;

use crate::case::{Case, Class, Verdict};
use crate::guest::{componentize, with_manifest};

/// Compiled once each, by the compiler that has compiled this test: as they are, and with what reaches further.
static GUEST: LazyLock<Vec<u8>> = LazyLock::new(|| compile("nothing"));
static FILES: LazyLock<Vec<u8>> = LazyLock::new(|| compile("files"));
static NETWORK: LazyLock<Vec<u8>> = LazyLock::new(|| compile("network"));

fn compile(reach: &str) -> Vec<u8> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/rust/guest.rs");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("hostile-guest-{reach}.wasm"));
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let status = Command::new(rustc)
        .args(["--edition", "2024", "--crate-type", "cdylib", "--target", "wasm32-wasip2"])
        .args(["-C", "opt-level=s", "-C", "panic=abort", "-C", "strip=symbols"])
        // The core module as it is: what it is a component of is the contract's to say.
        .args(["-C", "link-arg=--skip-wit-component"])
        .args(["--cfg", &format!("reach=\"{reach}\"")])
        .arg("-o")
        .args([&target, &source])
        .env_remove("RUSTFLAGS")
        .status()
        .expect("rustc starts");
    assert!(status.success(), "the Rust guest does not compile; is the target wasm32-wasip2 installed?");
    std::fs::read(target).expect("rustc has written it")
}

pub(super) fn cases() -> Vec<Case> {
    let mut class = Class::new("rust");
    let trapped = || Verdict::Skipped(SkipReason::Trapped);
    for (number, name, tries, verdict) in [
        (1, "hoard", "keeps a megabyte, and another, and another", Verdict::Skipped(SkipReason::OutOfMemory)),
        (2, "panic", "panics with 100 kB of words", trapped()),
        (3, "recurse", "calls itself for ever on its own stack", trapped()),
        (4, "sleep", "sleeps for 34 years", Verdict::Skipped(SkipReason::TimedOut)),
        (5, "shout", "prints for ever", Verdict::CutOff),
        (6, "exit", "ends the process", Verdict::Skipped(SkipReason::Exited)),
        (7, "abort", "aborts the process", trapped()),
        (8, "thread", "starts a thread", Verdict::Harmless),
        (9, "look", "looks for variables, arguments and input", Verdict::Harmless),
        (10, "wait", "waits until a clock moves", Verdict::CutOff),
        (11, "sort", "sorts a million numbers for ever", Verdict::CutOff),
    ] {
        add(&mut class, number, name, tries, verdict, &GUEST);
    }
    let refused = || Verdict::Refused("UnknownImport");
    add(&mut class, 12, "files", "reads a file", refused(), &FILES);
    add(&mut class, 13, "network", "reaches another host", refused(), &NETWORK);
    class.cases
}

fn add(class: &mut Class, number: i64, name: &str, tries: &str, verdict: Verdict, module: &'static LazyLock<Vec<u8>>) {
    class.add_bytes(name, tries, Point::CartPricing, verdict, || {
        let wasm = componentize(LazyLock::force(module).clone(), "export boomerang:shop/cart-pricing@0.1.0;");
        with_manifest(wasm, &json!({ "id": "hostile", "name": "Hostile", "version": "1", "summary": "Hostile." }))
    });
    class.cases.last_mut().expect("it has just been added").now = number;
}
