//! Lets libFuzzer drive the target `inputs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| boomerang_fuzz::inputs::run(input));
