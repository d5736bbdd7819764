//! A reader of settings in JSON.
//!
//! It differs from a reader of JSON in general in two ways that matter here. Every error says where it is, as a JSON
//! Pointer, so that the merchant's form can show it beside its field. And there are no fractions: the contract has
//! whole numbers only, and a guest that cannot meet a float does not carry the code that reads and prints one, which
//! would be half of its size.

mod error;
mod text;

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;

use serde::de::value::CowStrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};
use serde::forward_to_deserialize_any;

pub(super) use error::Error;
use text::Text;

/// How deep settings may nest, so that no text can use up the stack.
const DEPTH: u8 = 32;

/// Reads one value, and nothing after it.
pub(super) fn from_str<T: DeserializeOwned>(json: &str) -> Result<T, Error> {
    let mut reader = Reader { text: Text::new(json), depth: 0 };
    let value = T::deserialize(&mut reader)?;
    match reader.text.peek() {
        None => Ok(value),
        Some(_) => Err(Error::new("there is something after the end of the settings")),
    }
}

struct Reader<'de> {
    text: Text<'de>,
    depth: u8,
}

impl<'de> Reader<'de> {
    /// Reads what stands between two brackets, `open` being the next character.
    fn nested<T>(
        &mut self,
        close: u8,
        read: impl FnOnce(&mut Entries<'_, 'de>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if self.depth == DEPTH {
            return Err(Error::new("the settings nest too deeply"));
        }
        self.depth += 1;
        self.text.skip();
        let mut entries = Entries { reader: self, close, count: 0, key: Cow::Borrowed("") };
        let value = read(&mut entries)?;
        if entries.next()? {
            return Err(Error::new("there are more entries here than expected"));
        }
        self.depth -= 1;
        Ok(value)
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.text.peek() {
            Some(b'{') => self.nested(b'}', |entries| visitor.visit_map(entries)),
            Some(b'[') => self.nested(b']', |entries| visitor.visit_seq(entries)),
            Some(b'"') => match self.text.string()? {
                Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
                Cow::Owned(text) => visitor.visit_string(text),
            },
            Some(b'-') => visitor.visit_i64(self.text.negative()?),
            Some(b'0'..=b'9') => visitor.visit_u64(self.text.natural()?),
            Some(b't') => self.text.word("true").and_then(|()| visitor.visit_bool(true)),
            Some(b'f') => self.text.word("false").and_then(|()| visitor.visit_bool(false)),
            Some(b'n') => self.text.word("null").and_then(|()| visitor.visit_unit()),
            _ => Err(Error::unexpected()),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.text.peek() == Some(b'n') {
            self.text.word("null")?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.text.peek() {
            Some(b'"') => {
                let name: CowStrDeserializer<'_, Error> = self.text.string()?.into_deserializer();
                visitor.visit_enum(name)
            }
            Some(b'{') => self.nested(b'}', |entries| {
                if entries.next_name()? {
                    visitor.visit_enum(entries)
                } else {
                    Err(Error::new("expected the name of one choice"))
                }
            }),
            _ => Err(Error::unexpected()),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq
        tuple tuple_struct map struct identifier ignored_any
    }
}

/// The entries of a list or of an object, as far as they have been read.
struct Entries<'a, 'de> {
    reader: &'a mut Reader<'de>,
    close: u8,
    count: usize,
    /// The name of the last entry of an object.
    key: Cow<'de, str>,
}

impl<'de> Entries<'_, 'de> {
    /// Moves to the next entry; false, past the closing bracket, where there is none.
    fn next(&mut self) -> Result<bool, Error> {
        let text = &mut self.reader.text;
        match text.peek() {
            Some(close) if close == self.close => {
                text.skip();
                // A second look, at the end of `nested`, has to find no entry again.
                self.close = 0;
                return Ok(false);
            }
            _ if self.close == 0 => return Ok(false),
            Some(b',') if self.count > 0 => text.skip(),
            _ if self.count > 0 => return Err(Error::unexpected()),
            _ => {}
        }
        self.count += 1;
        Ok(true)
    }

    /// Moves to the next entry of an object and reads its name.
    fn next_name(&mut self) -> Result<bool, Error> {
        if !self.next()? {
            return Ok(false);
        }
        let text = &mut self.reader.text;
        if text.peek() != Some(b'"') {
            return Err(Error::unexpected());
        }
        self.key = text.string()?;
        if text.peek() != Some(b':') {
            return Err(Error::unexpected());
        }
        text.skip();
        Ok(true)
    }
}

impl<'de> SeqAccess<'de> for &mut Entries<'_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        if !self.next()? {
            return Ok(None);
        }
        let index = self.count - 1;
        seed.deserialize(&mut *self.reader).map(Some).map_err(|error| error.inside(format!("{index}").into()))
    }
}

impl<'de> MapAccess<'de> for &mut Entries<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        if !self.next_name()? {
            return Ok(None);
        }
        let name: CowStrDeserializer<'_, Error> = self.key.clone().into_deserializer();
        seed.deserialize(name).map(Some).map_err(|error| error.inside(self.key.clone()))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(&mut *self.reader).map_err(|error| error.inside(self.key.clone()))
    }
}

impl<'de> EnumAccess<'de> for &mut Entries<'_, 'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let name: CowStrDeserializer<'_, Error> = self.key.clone().into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for &mut Entries<'_, 'de> {
    type Error = Error;

    fn unit_variant(mut self) -> Result<(), Error> {
        self.next_value::<()>()
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(mut self, seed: T) -> Result<T::Value, Error> {
        self.next_value_seed(seed)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.reader.deserialize_any(visitor).map_err(|error| error.inside(self.key.clone()))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        self.reader.deserialize_any(visitor).map_err(|error| error.inside(self.key.clone()))
    }
}

impl From<Error> for crate::types::SettingError {
    fn from(error: Error) -> Self {
        let mut pointer = String::new();
        for segment in error.path.iter().rev() {
            pointer.push('/');
            pointer.push_str(&segment.replace('~', "~0").replace('/', "~1"));
        }
        Self { pointer, message: error.message }
    }
}

#[cfg(test)]
mod tests;
