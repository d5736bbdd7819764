//! Settings packed without serde's generated code.
//!
//! What `#[derive(Serialize, Deserialize)]` makes for settings of a few groups takes ten kilobytes of an extension. Here a
//! type names its fields once, to a [`Packing`] that either writes or reads them; [`packed!`](crate::packed) does that
//! for a struct. The bytes are those of [`settings::pack`](super::pack).

use alloc::string::String;
use alloc::vec::Vec;

use crate::bindings::capabilities::boomerang::shop::settings::get;
use crate::types::Fault;

/// Something that settings in force can hold.
pub trait Packed: Default {
    /// Names every field to `packing`, always in the same order. Reading, it replaces what the fields hold.
    fn walk(&mut self, packing: &mut Packing);
}

/// Packs settings, to be returned from the [`Configuration`](crate::Configuration) point.
pub fn pack<Ready: Packed>(mut ready: Ready) -> Vec<u8> {
    let mut packing = Packing { bytes: Vec::new(), reads: false, at: 0, broken: false };
    ready.walk(&mut packing);
    packing.bytes
}

/// Unpacks what [`pack`] has packed. Code `settings-invalid` where the bytes are something else.
pub fn unpack<Ready: Packed>(bytes: Vec<u8>) -> Result<Ready, Fault> {
    let mut packing = Packing { bytes, reads: true, at: 0, broken: false };
    let mut ready = Ready::default();
    ready.walk(&mut packing);
    if packing.broken { Err(super::unreadable()) } else { Ok(ready) }
}

/// The settings in force, as [`pack`] packed them; see [`unpack`].
pub fn load<Ready: Packed>() -> Result<Ready, Fault> {
    unpack(get())
}

/// Bytes that are being written, or read.
#[derive(Debug)]
pub struct Packing {
    bytes: Vec<u8>,
    /// Whether it reads them.
    reads: bool,
    /// Where it reads.
    at: usize,
    /// What has been read is not what was written.
    broken: bool,
}

impl Packing {
    /// A number, in as many bytes as it needs.
    #[inline(never)]
    fn number(&mut self, value: &mut u64) {
        let mut rest = *value;
        if !self.reads {
            while rest >= 0x80 {
                self.bytes.push(rest as u8 | 0x80);
                rest >>= 7;
            }
            return self.bytes.push(rest as u8);
        }
        let (mut number, mut shift) = (0, 0);
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            number |= u64::from(byte & 0x7f).wrapping_shl(shift);
            if byte < 0x80 {
                *value = number;
                return;
            }
            shift += 7;
        }
        self.broken = true;
    }

    /// How many there are of something that takes a byte at least.
    fn count(&mut self, count: usize) -> usize {
        let mut number = count as u64;
        self.number(&mut number);
        if self.reads && number > self.bytes.len() as u64 {
            self.broken = true;
            return 0;
        }
        number as usize
    }
}

impl Packed for String {
    #[inline(never)]
    fn walk(&mut self, packing: &mut Packing) {
        let count = packing.count(self.len());
        if !packing.reads {
            return packing.bytes.extend_from_slice(self.as_bytes());
        }
        let end = packing.at + count;
        match packing.bytes.get(packing.at..end).and_then(|bytes| str::from_utf8(bytes).ok()) {
            Some(text) => *self = text.into(),
            None => packing.broken = true,
        }
        packing.at = end;
    }
}

impl<T: Packed> Packed for Vec<T> {
    fn walk(&mut self, packing: &mut Packing) {
        let count = packing.count(self.len());
        // Does nothing where it writes.
        self.resize_with(count, T::default);
        for item in self {
            // Bytes of something else shall not keep it busy.
            if !packing.broken {
                item.walk(packing);
            }
        }
    }
}

impl<T: Packed> Packed for Option<T> {
    fn walk(&mut self, packing: &mut Packing) {
        let mut is_some = self.is_some();
        is_some.walk(packing);
        if is_some {
            self.get_or_insert_default().walk(packing);
        } else {
            *self = None;
        }
    }
}

impl Packed for u64 {
    fn walk(&mut self, packing: &mut Packing) {
        packing.number(self);
    }
}

impl Packed for i64 {
    fn walk(&mut self, packing: &mut Packing) {
        // The sign goes last, so that small negative numbers are short as well.
        let mut zigzag = ((*self << 1) ^ (*self >> 63)) as u64;
        packing.number(&mut zigzag);
        *self = (zigzag >> 1) as i64 ^ -((zigzag & 1) as i64);
    }
}

/// Narrower numbers are packed as wide ones, and have to fit back.
macro_rules! narrower {
    ($($number:ty => $wide:ty),+) => {
        $(impl Packed for $number {
            fn walk(&mut self, packing: &mut Packing) {
                let mut wide = <$wide>::from(*self);
                wide.walk(packing);
                match Self::try_from(wide) {
                    Ok(number) => *self = number,
                    Err(_) => packing.broken = true,
                }
            }
        })+
    };
}

narrower!(u16 => u64, u32 => u64, i16 => i64, i32 => i64);

impl Packed for bool {
    fn walk(&mut self, packing: &mut Packing) {
        let mut number = u64::from(*self);
        packing.number(&mut number);
        *self = number != 0;
    }
}

/// Makes structs [`Packed`], field by field: all of their fields, in this order.
///
/// ```
/// use boomerang_sdk::settings::packed::{pack, unpack};
///
/// #[derive(Debug, Default, PartialEq)]
/// struct Gift {
///     title: String,
///     sizes: Vec<u32>,
/// }
///
/// boomerang_sdk::packed! {
///     Gift { title, sizes }
/// }
///
/// let bytes = pack(Gift { title: "A pen".into(), sizes: vec![7] });
/// assert_eq!(unpack::<Gift>(bytes).unwrap(), Gift { title: "A pen".into(), sizes: vec![7] });
/// ```
#[macro_export]
macro_rules! packed {
    ($($group:ident { $($field:ident),+ $(,)? })+) => {
        $(impl $crate::settings::packed::Packed for $group {
            fn walk(&mut self, packing: &mut $crate::settings::packed::Packing) {
                let Self { $($field),+ } = self;
                $($crate::settings::packed::Packed::walk($field, packing);)+
            }
        })+
    };
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use proptest::prelude::*;
    use serde::Serialize;

    use super::*;

    #[derive(Debug, Clone, Default, PartialEq, Serialize)]
    struct Outer {
        name: String,
        number: i64,
        inner: Vec<Inner>,
    }

    #[derive(Debug, Clone, Default, PartialEq, Serialize)]
    struct Inner {
        on: bool,
        size: Option<u32>,
        small: i32,
    }

    crate::packed! {
        Outer { name, number, inner }
        Inner { on, size, small }
    }

    fn inner() -> impl Strategy<Value = Inner> {
        any::<(bool, Option<u32>, i32)>().prop_map(|(on, size, small)| Inner { on, size, small })
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_back(name: String, number: i64, inner in prop::collection::vec(inner(), 0..4)) {
            let outer = Outer { name, number, inner };
            let bytes = pack(outer.clone());
            prop_assert_eq!(&bytes, &crate::settings::pack(&outer).unwrap(), "serde's bytes");
            prop_assert_eq!(unpack::<Outer>(bytes).unwrap(), outer);
        }

        #[test]
        fn part_of_it_is_a_fault(number: i64, cut in 1..4_usize) {
            let mut bytes = pack(Outer { name: "name".into(), number, inner: vec![Inner::default(); 2] });
            bytes.truncate(bytes.len() - cut);
            prop_assert_eq!(unpack::<Outer>(bytes).unwrap_err().code, "settings-invalid");
        }

        #[test]
        fn foreign_bytes_do_no_harm(bytes: Vec<u8>) {
            let _ = unpack::<Outer>(bytes);
        }
    }

    #[test]
    fn what_does_not_fit_is_a_fault() {
        for bytes in [vec![], vec![0xff; 40], vec![2, 0xff, 0, 0], vec![0, 0, 2, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x7f]] {
            assert_eq!(unpack::<Outer>(bytes.clone()).unwrap_err().code, "settings-invalid", "{bytes:?}");
        }
    }
}
