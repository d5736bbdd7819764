//! What a checkout took of the shopper (C13): fields and time, counted when the order is placed. What anybody entered is
//! not in it.

use boomerang_engine::contract::{CheckoutPlan, FieldPlan};
use serde::Serialize;

use super::Visitor;
use super::form::{BILLING, EMAIL, SHIPPING};
use crate::cart::{Cart, CheckoutEntries};
use crate::clock::Instant;

/// Fields of the average checkout (Baymard Institute), in tenths.
pub const USUAL_FIELDS_TENTHS: u32 = 113;
/// Fields that a checkout needs (Baymard Institute).
pub const NEEDED_FIELDS: u32 = 8;

/// What the checkout of one order took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effort {
    /// The shopper had signed in, or came on a device that was known.
    pub recognised: bool,
    /// Fields that stood open. A part of the form that is complete from the start is folded, and shows none.
    pub shown: u32,
    /// Fields that were empty and were typed into.
    pub typed: u32,
    /// Fields that were filled in and left as they were.
    pub kept: u32,
    /// Fields that were filled in and typed over.
    pub changed: u32,
    /// Milliseconds from opening the checkout to the order.
    pub took: Instant,
}

/// The middle of many checkouts, number by number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Medians {
    /// How many checkouts.
    pub orders: usize,
    /// As in [`Effort::shown`], and so are the others.
    pub shown: u32,
    /// See [`Effort::typed`].
    pub typed: u32,
    /// See [`Effort::kept`].
    pub kept: u32,
    /// See [`Effort::changed`].
    pub changed: u32,
    /// See [`Effort::took`].
    pub took: Instant,
}

impl Effort {
    /// Counts what it took to come to this form, by the plan it was last shown with.
    #[must_use]
    pub fn of(plan: &CheckoutPlan, cart: &Cart, visitor: &Visitor, now: Instant) -> Self {
        let form = &cart.form;
        let mut effort = Self {
            recognised: visitor.customer.is_some(),
            took: cart.checkout_since.map_or(0, |since| now.saturating_sub(since).max(0)),
            ..Self::default()
        };
        for part in [EMAIL, SHIPPING, BILLING] {
            let in_part = |field: &&FieldPlan| field.field.split('.').next() == Some(part) && !field.hidden;
            let (mut open, mut fields) = (false, 0);
            for field in plan.fields.iter().filter(in_part) {
                let changed = form.changed.contains(&field.field);
                let typed = was_typed(form, &field.field) && !form.kept.contains(&field.field);
                let kept = !typed && !changed && form.value(&field.field).is_some_and(|value| !value.is_empty());
                open |= typed || changed || (field.required && !kept);
                fields += 1;
                effort.typed += u32::from(typed && !changed);
                effort.changed += u32::from(changed);
                effort.kept += u32::from(kept);
            }
            effort.shown += if open { fields } else { 0 };
        }
        effort
    }
}

/// Something was typed into a field and has not been taken out again.
fn was_typed(form: &CheckoutEntries, field: &str) -> bool {
    form.typed.get(field).is_some_and(|value| !value.is_empty())
}

impl Medians {
    /// The medians of some checkouts; none of none.
    #[must_use]
    pub fn of(efforts: &[Effort]) -> Option<Self> {
        Some(Self {
            orders: efforts.len(),
            shown: median(efforts, |effort| effort.shown)?,
            typed: median(efforts, |effort| effort.typed)?,
            kept: median(efforts, |effort| effort.kept)?,
            changed: median(efforts, |effort| effort.changed)?,
            took: median(efforts, |effort| effort.took)?,
        })
    }
}

/// The one in the middle; of an even number the larger of the two, so that nothing looks better than it is.
fn median<T: Ord>(efforts: &[Effort], number: impl Fn(&Effort) -> T) -> Option<T> {
    let mut numbers: Vec<T> = efforts.iter().map(number).collect();
    numbers.sort_unstable();
    let middle = numbers.len() / 2;
    numbers.into_iter().nth(middle)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(fields: &[(&str, bool)]) -> CheckoutPlan {
        let field = |(field, required): &(&str, bool)| FieldPlan {
            required: *required,
            ..crate::checkout::plain::field(field)
        };
        CheckoutPlan {
            fields: fields.iter().map(field).collect(),
            delivery_method: None,
            payment_token: None,
            show_billing: false,
        }
    }

    fn cart(typed: &[(&str, &str)], prefilled: &[(&str, &str)], changed: &[&str]) -> Cart {
        let pairs = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        Cart {
            checkout_since: Some(1_000),
            form: CheckoutEntries {
                typed: pairs(typed),
                prefilled: pairs(prefilled),
                changed: changed.iter().map(|field| (*field).to_owned()).collect(),
                ..CheckoutEntries::default()
            },
            ..Cart::default()
        }
    }

    const FIELDS: [(&str, bool); 4] =
        [("email", true), ("shipping.name", true), ("shipping.locality", true), ("shipping.phone", false)];

    #[test]
    fn c13_every_field_is_counted_once_as_typed_kept_or_changed_or_was_left_empty() {
        let cart = cart(
            &[("email", "a@example.com"), ("shipping.locality", "Graz"), ("shipping.phone", "")],
            &[("shipping.name", "Ann")],
            &["shipping.locality"],
        );
        let effort = Effort::of(&plan(&FIELDS), &cart, &Visitor::anonymous(), 61_000);
        let expected = Effort { recognised: false, shown: 4, typed: 1, kept: 1, changed: 1, took: 60_000 };
        assert_eq!(effort, expected);
    }

    #[test]
    fn c13_a_part_that_was_complete_from_the_start_is_folded_and_shows_no_field() {
        let known = [("email", "a@example.com"), ("shipping.name", "Ann"), ("shipping.locality", "Graz")];
        let visitor = Visitor::on_known_device("cus_1");
        let effort = Effort::of(&plan(&FIELDS), &cart(&[], &known, &[]), &visitor, 1_000);
        assert_eq!(effort, Effort { recognised: true, kept: 3, ..Effort::default() });
        // Whoever changes one field of a part has had the whole part before them.
        let one = cart(&[("shipping.locality", "Wien")], &known[..2], &["shipping.locality"]);
        let effort = Effort::of(&plan(&FIELDS), &one, &visitor, 1_000);
        assert_eq!((effort.shown, effort.kept, effort.changed, effort.typed), (3, 2, 1, 0));
    }

    #[test]
    fn a_median_is_the_one_in_the_middle_and_of_two_the_larger() {
        let efforts = |numbers: &[u32]| -> Vec<Effort> {
            numbers.iter().map(|shown| Effort { shown: *shown, ..Effort::default() }).collect()
        };
        assert_eq!(Medians::of(&[]), None);
        assert_eq!(Medians::of(&efforts(&[9, 1, 2])).unwrap().shown, 2);
        assert_eq!(Medians::of(&efforts(&[9, 1])).unwrap(), Medians { orders: 2, shown: 9, ..Medians::default() });
    }
}
