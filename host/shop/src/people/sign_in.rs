//! Signing in without a password: a mail with a link and a code (A4–A6, A10, C1).
//!
//! An address with an account and one without are treated alike: the same steps, the same answer, the same mail. The
//! difference is made only for somebody who has read the mail.

use thiserror::Error;

use super::proofs::{self, Proof};
use super::{Customer, Email, NewSession, devices, proved, referrals, session};
use crate::clock::{DAY, HOUR, Instant};
use crate::mail::{Content, Purpose};
use crate::secrets::{Secret, hash_token, hex, new_token};
use crate::store::limits::{self, Limit, LimitError};
use crate::store::mails::{self, NewMail, SHOP};
use crate::store::{StoreError, Tx, contacts};

/// Mails to one mailbox.
const PER_ADDRESS: Limit = Limit { burst: 5, period: HOUR };
/// Mails asked for from one network address.
const PER_IP: Limit = Limit { burst: 30, period: HOUR };
/// Mails asked for from one browser.
const PER_BROWSER: Limit = Limit { burst: 10, period: HOUR };
/// Codes tried for one contact, over all the mails to it.
const CODES_PER_CONTACT: Limit = Limit { burst: 25, period: DAY };
/// Codes and links tried from one network address.
const TRIES_PER_IP: Limit = Limit { burst: 60, period: HOUR };
/// An address that was only typed is forgotten after this long.
const TYPED: Instant = DAY;

/// Why signing in did not go on. It is the same for every address.
#[derive(Debug, Error)]
pub enum SignInError {
    /// A limit is used up.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Where a request comes from, for limits only. Both are stored as keyed hashes.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// The network address.
    pub ip: &'a str,
    /// What names the browser, such as its session's id.
    pub browser: Option<&'a str>,
}

/// What the browser that asked for a mail keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requested {
    /// Has to come with the code. Without the mail it opens nothing.
    pub handle: String,
}

/// A browser that shows a proof.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// Where it comes from.
    pub origin: Origin<'a>,
    /// The value of its session's cookie, which is worth nothing afterwards.
    pub session: Option<&'a str>,
    /// What it says it is.
    pub label: &'a str,
    /// The shopper asked to be remembered on this device.
    pub remember: bool,
    /// The language of an account that is made now.
    pub locale: &'a str,
    /// The code of the customer who recommended the shop, as it came. One that is none is passed over.
    pub referral: Option<&'a str>,
}

/// Somebody who is signed in.
#[derive(Clone)]
pub struct SignedIn {
    /// Who.
    pub customer: Customer,
    /// The new session with its cookie's value.
    pub session: NewSession,
    /// The id of the session before, whose cart may be taken over.
    pub previous: Option<String>,
    /// The value of the device's cookie, if the shopper asked to be remembered.
    pub device: Option<String>,
    /// The address was proved for the first time.
    pub first: bool,
}

/// What came of a proof. Commit the transaction in either case: a wrong code is counted.
#[derive(Clone)]
pub enum Confirmation {
    /// The proof was right.
    SignedIn(Box<SignedIn>),
    /// It is wrong, used, replaced or has ended; a new mail helps.
    Refused,
}

/// What a code is for.
#[derive(Clone, Copy, Debug)]
pub enum CodeFor<'a> {
    /// The mail that a browser asked for with [`request`].
    Handle(&'a str),
    /// The invitation mailed to an address.
    Invitation(&'a Email),
}

/// Queues a mail with a link and a code. Does the same for every address, and never looks whether it has an account.
///
/// # Errors
/// If a limit is used up or the database fails.
pub fn request(
    tx: &mut Tx<'_>,
    secret: &Secret,
    shop: &str,
    email: &Email,
    origin: Origin<'_>,
    now: Instant,
) -> Result<Requested, SignInError> {
    limit(tx, secret, shop, "mail-ip", origin.ip, PER_IP, now)?;
    if let Some(browser) = origin.browser {
        limit(tx, secret, shop, "mail-browser", browser, PER_BROWSER, now)?;
    }
    limit(tx, secret, shop, "mail-to", &email.abuse_form(), PER_ADDRESS, now)?;
    let contact = secret.contact(shop, email.as_typed());
    contacts::remember(tx, shop, &contact, email.as_typed(), Some(now + TYPED))?;
    let handle = new_token();
    let handle_hash = hash_token(&handle);
    let mail = NewMail {
        sender: SHOP,
        key: &format!("sign-in/{handle_hash}"),
        contact: &contact,
        purpose: Purpose::Security,
        content: &Content::SignIn { handle: handle_hash.clone() },
        stop_when: &[],
        send_at: None,
    };
    mails::queue(tx, shop, &mail, now)?;
    Ok(Requested { handle })
}

/// Signs in with the token of a link. Only ever for a POST: see [`proofs::peek`] for what a GET may do.
///
/// # Errors
/// If a limit is used up or the database fails.
pub fn confirm_link(
    tx: &mut Tx<'_>,
    secret: &Secret,
    shop: &str,
    token: &str,
    visit: Visit<'_>,
    now: Instant,
) -> Result<Confirmation, SignInError> {
    limit(tx, secret, shop, "try-ip", visit.origin.ip, TRIES_PER_IP, now)?;
    let proof = proofs::take(tx, shop, token, now)?;
    conclude(tx, shop, proof, visit, now)
}

/// Signs in with a code.
///
/// # Errors
/// If a limit is used up or the database fails.
pub fn confirm_code(
    tx: &mut Tx<'_>,
    secret: &Secret,
    shop: &str,
    code_for: CodeFor<'_>,
    code: &str,
    visit: Visit<'_>,
    now: Instant,
) -> Result<Confirmation, SignInError> {
    limit(tx, secret, shop, "try-ip", visit.origin.ip, TRIES_PER_IP, now)?;
    let (handle, contact) = match code_for {
        CodeFor::Handle(handle) => {
            let handle = hash_token(handle);
            let contact = proofs::contact_of(tx, shop, &handle, now)?;
            (handle, contact)
        }
        CodeFor::Invitation(email) => {
            let contact = secret.contact(shop, email.as_typed());
            (proofs::invitation_handle(secret, shop, &contact), Some(contact))
        }
    };
    // Each mail allows a few guesses; this bounds the guesses over many mails that somebody asks for. It counts for an
    // address without an invitation too, so that it does not tell which addresses have one.
    if let Some(contact) = contact {
        limits::take(tx, shop, &format!("codes/{contact}"), CODES_PER_CONTACT, now)?;
    }
    let proof = proofs::take_by_code(tx, secret, shop, &handle, code, now)?;
    if let Some(proof) = &proof {
        limits::reset(tx, shop, &format!("codes/{}", proof.contact))?;
    }
    conclude(tx, shop, proof, visit, now)
}

fn conclude(
    tx: &mut Tx<'_>,
    shop: &str,
    proof: Option<Proof>,
    visit: Visit<'_>,
    now: Instant,
) -> Result<Confirmation, SignInError> {
    let Some(proof) = proof else { return Ok(Confirmation::Refused) };
    let proved = proved::prove(tx, shop, &proof.contact, visit.locale, now)?;
    let mut previous = None;
    if let Some(token) = visit.session {
        previous = session::open(tx, shop, token, now)?;
        session::end(tx, shop, token)?;
    }
    if let Some(code) = visit.referral.filter(|_| proved.first) {
        let was_signed_in = previous.as_ref().and_then(|session| session.customer.as_deref());
        referrals::accept(tx, shop, code, &proved.customer, was_signed_in, now)?;
    }
    let session = session::begin(tx, shop, Some(&proved.customer.id), visit.label, now)?;
    let device =
        visit.remember.then(|| devices::remember(tx, shop, &proved.customer.id, visit.label, now)).transpose()?;
    let previous = previous.map(|session| session.id);
    let signed_in = SignedIn { customer: proved.customer, session, previous, device, first: proved.first };
    Ok(Confirmation::SignedIn(Box::new(signed_in)))
}

fn limit(
    tx: &mut Tx<'_>,
    secret: &Secret,
    shop: &str,
    what: &str,
    whose: &str,
    limit: Limit,
    now: Instant,
) -> Result<(), LimitError> {
    let key = format!("{what}/{}", hex(&secret.mac(&["limit", what, shop, whose])[..16]));
    limits::take(tx, shop, &key, limit, now)
}
