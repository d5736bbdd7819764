//! What a schema cannot say about settings.

use alloc::{string::String, vec::Vec};

use boomerang_sdk::joined;
use boomerang_sdk::types::SettingError;

use crate::settings::{AppliesTo, ExpiryPolicy, Settings};

/// The settings, or what the merchant has to change.
pub fn check(settings: Settings) -> Result<Settings, Vec<SettingError>> {
    let mut errors = Vec::new();
    let mut wrong = |pointer: String, message: &str| errors.push(SettingError::new(pointer, message));

    for (position, rule) in settings.earning.rules.iter().enumerate() {
        if rule.applies_to != AppliesTo::Everything && rule.value.is_empty() {
            wrong(
                joined!("/earning/rules/", position, "/value"),
                "Enter the product, category or tag that the rule is about, or let it apply to everything.",
            );
        }
        if settings.earning.rules[..position].iter().any(|other| other.id == rule.id) {
            wrong(joined!("/earning/rules/", position, "/id"), "Another rule has this name. Give each its own.");
        }
    }
    let redemption = &settings.redemption;
    if redemption.enabled && !redemption.minimum.is_multiple_of(redemption.step.max(1)) {
        wrong("/redemption/minimum".into(), "Enter a multiple of the step, or the minimum itself could not be spent.");
    }
    let mut lowest = 0;
    for (position, level) in settings.tiers.levels.iter().enumerate() {
        if position > 0 && level.from <= lowest {
            wrong(
                joined!("/tiers/levels/", position, "/from"),
                "Enter more than the level before it needs: levels go from the lowest to the highest.",
            );
        }
        lowest = level.from;
        if settings.tiers.levels[..position].iter().any(|other| other.id == level.id) {
            wrong(joined!("/tiers/levels/", position, "/id"), "Another level has this id. Give each its own.");
        }
    }
    let expiry = &settings.expiry;
    let rolling = matches!(expiry.policy, ExpiryPolicy::Days | ExpiryPolicy::Inactivity);
    if rolling && expiry.warn_days >= expiry.days {
        wrong("/expiry/warn-days".into(), "Enter fewer days than the points are valid for.");
    }
    if errors.is_empty() { Ok(settings) } else { Err(errors) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointers(json: &str) -> Vec<String> {
        let settings =
            crate::json::read(boomerang_sdk::settings::read_value(json).expect("a JSON text")).expect("settings");
        check(settings).unwrap_err().into_iter().map(|error| error.pointer).collect()
    }

    #[test]
    fn a_rule_needs_something_to_apply_to_and_a_name_of_its_own() {
        let json = r#"{"earning": {"rules": [{"id": "a", "applies-to": "tag"}, {"id": "a"}]}}"#;
        assert_eq!(pointers(json), ["/earning/rules/0/value", "/earning/rules/1/id"]);
    }

    #[test]
    fn levels_rise_and_have_names_of_their_own() {
        let json = r#"{"tiers": {"levels": [
            {"id": "a", "name": "A", "from": 100}, {"id": "a", "name": "B", "from": 100}]}}"#;
        assert_eq!(pointers(json), ["/tiers/levels/1/from", "/tiers/levels/1/id"]);
    }

    #[test]
    fn a_minimum_can_be_spent_and_a_warning_comes_before_the_end() {
        assert_eq!(pointers(r#"{"redemption": {"minimum": 150, "step": 100}}"#), ["/redemption/minimum"]);
        assert_eq!(pointers(r#"{"expiry": {"policy": "days", "days": 14, "warn-days": 14}}"#), ["/expiry/warn-days"]);
    }
}
