//! JSON made after a schema from the choices of an input: mostly what the schema says, now and then something else.

use arbitrary::{Result, Unstructured};
use serde_json::{Map, Number, Value, json};

/// How deep a value nests at the most.
const DEPTH: u8 = 8;

/// Texts at which programs tend to go wrong.
const TEXTS: [&str; 16] = [
    "",
    " ",
    "a",
    "demo",
    "flash-sale",
    "AT",
    "EUR",
    "ann@example.com",
    "2026-03-29T02:30",
    "Europe/Vienna",
    "https://a.example/x",
    "\0",
    "\r\nBcc: eve@example.com",
    "<script>",
    "\u{202e}\u{feff}",
    "9999999999999999999999",
];

/// A value after a schema; what a `$ref` names is looked up in `root`.
pub(crate) fn after(root: &Value, schema: &Value, choice: &mut Unstructured<'_>) -> Result<Value> {
    Maker { root }.make(schema, DEPTH, choice)
}

struct Maker<'a> {
    root: &'a Value,
}

impl Maker<'_> {
    fn make(&self, schema: &Value, depth: u8, choice: &mut Unstructured<'_>) -> Result<Value> {
        let Some(depth) = depth.checked_sub(1) else { return Ok(Value::Null) };
        // A choice of nothing comes out as the first of what there is, which is to be the right one.
        if !choice.ratio(31_u8, 32)? {
            return anything(choice);
        }
        if let Some(target) = schema["$ref"].as_str().and_then(|target| self.root.pointer(target.strip_prefix('#')?)) {
            return self.make(target, depth, choice);
        }
        if !schema["const"].is_null() {
            return Ok(schema["const"].clone());
        }
        if let Some(values) = schema["enum"].as_array().filter(|values| !values.is_empty()) {
            return Ok(choice.choose(values)?.clone());
        }
        for key in ["oneOf", "anyOf"] {
            if let Some(schemas) = schema[key].as_array().filter(|schemas| !schemas.is_empty()) {
                return self.make(choice.choose(schemas)?, depth, choice);
            }
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let mut whole = Map::new();
            for part in parts {
                if let Value::Object(members) = self.make(part, depth, choice)? {
                    whole.extend(members);
                }
            }
            return Ok(Value::Object(whole));
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) if !kinds.is_empty() => choice.choose(kinds)?.as_str(),
            kind => kind.as_str(),
        };
        match kind {
            Some("object") => self.object(schema, depth, choice),
            Some("array") => {
                let count = choice.int_in_range(0..=4)?;
                (0..count).map(|_| self.make(&schema["items"], depth, choice)).collect()
            }
            Some("string") => text(schema, choice),
            Some("integer" | "number") => number(schema, choice),
            Some("boolean") => Ok(Value::Bool(choice.arbitrary()?)),
            Some("null") => Ok(Value::Null),
            _ => anything(choice),
        }
    }

    fn object(&self, schema: &Value, depth: u8, choice: &mut Unstructured<'_>) -> Result<Value> {
        let mut members = Map::new();
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for (name, member) in schema["properties"].as_object().into_iter().flatten() {
            let is_there =
                if required.contains(&name.as_str()) { choice.ratio(31_u8, 32)? } else { choice.arbitrary()? };
            if is_there {
                members.insert(name.clone(), self.make(member, depth, choice)?);
            }
        }
        if schema["additionalProperties"].is_object() {
            for _ in 0..choice.int_in_range(0..=2)? {
                let name = choice.choose(&TEXTS)?;
                members.insert((*name).into(), self.make(&schema["additionalProperties"], depth, choice)?);
            }
        }
        if !choice.ratio(31_u8, 32)? {
            members.insert("no-such-member".into(), anything(choice)?);
        }
        Ok(Value::Object(members))
    }
}

fn text(schema: &Value, choice: &mut Unstructured<'_>) -> Result<Value> {
    Ok(match choice.int_in_range(0..=5)? {
        0 if schema["example"].is_string() => schema["example"].clone(),
        0 if schema["default"].is_string() => schema["default"].clone(),
        0 | 1 => Value::from(*choice.choose(&TEXTS)?),
        2 => {
            let most = schema["maxLength"].as_u64().map_or(300, |most| most.min(5_000) + 1);
            Value::from("é".repeat(usize::try_from(most).unwrap_or(300)))
        }
        3 => Value::from(format!(
            "{:04}-{:02}-{:02}",
            choice.int_in_range(0..=9_999)?,
            choice.int_in_range(0..=13)?,
            choice.int_in_range(0..=32)?
        )),
        _ => Value::from(choice.arbitrary::<&str>()?),
    })
}

fn number(schema: &Value, choice: &mut Unstructured<'_>) -> Result<Value> {
    let (least, most) = (schema["minimum"].as_i64().unwrap_or(0), schema["maximum"].as_i64().unwrap_or(i64::MAX));
    Ok(match choice.int_in_range(0..=7)? {
        0 if schema["default"].is_number() => schema["default"].clone(),
        0 | 1 => {
            json!(choice.int_in_range(least.min(most)..=least.saturating_add(100).min(most).max(least.min(most)))?)
        }
        2 => json!(least),
        3 => json!(most),
        4 => json!(least.wrapping_sub(1)),
        5 => json!(most.wrapping_add(1)),
        6 => choice.arbitrary::<f64>().map(|number| Number::from_f64(number).map_or(Value::Null, Value::Number))?,
        _ => json!(choice.arbitrary::<i64>()?),
    })
}

/// A value of any kind.
fn anything(choice: &mut Unstructured<'_>) -> Result<Value> {
    Ok(match choice.int_in_range(0..=6)? {
        0 => Value::Null,
        1 => Value::Bool(choice.arbitrary()?),
        2 => number(&Value::Null, choice)?,
        3 => Value::Array(vec![]),
        4 => json!({}),
        5 => (0..60).fold(Value::Null, |inner, _| json!([inner])),
        _ => text(&Value::Null, choice)?,
    })
}
