//! Accounts offered to guests (A1–A3, A6–A9): shell → invited → verified → active.
//!
//! The buyer sees nothing that depends on whether the address has an account: a mail goes out in either case, and only
//! its reader learns more. Past orders, points and addresses come to the account once the address is proved, and not
//! before.

use thiserror::Error;

use super::{CustomerState, Email, proofs, proved};
use crate::clock::{DAY, Instant};
use crate::ids;
use crate::mail::{Content, Purpose, Signal};
use crate::secrets::{Secret, hash_token};
use crate::store::mails::{self, NewMail, SHOP};
use crate::store::offers::{self, Offer, OfferState};
use crate::store::{StoreError, Tx, addresses, contacts, customers, favourites, payment_tokens, tokens};

/// The longest that an unclaimed account may wait.
const MOST_DAYS: u32 = 365;
/// Accounts deleted in one transaction, so that a sweep does not hold up the shop.
const SWEPT_AT_ONCE: u32 = 200;

/// What is made of an offer now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferMode {
    /// The account is made once it is accepted.
    Invite,
    /// An empty account is made now.
    Automatic,
}

/// An offer of an account to the buyer of an order.
#[derive(Clone, Copy, Debug)]
pub struct NewOffer<'a> {
    /// The extension that makes it.
    pub extension: &'a str,
    /// The order's id. An order has one offer at most.
    pub order: &'a str,
    /// The order's number.
    pub number: &'a str,
    /// The address on the order, as typed.
    pub email: &'a Email,
    /// The buyer's language.
    pub locale: &'a str,
    /// What is made now.
    pub mode: OfferMode,
    /// Days until an account that nobody has claimed is deleted, 1 to 365.
    pub delete_unclaimed_after_days: u32,
}

/// What came of an offer, for the extension's merchant; the buyer is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offered {
    /// The offer was made.
    Made,
    /// The order had one already, so nothing was done.
    Already,
    /// The address has turned an account down before, so none was offered.
    TurnedDown,
}

/// Why an offer was not made.
#[derive(Debug, Error)]
pub enum OfferError {
    /// The days are out of range.
    #[error("an unclaimed account is kept for {0} days, and 1 to {MOST_DAYS} are allowed; change the setting")]
    Days(u32),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Offers an account to the buyer of an order. A second offer for the order changes nothing.
///
/// # Errors
/// If the days are out of range or the database fails.
pub fn offer(
    tx: &mut Tx<'_>,
    secret: &Secret,
    shop: &str,
    new: &NewOffer<'_>,
    now: Instant,
) -> Result<Offered, OfferError> {
    let days = new.delete_unclaimed_after_days;
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(OfferError::Days(days));
    }
    let contact = secret.contact(shop, new.email.as_typed());
    let lapses_at = now + i64::from(days) * DAY;
    let turned_down = offers::was_refused(tx, shop, &contact)?;
    let mut record = Offer {
        order: new.order.into(),
        extension: new.extension.into(),
        contact,
        automatic: new.mode == OfferMode::Automatic,
        customer: None,
        state: if turned_down { OfferState::Refused } else { OfferState::Offered },
        offered_at: now,
        lapses_at,
    };
    if offers::of_order(tx, shop, new.order)?.is_some() {
        return Ok(Offered::Already);
    }
    contacts::remember(tx, shop, &record.contact, new.email.as_typed(), None)?;
    let known = customers::by_contact(tx, shop, &record.contact)?;
    let proved = known.as_ref().is_some_and(|customer| customer.state.is_proved());
    if !turned_down && !proved {
        record.customer = match known {
            Some(mut shell) => {
                shell.delete_unclaimed_at = shell.delete_unclaimed_at.max(Some(lapses_at));
                customers::update(tx, shop, &shell)?;
                Some(shell.id)
            }
            None if record.automatic => Some(make_shell(tx, shop, &record, new.locale)?),
            None => None,
        };
    }
    offers::insert(tx, shop, &record)?;
    if turned_down {
        return Ok(Offered::TurnedDown);
    }
    let number = new.number.to_owned();
    let content = if proved {
        Content::AccountReminder { number }
    } else {
        Content::Invitation { order: new.order.into(), number, automatic: record.automatic, lapses_at }
    };
    let mail = NewMail {
        sender: SHOP,
        key: &mail_key(new.order),
        contact: &record.contact,
        purpose: Purpose::Service,
        content: &content,
        stop_when: &[Signal::Verified],
        send_at: None,
    };
    mails::queue(tx, shop, &mail, now)?;
    Ok(Offered::Made)
}

fn make_shell(tx: &mut Tx<'_>, shop: &str, offer: &Offer, locale: &str) -> Result<String, StoreError> {
    let id = ids::new("cus", offer.offered_at);
    let mut shell = proved::blank(&id, &offer.contact, CustomerState::Shell, locale, offer.offered_at);
    shell.delete_unclaimed_at = Some(offer.lapses_at);
    customers::insert(tx, shop, &shell)?;
    Ok(id)
}

/// The invitation has been mailed, so the empty account is an invited one.
pub(crate) fn invited(tx: &mut Tx<'_>, shop: &str, contact: &str) -> Result<(), StoreError> {
    if let Some(mut customer) = customers::by_contact(tx, shop, contact)?
        && customer.state == CustomerState::Shell
    {
        customer.state = CustomerState::Invited;
        customers::update(tx, shop, &customer)?;
    }
    Ok(())
}

/// "Don't keep it", from the thank-you page of the order. An account that somebody has proved is left alone, and the
/// buyer is not told which it was.
///
/// # Errors
/// If the database fails.
pub fn refuse(tx: &mut Tx<'_>, shop: &str, order: &str) -> Result<(), StoreError> {
    let Some(offer) = offers::of_order(tx, shop, order)? else { return Ok(()) };
    if offer.state != OfferState::Offered {
        return Ok(());
    }
    mails::stop(tx, shop, SHOP, &mail_key(order), "the buyer does not want an account")?;
    turn_down(tx, shop, &offer.contact, Some(order))
}

/// "Don't keep it", from the invitation's own page: by the token of its link, which is used up.
///
/// # Errors
/// If the database fails.
pub fn refuse_by_link(tx: &mut Tx<'_>, shop: &str, token: &str, now: Instant) -> Result<bool, StoreError> {
    // A link to sign in is not used up by the wrong button.
    if tokens::peek(tx, shop, &hash_token(token), now)?.is_none_or(|stored| stored.purpose != "invitation") {
        return Ok(false);
    }
    let Some(proof) = proofs::take(tx, shop, token, now)? else { return Ok(false) };
    turn_down(tx, shop, &proof.contact, None)?;
    Ok(true)
}

fn turn_down(tx: &mut Tx<'_>, shop: &str, contact: &str, order: Option<&str>) -> Result<(), StoreError> {
    match order {
        Some(order) => {
            offers::settle(tx, shop, order, OfferState::Refused)?;
        }
        None => offers::settle_contact(tx, shop, contact, OfferState::Refused)?,
    }
    let Some(customer) = customers::by_contact(tx, shop, contact)? else {
        return tokens::clear(tx, shop, contact);
    };
    if !customer.state.is_proved() {
        tokens::clear(tx, shop, contact)?;
        delete_shell(tx, shop, &customer.id)?;
    }
    Ok(())
}

/// Deletes accounts of every shop that nobody has claimed in time, lets their offers end, and counts them. Call again
/// while it gives more than 0.
///
/// # Errors
/// If the database fails.
pub fn sweep(tx: &mut Tx<'_>, now: Instant) -> Result<u64, StoreError> {
    offers::lapse(tx, now)?;
    let unclaimed = customers::unclaimed(tx, now, SWEPT_AT_ONCE)?;
    let mut deleted = 0;
    for (shop, id) in unclaimed {
        deleted += u64::from(delete_shell(tx, &shop, &id)?);
    }
    Ok(deleted)
}

/// An unclaimed account holds nothing yet but what an import or the admin put there.
fn delete_shell(tx: &mut Tx<'_>, shop: &str, id: &str) -> Result<bool, StoreError> {
    let deleted = customers::delete_unclaimed(tx, shop, id)?;
    if deleted {
        addresses::clear(tx, shop, id)?;
        favourites::clear(tx, shop, id)?;
        payment_tokens::clear(tx, shop, id)?;
    }
    Ok(deleted)
}

fn mail_key(order: &str) -> String {
    format!("account-offer/{order}")
}
