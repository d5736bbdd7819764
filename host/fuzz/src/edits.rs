//! Components that ship, with some of their code and data changed so that they are still valid: what calculates another
//! number, or reads another place, passes every check and does what its developer never meant.

use arbitrary::{Result, Unstructured};
use wasmparser::{BinaryReaderError, Parser, Payload};

/// Edits of one component.
const MOST: usize = 8;

/// A byte that can be another, and the bits of it that may change.
#[derive(Clone, Copy, Debug)]
struct Place {
    at: usize,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// An instruction that can be any other with the same operands: the first and the last of them.
    Instruction(u8, u8),
    /// A byte of a number, whose highest bit says whether another follows.
    Number,
    /// A byte of data.
    Data,
}

/// Where a component can be edited.
#[derive(Debug)]
pub(crate) struct Editable {
    wasm: Vec<u8>,
    places: Vec<Place>,
}

impl Editable {
    /// # Errors
    /// If it is no component.
    pub(crate) fn new(wasm: &[u8]) -> std::result::Result<Self, BinaryReaderError> {
        let mut places = Vec::new();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::CodeSectionEntry(body) => {
                    let operators = body.get_operators_reader()?.into_iter_with_offsets();
                    let starts = operators.map(|operator| operator.map(|(_, at)| at));
                    let starts = starts.collect::<std::result::Result<Vec<_>, _>>()?;
                    for pair in starts.windows(2) {
                        instruction(wasm, pair[0], pair[1], &mut places);
                    }
                }
                Payload::DataSection(segments) => {
                    for segment in segments {
                        let segment = segment?;
                        let from = segment.range.end - segment.data.len();
                        places.extend((from..segment.range.end).map(|at| Place { at, kind: Kind::Data }));
                    }
                }
                _ => {}
            }
        }
        Ok(Self { wasm: wasm.to_vec(), places })
    }

    /// The component with some edits.
    pub(crate) fn edited(&self, choice: &mut Unstructured<'_>) -> Result<Vec<u8>> {
        let mut wasm = self.wasm.clone();
        for _ in 0..choice.int_in_range(1..=MOST)? {
            let place = choice.choose(&self.places)?;
            let byte = &mut wasm[place.at];
            *byte = match place.kind {
                Kind::Instruction(first, last) => choice.int_in_range(first..=last)?,
                Kind::Number => *byte & 0x80 | choice.arbitrary::<u8>()? & 0x7f,
                Kind::Data => choice.arbitrary()?,
            };
        }
        Ok(wasm)
    }
}

/// Notes what can be changed about the instruction between two offsets.
fn instruction(wasm: &[u8], at: usize, end: usize, places: &mut Vec<Place>) {
    // Comparisons and calculations of two 32-bit numbers, and of two 64-bit ones.
    const ALIKE: [(u8, u8); 4] = [(0x46, 0x4f), (0x51, 0x5a), (0x6a, 0x78), (0x7c, 0x8a)];
    /// Bytes of the longest number whose last byte may hold any bits.
    const ANY_BITS: usize = 4;
    let code = wasm[at];
    if let Some((first, last)) = ALIKE.into_iter().find(|(first, last)| (*first..=*last).contains(&code)) {
        places.push(Place { at, kind: Kind::Instruction(first, last) });
    }
    let number = match code {
        // A constant.
        0x41 | 0x42 => at + 1..end,
        // Reading and writing memory: the alignment, then the offset.
        0x28..=0x3e => at + 2..end,
        _ => return,
    };
    if number.len() <= ANY_BITS {
        places.extend(number.map(|at| Place { at, kind: Kind::Number }));
    }
}
