//! What the book says, folded at an instant.

use std::collections::BTreeMap;

use boomerang_engine::contract::{EarnedLine, Expiring, ExpiringPage, Holdings, Lot, OrderPoints};

use super::holders::{self, Party};
use super::{HOLDERS_VERSION, expiry_versions, holder_version, load, reserve};
use crate::clock::Instant;
use crate::ledger::{EntryKind, HistoryEntry, Holding};
use crate::store::{Row, StoreError, Tx, values};

/// A party with its holding as it is at `now`.
fn settled(tx: &mut Tx<'_>, shop: &str, holder: &str, now: Instant) -> Result<Option<(Party, Holding)>, StoreError> {
    let Some(party) = holders::party_of(tx, shop, holder)? else { return Ok(None) };
    let mut holding = load(tx, shop, &party)?;
    holding.settle(now);
    Ok(Some((party, holding)))
}

/// What a customer or contact has. A cart that is being priced names itself as `except_cart`, so that what it has reserved
/// counts as available to it.
///
/// # Errors
/// If the database fails.
pub fn balance(
    tx: &mut Tx<'_>,
    shop: &str,
    holder: &str,
    except_cart: Option<&str>,
    now: Instant,
) -> Result<Holdings, StoreError> {
    let nothing = Holdings { available: 0, pending: 0, next_available_at: None, held: 0, reserved: 0 };
    let Some((party, holding)) = settled(tx, shop, holder, now)? else { return Ok(nothing) };
    let balance = holding.balance(now);
    if party.held {
        let held = unsigned(balance.available.saturating_add(balance.pending));
        return Ok(Holdings { held, ..nothing });
    }
    let mut reserved = 0_i64;
    for name in &party.holders {
        reserved += reserve::reserved(tx, shop, name, except_cart, now)?;
    }
    Ok(Holdings {
        available: balance.available - reserved,
        pending: unsigned(balance.pending),
        next_available_at: balance.next_available_at,
        held: 0,
        reserved: unsigned(reserved),
    })
}

fn unsigned(points: i64) -> u64 {
    u64::try_from(points).unwrap_or(0)
}

/// Available lots, first to expire first. Held points are in none.
///
/// # Errors
/// If the database fails.
pub fn lots(tx: &mut Tx<'_>, shop: &str, holder: &str, now: Instant) -> Result<Vec<Lot>, StoreError> {
    let Some((party, mut holding)) = settled(tx, shop, holder, now)? else { return Ok(Vec::new()) };
    if party.held {
        return Ok(Vec::new());
    }
    holding.sort_by_expiry();
    let lot = |lot: &crate::ledger::Lot| Lot {
        id: lot.id.clone(),
        remaining: unsigned(lot.remaining),
        expires_at: lot.expires_at,
    };
    Ok(holding.available(now).map(lot).collect())
}

/// What an order earned and was paid with.
///
/// # Errors
/// If the database fails.
pub fn of_order(tx: &mut Tx<'_>, shop: &str, order: &str) -> Result<OrderPoints, StoreError> {
    let earned = tx.query(
        "select coalesce(p.line, '') as line,
                cast(sum(case when p.book = 'issued' then -p.points else 0 end) as bigint),
                cast(sum(case when p.book = 'reversed' then p.points else 0 end) as bigint)
         from points_entries e
         join points_lots l on l.shop = e.shop and l.entry = e.id
         join points_postings p on p.shop = l.shop and p.lot = l.id and p.book in ('issued', 'reversed')
         where e.shop = ?1 and e.order_id = ?2 and e.kind = 'earn'
         group by coalesce(p.line, '') order by 1",
        values![shop, order],
    )?;
    let spent = tx.first(
        "select cast(coalesce(sum(case when p.points > 0 then p.points else 0 end), 0) as bigint),
                cast(coalesce(sum(case when p.points < 0 then -p.points else 0 end), 0) as bigint)
         from points_entries e
         join points_postings p on p.shop = e.shop and p.entry = e.id and p.book = 'spent'
         where e.shop = ?1 and e.order_id = ?2",
        values![shop, order],
    )?;
    let (spent, restored) = spent
        .map_or(Ok((0, 0)), |row| -> Result<_, StoreError> { Ok((unsigned(row.int(0)?), unsigned(row.int(1)?))) })?;
    let line = |row: &Row| {
        Ok(EarnedLine { line: row.text(0)?, earned: unsigned(row.int(1)?), reversed: unsigned(row.int(2)?) })
    };
    let earned = earned.iter().map(line).collect::<Result<_, StoreError>>()?;
    Ok(OrderPoints { earned, spent, restored })
}

/// Points that became available in [from, until) under any of `rules`, or under any rule if there are none, less what was
/// reversed of them.
///
/// # Errors
/// If the database fails.
pub fn earned_between(
    tx: &mut Tx<'_>,
    shop: &str,
    holder: &str,
    from: Instant,
    until: Instant,
    rules: &[String],
    now: Instant,
) -> Result<i64, StoreError> {
    let Some(party) = holders::party_of(tx, shop, holder)? else { return Ok(0) };
    let mut earned = 0;
    for account in &party.accounts {
        let rows = tx.query(
            "select l.rule, cast(-sum(p.points) as bigint)
             from points_lots l
             join points_postings p on p.shop = l.shop and p.lot = l.id and p.book in ('issued', 'reversed')
             where l.shop = ?1 and l.account = ?2 and l.available_at >= ?3 and l.available_at < ?4
                   and l.available_at <= ?5
             group by l.rule",
            values![shop, account, from, until, now],
        )?;
        for row in &rows {
            if rules.is_empty() || rules.contains(&row.text(0)?) {
                earned += row.int(1)?;
            }
        }
    }
    Ok(earned)
}

/// Available lots of customers that expire in [from, until), summed by customer and instant; `limit` entries a page. With
/// the keys under which the versions of everything stand that the page was made from.
///
/// # Errors
/// If the database fails.
pub fn expiring_between(
    tx: &mut Tx<'_>,
    shop: &str,
    from: Instant,
    until: Instant,
    cursor: Option<&str>,
    limit: u32,
    now: Instant,
) -> Result<(ExpiringPage, Vec<String>), StoreError> {
    // The cursor is the last entry's instant and holder. One that does not read starts from the front.
    let (after_at, after_holder) = cursor
        .and_then(|cursor| cursor.split_once('/'))
        .and_then(|(at, holder)| Some((at.parse::<Instant>().ok()?, holder)))
        .unwrap_or((Instant::MIN, ""));
    let rows = tx.query(
        "select distinct h.holder, l.expires_at
         from points_lots l
         join points_holders h on h.shop = l.shop and h.account = l.account and h.role = 'customer'
         where l.shop = ?1 and l.expires_at >= ?2 and l.expires_at < ?3 and l.available_at <= ?4
               and (h.holder > ?5 or (h.holder = ?5 and l.expires_at > ?6))
         order by h.holder, l.expires_at limit ?7",
        values![shop, from, until, now, after_holder, after_at, limit],
    )?;
    let mut holdings = BTreeMap::<String, Holding>::new();
    let mut page = ExpiringPage { entries: Vec::new(), cursor: None };
    for row in &rows {
        let (holder, expires_at) = (row.text(0)?, row.int(1)?);
        if !holdings.contains_key(&holder) {
            let holding = settled(tx, shop, &holder, now)?.map(|(_, holding)| holding).unwrap_or_default();
            holdings.insert(holder.clone(), holding);
        }
        let expiring = holdings[&holder].available(now).filter(|lot| lot.expires_at == Some(expires_at));
        let points = unsigned(expiring.map(|lot| lot.remaining).sum());
        page.cursor = Some(format!("{expires_at}/{holder}"));
        if points > 0 {
            page.entries.push(Expiring { holder, points, expires_at });
        }
    }
    if rows.len() < usize::try_from(limit).unwrap_or(usize::MAX) {
        page.cursor = None;
    }
    let mut keys: Vec<String> = holdings.keys().map(|holder| holder_version(holder)).collect();
    keys.push(HOLDERS_VERSION.to_owned());
    keys.extend(expiry_versions(from.max(now), until));
    Ok((page, keys))
}

/// What happened to a holder's points, newest first, at most `limit` entries, older than the entry `before` if one is
/// given.
///
/// # Errors
/// If the database fails.
pub fn history(
    tx: &mut Tx<'_>,
    shop: &str,
    holder: &str,
    before: Option<&str>,
    limit: u32,
) -> Result<Vec<HistoryEntry>, StoreError> {
    let Some(party) = holders::party_of(tx, shop, holder)? else { return Ok(Vec::new()) };
    let mut entries = Vec::new();
    for account in &party.accounts {
        let rows = tx.query(
            "select e.id, e.at, e.kind, cast(sum(p.points) as bigint), e.order_id, e.rule, e.reason,
                    l.available_at, l.expires_at
             from points_postings p
             join points_entries e on e.shop = p.shop and e.id = p.entry
             left join points_lots l on l.shop = e.shop and l.entry = e.id
             where p.shop = ?1 and p.account = ?2 and p.book in ('lot', 'deficit') and (?3 is null or p.entry < ?3)
             group by e.id, e.at, e.kind, e.order_id, e.rule, e.reason, l.available_at, l.expires_at
             having sum(p.points) <> 0
             order by e.id desc limit ?4",
            values![shop, account, before, limit],
        )?;
        for row in &rows {
            entries.push(history_entry(row)?);
        }
    }
    entries.sort_by(|a, b| b.id.cmp(&a.id));
    entries.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(entries)
}

fn history_entry(row: &Row) -> Result<HistoryEntry, StoreError> {
    Ok(HistoryEntry {
        id: row.text(0)?,
        at: row.int(1)?,
        kind: EntryKind::parse(&row.text(2)?).ok_or(StoreError::Corrupt { column: 2 })?,
        points: row.int(3)?,
        order: row.opt_text(4)?,
        rule: row.text(5)?,
        reason: row.text(6)?,
        available_at: row.opt_int(7)?,
        expires_at: row.opt_int(8)?,
    })
}
