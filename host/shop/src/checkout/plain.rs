//! The form where no extension plans it: every field, in one order, with plain English labels. It works for every country
//! and knows none.

use boomerang_engine::contract::{Attribute, CheckoutForm, CheckoutPlan, FieldPlan};

use super::countries::COUNTRIES;
use super::form::{BILLING, EMAIL};

/// The plain plan for a form.
#[must_use]
pub fn plan(form: &CheckoutForm) -> CheckoutPlan {
    CheckoutPlan {
        fields: form.fields.iter().map(|typed| field(&typed.field)).collect(),
        delivery_method: match form.delivery_methods.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        },
        payment_token: None,
        show_billing: form.fields.iter().any(|field| field.field.starts_with(BILLING)),
    }
}

/// The plan for one field.
pub(super) fn field(field: &str) -> FieldPlan {
    let (part, name) = field.split_once('.').unwrap_or(("", field));
    let (label, token, input_mode, required) = match name {
        EMAIL => ("E-mail", "email", "email", true),
        "country" => ("Country", "country", "text", true),
        "name" => ("Full name", "name", "text", true),
        "organization" => ("Company", "organization", "text", false),
        "line1" => ("Address", "address-line1", "text", true),
        "line2" => ("Apartment, suite", "address-line2", "text", false),
        "postal-code" => ("Postal code", "postal-code", "text", false),
        "locality" => ("City", "address-level2", "text", true),
        "dependent-locality" => ("District", "address-level3", "text", false),
        "region" => ("Region", "address-level1", "text", false),
        "sorting-code" => ("Sorting code", "off", "text", false),
        _ => ("Phone", "tel", "tel", false),
    };
    FieldPlan {
        field: field.to_owned(),
        label: label.to_owned(),
        value: None,
        source: "country-rule".to_owned(),
        confidence: 0,
        autocomplete: match (token, part) {
            ("off", _) | (_, "") => token.to_owned(),
            _ => format!("{part} {token}"),
        },
        input_mode: input_mode.to_owned(),
        required,
        pattern: None,
        example: None,
        choices: if name == "country" { country_choices() } else { Vec::new() },
        hidden: matches!(name, "dependent-locality" | "sorting-code"),
    }
}

/// Every country, to choose from.
#[must_use]
pub fn country_choices() -> Vec<Attribute> {
    COUNTRIES.iter().map(|(code, name)| Attribute { key: (*code).to_owned(), value: (*name).to_owned() }).collect()
}

#[cfg(test)]
mod tests {
    use boomerang_engine::contract::{Recognition, TypedField};

    use super::*;
    use crate::checkout::form::fields;

    #[test]
    fn c11_without_an_extension_every_field_is_there_with_its_own_token() {
        let typed = |field: String| TypedField { field, value: String::new(), typed: false };
        let form = CheckoutForm {
            recognition: Recognition::Anonymous,
            customer: None,
            country: "AT".into(),
            fields: fields(true, true).map(typed).collect(),
            billing_differs: true,
            gift: false,
            needs_delivery: true,
            delivery_methods: vec!["standard".into()],
            payment_tokens: Vec::new(),
            attributes: Vec::new(),
        };
        let plan = plan(&form);
        assert_eq!(plan.fields.len(), form.fields.len());
        assert_eq!(plan.delivery_method.as_deref(), Some("standard"));
        let token = |field: &str| plan.fields.iter().find(|plan| plan.field == field).unwrap().autocomplete.clone();
        assert_eq!(token("email"), "email");
        assert_eq!(token("shipping.postal-code"), "shipping postal-code");
        assert_eq!(token("billing.locality"), "billing address-level2");
        assert!(plan.fields.iter().all(|field| field.value.is_none()), "nothing is filled in");
    }
}
