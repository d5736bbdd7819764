//! The short run of every target: its seeds, and some thousands of inputs made from them, the same at every run.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use boomerang_fuzz::{Mutations, TARGETS, Target, corpus};

/// The row of mutations that is tried; another row tries others.
const ROW: u64 = 1;

/// The seeds of a target, by name.
fn seeds(target: &Target) -> Vec<(String, Vec<u8>)> {
    let folder = corpus(target.name);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut seeds: Vec<_> = entries
        .map(|entry| {
            let entry = entry.unwrap();
            (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap())
        })
        .collect();
    seeds.sort();
    assert!(!seeds.is_empty(), "{} holds no seed", folder.display());
    seeds
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}

/// Tries every seed and a row of mutations. What breaks a rule is written to a file that can become a seed.
fn replay(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let seeds = seeds(target);
    let bytes: Vec<Vec<u8>> = seeds.iter().map(|(_, bytes)| bytes.clone()).collect();
    let made = Mutations::new(&bytes, ROW).take(target.short).enumerate();
    let made = made.map(|(number, input)| (format!("mutation-{ROW}-{number}"), input));
    let started = Instant::now();
    let (mut tried, mut broken) = (0, Vec::new());
    for (input, bytes) in seeds.into_iter().chain(made) {
        tried += 1;
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| (target.run)(&bytes))) {
            let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{input}"));
            std::fs::write(&file, &bytes).unwrap();
            broken.push(format!("{}: {}", file.display(), said(&*panic)));
        }
    }
    println!("{name}: {tried} inputs in {:.1} s", started.elapsed().as_secs_f64());
    assert!(
        broken.is_empty(),
        "{} inputs break a rule; put them into {}:\n{}",
        broken.len(),
        corpus(name).display(),
        broken.join("\n")
    );
}

#[test]
fn any_component_is_refused_in_plain_words_or_contained() {
    replay("components");
}

#[test]
fn any_settings_are_refused_by_pointer_or_harmless() {
    replay("settings");
}

#[test]
fn any_body_is_answered_as_the_document_says() {
    replay("api");
}

#[test]
fn any_file_of_products_is_refused_whole_or_survives_the_way_out_and_in() {
    replay("import");
}

#[test]
fn whatever_a_shopper_types_is_refused_or_kept_as_one_line() {
    replay("inputs");
}

#[test]
fn every_target_has_a_test_and_a_program() {
    let tests = include_str!("replay.rs");
    for target in TARGETS {
        assert!(tests.contains(&format!("replay(\"{}\");", target.name)), "{} is not replayed", target.name);
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/programs/");
        let program = std::fs::read_to_string(format!("{program}{}.rs", target.name)).unwrap();
        assert!(program.contains(&format!("boomerang_fuzz::{}::run", target.name)), "{program}");
    }
}
