//! Rules that hold for every operation of the document, whatever it does.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::document::{Document, Operation};
use crate::world::World;

fn failures(document: &Document, rule: impl Fn(&Operation) -> Result<(), String>) -> Vec<String> {
    let broken = |operation: &Operation| {
        rule(operation)
            .err()
            .map(|error| format!("{} {} ({}): {error}", operation.method, operation.path, operation.id))
    };
    document.operations.iter().filter_map(broken).collect()
}

fn ensure(holds: bool, error: impl Into<String>) -> Result<(), String> {
    if holds { Ok(()) } else { Err(error.into()) }
}

#[tokio::test]
async fn the_document_is_openapi_3_1_and_is_served_with_a_tag() {
    let world = World::new().await;
    let answer = world.get("/api/openapi.json").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["cache-control"], "no-cache");
    assert_eq!(world.get("/api/v1/demo").await.headers["cache-control"], "no-store");
    assert!(answer.json["openapi"].as_str().unwrap().starts_with("3.1."));
    let etag = answer.headers["etag"].to_str().unwrap();
    let again = world.request("GET", "/api/openapi.json").header("if-none-match", etag).send().await;
    assert_eq!((again.status, again.bytes.len()), (304, 0));
}

#[tokio::test]
async fn every_operation_has_an_id_of_its_own_a_summary_and_a_known_tag() {
    let document = World::new().await.document();
    let tags: BTreeSet<&str> =
        document.json["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    let mut ids = BTreeSet::new();
    for operation in &document.operations {
        assert!(
            !operation.id.is_empty() && ids.insert(operation.id.clone()),
            "{} {}",
            operation.method,
            operation.path
        );
    }
    let broken = failures(&document, |operation| {
        ensure(operation.json["summary"].as_str().is_some_and(|text| text.len() > 8), "has no summary")?;
        let known = operation.json["tags"][0].as_str().is_some_and(|tag| tags.contains(tag));
        ensure(known, format!("has the unknown tag {}", operation.json["tags"]))
    });
    assert!(broken.is_empty(), "{broken:#?}");
}

#[tokio::test]
async fn every_operation_says_who_may_call_it() {
    let document = World::new().await.document();
    let schemes = &document.json["components"]["securitySchemes"];
    let broken = failures(&document, |operation| {
        let security = operation.json["security"].as_array().ok_or("says nothing about security")?;
        let known = security.iter().flat_map(|entry| entry.as_object().unwrap().keys());
        ensure(known.into_iter().all(|scheme| schemes[scheme].is_object()), "names an unknown scheme")
    });
    assert!(broken.is_empty(), "{broken:#?}");
}

#[tokio::test]
async fn every_parameter_of_a_path_is_documented_with_an_example() {
    let document = World::new().await.document();
    let broken = failures(&document, |operation| {
        let names = operation.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        for name in names {
            ensure(operation.path_example(name).is_some(), format!("{{{name}}} has no example"))?;
        }
        let described = |parameter: &Value| parameter["description"].as_str().is_some_and(|text| !text.is_empty());
        ensure(operation.parameters.iter().all(described), "a parameter has no description")
    });
    assert!(broken.is_empty(), "{broken:#?}");
}

#[tokio::test]
async fn every_body_has_an_example_that_its_schema_accepts() {
    let document = World::new().await.document();
    let broken = failures(&document, |operation| {
        let Some((media_type, schema, example)) = operation.body(&document) else { return Ok(()) };
        if media_type != "application/json" {
            return Ok(());
        }
        document.conforms(schema, &example.ok_or("the body has no example")?)
    });
    assert!(broken.is_empty(), "{broken:#?}");
}

#[tokio::test]
async fn every_write_asks_for_an_idempotency_key_and_no_read_does() {
    let document = World::new().await.document();
    let broken = failures(&document, |operation| {
        let asks = operation.parameters.iter().any(|parameter| {
            parameter["name"] == "Idempotency-Key" && parameter["in"] == "header" && parameter["required"] == true
        });
        ensure(asks == operation.writes(), "is wrong about the key")
    });
    assert!(broken.is_empty(), "{broken:#?}");
}

#[tokio::test]
async fn every_failure_is_a_problem_and_every_success_is_documented() {
    let document = World::new().await.document();
    let broken = failures(&document, |operation| {
        let responses = operation.json["responses"].as_object().unwrap();
        ensure(responses.keys().any(|status| status.starts_with('2')), "documents no success")?;
        ensure(responses.contains_key("500"), "documents no failure of the server")?;
        for (status, response) in responses.iter().filter(|(status, _)| status.as_str() >= "400") {
            let problem = &response["content"]["application/problem+json"]["schema"]["$ref"];
            ensure(problem == "#/components/schemas/Problem", format!("{status} is no problem"))?;
        }
        Ok(())
    });
    assert!(broken.is_empty(), "{broken:#?}");
}

#[tokio::test]
async fn every_reference_leads_somewhere_and_every_member_of_a_schema_is_described() {
    fn walk(document: &Document, value: &Value) {
        document.resolve(value);
        match value {
            Value::Object(object) => object.values().for_each(|value| walk(document, value)),
            Value::Array(items) => items.iter().for_each(|value| walk(document, value)),
            _ => {}
        }
    }
    let document = World::new().await.document();
    walk(&document, &document.json["paths"]);
    walk(&document, &document.json["components"]);
    let mut bare = Vec::new();
    for (name, schema) in document.json["components"]["schemas"].as_object().unwrap() {
        for (member, schema) in schema["properties"].as_object().into_iter().flatten() {
            let described = |schema: &Value| schema["description"].as_str().is_some_and(|text| !text.is_empty());
            if !described(schema) && !described(document.resolve(schema)) {
                bare.push(format!("{name}.{member}"));
            }
        }
    }
    assert!(bare.is_empty(), "{bare:#?}");
}

#[tokio::test]
async fn problems_point_at_their_own_documentation() {
    let world = World::new().await;
    let unknown = world.get("/api/problems/made-up").await;
    assert_eq!(unknown.status, 404);
    let about = world.get(unknown.json["type"].as_str().unwrap()).await;
    assert_eq!((about.status, &about.json["title"]), (200, &unknown.json["title"]));
    let all = world.get("/api/problems").await;
    assert!(all.json.as_array().unwrap().contains(&about.json));
}
