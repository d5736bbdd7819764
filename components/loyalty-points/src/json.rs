//! Settings as the merchant enters them.

use alloc::{borrow::ToOwned, format, string::String, vec::Vec};
use core::fmt;

use boomerang_sdk::types::SettingError;
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::fields::{Fields, Walk};

/// Any JSON without fractions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A string.
    Text(String),
    /// An array, with its positions as names, or an object.
    Group(Vec<(String, Json)>),
}

/// Reads settings: what is left out keeps its default, and what is none of a field is an error.
pub fn read<T: Walk + Default>(json: Json) -> Result<T, Vec<SettingError>> {
    let mut value = T::default();
    let mut reader = Reader { open: Vec::new(), errors: Vec::new() };
    reader.open(json, String::new());
    value.walk(&mut reader);
    reader.leave();
    if reader.errors.is_empty() { Ok(value) } else { Err(reader.errors) }
}

/// A group that is being read.
struct Open {
    pointer: String,
    /// What nobody has asked for yet.
    members: Vec<(String, Json)>,
}

struct Reader {
    open: Vec<Open>,
    errors: Vec<SettingError>,
}

impl Reader {
    fn wrong(&mut self, pointer: String, message: &str) {
        self.errors.push(SettingError::new(pointer, message));
    }

    fn open(&mut self, json: Json, pointer: String) {
        let members = match json {
            Json::Group(members) => members,
            Json::Null => Vec::new(),
            _ => {
                self.wrong(pointer.clone(), "Enter a group of settings here.");
                Vec::new()
            }
        };
        self.open.push(Open { pointer, members });
    }

    /// Takes a member of the group that is open, with its pointer. Without a name, the first that is left: the items of
    /// a list are taken in turn.
    fn take(&mut self, name: &str) -> (Json, String) {
        let Some(open) = self.open.last_mut() else { return (Json::Null, String::new()) };
        match open.members.iter().position(|(member, _)| name.is_empty() || member == name) {
            Some(position) => {
                let (name, json) = open.members.remove(position);
                (json, format!("{}/{name}", open.pointer))
            }
            None => (Json::Null, format!("{}/{name}", open.pointer)),
        }
    }
}

impl Fields for Reader {
    fn enter(&mut self, name: &str) {
        let (json, pointer) = self.take(name);
        self.open(json, pointer);
    }

    fn leave(&mut self) {
        for (name, _) in self.open.last_mut().map(|open| core::mem::take(&mut open.members)).unwrap_or_default() {
            let pointer = self.open.last().map_or("", |open| &open.pointer);
            self.errors.push(SettingError::new(pointer, format!("There is no setting `{name}` here. Remove it.")));
        }
        self.open.pop();
    }

    fn switch(&mut self, name: &str, value: &mut bool) {
        match self.take(name) {
            (Json::Null, _) => {}
            (Json::Bool(entered), _) => *value = entered,
            (_, pointer) => self.wrong(pointer, "Enter true or false."),
        }
    }

    fn number(&mut self, name: &str, value: &mut i64, least: i64, most: i64) {
        match self.take(name) {
            (Json::Null, _) => {}
            (Json::Number(entered), _) if (least..=most).contains(&entered) => *value = entered,
            (_, pointer) => self.wrong(pointer, "Enter a whole number in the range that the field allows."),
        }
    }

    fn text(&mut self, name: &str, value: &mut String) {
        match self.take(name) {
            (Json::Null, _) => {}
            (Json::Text(entered), _) => *value = entered,
            (_, pointer) => self.wrong(pointer, "Enter a text."),
        }
    }

    fn choice(&mut self, name: &str, value: &mut usize, names: &[&str]) {
        let (json, pointer) = self.take(name);
        let position = match &json {
            Json::Null => return,
            Json::Text(entered) => names.iter().position(|name| name == entered),
            _ => None,
        };
        match position {
            Some(position) => *value = position,
            None => self.wrong(pointer, "Choose one of those offered."),
        }
    }

    fn list(&mut self, name: &str, count: &mut usize) {
        let (json, pointer) = self.take(name);
        let entered = json != Json::Null;
        self.open(json, pointer);
        match self.open.last() {
            Some(open) if entered => *count = open.members.len(),
            // A list that is left out keeps its default items, and there is nothing to read into them.
            _ => {}
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyJson)
    }
}

struct AnyJson;

impl<'de> Visitor<'de> for AnyJson {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Json, E> {
        i64::try_from(value).map(Json::Number).map_err(|_| E::custom("enter a smaller number"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while let Some(item) = list.next_element()? {
            members.push((format!("{}", members.len()), item));
        }
        Ok(Json::Group(members))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Json::Group(members))
    }
}
