//! Short ways to write forms and address books.
#![allow(dead_code, reason = "every test file uses its own part of this")]

use boomerang_sdk::address_book::{Address, Book, Delivery};
use boomerang_sdk::prelude::*;
use checkout_autofill::plan;
use checkout_autofill::settings::Settings;

/// 15 July 2026.
pub(crate) const NOW: Instant = 1_784_073_600_000;

pub(crate) fn ctx(locale: &str) -> Context {
    Context { now: NOW, locale: locale.into(), time_zone: "Europe/Vienna".into() }
}

/// An empty form for a country.
pub(crate) fn form(country: &str) -> CheckoutForm {
    CheckoutForm { country: country.into(), needs_delivery: true, ..CheckoutForm::default() }
}

pub(crate) fn signed_in(country: &str) -> CheckoutForm {
    CheckoutForm { recognition: Recognition::SignedIn, customer: Some("c".into()), ..form(country) }
}

pub(crate) fn typed(field: &str, value: &str) -> TypedField {
    TypedField { field: field.into(), value: value.into(), typed: true }
}

pub(crate) fn vienna() -> Address {
    Address {
        id: "home".into(),
        name: "Ada Berger".into(),
        line1: "Gasse 1".into(),
        locality: "Wien".into(),
        postal_code: "1010".into(),
        country: "AT".into(),
        phone: "+43 1 234".into(),
        ..Address::default()
    }
}

pub(crate) fn berlin() -> Address {
    Address {
        id: "work".into(),
        name: "Ada Berger".into(),
        organization: "Berger GmbH".into(),
        line1: "Allee 2".into(),
        line2: "2. Stock".into(),
        locality: "Berlin".into(),
        postal_code: "10115".into(),
        country: "DE".into(),
        ..Address::default()
    }
}

pub(crate) fn delivery(address: &str, method: &str, delivered: bool, gift: bool) -> Delivery {
    Delivery { address: address.into(), method: method.into(), delivered_at: delivered.then_some(NOW - 1), gift }
}

pub(crate) fn book() -> Book {
    Book {
        name: "Ada Berger".into(),
        email: "ada@example.com".into(),
        phone: "+43 660 1".into(),
        addresses: vec![vienna(), berlin()],
        default_shipping: Some("home".into()),
        default_billing: Some("work".into()),
        ..Book::default()
    }
}

pub(crate) fn planned(form: &CheckoutForm, book: Option<&Book>) -> CheckoutPlan {
    plan::plan_checkout(&Settings::default(), &ctx("en"), form, book)
}

pub(crate) fn field<'a>(plan: &'a CheckoutPlan, id: &str) -> &'a FieldPlan {
    plan.fields.iter().find(|field| field.field == id).unwrap_or_else(|| panic!("no field {id}"))
}

pub(crate) fn value<'a>(plan: &'a CheckoutPlan, id: &str) -> Option<&'a str> {
    field(plan, id).value.as_deref()
}

/// The ids of the fields that are shown, in order.
pub(crate) fn shown(plan: &CheckoutPlan) -> Vec<&str> {
    plan.fields.iter().filter(|field| !field.hidden).map(|field| field.field.as_str()).collect()
}
