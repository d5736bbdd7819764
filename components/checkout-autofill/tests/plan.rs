//! What the form looks like: C1 to C8 and C12.

mod support;

use boomerang_sdk::address_book::Book;
use boomerang_sdk::prelude::*;
use checkout_autofill::choice::{Books, book_of};
use checkout_autofill::country::Country;
use checkout_autofill::plan::plan_checkout;
use checkout_autofill::settings::{Ask, Settings};
use proptest::prelude::*;
use support::{NOW, berlin, book, ctx, delivery, field, form, planned, shown, signed_in, typed, value, vienna};

/// Address books that nobody may open.
struct Closed;

impl Books for Closed {
    fn get(&self, customer: &str) -> Result<Option<Book>, Fault> {
        panic!("the address book of {customer} was opened")
    }
}

/// Address books that are there.
struct Open;

impl Books for Open {
    fn get(&self, _: &str) -> Result<Option<Book>, Fault> {
        Ok(Some(book()))
    }
}

#[test]
fn c1_anonymous_never_touches_the_address_book() {
    let mut form = form("AT");
    form.fields = vec![typed("email", "ada@example.com")];
    assert!(book_of(&form, &Settings::default(), &Closed).unwrap().is_none());
    form.customer = Some("c".into());
    assert!(book_of(&form, &Settings::default(), &Closed).unwrap().is_none(), "not even if a customer is named");
}

#[test]
fn c1_known_and_unknown_email_get_the_same_form() {
    let form_for = |email| CheckoutForm { fields: vec![typed("email", email)], ..form("AT") };
    let (known, unknown) = (form_for("ada@example.com"), form_for("nobody@example.com"));
    assert_eq!(planned(&known, None), planned(&unknown, None));
}

#[test]
fn c1_recognised_device_counts_only_if_the_merchant_wants_it() {
    let form = CheckoutForm { recognition: Recognition::Device, customer: Some("c".into()), ..form("AT") };
    assert!(book_of(&form, &Settings::default(), &Open).unwrap().is_some());
    let careful = Settings { remembered_devices: false, ..Settings::default() };
    assert!(book_of(&form, &careful, &Closed).unwrap().is_none());
}

#[test]
fn c2_every_value_has_a_source_and_a_confidence() {
    let mut book = book();
    book.deliveries = vec![delivery("home", "post", true, false)];
    let plan = planned(&signed_in("AT"), Some(&book));
    assert_eq!(field(&plan, "shipping.line1").source, "last-order");
    assert_eq!(field(&plan, "email").source, "profile");
    for field in &plan.fields {
        assert_eq!(field.value.is_some(), !field.source.is_empty(), "{}", field.field);
        assert_eq!(field.value.is_some(), field.confidence > 0, "{}", field.field);
        assert!(field.confidence <= 100);
    }
}

#[test]
fn c2_what_the_shopper_typed_is_never_overwritten() {
    let mut form = signed_in("AT");
    form.fields = vec![typed("shipping.name", "Bea"), typed("shipping.phone", ""), typed("email", "x@example.com")];
    let plan = planned(&form, Some(&book()));
    for id in ["shipping.name", "shipping.phone", "email"] {
        assert_eq!(value(&plan, id), None, "{id}");
    }
    assert_eq!(value(&plan, "shipping.line1"), Some("Gasse 1"));
}

#[test]
fn c2_half_of_another_address_is_not_completed_with_the_stored_one() {
    let mut form = signed_in("AT");
    form.fields = vec![typed("shipping.line1", "Other street 9")];
    let plan = planned(&form, Some(&book()));
    assert_eq!(value(&plan, "shipping.locality"), None);
    assert_eq!(value(&plan, "shipping.name"), Some("Ada Berger"), "it is still the same person");
    form.fields = vec![typed("shipping.line1", "gasse 1 ")];
    assert_eq!(value(&planned(&form, Some(&book())), "shipping.locality"), Some("Wien"), "the same street");
}

#[test]
fn c3_tokens_are_whatwg_details_with_their_side() {
    let mut form = form("US");
    form.billing_differs = true;
    let plan = planned(&form, None);
    for (id, tokens) in [
        ("email", "email"),
        ("shipping.country", "shipping country"),
        ("shipping.name", "shipping name"),
        ("shipping.organization", "shipping organization"),
        ("shipping.line1", "shipping address-line1"),
        ("shipping.line2", "shipping address-line2"),
        ("shipping.locality", "shipping address-level2"),
        ("shipping.region", "shipping address-level1"),
        ("shipping.postal-code", "shipping postal-code"),
        ("shipping.phone", "shipping tel"),
        ("billing.postal-code", "billing postal-code"),
    ] {
        assert_eq!(field(&plan, id).autocomplete, tokens);
    }
    form.gift = true;
    let gift = planned(&form, None);
    assert_eq!(field(&gift, "shipping.name").autocomplete, "section-gift shipping name");
    assert_eq!(field(&gift, "billing.name").autocomplete, "billing name");
    assert_eq!(field(&planned(&support::form("FR"), None), "shipping.sorting-code").autocomplete, "off");
}

#[test]
fn c3_keyboards_fit_what_is_typed() {
    let mode = |country, id| field(&planned(&form(country), None), id).input_mode.clone();
    assert_eq!(mode("AT", "email"), "email");
    assert_eq!(mode("AT", "shipping.phone"), "tel");
    assert_eq!(mode("AT", "shipping.postal-code"), "numeric");
    assert_eq!(mode("GB", "shipping.postal-code"), "text");
    assert_eq!(mode("US", "shipping.postal-code"), "text", "a hyphen may come");
}

#[test]
fn c4_regions_are_chosen_from_a_list_by_code_and_by_name() {
    let plan = planned(&form("US"), None);
    let region = field(&plan, "shipping.region");
    assert_eq!(region.choices.len(), 59);
    assert!(region.choices.contains(&Attribute::new("CA", "California")));
    for stored in ["CA", "ca", "California", "california"] {
        let mut book = book();
        book.addresses[0].country = "US".into();
        book.addresses[0].region = stored.into();
        assert_eq!(value(&planned(&signed_in("US"), Some(&book)), "shipping.region"), Some("CA"), "{stored}");
    }
}

#[test]
fn c4_country_comes_first_and_changing_it_loses_nothing() {
    let mut form = signed_in("AT");
    let plan = planned(&form, Some(&book()));
    assert_eq!(plan.fields[1].field, "shipping.country");
    form.fields =
        vec![typed("shipping.country", "DE"), typed("shipping.name", "Bea"), typed("shipping.line2", "Top 3")];
    form.country = "DE".into();
    let plan = planned(&form, Some(&book()));
    assert_eq!(value(&plan, "shipping.line1"), Some("Allee 2"), "the stored address of the new country");
    assert_eq!(value(&plan, "shipping.name"), None, "typed");
    assert!(!field(&plan, "shipping.line2").hidden, "what was typed stays in sight");
    form.fields[0].value = "FR".into();
    form.country = "FR".into();
    let plan = planned(&form, Some(&book()));
    assert_eq!(value(&plan, "shipping.line1"), None, "no stored address is in France");
    assert_eq!(field(&plan, "shipping.postal-code").example.as_deref(), Some("33380"));
}

#[test]
fn c5_fields_stand_in_the_order_of_the_country() {
    let order = |country| {
        let plan = planned(&form(country), None);
        shown(&plan).iter().map(|id| id.trim_start_matches("shipping.").to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(order("AT"), "email country name line1 postal-code locality phone");
    assert_eq!(order("US"), "email country name line1 locality region postal-code phone");
    assert_eq!(order("JP"), "email country postal-code region line1 name phone");
    assert_eq!(order("GB"), "email country name line1 locality postal-code phone");
    assert_eq!(order("HK"), "email country region locality line1 name phone");
}

#[test]
fn c5_labels_use_the_words_of_the_country_and_the_language() {
    let label = |country, locale, id: &str| {
        let plan = plan_checkout(&Settings::default(), &ctx(locale), &form(country), None);
        field(&plan, id).label.clone()
    };
    assert_eq!(label("US", "en-US", "shipping.postal-code"), "ZIP code");
    assert_eq!(label("IN", "en", "shipping.postal-code"), "PIN code");
    assert_eq!(label("IE", "en", "shipping.postal-code"), "Eircode");
    assert_eq!(label("GB", "en", "shipping.locality"), "Post town");
    assert_eq!(label("CA", "fr-CA", "shipping.region"), "Province");
    assert_eq!(label("JP", "en", "shipping.region"), "Prefecture");
    assert_eq!(label("AT", "de-AT", "shipping.postal-code"), "Postleitzahl");
    assert_eq!(label("AT", "sv", "shipping.name"), "Full name");
}

#[test]
fn c5_stored_values_are_written_as_the_country_does() {
    let mut book = book();
    book.addresses[0] = boomerang_sdk::address_book::Address {
        country: "GB".into(),
        postal_code: "ec1y8sy".into(),
        locality: "London".into(),
        ..vienna()
    };
    let plan = planned(&signed_in("GB"), Some(&book));
    assert_eq!(value(&plan, "shipping.postal-code"), Some("EC1Y 8SY"));
    assert_eq!(value(&plan, "shipping.locality"), Some("LONDON"));
}

#[test]
fn c6_billing_is_hidden_while_it_is_the_same() {
    let plan = planned(&signed_in("AT"), Some(&book()));
    assert!(!plan.show_billing);
    assert!(plan.fields.iter().all(|field| !field.field.starts_with("billing.")));
}

#[test]
fn c6_billing_that_differs_has_its_own_default() {
    let form = CheckoutForm { billing_differs: true, ..signed_in("AT") };
    let plan = planned(&form, Some(&book()));
    assert!(plan.show_billing);
    assert_eq!(value(&plan, "billing.line1"), Some("Allee 2"));
    assert_eq!(value(&plan, "billing.organization"), Some("Berger GmbH"));
    assert_eq!(value(&plan, "shipping.line1"), Some("Gasse 1"));
}

#[test]
fn c6_gift_uses_neither_the_own_address_nor_the_own_name() {
    let mut book = book();
    book.deliveries = vec![delivery("home", "post", true, false)];
    let form = CheckoutForm { gift: true, ..signed_in("AT") };
    let plan = planned(&form, Some(&book));
    for field in plan.fields.iter().filter(|field| field.field.starts_with("shipping.")) {
        assert!(field.value.is_none() || field.field == "shipping.country", "{}", field.field);
    }
    assert!(plan.show_billing, "the bill does not go to the recipient");
    assert_eq!(value(&plan, "billing.line1"), Some("Allee 2"));
}

#[test]
fn c7_last_delivery_that_arrived_wins_over_the_default() {
    let mut book = book();
    book.deliveries = vec![
        delivery("home", "express", false, false),
        delivery("home", "express", true, true),
        delivery("work", "post", true, false),
    ];
    let form = CheckoutForm { delivery_methods: vec!["express".into(), "post".into()], ..signed_in("AT") };
    let plan = planned(&form, Some(&book));
    assert_eq!(value(&plan, "shipping.line1"), Some("Allee 2"), "not one on its way, and no gift");
    assert_eq!(value(&plan, "shipping.country"), Some("DE"));
    assert_eq!(plan.delivery_method.as_deref(), Some("post"));
}

#[test]
fn c7_delivery_method_is_selected_only_if_it_is_offered() {
    let mut book = book();
    book.deliveries = vec![delivery("home", "drone", true, false)];
    let method = |methods: &[&str], settings: &Settings| {
        let methods = methods.iter().map(|&method| method.into()).collect();
        let form = CheckoutForm { delivery_methods: methods, ..signed_in("AT") };
        plan_checkout(settings, &ctx("en"), &form, Some(&book)).delivery_method
    };
    let usual = Settings::default();
    assert_eq!(method(&["post", "drone"], &usual).as_deref(), Some("drone"));
    assert_eq!(method(&["post", "express"], &usual), None);
    assert_eq!(method(&["post"], &usual).as_deref(), Some("post"), "the only one");
    let off = Settings { preselect_delivery: false, ..usual };
    assert_eq!(method(&["post", "drone"], &off), None);
}

#[test]
fn c7_payment_token_is_selected_only_if_it_is_accepted_and_has_not_expired() {
    let mut book = book();
    book.last_payment_token = Some("tok".into());
    let token = |name: &str, year, month| PaymentToken {
        token: name.into(),
        brand: "visa".into(),
        last4: "4242".into(),
        expires_year: year,
        expires_month: month,
    };
    let selected = |token| {
        let form = CheckoutForm { payment_tokens: vec![token], ..signed_in("AT") };
        planned(&form, Some(&book)).payment_token
    };
    assert_eq!(selected(token("tok", 2026, 7)).as_deref(), Some("tok"), "good until the end of its month");
    assert_eq!(selected(token("tok", 2026, 6)), None);
    assert_eq!(selected(token("tok", 2025, 12)), None);
    assert_eq!(selected(token("tok", 2027, 1)).as_deref(), Some("tok"));
    assert_eq!(selected(token("other", 2030, 1)), None, "another card than the last one");
}

#[test]
fn c7_nothing_is_selected_for_somebody_unknown() {
    let card = PaymentToken { token: "tok".into(), expires_year: 2030, expires_month: 1, ..PaymentToken::default() };
    let form =
        CheckoutForm { payment_tokens: vec![card], delivery_methods: vec!["a".into(), "b".into()], ..form("AT") };
    let plan = planned(&form, None);
    assert_eq!((plan.payment_token, plan.delivery_method), (None, None));
}

#[test]
fn c8_no_field_takes_a_card() {
    for country in Country::all() {
        let form = CheckoutForm { billing_differs: true, ..form(country.code) };
        for field in planned(&form, None).fields {
            assert!(!field.autocomplete.split(' ').any(|token| token.starts_with("cc-")), "{}", field.field);
            let known =
                field.field == "email" || field.field.starts_with("shipping.") || field.field.starts_with("billing.");
            assert!(known, "{}", field.field);
        }
    }
}

#[test]
fn c12_guest_sees_at_most_eight_fields_in_every_country() {
    for country in Country::all() {
        let plan = planned(&form(country.code), None);
        assert!(shown(&plan).len() <= 8, "{}: {:?}", country.code, shown(&plan));
        for field in plan.fields.iter().filter(|field| field.required) {
            assert!(!field.hidden, "{} needs {}", country.code, field.field);
        }
    }
}

#[test]
fn c12_goods_that_are_not_delivered_need_no_delivery_address() {
    let form = CheckoutForm { needs_delivery: false, delivery_methods: vec!["post".into()], ..form("AT") };
    let plan = planned(&form, None);
    assert!(plan.fields.iter().all(|field| !field.field.starts_with("shipping.")));
    assert!(plan.show_billing);
    assert_eq!(plan.delivery_method, None);
}

#[test]
fn c12_spare_fields_show_where_an_address_has_something_in_them() {
    let hidden = |plan: &CheckoutPlan, part: &str| field(plan, &format!("shipping.{part}")).hidden;
    let guest = planned(&form("DE"), None);
    assert!(hidden(&guest, "line2") && hidden(&guest, "organization"));
    let known =
        planned(&CheckoutForm { fields: vec![typed("shipping.country", "DE")], ..signed_in("DE") }, Some(&book()));
    assert!(!hidden(&known, "line2") && !hidden(&known, "organization"));
    assert_eq!(value(&known, "shipping.organization"), Some(&*berlin().organization));
}

#[test]
fn required_phone_is_asked_for_everywhere() {
    let settings = Settings { phone: Ask::Required, ..Settings::default() };
    for country in Country::all() {
        let plan = plan_checkout(&settings, &ctx("en"), &form(country.code), None);
        let phone = field(&plan, "shipping.phone");
        assert!(phone.required && !phone.hidden, "{}", country.code);
    }
}

#[test]
fn months_are_those_of_the_calendar() {
    // The month is what decides whether a card has expired: look at both sides of every month for 400 years.
    let day = 86_400_000;
    let mut at: Instant = 0;
    for year in 1970..2370u16 {
        for month in 1..=12u8 {
            let last_day = at + Instant::from(boomerang_sdk::time::days_in_month(year.into(), month) - 1) * day;
            for (now, good) in [(at, true), (last_day + day - 1, true), (last_day + day, false)] {
                let mut book = book();
                book.last_payment_token = Some("t".into());
                let card =
                    PaymentToken { token: "t".into(), expires_year: year, expires_month: month, ..Default::default() };
                let form = CheckoutForm { payment_tokens: vec![card], ..signed_in("AT") };
                let ctx = Context { now, ..ctx("en") };
                let plan = plan_checkout(&Settings::default(), &ctx, &form, Some(&book));
                assert_eq!(plan.payment_token.is_some(), good, "{year}-{month} at {now}");
            }
            at = last_day + day;
        }
    }
    assert!(NOW < at);
}

proptest! {
    #[test]
    fn no_plan_writes_into_a_typed_field(
        country in "[A-Z]{2}",
        typed_fields in prop::collection::vec(("(shipping|billing)\\.(name|line1|line2|locality|region|postal-code|country|phone)", ".{0,12}"), 0..8),
        billing_differs: bool,
        gift: bool,
    ) {
        let fields: Vec<_> = typed_fields.iter().map(|(field, value)| typed(field, value)).collect();
        let form = CheckoutForm { fields, billing_differs, gift, ..signed_in(&country) };
        let plan = planned(&form, Some(&book()));
        for field in &plan.fields {
            let typed = form.fields.iter().any(|typed| typed.field == field.field);
            prop_assert!(!(typed && field.value.is_some()), "{}", field.field);
            prop_assert!(!(typed && field.hidden), "{}", field.field);
        }
        let mut ids: Vec<_> = plan.fields.iter().map(|field| &field.field).collect();
        ids.sort();
        ids.dedup();
        prop_assert_eq!(ids.len(), plan.fields.len());
    }
}
