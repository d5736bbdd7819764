//! Points kept for a checkout under way, so that two carts do not promise the same ones. A reservation runs out by itself.

use super::{holder_version, holders, load};
use crate::clock::Instant;
use crate::ledger::LedgerError;
use crate::store::{StoreError, Tx, values, versions};

/// Keeps points of a customer for a cart until `until`, in place of what was kept for it before. 0 keeps none.
///
/// # Errors
/// If the holder has fewer that nobody else has reserved; what was kept for the cart before stays then.
pub fn reserve(
    tx: &mut Tx<'_>,
    shop: &str,
    cart: &str,
    holder: &str,
    points: i64,
    until: Instant,
    now: Instant,
) -> Result<(), LedgerError> {
    if points > 0 {
        let available = spendable(tx, shop, holder, cart, now)?;
        if points > available {
            return Err(LedgerError::NotEnough { asked: points, available: available.max(0) });
        }
    }
    release(tx, shop, cart)?;
    if points > 0 {
        tx.execute(
            "insert into points_reservations (shop, cart, holder, points, expires_at) values (?1, ?2, ?3, ?4, ?5)",
            values![shop, cart, holder, points, until],
        )?;
        versions::bump(tx, shop, &holder_version(holder))?;
    }
    Ok(())
}

/// Whether exactly these points of this holder are kept for a cart until `until` at least, and are still the holder's to
/// spend; or none are, where none are named.
///
/// # Errors
/// If the database fails.
pub fn is_reserved(
    tx: &mut Tx<'_>,
    shop: &str,
    cart: &str,
    points: Option<(&str, i64)>,
    until: Instant,
    now: Instant,
) -> Result<bool, StoreError> {
    let kept = tx.first(
        "select holder, points, expires_at from points_reservations where shop = ?1 and cart = ?2",
        values![shop, cart],
    )?;
    let (kept, (holder, points)) = match (kept, points) {
        (None, None) => return Ok(true),
        (Some(kept), Some(wanted)) => (kept, wanted),
        _ => return Ok(false),
    };
    if kept.text(0)? != holder || kept.int(1)? != points || kept.int(2)? < until {
        return Ok(false);
    }
    match spendable(tx, shop, holder, cart, now) {
        Ok(available) => Ok(points <= available),
        Err(LedgerError::Store(error)) => Err(error),
        Err(_) => Ok(false),
    }
}

/// Gives back what was kept for a cart.
///
/// # Errors
/// If the database fails.
pub fn release(tx: &mut Tx<'_>, shop: &str, cart: &str) -> Result<(), StoreError> {
    let released = tx
        .first("delete from points_reservations where shop = ?1 and cart = ?2 returning holder", values![shop, cart])?;
    released.map_or(Ok(()), |row| versions::bump(tx, shop, &holder_version(&row.text(0)?)))
}

/// Points of a holder that checkouts under way keep, that of `except_cart` left out.
///
/// # Errors
/// If the database fails.
pub fn reserved(
    tx: &mut Tx<'_>,
    shop: &str,
    holder: &str,
    except_cart: Option<&str>,
    now: Instant,
) -> Result<i64, StoreError> {
    let row = tx.first(
        "select cast(coalesce(sum(points), 0) as bigint) from points_reservations
         where shop = ?1 and holder = ?2 and expires_at > ?3 and cart <> ?4",
        values![shop, holder, now, except_cart.unwrap_or_default()],
    )?;
    row.map_or(Ok(0), |row| row.int(0))
}

fn spendable(tx: &mut Tx<'_>, shop: &str, holder: &str, cart: &str, now: Instant) -> Result<i64, LedgerError> {
    let Some(party) = holders::party_of(tx, shop, holder)? else { return Ok(0) };
    if party.held {
        return Err(LedgerError::Held);
    }
    let mut holding = load(tx, shop, &party)?;
    holding.settle(now);
    Ok(holding.balance(now).available - reserved(tx, shop, holder, Some(cart), now)?)
}
