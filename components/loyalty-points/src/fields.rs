//! One walk over the settings, for reading them from JSON and for packing and unpacking them.
//!
//! What serde derives is made anew for each type and each format, and would be larger than everything else in this
//! component. Here every type names its fields once, to a [`Fields`] that reads, writes or loads them.

use alloc::{string::String, vec::Vec};

use boomerang_sdk::types::Fault;

/// Something that is told of every field in turn.
pub trait Fields {
    /// What follows belongs to a group of this name, up to `leave`.
    fn enter(&mut self, name: &str);
    /// The end of a group.
    fn leave(&mut self);
    /// Yes or no.
    fn switch(&mut self, name: &str, value: &mut bool);
    /// A whole number from `least` to `most`.
    fn number(&mut self, name: &str, value: &mut i64, least: i64, most: i64);
    /// A text.
    fn text(&mut self, name: &str, value: &mut String);
    /// A choice, by its position in `names`.
    fn choice(&mut self, name: &str, value: &mut usize, names: &[&str]);
    /// How many items a list of this name has. The items follow, then `leave`. An item is named by its position; one
    /// that is no group is one field without a name.
    fn list(&mut self, name: &str, count: &mut usize);
}

/// Something that has fields.
pub trait Walk {
    /// Names every field to `fields`, always in the same order.
    fn walk(&mut self, fields: &mut dyn Fields);
}

/// A few words to choose from.
pub trait Choice: Copy + 'static {
    /// As they are entered.
    const NAMES: &'static [&'static str];
    /// In the same order.
    const ALL: &'static [Self];
    /// The position of this one.
    fn position(self) -> usize;
}

/// A group of fields.
pub fn group(fields: &mut dyn Fields, name: &str, value: &mut dyn Walk) {
    fields.enter(name);
    value.walk(fields);
    fields.leave();
}

/// A number that is kept in 32 bits.
pub fn number(fields: &mut dyn Fields, name: &str, value: &mut u32) {
    let mut wide = i64::from(*value);
    fields.number(name, &mut wide, 0, i64::from(u32::MAX));
    *value = u32::try_from(wide).unwrap_or(u32::MAX);
}

/// A number that is kept in 64 bits.
pub fn large(fields: &mut dyn Fields, name: &str, value: &mut u64) {
    let mut wide = i64::try_from(*value).unwrap_or(i64::MAX);
    fields.number(name, &mut wide, 0, i64::MAX);
    *value = wide.unsigned_abs();
}

/// A choice.
pub fn choice<T: Choice>(fields: &mut dyn Fields, name: &str, value: &mut T) {
    let mut position = value.position();
    fields.choice(name, &mut position, T::NAMES);
    if let Some(chosen) = T::ALL.get(position) {
        *value = *chosen;
    }
}

/// A list of groups.
pub fn list<T: Walk + Default>(fields: &mut dyn Fields, name: &str, values: &mut Vec<T>) {
    items(fields, name, values, |value, fields| {
        fields.enter("");
        value.walk(fields);
        fields.leave();
    });
}

/// A list of texts.
pub fn texts(fields: &mut dyn Fields, name: &str, values: &mut Vec<String>) {
    items(fields, name, values, |value, fields| fields.text("", value));
}

fn items<T: Default>(fields: &mut dyn Fields, name: &str, values: &mut Vec<T>, item: fn(&mut T, &mut dyn Fields)) {
    let mut count = values.len();
    fields.list(name, &mut count);
    values.resize_with(count, T::default);
    for value in values {
        item(value, fields);
    }
    fields.leave();
}

/// Packs something, field after field.
pub fn pack(value: &mut dyn Walk) -> Vec<u8> {
    let mut packer = Packer(Vec::new());
    value.walk(&mut packer);
    packer.0
}

/// Unpacks what [`pack`] packed.
pub fn unpack<T: Walk + Default>(bytes: &[u8]) -> Result<T, Fault> {
    let mut value = T::default();
    let mut unpacker = Unpacker { bytes, broken: false };
    value.walk(&mut unpacker);
    if unpacker.broken || !unpacker.bytes.is_empty() {
        return Err(Fault::new("stored-data-invalid", "What was stored cannot be read. Save the settings once more."));
    }
    Ok(value)
}

struct Packer(Vec<u8>);

impl Packer {
    /// Seven bits a byte, the lowest first.
    fn put(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

impl Fields for Packer {
    fn enter(&mut self, _: &str) {}

    fn leave(&mut self) {}

    fn switch(&mut self, _: &str, value: &mut bool) {
        self.0.push(u8::from(*value));
    }

    fn number(&mut self, _: &str, value: &mut i64, _: i64, _: i64) {
        // The sign goes to the lowest bit, so that small negative numbers are short too.
        self.put(((*value << 1) ^ (*value >> 63)) as u64);
    }

    fn text(&mut self, _: &str, value: &mut String) {
        self.put(value.len() as u64);
        self.0.extend_from_slice(value.as_bytes());
    }

    fn choice(&mut self, _: &str, value: &mut usize, _: &[&str]) {
        self.put(*value as u64);
    }

    fn list(&mut self, _: &str, count: &mut usize) {
        self.put(*count as u64);
    }
}

struct Unpacker<'a> {
    bytes: &'a [u8],
    broken: bool,
}

impl Unpacker<'_> {
    fn get(&mut self) -> u64 {
        let mut value = 0;
        for position in 0..10 {
            let Some((byte, rest)) = self.bytes.split_first() else { break };
            self.bytes = rest;
            value |= u64::from(byte & 0x7f) << (7 * position);
            if byte & 0x80 == 0 {
                return value;
            }
        }
        self.broken = true;
        0
    }

    /// A number of things that follow, each of at least one byte.
    fn count(&mut self) -> usize {
        let count = self.get() as usize;
        if count > self.bytes.len() {
            self.broken = true;
            return 0;
        }
        count
    }
}

impl Fields for Unpacker<'_> {
    fn enter(&mut self, _: &str) {}

    fn leave(&mut self) {}

    fn switch(&mut self, _: &str, value: &mut bool) {
        *value = self.get() != 0;
    }

    fn number(&mut self, _: &str, value: &mut i64, _: i64, _: i64) {
        let folded = self.get();
        *value = (folded >> 1) as i64 ^ -((folded & 1) as i64);
    }

    fn text(&mut self, _: &str, value: &mut String) {
        let count = self.count();
        let (text, rest) = self.bytes.split_at(count);
        self.bytes = rest;
        match core::str::from_utf8(text) {
            Ok(text) => *value = text.into(),
            Err(_) => self.broken = true,
        }
    }

    fn choice(&mut self, _: &str, value: &mut usize, _: &[&str]) {
        *value = self.get() as usize;
    }

    fn list(&mut self, _: &str, count: &mut usize) {
        *count = self.count();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Debug, Default, PartialEq)]
    struct Sample {
        yes: bool,
        number: i64,
        text: String,
        texts: Vec<String>,
    }

    impl Walk for Sample {
        fn walk(&mut self, fields: &mut dyn Fields) {
            fields.switch("yes", &mut self.yes);
            fields.number("number", &mut self.number, i64::MIN, i64::MAX);
            fields.text("text", &mut self.text);
            texts(fields, "texts", &mut self.texts);
        }
    }

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(
            yes: bool, number: i64, text: String, texts in prop::collection::vec(any::<String>(), 0..5),
        ) {
            let mut sample = Sample { yes, number, text, texts };
            let bytes = pack(&mut sample);
            prop_assert_eq!(unpack::<Sample>(&bytes), Ok(sample));
            prop_assert!(unpack::<Sample>(&bytes[..bytes.len() - 1]).is_err(), "cut short");
        }

        #[test]
        fn foreign_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = unpack::<Sample>(&bytes);
            let _ = unpack::<crate::settings::Settings>(&bytes);
        }
    }
}
