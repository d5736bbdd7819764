//! Opaque ids: a prefix that helps a person, and 128 bits that sort by the time they were made.

use std::sync::{Mutex, PoisonError};

use crate::clock::Instant;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The random part of the latest id of this process; zero before the first.
static LATEST: Mutex<u128> = Mutex::new(0);

/// A new id such as `ord_01j9x…`: 48 bits of `now`, then 80 random bits, in Crockford's base 32.
///
/// Ids that this process makes at one instant sort in the order in which they were made: the next lies a random distance
/// of up to 2⁴⁸ above the one before, so nobody can guess it from that one.
///
/// # Panics
/// If the operating system has no randomness to give; nothing sensible can go on then.
#[must_use]
pub fn new(prefix: &str, now: Instant) -> String {
    let now = now.max(0);
    let part = next(&mut LATEST.lock().unwrap_or_else(PoisonError::into_inner));
    let mut rest = (now.cast_unsigned() as u128) << 80 | part;
    let mut digits = [0_u8; 26];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[(rest & 31) as usize];
        rest >>= 5;
    }
    let mut id = String::with_capacity(prefix.len() + 1 + digits.len());
    id.push_str(prefix);
    id.push('_');
    id.extend(digits.iter().map(|digit| char::from(*digit)));
    id
}

/// The random part of the next id: above the latest, at whatever instant that was made.
fn next(latest: &mut u128) -> u128 {
    let above = *latest + 1 + random::<6>();
    // Half of all numbers are left above the first, which is room for 2³² more before it starts over.
    *latest = if *latest > 0 && above < 1 << 80 { above } else { random::<10>() >> 1 };
    *latest
}

fn random<const BYTES: usize>() -> u128 {
    let mut bytes = [0_u8; BYTES];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes.iter().fold(0, |number, byte| number << 8 | u128::from(*byte))
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

    #[test]
    fn ids_of_one_instant_sort_as_they_were_made() {
        let mut latest = 0;
        let parts: Vec<_> = (0..1_000).map(|_| next(&mut latest)).collect();
        assert!(parts.is_sorted_by(|one, other| one < other));
        assert!(parts.iter().all(|part| *part < 1 << 80));
        latest = (1 << 80) - 1;
        assert!(next(&mut latest) < 1 << 79, "starts over where there is no room");
    }
}
