//! What a schema says about one value, as far as a form needs it.

use serde_json::{Map, Value};

/// A schema within its document.
#[derive(Clone, Copy)]
pub(super) struct Schema<'a> {
    root: &'a Value,
    node: &'a Value,
}

/// How a value is shown and entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Control {
    /// One line of text, or several.
    Text,
    /// A whole number.
    Number,
    /// On or off.
    Check,
    /// One of a few.
    Choice,
    /// A list of short values, one a line.
    Lines,
    /// Named values.
    Group,
    /// A list of groups.
    List,
    /// Anything else, as JSON.
    Json,
}

/// The unit that a number is kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit<'a> {
    /// Minor units of the shop's currency.
    Money,
    /// Hundredths of a percent.
    BasisPoints,
    /// As it stands; the word goes behind the field.
    Other(&'a str),
}

impl<'a> Schema<'a> {
    /// The schema of the whole settings.
    pub(super) fn new(root: &'a Value) -> Self {
        Self { root, node: root }.resolved()
    }

    fn at(self, node: &'a Value) -> Self {
        Self { root: self.root, node }.resolved()
    }

    /// Follows a reference, unless what it leads to has references of its own: a schema that refers to itself would make a
    /// form without an end. Such a part is shown as JSON.
    fn resolved(self) -> Self {
        let target = self.text("$ref").strip_prefix('#').and_then(|pointer| self.root.pointer(pointer));
        let target = target.filter(|target| !refers(target));
        Self { node: target.unwrap_or(self.node), ..self }
    }

    /// A text that the schema gives; empty if there is none.
    pub(super) fn text(self, keyword: &str) -> &'a str {
        self.node.get(keyword).and_then(Value::as_str).unwrap_or_default()
    }

    /// A number that the schema gives.
    pub(super) fn number(self, keyword: &str) -> Option<i64> {
        self.node.get(keyword).and_then(Value::as_i64)
    }

    /// Whether a value may have this type.
    pub(super) fn is(self, name: &str) -> bool {
        match self.node.get("type") {
            Some(Value::String(known)) => known == name,
            Some(Value::Array(names)) => names.iter().any(|known| known.as_str() == Some(name)),
            _ => false,
        }
    }

    /// How its value is shown and entered.
    pub(super) fn control(self) -> Control {
        if !self.options().is_empty() {
            return Control::Choice;
        }
        if self.is("boolean") {
            Control::Check
        } else if self.is("integer") {
            Control::Number
        } else if self.is("string") {
            Control::Text
        } else if self.is("object") && !self.properties().is_empty() {
            Control::Group
        } else if self.is("array") {
            match self.items().map(Schema::control) {
                Some(Control::Text | Control::Number) => Control::Lines,
                Some(Control::Group) => Control::List,
                _ => Control::Json,
            }
        } else {
            Control::Json
        }
    }

    /// The named values of a group, in the schema's order.
    pub(super) fn properties(self) -> Vec<(&'a str, Self)> {
        let named = |(name, node): (&'a String, &'a Value)| (name.as_str(), self.at(node));
        let known = self.node.get("properties").and_then(Value::as_object);
        known.map_or_else(Vec::new, |known| known.iter().map(named).collect())
    }

    /// The schema of every item of a list.
    pub(super) fn items(self) -> Option<Self> {
        self.node.get("items").map(|items| self.at(items))
    }

    /// A text that the schema of the items gives.
    pub(super) fn items_text(self, keyword: &str) -> &'a str {
        self.items().map(|items| items.text(keyword)).unwrap_or_default()
    }

    /// What may be chosen, with words for each.
    pub(super) fn options(self) -> Vec<(&'a Value, String)> {
        if let Some(values) = self.node.get("enum").and_then(Value::as_array) {
            return values.iter().map(|value| (value, spoken(value))).collect();
        }
        let cases = self.node.get("oneOf").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let option = |case: &'a Value| {
            let value = case.get("const")?;
            let title = case.get("title").and_then(Value::as_str);
            Some((value, title.map_or_else(|| spoken(value), str::to_owned)))
        };
        cases.iter().map(option).collect::<Option<_>>().unwrap_or_default()
    }

    /// The unit of a number.
    pub(super) fn unit(self) -> Unit<'a> {
        match self.text("x-unit") {
            "money" => Unit::Money,
            "basis-points" => Unit::BasisPoints,
            other => Unit::Other(other),
        }
    }

    /// What a value is before anybody has entered one.
    pub(super) fn blank(self) -> Value {
        let default = self.node.get("default").cloned();
        match self.control() {
            Control::Group => {
                let mut fields = default.and_then(|value| value.as_object().cloned()).unwrap_or_default();
                for (name, property) in self.properties() {
                    if !fields.contains_key(name) {
                        fields.insert(name.to_owned(), property.blank());
                    }
                }
                Value::Object(fields)
            }
            control => default.unwrap_or_else(|| match control {
                Control::Text | Control::Number => Value::String(String::new()),
                Control::Check => Value::Bool(false),
                Control::Choice => self.options().first().map_or(Value::Null, |(value, _)| (*value).clone()),
                Control::Lines | Control::List => Value::Array(Vec::new()),
                Control::Group => Value::Object(Map::new()),
                Control::Json => Value::Null,
            }),
        }
    }
}

/// Whether a schema refers to another anywhere in it.
fn refers(schema: &Value) -> bool {
    match schema {
        Value::Object(fields) => fields.contains_key("$ref") || fields.values().any(refers),
        Value::Array(items) => items.iter().any(refers),
        _ => false,
    }
}

/// A value in words, where the schema has none for it.
fn spoken(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), |text| text.replace(['-', '_'], " "));
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
