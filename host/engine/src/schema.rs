//! The JSON Schema of an extension's settings, and its bounds. The schema is the extension's, and it is read, filled and
//! validated in the host: a few hundred bytes of references that double at every level would keep it busy for ever.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};

/// A JSON Schema. It is kept as text: it is needed when a merchant looks at settings and at no other time, and as a tree it
/// would take six times the memory, for as long as the extension is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema(Box<str>);

impl Schema {
    /// The schema as a tree, read anew.
    pub fn value(&self) -> Value {
        // The text is that of a value, so it reads.
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

impl From<&Value> for Schema {
    fn from(value: &Value) -> Self {
        Self(value.to_string().into())
    }
}

/// The schema of an extension without settings.
impl Default for Schema {
    fn default() -> Self {
        Self::from(&json!({ "type": "object", "additionalProperties": false }))
    }
}

impl Serialize for Schema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Schema {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|value| Self::from(&value))
    }
}

/// JSON values in a schema, with every reference followed, and with long strings counted as several.
const VALUES: usize = 20_000;
/// Bytes of a string that count as one value more.
const STRING: usize = 100;
/// How deep it may nest, with every reference followed. Some keywords look at what they hold twice, so every level may
/// double the work.
const DEPTH: usize = 40;
/// Regular expressions.
const PATTERNS: usize = 200;
/// Keywords that lead elsewhere, or that look at everything below them again.
const REFUSED: [&str; 8] = [
    "$id",
    "$anchor",
    "$dynamicAnchor",
    "$dynamicRef",
    "$recursiveAnchor",
    "$recursiveRef",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// The schema is of a size that a host can work with.
pub(crate) fn check_bounds(schema: &Value) -> Result<(), String> {
    let mut walk = Walk { root: schema, values: 0, patterns: 0, following: Vec::new() };
    walk.visit(schema, 0)
}

struct Walk<'a> {
    root: &'a Value,
    values: usize,
    patterns: usize,
    /// The references that have led here.
    following: Vec<&'a str>,
}

impl<'a> Walk<'a> {
    fn visit(&mut self, value: &'a Value, depth: usize) -> Result<(), String> {
        self.values += 1;
        if let Value::String(text) = value {
            self.values += text.len() / STRING;
        }
        if self.values > VALUES {
            return Err(format!("with every reference followed it has more than {VALUES} values; make it smaller"));
        }
        if depth > DEPTH {
            return Err(format!("it nests deeper than {DEPTH} levels; make it flatter"));
        }
        match value {
            Value::Array(values) => values.iter().try_for_each(|value| self.visit(value, depth + 1)),
            Value::Object(fields) => fields.iter().try_for_each(|(name, value)| self.field(name, value, depth)),
            _ => Ok(()),
        }
    }

    fn field(&mut self, name: &str, value: &'a Value, depth: usize) -> Result<(), String> {
        match (name, value) {
            (name, _) if REFUSED.contains(&name) => Err(format!("it uses `{name}`, which is not supported")),
            ("$ref", Value::String(to)) => self.follow(to, depth),
            ("pattern", Value::String(_)) => {
                self.patterns += 1;
                self.few_patterns()?;
                self.visit(value, depth + 1)
            }
            ("patternProperties", Value::Object(patterns)) => {
                self.patterns += patterns.len();
                self.few_patterns()?;
                self.visit(value, depth + 1)
            }
            _ => self.visit(value, depth + 1),
        }
    }

    fn few_patterns(&self) -> Result<(), String> {
        if self.patterns > PATTERNS {
            return Err(format!("it has more than {PATTERNS} patterns; leave some out"));
        }
        Ok(())
    }

    fn follow(&mut self, to: &'a str, depth: usize) -> Result<(), String> {
        let Some(target) = to.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer)) else {
            return Err("it refers to something outside itself; put that under `$defs`".into());
        };
        if to == "#" || self.following.contains(&to) {
            return Err("it refers to itself; settings are a tree of a known depth".into());
        }
        self.following.push(to);
        let followed = self.visit(target, depth + 1);
        self.following.pop();
        followed
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_may_be_used_and_may_not_double_for_ever() {
        let level = |below: &str| json!({ "allOf": [{ "$ref": below }, { "$ref": below }] });
        let mut schema = json!({ "type": "object", "$defs": { "d0": { "type": "integer" } } });
        for depth in 1..=5 {
            schema["$defs"][format!("d{depth}")] = level(&format!("#/$defs/d{}", depth - 1));
        }
        assert_eq!(check_bounds(&schema), Ok(()));
        for depth in 6..=30 {
            schema["$defs"][format!("d{depth}")] = level(&format!("#/$defs/d{}", depth - 1));
        }
        assert!(check_bounds(&schema).is_err());
    }

    #[test]
    fn a_schema_that_refers_to_itself_is_refused() {
        let on_the_way =
            json!({ "$defs": { "a": { "items": { "$ref": "#/$defs/b" } }, "b": { "$ref": "#/$defs/a" } } });
        for schema in [json!({ "properties": { "next": { "$ref": "#" } } }), on_the_way] {
            assert!(check_bounds(&schema).unwrap_err().contains("itself"));
        }
    }

    #[test]
    fn nothing_outside_the_schema_is_referred_to() {
        for to in ["https://example.com/x", "file:///etc/passwd", "#/$defs/none", "other.json"] {
            assert!(check_bounds(&json!({ "$ref": to })).unwrap_err().contains("outside"));
        }
        assert!(check_bounds(&json!({ "$id": "https://example.com" })).is_err());
    }

    #[test]
    fn a_default_counts_wherever_it_is_used() {
        let users: Vec<_> = (0..100).map(|_| json!({ "$ref": "#/$defs/long" })).collect();
        let schema = json!({ "$defs": { "long": { "default": "x".repeat(100_000) } }, "anyOf": users });
        assert!(check_bounds(&schema).is_err());
    }

    #[test]
    fn a_property_may_have_any_name_but_those_of_keywords_that_are_refused() {
        assert_eq!(check_bounds(&json!({ "properties": { "pattern": { "type": "string" } } })), Ok(()));
    }
}
