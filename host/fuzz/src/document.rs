//! The API's own document, as far as a caller needs it to send a request and to judge the answer.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

/// Every operation of the API.
#[derive(Debug)]
pub(crate) struct Document {
    /// The whole document, in which schemas look up what they name.
    pub(crate) json: Value,
    pub(crate) operations: Vec<Operation>,
}

/// One method of one path.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: String,
    path: String,
    /// The right that its token needs; none where it needs no token.
    pub(crate) right: Option<String>,
    /// The schema of an object with a member for each parameter of the query.
    pub(crate) query: Value,
    /// The media type and the schema of the body, if it takes one.
    pub(crate) body: Option<(String, Value)>,
    /// Status and media type of every answer; empty for an answer without a body.
    answers: BTreeSet<(u16, String)>,
}

impl Document {
    /// # Panics
    /// If it is no OpenAPI document.
    pub(crate) fn new(json: Value) -> Self {
        let paths = json["paths"].as_object().expect("an OpenAPI document has paths");
        let operations = paths
            .iter()
            .flat_map(|(path, item)| {
                let methods = item.as_object().into_iter().flatten().filter(|(name, _)| *name != "parameters");
                methods.map(move |(method, operation)| Operation::new(method, path, operation))
            })
            .collect();
        Self { operations, json }
    }

    /// The operation with this id; for a name that is none's, the one that its number names.
    pub(crate) fn operation(&self, name: &str) -> &Operation {
        let known = self.operations.iter().find(|operation| operation.id == name);
        known.unwrap_or_else(|| &self.operations[crate::number(name) % self.operations.len()])
    }
}

impl Operation {
    fn new(method: &str, path: &str, json: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let scheme = json["security"][0].as_object().and_then(|requirement| requirement.values().next());
        let body = json["requestBody"]["content"].as_object().and_then(|content| content.iter().next());
        let answers = json["responses"].as_object().into_iter().flatten().flat_map(|(status, response)| {
            let status: u16 = status.parse().expect("every status is a number");
            let content = response["content"].as_object().filter(|content| !content.is_empty());
            let types = content.map_or(vec![String::new()], |content| content.keys().cloned().collect());
            types.into_iter().map(move |media_type| (status, media_type))
        });
        Self {
            id: text(&json["operationId"]),
            method: method.to_uppercase(),
            path: path.to_owned(),
            right: scheme.map(|rights| text(&rights[0])),
            query: of_query(&json["parameters"]),
            body: body.map(|(media_type, content)| (media_type.clone(), content["schema"].clone())),
            answers: answers.collect(),
        }
    }

    /// The path with every parameter replaced.
    pub(crate) fn path(&self, mut value: impl FnMut(&str) -> String) -> String {
        let part = |part: &str| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) => encoded(&value(name)),
            None => part.to_owned(),
        };
        self.path.split('/').map(part).collect::<Vec<_>>().join("/")
    }

    /// Whether its path has this parameter.
    pub(crate) fn has_in_path(&self, name: &str) -> bool {
        self.path.contains(&format!("{{{name}}}"))
    }

    /// Whether the document has an answer like this one.
    pub(crate) fn has(&self, status: u16, media_type: &str) -> bool {
        let essence = media_type.split(';').next().unwrap_or_default();
        self.answers.contains(&(status, essence.to_owned()))
    }
}

/// The parameters of the query among those of an operation, as members of an object.
fn of_query(parameters: &Value) -> Value {
    let of_query = || parameters.as_array().into_iter().flatten().filter(|parameter| parameter["in"] == "query");
    let name = |parameter: &Value| parameter["name"].as_str().unwrap_or_default().to_owned();
    let properties: Map<_, _> = of_query().map(|parameter| (name(parameter), parameter["schema"].clone())).collect();
    let required: Vec<_> = of_query().filter(|parameter| parameter["required"] == true).map(name).collect();
    json!({ "type": "object", "properties": properties, "required": required })
}

/// What follows the path: nothing where there are no parameters.
pub(crate) fn query(parameters: &BTreeMap<&str, String>) -> String {
    let pairs = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    if pairs.is_empty() { pairs } else { format!("?{pairs}") }
}

/// A text as one part of a path.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}
