use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value as Any, json};

use super::*;
use crate::types::SettingError;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Policy {
    Locked,
    Grace { minutes: u32 },
    Pair(u8, u8),
    Named(String),
}

#[derive(Debug, PartialEq, Deserialize)]
struct Settings {
    #[serde(default)]
    policies: Vec<Policy>,
    #[serde(default)]
    limits: BTreeMap<String, Option<i32>>,
}

fn error_of(json: &str) -> SettingError {
    from_str::<Settings>(json).unwrap_err().into()
}

#[test]
fn structs_choices_and_options_are_read() {
    let settings: Settings = from_str(
        r#" { "policies": ["locked", {"grace": {"minutes": 10}}, {"pair": [1, 2]}, {"named": "a"}],
              "limits": {"a": null, "b": -3}, "unknown": [{"x": [true, false, "\u00e9"]}] } "#,
    )
    .unwrap();
    let policies = [Policy::Locked, Policy::Grace { minutes: 10 }, Policy::Pair(1, 2), Policy::Named("a".into())];
    assert_eq!(settings.policies, policies);
    assert_eq!(settings.limits.into_iter().collect::<Vec<_>>(), [("a".into(), None), ("b".into(), Some(-3))]);
}

#[test]
fn an_error_says_where_it_is() {
    for (json, pointer) in [
        (r#"{"limits": {"a/b~c": "x"}}"#, "/limits/a~1b~0c"),
        (r#"{"limits": {"a": 3000000000}}"#, "/limits/a"),
        (r#"{"limits": {"a": 1.5}}"#, "/limits/a"),
        (r#"{"policies": ["locked", "unknown"]}"#, "/policies/1"),
        (r#"{"policies": [{"grace": {"minutes": -1}}]}"#, "/policies/0/grace/minutes"),
        (r#"{"policies": [{"grace": {}}]}"#, "/policies/0/grace"),
        (r#"{"policies": [{"pair": [1, 2, 3]}]}"#, "/policies/0/pair"),
        (r#"{"policies": [{"grace": {"minutes": 1}, "pair": [1, 2]}]}"#, "/policies/0"),
    ] {
        assert_eq!(error_of(json).pointer, pointer, "{json}");
    }
}

#[test]
fn what_is_no_json_is_refused() {
    for json in [
        "",
        "{",
        "}",
        "{]",
        "{,}",
        r#"{"a"}"#,
        r#"{"a":}"#,
        r#"{"a":1,}"#,
        r#"{"a":1 "b":2}"#,
        r#"{"a":[1 2]}"#,
        r#"{"a":[1,]}"#,
        r#"{"a":01}"#,
        r#"{"a":-}"#,
        r#"{"a":+1}"#,
        r#"{"a":tru}"#,
        r#"{"a":"x}"#,
        r#"{"a":"\x"}"#,
        r#"{"a":"\u12"}"#,
        r#"{"a":"\ud800"}"#,
        r#"{"a":"\ud800\u0041"}"#,
        "{\"a\":\"\n\"}",
        "{} {}",
        r#"{"a":"\é"}"#,
        r#"{a:1}"#,
        r#"{"a":-0x1}"#,
    ] {
        assert!(from_str::<Settings>(json).is_err(), "{json}");
        assert!(serde_json::from_str::<Any>(json).is_err(), "{json}");
    }
}

#[test]
fn deep_nesting_is_refused_before_the_stack_ends() {
    let json = "[".repeat(100_000);
    assert!(parse(&json).unwrap_err().to_string().contains("too deeply"));
}

fn value() -> impl Strategy<Value = Any> {
    let leaf = prop_oneof![
        Just(Any::Null),
        any::<bool>().prop_map(Any::from),
        any::<i64>().prop_map(Any::from),
        any::<String>().prop_map(Any::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Any::from),
            prop::collection::btree_map(any::<String>(), inner, 0..6).prop_map(|map| json!(map)),
        ]
    })
}

proptest! {
    #[test]
    fn every_value_without_fractions_is_read_as_it_was_written(value in value()) {
        prop_assert_eq!(&from_str::<Any>(&value.to_string()).unwrap(), &value);
        prop_assert_eq!(&from_str::<Any>(&serde_json::to_string_pretty(&value).unwrap()).unwrap(), &value);
    }

    #[test]
    fn no_text_makes_it_panic(text: String) {
        let _ = from_str::<Any>(&text);
    }

    #[test]
    fn a_text_cut_short_is_refused(value in value(), cut: prop::sample::Index) {
        let text = json!([value]).to_string();
        let end = text.floor_char_boundary(cut.index(text.len()));
        prop_assert!(from_str::<Any>(&text[..end]).is_err());
    }
}
