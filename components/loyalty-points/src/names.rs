//! What the settings are called, in the merchant's JSON and in the manifest's schema.

use crate::fields::{Choice, Fields, Walk, choice, group, large, list, number, texts};
use crate::settings::{
    AppliesTo, Bonuses, Deficit, Earning, Expiry, ExpiryPolicy, GrantOn, Level, Limit, LimitedRule, Name, Redemption,
    Rounding, Rule, Safeguards, Settings, SignUpOn, Span, Stacking, TierBasis, Tiers,
};

/// Says by which words the merchant chooses.
macro_rules! words {
    ($($choice:ident { $($variant:ident = $name:literal),+ })+) => {
        $(impl Choice for $choice {
            const NAMES: &'static [&'static str] = &[$($name),+];
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            fn position(self) -> usize {
                self as usize
            }
        })+
    };
}

words! {
    Rounding { Floor = "floor", Nearest = "nearest", Ceil = "ceil" }
    GrantOn { Placed = "placed", Paid = "paid", Delivered = "delivered" }
    Stacking { Stack = "stack", Priority = "priority" }
    AppliesTo { Everything = "everything", Product = "product", Category = "category", Tag = "tag" }
    LimitedRule { Everything = "everything", Purchase = "purchase", Review = "review", Referral = "referral" }
    Span { Day = "day", Week = "week", Month = "month" }
    SignUpOn { Registered = "registered", Verified = "verified" }
    ExpiryPolicy {
        Never = "never",
        Days = "days",
        EndOfMonth = "end-of-month",
        EndOfYear = "end-of-year",
        Inactivity = "inactivity"
    }
    TierBasis { Points = "points", Spent = "spent" }
    Deficit { Allow = "allow", Clamp = "clamp" }
}

impl Walk for Settings {
    fn walk(&mut self, fields: &mut dyn Fields) {
        group(fields, "name", &mut self.name);
        group(fields, "earning", &mut self.earning);
        group(fields, "bonuses", &mut self.bonuses);
        group(fields, "redemption", &mut self.redemption);
        group(fields, "expiry", &mut self.expiry);
        group(fields, "tiers", &mut self.tiers);
        group(fields, "safeguards", &mut self.safeguards);
    }
}

impl Walk for Name {
    fn walk(&mut self, fields: &mut dyn Fields) {
        fields.text("one", &mut self.one);
        fields.text("many", &mut self.many);
    }
}

impl Walk for Earning {
    fn walk(&mut self, fields: &mut dyn Fields) {
        number(fields, "points", &mut self.points);
        number(fields, "per", &mut self.per);
        choice(fields, "rounding", &mut self.rounding);
        fields.switch("include-tax", &mut self.include_tax);
        fields.switch("include-delivery", &mut self.include_delivery);
        choice(fields, "grant-on", &mut self.grant_on);
        number(fields, "pending-days", &mut self.pending_days);
        fields.switch("guests", &mut self.guests);
        choice(fields, "stacking", &mut self.stacking);
        list(fields, "rules", &mut self.rules);
        list(fields, "limits", &mut self.limits);
    }
}

impl Walk for Rule {
    fn walk(&mut self, fields: &mut dyn Fields) {
        fields.text("id", &mut self.id);
        choice(fields, "applies-to", &mut self.applies_to);
        fields.text("value", &mut self.value);
        number(fields, "multiplier", &mut self.multiplier);
        number(fields, "bonus-per-unit", &mut self.bonus_per_unit);
        let mut priority = i64::from(self.priority);
        fields.number("priority", &mut priority, i64::from(i32::MIN), i64::from(i32::MAX));
        self.priority = priority as i32;
    }
}

impl Walk for Limit {
    fn walk(&mut self, fields: &mut dyn Fields) {
        choice(fields, "rule", &mut self.rule);
        choice(fields, "per", &mut self.per);
        large(fields, "points", &mut self.points);
    }
}

impl Walk for Bonuses {
    fn walk(&mut self, fields: &mut dyn Fields) {
        number(fields, "first-order", &mut self.first_order);
        number(fields, "sign-up", &mut self.sign_up);
        choice(fields, "sign-up-on", &mut self.sign_up_on);
        number(fields, "birthday", &mut self.birthday);
        number(fields, "review", &mut self.review);
        number(fields, "referrer", &mut self.referrer);
        number(fields, "referred", &mut self.referred);
    }
}

impl Walk for Redemption {
    fn walk(&mut self, fields: &mut dyn Fields) {
        fields.switch("enabled", &mut self.enabled);
        number(fields, "points", &mut self.points);
        number(fields, "worth", &mut self.worth);
        number(fields, "cap", &mut self.cap);
        large(fields, "minimum", &mut self.minimum);
        large(fields, "step", &mut self.step);
        texts(fields, "excluded-products", &mut self.excluded_products);
    }
}

impl Walk for Expiry {
    fn walk(&mut self, fields: &mut dyn Fields) {
        choice(fields, "policy", &mut self.policy);
        number(fields, "days", &mut self.days);
        number(fields, "months", &mut self.months);
        number(fields, "years", &mut self.years);
        number(fields, "warn-days", &mut self.warn_days);
        fields.switch("dry-run", &mut self.dry_run);
    }
}

impl Walk for Tiers {
    fn walk(&mut self, fields: &mut dyn Fields) {
        choice(fields, "basis", &mut self.basis);
        number(fields, "window-days", &mut self.window_days);
        number(fields, "grace-days", &mut self.grace_days);
        list(fields, "levels", &mut self.levels);
    }
}

impl Walk for Level {
    fn walk(&mut self, fields: &mut dyn Fields) {
        fields.text("id", &mut self.id);
        fields.text("name", &mut self.name);
        large(fields, "from", &mut self.from);
        number(fields, "multiplier", &mut self.multiplier);
    }
}

impl Walk for Safeguards {
    fn walk(&mut self, fields: &mut dyn Fields) {
        choice(fields, "deficit", &mut self.deficit);
        texts(fields, "skip-flags", &mut self.skip_flags);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use boomerang_sdk::money::WHOLE;
    use boomerang_sdk::types::SettingError;

    use crate::fields::{pack, unpack};
    use crate::json;

    fn read(json: &str) -> Result<Settings, Vec<SettingError>> {
        json::read(boomerang_sdk::settings::read_value(json).expect("a JSON text"))
    }

    fn pointers(json: &str) -> Vec<String> {
        read(json).unwrap_err().into_iter().map(|error| error.pointer).collect()
    }

    #[test]
    fn empty_settings_are_the_safe_defaults() {
        assert_eq!(read("{}"), Ok(Settings::default()));
        assert_eq!(read(r#"{"earning": {}, "tiers": {"levels": []}}"#), Ok(Settings::default()));
    }

    /// Every default in the manifest's schema, gathered into the settings that a form starts with.
    fn defaults(schema: &serde_json::Value) -> serde_json::Value {
        match schema["properties"].as_object() {
            None => schema["default"].clone(),
            Some(properties) => properties.iter().map(|(name, schema)| (name.clone(), defaults(schema))).collect(),
        }
    }

    #[test]
    fn the_defaults_of_the_manifest_are_those_of_the_code() {
        let manifest: serde_json::Value = serde_json::from_str(include_str!("../manifest.json")).unwrap();
        let defaults = defaults(&manifest["settings"]);
        assert!(defaults["redemption"]["cap"].is_u64(), "a default for every setting: {defaults}");
        assert_eq!(read(&defaults.to_string()), Ok(Settings::default()));
    }

    #[test]
    fn every_setting_is_read_and_survives_packing() {
        let json = r#"{
            "name": {"one": "star", "many": "stars"},
            "earning": {"points": 2, "per": 300, "rounding": "ceil", "include-tax": false, "include-delivery": true,
                "grant-on": "delivered", "pending-days": 14, "guests": false, "stacking": "priority",
                "rules": [{"id": "shoes", "applies-to": "category", "value": "boots", "multiplier": 20000,
                    "bonus-per-unit": 3, "priority": -4}],
                "limits": [{"rule": "review", "per": "week", "points": 100}]},
            "bonuses": {"first-order": 1, "sign-up": 2, "sign-up-on": "registered", "birthday": 3, "review": 4,
                "referrer": 5, "referred": 6},
            "redemption": {"enabled": false, "points": 7, "worth": 8, "cap": 9, "minimum": 10, "step": 11,
                "excluded-products": ["gift-card"]},
            "expiry": {"policy": "end-of-year", "days": 12, "months": 13, "years": 14, "warn-days": 15,
                "dry-run": false},
            "tiers": {"basis": "spent", "window-days": 16, "grace-days": 17,
                "levels": [{"id": "gold", "name": "Gold", "from": 18}]},
            "safeguards": {"deficit": "clamp", "skip-flags": ["test"]}
        }"#;
        let expected = Settings {
            name: Name { one: "star".into(), many: "stars".into() },
            earning: Earning {
                points: 2,
                per: 300,
                rounding: Rounding::Ceil,
                include_tax: false,
                include_delivery: true,
                grant_on: GrantOn::Delivered,
                pending_days: 14,
                guests: false,
                stacking: Stacking::Priority,
                rules: vec![Rule {
                    id: "shoes".into(),
                    applies_to: AppliesTo::Category,
                    value: "boots".into(),
                    multiplier: 20_000,
                    bonus_per_unit: 3,
                    priority: -4,
                }],
                limits: vec![Limit { rule: LimitedRule::Review, per: Span::Week, points: 100 }],
            },
            bonuses: Bonuses {
                first_order: 1,
                sign_up: 2,
                sign_up_on: SignUpOn::Registered,
                birthday: 3,
                review: 4,
                referrer: 5,
                referred: 6,
            },
            redemption: Redemption {
                enabled: false,
                points: 7,
                worth: 8,
                cap: 9,
                minimum: 10,
                step: 11,
                excluded_products: vec!["gift-card".into()],
            },
            expiry: Expiry {
                policy: ExpiryPolicy::EndOfYear,
                days: 12,
                months: 13,
                years: 14,
                warn_days: 15,
                dry_run: false,
            },
            tiers: Tiers {
                basis: TierBasis::Spent,
                window_days: 16,
                grace_days: 17,
                levels: vec![Level { id: "gold".into(), name: "Gold".into(), from: 18, multiplier: WHOLE }],
            },
            safeguards: Safeguards { deficit: Deficit::Clamp, skip_flags: vec!["test".into()] },
        };
        assert_eq!(unpack::<Settings>(&pack(&mut read(json).unwrap())), Ok(expected));
    }

    #[test]
    fn what_is_none_of_a_field_is_pointed_at() {
        let json = r#"{"earning": {"points": -1, "guests": "yes", "rounding": "up", "rules": [{"id": 7}, 8]},
            "redemption": {"excluded-products": "all", "cap": "all"}, "tiers": 3}"#;
        assert_eq!(
            pointers(json),
            [
                "/earning/points",
                "/earning/rounding",
                "/earning/guests",
                "/earning/rules/0/id",
                "/earning/rules/1",
                "/redemption/cap",
                "/redemption/excluded-products",
                "/tiers",
            ]
        );
        assert_eq!(pointers("7"), [""]);
    }

    #[test]
    fn an_unknown_setting_is_named() {
        let errors = read(r#"{"expiry": {"day": 3}}"#).unwrap_err();
        assert_eq!(errors[0].pointer, "/expiry");
        assert!(errors[0].message.contains("`day`"), "{}", errors[0].message);
    }
}
