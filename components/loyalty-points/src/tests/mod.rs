//! The handlers and decisions, run against a small shop.

mod blocks;
mod daily;
mod orders;
mod people;
mod preview;
mod pricing;
mod report;

use boomerang_sdk::points_ledger::Grant;

use crate::desk::Writes;
use crate::testing::Book;

/// Gives somebody points that can be spent at once.
fn give(book: &Book, holder: &str, points: u64) {
    give_until(book, holder, points, None);
}

/// The same, with an expiry.
fn give_until(book: &Book, holder: &str, points: u64, expires_at: Option<i64>) {
    let grant = Grant {
        holder: holder.into(),
        points,
        key: format!("test/{holder}/{points}/{expires_at:?}"),
        rule: "test".into(),
        available_at: Some(0),
        expires_at,
        ..Grant::default()
    };
    book.earn(&grant).unwrap();
}
