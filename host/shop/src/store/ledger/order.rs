//! Entries of an order: what it was paid with, and what is undone when it is. Each is planned in memory by
//! [`ledger`](crate::ledger) and written once under its key.

use std::collections::BTreeMap;

use boomerang_engine::contract::{DeficitPolicy, Restoration, Reversal};

use super::holders::{self, Party};
use super::{Draft, append, is_known, load, lot_from, reserve, settle, touch};
use crate::clock::Instant;
use crate::ledger::restore::{Spent, StandIn, StandIns};
use crate::ledger::reverse::{Share, allocate, take_back};
use crate::ledger::{self, Book, EntryKind, Holding, LedgerError, MOST_POINTS, Posted, checked};
use crate::store::{StoreError, Tx, values};

/// Points that an order is paid with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spending<'a> {
    /// The extension whose adjustment claims them.
    pub extension: &'a str,
    /// Unique in the extension.
    pub key: &'a str,
    /// The customer who pays.
    pub holder: &'a str,
    /// The order.
    pub order: &'a str,
    /// The cart whose reservation is used up.
    pub cart: &'a str,
    /// How many.
    pub points: i64,
}

/// Pays for an order with points, first to expire first. What other carts have reserved is left alone.
///
/// # Errors
/// If the customer has too few, they are held, or the database fails.
pub fn spend(tx: &mut Tx<'_>, shop: &str, spending: &Spending<'_>, now: Instant) -> Result<Posted, LedgerError> {
    let Spending { extension, key, holder, order, cart, points } = *spending;
    if !(0..=MOST_POINTS).contains(&points) {
        return Err(LedgerError::TooMany);
    }
    if is_known(tx, shop, extension, key)? {
        return Ok(Posted::Known);
    }
    let Some(party) = holders::party_of(tx, shop, holder)? else {
        return Err(LedgerError::NotEnough { asked: points, available: 0 });
    };
    if party.held {
        return Err(LedgerError::Held);
    }
    let mut holding = load(tx, shop, &party)?;
    settle(tx, shop, &party, &mut holding, now)?;
    let reserved = reserve::reserved(tx, shop, holder, Some(cart), now)?;
    let postings = ledger::spend::spend(&mut holding, points, reserved, now)?;
    let draft = Draft {
        extension,
        key,
        kind: EntryKind::Spend,
        order: Some(order),
        rule: "spend",
        reason: "Paid with points",
        actor: Some("system"),
    };
    let entry = append(tx, shop, now, &draft, &postings)?;
    touch(tx, shop, &party)?;
    Ok(Posted::New(entry))
}

/// Takes back what an order earned. See `points-ledger.reverse`.
///
/// # Errors
/// If more is asked for than the order earned and kept, or the database fails.
pub fn reverse(
    tx: &mut Tx<'_>,
    shop: &str,
    extension: &str,
    reversal: &Reversal,
    deficit: DeficitPolicy,
    now: Instant,
) -> Result<Posted, LedgerError> {
    if is_known(tx, shop, extension, &reversal.key)? {
        return Ok(Posted::Known);
    }
    let shares = shares_of(tx, shop, &reversal.order)?;
    let taken = allocate(&shares, &reversal.lines)?;
    let mut parties = BTreeMap::<String, (Party, Holding)>::new();
    let mut postings = Vec::new();
    for part in &taken {
        let party = holders::party_of_account(tx, shop, &part.share.account)?;
        let name = party.accounts[0].clone();
        if !parties.contains_key(&name) {
            let mut holding = load(tx, shop, &party)?;
            settle(tx, shop, &party, &mut holding, now)?;
            parties.insert(name.clone(), (party, holding));
        }
        if let Some((_, holding)) = parties.get_mut(&name) {
            postings.extend(take_back(holding, part, deficit, now));
        }
    }
    let draft = Draft {
        extension,
        key: &reversal.key,
        kind: EntryKind::Reverse,
        order: Some(&reversal.order),
        rule: "reverse",
        reason: &reversal.reason,
        actor: None,
    };
    let entry = append(tx, shop, now, &draft, &postings)?;
    for (party, _) in parties.values() {
        touch(tx, shop, party)?;
    }
    Ok(Posted::New(entry))
}

/// What an order earned in each lot on each line, less what was taken back.
fn shares_of(tx: &mut Tx<'_>, shop: &str, order: &str) -> Result<Vec<Share>, StoreError> {
    let rows = tx.query(
        "select l.id, l.account, p.line, l.available_at, cast(-sum(p.points) as bigint), l.sequence
         from points_entries e
         join points_lots l on l.shop = e.shop and l.entry = e.id
         join points_postings p on p.shop = l.shop and p.lot = l.id and p.book in ('issued', 'reversed')
         where e.shop = ?1 and e.order_id = ?2 and e.kind = 'earn'
         group by l.id, l.account, p.line, l.available_at, l.sequence",
        values![shop, order],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Share {
                lot: row.text(0)?,
                account: row.text(1)?,
                line: row.opt_text(2)?.unwrap_or_default(),
                available_at: row.int(3)?,
                left: row.int(4)?,
                sequence: row.int(5)?,
            })
        })
        .collect()
}

/// Gives back points that an order was paid with. See `points-ledger.restore`.
///
/// # Errors
/// If the order was paid with fewer, or the database fails.
pub fn restore(
    tx: &mut Tx<'_>,
    shop: &str,
    extension: &str,
    restoration: &Restoration,
    now: Instant,
) -> Result<Posted, LedgerError> {
    let points = checked(restoration.points)?;
    if is_known(tx, shop, extension, &restoration.key)? {
        return Ok(Posted::Known);
    }
    let spent = spent_by(tx, shop, &restoration.order)?;
    let Some(first) = spent.first() else {
        return Err(LedgerError::NothingToRestore { asked: points, left: 0 });
    };
    // One customer pays for an order, so one party is concerned.
    let party = holders::party_of_account(tx, shop, &first.lot.account)?;
    let mut holding = load(tx, shop, &party)?;
    settle(tx, shop, &party, &mut holding, now)?;
    let mut stand_ins = stand_ins_of(tx, shop, &party)?;
    let postings = ledger::restore::restore(&mut holding, &spent, &mut stand_ins, points)?;
    let draft = Draft {
        extension,
        key: &restoration.key,
        kind: EntryKind::Restore,
        order: Some(&restoration.order),
        rule: "restore",
        reason: &restoration.reason,
        actor: None,
    };
    let entry = append(tx, shop, now, &draft, &postings)?;
    settle(tx, shop, &party, &mut holding, now)?;
    touch(tx, shop, &party)?;
    Ok(Posted::New(entry))
}

/// What an order took out of each lot, in the order in which it did.
fn spent_by(tx: &mut Tx<'_>, shop: &str, order: &str) -> Result<Vec<Spent>, StoreError> {
    let rows = tx.query(
        "select l.id, l.account, l.sequence, l.available_at, l.expires_at, cast(sum(p.points) as bigint)
         from points_entries e
         join points_postings p on p.shop = e.shop and p.entry = e.id and p.book = 'spent'
         join points_lots l on l.shop = p.shop and l.id = p.lot
         where e.shop = ?1 and e.order_id = ?2 and e.kind in ('spend', 'restore')
         group by l.id, l.account, l.sequence, l.available_at, l.expires_at",
        values![shop, order],
    )?;
    let spent = rows.iter().map(|row| Ok(Spent { lot: lot_from(row, 0, 0)?, left: row.int(5)? }));
    let mut spent = spent.collect::<Result<Vec<_>, StoreError>>()?;
    spent.sort_by(|a, b| a.lot.by_expiry(&b.lot));
    Ok(spent)
}

/// What stands in now for lots of a party.
fn stand_ins_of(tx: &mut Tx<'_>, shop: &str, party: &Party) -> Result<StandIns, StoreError> {
    let mut stand_ins = StandIns::new();
    for account in &party.accounts {
        let rows = tx.query(
            "select p.cause, p.book, p.account, cast(-sum(p.points) as bigint),
                    l.id, l.account, l.sequence, l.available_at, l.expires_at
             from points_postings p left join points_lots l on l.shop = p.shop and l.id = p.lot
             where p.shop = ?1 and p.account = ?2 and p.cause is not null
             group by p.cause, p.book, p.account, l.id, l.account, l.sequence, l.available_at, l.expires_at
             having sum(p.points) < 0",
            values![shop, account],
        )?;
        for row in &rows {
            let book = match row.text(1)?.as_str() {
                "lot" => Book::Lot,
                "deficit" => Book::Deficit,
                _ => Book::Forgiven,
            };
            let lot = if book == Book::Lot { Some(lot_from(row, 4, 0)?) } else { None };
            let stand_in = StandIn { book, account: row.text(2)?, lot, points: row.int(3)? };
            stand_ins.entry(row.text(0)?).or_default().push(stand_in);
        }
    }
    Ok(stand_ins)
}
