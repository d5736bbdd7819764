//! Points for what customers do besides buying.

use boomerang_sdk::types::{Attribute, CustomerEvent};

use crate::people::on_event;
use crate::settings::{Limit, LimitedRule, Settings, SignUpOn, Span};
use crate::testing::Book;

fn happens(book: &Book, settings: &Settings, topic: &str, customer: &str, attribute: (&str, &str)) {
    let event = CustomerEvent {
        id: format!("{topic}/{customer}"),
        topic: topic.into(),
        occurred_at: book.now.get(),
        customer: customer.into(),
        attributes: vec![Attribute::new(attribute.0, attribute.1)],
    };
    on_event(book, settings, &event).unwrap();
}

fn generous() -> Settings {
    let mut settings = Settings::default();
    settings.bonuses.sign_up = 50;
    settings.bonuses.review = 20;
    settings.bonuses.referrer = 300;
    settings.bonuses.referred = 100;
    settings
}

fn book() -> Book {
    let book = Book::on("2026-11-02");
    book.customer("anna");
    book.customer("ben");
    book
}

#[test]
fn l5_signing_up_counts_once_when_the_address_is_proved() {
    let book = book();
    for topic in ["registered", "verified", "verified", "profile-changed"] {
        happens(&book, &generous(), topic, "anna", ("", ""));
    }
    assert_eq!(book.available("anna"), 50);
}

#[test]
fn l5_signing_up_can_count_at_once() {
    let book = book();
    let mut settings = generous();
    settings.bonuses.sign_up_on = SignUpOn::Registered;
    happens(&book, &settings, "registered", "anna", ("", ""));
    happens(&book, &settings, "verified", "anna", ("", ""));
    assert_eq!(book.available("anna"), 50);
}

#[test]
fn l5_a_review_counts_once_for_each_product_and_within_its_limit() {
    let book = book();
    let mut settings = generous();
    settings.earning.limits = vec![Limit { rule: LimitedRule::Review, per: Span::Week, points: 50 }];
    for product in ["a", "a", "b", "c", "d"] {
        happens(&book, &settings, "review-published", "anna", ("product", product));
    }
    assert_eq!(book.available("anna"), 50, "20, 20 and what is left of the week");
    book.days_pass(7);
    happens(&book, &settings, "review-published", "anna", ("product", "e"));
    assert_eq!(book.available("anna"), 70);
}

#[test]
fn l5_a_referral_brings_both_sides_points_once() {
    let book = book();
    book.customer("cleo");
    happens(&book, &generous(), "referred", "ben", ("by", "anna"));
    happens(&book, &generous(), "referred", "ben", ("by", "anna"));
    happens(&book, &generous(), "referred", "ben", ("by", "cleo"));
    assert_eq!((book.pending("anna"), book.pending("ben"), book.pending("cleo")), (300, 100, 0));
    book.days_pass(30);
    assert_eq!((book.available("anna"), book.available("ben")), (300, 100));
}

#[test]
fn l11_nobody_refers_themselves() {
    let book = book();
    happens(&book, &generous(), "referred", "anna", ("by", "anna"));
    book.change("ben", |ben| ben.contact = "contact-of-anna".into());
    happens(&book, &generous(), "referred", "ben", ("by", "anna"));
    happens(&book, &generous(), "referred", "ben", ("by", "nobody"));
    assert_eq!(book.grants(), []);
}

#[test]
fn l11_whoever_is_blocked_gets_nothing() {
    let book = book();
    book.change("anna", |anna| anna.blocked = true);
    happens(&book, &generous(), "verified", "anna", ("", ""));
    happens(&book, &generous(), "review-published", "anna", ("product", "a"));
    happens(&book, &generous(), "referred", "ben", ("by", "anna"));
    assert_eq!(book.grants(), []);
}

#[test]
fn l5_by_default_nothing_but_paying_brings_points() {
    let book = book();
    for (topic, attribute) in
        [("verified", ("", "")), ("review-published", ("product", "a")), ("referred", ("by", "ben"))]
    {
        happens(&book, &Settings::default(), topic, "anna", attribute);
    }
    assert_eq!(book.grants(), []);
}
