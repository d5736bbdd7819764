//! Entries that give points or move their expiry. Each is planned in memory by [`ledger`](crate::ledger) and written once
//! under its key.

use boomerang_engine::contract::Grant;

use super::{Draft, append, holders, is_known, load, settle, touch, touch_expiry};
use crate::clock::Instant;
use crate::ids;
use crate::ledger::{Book, EntryKind, HOST, LedgerError, Lot, MOST_POINTS, Posted, Posting, checked, spend};
use crate::store::{StoreError, Tx, audit, values};

/// Grants points. See `points-ledger.earn`.
///
/// # Errors
/// If the shares do not sum to the points, the points are too many, or the database fails.
pub fn earn(tx: &mut Tx<'_>, shop: &str, extension: &str, grant: &Grant, now: Instant) -> Result<Posted, LedgerError> {
    let points = checked(grant.points)?;
    let mut shares = Vec::with_capacity(grant.lines.len().max(1));
    for share in &grant.lines {
        shares.push((share.line.as_str(), checked(share.points)?));
    }
    if shares.is_empty() {
        shares.push(("", points));
    }
    let sum = shares.iter().fold(0_i64, |sum, (_, points)| sum.saturating_add(*points));
    if sum != points {
        return Err(LedgerError::SharesDoNotSum { shares: sum, points });
    }
    if is_known(tx, shop, extension, &grant.key)? {
        return Ok(Posted::Known);
    }
    let credit = Credit {
        holder: &grant.holder,
        rule: &grant.rule,
        // Points that were to be available before they were granted become so now.
        available_at: grant.available_at.unwrap_or(now).max(now),
        expires_at: grant.expires_at,
        shares: &shares,
    };
    let draft = Draft {
        extension,
        key: &grant.key,
        kind: EntryKind::Earn,
        order: grant.order.as_deref(),
        rule: &grant.rule,
        reason: &grant.reason,
        actor: None,
    };
    post_credit(tx, shop, &credit, draft, now)
}

struct Credit<'a> {
    holder: &'a str,
    rule: &'a str,
    available_at: Instant,
    expires_at: Option<Instant>,
    shares: &'a [(&'a str, i64)],
}

fn post_credit(
    tx: &mut Tx<'_>,
    shop: &str,
    credit: &Credit<'_>,
    draft: Draft<'_>,
    now: Instant,
) -> Result<Posted, LedgerError> {
    let account = holders::account_for(tx, shop, credit.holder, now)?;
    let party = holders::party_of_account(tx, shop, &account)?;
    let mut holding = load(tx, shop, &party)?;
    settle(tx, shop, &party, &mut holding, now)?;

    let lot = ids::new("ptl", now);
    let mut postings = Vec::with_capacity(credit.shares.len() * 2);
    for (line, points) in credit.shares.iter().filter(|(_, points)| *points > 0) {
        postings.push(Posting::new(Book::Issued, &account, -points).of_lot(&lot).of_line(line));
        postings.push(Posting::new(Book::Lot, &account, *points).of_lot(&lot).of_line(line));
    }
    let entry = append(tx, shop, now, &draft, &postings)?;
    let points = credit.shares.iter().map(|(_, points)| points).sum();
    if points > 0 {
        let row = tx.first(
            "insert into points_lots (shop, id, account, sequence, entry, rule, available_at, expires_at)
             values (?1, ?2, ?3,
                     (select coalesce(max(sequence), 0) + 1 from points_lots where shop = ?1 and account = ?3),
                     ?4, ?5, ?6, ?7)
             returning sequence",
            values![shop, &lot, &account, &entry, credit.rule, credit.available_at, credit.expires_at],
        )?;
        let sequence = row.ok_or(StoreError::Interrupted)?.int(0)?;
        if let Some(expires_at) = credit.expires_at {
            touch_expiry(tx, shop, expires_at)?;
        }
        let Credit { available_at, expires_at, .. } = *credit;
        holding.lots.push(Lot { id: lot, account, sequence, available_at, expires_at, remaining: points });
        settle(tx, shop, &party, &mut holding, now)?;
    }
    touch(tx, shop, &party)?;
    Ok(Posted::New(entry))
}

/// Moves the expiry of every available lot of a holder. See `points-ledger.extend`.
///
/// # Errors
/// If the database fails.
pub fn extend(
    tx: &mut Tx<'_>,
    shop: &str,
    extension: &str,
    holder: &str,
    expires_at: Instant,
    key: &str,
    now: Instant,
) -> Result<Posted, LedgerError> {
    if is_known(tx, shop, extension, key)? {
        return Ok(Posted::Known);
    }
    let account = holders::account_for(tx, shop, holder, now)?;
    let party = holders::party_of_account(tx, shop, &account)?;
    let mut holding = load(tx, shop, &party)?;
    settle(tx, shop, &party, &mut holding, now)?;
    let draft = Draft {
        extension,
        key,
        kind: EntryKind::Extend,
        order: None,
        rule: "extend",
        reason: "Points expire at another time",
        actor: None,
    };
    let entry = append(tx, shop, now, &draft, &[])?;
    for lot in holding.available(now) {
        tx.execute(
            "insert into points_extensions (shop, entry, lot, was, becomes) values (?1, ?2, ?3, ?4, ?5)",
            values![shop, &entry, &lot.id, lot.expires_at, expires_at],
        )?;
        tx.execute(
            "update points_lots set expires_at = ?3 where shop = ?1 and id = ?2",
            values![shop, &lot.id, expires_at],
        )?;
    }
    touch_expiry(tx, shop, expires_at)?;
    touch(tx, shop, &party)?;
    Ok(Posted::New(entry))
}

/// A correction by staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction<'a> {
    /// A customer's or contact's id.
    pub holder: &'a str,
    /// Points to give, or to take if there are fewer than none.
    pub points: i64,
    /// Why, for the customer.
    pub reason: &'a str,
    /// Who answers for it, such as `admin:<id>`.
    pub actor: &'a str,
    /// Unique among corrections.
    pub key: &'a str,
    /// When given points expire.
    pub expires_at: Option<Instant>,
}

/// Corrects a balance by hand, and notes it in the audit log.
///
/// # Errors
/// If the reason or the actor is missing, more is to be taken than is available, or the database fails.
pub fn adjust(tx: &mut Tx<'_>, shop: &str, correction: &Correction<'_>, now: Instant) -> Result<Posted, LedgerError> {
    let Correction { holder, points, reason, actor, key, expires_at } = *correction;
    if reason.trim().is_empty() || actor.trim().is_empty() {
        return Err(LedgerError::Unexplained);
    }
    if points.unsigned_abs() > MOST_POINTS.unsigned_abs() {
        return Err(LedgerError::TooMany);
    }
    if is_known(tx, shop, HOST, key)? {
        return Ok(Posted::Known);
    }
    let draft = Draft {
        extension: HOST,
        key,
        kind: EntryKind::Adjust,
        order: None,
        rule: "adjust",
        reason,
        actor: Some(actor),
    };
    let posted = if points >= 0 {
        let shares = [("", points)];
        let credit = Credit { holder, rule: "adjust", available_at: now, expires_at, shares: &shares };
        post_credit(tx, shop, &credit, draft, now)?
    } else {
        let Some(party) = holders::party_of(tx, shop, holder)? else {
            return Err(LedgerError::NotEnough { asked: -points, available: 0 });
        };
        let mut holding = load(tx, shop, &party)?;
        settle(tx, shop, &party, &mut holding, now)?;
        let postings = spend::withdraw(&mut holding, -points, now)?;
        let entry = append(tx, shop, now, &draft, &postings)?;
        touch(tx, shop, &party)?;
        Posted::New(entry)
    };
    let details = serde_json::json!({ "points": points, "reason": reason });
    audit::write(tx, shop, now, actor, "points.adjusted", &format!("points/{holder}"), &details)?;
    Ok(posted)
}
