//! From what a form sent back to settings.
//!
//! What does not read as what it should be stays as it was typed, as text: the schema then refuses it by its pointer, and
//! the form shows it again.

use serde_json::{Map, Value};

use super::member;
use super::node::plain;
use super::schema::{Control, Schema, Unit};
use crate::web::admin::sent::Sent;
use crate::web::admin::units;
use crate::words::minor_digits;

/// The settings that a form sent.
pub(in crate::web::admin) fn read(schema: &Value, sent: &Sent, currency: &str) -> Value {
    Reader { sent, digits: minor_digits(currency) }.value(Schema::new(schema), "").unwrap_or_default()
}

struct Reader<'a> {
    sent: &'a Sent,
    digits: u32,
}

impl Reader<'_> {
    /// The value of a part; none where it was not sent, so that its default holds.
    fn value(&self, schema: Schema<'_>, name: &str) -> Option<Value> {
        match schema.control() {
            Control::Text => self.sent.given(name).map(|text| match text {
                "" if schema.is("null") => Value::Null,
                text => Value::String(text.replace("\r\n", "\n")),
            }),
            Control::Number => self.sent.given(name).map(|text| self.number(schema, text)),
            // A box that is not ticked is not sent.
            Control::Check => Some(Value::Bool(self.sent.given(name).is_some_and(|text| !text.is_empty()))),
            Control::Choice => self.sent.given(name).map(|text| {
                let known = schema.options().into_iter().find(|(value, _)| plain(value) == text);
                known.map_or_else(|| Value::String(text.to_owned()), |(value, _)| value.clone())
            }),
            // A box that is not ticked is not sent, and nothing is if none is.
            Control::Lines if !schema.items_text("x-of").is_empty() => {
                let ids = self.sent.every(name).flat_map(str::lines).map(str::trim).filter(|id| !id.is_empty());
                Some(ids.collect::<Vec<_>>().into())
            }
            Control::Lines => self.sent.given(name).map(|text| self.lines(schema, text)),
            Control::Group => {
                let mut fields = Map::new();
                for (property, schema) in schema.properties() {
                    if let Some(value) = self.value(schema, &member(name, property)) {
                        fields.insert(property.to_owned(), value);
                    }
                }
                Some(Value::Object(fields))
            }
            Control::List => Some(Value::Array(self.items(schema, name))),
            Control::Json => self.sent.given(name).map(|text| match text {
                "" => Value::Null,
                text => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())),
            }),
        }
    }

    fn number(&self, schema: Schema<'_>, text: &str) -> Value {
        let digits = match schema.unit() {
            Unit::Money => self.digits,
            Unit::BasisPoints => 2,
            Unit::Other(_) => 0,
        };
        match (text, units::read(text, digits)) {
            ("", _) if schema.is("null") => Value::Null,
            (_, Some(number)) => number.into(),
            (text, None) => Value::String(text.to_owned()),
        }
    }

    fn lines(&self, schema: Schema<'_>, text: &str) -> Value {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let items = schema.items().filter(|items| items.control() == Control::Number);
        lines
            .map(|line| items.map_or_else(|| Value::String(line.to_owned()), |items| self.number(items, line)))
            .collect()
    }

    /// Every item says by a hidden field that it is there; the gaps that removed ones left are closed.
    fn items(&self, schema: Schema<'_>, name: &str) -> Vec<Value> {
        let Some(items) = schema.items() else { return Vec::new() };
        let prefix = format!("{name}/");
        let mut numbers: Vec<u32> = self.sent.below(&prefix).filter_map(|(number, _)| number.parse().ok()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().filter_map(|number| self.value(items, &member(name, &number.to_string()))).collect()
    }
}
