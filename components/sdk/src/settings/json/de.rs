//! What serde makes of a value.

use alloc::format;
use alloc::string::String;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::{Error, Value};

/// Lets a function read values of one kind alone. Each type that is read brings a copy of what it calls, so this keeps the
/// code for all the other kinds out of most of them.
macro_rules! read {
    ($($function:ident)+: $kind:ident, $expected:literal, $visit:expr) => {
        $(fn $function<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self {
                Value::$kind(value) => $visit(visitor, value),
                _ => Err(Error::expected($expected)),
            }
        })+
    };
}

impl<'de> Deserializer<'de> for &'de Value {
    type Error = Error;

    read! { deserialize_bool: Flag, "yes or no", |visitor: V, flag: &bool| visitor.visit_bool(*flag) }
    read! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64: Whole, "a whole number",
        |visitor: V, number: &i64| visitor.visit_i64(*number)
    }
    read! { deserialize_str deserialize_string: Text, "a text", |visitor: V, text: &'de str| visitor.visit_borrowed_str(text) }
    read! { deserialize_seq: List, "a list", list }
    read! { deserialize_map: Group, "a group of settings", group }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Value::Null => visitor.visit_unit(),
            Value::Flag(flag) => visitor.visit_bool(*flag),
            Value::Whole(number) => visitor.visit_i64(*number),
            Value::Text(text) => visitor.visit_borrowed_str(text),
            Value::List(entries) => list(visitor, entries),
            Value::Group(entries) => group(visitor, entries),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
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
        match self {
            Value::Text(name) => {
                let name: StrDeserializer<'_, Error> = name.as_str().into_deserializer();
                visitor.visit_enum(name)
            }
            Value::Group(entries) => match &entries[..] {
                [(name, value)] => visitor.visit_enum(Choice { name, value }),
                _ => Err(Error::new("expected one choice")),
            },
            _ => Err(Error::expected("one of several choices")),
        }
    }

    forward_to_deserialize_any! {
        i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct identifier ignored_any
    }
}

fn list<'de, V: Visitor<'de>>(visitor: V, entries: &'de [Value]) -> Result<V::Value, Error> {
    let mut list = List { entries, index: 0 };
    let read = visitor.visit_seq(&mut list)?;
    if list.index < entries.len() {
        return Err(Error::new("there are more entries here than expected"));
    }
    Ok(read)
}

fn group<'de, V: Visitor<'de>>(visitor: V, entries: &'de [(String, Value)]) -> Result<V::Value, Error> {
    visitor.visit_map(Group { entries, name: "", value: &Value::Null })
}

/// The entries of a list that have not been read yet begin at `index`.
struct List<'de> {
    entries: &'de [Value],
    index: usize,
}

impl<'de> SeqAccess<'de> for &mut List<'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(value) = self.entries.get(self.index) else { return Ok(None) };
        self.index += 1;
        seed.deserialize(value).map(Some).map_err(|error| error.inside(&format!("{}", self.index - 1)))
    }
}

/// The entries of a group that have not been read yet, and the one whose name has.
struct Group<'de> {
    entries: &'de [(String, Value)],
    name: &'de str,
    value: &'de Value,
}

impl<'de> MapAccess<'de> for Group<'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some(((name, value), rest)) = self.entries.split_first() else { return Ok(None) };
        (self.entries, self.name, self.value) = (rest, name, value);
        let name: StrDeserializer<'_, Error> = name.as_str().into_deserializer();
        seed.deserialize(name).map(Some).map_err(|error| error.inside(self.name))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(self.value).map_err(|error| error.inside(self.name))
    }
}

/// One of several choices, with what belongs to it.
struct Choice<'de> {
    name: &'de str,
    value: &'de Value,
}

impl<'de> EnumAccess<'de> for Choice<'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let name: StrDeserializer<'_, Error> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Choice<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        serde::Deserialize::deserialize(self.value).map_err(|error: Error| error.inside(self.name))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self.value).map_err(|error| error.inside(self.name))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.value.deserialize_any(visitor).map_err(|error| error.inside(self.name))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        self.value.deserialize_any(visitor).map_err(|error| error.inside(self.name))
    }
}
