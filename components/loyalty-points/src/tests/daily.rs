//! The daily round.

use boomerang_sdk::customers::Birthday;
use boomerang_sdk::types::Tick;

use super::give_until;
use crate::daily::{DAILY, SUMMARY, Summary, expired_in, on_tick};
use crate::date::Date;
use crate::desk::Reads;
use crate::fields::unpack;
use crate::settings::{Expiry, ExpiryPolicy, Level, Settings};
use crate::testing::Book;

/// Makes the whole round of a day; how many pages it took.
fn round(book: &Book, settings: &Settings) -> usize {
    let mut tick = Tick { id: "t".into(), name: DAILY.into(), due_at: book.now.get(), cursor: None };
    let mut pages = 0;
    loop {
        pages += 1;
        tick.cursor = on_tick(book, settings, &tick).unwrap();
        if tick.cursor.is_none() {
            return pages;
        }
    }
}

fn with_birthday_points() -> Settings {
    let mut settings = Settings::default();
    settings.bonuses.birthday = 40;
    settings
}

fn born_on(book: &Book, customer: &str, month: u8, day: u8) {
    book.change(customer, |profile| profile.birthday = Some(Birthday { month, day }));
}

#[test]
fn l5_a_birthday_brings_points_once_a_year() {
    let book = Book::on("2026-11-20");
    book.customer("anna");
    born_on(&book, "anna", 11, 22);
    let mut balances = Vec::new();
    for _ in 0..10 {
        round(&book, &with_birthday_points());
        balances.push(book.available("anna"));
        book.days_pass(1);
    }
    assert_eq!(balances, [0, 0, 40, 40, 40, 40, 40, 40, 40, 40]);
    book.days_pass(365 - 8);
    round(&book, &with_birthday_points());
    assert_eq!(book.available("anna"), 80);
}

#[test]
fn l11_a_birthday_that_moves_brings_nothing_new() {
    let book = Book::on("2026-12-30");
    book.customer("anna");
    born_on(&book, "anna", 12, 30);
    round(&book, &with_birthday_points());
    book.days_pass(5);
    born_on(&book, "anna", 1, 4);
    round(&book, &with_birthday_points());
    assert_eq!(book.available("anna"), 40);
}

#[test]
fn l11_no_birthday_for_the_blocked_and_the_unproved() {
    let book = Book::on("2026-11-22");
    for customer in ["anna", "ben"] {
        book.customer(customer);
        born_on(&book, customer, 11, 22);
    }
    book.change("anna", |anna| anna.blocked = true);
    book.change("ben", |ben| ben.verified_at = None);
    round(&book, &with_birthday_points());
    assert_eq!(book.grants(), []);
}

#[test]
fn l9_one_warning_for_what_lapses_on_a_day() {
    let book = Book::on("2026-12-01");
    book.customer("anna");
    let settings = Settings::default();
    give_until(&book, "anna", 120, Some(book.zone.instant("2026-12-25T00:00")));
    let mut sent = Vec::new();
    for _ in 0..30 {
        round(&book, &settings);
        sent.push(book.messages.borrow().len());
        book.days_pass(1);
    }
    assert_eq!((sent[8], sent[9], sent[29]), (0, 1, 1), "14 days before, and never again");
    let messages = book.messages.borrow();
    assert_eq!(messages[0].subject, "120 points of yours can be used until 24 December 2026");
    assert_eq!((messages[0].to.as_str(), messages[0].purpose.as_str()), ("anna", "service"));
    assert!(messages[0].stop_when.is_empty());
}

#[test]
fn l9_a_warning_of_inactivity_is_stopped_by_an_order() {
    let book = Book::on("2026-12-20");
    let expiry = Expiry { policy: ExpiryPolicy::Inactivity, dry_run: false, ..Expiry::default() };
    give_until(&book, "anna", 120, Some(book.zone.instant("2026-12-25T00:00")));
    round(&book, &Settings { expiry, ..Settings::default() });
    assert_eq!(book.messages.borrow()[0].stop_when, ["ordered"]);
}

#[test]
fn l9_no_warning_where_none_is_wanted() {
    let book = Book::on("2026-12-20");
    give_until(&book, "anna", 120, Some(book.zone.instant("2026-12-21T00:00")));
    let expiry = Expiry { warn_days: 0, ..Expiry::default() };
    round(&book, &Settings { expiry, ..Settings::default() });
    assert!(book.messages.borrow().is_empty());
}

#[test]
fn l14_a_round_counts_members_points_and_what_lapses() {
    let book = Book::on("2026-12-20");
    for number in 0..45 {
        let customer = format!("customer-{number}");
        book.customer(&customer);
        give_until(&book, &customer, 100 + number, None);
    }
    book.change("customer-44", |profile| profile.blocked = true);
    book.spend("customer-0", "order", 60);
    give_until(&book, "customer-1", 30, Some(book.zone.instant("2026-12-21T00:00")));
    give_until(&book, "customer-1", 31, Some(book.zone.instant("2026-12-22T00:00")));
    let mut settings = Settings::default();
    settings.tiers.window_days = 0;
    settings.tiers.levels = vec![Level { id: "gold".into(), name: "Gold".into(), from: 120, multiplier: 10_000 }];

    assert_eq!(round(&book, &settings), 4, "45 members on three pages, and one of what expires");
    let summary: Summary = unpack(&book.recall(SUMMARY).unwrap().unwrap()).unwrap();
    let issued = (100..144).sum::<i64>() + 61;
    let expected =
        Summary { at: book.now.get(), members: 44, issued, outstanding: issued - 60, pending: 0, tiers: vec![19, 25] };
    assert_eq!(summary, expected);
    assert_eq!(expired_in(&book, Date::new(2026, 12, 31)), Ok(30), "only what ends at the next midnight");
}

#[test]
fn another_tick_is_none_of_ours() {
    let book = Book::on("2026-12-20");
    let tick = Tick { id: "t".into(), name: "hourly".into(), due_at: book.now.get(), cursor: None };
    assert_eq!(on_tick(&book, &Settings::default(), &tick), Ok(None));
    assert!(book.notes.borrow().is_empty());
}
