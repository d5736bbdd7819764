//! Settings: checked against the manifest's schema, completed with its defaults, and put into the form that the extension
//! wants to read at every call.

use std::sync::Arc;

use jsonschema::{PatternOptions, Validator};
use serde_json::Value;
use thiserror::Error;

use crate::call::Call;
use crate::call::failure::Failure;
use crate::call::invocation::Prepare;
use crate::call::text;
use crate::contract::SettingError;
use crate::engine::Engine;
use crate::extension::Extension;
use crate::point::Point;
use crate::schema::check_bounds;

/// Bytes of prepared settings.
const PREPARED: usize = 64 << 10;
/// Bytes of a regular expression, compiled.
const PATTERN: usize = 256 << 10;
/// How deep settings may nest.
const DEPTH: usize = 32;
/// Errors shown at once.
const ERRORS: usize = 50;

/// Settings in the form that an extension reads at every call. Keep them: they are made once, when the merchant saves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PreparedSettings(Arc<[u8]>);

impl PreparedSettings {
    /// Settings that were prepared before.
    pub fn from_bytes(bytes: impl Into<Arc<[u8]>>) -> Self {
        Self(bytes.into())
    }

    /// What `settings.get` answers.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn shared(&self) -> &Arc<[u8]> {
        &self.0
    }
}

/// Why settings were not accepted. The ones in force stay.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum SettingsError {
    /// The merchant has to change something.
    #[error("the settings are not valid: {}", list(.0))]
    Invalid(Vec<SettingError>),
    /// The extension could not check them.
    #[error("the extension could not check its settings ({reason:?}): {detail}")]
    Failed {
        /// Why, for programs.
        reason: crate::report::SkipReason,
        /// Why, in words.
        detail: String,
    },
}

fn list(errors: &[SettingError]) -> String {
    let all: Vec<_> = errors.iter().map(|error| format!("{}: {}", error.pointer, error.message)).collect();
    all.join("; ")
}

impl Extension {
    /// Checks settings against the manifest's schema and fills in its defaults.
    ///
    /// # Errors
    /// One entry for each thing that the merchant has to change.
    pub fn validate_settings(&self, settings: &Value) -> Result<Value, Vec<SettingError>> {
        validate(&self.manifest().settings.value(), settings)
    }
}

impl Engine {
    /// Checks settings, completes them, and lets the extension put them into the form that it wants at every call.
    ///
    /// # Errors
    /// What the merchant has to change, or why the extension failed to say.
    pub async fn prepare_settings(
        &self,
        extension: &Extension,
        call: &Call,
        settings: &Value,
    ) -> Result<PreparedSettings, SettingsError> {
        self.replace_settings(extension, call, settings, &PreparedSettings::default()).await
    }

    /// Prepares settings that will replace those in force, which may have been prepared by an earlier version of the
    /// extension. It can read them meanwhile, and so keep what it has promised under them: that a sale ends when it said.
    ///
    /// # Errors
    /// What the merchant has to change, or why the extension failed to say.
    pub async fn replace_settings(
        &self,
        extension: &Extension,
        call: &Call,
        settings: &Value,
        in_force: &PreparedSettings,
    ) -> Result<PreparedSettings, SettingsError> {
        let complete = extension.validate_settings(settings).map_err(SettingsError::Invalid)?;
        let json = complete.to_string();
        if !extension.points().contains(&Point::Configuration) {
            return Ok(PreparedSettings(json.into_bytes().into()));
        }
        let finished = self.run(extension, in_force.shared(), call, &Prepare { settings: &json }).await;
        match finished.result {
            Ok(Ok(bytes)) => Ok(PreparedSettings(bytes.into())),
            Ok(Err(errors)) => Err(SettingsError::Invalid(errors)),
            Err(Failure { reason, detail }) => Err(SettingsError::Failed { reason, detail }),
        }
    }
}

/// The rules for what `configuration.prepare` gives back.
pub(crate) fn check_prepared(output: &Result<Vec<u8>, Vec<SettingError>>) -> Result<(), String> {
    match output {
        Ok(bytes) if bytes.len() > PREPARED => {
            Err(format!("prepared settings have {} bytes; at most {PREPARED}", bytes.len()))
        }
        Err(errors) if errors.is_empty() || errors.len() > ERRORS => {
            Err(format!("{} errors about settings; give 1 to {ERRORS}", errors.len()))
        }
        Err(errors)
            if errors
                .iter()
                .any(|error| !text::is_line(&error.pointer, 500) || !text::is_line(&error.message, 500)) =>
        {
            Err("an error about settings is longer than 500 characters or has control characters".into())
        }
        _ => Ok(()),
    }
}

/// A validator that fetches nothing and matches patterns in linear time: the schema is the extension's.
fn validator(schema: &Value) -> Result<Validator, String> {
    jsonschema::options()
        .with_pattern_options(PatternOptions::regex().size_limit(PATTERN))
        .build(schema)
        .map_err(|error| text::escape(&error.to_string(), 300))
}

/// The schema can be used, describes an object, and its defaults satisfy it.
pub(crate) fn check_schema(schema: &Value) -> Result<(), String> {
    if schema.get("type").and_then(Value::as_str) != Some("object") {
        return Err("it has to describe an object: `\"type\": \"object\"`".into());
    }
    check_bounds(schema)?;
    let validator = validator(schema)?;
    let mut defaults = Value::Object(serde_json::Map::new());
    fill(schema, schema, &mut defaults, DEPTH);
    match validator.iter_errors(&defaults).next() {
        Some(error) => Err(format!(
            "the defaults do not satisfy it: {} {}",
            error.instance_path(),
            text::escape(&error.to_string(), 200)
        )),
        None => Ok(()),
    }
}

fn validate(schema: &Value, settings: &Value) -> Result<Value, Vec<SettingError>> {
    let one = |pointer: &str, message: String| vec![SettingError { pointer: pointer.into(), message }];
    if !is_shallow(settings, DEPTH) {
        return Err(one("", format!("The settings nest deeper than {DEPTH} levels.")));
    }
    let validator = validator(schema).map_err(|reason| one("", reason))?;
    let mut complete = settings.clone();
    fill(schema, schema, &mut complete, DEPTH);
    let errors: Vec<_> = validator
        .iter_errors(&complete)
        .take(ERRORS)
        .map(|error| SettingError {
            pointer: error.instance_path().to_string(),
            message: text::escape(&error.to_string(), 300),
        })
        .collect();
    if errors.is_empty() { Ok(complete) } else { Err(errors) }
}

fn is_shallow(value: &Value, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    match value {
        Value::Array(items) => items.iter().all(|item| is_shallow(item, depth)),
        Value::Object(fields) => fields.values().all(|field| is_shallow(field, depth)),
        _ => true,
    }
}

/// Puts the schema's defaults where `value` has nothing. No schema refers to itself, and the depth bounds it all the same.
fn fill(root: &Value, schema: &Value, value: &mut Value, depth: usize) {
    let Some(depth) = depth.checked_sub(1) else { return };
    if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        if let Some(target) = target.strip_prefix('#').and_then(|pointer| root.pointer(pointer)) {
            fill(root, target, value, depth);
        }
        return;
    }
    match value {
        Value::Object(fields) => {
            let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
                return;
            };
            for (name, property) in properties {
                match fields.get_mut(name) {
                    Some(field) => fill(root, property, field, depth),
                    None => {
                        if let Some(default) = property.get("default") {
                            let mut field = default.clone();
                            fill(root, property, &mut field, depth);
                            fields.insert(name.clone(), field);
                        }
                    }
                }
            }
        }
        Value::Array(items) => {
            if let Some(of) = schema.get("items") {
                items.iter_mut().for_each(|item| fill(root, of, item, depth));
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Value {
        json!({
            "type": "object",
            "additionalProperties": false,
            "properties": {
                "percent": { "type": "integer", "minimum": 0, "maximum": 100, "default": 10 },
                "sales": { "type": "array", "default": [], "items": { "$ref": "#/$defs/sale" } },
            },
            "$defs": { "sale": {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": { "type": "string", "pattern": "^[a-z]+$" },
                    "priority": { "type": "integer", "default": 1 },
                },
            } },
        })
    }

    #[test]
    fn defaults_are_filled_in_everywhere() {
        let given = json!({ "sales": [{ "id": "summer" }] });
        assert_eq!(
            validate(&schema(), &given).unwrap(),
            json!({ "percent": 10, "sales": [{ "id": "summer", "priority": 1 }] })
        );
        assert_eq!(check_schema(&schema()), Ok(()));
    }

    #[test]
    fn errors_point_at_the_setting() {
        let given = json!({ "percent": 250, "sales": [{ "id": "S1" }], "extra": 1 });
        let errors = validate(&schema(), &given).unwrap_err();
        let pointers: Vec<_> = errors.iter().map(|error| error.pointer.as_str()).collect();
        assert!(pointers.contains(&"/percent"), "{errors:?}");
        assert!(pointers.contains(&"/sales/0/id"), "{errors:?}");
        assert!(pointers.contains(&""), "{errors:?}");
    }

    #[test]
    fn settings_that_are_no_object_are_refused() {
        for value in [json!(null), json!([]), json!("x"), json!(1)] {
            assert!(validate(&schema(), &value).is_err(), "{value}");
        }
    }

    #[test]
    fn a_schema_that_refers_to_itself_is_refused() {
        let schema = json!({
            "type": "object",
            "properties": { "next": { "$ref": "#", "default": {} } },
        });
        assert!(check_schema(&schema).unwrap_err().contains("itself"));
    }

    #[test]
    fn deep_settings_are_refused() {
        let deep = (0..100).fold(json!({}), |inner, _| json!({ "a": inner }));
        assert!(validate(&json!({ "type": "object" }), &deep).is_err());
    }

    #[test]
    fn a_default_that_breaks_the_schema_is_refused() {
        let schema = json!({
            "type": "object",
            "properties": { "percent": { "type": "integer", "maximum": 100, "default": 250 } },
        });
        assert!(check_schema(&schema).unwrap_err().contains("/percent"));
    }

    #[test]
    fn prepared_settings_are_bounded() {
        assert!(check_prepared(&Ok(vec![0; PREPARED])).is_ok());
        assert!(check_prepared(&Ok(vec![0; PREPARED + 1])).is_err());
        assert!(check_prepared(&Err(vec![])).is_err());
    }
}
