//! `checkout-autofill` and `checkout-validation`, with the host's rules over both.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::pin::pin;

use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::call::invocation::{PlanCheckout, ValidateCheckout};
use crate::call::text;
use crate::chain::Account;
use crate::contract::{Cart, CheckoutForm, CheckoutPlan, FieldError, FieldPlan, sent};
use crate::engine::Engine;
use crate::id::Id;
use crate::installation::{Installation, Installations};
use crate::manifest::is_kebab_case;
use crate::memo::{Asked, Question};
use crate::point::Point;
use crate::report::Report;
use crate::rules::is_field;

/// Fields of a plan.
const FIELDS: usize = 40;
/// Choices of one field; the longest list of regions has fewer.
const CHOICES: usize = 300;
/// Errors of one answer.
const ERRORS: usize = 50;
const INPUT_MODES: [&str; 4] = ["text", "numeric", "tel", "email"];
const SOURCES: [&str; 4] = ["address-book", "last-order", "profile", "country-rule"];

/// Whether a checkout may go on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Validation {
    /// What extensions object to, in their order.
    pub objections: Vec<Objection>,
    /// Extensions that could not say and are set to fail closed.
    pub failed_closed: Vec<Id>,
}

impl Validation {
    /// Nobody objects, and nobody who must be heard was silent.
    pub fn passes(&self) -> bool {
        self.objections.is_empty() && self.failed_closed.is_empty()
    }
}

/// An extension's objection to a checkout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Objection {
    /// Who objects.
    pub extension: Id,
    /// To what, and what to do about it.
    pub error: FieldError,
}

impl Engine {
    /// Plans the checkout form: the first installation in the merchant's order that gives a valid plan. None leaves the
    /// platform with its plain form.
    pub async fn plan_checkout(
        &self,
        installations: &Installations,
        call: &Call,
        form: &CheckoutForm,
    ) -> Report<Option<CheckoutPlan>> {
        let question = Question::new(installations, call, Asked::Plan(Cow::Borrowed(form)));
        let work = pin!(async {
            let mut account = Account::default();
            for installation in installations.iter() {
                let ask = PlanCheckout { form };
                if let Some(mut plan) = self.ask(installation, call, &ask, &mut account).await {
                    keep_to_the_form(&mut plan, form, |index, reason| {
                        account.refuse::<PlanCheckout<'_>>(installation, index, reason);
                    });
                    return Ok((Some(plan), account));
                }
            }
            Ok((None, account))
        });
        let Ok(report) = self.answer::<_, Infallible>(question, work).await;
        report
    }

    /// Asks every installation whether a checkout may go on. Everybody is asked every time, whatever the call says of its
    /// data: it is the last word before an order.
    pub async fn validate_checkout(
        &self,
        installations: &Installations,
        call: &Call,
        form: &CheckoutForm,
        cart: &Cart,
    ) -> Report<Validation> {
        let mut account = Account::default();
        let mut validation = Validation::default();
        let mut sent = sent::Cart::new(cart);
        for installation in installations.iter() {
            let ask = ValidateCheckout { form, cart: sent.to(installation.extension().manifest()) };
            let extension = installation.extension().id();
            match self.ask(installation, call, &ask, &mut account).await {
                Some(errors) => validation
                    .objections
                    .extend(errors.into_iter().map(|error| Objection { extension: extension.clone(), error })),
                None if must_be_heard(installation) => {
                    validation.failed_closed.push(extension.clone());
                }
                None => {}
            }
        }
        account.report(validation)
    }
}

fn must_be_heard(installation: &Installation) -> bool {
    installation.fails_closed() && installation.exports(Point::CheckoutValidation)
}

/// The rules for a plan as a whole; one that breaks them is not used at all.
pub(crate) fn check_plan(_ask: &PlanCheckout<'_>, plan: &CheckoutPlan) -> Result<(), String> {
    if plan.fields.len() > FIELDS {
        return Err(format!("it planned {} fields; at most {FIELDS}", plan.fields.len()));
    }
    let mut seen = BTreeSet::new();
    for field in &plan.fields {
        let name = text::escape(&field.field, 60);
        if !is_field(&field.field) {
            return Err(format!("`{name}` is not a field of a checkout form"));
        }
        if !seen.insert(field.field.as_str()) {
            return Err(format!("it planned the field `{name}` twice"));
        }
        check_field(field).map_err(|reason| format!("field `{name}`: {reason}"))?;
    }
    Ok(())
}

fn check_field(field: &FieldPlan) -> Result<(), &'static str> {
    let line = |text: &Option<String>, most| text.as_ref().is_none_or(|text| text::is_line(text, most));
    if field.label.trim().is_empty() || !text::is_line(&field.label, 80) {
        return Err("the label is not one line of 1 to 80 characters");
    }
    if !line(&field.value, 500) || !line(&field.pattern, 500) || !line(&field.example, 100) {
        return Err("the value, pattern or example is too long or has control characters");
    }
    if field.confidence > 100 {
        return Err("the confidence is above 100");
    }
    if field.value.is_some() && !SOURCES.contains(&field.source.as_str()) {
        return Err("the source of the value is not one of the contract");
    }
    if !INPUT_MODES.contains(&field.input_mode.as_str()) {
        return Err("the input mode is not one of text, numeric, tel, email");
    }
    let is_token = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"- ".contains(&byte);
    if field.autocomplete.len() > 100 || !field.autocomplete.bytes().all(is_token) {
        return Err("the autocomplete tokens are not lower-case words");
    }
    let choice = |text: &str| text::is_line(text, 100);
    if field.choices.len() > CHOICES || !field.choices.iter().all(|it| choice(&it.key) && choice(&it.value)) {
        return Err("it has too many choices, or one that is too long");
    }
    Ok(())
}

/// C2, C7: what the shopper typed stays, and only what is offered can be selected.
fn keep_to_the_form(plan: &mut CheckoutPlan, form: &CheckoutForm, mut refuse: impl FnMut(usize, &'static str)) {
    for (index, field) in plan.fields.iter_mut().enumerate() {
        let typed = form.fields.iter().any(|known| known.typed && known.field == field.field);
        if typed && field.value.take().is_some() {
            refuse(index, "the shopper has typed into this field, and what they typed stays");
        }
    }
    let is_offered = |method: &String| form.delivery_methods.contains(method);
    if plan.delivery_method.take_if(|method| !is_offered(method)).is_some() {
        refuse(0, "the delivery method is not one of those offered now");
    }
    let is_kept = |token: &String| form.payment_tokens.iter().any(|kept| kept.token == *token);
    if plan.payment_token.take_if(|token| !is_kept(token)).is_some() {
        refuse(0, "the payment token is not one of those given");
    }
}

/// The rules for objections as a whole.
pub(crate) fn check_errors(_ask: &ValidateCheckout<'_>, errors: &[FieldError]) -> Result<(), String> {
    if errors.len() > ERRORS {
        return Err(format!("it gave {} errors; at most {ERRORS}", errors.len()));
    }
    for error in errors {
        if !error.field.is_empty() && !is_field(&error.field) {
            let name = text::escape(&error.field, 60);
            return Err(format!("`{name}` is not a field of a checkout form"));
        }
        if !is_kebab_case(&error.code) {
            return Err("the code of an error is not kebab-case".into());
        }
        if error.message.trim().is_empty() || !text::is_line(&error.message, 300) || !text::is_line(&error.remedy, 300)
        {
            return Err(
                "the message or remedy of an error is empty, longer than 300 characters or has control characters"
                    .into(),
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{PaymentToken, Recognition, TypedField};

    fn form() -> CheckoutForm {
        CheckoutForm {
            recognition: Recognition::SignedIn,
            customer: Some("customer-1".into()),
            country: "AT".into(),
            fields: vec![TypedField { field: "shipping.name".into(), value: "Ada".into(), typed: true }],
            billing_differs: false,
            gift: false,
            needs_delivery: true,
            delivery_methods: vec!["post".into()],
            payment_tokens: vec![PaymentToken {
                token: "t1".into(),
                brand: "visa".into(),
                last4: "4242".into(),
                expires_year: 2030,
                expires_month: 1,
            }],
            attributes: vec![],
        }
    }

    fn field(id: &str, value: Option<&str>) -> FieldPlan {
        FieldPlan {
            field: id.into(),
            label: "Name".into(),
            value: value.map(Into::into),
            source: "address-book".into(),
            confidence: 90,
            autocomplete: "shipping name".into(),
            input_mode: "text".into(),
            required: true,
            pattern: None,
            example: None,
            choices: vec![],
            hidden: false,
        }
    }

    fn plan(fields: Vec<FieldPlan>) -> CheckoutPlan {
        CheckoutPlan {
            fields,
            delivery_method: Some("post".into()),
            payment_token: Some("t1".into()),
            show_billing: false,
        }
    }

    fn kept(mut plan: CheckoutPlan) -> (CheckoutPlan, usize) {
        let mut refused = 0;
        keep_to_the_form(&mut plan, &form(), |_, _| refused += 1);
        (plan, refused)
    }

    fn check(plan: &CheckoutPlan) -> Result<(), String> {
        check_plan(&PlanCheckout { form: &form() }, plan)
    }

    #[test]
    fn c2_what_the_shopper_typed_is_never_overwritten() {
        let (plan, refused) =
            kept(plan(vec![field("shipping.name", Some("Bob")), field("shipping.line1", Some("Ring 1"))]));
        assert_eq!(plan.fields[0].value, None);
        assert_eq!(plan.fields[1].value.as_deref(), Some("Ring 1"));
        assert_eq!(refused, 1);
    }

    #[test]
    fn c7_only_what_is_offered_is_selected() {
        let (plan, refused) = kept(CheckoutPlan {
            delivery_method: Some("drone".into()),
            payment_token: Some("stolen".into()),
            ..plan(vec![])
        });
        assert_eq!((plan.delivery_method, plan.payment_token, refused), (None, None, 2));
        let (plan, refused) = kept(self::plan(vec![]));
        assert_eq!(plan.delivery_method.as_deref(), Some("post"));
        assert_eq!(plan.payment_token.as_deref(), Some("t1"));
        assert_eq!(refused, 0);
    }

    #[test]
    fn a_plan_out_of_range_is_not_used() {
        assert_eq!(check(&plan(vec![field("email", None)])), Ok(()));
        let broken = |change: fn(&mut FieldPlan)| {
            let mut field = field("email", Some("x"));
            change(&mut field);
            plan(vec![field])
        };
        for plan in [
            plan(vec![field("email", None), field("email", None)]),
            broken(|field| field.field = "card-number".into()),
            broken(|field| field.confidence = 101),
            broken(|field| field.label = String::new()),
            broken(|field| field.label = "a\nb".into()),
            broken(|field| field.source = "guess".into()),
            broken(|field| field.input_mode = "none".into()),
            broken(|field| field.autocomplete = "name\" onfocus=\"".into()),
            broken(|field| field.value = Some("x".repeat(501))),
        ] {
            assert!(check(&plan).is_err(), "{plan:?}");
        }
    }

    #[test]
    fn c9_objections_say_what_to_do_in_plain_words() {
        let cart = Cart {
            currency: "EUR".into(),
            lines: vec![],
            delivery_fee: 0,
            customer: None,
            country: None,
            checkout_since: None,
            codes: vec![],
            attributes: vec![],
        };
        let form = form();
        let cart = sent::Cart::new(&cart);
        let ask = ValidateCheckout { form: &form, cart: &cart.sent };
        let error = |field: &str, code: &str, message: &str| {
            vec![FieldError { field: field.into(), code: code.into(), message: message.into(), remedy: String::new() }]
        };
        assert!(check_errors(&ask, &error("", "too-late", "It is too late.")).is_ok());
        assert!(check_errors(&ask, &error("pin", "too-late", "x")).is_err());
        assert!(check_errors(&ask, &error("", "Too late", "x")).is_err());
        assert!(check_errors(&ask, &error("", "too-late", "\u{1b}[31m")).is_err());
        assert!(check_errors(&ask, &vec![error("", "a", "x").remove(0); ERRORS + 1]).is_err());
    }
}
