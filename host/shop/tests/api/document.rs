//! The served OpenAPI document, read as a caller reads it: what may be asked, and what every answer must look like.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use jsonschema::Validator;
use serde_json::{Value, json};

/// The whole document.
pub(crate) struct Document {
    pub(crate) json: Value,
    pub(crate) operations: Vec<Operation>,
    validators: Mutex<BTreeMap<String, Validator>>,
}

/// One method of one path.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: String,
    /// With names in braces.
    pub(crate) path: String,
    pub(crate) json: Value,
    /// The path's parameters and the operation's.
    pub(crate) parameters: Vec<Value>,
}

impl Document {
    pub(crate) fn new(json: Value) -> Self {
        let mut operations = Vec::new();
        for (path, item) in json["paths"].as_object().unwrap() {
            let shared = item["parameters"].as_array().cloned().unwrap_or_default();
            for (method, operation) in item.as_object().unwrap().iter().filter(|(name, _)| *name != "parameters") {
                let own = operation["parameters"].as_array().cloned().unwrap_or_default();
                operations.push(Operation {
                    id: operation["operationId"].as_str().unwrap_or_default().to_owned(),
                    method: method.to_uppercase(),
                    path: path.clone(),
                    json: operation.clone(),
                    parameters: shared.iter().cloned().chain(own).collect(),
                });
            }
        }
        Self { json, operations, validators: Mutex::default() }
    }

    /// The operation that a request meets: a literal part of a path goes before a parameter.
    pub(crate) fn operation(&self, method: &str, path: &str) -> Option<&Operation> {
        let path = path.split('?').next().unwrap();
        self.operations
            .iter()
            .filter(|operation| operation.method == method && operation.matches(path))
            .min_by_key(|operation| operation.path.matches('{').count())
    }

    /// What is wrong with an answer, if anything.
    pub(crate) fn check(
        &self,
        operation: &Operation,
        status: u16,
        media_type: &str,
        body: &[u8],
    ) -> Result<(), String> {
        let response = &operation.json["responses"][status.to_string()];
        if response.is_null() {
            return Err(format!("{}: status {status} is not documented", operation.id));
        }
        let Some(content) = response["content"].as_object().filter(|content| !content.is_empty()) else {
            let empty = body.is_empty();
            return if empty { Ok(()) } else { Err(format!("{}: {status} documents no body", operation.id)) };
        };
        let essence = media_type.split(';').next().unwrap_or_default();
        let Some(content) = content.get(essence) else {
            return Err(format!("{}: {status} comes as {media_type}, which is not documented", operation.id));
        };
        if !essence.ends_with("json") {
            return Ok(());
        }
        let value: Value = serde_json::from_slice(body).map_err(|error| format!("{}: {error}", operation.id))?;
        self.conforms(&content["schema"], &value)
            .map_err(|error| format!("{} {status}: {error}\n{value:#}", operation.id))
    }

    /// Whether a value is what a schema of this document says, with no member it does not name.
    pub(crate) fn conforms(&self, schema: &Value, value: &Value) -> Result<(), String> {
        let mut validators = self.validators.lock().unwrap();
        let validator = validators.entry(schema.to_string()).or_insert_with(|| self.validator(schema));
        let errors: Vec<String> =
            validator.iter_errors(value).map(|error| format!("{} at {}", error, error.instance_path())).collect();
        if errors.is_empty() { Ok(()) } else { Err(errors.join("; ")) }
    }

    fn validator(&self, schema: &Value) -> Validator {
        let mut root = json!({ "allOf": [schema], "components": self.json["components"] });
        let schemas = root["components"]["schemas"].as_object_mut().unwrap();
        // A part that is flattened into a whole sees the members of the whole, so only the whole can be closed.
        let mut parts = BTreeSet::new();
        schemas.values().for_each(|schema| flattened(schema, &mut parts));
        schemas.iter_mut().filter(|(name, _)| !parts.contains(*name)).for_each(|(_, schema)| close(schema));
        jsonschema::draft202012::new(&root).unwrap_or_else(|error| panic!("{schema}: {error}"))
    }

    /// Follows a `$ref`, if it is one.
    pub(crate) fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => self
                .json
                .pointer(reference.trim_start_matches('#'))
                .unwrap_or_else(|| panic!("{reference} leads nowhere")),
            None => value,
        }
    }
}

impl Operation {
    fn matches(&self, path: &str) -> bool {
        let (ours, theirs): (Vec<&str>, Vec<&str>) = (self.path.split('/').collect(), path.split('/').collect());
        ours.len() == theirs.len()
            && ours
                .iter()
                .zip(&theirs)
                .all(|(ours, theirs)| ours.starts_with('{') && !theirs.is_empty() || ours == theirs)
    }

    pub(crate) fn writes(&self) -> bool {
        self.method != "GET"
    }

    /// The security scheme and the right asked of it; none for an operation that is open to everybody.
    pub(crate) fn access(&self) -> Option<(&str, &str)> {
        let requirement = self.json["security"].as_array()?.first()?.as_object()?;
        let (scheme, rights) = requirement.iter().next()?;
        Some((scheme, rights[0].as_str()?))
    }

    /// The media type, the schema and the example of the body.
    pub(crate) fn body<'a>(&'a self, document: &'a Document) -> Option<(&'a str, &'a Value, Option<Value>)> {
        let content = self.json["requestBody"]["content"].as_object()?;
        let (media_type, content) = content.iter().next()?;
        let schema = document.resolve(&content["schema"]);
        let example = [&content["example"], &schema["example"], &schema["examples"][0]];
        let example = example.into_iter().find(|example| !example.is_null()).cloned();
        Some((media_type, &content["schema"], example))
    }

    /// The example of a parameter of the path.
    pub(crate) fn path_example(&self, name: &str) -> Option<String> {
        let parameter = self.parameters.iter().find(|parameter| parameter["name"] == name)?;
        let schema = &parameter["schema"];
        let example = [&parameter["example"], &schema["example"], &schema["examples"][0]];
        example.into_iter().find_map(|example| example.as_str().map(str::to_owned))
    }

    /// The path with every parameter replaced.
    pub(crate) fn path_with(&self, mut value: impl FnMut(&str) -> String) -> String {
        let part = |part: &str| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) => value(name),
            None => part.to_owned(),
        };
        self.path.split('/').map(part).collect::<Vec<_>>().join("/")
    }
}

/// The names of schemas that others flatten into themselves.
fn flattened(schema: &Value, parts: &mut BTreeSet<String>) {
    if let Some(all) = schema["allOf"].as_array() {
        let names = all.iter().filter_map(|part| part["$ref"].as_str()?.rsplit('/').next());
        parts.extend(names.map(str::to_owned));
    }
    match schema {
        Value::Object(object) => object.values().for_each(|value| flattened(value, parts)),
        Value::Array(items) => items.iter().for_each(|value| flattened(value, parts)),
        _ => {}
    }
}

/// Refuses members that a schema does not name, so that an answer cannot carry what is not documented.
fn close(schema: &mut Value) {
    let Value::Object(object) = schema else { return };
    if object.contains_key("allOf") {
        object.insert("unevaluatedProperties".into(), Value::Bool(false));
        return;
    }
    for (key, value) in object.iter_mut() {
        match value {
            Value::Object(members) if key == "properties" => members.values_mut().for_each(close),
            Value::Array(items) => items.iter_mut().for_each(close),
            value => close(value),
        }
    }
    if object.get("type").is_some_and(|kind| kind == "object") && object.contains_key("properties") {
        object.entry("additionalProperties").or_insert(Value::Bool(false));
    }
}
