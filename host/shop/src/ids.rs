//! Opaque ids: a prefix that helps a person, and 128 bits that sort by the time they were made.

use crate::clock::Instant;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A new id such as `ord_01j9x…`: 48 bits of `now`, then 80 random bits, in Crockford's base 32.
///
/// # Panics
/// If the operating system has no randomness to give; nothing sensible can go on then.
#[must_use]
pub fn new(prefix: &str, now: Instant) -> String {
    let mut bytes = [0_u8; 16];
    bytes[..6].copy_from_slice(&now.max(0).to_be_bytes()[2..]);
    getrandom::fill(&mut bytes[6..]).expect("the operating system gives random bytes");
    let mut id = String::with_capacity(prefix.len() + 27);
    id.push_str(prefix);
    id.push('_');
    let mut rest = u128::from_be_bytes(bytes);
    let mut digits = [0_u8; 26];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[(rest & 31) as usize];
        rest >>= 5;
    }
    id.extend(digits.iter().map(|digit| char::from(*digit)));
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_never_repeat() {
        let early = new("ord", 1_000);
        let late = new("ord", 2_000);
        assert!(early < late);
        assert_eq!(early.len(), "ord_".len() + 26);
        assert_ne!(new("ord", 1_000), early);
    }
}
