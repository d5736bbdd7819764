//! Signing in without a password, and accounts that are offered.

use crate::buying::buy;
use crate::stage::{Tab, on_stage};

/// Asks for a mail, follows the link in it, and signs in.
pub(crate) fn sign_in(tab: &Tab, email: &str, remember: bool) {
    let link = ask_for_a_mail(tab, email);
    tab.go(&link);
    if remember {
        tab.press("Remember this device, so that checkout is filled in for me");
    }
    tab.follow("Sign in");
    assert_eq!(tab.path(), "/account", "{}", tab.text());
}

/// Links to sign in with, on the page of the mailbox.
const LINKS: &str = "document.querySelectorAll('.mail a[href*=\"/sign-in/confirm\"]')";

/// Asks for a mail, and gives the path of the link in it.
pub(crate) fn ask_for_a_mail(tab: &Tab, email: &str) -> String {
    let before = tab.go(&mailbox(email)).number(&format!("{LINKS}.length"));
    tab.go("/sign-in").fill("E-mail", email).follow("Send me a link");
    tab.says("Check your mail");
    link_for(tab, email, before)
}

/// The link of the last mail to somebody, once it has as many before it.
pub(crate) fn link_for(tab: &Tab, email: &str, before: f64) -> String {
    tab.until_on(&mailbox(email), &format!("{LINKS}.length > {before}"));
    tab.string(&format!("{LINKS}[0].getAttribute('href')"))
}

fn mailbox(email: &str) -> String {
    format!("/mailbox?to={email}")
}

#[test]
fn a5_a_mailed_link_signs_in_after_a_scanner_has_looked_at_it_and_only_once() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        let link = ask_for_a_mail(&tab, "ada@example.com");
        for _ in 0..3 {
            assert_eq!(stage.merchant.scan(&link), 200);
        }
        tab.go("/account").says("Send me a link");
        tab.go(&link).follow("Sign in");
        tab.says("Hello, Ada Berger");
        let (_other, second) = stage.tab();
        second.go(&link).says("This link is no longer good");
    });
}

#[test]
fn a5_a_code_of_the_same_mail_signs_in_where_it_was_asked_for() {
    on_stage(|stage| {
        let (visitor, tab) = stage.tab();
        tab.go("/sign-in?back=/cart").fill("E-mail", "ada@example.com").follow("Send me a link");
        // The mail is read on another device.
        let phone = visitor.tab();
        link_for(&phone, "ada@example.com", 0.0);
        let mail = phone.text_of(".mail");
        let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
        let code = mail.split_whitespace().find(is_code).unwrap_or_else(|| panic!("{mail}"));
        let wrong = if code == "000000" { "111111" } else { "000000" };
        tab.fill("Code from the mail", wrong).follow("Sign in");
        tab.says("This code is wrong");
        assert_eq!(tab.focused().map(|thing| thing.name).as_deref(), Some("Code from the mail"));
        tab.fill("Code from the mail", code).follow("Sign in");
        assert_eq!(tab.path(), "/cart", "back to where they were");
        tab.go("/account").says("Hello, Ada Berger");
    });
}

#[test]
fn a7_the_thank_you_page_stays_says_what_was_made_and_one_press_undoes_it() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        let path = buy(&tab, "harbour-mug", "new@example.com");
        // The offer comes a moment after the page, and the page stays what it was.
        tab.says("Don’t keep it").says("Thank you, we have your order");
        assert_eq!(tab.path(), path);
        tab.follow("Don’t keep it");
        assert_eq!(tab.path(), path);
        tab.says("Thank you, we have your order").lacks("Don’t keep it");
    });
}

#[test]
fn a3_an_invitation_is_accepted_with_one_press_and_the_order_is_in_the_account() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        buy(&tab, "harbour-mug", "new@example.com");
        let link = link_for(&tab, "new@example.com", 0.0);
        tab.go(&link).follow("Yes, keep it for me");
        tab.says("Orders").says("We are packing it");
    });
}

#[test]
fn a10_a11_a12_the_account_has_history_points_devices_and_ends_when_its_owner_says_so() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        sign_in(&tab, "ada@example.com", true);
        tab.says("Your points").says("Gold");
        assert!(
            tab.things().iter().any(|thing| thing.role == "progressbar" && thing.name == "Gold"),
            "the way to a tier"
        );
        tab.go("/p/reading-lamp").follow("Add to favourites").says("In your favourites");
        tab.go("/account").says("Favourites").says("Reading lamp");
        // The first of the orders, as it was.
        let again =
            tab.things().into_iter().find(|thing| thing.role == "button" && thing.name.starts_with("Buy again"));
        tab.follow(&again.unwrap().name);
        assert_eq!(tab.path(), "/cart");
        tab.lacks("There is nothing in it yet");
        tab.go("/account").press("Devices and sessions").says("Remembered for checkout").follow("Forget Chrome");
        tab.press("Devices and sessions").says("No device is remembered.");
        let export = "fetch('/account/export').then((answer) => answer.json()).then((data) => JSON.stringify(data).includes('Lindengasse'))";
        assert_eq!(tab.eval(export), true);
        tab.go("/account")
            .press("Your data")
            .press("Delete my account, my addresses and my points…")
            .follow("Delete my account");
        assert_eq!(tab.path(), "/");
        tab.go("/account").says("Send me a link");
    });
}
