//! The checkout form: what it sent.

use std::collections::BTreeMap;

use crate::checkout::arrange::Entries;
use crate::checkout::form::{BILLING, EMAIL, SHIPPING, is_field};
use crate::web::posted::Posted;
use crate::web::visit::Visit;

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

/// The e-mail address that the shopper has typed: in this form, or before it was folded. One that was filled in is not.
pub(super) fn typed_email(posted: &Posted, visit: &Visit) -> Option<String> {
    let form = visit.cart.as_ref().map(|cart| &cart.form);
    let before = || form.and_then(|form| form.typed.get(EMAIL)).cloned();
    let is_typed = |email: &String| form.and_then(|form| form.prefilled.get(EMAIL)) != Some(email);
    posted.given(EMAIL).map(str::to_owned).or_else(before).filter(is_typed)
}

/// The parts whose fields the form held: those that were not folded.
pub(super) fn open(posted: &Posted) -> Vec<&'static str> {
    let has = |start: &str| posted.below(start).next().is_some();
    let parts = [("contact", posted.given(EMAIL).is_some()), ("address", has(SHIPPING) || has(BILLING))];
    parts.into_iter().filter(|(_, is_open)| *is_open).map(|(part, _)| part).collect()
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
}
