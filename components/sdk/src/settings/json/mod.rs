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
    /// Goes past the opening bracket that has to come next.
    fn open(&mut self, bracket: u8) -> Result<Entries<'_, 'de>, Error> {
        if self.text.peek() != Some(bracket) {
            return Err(self.surprise(if bracket == b'{' { "a group of settings" } else { "a list" }));
        }
        if self.depth == DEPTH {
            return Err(Error::new("the settings nest too deeply"));
        }
        self.depth += 1;
        self.text.skip();
        // In ASCII both kinds of closing bracket stand two places after their opening one.
        Ok(Entries { close: bracket + 2, reader: self, count: 0, key: Cow::Borrowed("") })
    }

    /// What is wrong with a value that is of another kind than it should be.
    fn surprise(&mut self, expected: &str) -> Error {
        match self.text.peek() {
            Some(b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
                Error::new(format!("expected {expected}"))
            }
            _ => Error::unexpected(),
        }
    }

    fn boolean(&mut self) -> Result<bool, Error> {
        match self.text.peek() {
            Some(b't') => self.text.word("true").map(|()| true),
            Some(b'f') => self.text.word("false").map(|()| false),
            _ => Err(self.surprise("yes or no")),
        }
    }

    fn string(&mut self) -> Result<Cow<'de, str>, Error> {
        match self.text.peek() {
            Some(b'"') => self.text.string(),
            _ => Err(self.surprise("a text")),
        }
    }

    fn number<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        match self.text.peek() {
            Some(b'-') => visitor.visit_i64(self.text.negative()?),
            Some(b'0'..=b'9') => visitor.visit_u64(self.text.natural()?),
            _ => Err(self.surprise("a number")),
        }
    }

    fn list<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        let mut entries = self.open(b'[')?;
        let value = visitor.visit_seq(&mut entries)?;
        entries.finish()?;
        Ok(value)
    }

    fn group<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        let mut entries = self.open(b'{')?;
        let value = visitor.visit_map(&mut entries)?;
        entries.finish()?;
        Ok(value)
    }
}

/// Lets values of a kind be read by a function, without code for the other kinds: each type that is read brings a copy of
/// what it calls.
macro_rules! read {
    ($($function:ident)+: $with:ident) => {
        $(fn $function<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.$with(visitor)
        })+
    };
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.text.peek() {
            Some(b'{') => self.group(visitor),
            Some(b'[') => self.list(visitor),
            Some(b'"') => self.deserialize_str(visitor),
            Some(b't' | b'f') => self.deserialize_bool(visitor),
            Some(b'n') => self.deserialize_unit(visitor),
            _ => self.number(visitor),
        }
    }

    read! { deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64: number }
    read! { deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64: number }
    read! { deserialize_seq: list }
    read! { deserialize_map: group }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_bool(self.boolean()?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.string()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_string(self.string()?.into_owned())
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.text.peek() {
            Some(b'n') => self.text.word("null").and_then(|()| visitor.visit_unit()),
            _ => Err(self.surprise("nothing")),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.list(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.list(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.group(visitor)
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
            Some(b'{') => {
                let mut entries = self.open(b'{')?;
                if !entries.next_name()? {
                    return Err(Error::new("expected the name of one choice"));
                }
                let value = visitor.visit_enum(&mut entries)?;
                entries.finish()?;
                Ok(value)
            }
            _ => {
                let name: CowStrDeserializer<'_, Error> = self.string()?.into_deserializer();
                visitor.visit_enum(name)
            }
        }
    }

    forward_to_deserialize_any! {
        i128 u128 f32 f64 char bytes byte_buf unit_struct identifier ignored_any
    }
}

/// The entries of a list or of a group, as far as they have been read.
struct Entries<'a, 'de> {
    reader: &'a mut Reader<'de>,
    close: u8,
    count: usize,
    /// The name of the last entry of a group.
    key: Cow<'de, str>,
}

impl<'de> Entries<'_, 'de> {
    /// Makes sure that there is no entry left, past the closing bracket.
    fn finish(mut self) -> Result<(), Error> {
        match self.next()? {
            false => Ok(()),
            true => Err(Error::new("there are more entries here than expected")),
        }
    }

    /// Moves to the next entry; false, past the closing bracket, where there is none.
    fn next(&mut self) -> Result<bool, Error> {
        let text = &mut self.reader.text;
        match text.peek() {
            Some(close) if close == self.close => {
                text.skip();
                self.reader.depth -= 1;
                // Whoever looks again finds no entry again.
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

    /// Moves to the next entry of a group and reads its name.
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
            for letter in segment.chars() {
                match letter {
                    '~' => pointer.push_str("~0"),
                    '/' => pointer.push_str("~1"),
                    _ => pointer.push(letter),
                }
            }
        }
        Self { pointer, message: error.message }
    }
}

#[cfg(test)]
mod tests;
