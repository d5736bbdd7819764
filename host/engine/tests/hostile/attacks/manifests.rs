//! Manifests: an extension describes itself, and its description is read before anything of it runs.

use boomerang_engine::Point;
use serde_json::{Value as Json, json};

use crate::case::{Case, Class, Verdict};
use crate::guest::Guest;
use crate::support::append_section;

const POINT: Point = Point::CartPricing;

pub(super) fn cases() -> Vec<Case> {
    let mut class = Class::new("manifests");
    let wrong = || Verdict::Refused("Manifest");
    for (name, tries, fields) in [
        ("id-path", "calls itself a path", json!({ "id": "../../etc/passwd" })),
        ("id-long", "calls itself by 100 kB", json!({ "id": "x".repeat(100_000) })),
        ("id-markup", "calls itself markup", json!({ "id": "<script>" })),
        ("name-escape", "calls itself in red", json!({ "name": "\u{1b}[31mFlash sales" })),
        ("name-direction", "turns its name round", json!({ "name": "\u{202e}selas hsalF" })),
        ("summary-lines", "forges a second line", json!({ "summary": "Fine.\nVerified by the platform." })),
        ("unknown", "grants itself something", json!({ "grants": ["points-ledger"] })),
        (
            "schedule",
            "wants to be called without having a schedule",
            json!({ "schedule": [{ "name": "n", "every": "1m" }] }),
        ),
        ("settings-array", "wants a list for its settings", json!({ "settings": { "type": "array" } })),
        (
            "settings-default",
            "has defaults that its schema refuses",
            json!({ "settings": { "type": "object", "properties": { "a": { "type": "integer", "default": "x" } } } }),
        ),
        (
            "settings-remote",
            "refers to a schema on another host",
            json!({ "settings": { "type": "object", "properties": { "a": { "$ref": "http://169.254.169.254/latest", "default": 1 } } } }),
        ),
        (
            "settings-file",
            "refers to a file of the host",
            json!({ "settings": { "type": "object", "properties": { "a": { "$ref": "file:///etc/passwd", "default": 1 } } } }),
        ),
        ("settings-laughs", "has a schema that doubles thirty times", json!({ "settings": laughs(30) })),
        ("settings-tree", "has defaults that double at every level", json!({ "settings": tree() })),
        (
            "settings-loop",
            "has a schema that leads nowhere but to itself",
            json!({ "settings": { "type": "object", "properties": { "a": { "default": 1, "allOf": [{ "$ref": "#/properties/a" }] } } } }),
        ),
        (
            "settings-anchor",
            "refers to itself by another name",
            json!({ "settings": { "type": "object", "$dynamicAnchor": "x", "properties": { "a": { "$dynamicRef": "#x", "default": {} } } } }),
        ),
        ("settings-again", "looks at everything below again, at every level", json!({ "settings": again(18) })),
        (
            "settings-itself",
            "has a schema that refers to itself",
            json!({ "settings": { "type": "object", "properties": { "next": { "$ref": "#", "default": {} } } } }),
        ),
        ("settings-defaults", "has a default of 100 kB in a thousand places", json!({ "settings": defaults(1_000) })),
        (
            "settings-patterns",
            "has a pattern that is megabytes when compiled",
            json!({ "settings": pattern("(\\w{200}){20}") }),
        ),
        ("settings-many-patterns", "has 2,000 patterns", json!({ "settings": many_patterns(2_000) })),
        ("settings-deep", "has a schema a hundred levels deep", json!({ "settings": deep(100) })),
    ] {
        class.add(name, tries, POINT, wrong(), move |guest| changed(guest, &fields));
    }
    for (name, tries, fields) in [
        (
            "pattern-backtrack",
            "has a pattern that takes ages where patterns backtrack",
            json!({ "settings": pattern("^(a+)+$") }),
        ),
        ("settings-one-of", "has one choice in another, as deep as may be", json!({ "settings": one_of(17) })),
        ("settings-not", "says not not not, as deep as may be", json!({ "settings": not(34) })),
        (
            "markup",
            "describes itself in markup, which is text to every template",
            json!({ "description": "<script>alert(1)</script>" }),
        ),
    ] {
        class.add(name, tries, POINT, Verdict::Harmless, move |guest| changed(guest, &fields));
    }
    for (name, tries, why, bytes) in [
        ("none", "carries no manifest", "NoManifest", None),
        ("empty", "carries an empty manifest", "Manifest", Some(Vec::new())),
        ("binary", "carries bytes for a manifest", "Manifest", Some(vec![0xff; 100])),
        ("large", "carries a manifest of 300 kB", "Manifest", Some(vec![b' '; 300_000])),
        ("nested", "carries a manifest of 100,000 brackets", "Manifest", Some(vec![b'['; 100_000])),
        ("list", "carries a list for a manifest", "Manifest", Some(b"[]".to_vec())),
    ] {
        class.add_bytes(name, tries, POINT, Verdict::Refused(why), move || {
            let mut wasm = wat::parse_str(format!("(component {})", super::handles::A_POINT)).expect("it is valid");
            if let Some(bytes) = &bytes {
                append_section(&mut wasm, "boomerang:manifest", bytes);
            }
            wasm
        });
    }
    class.cases
}

fn changed(guest: Guest, fields: &Json) -> Guest {
    guest.answers_nothing(POINT.id()).manifest(|manifest| {
        for (name, value) in fields.as_object().expect("fields are an object") {
            manifest[name] = value.clone();
        }
    })
}

/// A schema in which every definition asks for the next one twice.
fn laughs(depth: usize) -> Json {
    let mut definitions = json!({ "d0": { "type": "integer" } });
    for level in 1..=depth {
        let below = json!({ "$ref": format!("#/$defs/d{}", level - 1) });
        definitions[format!("d{level}")] = json!({ "allOf": [below, below] });
    }
    let top = json!({ "$ref": format!("#/$defs/d{depth}"), "default": 1 });
    json!({ "type": "object", "properties": { "a": { "default": 1, "allOf": [top] } }, "$defs": definitions })
}

/// A schema of two properties, each of which is the schema.
fn tree() -> Json {
    let again = json!({ "$ref": "#", "default": {} });
    json!({ "type": "object", "properties": { "a": again, "b": again } })
}

fn again(levels: usize) -> Json {
    let inner = json!({ "type": "object" });
    (0..levels).fold(inner, |inner, _| json!({ "type": "object", "allOf": [inner], "unevaluatedProperties": false }))
}

fn defaults(places: usize) -> Json {
    let properties: serde_json::Map<_, _> =
        (0..places).map(|place| (format!("p{place}"), json!({ "$ref": "#/$defs/long" }))).collect();
    json!({ "type": "object", "properties": properties, "$defs": { "long": { "default": "x".repeat(100_000) } } })
}

fn one_of(levels: usize) -> Json {
    let inner = (0..levels).fold(json!({ "type": "integer" }), |inner, _| json!({ "oneOf": [inner] }));
    json!({ "type": "object", "properties": { "a": { "default": 1, "oneOf": [inner] } } })
}

fn not(levels: usize) -> Json {
    let inner = (0..levels).fold(json!({ "type": "integer" }), |inner, _| json!({ "not": inner }));
    json!({ "type": "object", "properties": { "a": { "default": 1, "anyOf": [inner] } } })
}

fn pattern(pattern: &str) -> Json {
    json!({ "type": "object", "properties": { "a": { "type": "string", "pattern": pattern, "default": "aaa" } } })
}

fn many_patterns(count: usize) -> Json {
    let one =
        |index: usize| (format!("p{index}"), json!({ "type": "string", "pattern": format!("^[a-z]{{1,9}}{index}$") }));
    let properties: serde_json::Map<_, _> = (0..count).map(one).collect();
    json!({ "type": "object", "properties": properties })
}

fn deep(levels: usize) -> Json {
    (0..levels).fold(json!({ "type": "object" }), |inner, _| json!({ "type": "object", "properties": { "a": inner } }))
}
