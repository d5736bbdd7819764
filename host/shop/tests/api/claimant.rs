//! A component that claims prices before a reduction on every page, whatever is true.

use boomerang_shop::clock::Instant;
use boomerang_shop::money::Money;
use serde_json::json;

use crate::component;

/// What it claims of a variant.
#[derive(Clone)]
pub(crate) struct Claim {
    pub(crate) variant: String,
    pub(crate) was: Money,
    pub(crate) now: Money,
    pub(crate) reduced_since: Instant,
}

/// Where its answer stands in memory.
const ANSWER: usize = 1024;
/// Where the blocks of the answer begin, and how many bytes each has.
const BLOCKS: usize = 1040;
const BLOCK: usize = 72;
const SLOT: &str = "price";

/// The component, named `claimant`.
pub(crate) fn claiming(claims: &[Claim]) -> Vec<u8> {
    let manifest = json!({
        "id": "claimant", "name": "Claimant", "version": "1.0.0", "summary": "Claims prices before a reduction.",
        "settings": { "type": "object", "additionalProperties": false, "properties": {} },
    });
    component::build(&text(claims), "export boomerang:shop/storefront-blocks@0.1.0;", &manifest)
}

fn text(claims: &[Claim]) -> String {
    let bytes: String = answer(claims).iter().map(|byte| format!("\\{byte:02x}")).collect();
    format!(
        r#"(module
            (memory (export "memory") 1)
            (global $next (mut i32) (i32.const 32768))
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
                (local $at i32)
                (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
                (global.set $next (i32.add (local.get $at) (local.get 3)))
                (local.get $at))
            (func (export "boomerang:shop/storefront-blocks@0.1.0#render-blocks") (param i32) (result i32)
                (i32.const {ANSWER}))
            (data (i32.const {ANSWER}) "{bytes}"))"#
    )
}

/// The answer `ok` with one block a claim, as the canonical ABI lays it out from [`ANSWER`] on.
fn answer(claims: &[Claim]) -> Vec<u8> {
    let words = |value: usize| u32::try_from(value).unwrap().to_le_bytes();
    let strings = BLOCKS + BLOCK * claims.len();
    let (mut head, mut tail) = (vec![0; BLOCKS - ANSWER], Vec::from(SLOT));
    head[4..8].copy_from_slice(&words(BLOCKS));
    head[8..12].copy_from_slice(&words(claims.len()));
    for claim in claims {
        let mut block = vec![0; BLOCK];
        let variant = strings + tail.len();
        tail.extend(claim.variant.as_bytes());
        block[0..4].copy_from_slice(&words(strings));
        block[4..8].copy_from_slice(&words(SLOT.len()));
        // The case `price` of the content.
        block[8] = 1;
        block[16..20].copy_from_slice(&words(variant));
        block[20..24].copy_from_slice(&words(claim.variant.len()));
        block[24..32].copy_from_slice(&claim.now.to_le_bytes());
        block[32] = 1;
        block[40..48].copy_from_slice(&claim.was.to_le_bytes());
        block[48..56].copy_from_slice(&claim.reduced_since.to_le_bytes());
        head.extend(block);
    }
    head.extend(tail);
    head
}
