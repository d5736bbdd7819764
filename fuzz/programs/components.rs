//! Lets libFuzzer drive the target `components`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| boomerang_fuzz::components::run(input));
