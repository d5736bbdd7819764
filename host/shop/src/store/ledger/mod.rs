//! The book of points in the database.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `post` | entries that give points or move their expiry: earn, adjust, extend |
//! | `order` | entries of an order: spend, reverse, restore |
//! | `read` | balances, lots, what an order earned, history |
//! | `holders` | who holds which accounts: a guest's points, their proof, their erasure |
//! | `reserve` | points kept for a checkout under way |
//! | `books` | the trial balance |

mod books;
mod holders;
mod order;
mod post;
mod read;
mod reserve;
#[cfg(test)]
mod tests;

pub use books::books;
pub use holders::{erase, link_contact};
pub use order::{Spending, restore, reverse, spend};
pub use post::{Correction, adjust, earn, extend};
pub use read::{balance, earned_between, expiring_between, history, lots, of_order};
pub use reserve::{is_reserved, release, reserve, reserved};

use super::{Row, StoreError, Tx, values, versions};
use crate::clock::{DAY, Instant};
use crate::ids;
use crate::ledger::{EntryKind, HOST, Holding, LedgerError, Lot, Posting};
use holders::Party;

/// The key under which the versions of an order's points stand.
#[must_use]
pub fn order_version(order: &str) -> String {
    format!("order-points/{order}")
}

/// The key under which the versions of a holder's points stand.
#[must_use]
pub fn holder_version(holder: &str) -> String {
    format!("points/{holder}")
}

/// The key under which the version of who holds which points stands: it grows when somebody proves an address.
const HOLDERS_VERSION: &str = "points-holders";

/// The length of a span of expiry. One a month keeps what expires soon apart from what is earned now.
const SPAN: Instant = 30 * DAY;
/// The last span takes in everything later, in the year 2068 and after.
const LAST_SPAN: Instant = 1_200;

/// The keys under which the versions of lots that expire in [from, until) stand: they grow when such a lot is made, or
/// moved there.
fn expiry_versions(from: Instant, until: Instant) -> impl Iterator<Item = String> {
    let span = |at: Instant| at.div_euclid(SPAN).clamp(0, LAST_SPAN);
    (span(from)..=span(until.saturating_sub(1))).map(|span| format!("points-expiring/{span}"))
}

/// Notes that a lot expires at an instant that did not before.
fn touch_expiry(tx: &mut Tx<'_>, shop: &str, expires_at: Instant) -> Result<(), StoreError> {
    expiry_versions(expires_at, expires_at.saturating_add(1)).try_for_each(|key| versions::bump(tx, shop, &key))
}

/// An entry about to be written.
struct Draft<'a> {
    extension: &'a str,
    key: &'a str,
    kind: EntryKind,
    order: Option<&'a str>,
    rule: &'a str,
    reason: &'a str,
    /// None for the extension.
    actor: Option<&'a str>,
}

fn is_known(tx: &mut Tx<'_>, shop: &str, extension: &str, key: &str) -> Result<bool, StoreError> {
    let sql = "select 1 from points_entries where shop = ?1 and extension = ?2 and key = ?3";
    Ok(tx.first(sql, values![shop, extension, key])?.is_some())
}

/// Writes an entry with its postings, and notes that what its holders have has changed.
fn append(
    tx: &mut Tx<'_>,
    shop: &str,
    now: Instant,
    draft: &Draft<'_>,
    postings: &[Posting],
) -> Result<String, LedgerError> {
    let sum = postings.iter().try_fold(0_i64, |sum, posting| sum.checked_add(posting.points));
    if sum != Some(0) {
        return Err(LedgerError::Unbalanced);
    }
    let id = ids::new("pte", now);
    let actor = draft.actor.map_or_else(|| format!("extension:{}", draft.extension), str::to_owned);
    tx.execute(
        "insert into points_entries (shop, id, at, extension, key, kind, order_id, rule, reason, actor)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        values![
            shop,
            &id,
            now,
            draft.extension,
            draft.key,
            draft.kind.id(),
            draft.order,
            draft.rule,
            draft.reason,
            actor,
        ],
    )?;
    for (position, posting) in (0_u32..).zip(postings) {
        tx.execute(
            "insert into points_postings (shop, entry, position, book, account, lot, line, cause, points)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            values![
                shop,
                &id,
                position,
                posting.book.id(),
                &posting.account,
                posting.lot.as_deref(),
                posting.line.as_deref(),
                posting.cause.as_deref(),
                posting.points,
            ],
        )?;
    }
    if let Some(order) = draft.order {
        versions::bump(tx, shop, &order_version(order))?;
    }
    Ok(id)
}

fn touch(tx: &mut Tx<'_>, shop: &str, party: &Party) -> Result<(), StoreError> {
    party.holders.iter().try_for_each(|holder| versions::bump(tx, shop, &holder_version(holder)))
}

/// Posts what lots that fell due have made good.
fn settle(tx: &mut Tx<'_>, shop: &str, party: &Party, holding: &mut Holding, now: Instant) -> Result<(), LedgerError> {
    let postings = holding.settle(now);
    if postings.is_empty() {
        return Ok(());
    }
    let key = ids::new("absorb", now);
    let draft = Draft {
        extension: HOST,
        key: &key,
        kind: EntryKind::Absorb,
        order: None,
        rule: "absorb",
        reason: "Made good points that were owed",
        actor: Some("system"),
    };
    append(tx, shop, now, &draft, &postings)?;
    Ok(touch(tx, shop, party)?)
}

/// Everything a party has, as it was posted; not settled yet.
fn load(tx: &mut Tx<'_>, shop: &str, party: &Party) -> Result<Holding, StoreError> {
    let mut holding = Holding::default();
    for account in &party.accounts {
        let rows = tx.query(
            "select l.id, l.account, l.sequence, l.available_at, l.expires_at, cast(sum(p.points) as bigint)
             from points_lots l
             join points_postings p on p.shop = l.shop and p.lot = l.id and p.book = 'lot'
             where l.shop = ?1 and l.account = ?2
             group by l.id, l.account, l.sequence, l.available_at, l.expires_at
             having sum(p.points) <> 0",
            values![shop, account],
        )?;
        for row in &rows {
            holding.lots.push(lot_from(row, 0, row.int(5)?)?);
        }
        let owed = tx.first(
            "select cast(coalesce(sum(points), 0) as bigint) from points_postings
             where shop = ?1 and account = ?2 and book = 'deficit'",
            values![shop, account],
        )?;
        holding.deficit -= owed.map_or(Ok(0), |row| row.int(0))?;
    }
    if holding.deficit > 0 {
        for account in &party.accounts {
            let last = tx.first(
                "select e.at from points_postings p join points_entries e on e.shop = p.shop and e.id = p.entry
                 where p.shop = ?1 and p.account = ?2 order by e.at desc limit 1",
                values![shop, account],
            )?;
            holding.settled_at = holding.settled_at.max(last.map_or(Ok(0), |row| row.int(0))?);
        }
    }
    Ok(holding)
}

/// A lot from its columns id, account, sequence, available_at and expires_at, which start at `column`.
fn lot_from(row: &Row, column: usize, remaining: i64) -> Result<Lot, StoreError> {
    Ok(Lot {
        id: row.text(column)?,
        account: row.text(column + 1)?,
        sequence: row.int(column + 2)?,
        available_at: row.int(column + 3)?,
        expires_at: row.opt_int(column + 4)?,
        remaining,
    })
}
