//! An allocator that only moves forward.

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32;
use core::cell::Cell;
use core::ptr;

/// The size of a page of WebAssembly memory.
const PAGE: u64 = 65_536;

unsafe extern "C" {
    /// The linker puts this where the static data ends. It is an address, never read.
    static __heap_base: u8;
}

/// Hands out memory from the end of the static data up, and grows the memory page by page. Only the block handed out last
/// can grow or shrink in place; nothing is given back until the instance ends.
///
/// Laid out as a tool of the project knows it: 32 bits at the start, 64 bits after eight bytes.
#[repr(C)]
pub(super) struct Bump {
    /// The first free address.
    next: Cell<*mut u8>,
    /// The end of the memory as far as it is known; 0 before the first use. Of 64 bits, as every sum here, so that none
    /// overflows and none has to be checked.
    end: Cell<u64>,
}

// SAFETY: wasm32 without shared memory has one thread, and no function here calls code that could come back in.
unsafe impl Sync for Bump {}

impl Bump {
    pub(super) const fn new() -> Self {
        Self { next: Cell::new((&raw const __heap_base).cast_mut()), end: Cell::new(0) }
    }

    /// Takes `size` bytes from the address `start` on, the first free one or that of the last block. Null where the host
    /// grants no more memory.
    fn take(&self, start: u64, size: usize) -> *mut u8 {
        let next = start + size as u64;
        if next > self.end.get() && !self.reach(next) {
            return ptr::null_mut();
        }
        // Both lie within the memory, whose addresses have 32 bits.
        let block = self.next.get().with_addr(start as usize);
        self.next.set(block.with_addr(next as usize));
        block
    }

    /// Whether the memory reaches up to an address, growing it as far as it has to.
    #[cold]
    #[inline(never)]
    fn reach(&self, next: u64) -> bool {
        let size = || wasm32::memory_size::<0>() as u64 * PAGE;
        let missing = next.saturating_sub(size()).div_ceil(PAGE);
        if missing > 0 && wasm32::memory_grow::<0>(missing as usize) == usize::MAX {
            return false;
        }
        // The last address has to fit the pointers that lie beyond it.
        self.end.set(size().min(usize::MAX as u64));
        next <= self.end.get()
    }
}

// SAFETY: every block starts at a multiple of its alignment at or above `next`, lies below the end of the memory, and
// `next` moves past it, so blocks never overlap. Only the last one changes its size in place.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // The next multiple of the alignment, which is a power of two: rounding up to it takes no division.
        let below = layout.align() as u64 - 1;
        self.take((self.next.get().addr() as u64 + below) & !below, layout.size())
    }

    /// Nothing is given back: then the compiler leaves out every destructor that does nothing but free.
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if block.addr().wrapping_add(layout.size()) == self.next.get().addr() {
            return self.take(block.addr() as u64, new_size);
        }
        if new_size <= layout.size() {
            return block;
        }
        // SAFETY: the alignment is that of a valid layout, and the caller passes a size that is not 0 and does not
        // overflow when rounded up to it.
        let grown = unsafe { self.alloc(Layout::from_size_align_unchecked(new_size, layout.align())) };
        if !grown.is_null() {
            // SAFETY: the old block has `layout.size()` bytes, the new one more; blocks in use do not overlap.
            unsafe { ptr::copy_nonoverlapping(block, grown, layout.size()) };
        }
        grown
    }
}
