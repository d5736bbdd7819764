//! The trial balance.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use super::{holders, load};
use crate::clock::Instant;
use crate::ledger::report::{Remainder, Sums};
use crate::ledger::{Book, Books};
use crate::store::{StoreError, Tx, values};

/// The books of a shop at `now`, with its liability by month in `zone`.
///
/// # Errors
/// If the database fails.
pub fn books(tx: &mut Tx<'_>, shop: &str, zone: &TimeZone, now: Instant) -> Result<Books, StoreError> {
    let mut sums = sums(tx, shop)?;
    let mut remainders = remainders(tx, shop, now)?;
    // What fell due since it was last posted has made good part of what is owed.
    let mut seen = BTreeSet::new();
    for account in owing(tx, shop)? {
        let party = holders::party_of_account(tx, shop, &account)?;
        if party.holders.is_empty() || !seen.insert(party.accounts.clone()) {
            continue;
        }
        let mut holding = load(tx, shop, &party)?;
        for posting in holding.settle(now) {
            match posting.book {
                Book::Deficit => sums.deficit += posting.points,
                _ => {
                    let lot = holding.lots.iter().find(|lot| Some(&lot.id) == posting.lot.as_ref());
                    let Some(lot) = lot else { continue };
                    remainders.push(Remainder {
                        expires_at: lot.expires_at,
                        available: lot.is_available(now),
                        held: party.held,
                        forgotten: false,
                        points: posting.points,
                    });
                }
            }
        }
    }
    Ok(Books::draw_up(sums, &remainders, zone, now))
}

const IS_HELD_BY_SOMEBODY: &str = "case when exists (select 1 from points_holders h where h.shop = all_postings.shop and h.account = all_postings.account) then 1 else 0 end";

fn sums(tx: &mut Tx<'_>, shop: &str) -> Result<Sums, StoreError> {
    let rows = tx.query(
        &format!(
            "select book, {IS_HELD_BY_SOMEBODY} as known, cast(sum(points) as bigint)
             from points_postings all_postings where shop = ?1 group by book, {IS_HELD_BY_SOMEBODY}"
        ),
        values![shop],
    )?;
    let mut sums = Sums::default();
    for row in &rows {
        let points = row.int(2)?;
        sums.everything += points;
        match (row.text(0)?.as_str(), row.flag(1)?) {
            ("issued", _) => sums.issued += points,
            ("spent", _) => sums.spent += points,
            ("reversed" | "forgiven", _) => sums.reversed += points,
            ("deficit", true) => sums.deficit += points,
            ("deficit", false) => sums.forgotten_deficit += points,
            _ => {}
        }
    }
    Ok(sums)
}

fn remainders(tx: &mut Tx<'_>, shop: &str, now: Instant) -> Result<Vec<Remainder>, StoreError> {
    let rows = tx.query(
        "select expires_at, due, known, held, cast(sum(points) as bigint) from (
             select l.expires_at, case when l.available_at <= ?2 then 1 else 0 end as due, all_postings.points,
                    coalesce((select max(1) from points_holders h
                              where h.shop = l.shop and h.account = l.account), 0) as known,
                    coalesce((select max(1) from points_holders h
                              where h.shop = l.shop and h.account = l.account and h.proved = 0), 0) as held
             from points_lots l
             join points_postings all_postings
                  on all_postings.shop = l.shop and all_postings.lot = l.id and all_postings.book = 'lot'
             where l.shop = ?1
         ) lots group by expires_at, due, known, held having sum(points) <> 0",
        values![shop, now],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Remainder {
                expires_at: row.opt_int(0)?,
                available: row.flag(1)?,
                forgotten: !row.flag(2)?,
                held: row.flag(3)?,
                points: row.int(4)?,
            })
        })
        .collect()
}

fn owing(tx: &mut Tx<'_>, shop: &str) -> Result<Vec<String>, StoreError> {
    let rows = tx.query(
        "select account from points_postings all_postings where shop = ?1 and book = 'deficit' group by account",
        values![shop],
    )?;
    rows.iter().map(|row| row.text(0)).collect()
}
