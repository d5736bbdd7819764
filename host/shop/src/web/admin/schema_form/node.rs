//! The form as data, for a template to write.

use boomerang_engine::contract::SettingError;
use jiff::civil::DateTime;
use serde::Serialize;
use serde_json::Value;

use super::goods::{Goods, Named};
use super::member;
use super::schema::{Control, Schema, Unit};
use super::words;
use crate::web::admin::units;
use crate::words::minor_digits;

/// Text that may be longer than this gets several lines.
const ONE_LINE: i64 = 160;

/// What a form is made from.
#[derive(Clone, Copy)]
pub(in crate::web::admin) struct Form<'a> {
    /// The schema of the settings.
    pub(in crate::web::admin) schema: &'a Value,
    /// What is shown: the settings in force, or what was typed.
    pub(in crate::web::admin) value: &'a Value,
    /// What has to be changed about it.
    pub(in crate::web::admin) errors: &'a [SettingError],
    /// The shop's currency.
    pub(in crate::web::admin) currency: &'a str,
    /// The part that is to be filled in next, such as a new item of a list.
    pub(in crate::web::admin) focus: Option<&'a str>,
    /// What ids are picked from.
    pub(in crate::web::admin) goods: &'a Goods,
}

/// A part of the form.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(in crate::web::admin) struct Node {
    /// The name of its fields: a JSON Pointer.
    pub(super) name: String,
    /// The id of its element.
    id: String,
    label: String,
    help: String,
    /// What tells an item of a list from the others, beside its label.
    note: String,
    pub(super) errors: Vec<String>,
    /// It is to be filled in next.
    focus: bool,
    /// Something in it has to be changed or filled in, so it is not folded.
    open: bool,
    #[serde(flatten)]
    pub(super) kind: Kind,
}

/// What a part holds.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum Kind {
    Text { value: String, input: &'static str, long: bool, longest: Option<i64> },
    Number { value: String, unit: String, decimal: bool },
    Check { on: bool },
    Choice { options: Vec<Choice> },
    Lines { value: String },
    Picks { options: Vec<Choice> },
    Group { nodes: Vec<Node> },
    List { items: Vec<Node>, item: String, full: bool },
    Json { value: String },
}

/// Something that can be chosen.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) chosen: bool,
}

/// One thing to change, for the list above the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::web::admin) struct Summary {
    /// The element to go to; empty for the form as a whole.
    id: String,
    label: String,
    message: String,
}

impl Form<'_> {
    /// The parts of the form, with what has to be changed about it as a whole.
    pub(in crate::web::admin) fn build(&self) -> Node {
        let errors: Vec<&SettingError> = self.errors.iter().collect();
        self.node(Schema::new(self.schema), String::new(), String::new(), self.value, &errors)
    }

    fn node(&self, schema: Schema<'_>, name: String, label: String, value: &Value, errors: &[&SettingError]) -> Node {
        let kind = self.kind(schema, &name, value, errors);
        let children: &[Node] = match &kind {
            Kind::Group { nodes } | Kind::List { items: nodes, .. } => nodes,
            _ => &[],
        };
        let elsewhere = |error: &SettingError| children.iter().any(|child| is_within(&error.pointer, &child.name));
        let own = errors.iter().filter(|error| !elsewhere(error));
        let focus = self.focus == Some(name.as_str());
        Node {
            id: format!("set{}", name.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-")),
            errors: own.map(|error| words::of(schema, value, &error.message, self.currency)).collect(),
            help: schema.text("description").to_owned(),
            note: span(schema, value),
            open: focus || !errors.is_empty(),
            focus,
            name,
            label,
            kind,
        }
    }

    fn kind(&self, schema: Schema<'_>, name: &str, value: &Value, errors: &[&SettingError]) -> Kind {
        match schema.control() {
            Control::Text if !self.goods.of(schema.text("x-of")).is_empty() => {
                let chosen = plain(value);
                let mut options = picked(self.goods.of(schema.text("x-of")), &[chosen.as_str()]);
                if chosen.is_empty() {
                    options[0].label = "Choose one".to_owned();
                }
                Kind::Choice { options }
            }
            Control::Text => Kind::Text {
                value: plain(value),
                input: match schema.text("format") {
                    "local-date-time" => "datetime-local",
                    "date" => "date",
                    "email" => "email",
                    "uri" => "url",
                    _ => "text",
                },
                long: schema.number("maxLength").is_some_and(|most| most > ONE_LINE),
                longest: schema.number("maxLength"),
            },
            Control::Number => self.number(schema, value),
            Control::Check => Kind::Check { on: value.as_bool().unwrap_or_default() },
            Control::Choice => Kind::Choice {
                options: schema
                    .options()
                    .into_iter()
                    .map(|(known, label)| Choice { value: plain(known), label, chosen: known == value })
                    .collect(),
            },
            Control::Lines if !self.goods.of(schema.items_text("x-of")).is_empty() => {
                let chosen: Vec<String> =
                    value.as_array().map(|ids| ids.iter().map(plain).collect()).unwrap_or_default();
                let chosen: Vec<&str> = chosen.iter().map(String::as_str).collect();
                Kind::Picks { options: picked(self.goods.of(schema.items_text("x-of")), &chosen) }
            }
            Control::Lines => {
                let lines = value.as_array().map(|lines| lines.iter().map(plain).collect::<Vec<_>>().join("\n"));
                Kind::Lines { value: lines.unwrap_or_else(|| plain(value)) }
            }
            Control::Group => Kind::Group {
                nodes: schema
                    .properties()
                    .into_iter()
                    .map(|(property, schema)| {
                        let name = member(name, property);
                        let label = match schema.text("title") {
                            "" => property.to_owned(),
                            title => title.to_owned(),
                        };
                        let blank = schema.blank();
                        let below = within(errors, &name);
                        self.node(schema, name, label, value.get(property).unwrap_or(&blank), &below)
                    })
                    .collect(),
            },
            Control::List => self.list(schema, name, value, errors),
            Control::Json => Kind::Json { value: json(value) },
        }
    }

    fn number(&self, schema: Schema<'_>, value: &Value) -> Kind {
        let digits = minor_digits(self.currency);
        let written =
            |digits, zeros| value.as_i64().map_or_else(|| plain(value), |value| units::write(value, digits, zeros));
        match schema.unit() {
            Unit::Money => {
                Kind::Number { value: written(digits, true), unit: self.currency.to_owned(), decimal: digits > 0 }
            }
            Unit::BasisPoints => Kind::Number { value: written(2, false), unit: "%".to_owned(), decimal: true },
            Unit::Other(unit) => Kind::Number { value: plain(value), unit: unit.to_owned(), decimal: false },
        }
    }

    fn list(&self, schema: Schema<'_>, name: &str, value: &Value, errors: &[&SettingError]) -> Kind {
        let Some(items) = schema.items() else { return Kind::Json { value: json(value) } };
        let one = match items.text("title") {
            "" => "Item",
            title => title,
        };
        let values = value.as_array().map(Vec::as_slice).unwrap_or_default();
        let item = |(number, value): (usize, &Value)| {
            let name = member(name, &number.to_string());
            let below = within(errors, &name);
            self.node(items, name, titled(value, one, number), value, &below)
        };
        let most = schema.number("maxItems").and_then(|most| usize::try_from(most).ok());
        Kind::List {
            items: values.iter().enumerate().map(item).collect(),
            item: one.to_owned(),
            full: most.is_some_and(|most| values.len() >= most),
        }
    }
}

impl Node {
    /// Everything that has to be changed, in the form's order.
    pub(in crate::web::admin) fn summary(&self) -> Vec<Summary> {
        let mut summary = Vec::new();
        self.collect("", &mut summary);
        summary
    }

    fn collect(&self, above: &str, summary: &mut Vec<Summary>) {
        let label = match (above, self.label.as_str()) {
            ("", label) | (label, "") => label.to_owned(),
            (above, label) => format!("{above} › {label}"),
        };
        for message in &self.errors {
            let id = if self.name.is_empty() { String::new() } else { self.id.clone() };
            summary.push(Summary { id, label: label.clone(), message: message.clone() });
        }
        if let Kind::Group { nodes } | Kind::List { items: nodes, .. } = &self.kind {
            nodes.iter().for_each(|node| node.collect(&label, summary));
        }
    }
}

fn within<'a>(errors: &[&'a SettingError], name: &str) -> Vec<&'a SettingError> {
    errors.iter().copied().filter(|error| is_within(&error.pointer, name)).collect()
}

/// Whether a pointer leads to a part or into it.
fn is_within(pointer: &str, name: &str) -> bool {
    pointer.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The name that an item has of its own, or its number.
fn titled(value: &Value, one: &str, number: usize) -> String {
    let own =
        ["title", "name", "id"].into_iter().find_map(|key| value.get(key)?.as_str().filter(|text| !text.is_empty()));
    own.map_or_else(|| format!("{one} {}", number + 1), str::to_owned)
}

/// What can be picked: what is chosen stands first, in its order; an id that is unknown is shown as it is.
fn picked(goods: &[Named], chosen: &[&str]) -> Vec<Choice> {
    let name = |id: &str| goods.iter().find(|known| known.id == id).map_or(id, |known| &known.name).to_owned();
    let first = chosen.iter().map(|id| Choice { value: (*id).to_owned(), label: name(id), chosen: true });
    let others = goods.iter().filter(|known| !chosen.contains(&known.id.as_str()));
    first
        .chain(others.map(|known| Choice { value: known.id.clone(), label: known.name.clone(), chosen: false }))
        .collect()
}

/// The wall times of a group, such as the start and the end of a sale.
fn span(schema: Schema<'_>, value: &Value) -> String {
    if schema.control() != Control::Group {
        return String::new();
    }
    let times = schema.properties().into_iter().filter(|(_, part)| part.text("format") == "local-date-time");
    let times = times.filter_map(|(name, _)| value.get(name)?.as_str()?.parse::<DateTime>().ok());
    times.map(|at| at.strftime("%-d %b %Y, %H:%M").to_string()).collect::<Vec<_>>().join(" – ")
}

/// A value as it is typed.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A value as JSON; what was typed and is no JSON stays as it is.
fn json(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => serde_json::to_string_pretty(other).unwrap_or_default(),
    }
}
