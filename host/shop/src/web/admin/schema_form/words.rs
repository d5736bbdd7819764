//! Errors in the merchant's words. A schema's own words name types, patterns and small units; what a form can say better,
//! it says itself.

use serde_json::Value;

use super::schema::{Control, Schema, Unit};
use crate::web::admin::units;
use crate::words::minor_digits;

/// What is wrong with a value. `message` is the schema's or the extension's.
pub(super) fn of(schema: Schema<'_>, value: &Value, message: &str, currency: &str) -> String {
    match schema.control() {
        Control::Number => number(schema, value, currency),
        Control::Text => text(schema, value, message),
        _ => None,
    }
    .unwrap_or_else(|| message.to_owned())
}

/// What to enter instead of something that is no number, or is out of range.
fn number(schema: Schema<'_>, value: &Value, currency: &str) -> Option<String> {
    let (low, high) = (schema.number("minimum"), schema.number("maximum"));
    if let Some(number) = value.as_i64() {
        let fits = low.is_none_or(|low| number >= low) && high.is_none_or(|high| number <= high);
        if fits {
            return None;
        }
    }
    let shown = |number: i64| match schema.unit() {
        Unit::Money => format!("{} {currency}", units::write(number, minor_digits(currency), true)),
        Unit::BasisPoints => format!("{} %", units::write(number, 2, false)),
        Unit::Other(_) => number.to_string(),
    };
    let what = match schema.unit() {
        Unit::Money => "an amount",
        Unit::BasisPoints => "a percentage",
        Unit::Other(_) => "a whole number",
    };
    let range = match (low, high) {
        (Some(low), Some(high)) => format!(" from {} to {}", shown(low), shown(high)),
        (Some(low), None) => format!(" of {} or more", shown(low)),
        (None, Some(high)) => format!(" of {} or less", shown(high)),
        (None, None) => String::new(),
    };
    let empty = if schema.is("null") { ", or leave it empty" } else { "" };
    Some(format!("Enter {what}{range}{empty}."))
}

/// What to enter instead of a text that is missing, too long or of another form.
fn text(schema: Schema<'_>, value: &Value, message: &str) -> Option<String> {
    let text = value.as_str()?;
    let length = i64::try_from(text.chars().count()).ok()?;
    let pattern = schema.text("pattern");
    if text.is_empty() && (schema.number("minLength").is_some_and(|least| least > 0) || !pattern.is_empty()) {
        return Some("Fill this in.".to_owned());
    }
    match schema.number("maxLength") {
        Some(most) if length > most => return Some(format!("Shorten this to {most} characters.")),
        _ => {}
    }
    // A pattern is for programs; the help beside the field says what is meant.
    (!pattern.is_empty() && message.contains(pattern))
        .then(|| "Enter this in the form that is described below.".to_owned())
}
