//! An allocator that only moves forward.

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32;
use core::cell::Cell;

/// The size of a page of WebAssembly memory.
const PAGE: usize = 65_536;

/// Hands out memory from the end of the static data up, and grows the memory page by page. Only the block handed out last
/// can grow or shrink in place; nothing is given back until the instance ends.
pub(super) struct Bump {
    /// The first free address; 0 before the first use.
    next: Cell<usize>,
    /// The end of the memory as far as it has been grown.
    end: Cell<usize>,
}

// SAFETY: wasm32 without shared memory has one thread, and no function here calls code that could come back in.
unsafe impl Sync for Bump {}

impl Bump {
    pub(super) const fn new() -> Self {
        Self { next: Cell::new(0), end: Cell::new(0) }
    }

    /// The first free address, once the linker's end of the static data is known.
    fn next(&self) -> usize {
        unsafe extern "C" {
            /// The linker puts this where the static data ends. It is an address, never read.
            static __heap_base: u8;
        }
        if self.next.get() == 0 {
            self.next.set((&raw const __heap_base).addr());
            self.end.set(wasm32::memory_size::<0>().saturating_mul(PAGE));
        }
        self.next.get()
    }

    /// Takes the memory from `start` on, `size` bytes of it. None where the host grants no more memory.
    fn take(&self, start: usize, size: usize) -> Option<()> {
        let next = start.checked_add(size)?;
        if next > self.end.get() {
            let pages = (next - self.end.get()).div_ceil(PAGE);
            if wasm32::memory_grow::<0>(pages) == usize::MAX {
                return None;
            }
            self.end.set(wasm32::memory_size::<0>().saturating_mul(PAGE));
        }
        self.next.set(next);
        Some(())
    }
}

// SAFETY: every block starts at a multiple of its alignment at or above `next`, lies below the end of the memory, and
// `next` moves past it, so blocks never overlap. Only the last one changes its size in place.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some(start) = self.next().checked_next_multiple_of(layout.align()) else {
            return core::ptr::null_mut();
        };
        match self.take(start, layout.size()) {
            Some(()) => core::ptr::with_exposed_provenance_mut(start),
            None => core::ptr::null_mut(),
        }
    }

    /// Nothing is given back: then the compiler leaves out every destructor that does nothing but free.
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if block.addr().wrapping_add(layout.size()) == self.next.get() {
            return match self.take(block.addr(), new_size) {
                Some(()) => block,
                None => core::ptr::null_mut(),
            };
        }
        if new_size <= layout.size() {
            return block;
        }
        // SAFETY: the alignment is that of a valid layout, and the caller passes a size that is not 0 and does not
        // overflow when rounded up to it.
        let grown = unsafe { self.alloc(Layout::from_size_align_unchecked(new_size, layout.align())) };
        if !grown.is_null() {
            // SAFETY: the old block has `layout.size()` bytes, the new one more; blocks in use do not overlap.
            unsafe { core::ptr::copy_nonoverlapping(block, grown, layout.size()) };
        }
        grown
    }
}
