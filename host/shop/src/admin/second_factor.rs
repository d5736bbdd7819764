//! A second factor for signing in: codes of an authenticator app (RFC 6238), and a few to keep for when it is lost.
//!
//! The secret that the app shares is derived from a random seed and the platform's own secret, so a copy of the database
//! alone makes no codes. A code is taken once, in its half minute or one half minute off.

use serde_json::json;
use thiserror::Error;
use totp_rs::{Builder, Secret as Shared, Totp};

use super::Admin;
use crate::clock::{Instant, SECOND};
use crate::secrets::{Secret, hex, new_token};
use crate::shops::Shop;
use crate::store::second_factors::{self, Factor};
use crate::store::{StoreError, Tx, audit};

/// Codes for when the app is lost.
const RECOVERY_CODES: usize = 10;
/// Hexadecimal digits of each.
const RECOVERY_DIGITS: usize = 16;

/// Why a second factor was not changed.
#[derive(Debug, Error)]
pub enum FactorError {
    /// The code is wrong, was used, or is from another time.
    #[error(
        "the code is wrong or was used already; wait for the next one and see that the clock of the phone is right"
    )]
    Wrong,
    /// One is asked for already.
    #[error("a second factor is in force already; turn it off first, with one of its codes")]
    InForce,
    /// There is none.
    #[error("no second factor was set up; set one up first")]
    None,
    /// The secret could not be used.
    #[error("the second factor cannot be worked out; set it up again")]
    Unusable,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What an authenticator app is told, once.
#[derive(Clone)]
pub struct Enrolment {
    /// The shared secret in base 32, to be typed.
    pub secret: String,
    /// The same as an address that apps open.
    pub url: String,
}

/// How somebody's second factor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// It is asked for at every sign-in.
    pub in_force: bool,
    /// Recovery codes that have not been used.
    pub codes_left: u32,
}

/// How somebody's second factor stands.
///
/// # Errors
/// If the database fails.
pub fn standing(tx: &mut Tx<'_>, shop: &str, admin: &str) -> Result<Standing, StoreError> {
    let factor = second_factors::get(tx, shop, admin)?;
    Ok(Standing {
        in_force: factor.is_some_and(|factor| factor.confirmed_at.is_some()),
        codes_left: second_factors::codes_left(tx, shop, admin)?,
    })
}

/// Begins to set one up. It is not asked for before [`confirm`].
///
/// # Errors
/// If one is in force, or the database fails.
pub fn enrol(tx: &mut Tx<'_>, secret: &Secret, shop: &Shop, admin: &Admin) -> Result<Enrolment, FactorError> {
    if second_factors::get(tx, &shop.id, &admin.id)?.is_some_and(|factor| factor.confirmed_at.is_some()) {
        return Err(FactorError::InForce);
    }
    let factor = Factor { seed: new_token(), confirmed_at: None, last_step: 0 };
    second_factors::put(tx, &shop.id, &admin.id, &factor)?;
    Ok(told(secret, shop, admin, &factor))
}

/// What [`enrol`] told the app, for somebody who has mistyped its first code; none where nothing is being set up.
///
/// # Errors
/// If the database fails.
pub fn begun(tx: &mut Tx<'_>, secret: &Secret, shop: &Shop, admin: &Admin) -> Result<Option<Enrolment>, StoreError> {
    let factor = second_factors::get(tx, &shop.id, &admin.id)?.filter(|factor| factor.confirmed_at.is_none());
    Ok(factor.map(|factor| told(secret, shop, admin, &factor)))
}

fn told(secret: &Secret, shop: &Shop, admin: &Admin, factor: &Factor) -> Enrolment {
    let shared = shared(secret, &shop.id, &admin.id, factor).to_base32();
    let part = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    let (issuer, account) = (part(&shop.name.replace(':', " ")), part(&admin.email));
    let url = format!("otpauth://totp/{issuer}:{account}?secret={shared}&issuer={issuer}");
    Enrolment { secret: shared, url }
}

/// Puts a second factor into force by a first right code, and gives the recovery codes, once.
///
/// # Errors
/// If the code is wrong, there is nothing to confirm, or the database fails.
pub fn confirm(
    tx: &mut Tx<'_>,
    secret: &Secret,
    shop: &str,
    admin: &Admin,
    code: &str,
    now: Instant,
) -> Result<Vec<String>, FactorError> {
    let factor = second_factors::get(tx, shop, &admin.id)?.ok_or(FactorError::None)?;
    if factor.confirmed_at.is_some() {
        return Err(FactorError::InForce);
    }
    let step = step_of(secret, shop, &admin.id, &factor, code, now)?.ok_or(FactorError::Wrong)?;
    let confirmed = Factor { confirmed_at: Some(now), last_step: step, ..factor };
    second_factors::put(tx, shop, &admin.id, &confirmed)?;
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| new_token()[..RECOVERY_DIGITS].to_owned()).collect();
    let hashes: Vec<String> = codes.iter().map(|code| recovery_hash(secret, shop, &admin.id, code)).collect();
    second_factors::set_codes(tx, shop, &admin.id, &hashes)?;
    note(tx, shop, now, &admin.actor(), "staff.second-factor-on", &admin.id)?;
    Ok(codes)
}

/// Turns one's own second factor off, with one of its codes.
///
/// # Errors
/// If the code is wrong, there is none, or the database fails.
pub fn turn_off(
    tx: &mut Tx<'_>,
    secret: &Secret,
    shop: &str,
    admin: &Admin,
    code: &str,
    now: Instant,
) -> Result<(), FactorError> {
    let factor = second_factors::get(tx, shop, &admin.id)?.ok_or(FactorError::None)?;
    if factor.confirmed_at.is_some() && !passes(tx, secret, shop, &admin.id, code, now)? {
        return Err(FactorError::Wrong);
    }
    second_factors::remove(tx, shop, &admin.id)?;
    note(tx, shop, now, &admin.actor(), "staff.second-factor-off", &admin.id)?;
    Ok(())
}

/// Turns a colleague's off, who has lost it. That is for owners.
///
/// # Errors
/// If there is none, or the database fails.
pub fn turn_off_for(tx: &mut Tx<'_>, shop: &str, actor: &str, admin: &str, now: Instant) -> Result<(), FactorError> {
    if !second_factors::remove(tx, shop, admin)? {
        return Err(FactorError::None);
    }
    note(tx, shop, now, actor, "staff.second-factor-off", admin)?;
    Ok(())
}

/// Whether a code lets somebody in, who has a second factor in force. It is used up by that.
///
/// # Errors
/// If the database fails.
pub fn passes(
    tx: &mut Tx<'_>,
    secret: &Secret,
    shop: &str,
    admin: &str,
    code: &str,
    now: Instant,
) -> Result<bool, FactorError> {
    let factor = second_factors::get(tx, shop, admin)?.ok_or(FactorError::None)?;
    if let Some(step) = step_of(secret, shop, admin, &factor, code, now)? {
        second_factors::put(tx, shop, admin, &Factor { last_step: step, ..factor })?;
        return Ok(true);
    }
    Ok(second_factors::use_code(tx, shop, admin, &recovery_hash(secret, shop, admin, code))?)
}

/// The step that a code is of: this one or one beside it, and later than that of the last code.
fn step_of(
    secret: &Secret,
    shop: &str,
    admin: &str,
    factor: &Factor,
    code: &str,
    now: Instant,
) -> Result<Option<i64>, FactorError> {
    let code: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    let seconds = u64::try_from(now / SECOND).unwrap_or(0);
    let step = totp(shared(secret, shop, admin, factor))?.check(&code, seconds).map(u64::cast_signed);
    Ok(step.filter(|step| *step > factor.last_step))
}

/// Codes of six digits, for half a minute each and half a minute more on either side: what every app makes.
fn totp(shared: Shared) -> Result<Totp, FactorError> {
    Builder::new().with_secret(shared).build().map_err(|_| FactorError::Unusable)
}

/// The secret that the app shares: 160 bits, as RFC 4226 recommends.
fn shared(secret: &Secret, shop: &str, admin: &str, factor: &Factor) -> Shared {
    Shared::from(&secret.mac(&["second-factor", shop, admin, &factor.seed])[..20])
}

fn recovery_hash(secret: &Secret, shop: &str, admin: &str, code: &str) -> String {
    let code: String = code.chars().filter(char::is_ascii_hexdigit).collect();
    hex(&secret.mac(&["recovery-code", shop, admin, &code.to_lowercase()]))
}

fn note(tx: &mut Tx<'_>, shop: &str, now: Instant, actor: &str, action: &str, admin: &str) -> Result<(), StoreError> {
    audit::write(tx, shop, now, actor, action, &format!("admin/{admin}"), &json!({}))
}

#[cfg(test)]
#[path = "second_factor_tests.rs"]
mod tests;
