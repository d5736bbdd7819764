//! Points: what a page promises is what is granted, and they pay.

use crate::accounts::sign_in;
use crate::buying::go_to_checkout;
use crate::stage::{Tab, on_stage};

/// Whom the demo signs in as.
const ADA: &str = "ada@example.com";

/// The first whole number of a text.
fn number(text: &str) -> u64 {
    let digits = text.chars().skip_while(|one| !one.is_ascii_digit()).take_while(char::is_ascii_digit);
    digits.collect::<String>().parse().unwrap_or_else(|_| panic!("no number in {text:?}"))
}

/// The line of the page that has these words.
fn line(tab: &Tab, words: &str) -> String {
    let text = tab.says(words).text();
    text.lines().find(|line| line.contains(words)).unwrap().to_owned()
}

/// What is to be paid, in cents.
fn to_pay(tab: &Tab) -> u64 {
    tab.text_of("dd.total").chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap()
}

#[test]
fn l5_the_product_and_the_cart_promise_what_is_granted() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        sign_in(&tab, ADA, true);
        let before = balance_on_the_way(&tab);
        tab.go("/p/storm-lantern");
        let on_product = number(&line(&tab, "Earn "));
        go_to_checkout(&tab, "storm-lantern");
        let in_cart = number(&line(&tab, "You earn "));
        assert_eq!(in_cart, on_product, "one lantern, and nothing else");
        tab.follow("Order and pay…");
        let promised = number(&line(&tab, "for this order"));
        assert_eq!(promised, on_product);
        let pending = format!("{} points", before + on_product);
        tab.until_shown("/account", &pending);
        assert_eq!(balance_on_the_way(&tab), before + on_product);
    });
}

fn balance_on_the_way(tab: &Tab) -> u64 {
    tab.go("/account").says("Your points");
    let value = tab.eval(
        "[...document.querySelectorAll('.pairs dt')].find((term) => term.innerText === 'On their way')?.nextElementSibling.innerText ?? '0'",
    );
    number(value.as_str().unwrap())
}

#[test]
fn l6_points_are_spent_in_the_cart_by_slider_and_by_number_without_a_new_page() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        sign_in(&tab, ADA, false);
        tab.go("/p/storm-lantern").follow("Add to cart");
        tab.eval("window.isSamePage = true");
        let full = to_pay(&tab);
        let field = |kind: &str| format!("document.querySelector('.block-form input[type={kind}]')");
        let step = tab.number(&format!("Number({}.step)", field("number")));
        // The slider, by keyboard: it and its number go together.
        tab.tab_to("How many points to spend").key("ArrowRight").key("ArrowRight");
        assert_eq!(tab.number(&format!("Number({}.value)", field("number"))), step * 2.0);
        tab.key("End");
        let most = tab.number(&format!("Number({}.max)", field("range")));
        assert_eq!(tab.number(&format!("Number({}.value)", field("number"))), most);
        // The number, typed.
        tab.fill("How many points to spend", "100");
        assert_eq!(tab.number(&format!("Number({}.value)", field("range"))), 100.0);
        tab.press("Apply");
        tab.until(
            "a lower sum",
            &format!("document.querySelector('dd.total').innerText.replace(/\\D/g, '') === '{}'", full - 500),
        );
        assert_eq!(tab.eval("window.isSamePage"), true);
        tab.follow("Check out");
        tab.says("100 points");
    });
}
