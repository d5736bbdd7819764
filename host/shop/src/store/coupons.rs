//! Coupon codes that extensions issued. A code is looked up without regard to case.

use boomerang_engine::PLATFORM;
use boomerang_engine::contract::{Claim, Coupon, QuotaClaim};

use super::db::to_json;
use super::{Row, StoreError, Tx, claims, values};
use crate::clock::Instant;

/// Begins the names of the counters of uses.
const COUNTER: &str = "coupon/";

/// A code with who issued it.
#[derive(Clone, Debug, PartialEq)]
pub struct Issued {
    /// The extension.
    pub extension: String,
    /// What the code is worth, to whom and when.
    pub coupon: Coupon,
    /// When it was issued.
    pub issued_at: Instant,
}

impl Issued {
    /// One use of the code, which place-order takes with the rest of the order.
    #[must_use]
    pub fn claim(&self) -> Claim {
        let name = counter(&self.coupon.code);
        Claim::Quota(QuotaClaim { name, limit: self.coupon.uses, per_shopper: false, per_variant: false })
    }
}

/// A code that stands in a cart.
#[derive(Clone, Debug, PartialEq)]
pub struct Entered {
    /// As it was typed.
    pub code: String,
    /// The coupon that has this code, with how often this cart could still use it; none if there is no such coupon.
    pub issued: Option<(Issued, u32)>,
}

/// What came of issuing a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issuing {
    /// The code can be used.
    Done,
    /// The extension issued one under this key before, and nothing was done.
    Already,
    /// Another coupon of the shop has this code.
    CodeTaken,
}

/// Issues a code, once for its key.
///
/// # Errors
/// If the database fails.
pub fn issue(
    tx: &mut Tx<'_>,
    shop: &str,
    extension: &str,
    coupon: &Coupon,
    now: Instant,
) -> Result<Issuing, StoreError> {
    let sql = "select 1 from coupons where shop = ?1 and extension = ?2 and key = ?3";
    if tx.first(sql, values![shop, extension, &coupon.key])?.is_some() {
        return Ok(Issuing::Already);
    }
    let issued = tx.execute(
        "insert into coupons (shop, code, extension, key, coupon, issued_at) values (?1, ?2, ?3, ?4, ?5, ?6)
         on conflict (shop, code) do nothing",
        values![shop, canonical(&coupon.code), extension, &coupon.key, to_json(coupon)?, now],
    )?;
    Ok(if issued == 1 { Issuing::Done } else { Issuing::CodeTaken })
}

/// The coupon with a code, however it is typed.
///
/// # Errors
/// If the database fails.
pub fn find(tx: &mut Tx<'_>, shop: &str, code: &str) -> Result<Option<Issued>, StoreError> {
    tx.first(
        "select extension, coupon, issued_at from coupons where shop = ?1 and code = ?2",
        values![shop, canonical(code)],
    )?
    .as_ref()
    .map(issued)
    .transpose()
}

/// What is known of the codes of a cart. What the cart has reserved itself counts as left for it.
///
/// # Errors
/// If the database fails.
pub fn entered(
    tx: &mut Tx<'_>,
    shop: &str,
    cart: &str,
    codes: Vec<String>,
    now: Instant,
) -> Result<Vec<Entered>, StoreError> {
    let mut entered = Vec::with_capacity(codes.len());
    for code in codes {
        let issued = match find(tx, shop, &code)? {
            Some(issued) => {
                let names = [counter(&issued.coupon.code)];
                let taken = claims::taken(tx, shop, PLATFORM, &names, Some(cart), now)?;
                let left = issued.coupon.uses.saturating_sub(taken.first().copied().unwrap_or(0));
                Some((issued, left))
            }
            None => None,
        };
        entered.push(Entered { code, issued });
    }
    Ok(entered)
}

/// The code whose uses a counter of the platform counts, if it is such a counter.
pub(super) fn code_of(counter: &str) -> Option<&str> {
    counter.strip_prefix(COUNTER)
}

/// The counter of a code's uses.
fn counter(code: &str) -> String {
    format!("{COUNTER}{}", canonical(code))
}

/// Coupons of a customer that can still be used at `now`, those that end first first.
///
/// # Errors
/// If the database fails.
pub fn of_customer(tx: &mut Tx<'_>, shop: &str, customer: &str, now: Instant) -> Result<Vec<Issued>, StoreError> {
    let rows = tx.query("select extension, coupon, issued_at from coupons where shop = ?1", values![shop])?;
    let mut coupons = Vec::new();
    for row in &rows {
        let found = issued(row)?;
        if found.coupon.customer.as_deref() == Some(customer) && found.coupon.valid_until > now {
            coupons.push(found);
        }
    }
    coupons.sort_by_key(|found| found.coupon.valid_until);
    Ok(coupons)
}

fn canonical(code: &str) -> String {
    code.trim().to_ascii_uppercase()
}

fn issued(row: &Row) -> Result<Issued, StoreError> {
    Ok(Issued { extension: row.text(0)?, coupon: row.json(1)?, issued_at: row.int(2)? })
}
