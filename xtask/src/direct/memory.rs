//! The module that holds the memory, and hands it out to the host as the SDK's allocator does to the extension.

use wasm_encoder::{
    BlockType, CodeSection, ExportKind, ExportSection, Function, FunctionSection, InstructionSink, MemArg,
    MemorySection, Module, TypeSection, ValType,
};

use super::module::Main;
use super::{MEMORY, REALLOC};

/// Bytes of a page, as a power of two.
const PAGE: i64 = 16;
/// Where the allocator keeps the first free address, of 32 bits, and the end of the memory as far as it knows, of 64.
const NEXT: u64 = 0;
const END: u64 = 8;

// The parameters of `cabi_realloc`, and what it works out.
const OLD: u32 = 0;
const OLD_SIZE: u32 = 1;
const ALIGN: u32 = 2;
const SIZE: u32 = 3;
const START: u32 = 4;
const AFTER: u32 = 5;
const MISSING: u32 = 6;

/// A memory like that of the extension, and `cabi_realloc` over the allocator that the extension has in it.
pub(super) fn module(main: &Main<'_>) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32; 4], [ValType::I32]);
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut memories = MemorySection::new();
    memories.memory(main.memory_type());
    let mut exports = ExportSection::new();
    exports.export(MEMORY, ExportKind::Memory, 0).export(REALLOC, ExportKind::Func, 0);
    let mut code = CodeSection::new();
    code.function(&realloc(main.allocator));
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&memories).section(&exports).section(&code);
    module.finish()
}

/// `cabi_realloc(old, old_size, align, size)`. All sums have 64 bits, so that none overflows.
fn realloc(allocator: u32) -> Function {
    let mut function = Function::new([(3, ValType::I64)]);
    let mut code = function.instructions();
    let at = |offset, align| MemArg { offset: u64::from(allocator) + offset, align, memory_index: 0 };
    let (next, end) = (at(NEXT, 2), at(END, 3));
    // Nothing at all lies at any address that is aligned.
    code.local_get(SIZE).i32_eqz().if_(BlockType::Empty).local_get(ALIGN).return_().end();
    // start = next rounded up to the alignment, which is a power of two
    code.i32_const(0).i64_load32_u(next).local_get(ALIGN).i64_extend_i32_u().i64_const(1).i64_sub();
    code.local_tee(START).i64_add().local_get(START).i64_const(-1).i64_xor().i64_and().local_set(START);
    // after = start + size
    code.local_get(START).local_get(SIZE).i64_extend_i32_u().i64_add().local_set(AFTER);
    grow(&mut code, end);
    code.i32_const(0).local_get(AFTER).i64_store32(next);
    // What was there moves along. A host that grows a text it has begun to write is the only one to ask for that.
    code.local_get(START).i32_wrap_i64().local_get(OLD);
    code.local_get(OLD_SIZE).local_get(SIZE).local_get(OLD_SIZE).local_get(SIZE).i32_lt_u().select();
    code.memory_copy(0, 0);
    code.local_get(START).i32_wrap_i64().end();
    function
}

/// Lets the memory reach up to `after`, or traps where it may not.
fn grow(code: &mut InstructionSink<'_>, end: MemArg) {
    code.local_get(AFTER).i32_const(0).i64_load(end).i64_gt_u().if_(BlockType::Empty);
    // missing = pages up to `after`, less those there are
    code.local_get(AFTER).i64_const((1 << PAGE) - 1).i64_add().i64_const(PAGE).i64_shr_u();
    code.memory_size(0).i64_extend_i32_u().i64_sub().local_tee(MISSING).i64_const(0).i64_gt_s();
    code.if_(BlockType::Empty);
    code.local_get(MISSING).i32_wrap_i64().memory_grow(0).i32_const(-1).i32_eq();
    code.if_(BlockType::Empty).unreachable().end();
    code.end();
    code.i32_const(0).memory_size(0).i64_extend_i32_u().i64_const(PAGE).i64_shl().i64_store(end);
    code.end();
}
