//! The form in both directions.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use boomerang_engine::contract::SettingError;
use serde_json::{Value, json};

use super::node::{Kind, Node};
use super::*;
use crate::web::admin::sent::Sent;

fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "title": { "type": "string", "title": "Title", "minLength": 1, "default": "Sale" },
            "percent": { "type": ["integer", "null"], "x-unit": "basis-points", "minimum": 1, "maximum": 10_000, "default": null },
            "price": { "type": "integer", "x-unit": "money", "minimum": 0, "default": 0 },
            "on": { "type": "boolean", "default": false },
            "how": { "type": "string", "enum": ["live", "locked"], "default": "live" },
            "goods": { "type": "array", "items": { "type": "string", "x-of": "products" }, "default": [] },
            "gift": { "type": "string", "x-of": "products", "default": "" },
            "groups": { "type": "array", "items": { "type": "string", "x-of": "categories" }, "default": [] },
            "tags": { "type": "array", "items": { "type": "string" }, "default": [] },
            "rules": { "type": "array", "title": "Rules", "maxItems": 2, "default": [], "items": { "$ref": "#/$defs/rule" } },
            "odd": { "type": "object", "additionalProperties": { "type": "integer" }, "default": {} },
        },
        "$defs": { "rule": { "type": "object", "title": "Rule", "properties": {
            "id": { "type": "string", "title": "Id" },
            "limits": { "type": "object", "title": "Limits", "properties": { "a/b": { "type": "integer", "default": 3 } } },
        } } },
    })
}

fn settings() -> Value {
    json!({
        "title": "Three days", "percent": 1_250, "price": 1_999, "on": true, "how": "locked", "tags": ["vip", "new"],
        "goods": ["pot", "lost", "cup"], "gift": "mug", "groups": ["kitchen", "desk"],
        "rules": [{ "id": "one", "limits": { "a/b": 7 } }, { "id": "two", "limits": { "a/b": 8 } }],
        "odd": { "x": 1 },
    })
}

fn form<'a>(schema: &'a Value, value: &'a Value, errors: &'a [SettingError]) -> Node {
    let named = |id: &str| Named { id: id.into(), name: format!("The {id}") };
    let goods = Goods { products: ["cup", "mug", "pot"].map(named).into(), ..Goods::default() };
    Form { schema, value, errors, currency: "EUR", focus: None, goods: &goods }.build()
}

/// What a browser sends of a form that nobody has touched.
fn submitted(node: &Node, pairs: &mut Vec<(String, String)>) {
    let mut pair = |value: &str| pairs.push((node.name.clone(), value.to_owned()));
    match &node.kind {
        Kind::Text { value, .. } | Kind::Number { value, .. } | Kind::Lines { value } | Kind::Json { value } => {
            pair(value)
        }
        Kind::Check { on: true } => pair("on"),
        Kind::Check { on: false } => {}
        Kind::Choice { options } | Kind::Picks { options } => {
            options.iter().filter(|option| option.chosen).for_each(|option| pair(&option.value))
        }
        Kind::Group { nodes } => nodes.iter().for_each(|node| submitted(node, pairs)),
        Kind::List { items, .. } => {
            for item in items {
                pairs.push((item.name.clone(), "item".into()));
                submitted(item, pairs);
            }
        }
    }
}

async fn sent(pairs: &[(String, String)]) -> Sent {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let (parts, ()) = Request::new(()).into_parts();
    Sent::read(&parts, Body::from(body), true, Duration::from_secs(1)).await.unwrap()
}

async fn round_trip(schema: &Value, value: &Value) -> Value {
    let mut pairs = Vec::new();
    submitted(&form(schema, value, &[]), &mut pairs);
    read(schema, &sent(&pairs).await, "EUR")
}

#[tokio::test]
async fn an_untouched_form_gives_the_settings_back() {
    assert_eq!(round_trip(&schema(), &settings()).await, settings());
}

#[tokio::test]
async fn what_does_not_read_stays_as_it_was_typed() {
    let typed = json!({ "title": "", "percent": "a fifth", "price": "12.345", "on": false, "how": "live", "tags": [],
        "goods": [], "gift": "", "groups": [],
        "rules": [{ "id": "", "limits": { "a/b": "many" } }], "odd": "{ no json" });
    assert_eq!(round_trip(&schema(), &typed).await, typed);
}

#[test]
fn people_read_percent_and_money_where_the_schema_says_so() {
    let (schema, settings) = (schema(), settings());
    let root = form(&schema, &settings, &[]);
    let mut pairs = Vec::new();
    submitted(&root, &mut pairs);
    assert!(pairs.contains(&("/percent".into(), "12.5".into())) && pairs.contains(&("/price".into(), "19.99".into())));
}

#[test]
fn an_error_stands_at_its_field_and_is_named_by_its_path() {
    let (schema, mut settings) = (schema(), settings());
    settings["rules"][1]["limits"]["a/b"] = json!("many");
    settings["percent"] = json!(20_000);
    let error = |pointer: &str| SettingError { pointer: pointer.into(), message: "is wrong".into() };
    let errors = ["/rules/1/limits/a~1b", "/percent", "/tags/0", "/nothing", ""].map(error);
    let root = form(&schema, &settings, &errors);
    let summary = serde_json::to_value(root.summary()).unwrap();
    let shown: Vec<_> = summary
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (entry["label"].as_str().unwrap(), entry["message"].as_str().unwrap()))
        .collect();
    assert_eq!(
        shown,
        [
            ("", "is wrong"),
            ("", "is wrong"),
            ("percent", "Enter a percentage from 0.01 % to 100 %, or leave it empty."),
            ("tags", "is wrong"),
            ("Rules › two › Limits › a/b", "Enter a whole number."),
        ]
    );
}

#[test]
fn items_are_added_blank_and_removed_without_saving() {
    let (schema, mut value) = (schema(), settings());
    assert_eq!(add(&schema, &mut value, "/rules").as_deref(), Some("/rules/2"));
    assert_eq!(value["rules"][2], json!({ "id": "", "limits": { "a/b": 3 } }));
    assert!(remove(&mut value, "/rules/0") && !remove(&mut value, "/rules/9") && !remove(&mut value, "/title"));
    assert_eq!(value["rules"][0]["id"], "two");
    for no_list in ["/title", "/tags", "/nothing", "", "/rules/0"] {
        assert_eq!(add(&schema, &mut value, no_list), None, "{no_list}");
    }
    let full = form(&schema, &value, &[]);
    assert!(serde_json::to_string(&full).unwrap().contains("\"full\":true"), "the list has as many as it may");
}

#[tokio::test]
async fn gaps_of_removed_items_are_closed() {
    let pairs: Vec<(String, String)> =
        [("/rules/7", "item"), ("/rules/7/id", "seven"), ("/rules/3", "item"), ("/rules/3/id", "three")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec();
    let value = read(&schema(), &sent(&pairs).await, "EUR");
    assert_eq!((&value["rules"][0]["id"], &value["rules"][1]["id"]), (&json!("three"), &json!("seven")));
    assert_eq!(value.get("title"), None, "what was not sent gets its default");
}

#[test]
fn a_schema_that_refers_to_itself_ends() {
    let schema = json!({ "type": "object", "properties": { "again": { "$ref": "#" } } });
    assert!(form(&schema, &json!({}), &[]).summary().is_empty());
}

#[test]
fn goods_are_picked_by_name_and_what_is_chosen_stands_first() {
    let node = form(&schema(), &settings(), &[]);
    let Kind::Group { nodes } = &node.kind else { panic!("the settings are a group") };
    let part = |name: &str| &nodes.iter().find(|node| node.name == name).unwrap().kind;
    let Kind::Picks { options } = part("/goods") else { panic!("goods are picked") };
    let shown: Vec<_> = options.iter().map(|option| (option.label.as_str(), option.chosen)).collect();
    assert_eq!(shown, [("The pot", true), ("lost", true), ("The cup", true), ("The mug", false)]);
    let Kind::Choice { options } = part("/gift") else { panic!("one of the goods is chosen") };
    assert_eq!(options.len(), 3);
    assert!(matches!(part("/groups"), Kind::Lines { value } if value == "kitchen\ndesk"), "none are known");
}

#[tokio::test]
async fn nothing_ticked_is_an_empty_list() {
    assert_eq!(read(&schema(), &sent(&[]).await, "EUR")["goods"], json!([]));
}
