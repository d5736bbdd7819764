//! What is fuzzed: each target is a plain function over bytes that panics when a rule is broken.
//!
//! | target | what the bytes are | what has to hold |
//! | --- | --- | --- |
//! | [`components`] | a component, or how to make one | refused in plain words, or contained at every extension point |
//! | [`settings`] | settings for an extension that ships | refused by pointer, or accepted as they read back and harmless |
//! | [`api`] | requests to the JSON API | no failure of the server, no answer that the document does not have |
//! | [`import`] | a file of products | refused whole, or exported and imported again without a change |
//! | [`inputs`] | what a shopper types: codes, addresses, e-mail | refused, or kept as typed and never more than a line |
//!
//! The same functions are run in two ways. `cargo xtask test` replays the [seeds](corpus) and some thousands of [mutations]
//! of them (`tests/replay.rs`); `cargo xtask fuzz` lets libFuzzer look for inputs that reach new code, with the programs
//! under `fuzz/`. An input that breaks a rule is kept as a seed, beside a named test of what was wrong.
//!
//! The shop under test is the demo with its four features, made as `boomerang serve --demo` makes it, and its engine has the
//! limits of a host for strangers. One thing differs: components are compiled in this process and not in a worker, so that
//! the fuzzer sees which code of the compiler an input reaches, and a crash of it does not pass for a refusal.
//!
//! [mutations]: Mutations

pub mod api;
mod ask;
pub mod components;
mod document;
mod edits;
mod guests;
pub mod import;
pub mod inputs;
mod mutations;
pub mod settings;
mod stage;
mod values;

use std::path::{Path, PathBuf};

pub use mutations::Mutations;

/// Something that is fuzzed.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, which is also that of its corpus and of its program.
    pub name: &'static str,
    /// Tries one input. It panics if a rule is broken.
    pub run: fn(&[u8]),
    /// How many inputs a short run tries: they take about as long for every target.
    pub short: usize,
}

/// Everything that is fuzzed.
pub const TARGETS: [Target; 5] = [
    Target { name: "components", run: components::run, short: 600 },
    Target { name: "settings", run: settings::run, short: 1_500 },
    Target { name: "api", run: api::run, short: 1_500 },
    Target { name: "import", run: import::run, short: 1_000 },
    Target { name: "inputs", run: inputs::run, short: 600 },
];

/// The folder with the seeds of a target.
#[must_use]
pub fn corpus(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target)
}

/// The first line of an input, and what follows it.
fn head(input: &[u8]) -> (String, &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let rest = input.get(end + 1..).unwrap_or_default();
    (String::from_utf8_lossy(&input[..end]).trim().to_owned(), rest)
}

/// A number that stands for a text, the same at every run.
fn number(text: &str) -> usize {
    text.bytes().fold(7, |number: usize, byte| number.wrapping_mul(31).wrapping_add(usize::from(byte)))
}
