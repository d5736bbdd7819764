//! The fields of an address, as a plan has them: in the checkout, and in the address book.

use std::collections::BTreeMap;

use boomerang_engine::contract::FieldPlan;
use serde::Serialize;

use crate::cart::CheckoutEntries;
use crate::checkout::FieldProblem;
use crate::checkout::form::EMAIL;

/// A field for a template.
#[derive(Clone, Debug, Serialize)]
pub(in crate::web) struct FieldView {
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
    /// What a right value looks like, as a regular expression.
    pattern: Option<String>,
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
    pub(in crate::web) fn is_complete(&self) -> bool {
        self.error.is_none() && (!self.required || !self.value.is_empty())
    }
}

/// What has to be changed, for the list that leads to it.
#[derive(Clone, Debug, Serialize)]
pub(in crate::web) struct ErrorView {
    id: String,
    message: String,
    remedy: String,
}

impl ErrorView {
    pub(in crate::web) fn of(problem: &FieldProblem) -> Self {
        Self { id: id(&problem.field), message: problem.message.clone(), remedy: problem.remedy.clone() }
    }
}

/// The id of a field's input.
pub(in crate::web) fn id(field: &str) -> String {
    match field {
        "delivery" | "payment" => format!("{field}-1"),
        field => field.replace('.', "-"),
    }
}

/// The fields of one part of the form: those that the plan shows, and those that something is wrong with.
pub(in crate::web) fn fields(
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
                pattern: field.pattern.clone(),
                prefilled: !entries.typed.contains_key(name) && entries.prefilled.contains_key(name),
                recalculate: matches!(last, EMAIL | "country" | "region"),
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
    use super::id;

    #[test]
    fn c9_every_problem_leads_to_an_input() {
        assert_eq!(id("shipping.postal-code"), "shipping-postal-code");
        assert_eq!(id("payment"), "payment-1");
        assert_eq!(id(""), "");
    }
}
