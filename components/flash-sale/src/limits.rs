//! How many units there are of what a cart asks for: a sale's stock of a variant, a shopper's share of a sale.

use alloc::borrow::Cow;
use alloc::vec;
use alloc::vec::Vec;

use boomerang_sdk::types::{Cart, Fault};

use crate::choice::Choice;
use crate::plan::Sale;
use crate::pricing::Wanted;
use crate::shop::{Shop, Shopper};

/// Lets the lines have no more units than are left, the first line first.
pub(crate) fn limit(
    chosen: &mut [Wanted<'_>],
    cart: &Cart,
    shop: &dyn Shop,
    shopper: &Shopper<'_>,
) -> Result<(), Fault> {
    for first in 0..chosen.len() {
        let Wanted { choice, .. } = chosen[first];
        // Each sale once, at its first line.
        if chosen[..first].iter().any(|earlier| earlier.choice.index == choice.index) {
            continue;
        }
        let lines = &mut chosen[first..];
        if let Some(units) = choice.sale.stock {
            keep_to_stock(lines, choice, units, cart, shop)?;
        }
        if let Some(units) = choice.sale.per_customer {
            let mut left = units.saturating_sub(had(choice.sale, shop, shopper)?);
            lines.iter_mut().filter(|line| line.choice.index == choice.index).for_each(|line| line.take(&mut left));
        }
    }
    Ok(())
}

fn keep_to_stock(
    lines: &mut [Wanted<'_>],
    choice: Choice<'_>,
    units: u32,
    cart: &Cart,
    shop: &dyn Shop,
) -> Result<(), Fault> {
    let mut variants = Variants::for_at_most(lines.len());
    let mut uses = Vec::with_capacity(lines.len());
    for (at, wanted) in lines.iter().enumerate() {
        if wanted.choice.index == choice.index {
            uses.push((at, variants.of(wanted.of.variant)));
        }
    }
    let mut left = Vec::with_capacity(variants.ids.len());
    for page in variants.ids.chunks(200) {
        // All lines, each with a variant of its own, is how most carts are.
        let is_whole = page.len() == cart.lines.len();
        let ids = if is_whole { Cow::Borrowed(&*cart.variants) } else { Cow::Owned(page.join("\n")) };
        let taken = shop.taken_of_variants(&choice.sale.stock_name(), &ids)?;
        left.extend(taken.into_iter().map(|taken| units.saturating_sub(taken)));
    }
    for (at, variant) in uses {
        // An answer that is too short leaves nothing.
        match left.get_mut(variant) {
            Some(left) => lines[at].take(left),
            None => lines[at].units = 0,
        }
    }
    Ok(())
}

/// What the shopper has had of a sale before. Of a guest that is not known until the order names an address; place-order
/// then refuses the claim.
fn had(sale: &Sale, shop: &dyn Shop, shopper: &Shopper<'_>) -> Result<u32, Fault> {
    let Some(customer) = shopper.customer() else { return Ok(0) };
    let taken = shop.taken_by(customer, &[sale.shopper_counter()])?;
    Ok(taken.first().copied().unwrap_or(0))
}

/// The variants of a cart, each once.
struct Variants<'a> {
    ids: Vec<&'a str>,
    /// A hash table of positions in `ids`; `FREE` where there is none.
    slots: Vec<usize>,
}

const FREE: usize = usize::MAX;

impl<'a> Variants<'a> {
    fn for_at_most(count: usize) -> Self {
        // Never more than half full, so that a free slot is near.
        let slots = (2 * count).next_power_of_two().max(2);
        Self { ids: Vec::with_capacity(count), slots: vec![FREE; slots] }
    }

    /// The position of a variant, which is added if it is new.
    fn of(&mut self, id: &'a str) -> usize {
        let last = self.slots.len() - 1;
        let mut slot = (hash(id) >> 32) as usize & last;
        loop {
            let found = self.slots[slot];
            if found == FREE {
                break;
            }
            if self.ids[found] == id {
                return found;
            }
            slot = (slot + 1) & last;
        }
        let new = self.ids.len();
        self.slots[slot] = new;
        self.ids.push(id);
        new
    }
}

/// A number that differs between most ids, with its better half on top.
fn hash(id: &str) -> u64 {
    let mut hash = 0_u64;
    let mut add = |word: [u8; 8]| {
        hash = (hash.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    };
    let (words, rest) = id.as_bytes().as_chunks();
    words.iter().for_each(|word| add(*word));
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    add(last);
    hash
}
