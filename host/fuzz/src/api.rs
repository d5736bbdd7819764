//! The JSON API: any body and any query, at any operation.
//!
//! An input is up to eight requests, one after the other, with a line `---` between two. The first line of each names the
//! operation and, as `name=value`, parameters: of its path, where they are to be other than those of the demo shop, or of
//! its query. The rest is the body. One that starts with `~` is no body: its bytes choose a query and a body after the
//! operation's schemas.

use std::collections::BTreeMap;

use arbitrary::Unstructured;
use serde_json::Value;

use crate::document::{self, Operation};
use crate::head;
use crate::stage::{self, Answer, Stage};
use crate::values;

/// Requests of one input.
const REQUESTS: usize = 8;

/// Sends the requests. Every answer is one that the document has, and none is a failure of the server.
///
/// # Panics
/// If that does not hold.
pub fn run(input: &[u8]) {
    stage::with(|stage| {
        let mut rest = Some(input);
        for _ in 0..REQUESTS {
            let Some(text) = rest else { return };
            let (request, after) = split(text);
            rest = after;
            send(stage, request);
        }
    });
}

/// One request, and what follows the line after it.
fn split(text: &[u8]) -> (&[u8], Option<&[u8]>) {
    const BETWEEN: &[u8] = b"\n---\n";
    match text.windows(BETWEEN.len()).position(|window| window == BETWEEN) {
        Some(at) => (&text[..at], Some(&text[at + BETWEEN.len()..])),
        None => (text, None),
    }
}

fn send(stage: &mut Stage, request: &[u8]) {
    let (line, body) = head(request);
    let mut words = line.split_whitespace();
    let name = words.next().unwrap_or_default();
    let named: BTreeMap<&str, &str> = words.filter_map(|word| word.split_once('=')).collect();
    let operation = stage.document.operation(name);
    let path = operation.path(|name| {
        let given = named.get(name).map(|value| (*value).to_owned());
        given.or_else(|| stage.known.get(name).cloned()).unwrap_or_else(|| "none".into())
    });
    let (method, right) = (operation.method.clone(), operation.right.clone());
    let mut choices = body.strip_prefix(b"~").map(Unstructured::new);
    let mut made = |schema: &Value| {
        // Where the choices run out, it is what has been chosen.
        Some(values::after(&stage.document.json, schema, choices.as_mut()?).unwrap_or_default())
    };
    let mut query: BTreeMap<&str, String> = BTreeMap::new();
    let chosen = made(&operation.query);
    for (name, value) in chosen.iter().filter_map(Value::as_object).flatten() {
        query.insert(name, value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    let given = named.iter().filter(|(name, _)| !operation.has_in_path(name));
    query.extend(given.map(|(name, value)| (*name, (*value).to_owned())));
    let path = path + &document::query(&query);
    let body = operation.body.as_ref().map(|(media_type, schema)| {
        let bytes = made(schema).map_or_else(|| body.to_vec(), |value| value.to_string().into_bytes());
        (media_type.clone(), bytes)
    });
    let token = right.as_deref().and_then(|right| stage.token(right)).map(str::to_owned);
    let body = body.as_ref().map(|(media_type, bytes)| (media_type.as_str(), bytes.clone()));
    let answer = stage.send(&method, &path, token.as_deref(), body);
    judge(stage.document.operation(name), &answer);
}

fn judge(operation: &Operation, answer: &Answer) {
    let Answer { status, media_type, body } = answer;
    let text = String::from_utf8_lossy(body);
    assert!(operation.has(*status, media_type), "{}: {status} {media_type:?} is not documented: {text}", operation.id);
    if *status >= 400 {
        let problem = answer.json();
        for member in ["type", "title", "detail"] {
            let is_said = problem[member].as_str().is_some_and(|text| !text.is_empty());
            assert!(is_said, "{}: {status} has no {member}: {text}", operation.id);
        }
    }
}
