//! What is refused before an order is placed: C5 and C9, and the table of countries itself.

mod support;

use boomerang_sdk::prelude::*;
use checkout_autofill::country::{Country, Region, normalise, pattern, regions};
use checkout_autofill::field::Part;
use checkout_autofill::settings::Settings;
use checkout_autofill::validate::validate;
use proptest::prelude::*;
use support::{ctx, form, typed};

fn filled(country: &str, postal_code: &str) -> CheckoutForm {
    let fields = [
        ("email", "ada@example.com"),
        ("shipping.country", country),
        ("shipping.name", "Ada Berger"),
        ("shipping.line1", "Street 1"),
        ("shipping.locality", "Town"),
        ("shipping.postal-code", postal_code),
    ];
    CheckoutForm { fields: fields.map(|(field, value)| typed(field, value)).into(), ..form(country) }
}

fn codes(form: &CheckoutForm) -> Vec<(String, String)> {
    validate(&Settings::default(), &ctx("en"), form).into_iter().map(|error| (error.field, error.code)).collect()
}

fn refused(field: &str, code: &str) -> Vec<(String, String)> {
    vec![(field.into(), code.into())]
}

#[test]
fn c5_right_form_passes() {
    assert_eq!(codes(&filled("AT", "1010")), []);
    assert_eq!(codes(&filled("NL", "1234ab")), [], "lenient about spaces and capitals");
    assert_eq!(codes(&filled("ZZ", "anything")), [], "a country that is not in the table");
}

#[test]
fn c5_postal_code_of_another_country_is_refused_with_an_example() {
    let form = filled("AT", "26133");
    assert_eq!(codes(&form), refused("shipping.postal-code", "postal-code-format"));
    let error = &validate(&Settings::default(), &ctx("en"), &form)[0];
    assert_eq!(error.remedy, "Enter one such as 1010.");
    let lenient = Settings { check_postal_codes: false, ..Settings::default() };
    assert!(validate(&lenient, &ctx("en"), &form).is_empty());
}

#[test]
fn c5_region_is_accepted_by_code_and_name_and_nothing_else() {
    let with_region = |region: &str| {
        let mut form = filled("US", "95014");
        form.fields.push(typed("shipping.region", region));
        codes(&form)
    };
    assert_eq!(with_region("CA"), []);
    assert_eq!(with_region("new york"), []);
    assert_eq!(with_region("Bavaria"), refused("shipping.region", "region-unknown"));
    assert_eq!(with_region(""), refused("shipping.region", "required"));
}

#[test]
fn c9_every_missing_field_is_named() {
    let empty = CheckoutForm { billing_differs: true, ..form("AT") };
    let fields: Vec<_> = codes(&empty).into_iter().map(|(field, _)| field).collect();
    let side = |side: &str| ["name", "line1", "postal-code", "locality"].map(|part| format!("{side}.{part}"));
    let expected: Vec<_> = [vec!["email".into()], side("shipping").into(), side("billing").into()].concat();
    assert_eq!(fields, expected);
}

#[test]
fn c9_errors_say_what_to_do_in_the_words_of_the_form() {
    let mut form = filled("AT", "");
    form.fields.retain(|field| field.field != "shipping.postal-code");
    let error = &validate(&Settings::default(), &ctx("de"), &form)[0];
    assert!(error.message.contains("Postleitzahl") && error.remedy.contains("Postleitzahl"));
}

#[test]
fn c9_email_addresses_are_checked_leniently() {
    let code = |email: &str| {
        let mut form = filled("AT", "1010");
        form.fields[0].value = email.into();
        codes(&form)
    };
    for right in ["a@b.co", "first.last+tag@sub.example.com", " padded@example.com ", "müller@exämple.de"] {
        assert_eq!(code(right), [], "{right}");
    }
    for wrong in
        ["", "a", "a@b", "@b.co", "a@.co", "a@b.", "a@b..co", "a b@c.de", "a@b@c.de", "<a@b.co>", "a@b.co, c@d.co"]
    {
        assert_eq!(code(wrong), refused("email", "email-format"), "{wrong}");
    }
}

#[test]
fn goods_that_are_not_delivered_need_an_email_only() {
    let form = CheckoutForm { needs_delivery: false, fields: vec![typed("email", "a@b.co")], ..form("AT") };
    assert_eq!(codes(&form), []);
}

#[test]
fn c5_table_of_countries_is_sound() {
    assert!(Country::all().len() >= 60, "{}", Country::all().len());
    let mut codes: Vec<_> = Country::all().iter().map(|country| country.code).collect();
    codes.dedup();
    assert_eq!(codes.len(), Country::all().len(), "in order, each once");
    assert!(codes.is_sorted());
    for country in Country::all() {
        let parts: Vec<_> = country.parts().collect();
        assert!(parts.contains(&Part::Name) && parts.contains(&Part::Line1), "{}", country.code);
        for (index, part) in parts.iter().enumerate() {
            assert!(!parts[..index].contains(part), "{} has {part:?} twice", country.code);
        }
        assert_eq!(country.has(Part::PostalCode), !country.postal.is_empty(), "{}", country.code);
        assert!(!country.requires(Part::PostalCode) || country.has(Part::PostalCode), "{}", country.code);
        if !country.postal.is_empty() {
            let written = normalise(country.postal, country.example);
            assert_eq!(written.as_deref(), Some(country.example), "{}", country.code);
        }
        for region in regions(country.code) {
            assert!(country.has(Part::Region), "{} has a list and no field", country.code);
            assert_eq!(Region::find(country.code, region.code), Some(region));
            assert_eq!(Region::find(country.code, region.name), Some(region), "{} {}", country.code, region.name);
        }
    }
}

#[test]
fn c4_countries_with_regions_list_all_of_them() {
    for (country, count) in [
        ("AE", 7),
        ("AU", 8),
        ("BR", 27),
        ("CA", 13),
        ("CN", 31),
        ("ES", 52),
        ("HK", 3),
        ("IN", 36),
        ("IT", 107),
        ("JP", 47),
        ("MX", 32),
        ("US", 59),
    ] {
        assert_eq!(regions(country).count(), count, "{country}");
    }
    assert_eq!(Region::find("BR", "sao paulo").unwrap().code, "SP");
    assert_eq!(Region::find("JP", "Tokyo").unwrap().code, "13");
    assert_eq!(Region::find("IT", "Forli Cesena").unwrap().code, "FC");
}

#[test]
fn c5_patterns_are_ecmascript_and_as_lenient_as_the_check() {
    assert_eq!(pattern(&["9999 AA"]), "[0-9][0-9][0-9][0-9][ \\-]?[A-Za-z][A-Za-z]");
    assert_eq!(pattern(&["LV-99", "99"]), "[Ll][Vv][ \\-]?[0-9][0-9]|[0-9][0-9]");
    assert_eq!(pattern(&[]), "");
}

proptest! {
    #[test]
    fn writing_a_postal_code_twice_changes_nothing(country in 0..Country::all().len(), entered in "[0-9A-Za-z -]{1,10}") {
        let forms = Country::all()[country].postal;
        if let Some(written) = normalise(forms, &entered) {
            prop_assert_eq!(normalise(forms, &written), Some(written.clone()));
            let bare: String = written.chars().filter(|letter| letter.is_alphanumeric()).collect();
            prop_assert_eq!(normalise(forms, &bare.to_lowercase()), Some(written));
        }
    }
}

mod manifest {
    use serde_json::{Value, json};

    use super::*;

    fn schema() -> Value {
        let manifest: Value = serde_json::from_str(include_str!("../manifest.json")).unwrap();
        manifest["settings"].clone()
    }

    #[test]
    fn defaults_of_the_schema_are_those_of_the_extension() {
        let properties = schema()["properties"].clone();
        let defaults: serde_json::Map<_, _> = properties
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, field)| (name.clone(), field["default"].clone()))
            .collect();
        let read = |json: &Value| boomerang_sdk::settings::read_group::<Settings>(&json.to_string()).unwrap();
        assert_eq!(format!("{:?}", read(&Value::from(defaults))), format!("{:?}", read(&json!({}))));
    }

    #[test]
    fn schema_is_a_form_and_refuses_nonsense() {
        let schema = schema();
        for (name, field) in schema["properties"].as_object().unwrap() {
            assert!(field["title"].is_string() && field["description"].is_string(), "{name}");
        }
        let validator = jsonschema::validator_for(&schema).unwrap();
        assert!(validator.is_valid(&json!({"phone": "required", "most_fields": 8})));
        for wrong in [
            json!({"phone": "maybe"}),
            json!({"most_fields": 4}),
            json!({"unknown": 1}),
            json!({"remembered_devices": 1}),
        ] {
            assert!(!validator.is_valid(&wrong), "{wrong}");
        }
    }
}
