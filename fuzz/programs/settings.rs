//! Lets libFuzzer drive the target `settings`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| boomerang_fuzz::settings::run(input));
