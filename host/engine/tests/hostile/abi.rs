//! Puts values into a guest's memory, or into the arguments of a call, as the canonical ABI has it.

use wit_parser::abi::{FlatTypes, WasmType};
use wit_parser::{Int, Resolve, SizeAlign, Type, TypeDefKind};

use crate::value::{Val, cases, kind};

/// Bytes of a guest's memory in the making.
#[derive(Clone)]
pub(crate) struct Image<'a> {
    resolve: &'a Resolve,
    sizes: &'a SizeAlign,
    base: usize,
    bytes: Vec<u8>,
}

impl<'a> Image<'a> {
    /// An empty image that begins at `base`.
    pub(crate) fn new(resolve: &'a Resolve, sizes: &'a SizeAlign, base: usize) -> Self {
        Self { resolve, sizes, base, bytes: Vec::new() }
    }

    /// The bytes, to be put at the base.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(crate) fn size(&self, ty: &Type) -> usize {
        self.sizes.size(ty).size_wasm32()
    }

    pub(crate) fn align(&self, ty: &Type) -> usize {
        self.sizes.align(ty).align_wasm32()
    }

    /// Sets bytes aside and gives their address.
    pub(crate) fn allocate(&mut self, size: usize, align: usize) -> usize {
        let at = (self.base + self.bytes.len()).next_multiple_of(align);
        self.bytes.resize(at - self.base + size, 0);
        at
    }

    /// Stores a value somewhere and gives its address.
    pub(crate) fn place(&mut self, ty: &Type, value: &Val) -> usize {
        let at = self.allocate(self.size(ty), self.align(ty));
        self.store(ty, value, at);
        at
    }

    /// Stores the arguments of a call as one record and gives its address.
    pub(crate) fn place_all(&mut self, values: &[(Type, Val)]) -> usize {
        let types: Vec<_> = values.iter().map(|(ty, _)| *ty).collect();
        let record = self.sizes.record(&types);
        let at = self.allocate(record.size.size_wasm32(), record.align.align_wasm32());
        let offsets: Vec<_> =
            self.sizes.field_offsets(&types).into_iter().map(|(offset, _)| offset.size_wasm32()).collect();
        for ((ty, value), offset) in values.iter().zip(offsets) {
            self.store(ty, value, at + offset);
        }
        at
    }

    fn write(&mut self, at: usize, bytes: &[u8]) {
        let from = at - self.base;
        self.bytes[from..from + bytes.len()].copy_from_slice(bytes);
    }

    fn pair(&mut self, at: usize, pointer: usize, length: usize) {
        self.write(at, &(pointer as u32).to_le_bytes());
        self.write(at + 4, &(length as u32).to_le_bytes());
    }

    /// Where the content of a string or list is.
    fn content(&mut self, ty: &Type, value: &Val) -> (usize, usize) {
        match (value, kind(self.resolve, ty)) {
            (Val::Raw(pointer, length), _) => (*pointer as usize, *length as usize),
            (Val::Text(text), _) => {
                let at = self.allocate(text.len(), 1);
                self.write(at, text);
                (at, text.len())
            }
            (Val::List(values), Some(TypeDefKind::List(element))) => {
                let size = self.size(element);
                let at = self.allocate(size * values.len(), self.align(element));
                for (index, value) in values.iter().enumerate() {
                    self.store(element, value, at + index * size);
                }
                (at, values.len())
            }
            other => panic!("{other:?} has no content"),
        }
    }

    fn store(&mut self, ty: &Type, value: &Val, at: usize) {
        match value {
            Val::Bits(bits) => {
                let size = self.size(ty);
                self.write(at, &bits.to_le_bytes()[..size]);
            }
            Val::Text(_) | Val::List(_) | Val::Raw(..) => {
                let (pointer, length) = self.content(ty, value);
                self.pair(at, pointer, length);
            }
            Val::Fields(values) => {
                let types = fields(kind(self.resolve, ty).expect("it is a record"));
                let offsets: Vec<_> =
                    self.sizes.field_offsets(types.iter().copied()).into_iter().map(|it| it.0.size_wasm32()).collect();
                for ((ty, value), offset) in types.into_iter().zip(values).zip(offsets) {
                    self.store(ty, value, at + offset);
                }
            }
            Val::Case(case, payload) => {
                let kind = kind(self.resolve, ty).expect("it is a variant");
                self.write(at, &[u8::try_from(*case).expect("the contract has no larger variants")]);
                let cases = cases(kind).expect("it is a variant");
                if let (Some(payload), Some(Some(ty))) = (payload, cases.get(*case as usize)) {
                    let offset = self.sizes.payload_offset(Int::U8, cases.iter().copied()).size_wasm32();
                    self.store(ty, payload, at + offset);
                }
            }
        }
    }

    /// The value as core arguments: the kind and the bits of each.
    pub(crate) fn flatten(&mut self, ty: &Type, value: &Val) -> Vec<(WasmType, u64)> {
        let mut storage = [WasmType::I32; 17];
        let mut types = FlatTypes::new(&mut storage);
        assert!(self.resolve.push_flat(ty, &mut types), "it fits into arguments");
        let types = types.to_vec();
        let bits: Vec<u64> = match value {
            Val::Bits(bits) => vec![*bits],
            Val::Text(_) | Val::List(_) | Val::Raw(..) => {
                let (pointer, length) = self.content(ty, value);
                vec![pointer as u64, length as u64]
            }
            Val::Fields(values) => {
                let types = fields(kind(self.resolve, ty).expect("it is a record"));
                let all = types.into_iter().zip(values);
                all.flat_map(|(ty, value)| self.flatten(ty, value)).map(|(_, bits)| bits).collect()
            }
            Val::Case(case, payload) => {
                let cases = cases(kind(self.resolve, ty).expect("it is a variant")).expect("it is a variant");
                let mut bits = vec![u64::from(*case)];
                if let (Some(payload), Some(Some(ty))) = (payload, cases.get(*case as usize)) {
                    bits.extend(self.flatten(ty, payload).into_iter().map(|(_, bits)| bits));
                }
                bits
            }
        };
        types.into_iter().zip(bits.into_iter().chain(std::iter::repeat(0))).collect()
    }
}

fn fields(kind: &TypeDefKind) -> Vec<&Type> {
    match kind {
        TypeDefKind::Record(record) => record.fields.iter().map(|field| &field.ty).collect(),
        TypeDefKind::Tuple(tuple) => tuple.types.iter().collect(),
        other => panic!("{other:?} has no fields"),
    }
}
