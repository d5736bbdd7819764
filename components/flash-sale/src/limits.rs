//! How many units there are of what a cart asks for: a sale's stock of a variant, a shopper's share of a sale.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use boomerang_sdk::types::Fault;

use crate::plan::Sale;
use crate::pricing::Wanted;

/// Units of something, of which there are only so many.
pub(crate) struct Limit {
    /// The counter of the units that are gone.
    pub(crate) counter: String,
    /// How many there are altogether.
    pub(crate) units: u32,
}

/// What a limit is about.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    /// The sale's stock of one variant.
    Stock,
    /// What one shopper may have of the sale. What a guest has had before is not known until the order names an address;
    /// place-order then refuses the claim.
    Share,
}

/// Asks how many units are gone of each counter.
type Taken<'a> = dyn Fn(&[String]) -> Result<Vec<u32>, Fault> + 'a;

/// Lets the lines have no more units than are left, the first line first, and notes the limit with each.
pub(crate) fn limit(chosen: &mut [Wanted<'_>], kind: Kind, taken: &Taken<'_>) -> Result<(), Fault> {
    let units = |wanted: &Wanted<'_>| match kind {
        Kind::Stock => wanted.choice.sale.stock,
        Kind::Share => wanted.choice.sale.per_customer,
    };
    if !chosen.iter().any(|wanted| units(wanted).is_some()) {
        return Ok(());
    }
    let mut counters = Counters::for_at_most(chosen.len());
    // Which counter each line takes from, of the lines that have a limit.
    let mut uses = Vec::with_capacity(chosen.len());
    for (at, wanted) in chosen.iter().enumerate() {
        let Some(units) = units(wanted) else { continue };
        let variant = if kind == Kind::Stock { wanted.line.variant.as_str() } else { "" };
        let counted = Counted { sale: wanted.choice.sale, variant, kind };
        uses.push((at, units, counters.of(counted, units)));
    }
    for (names, left) in counters.names.chunks(200).zip(counters.left.chunks_mut(200)) {
        for (left, taken) in left.iter_mut().zip(taken(names)?) {
            *left = left.saturating_sub(taken);
        }
    }
    for (at, units, counter) in uses {
        let (wanted, left) = (&mut chosen[at], &mut counters.left[counter]);
        wanted.units = wanted.units.min(*left);
        *left -= wanted.units;
        let limit = Some(Limit { counter: counters.names[counter].clone(), units });
        match kind {
            Kind::Stock => wanted.stock = limit,
            Kind::Share => wanted.share = limit,
        }
    }
    Ok(())
}

/// What one counter counts. Two of them are told apart by this and not by their names, which begin alike and take long to
/// compare.
#[derive(Clone, Copy)]
struct Counted<'a> {
    sale: &'a Sale,
    /// Empty for a shopper's share, which is of the whole sale.
    variant: &'a str,
    kind: Kind,
}

impl Counted<'_> {
    fn name(self) -> String {
        match self.kind {
            Kind::Stock => self.sale.stock_counter(self.variant),
            Kind::Share => self.sale.shopper_counter(),
        }
    }

    fn is(self, other: Self) -> bool {
        self.variant == other.variant && (core::ptr::eq(self.sale, other.sale) || self.sale.id == other.sale.id)
    }

    /// A number that differs between most, with its better half on top. Few sales are on at a time, so the variant is enough.
    fn hash(self) -> u64 {
        let mut hash = 0_u64;
        let mut add = |word: [u8; 8]| {
            hash = (hash.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        };
        let (words, rest) = self.variant.as_bytes().as_chunks();
        words.iter().for_each(|word| add(*word));
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        add(last);
        hash
    }
}

/// The counters of one kind, each once.
struct Counters<'a> {
    counted: Vec<Counted<'a>>,
    names: Vec<String>,
    /// Units that are left of each.
    left: Vec<u32>,
    /// A hash table of positions in the lists above; `FREE` where there is none.
    slots: Vec<usize>,
}

const FREE: usize = usize::MAX;

impl<'a> Counters<'a> {
    fn for_at_most(count: usize) -> Self {
        // Never more than half full, so that a free slot is near.
        let slots = (2 * count).next_power_of_two().max(2);
        Self {
            counted: Vec::with_capacity(count),
            names: Vec::with_capacity(count),
            left: Vec::with_capacity(count),
            slots: vec![FREE; slots],
        }
    }

    /// The position of what is counted, which is added with these units if it is new.
    fn of(&mut self, counted: Counted<'a>, units: u32) -> usize {
        let last = self.slots.len() - 1;
        let mut slot = (counted.hash() >> 32) as usize & last;
        loop {
            let found = self.slots[slot];
            if found == FREE {
                break;
            }
            if self.counted[found].is(counted) {
                return found;
            }
            slot = (slot + 1) & last;
        }
        let new = self.names.len();
        self.slots[slot] = new;
        self.counted.push(counted);
        self.names.push(counted.name());
        self.left.push(units);
        new
    }
}
