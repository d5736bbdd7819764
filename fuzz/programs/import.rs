//! Lets libFuzzer drive the target `import`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| boomerang_fuzz::import::run(input));
