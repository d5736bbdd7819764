//! A reader of settings in JSON.
//!
//! It differs from a reader of JSON in general in two ways that matter here. Every error says where it is, as a JSON
//! Pointer, so that the merchant's form can show it beside its field. And there are no fractions: the contract has
//! whole numbers only, and a guest that cannot meet a float does not carry the code that reads and prints one, which
//! would be half of its size.

mod de;
mod text;

use alloc::vec::Vec;

use serde::de::DeserializeOwned;

use super::{SettingMismatch as Error, Value};
use crate::text::number;
use text::Text;

/// How deep settings may nest, so that no text can use up the stack.
const DEPTH: u8 = 32;

/// Reads one value, and nothing after it.
pub(super) fn parse(json: &str) -> Result<Value, Error> {
    let mut text = Text::new(json);
    let value = value(&mut text, DEPTH)?;
    match text.peek() {
        None => Ok(value),
        Some(_) => Err(Error::new("there is something after the end of the settings")),
    }
}

/// Reads one value as what serde makes of it.
pub(super) fn from_str<T: DeserializeOwned>(json: &str) -> Result<T, Error> {
    T::deserialize(&parse(json)?)
}

fn value(text: &mut Text<'_>, depth: u8) -> Result<Value, Error> {
    match text.peek() {
        Some(b'n') => text.word("null").map(|()| Value::Null),
        Some(b't') => text.word("true").map(|()| Value::Flag(true)),
        Some(b'f') => text.word("false").map(|()| Value::Flag(false)),
        Some(b'"') => text.string().map(Value::Text),
        Some(b'-' | b'0'..=b'9') => text.whole().map(Value::Whole),
        Some(b'[' | b'{') if depth == 0 => Err(Error::new("the settings nest too deeply")),
        Some(b'[') => {
            let mut list = Vec::new();
            while text.next_entry(b']', list.is_empty())? {
                let entry = value(text, depth - 1).map_err(|error| error.inside(&number(list.len() as i64)))?;
                list.push(entry);
            }
            Ok(Value::List(list))
        }
        Some(b'{') => {
            let mut group = Vec::new();
            while text.next_entry(b'}', group.is_empty())? {
                let name = text.name()?;
                let entry = value(text, depth - 1).map_err(|error| error.inside(&name))?;
                group.push((name, entry));
            }
            Ok(Value::Group(group))
        }
        _ => Err(Error::unexpected()),
    }
}

#[cfg(test)]
mod tests;
