//! The checkout form: what it sent, and how its fields look.

use std::collections::BTreeMap;

use boomerang_engine::contract::FieldPlan;
use serde::Serialize;

use crate::cart::CheckoutEntries;
use crate::checkout::FieldProblem;
use crate::checkout::arrange::Entries;
use crate::checkout::form::{BILLING, EMAIL, SHIPPING, is_field};
use crate::web::posted::Posted;

/// A field for a template.
#[derive(Clone, Debug, Serialize)]
pub(super) struct FieldView {
    id: String,
    name: String,
    label: String,
    value: String,
    /// The input's type.
    kind: &'static str,
    autocomplete: String,
    input_mode: String,
    required: bool,
    /// How much of the row it takes.
    width: &'static str,
    choices: Vec<Choice>,
    error: Option<String>,
    example: Option<String>,
    /// The shop filled it in.
    prefilled: bool,
    /// The rest of the page depends on it.
    recalculate: bool,
}

#[derive(Clone, Debug, Serialize)]
struct Choice {
    key: String,
    value: String,
}

impl FieldView {
    /// It is complete as it stands.
    pub(super) fn is_complete(&self) -> bool {
        self.error.is_none() && (!self.required || !self.value.is_empty())
    }
}

/// What the form sent, as the checkout takes it. Boxes that were not ticked are not sent, so every box says no unless it
/// says yes.
pub(super) fn entries(posted: &Posted) -> Entries {
    Entries {
        fields: typed(posted),
        billing_differs: Some(posted.ticked("billing_differs")),
        gift: Some(posted.ticked("gift")),
        remember: Some(posted.ticked("remember")),
        delivery_method: posted.given("delivery_method").map(str::to_owned),
        payment_token: posted.given("payment_token").map(str::to_owned),
    }
}

/// The fields that the form sent.
pub(super) fn typed(posted: &Posted) -> BTreeMap<String, String> {
    let fields = posted.all().filter(|(name, _)| is_field(name));
    fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The parts whose fields the form held: those that were not folded.
pub(super) fn open(posted: &Posted) -> Vec<&'static str> {
    let has = |start: &str| posted.below(start).next().is_some();
    let parts = [("contact", has(EMAIL)), ("address", has(SHIPPING) || has(BILLING))];
    parts.into_iter().filter(|(_, is_open)| *is_open).map(|(part, _)| part).collect()
}

/// The id of a field's input.
pub(super) fn id(field: &str) -> String {
    match field {
        "delivery" | "payment" => format!("{field}-1"),
        field => field.replace('.', "-"),
    }
}

/// The fields of one part of the form: those that the plan shows, and those that something is wrong with.
pub(super) fn fields(
    plan: &[FieldPlan],
    is_part: impl Fn(&str) -> bool,
    entries: &CheckoutEntries,
    typed: &BTreeMap<String, String>,
    problems: &[FieldProblem],
    countries: &[(&str, &str)],
) -> Vec<FieldView> {
    let problem = |field: &str| problems.iter().find(|problem| problem.field == field);
    plan.iter()
        .filter(|field| is_part(&field.field))
        .filter(|field| !field.hidden || problem(&field.field).is_some())
        .map(|field| {
            let name = field.field.as_str();
            let last = name.rsplit('.').next().unwrap_or(name);
            let value = typed.get(name).map(String::as_str).or_else(|| entries.value(name)).unwrap_or_default();
            FieldView {
                id: id(name),
                name: name.to_owned(),
                label: field.label.clone(),
                value: value.to_owned(),
                kind: match field.input_mode.as_str() {
                    "email" => "email",
                    "tel" => "tel",
                    _ => "text",
                },
                autocomplete: field.autocomplete.clone(),
                input_mode: field.input_mode.clone(),
                required: field.required,
                width: match last {
                    "postal-code" => "third",
                    "locality" => "two-thirds",
                    _ => "",
                },
                choices: choices(field, last == "country", countries),
                error: problem(name).map(|problem| format!("{} {}", problem.message, problem.remedy).trim().to_owned()),
                example: field.example.clone().filter(|_| last == "postal-code"),
                prefilled: !entries.typed.contains_key(name) && entries.prefilled.contains_key(name),
                recalculate: matches!(last, "country" | "region"),
            }
        })
        .collect()
}

/// What a field is chosen from. Which countries there are is the shop's own to say.
fn choices(field: &FieldPlan, is_country: bool, countries: &[(&str, &str)]) -> Vec<Choice> {
    if is_country {
        let choice = |(code, name): &(&str, &str)| Choice { key: (*code).to_owned(), value: (*name).to_owned() };
        return countries.iter().map(choice).collect();
    }
    let planned = field.choices.iter();
    planned.map(|choice| Choice { key: choice.key.clone(), value: choice.value.clone() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fields_of_the_form_are_taken_and_a_box_that_is_not_sent_says_no() {
        let posted = Posted::read(b"csrf=x&shipping.name=Ann&shipping.card=1&gift=true&attribute%3Aa.b=1");
        let entries = entries(&posted);
        assert_eq!(entries.fields.keys().collect::<Vec<_>>(), ["shipping.name"]);
        assert_eq!((entries.gift, entries.billing_differs, entries.delivery_method), (Some(true), Some(false), None));
    }

    #[test]
    fn the_parts_that_somebody_types_in_stay_open() {
        assert_eq!(open(&Posted::read(b"email=a&payment_token=tok_x")), ["contact"]);
        assert_eq!(open(&Posted::read(b"shipping.name=Ann&gift=true")), ["address"]);
        assert!(open(&Posted::read(b"csrf=x&action=place")).is_empty());
    }

    #[test]
    fn c9_every_problem_leads_to_an_input() {
        assert_eq!(id("shipping.postal-code"), "shipping-postal-code");
        assert_eq!(id("payment"), "payment-1");
        assert_eq!(id(""), "");
    }
}
