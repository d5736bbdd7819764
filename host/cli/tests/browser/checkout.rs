//! Checkout on one page.

use serde_json::json;

use crate::accounts::sign_in;
use crate::buying::{enter_address, go_to_checkout};
use crate::stage::{Tab, on_stage};

/// Fields into which somebody would have to type or choose from a list.
const VISIBLE: &str = "[...document.querySelectorAll('#checkout input, #checkout select, #checkout textarea')]
    .filter((field) => !['hidden', 'radio', 'checkbox'].includes(field.type) && field.checkVisibility())
    .map((field) => field.labels[0]?.innerText ?? field.name)";

fn visible(tab: &Tab) -> Vec<String> {
    let names = tab.eval(VISIBLE);
    names.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

#[test]
fn c10_c11_sums_and_delivery_date_follow_what_is_chosen_without_a_new_page() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        go_to_checkout(&tab, "harbour-mug");
        tab.eval("window.isSamePage = true");
        tab.fill("Full name", "Gus Guest");
        let (before, promise) = (tab.text_of("dd.total"), tab.text_of(".arrives"));
        tab.press("Express delivery…")
            .until("a faster delivery", &format!("document.querySelector('.arrives').innerText !== {promise:?}"));
        assert_ne!(tab.text_of("dd.total"), before);
        // Another country has other ways of delivery, and nothing that was typed is lost.
        tab.choose("Country", "France").says("Delivery in Europe");
        assert_eq!(tab.value("Full name"), "Gus Guest");
        assert!(!tab.text().contains("Express delivery"));
        let button = tab.text_of("button[value=place]");
        assert!(button.ends_with(&tab.text_of("dd.total")), "{button}");
        assert_eq!(tab.eval("window.isSamePage"), true, "the page was loaded again");
        assert_eq!(tab.record().complaints(), [""; 0]);
    });
}

#[test]
fn c4_a_field_that_a_browser_fills_in_with_an_input_event_alone_is_followed() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        go_to_checkout(&tab, "harbour-mug");
        tab.fill("Full name", "Gus Guest");
        tab.eval(
            "(() => {
                const country = document.getElementById('shipping-country');
                country.value = 'FR';
                country.dispatchEvent(new Event('input', { bubbles: true }));
            })()",
        );
        tab.says("Delivery in Europe");
        assert_eq!(tab.value("Full name"), "Gus Guest");
    });
}

#[test]
fn c9_a_misspelt_address_is_hinted_at_while_typing_and_mended_by_a_press_alone() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        go_to_checkout(&tab, "harbour-mug");
        enter_address(&tab, "gus@gmial.com");
        tab.says("Did you mean gus@gmail.com?");
        assert_eq!(tab.value("E-mail"), "gus@gmial.com", "nothing is changed by itself");
        tab.follow("gus@gmail.com");
        tab.says("gus@gmail.com").lacks("Did you mean").says("Hauptplatz 1");
        tab.press("Visa ending in 4242…").follow("Order and pay…");
        tab.says("Thank you, we have your order").says("gus@gmail.com");
    });
}

#[test]
fn c1_signing_in_on_the_way_keeps_what_was_entered() {
    on_stage(|stage| {
        let (visitor, tab) = stage.tab();
        go_to_checkout(&tab, "harbour-mug");
        tab.fill("Full name", "Somebody Else").fill("Street and number", "Ring 7");
        tab.leave(|| {
            tab.eval("document.querySelector('aside a[href^=\"/sign-in\"]').click()");
        });
        assert_eq!(tab.path(), "/sign-in?back=/checkout");
        let other = visitor.tab();
        sign_in(&other, "ada@example.com", false);
        tab.go("/checkout").says("Welcome back, Ada Berger");
        assert_eq!(tab.value("Full name"), "Somebody Else");
        assert_eq!(tab.value("Street and number"), "Ring 7");
    });
}

#[test]
fn c9_errors_stand_at_their_fields_say_what_to_do_and_the_first_one_has_the_focus() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        go_to_checkout(&tab, "harbour-mug");
        tab.fill("E-mail", "gus@example.com").fill("Full name", "Gus Guest").fill("Postal code", "80");
        tab.press("Visa ending in 4242…").follow("Order and pay…");
        tab.says("Please look at these 3 things");
        assert_eq!(tab.focused().map(|thing| thing.name).as_deref(), Some("Street and number"));
        for (name, remedy) in [("Street and number", "fill it in"), ("Postal code", "1010"), ("City", "fill it in")] {
            let said = complaint(&tab, name);
            assert!(said.contains(remedy), "{name}: {said}");
        }
        assert_eq!(tab.value("Full name"), "Gus Guest");
        assert_eq!(tab.value("Postal code"), "80");
        // The list of what is wrong leads to each field.
        tab.press("City is missing.")
            .until("the field to have the focus", "document.activeElement.id === 'shipping-locality'");
        enter_address(&tab, "gus@example.com");
        tab.follow("Order and pay…");
        tab.says("Thank you, we have your order");
    });
}

/// What is said at a field that has to be changed, to those who see it and to those who do not.
#[track_caller]
fn complaint(tab: &Tab, label: &str) -> String {
    tab.string(&format!(
        "(() => {{
            const labelled = (field) => field.labels?.[0]?.innerText.startsWith({label:?});
            const field = [...document.querySelectorAll('[aria-invalid=true]')].find(labelled);
            return document.getElementById(field.getAttribute('aria-describedby')).innerText;
        }})()"
    ))
}

#[test]
fn c13_a_guest_sees_eight_fields_at_the_most_and_a_known_device_has_none_to_type_in() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        go_to_checkout(&tab, "harbour-mug");
        let fields = visible(&tab);
        assert!((5..=8).contains(&fields.len()), "{fields:?}");

        let known = stage.visitor();
        let tab = known.tab();
        sign_in(&tab, "ada@example.com", true);
        // The session ends; the device stays known.
        tab.call("Network.deleteCookies", json!({ "name": "session", "url": stage.base() }));
        go_to_checkout(&tab, "harbour-mug");
        tab.says("Welcome back, Ada Berger");
        assert_eq!(visible(&tab), [""; 0]);
        tab.follow("Order and pay…");
        tab.says("Thank you, we have your order").says("1070 Wien");
    });
}

/// The address that the browser has in store.
fn stored() -> serde_json::Value {
    let field = |name: &str, value: &str| json!({ "name": name, "value": value });
    json!({ "fields": [
        field("EMAIL_ADDRESS", "gus@example.com"),
        field("NAME_FULL", "Gus Guest"),
        field("ADDRESS_HOME_LINE1", "Hauptplatz 1"),
        field("ADDRESS_HOME_STREET_ADDRESS", "Hauptplatz 1"),
        field("ADDRESS_HOME_ZIP", "8010"),
        field("ADDRESS_HOME_CITY", "Graz"),
        field("ADDRESS_HOME_COUNTRY", "AT"),
        field("PHONE_HOME_WHOLE_NUMBER", "+43316123456"),
    ] })
}

#[test]
fn c3_chromium_fills_in_every_field_by_its_autocomplete_token() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        go_to_checkout(&tab, "harbour-mug");
        tab.call("Autofill.enable", json!({}));
        let field = tab.field("Full name");
        tab.call("Autofill.trigger", json!({ "fieldId": field, "address": stored() }));
        tab.until("the name", "document.getElementById('shipping-name').value === 'Gus Guest'");
        for (name, value) in [
            ("Street and number", "Hauptplatz 1"),
            ("Postal code", "8010"),
            ("City", "Graz"),
            ("Full name", "Gus Guest"),
        ] {
            assert_eq!(tab.value(name), value, "{name}");
        }
        let filled = tab.happened("Autofill.addressFormFilled").pop().expect("Chromium knows the form");
        let fields = filled.params["filledFields"].as_array().unwrap();
        assert_eq!(fields.len(), visible(&tab).len(), "every field is one that it knows: {fields:?}");
        for field in fields {
            assert_eq!(field["fillingStrategy"], "autocompleteAttribute", "{field}");
        }
    });
}

#[test]
fn c3_every_field_has_a_label_and_the_right_keyboard() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        go_to_checkout(&tab, "harbour-mug");
        // With a bill for somebody else every kind of field is there.
        tab.press("The bill goes to another address").says("Billing address");
        let fields = tab.eval(
            "[...document.querySelectorAll('#checkout input:not([type=hidden], [type=radio], [type=checkbox]), #checkout select')]
                .map((field) => [field.labels.length, field.getAttribute('autocomplete'), field.inputMode, field.localName])",
        );
        let fields = fields.as_array().unwrap();
        assert!(fields.len() > 8, "{fields:?}");
        let mut tokens: Vec<&str> = Vec::new();
        for field in fields {
            assert_eq!(field[0], 1, "one label each: {field}");
            let token = field[1].as_str().unwrap();
            let (side, kind) = token.rsplit_once(' ').unwrap_or(("", token));
            assert!(["", "shipping", "billing"].contains(&side), "{field}");
            let keyboard = match kind {
                "email" => "email",
                "tel" => "tel",
                "postal-code" => "numeric",
                _ => "text",
            };
            assert!(field[3] == "select" || field[2] == keyboard, "{field} should bring up the {keyboard} keyboard");
            tokens.push(token);
        }
        let all = tokens.len();
        tokens.sort_unstable();
        tokens.dedup();
        assert_eq!(tokens.len(), all, "no two fields ask for the same: {tokens:?}");
    });
}
