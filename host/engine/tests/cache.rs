//! Compiled code on disk: used if this host wrote it, never otherwise.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use boomerang_engine::{CacheConfig, Capabilities, Engine, EngineConfig};
use support::*;

/// A directory that is gone after the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("boomerang-cache-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        Self(dir)
    }

    fn engine(&self, secret: u8) -> Engine {
        let cache = CacheConfig { dir: self.0.clone(), secret: [secret; 32] };
        engine_with(EngineConfig { cache: Some(cache), ..EngineConfig::default() }, Capabilities::default())
    }

    fn only_file(&self) -> PathBuf {
        let files: Vec<_> = fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(files.len(), 1, "{files:?}");
        files[0].clone()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// When a file was last written.
fn written(path: &Path) -> std::time::SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

#[tokio::test]
async fn compiled_code_is_kept_and_used_again() {
    let scratch = Scratch::new("kept");
    let guest = pricing_guest("sale", &[(0, -100, "sale", "Sale")]);
    guest.load(&scratch.engine(1));
    let file = scratch.only_file();
    let first = written(&file);
    let engine = scratch.engine(1);
    let installation = guest.install(&engine);
    assert_eq!(written(&file), first, "the second engine took the file as it is");
    let report = engine.price_cart(&shop(&[&installation]), &call_at(0), &cart(1)).await.unwrap();
    assert_eq!(report.value.lines[0].total, 900);
}

#[test]
fn a_tampered_file_is_never_loaded_and_is_written_anew() {
    let scratch = Scratch::new("tampered");
    let guest = pricing_guest("sale", &[]);
    guest.load(&scratch.engine(1));
    let file = scratch.only_file();
    let good = fs::read(&file).unwrap();
    for at in [0, 20, 60, good.len() / 2, good.len() - 1] {
        let mut bad = good.clone();
        bad[at] ^= 1;
        fs::write(&file, &bad).unwrap();
        guest.load(&scratch.engine(1));
        assert_ne!(fs::read(&file).unwrap(), bad, "byte {at}: the tampered file is still there");
    }
    for bad in [&good[..10], &good[..good.len() - 1], b""] {
        fs::write(&file, bad).unwrap();
        guest.load(&scratch.engine(1));
        assert!(fs::read(&file).unwrap().len() >= good.len());
    }
}

#[test]
fn a_file_written_with_another_secret_is_foreign() {
    let scratch = Scratch::new("foreign");
    let guest = pricing_guest("sale", &[]);
    guest.load(&scratch.engine(1));
    let file = scratch.only_file();
    let theirs = fs::read(&file).unwrap();
    guest.load(&scratch.engine(2));
    assert_ne!(fs::read(&file).unwrap(), theirs);
}

#[test]
fn code_of_one_component_is_not_taken_for_another() {
    let scratch = Scratch::new("swapped");
    let (one, two) = (pricing_guest("one", &[]), pricing_guest("two", &[]));
    one.load(&scratch.engine(1));
    let first = scratch.only_file();
    let code = fs::read(&first).unwrap();
    fs::remove_file(&first).unwrap();
    two.load(&scratch.engine(1));
    let second = scratch.only_file();
    fs::write(&second, &code).unwrap();
    two.load(&scratch.engine(1));
    assert_ne!(fs::read(&second).unwrap(), code);
}
