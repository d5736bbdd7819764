//! Lets libFuzzer drive the target `api`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| boomerang_fuzz::api::run(input));
