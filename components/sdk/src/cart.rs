//! The lines of a cart with their ids.

use core::iter::{FusedIterator, Zip};
use core::ops::RangeFrom;
use core::slice;

use crate::types::{Cart, CartLine};

/// Between the ids of two lines.
const BREAK: char = '\n';

/// A line of a cart with its ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CartItem<'a> {
    /// The position in `cart.lines`, which names the line in what an extension answers.
    pub index: u32,
    /// The product's id.
    pub product: &'a str,
    /// The id of the variant that is bought.
    pub variant: &'a str,
    /// The numbers.
    pub line: &'a CartLine,
}

impl Cart {
    /// The lines with their ids, in their order.
    pub fn items(&self) -> Items<'_> {
        Items { lines: (0..).zip(&self.lines), products: Column(&self.products), variants: Column(&self.variants) }
    }

    /// The cart with one more line, for tests.
    ///
    /// # Panics
    /// If an id has a line break.
    #[must_use]
    pub fn with(mut self, product: &str, variant: &str, line: CartLine) -> Self {
        let is_first = self.lines.is_empty();
        for (column, id) in [(&mut self.products, product), (&mut self.variants, variant)] {
            assert!(!id.contains(BREAK), "an id has no line break");
            if !is_first {
                column.push(BREAK);
            }
            column.push_str(id);
        }
        self.lines.push(line);
        self
    }
}

/// The lines of a cart with their ids. See [`Cart::items`].
#[derive(Clone, Debug)]
pub struct Items<'a> {
    lines: Zip<RangeFrom<u32>, slice::Iter<'a, CartLine>>,
    products: Column<'a>,
    variants: Column<'a>,
}

impl<'a> Iterator for Items<'a> {
    type Item = CartItem<'a>;

    fn next(&mut self) -> Option<CartItem<'a>> {
        let (index, line) = self.lines.next()?;
        Some(CartItem { index, product: self.products.next(), variant: self.variants.next(), line })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.lines.size_hint()
    }
}

impl FusedIterator for Items<'_> {}

/// The ids that have not been read yet.
#[derive(Clone, Debug)]
struct Column<'a>(&'a str);

impl<'a> Column<'a> {
    /// The next id; an empty one after the last, where the host gives none.
    fn next(&mut self) -> &'a str {
        let end = position(self.0.as_bytes());
        let (id, rest) = self.0.split_at_checked(end).unwrap_or_default();
        self.0 = rest.get(1..).unwrap_or_default();
        id
    }
}

/// Where the first line break is, or how long the text is. Goes by words of eight bytes, since every step of a loop counts
/// in a guest.
fn position(text: &[u8]) -> usize {
    const BREAKS: u64 = u64::from_ne_bytes([BREAK as u8; 8]);
    const LOWEST: u64 = u64::from_ne_bytes([1; 8]);
    const HIGHEST: u64 = u64::from_ne_bytes([0x80; 8]);
    let (words, rest) = text.as_chunks();
    for (index, word) in words.iter().enumerate() {
        // A byte that is a line break becomes 0, and the lowest byte that is 0 is the first whose highest bit is set here.
        let word = u64::from_le_bytes(*word) ^ BREAKS;
        let found = word.wrapping_sub(LOWEST) & !word & HIGHEST;
        if found != 0 {
            return 8 * index + found.trailing_zeros() as usize / 8;
        }
    }
    let start = text.len() - rest.len();
    start + rest.iter().position(|byte| *byte == BREAK as u8).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ids_stand_beside_their_lines() {
        let line = |quantity| CartLine { quantity, ..CartLine::default() };
        let cart = Cart::default().with("p", "v1", line(1)).with("", "v2", line(2)).with("q", "v3", line(3));
        let items: Vec<_> =
            cart.items().map(|item| (item.index, item.product, item.variant, item.line.quantity)).collect();
        assert_eq!(items, [(0, "p", "v1", 1), (1, "", "v2", 2), (2, "q", "v3", 3)]);
    }

    #[test]
    fn an_empty_cart_has_no_items() {
        assert_eq!(Cart::default().items().count(), 0);
    }

    proptest! {
        #[test]
        fn every_id_is_found_again(ids in prop::collection::vec("[a-zä\u{b}\u{8a}€]{0,20}", 1..8)) {
            let cart = ids.iter().fold(Cart::default(), |cart, id| cart.with(id, "v", CartLine::default()));
            let found: Vec<String> = cart.items().map(|item| item.product.into()).collect();
            prop_assert_eq!(found, ids);
        }
    }
}
