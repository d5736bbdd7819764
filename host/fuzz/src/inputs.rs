//! What a shopper types: codes of coupons, addresses, an e-mail address.
//!
//! Every line of an input is `field=value`. `code` is entered into a cart; `sign-in` asks for a link; every other field goes
//! into the checkout of that cart, which is then ordered, and into the address book.

use boomerang_shop::people::Email;
use serde_json::{Map, Value, json};

use crate::stage::{self, Stage};

/// The most codes of one input.
const CODES: usize = 4;

/// Types everything. It is refused, or it is kept as it was typed, and what is kept is one line.
///
/// # Panics
/// If that does not hold.
pub fn run(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    // A value may hold a line break where it is written as one.
    let typed: Vec<(String, String)> = text
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(field, value)| (field.to_owned(), value.replace("\\n", "\r\n").replace("\\0", "\0")))
        .collect();
    stage::with(|stage| {
        let cart = stage.call("session", "POST", "/carts", None).json();
        let cart = cart["id"].as_str().expect("a cart has an id").to_owned();
        let line = json!({ "variant": stage.known["variant"], "quantity": 1 });
        stage.call("session", "POST", &format!("/carts/{cart}/lines"), Some(&line));
        for (_, code) in typed.iter().filter(|(field, _)| field == "code").take(CODES) {
            enter_code(stage, &cart, code);
        }
        for (_, email) in typed.iter().filter(|(field, _)| field == "sign-in").take(1) {
            sign_in(stage, email);
        }
        let fields: Map<String, Value> = typed
            .iter()
            .filter(|(field, _)| field != "code" && field != "sign-in")
            .map(|(field, value)| (field.clone(), value.as_str().into()))
            .collect();
        if !fields.is_empty() {
            keep_address(stage, &fields);
            check_out(stage, &cart, &fields);
        }
    });
}

fn enter_code(stage: &mut Stage, cart: &str, code: &str) {
    let path = format!("/carts/{cart}/codes");
    let answer = stage.call("session", "POST", &path, Some(&json!({ "code": code })));
    if !answer.is_success() {
        return;
    }
    let codes = answer.json()["codes"].clone();
    let kept = codes.as_array().into_iter().flatten().filter_map(Value::as_str);
    for kept in kept.clone() {
        assert!(is_line(kept) && kept.chars().count() <= 64, "{kept:?} is no code");
    }
    let is_there = |code: &str| kept.clone().any(|kept| kept.eq_ignore_ascii_case(code.trim()));
    assert!(is_there(code), "{code:?} was accepted and is not there: {codes}");
}

fn sign_in(stage: &mut Stage, email: &str) {
    let answer = stage.call("session", "POST", "/sign-in", Some(&json!({ "email": email })));
    // A limit may have been used up; whether the address was one comes first.
    match Email::parse(email) {
        Ok(email) => {
            assert!(is_line(email.as_typed()), "{:?} is no line", email.as_typed());
            assert!(matches!(answer.status, 202 | 429), "{} {:#}", answer.status, answer.json());
        }
        Err(_) => assert_eq!(answer.status, 422, "{:#}", answer.json()),
    }
}

/// Puts what was typed for the delivery into the address book of the customer.
fn keep_address(stage: &mut Stage, fields: &Map<String, Value>) {
    let of_delivery = fields
        .iter()
        .filter_map(|(field, value)| Some((field.strip_prefix("shipping.")?.replace('-', "_"), value.clone())));
    let address: Map<String, Value> = of_delivery.collect();
    let answer = stage.call("customer", "POST", "/account/addresses", Some(&Value::Object(address)));
    if answer.is_success() {
        assert_lines(&answer.json());
    }
}

fn check_out(stage: &mut Stage, cart: &str, fields: &Map<String, Value>) {
    let path = format!("/carts/{cart}/checkout");
    let entries = json!({ "fields": fields, "delivery_method": "standard", "payment_token": "tok_visa_ok" });
    stage.call("session", "POST", &path, None);
    let answer = stage.call("session", "PATCH", &path, Some(&entries));
    if !answer.is_success() {
        return;
    }
    let checkout = answer.json();
    for shown in checkout["fields"].as_array().into_iter().flatten() {
        assert_lines(&shown["value"]);
        let typed = shown["field"].as_str().and_then(|field| fields.get(field)).and_then(Value::as_str);
        if let (Some(typed), Some(true)) = (typed, shown["typed"].as_bool()) {
            assert_eq!(shown["value"].as_str().map(str::trim), Some(typed.trim()), "it is not kept as it was typed");
        }
    }
    let total = checkout["cart"]["totals"]["to_pay"].clone();
    let order = stage.call("session", "POST", &format!("/carts/{cart}/order"), Some(&json!({ "total": total })));
    if order.is_success() {
        assert_lines(&order.json());
    }
}

/// A text that stays on its line.
fn is_line(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

/// Every text in a value is a line.
fn assert_lines(value: &Value) {
    match value {
        Value::String(text) => assert!(is_line(text), "{text:?} is no line"),
        Value::Array(items) => items.iter().for_each(assert_lines),
        Value::Object(members) => members.values().for_each(assert_lines),
        _ => {}
    }
}
