//! What stands before every operation, tried on every operation of the document.

use boomerang_shop::admin::Role;
use serde_json::{Value, json};

use crate::document::Operation;
use crate::world::{Answer, Call, World};

/// One token for each right.
struct Tokens {
    shopper: String,
    customer: String,
    staff: String,
    owner: String,
}

impl Tokens {
    async fn new(world: &World) -> Self {
        Self {
            shopper: world.shopper().await,
            customer: world.customer("ann@example.com").await,
            staff: world.staff(Role::Staff).await,
            owner: world.staff(Role::Owner).await,
        }
    }

    /// The token with the least right that may call an operation.
    fn for_operation(&self, operation: &Operation) -> Option<&str> {
        match operation.access()?.1 {
            "session" => Some(&self.shopper),
            "customer" => Some(&self.customer),
            "staff" => Some(&self.staff),
            "owner" => Some(&self.owner),
            right => panic!("unknown right {right}"),
        }
    }
}

/// A request to an operation with the path's examples and, if the operation takes one, a body.
fn call<'a>(world: &'a World, operation: &Operation, shop: &str) -> Call<'a> {
    let path = operation.path_with(|name| {
        if name == "shop" { shop.to_owned() } else { operation.path_example(name).unwrap_or_default() }
    });
    world.request(&operation.method, &path)
}

/// Adds the body of the example.
fn with_example<'a>(world: &World, operation: &Operation, call: Call<'a>) -> Call<'a> {
    let document = world.document();
    match operation.body(&document) {
        Some((media_type, _, Some(example))) => call.body(media_type, example.to_string()),
        Some((media_type, _, None)) => call.body(media_type, "nonsense"),
        None => call,
    }
}

fn assert_problem(operation: &Operation, answer: &Answer, status: u16, kind: &str) {
    assert_eq!((answer.status, answer.problem()), (status, kind), "{}: {:#}", operation.id, answer.json);
    for member in ["type", "title", "detail"] {
        assert!(answer.json[member].as_str().is_some_and(|text| !text.is_empty()), "{}: no {member}", operation.id);
    }
    assert_eq!(answer.headers["content-type"], "application/problem+json");
}

/// The operations that belong to a shop.
fn operations(world: &World) -> Vec<Operation> {
    world.document().operations.iter().filter(|operation| operation.path.contains("{shop}")).cloned().collect()
}

#[tokio::test]
async fn no_operation_that_needs_a_token_answers_without_the_right_one() {
    let world = World::new().await;
    let tokens = Tokens::new(&world).await;
    let elsewhere = "f".repeat(64);
    for operation in operations(&world) {
        let Some((_, right)) = operation.access() else { continue };
        let send = async |token: Option<&str>| {
            let call = with_example(&world, &operation, call(&world, &operation, "demo").keyed());
            match token {
                Some(token) => call.token(token).send().await,
                None => call.send().await,
            }
        };
        assert_problem(&operation, &send(None).await, 401, "unauthenticated");
        assert_problem(&operation, &send(Some(&elsewhere)).await, 401, "unauthenticated");
        let (too_little, other_kind) = match right {
            "session" => (None, [&tokens.staff, &tokens.owner]),
            "customer" => (Some(&tokens.shopper), [&tokens.staff, &tokens.owner]),
            "staff" => (None, [&tokens.shopper, &tokens.customer]),
            _ => (Some(&tokens.staff), [&tokens.shopper, &tokens.customer]),
        };
        if let Some(token) = too_little {
            assert_problem(&operation, &send(Some(token)).await, 403, "forbidden");
        }
        for token in other_kind {
            assert_problem(&operation, &send(Some(token)).await, 401, "unauthenticated");
        }
    }
}

#[tokio::test]
async fn a_token_of_one_shop_opens_nothing_in_another() {
    let world = World::new().await;
    let tokens = Tokens::new(&world).await;
    for operation in operations(&world) {
        let Some(token) = tokens.for_operation(&operation) else { continue };
        let answer =
            with_example(&world, &operation, call(&world, &operation, "other")).keyed().token(token).send().await;
        assert_problem(&operation, &answer, 401, "unauthenticated");
    }
}

#[tokio::test]
async fn an_unknown_shop_is_not_found_by_any_operation() {
    let world = World::new().await;
    for operation in operations(&world) {
        let answer = with_example(&world, &operation, call(&world, &operation, "nowhere")).keyed().send().await;
        assert_problem(&operation, &answer, 404, "not-found");
    }
}

#[tokio::test]
async fn every_write_without_a_sound_key_is_refused_before_it_is_read() {
    let world = World::new().await;
    let tokens = Tokens::new(&world).await;
    for operation in operations(&world).into_iter().filter(Operation::writes) {
        for key in [None, Some("short"), Some("has a space"), Some(&"x".repeat(129))] {
            let mut call = call(&world, &operation, "demo");
            if let Some(token) = tokens.for_operation(&operation) {
                call = call.token(token);
            }
            if let Some(key) = key {
                call = call.header("idempotency-key", key);
            }
            assert_problem(&operation, &call.send().await, 400, "idempotency-key-missing");
        }
    }
}

#[tokio::test]
async fn bad_bodies_are_refused_by_every_operation_that_takes_one() {
    let world = World::new().await;
    let tokens = Tokens::new(&world).await;
    let document = world.document();
    for operation in operations(&world) {
        let Some((media_type, schema, example)) = operation.body(&document) else { continue };
        let send = async |media_type: &str, body: Vec<u8>| {
            let mut call = call(&world, &operation, "demo").keyed().body(media_type, body);
            if let Some(token) = tokens.for_operation(&operation) {
                call = call.token(token);
            }
            call.send().await
        };
        assert_problem(&operation, &send("text/plain", b"x".to_vec()).await, 415, "unsupported-media-type");
        assert_problem(&operation, &send(media_type, vec![b' '; (32 << 20) + 1]).await, 413, "too-large");
        if media_type != "application/json" {
            continue;
        }
        for broken in [&b""[..], b"{", b"nope", b"{}}", b"{\"a\":\"\xff\"}"] {
            assert_problem(&operation, &send(media_type, broken.to_vec()).await, 400, "malformed-json");
        }
        for wrong in [json!([]), json!(null), json!("text"), json!(1)] {
            assert_problem(&operation, &send(media_type, wrong.to_string().into()).await, 422, "invalid");
        }
        let free_form = document.resolve(schema)["properties"].is_null() && document.resolve(schema)["allOf"].is_null();
        if let (Some(Value::Object(mut example)), false) = (example, free_form) {
            example.insert("no_such_member".into(), Value::Null);
            let answer = send(media_type, Value::Object(example).to_string().into()).await;
            assert_problem(&operation, &answer, 422, "invalid");
        }
    }
}

#[tokio::test]
async fn every_list_answers_a_page_that_it_does_not_have_as_the_document_says() {
    let world = World::new().await;
    let tokens = Tokens::new(&world).await;
    let is_list = |operation: &Operation| operation.parameters.iter().any(|parameter| parameter["name"] == "cursor");
    let lists: Vec<_> = operations(&world).into_iter().filter(is_list).collect();
    assert!(!lists.is_empty());
    for operation in lists {
        for query in ["cursor=", "cursor=nowhere", "cursor=-1", "cursor=%00", "cursor=99999999999", "limit=many"] {
            let call = call(&world, &operation, "demo").query(query);
            let call = match tokens.for_operation(&operation) {
                Some(token) => call.token(token),
                None => call,
            };
            // That the document has the answer is looked at wherever something is sent.
            let answer = call.send().await;
            assert!(answer.status < 500, "{} ?{query}: {:#}", operation.id, answer.json);
        }
    }
}

#[tokio::test]
async fn paths_that_do_not_read_or_do_not_exist_are_problems_too() {
    let world = World::new().await;
    for (method, path, status, kind) in [
        ("GET", "/api/v1/%FF/session", 400, "malformed-request"),
        ("GET", "/api/v1/demo/no-such-thing", 404, "not-found"),
        ("GET", "/api/nothing", 404, "not-found"),
        ("PATCH", "/api/v1/demo/session", 405, "method-not-allowed"),
        ("POST", "/api/openapi.json", 405, "method-not-allowed"),
    ] {
        let answer = world.request(method, path).send().await;
        assert_eq!((answer.status, answer.problem()), (status, kind), "{method} {path}");
        assert_eq!(answer.headers["content-type"], "application/problem+json");
    }
    let answer = world.request("PATCH", "/api/v1/demo/session").send().await;
    let allowed = answer.headers["allow"].to_str().unwrap();
    assert!(allowed.contains("GET") && allowed.contains("DELETE"), "{allowed}");
}
