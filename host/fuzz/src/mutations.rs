//! Inputs made from seeds, without a fuzzer's knowledge of the code but the same at every run.

use fastrand::Rng;

/// The longest input, in bytes: libFuzzer's own limit.
const LONGEST: usize = 4_096;

/// Numbers and texts at which programs tend to go wrong.
const ODD: [&[u8]; 20] = [
    b"-1",
    b"0",
    b"9223372036854775807",
    b"-9223372036854775808",
    b"18446744073709551616",
    b"1e400",
    b"0.1",
    b"null",
    b"[]",
    b"{}",
    b"\"",
    b"\\u0000",
    b"\xff\xfe",
    b"\r\n",
    b"'",
    b"%00",
    "\u{202e}".as_bytes(),
    "İ".as_bytes(),
    b"=1+1",
    b"../",
];

/// An endless row of inputs made from seeds.
#[derive(Debug)]
pub struct Mutations<'a> {
    seeds: &'a [Vec<u8>],
    random: Rng,
}

impl<'a> Mutations<'a> {
    /// Starts a row. The same seeds and number give the same row.
    ///
    /// # Panics
    /// If there is no seed.
    #[must_use]
    pub fn new(seeds: &'a [Vec<u8>], number: u64) -> Self {
        assert!(!seeds.is_empty(), "there is nothing to make inputs from");
        Self { seeds, random: Rng::with_seed(number) }
    }

    fn seed(&mut self) -> &'a [u8] {
        &self.seeds[self.random.usize(..self.seeds.len())]
    }

    /// A piece of a text, of at most so many bytes.
    fn piece<'b>(&mut self, text: &'b [u8], most: usize) -> &'b [u8] {
        let from = self.random.usize(..=text.len());
        let length = self.random.usize(..=most.min(text.len() - from));
        &text[from..from + length]
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.random.usize(..=input.len());
        match self.random.u8(..7) {
            0 if at < input.len() => input[at] ^= 1 << self.random.u8(..8),
            1 if at < input.len() => input[at] = self.random.u8(..),
            2 => {
                let until = (at + self.random.usize(..=16)).min(input.len());
                input.drain(at..until);
            }
            3 => {
                let copied = self.piece(&input.clone(), 64).to_vec();
                input.splice(at..at, copied);
            }
            4 => {
                let other = self.seed();
                let taken = self.piece(other, 256).to_vec();
                input.splice(at..at, taken);
            }
            5 => {
                let random = (0..self.random.usize(..=32)).map(|_| self.random.u8(..)).collect::<Vec<_>>();
                input.splice(at..at, random);
            }
            _ => {
                let odd = ODD[self.random.usize(..ODD.len())];
                let until = (at + self.random.usize(..=odd.len())).min(input.len());
                input.splice(at..until, odd.iter().copied());
            }
        }
    }
}

impl Iterator for Mutations<'_> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let mut input = self.seed().to_vec();
        for _ in 0..self.random.usize(1..=4) {
            self.change(&mut input);
        }
        input.truncate(LONGEST);
        Some(input)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_gives_the_same_inputs_and_another_gives_others() {
        let seeds = [b"a seed that is long enough".to_vec(), b"another".to_vec()];
        let row = |number| Mutations::new(&seeds, number).take(50).collect::<Vec<_>>();
        assert_eq!(row(1), row(1));
        assert_ne!(row(1), row(2));
        assert!(row(1).iter().filter(|input| !seeds.contains(input)).count() > 40);
    }
}
