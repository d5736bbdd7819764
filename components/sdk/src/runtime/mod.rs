//! What a component needs instead of the standard library: an allocator, a panic handler and the entry point through
//! which the host asks for memory.
//!
//! An instance serves one call and is then thrown away with all its memory, so nothing is ever given back.
#![allow(unsafe_code, reason = "an allocator hands out raw memory; each use says why it is sound")]

mod bump;
mod compare;

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32;

use bump::Bump;

// Exported, so that the tool that builds components can let the host allocate without this module, which saves a call half
// of what it costs to be started.
#[unsafe(export_name = "boomerang_allocator")]
#[global_allocator]
static ALLOCATOR: Bump = Bump::new();

/// A panic ends the call. The host reports the trap and goes on without this extension.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    wasm32::unreachable()
}

/// Called by the host to place arguments and results in this instance's memory, as the canonical ABI defines it.
///
/// # Safety
/// `old` is null with `old_size` 0, or a block of `old_size` bytes and this `align` that this function returned;
/// `align` is a power of two.
#[unsafe(no_mangle)]
unsafe extern "C" fn cabi_realloc(old: *mut u8, old_size: usize, align: usize, new_size: usize) -> *mut u8 {
    if new_size == 0 {
        return core::ptr::without_provenance_mut(align);
    }
    // SAFETY: the caller passes a power of two, and the canonical ABI traps sizes above the memory before it calls.
    let layout = |size| unsafe { Layout::from_size_align_unchecked(size, align) };
    let block = if old_size == 0 {
        // SAFETY: the size is not 0.
        unsafe { ALLOCATOR.alloc(layout(new_size)) }
    } else {
        // SAFETY: the caller passes a block of this layout, and the new size is not 0.
        unsafe { ALLOCATOR.realloc(old, layout(old_size), new_size) }
    };
    if block.is_null() {
        wasm32::unreachable();
    }
    block
}
