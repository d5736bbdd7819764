//! Settings as the merchant enters them.

use alloc::{string::String, vec::Vec};

use boomerang_sdk::settings::Value;
use boomerang_sdk::text::number;
use boomerang_sdk::types::SettingError;

use crate::fields::{Fields, Walk};

/// Reads settings: what is left out keeps its default, and what is none of a field is an error.
pub fn read<T: Walk + Default>(settings: Value) -> Result<T, Vec<SettingError>> {
    let mut value = T::default();
    let mut reader = Reader { open: Vec::new(), errors: Vec::new() };
    reader.open(settings, String::new());
    value.walk(&mut reader);
    reader.leave();
    if reader.errors.is_empty() { Ok(value) } else { Err(reader.errors) }
}

/// A group that is being read.
struct Open {
    pointer: String,
    /// What nobody has asked for yet.
    members: Vec<(String, Value)>,
}

fn pointer(open: &Open, name: &str) -> String {
    [&open.pointer, "/", name].concat()
}

struct Reader {
    open: Vec<Open>,
    errors: Vec<SettingError>,
}

impl Reader {
    fn wrong(&mut self, pointer: String, message: &str) {
        self.errors.push(SettingError::new(pointer, message));
    }

    fn open(&mut self, json: Value, pointer: String) {
        let members = match json {
            Value::Group(members) => members,
            Value::List(items) => items.into_iter().enumerate().map(|(at, item)| (number(at as i64), item)).collect(),
            Value::Null => Vec::new(),
            _ => {
                self.wrong(pointer.clone(), "Enter a group of settings here.");
                Vec::new()
            }
        };
        self.open.push(Open { pointer, members });
    }

    /// Takes a member of the group that is open, with its pointer. Without a name, the first that is left: the items of
    /// a list are taken in turn.
    fn take(&mut self, name: &str) -> (Value, String) {
        let Some(open) = self.open.last_mut() else { return (Value::Null, String::new()) };
        match open.members.iter().position(|(member, _)| name.is_empty() || member == name) {
            Some(position) => {
                let (name, json) = open.members.remove(position);
                (json, pointer(open, &name))
            }
            None => (Value::Null, pointer(open, name)),
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
            self.errors
                .push(SettingError::new(pointer, ["There is no setting `", &name, "` here. Remove it."].concat()));
        }
        self.open.pop();
    }

    fn switch(&mut self, name: &str, value: &mut bool) {
        match self.take(name) {
            (Value::Null, _) => {}
            (Value::Flag(entered), _) => *value = entered,
            (_, pointer) => self.wrong(pointer, "Enter true or false."),
        }
    }

    fn number(&mut self, name: &str, value: &mut i64, least: i64, most: i64) {
        match self.take(name) {
            (Value::Null, _) => {}
            (Value::Whole(entered), _) if (least..=most).contains(&entered) => *value = entered,
            (_, pointer) => self.wrong(pointer, "Enter a whole number in the range that the field allows."),
        }
    }

    fn text(&mut self, name: &str, value: &mut String) {
        match self.take(name) {
            (Value::Null, _) => {}
            (Value::Text(entered), _) => *value = entered,
            (_, pointer) => self.wrong(pointer, "Enter a text."),
        }
    }

    fn choice(&mut self, name: &str, value: &mut usize, names: &[&str]) {
        let (json, pointer) = self.take(name);
        let position = match &json {
            Value::Null => return,
            Value::Text(entered) => names.iter().position(|name| name == entered),
            _ => None,
        };
        match position {
            Some(position) => *value = position,
            None => self.wrong(pointer, "Choose one of those offered."),
        }
    }

    fn list(&mut self, name: &str, count: &mut usize) {
        let (json, pointer) = self.take(name);
        let entered = json != Value::Null;
        self.open(json, pointer);
        match self.open.last() {
            Some(open) if entered => *count = open.members.len(),
            // A list that is left out keeps its default items, and there is nothing to read into them.
            _ => {}
        }
    }
}
