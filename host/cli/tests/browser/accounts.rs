//! Signing in without a password, and accounts that are offered.

use serde_json::json;

use crate::buying::buy;
use crate::stage::{Tab, on_stage, poll};

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
fn a11_addresses_are_kept_on_a_page_with_the_fields_of_their_country() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        sign_in(&tab, "ada@example.com", false);
        tab.follow("Add an address");
        tab.eval("window.isSamePage = true");
        assert_eq!(tab.value("Full name"), "Ada Berger");
        // Another country asks for other things, without another page and without losing anything.
        tab.fill("Street and number", "Via Roma 1").choose("Country", "Italy").says("Province");
        assert_eq!(tab.value("Street and number"), "Via Roma 1");
        assert_eq!(tab.eval("window.isSamePage"), true, "the page was loaded again");
        tab.follow("Save");
        tab.says("City is missing.");
        assert_eq!(tab.focused().map(|thing| thing.name).as_deref(), Some("Postal code"));
        tab.fill("Postal code", "20 121").fill("City", "Milano").choose("Province", "Milano");
        tab.press("Deliver here unless I say otherwise").follow("Save");
        tab.says("Via Roma 1, 20121 Milano");
        tab.follow("Change Ada Berger, Via Roma 1…").fill("Street and number", "Via Roma 2").follow("Save");
        tab.says("Via Roma 2").lacks("Via Roma 1");
        tab.follow("Remove Ada Berger, Via Roma 2…");
        tab.lacks("Via Roma 2");
        assert_eq!(tab.record().complaints(), [""; 0]);
    });
}

#[test]
fn a10_a11_cards_and_sessions_are_listed_and_ended_by_their_owner() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        let laptop = stage.visitor();
        let elsewhere = laptop.tab();
        sign_in(&elsewhere, "ada@example.com", false);
        sign_in(&tab, "ada@example.com", false);
        tab.press("Cards").says("Visa ending in 4242").follow("Forget the Visa ending in 4242");
        tab.press("Cards").says("No card is kept.");
        tab.press("Devices and sessions").says("here").follow("Sign out Chrome");
        tab.press("Devices and sessions");
        assert!(!tab.things().iter().any(|thing| thing.name == "Sign out Chrome"), "only this browser is left");
        elsewhere.go("/account").says("Send me a link");
        tab.go("/account").says("Hello, Ada Berger");
    });
}

#[test]
fn a11_something_is_sent_back_and_the_merchant_says_yes_and_gives_the_money_back() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        let path = buy(&tab, "harbour-mug", "gus@example.com");
        let page = path.trim_end_matches("/thank-you").to_owned();
        let order = page.trim_start_matches("/orders/").to_owned();
        let paid = || stage.merchant.get(&format!("/admin/orders/{order}"))["state"] == "paid";
        assert!(poll(|| paid().then_some(())).is_some(), "it is never paid");
        stage.merchant.post(&format!("/admin/orders/{order}/fulfil"), &json!({}));
        stage.merchant.post(&format!("/admin/orders/{order}/deliver"), &json!(null));
        tab.go(&page).says("Send something back").press("Send back Harbour mug, Sea");
        tab.fill("Why? (optional, it helps us to do better)", "Too small").follow("Ask to send it back");
        tab.says("You asked to send this back").lacks("Send something back");

        let (_merchant, desk) = stage.tab();
        crate::admin::sign_in(&desk);
        desk.go("/admin").says("something is to come back");
        desk.go(&format!("/admin/orders/{order}")).says("Too small");
        desk.fill("Your answer, for the buyer", "Send it to Hauptplatz 1").follow("Accept");
        desk.says("the refund below is filled in");
        assert_eq!(desk.value("Units of Harbour mug, Sea to give back, of 1"), "1");
        tab.go(&page).says("Yes, you can send this back").says("Send it to Hauptplatz 1");
        desk.follow("Give back");
        desk.says("Refunded.");
        tab.go(&page).says("This came back").says("given back");
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
