//! Comparison of memory, which the compiler calls by name and a C library would bring.
//!
//! Ids are compared all the time and often share a long start, so this goes by words of eight bytes; a C library for
//! WebAssembly goes byte by byte.

use core::ffi::c_int;

/// Compares `length` bytes as C's `memcmp` does.
///
/// # Safety
/// Both pointers are good for reads of `length` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, length: usize) -> c_int {
    const WORD: usize = size_of::<u64>();
    let mut at = 0;
    while length - at >= WORD {
        // SAFETY: at least a word of the `length` bytes is left; the reads need no alignment.
        let (a, b) =
            unsafe { (left.add(at).cast::<u64>().read_unaligned(), right.add(at).cast::<u64>().read_unaligned()) };
        if a != b {
            // The bytes of a word stand lowest first; the first byte that differs decides.
            return if a.swap_bytes() < b.swap_bytes() { -1 } else { 1 };
        }
        at += WORD;
    }
    while at < length {
        // SAFETY: `at` is below `length`.
        let (a, b) = unsafe { (left.add(at).read(), right.add(at).read()) };
        if a != b {
            return c_int::from(a) - c_int::from(b);
        }
        at += 1;
    }
    0
}
