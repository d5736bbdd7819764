//! Makes the generated document read well: aliases of numbers are numbers, and what may be null says what it is.

use serde_json::{Map, Value, json};

/// The generator takes an alias such as `Instant` for a schema of its own, under the name of the type behind it.
const NUMBERS: &[&str] = &["i64", "u64", "i32", "u32"];
const SCHEMAS: &str = "#/components/schemas/";

/// Tidies a whole document.
pub(super) fn tidy(document: &mut Value) {
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    let numbers: Map<String, Value> =
        NUMBERS.iter().filter_map(|name| schemas.remove(*name).map(|schema| ((*name).to_owned(), schema))).collect();
    walk(document, &numbers);
}

fn walk(value: &mut Value, numbers: &Map<String, Value>) {
    match value {
        Value::Object(object) => {
            put_in_place(object, numbers);
            object.values_mut().for_each(|value| walk(value, numbers));
            lift_description(object);
        }
        Value::Array(items) => items.iter_mut().for_each(|value| walk(value, numbers)),
        _ => {}
    }
}

/// A reference to a number becomes the number.
fn put_in_place(object: &mut Map<String, Value>, numbers: &Map<String, Value>) {
    let name = object.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix(SCHEMAS));
    let Some(Value::Object(number)) = name.and_then(|name| numbers.get(name)) else { return };
    object.remove("$ref");
    for (key, value) in number {
        object.entry(key.clone()).or_insert_with(|| value.clone());
    }
}

/// The description of `X or null` belongs to the whole; a number or null is one schema.
fn lift_description(object: &mut Map<String, Value>) {
    let Some([Value::Object(one), null]) = object.get_mut("oneOf").and_then(Value::as_array_mut).map(Vec::as_mut_slice)
    else {
        return;
    };
    if *null != json!({ "type": "null" }) {
        return;
    }
    let mut one = std::mem::take(one);
    if let Some(description) = one.remove("description") {
        object.insert("description".to_owned(), description);
    }
    match one.get("type").cloned() {
        Some(Value::String(kind)) if kind != "object" => {
            object.remove("oneOf");
            one.insert("type".to_owned(), json!([kind, "null"]));
            object.extend(one);
        }
        _ => {
            object.insert("oneOf".to_owned(), json!([one, { "type": "null" }]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_in_place_and_what_may_be_null_is_described() {
        let mut document = json!({
            "components": { "schemas": {
                "i64": { "type": "integer", "format": "int64" },
                "Role": { "type": "string" },
                "Admin": { "properties": {
                    "at": { "$ref": "#/components/schemas/i64", "description": "When." },
                    "until": { "oneOf": [
                        { "$ref": "#/components/schemas/i64", "description": "Until." }, { "type": "null" }
                    ] },
                    "role": { "oneOf": [
                        { "$ref": "#/components/schemas/Role", "description": "Role." }, { "type": "null" }
                    ] },
                } },
            } },
        });
        tidy(&mut document);
        assert_eq!(
            document["components"]["schemas"],
            json!({
                "Role": { "type": "string" },
                "Admin": { "properties": {
                    "at": { "type": "integer", "format": "int64", "description": "When." },
                    "until": { "type": ["integer", "null"], "format": "int64", "description": "Until." },
                    "role": { "description": "Role.", "oneOf": [
                        { "$ref": "#/components/schemas/Role" }, { "type": "null" }
                    ] },
                } },
            })
        );
    }
}
