//! Claims: counters and points that a price uses up. They are reserved while a checkout is under way, taken with the order
//! in its one transaction, and given back when the order is cancelled.

use std::collections::{BTreeMap, BTreeSet};

use boomerang_engine::{OrderClaim, PLATFORM};
use thiserror::Error;

use super::{StoreError, Tx, coupons, ledger, values, versions};
use crate::clock::Instant;
use crate::ledger::LedgerError;
use crate::orders::draft::{PricedClaim, Shopper};

/// The subject of a counter kept for everybody together.
const EVERYBODY: &str = "";

/// Why something scarce could not be had. Nothing was taken.
#[derive(Debug, Error)]
pub enum ClaimError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A counter has too few units left.
    #[error("{units} of {name:?} were wanted and {left} are left; price the cart again")]
    Exhausted {
        /// The extension whose counter it is.
        extension: String,
        /// The counter.
        name: String,
        /// Units wanted.
        units: u64,
        /// Units left.
        left: u64,
    },
    /// A coupon has been used as often as it can be.
    #[error("the code {code} has been used up; take it out and look at the price again")]
    CodeUsedUp {
        /// The code.
        code: String,
    },
    /// A counter kept for each shopper was claimed for nobody.
    #[error("{name:?} is counted for each shopper; enter an e-mail address first")]
    Nobody {
        /// The counter.
        name: String,
    },
    /// The points could not be had.
    #[error(transparent)]
    Points(#[from] LedgerError),
}

/// A counter that a cart claims, with all its claims summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Counter<'a> {
    extension: &'a str,
    name: &'a str,
    per_shopper: bool,
}

#[derive(Clone, Copy, Debug)]
struct Wanted {
    units: u64,
    limit: u64,
}

/// The claims of a cart. Sorted, so that two carts take the same counters in the same order.
struct Wants<'a> {
    quotas: BTreeMap<Counter<'a>, Wanted>,
    points: BTreeMap<&'a str, u64>,
}

fn sum(claims: &[PricedClaim]) -> Wants<'_> {
    let mut wants = Wants { quotas: BTreeMap::new(), points: BTreeMap::new() };
    for PricedClaim { extension, claim } in claims {
        match claim {
            OrderClaim::Points(points) => {
                let sum = wants.points.entry(extension).or_default();
                *sum = sum.saturating_add(*points);
            }
            OrderClaim::Counter(quota) => {
                let counter = Counter { extension, name: &quota.name, per_shopper: quota.per_shopper };
                let limit = u64::from(quota.limit);
                let wanted = wants.quotas.entry(counter).or_insert(Wanted { units: 0, limit });
                wanted.units += quota.units;
                wanted.limit = wanted.limit.min(limit);
            }
        }
    }
    wants
}

fn subjects<'a>(counter: &Counter<'_>, shopper: &'a Shopper) -> Result<Vec<&'a str>, ClaimError> {
    if !counter.per_shopper {
        return Ok(vec![EVERYBODY]);
    }
    let subjects: Vec<&str> = shopper.subjects().collect();
    if subjects.is_empty() {
        return Err(ClaimError::Nobody { name: counter.name.to_owned() });
    }
    Ok(subjects)
}

/// Reserves what a cart claims until `until`, in place of what was reserved for it before.
///
/// # Errors
/// If something cannot be had; roll the transaction back then, and what was reserved before stays.
pub fn reserve(
    tx: &mut Tx<'_>,
    shop: &str,
    cart: &str,
    shopper: &Shopper,
    claims: &[PricedClaim],
    until: Instant,
    now: Instant,
) -> Result<(), ClaimError> {
    release(tx, shop, cart)?;
    let wants = sum(claims);
    for (counter, wanted) in &wants.quotas {
        // A guest who has typed no address yet reserves nothing of what is counted for each shopper.
        for subject in subjects(counter, shopper).unwrap_or_default() {
            check_room(tx, shop, cart, counter, subject, *wanted, now)?;
            tx.execute(
                "insert into quota_reservations (shop, cart, extension, name, subject, units, expires_at)
                 values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                values![shop, cart, counter.extension, counter.name, subject, signed(wanted.units), until],
            )?;
        }
        versions::bump(tx, shop, &quota_version(counter.extension, counter.name))?;
    }
    let points = wants.points.values().fold(0_u64, |sum, points| sum.saturating_add(*points));
    if let Some(customer) = &shopper.customer {
        ledger::reserve(tx, shop, cart, customer, crate::ledger::checked(points)?, until, now)?;
    }
    Ok(())
}

/// Whether exactly what a cart claims is reserved for it, until `until` at least, so that [`reserve`] would only make it last
/// longer.
///
/// # Errors
/// If the database fails.
pub fn stand(
    tx: &mut Tx<'_>,
    shop: &str,
    cart: &str,
    shopper: &Shopper,
    claims: &[PricedClaim],
    until: Instant,
    now: Instant,
) -> Result<bool, StoreError> {
    let wants = sum(claims);
    let mut wanted = BTreeSet::new();
    for (counter, of) in &wants.quotas {
        for subject in subjects(counter, shopper).unwrap_or_default() {
            match check_room(tx, shop, cart, counter, subject, *of, now) {
                Ok(()) => {}
                Err(ClaimError::Store(error)) => return Err(error),
                // What was reserved is more than may be had by now.
                Err(_) => return Ok(false),
            }
            let text = str::to_owned;
            wanted.insert((text(counter.extension), text(counter.name), text(subject), signed(of.units)));
        }
    }
    let mut reserved = BTreeSet::new();
    for row in tx.query(
        "select extension, name, subject, units, expires_at from quota_reservations where shop = ?1 and cart = ?2",
        values![shop, cart],
    )? {
        if row.int(4)? < until {
            return Ok(false);
        }
        reserved.insert((row.text(0)?, row.text(1)?, row.text(2)?, row.int(3)?));
    }
    let points = wants.points.values().fold(0_u64, |sum, points| sum.saturating_add(*points));
    let points =
        shopper.customer.as_deref().map(|customer| (customer, signed(points))).filter(|(_, points)| *points > 0);
    Ok(wanted == reserved && ledger::is_reserved(tx, shop, cart, points, until, now)?)
}

/// Gives back what was reserved for a cart.
///
/// # Errors
/// If the database fails.
pub fn release(tx: &mut Tx<'_>, shop: &str, cart: &str) -> Result<(), StoreError> {
    let released = tx.query(
        "delete from quota_reservations where shop = ?1 and cart = ?2 returning extension, name",
        values![shop, cart],
    )?;
    for row in &released {
        versions::bump(tx, shop, &quota_version(&row.text(0)?, &row.text(1)?))?;
    }
    ledger::release(tx, shop, cart)
}

/// Takes everything an order claims, or refuses. What the cart had reserved is used up.
///
/// # Errors
/// If something cannot be had; roll the transaction back then.
pub fn take(
    tx: &mut Tx<'_>,
    shop: &str,
    order: &str,
    cart: &str,
    shopper: &Shopper,
    claims: &[PricedClaim],
    now: Instant,
) -> Result<(), ClaimError> {
    let wants = sum(claims);
    for (position, (counter, wanted)) in (0_u32..).zip(&wants.quotas) {
        for subject in subjects(counter, shopper)? {
            // Locks the counter, so that nobody else takes what is found to be left below.
            add(tx, shop, counter, subject, 0)?;
            check_room(tx, shop, cart, counter, subject, *wanted, now)?;
            add(tx, shop, counter, subject, signed(wanted.units))?;
        }
        tx.execute(
            "insert into order_claims (shop, order_id, position, extension, name, units, per_shopper, released)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)",
            values![shop, order, position, counter.extension, counter.name, signed(wanted.units), counter.per_shopper],
        )?;
        versions::bump(tx, shop, &quota_version(counter.extension, counter.name))?;
    }
    for (extension, points) in &wants.points {
        let points = crate::ledger::checked(*points)?;
        let holder = shopper.customer.as_deref().ok_or(LedgerError::NotEnough { asked: points, available: 0 })?;
        let key = format!("order/{order}/spend");
        ledger::spend(tx, shop, &ledger::Spending { extension, key: &key, holder, order, cart, points }, now)?;
    }
    Ok(release(tx, shop, cart)?)
}

/// Gives the counters back what a cancelled order took from them. Points are given back by the extension that took them,
/// when it is told. Doing it again changes nothing.
///
/// # Errors
/// If the database fails.
pub fn give_back(tx: &mut Tx<'_>, shop: &str, order: &str, shopper: &Shopper) -> Result<(), StoreError> {
    let taken = tx.query(
        "update order_claims set released = 1 where shop = ?1 and order_id = ?2 and released = 0
         returning extension, name, units, per_shopper",
        values![shop, order],
    )?;
    for row in &taken {
        let (extension, name, per_shopper) = (row.text(0)?, row.text(1)?, row.flag(3)?);
        let counter = Counter { extension: &extension, name: &name, per_shopper };
        for subject in subjects(&counter, shopper).unwrap_or_default() {
            add(tx, shop, &counter, subject, -row.int(2)?)?;
        }
        versions::bump(tx, shop, &quota_version(&extension, &name))?;
    }
    Ok(())
}

/// Lets what a guest's order took count for the account it has joined.
pub(super) fn join_customer(tx: &mut Tx<'_>, shop: &str, order: &str, customer: &str) -> Result<(), StoreError> {
    let taken = tx.query(
        "select extension, name, units from order_claims
         where shop = ?1 and order_id = ?2 and per_shopper = 1 and released = 0",
        values![shop, order],
    )?;
    for row in &taken {
        let (extension, name) = (row.text(0)?, row.text(1)?);
        let counter = Counter { extension: &extension, name: &name, per_shopper: true };
        add(tx, shop, &counter, customer, row.int(2)?)?;
        versions::bump(tx, shop, &quota_version(&extension, &name))?;
    }
    Ok(())
}

/// Units taken or reserved, for each name in turn. A cart that is being priced names itself as `except_cart`, so that what
/// it has reserved counts as left for it.
///
/// # Errors
/// If the database fails.
pub fn taken(
    tx: &mut Tx<'_>,
    shop: &str,
    extension: &str,
    names: &[String],
    except_cart: Option<&str>,
    now: Instant,
) -> Result<Vec<u32>, StoreError> {
    taken_for(tx, shop, extension, EVERYBODY, names, except_cart, now)
}

/// The same for counters kept for each shopper, for one customer or contact.
///
/// # Errors
/// If the database fails.
pub fn taken_by(
    tx: &mut Tx<'_>,
    shop: &str,
    extension: &str,
    subject: &str,
    names: &[String],
    except_cart: Option<&str>,
    now: Instant,
) -> Result<Vec<u32>, StoreError> {
    taken_for(tx, shop, extension, subject, names, except_cart, now)
}

fn taken_for(
    tx: &mut Tx<'_>,
    shop: &str,
    extension: &str,
    subject: &str,
    names: &[String],
    except_cart: Option<&str>,
    now: Instant,
) -> Result<Vec<u32>, StoreError> {
    names
        .iter()
        .map(|name| {
            let counter = Counter { extension, name, per_shopper: false };
            let used = used(tx, shop, except_cart.unwrap_or_default(), &counter, subject, now)?;
            Ok(u32::try_from(used).unwrap_or(u32::MAX))
        })
        .collect()
}

/// The key under which the version of a counter stands.
#[must_use]
pub fn quota_version(extension: &str, name: &str) -> String {
    format!("quota/{extension}/{name}")
}

/// Units taken, and reserved for other carts.
fn used(
    tx: &mut Tx<'_>,
    shop: &str,
    cart: &str,
    counter: &Counter<'_>,
    subject: &str,
    now: Instant,
) -> Result<u64, StoreError> {
    let row = tx.first(
        "select coalesce((select taken from quotas
                          where shop = ?1 and extension = ?2 and name = ?3 and subject = ?4), 0)
              + coalesce((select cast(sum(units) as bigint) from quota_reservations
                          where shop = ?1 and extension = ?2 and name = ?3 and subject = ?4
                                and expires_at > ?5 and cart <> ?6), 0)",
        values![shop, counter.extension, counter.name, subject, now, cart],
    )?;
    Ok(row.map_or(Ok(0), |row| row.int(0))?.max(0).unsigned_abs())
}

fn check_room(
    tx: &mut Tx<'_>,
    shop: &str,
    cart: &str,
    counter: &Counter<'_>,
    subject: &str,
    wanted: Wanted,
    now: Instant,
) -> Result<(), ClaimError> {
    let left = wanted.limit.saturating_sub(used(tx, shop, cart, counter, subject, now)?);
    if wanted.units > left {
        if let Some(code) = Some(counter.name).filter(|_| counter.extension == PLATFORM).and_then(coupons::code_of) {
            return Err(ClaimError::CodeUsedUp { code: code.to_owned() });
        }
        let (extension, name) = (counter.extension.to_owned(), counter.name.to_owned());
        return Err(ClaimError::Exhausted { extension, name, units: wanted.units, left });
    }
    Ok(())
}

fn add(tx: &mut Tx<'_>, shop: &str, counter: &Counter<'_>, subject: &str, units: i64) -> Result<(), StoreError> {
    tx.execute(
        "insert into quotas (shop, extension, name, subject, taken) values (?1, ?2, ?3, ?4, ?5)
         on conflict (shop, extension, name, subject) do update set taken = quotas.taken + excluded.taken",
        values![shop, counter.extension, counter.name, subject, units],
    )?;
    Ok(())
}

fn signed(units: u64) -> i64 {
    i64::try_from(units).unwrap_or(i64::MAX)
}
