//! Sending: everything that may hold a mail back is checked again now, not when the mail was queued.
//!
//! A mail goes from queued to sending before the mail server is asked, and to sent after it has agreed. If the program
//! ends in between, or the server's answer is lost, the mail is uncertain: it is not sent twice by itself.

use async_trait::async_trait;
use thiserror::Error;

use super::content::{Content, Purpose, Signal};
use super::hours;
use super::letter::{self, Facts};
use super::links::Links;
use super::{render, supply, unsubscribe};
use crate::clock::{DAY, HOUR, Instant, MINUTE};
use crate::people::proofs::{self, Minted, ProofPurpose};
use crate::people::{Email, offer};
use crate::secrets::Secret;
use crate::shops::Shop;
use crate::store::mails::{self, Mail, MailState, SHOP};
use crate::store::{Store, StoreError, Tx, contacts, customers, forwardings, shops};

/// Waiting times after the first, second … attempt that the mail server put off.
const BACK_OFF: [Instant; 6] = [MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 12 * HOUR];
/// A mail that somebody waits for is pointless after this long.
const WAITED_FOR: Instant = 30 * MINUTE;
/// A mail that the cap has held back for this long is pointless.
const HELD_BACK: Instant = 7 * DAY;
/// A mail that has been with the mail server for this long is lost sight of.
const LOST_AFTER: Instant = 10 * MINUTE;

/// A mail ready to go.
pub struct Outgoing {
    /// The shop it is from.
    pub shop: String,
    /// The mail's id, the same at every attempt.
    pub id: String,
    /// When it is sent.
    pub at: Instant,
    /// The shop's name, shown as the sender's.
    pub from_name: String,
    /// Where answers go; to the sender's address if none is set.
    pub reply_to: Option<Email>,
    /// Whom it is to.
    pub to: Email,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// Its HTML.
    pub html: String,
    /// The link that unsubscribes in one click (RFC 8058), for marketing.
    pub unsubscribe: Option<String>,
}

/// Why a mail was not taken. The words hold no address, though mail servers' own often do.
#[derive(Debug, Error)]
pub enum SendError {
    /// It was not taken now, and may be later.
    #[error("the mail server puts it off: {0}")]
    Later(String),
    /// It is not going to be taken.
    #[error("the mail server refuses it: {0}")]
    Refused(String),
    /// It may have been taken.
    #[error("the mail server's answer was lost: {0}; ask the recipient before sending it again")]
    Unknown(String),
}

/// A way out for mails.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Hands a mail over.
    async fn send(&self, mail: &Outgoing) -> Result<(), SendError>;
}

/// What became of the mails that were due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Taken by the mail server.
    pub sent: u32,
    /// Not sent, on purpose.
    pub stopped: u32,
    /// Put off: quiet hours, the cap, or a mail server that is busy.
    pub put_off: u32,
    /// Refused, or lost sight of.
    pub failed: u32,
}

/// Sends what is due in every shop, at most `most` mails.
///
/// # Errors
/// If the database fails. A mail that was being sent then is uncertain.
pub async fn send_due(
    store: &Store,
    secret: &Secret,
    transport: &dyn Transport,
    now: Instant,
    most: u32,
) -> Result<Tally, StoreError> {
    let mut tally = Tally::default();
    store.write(move |tx| mails::mark_lost(tx, now - LOST_AFTER, "the program ended while it was being sent")).await?;
    for _ in 0..most {
        let secret = secret.clone();
        let next = store.write(move |tx| next(tx, &secret, now)).await?;
        match next {
            None => break,
            Some(Next::Stopped) => tally.stopped += 1,
            Some(Next::PutOff) => tally.put_off += 1,
            Some(Next::Send(mail, outgoing)) => {
                let result = transport.send(&outgoing).await;
                match store.write(move |tx| settle(tx, &mail, result, now)).await? {
                    MailState::Sent => tally.sent += 1,
                    MailState::Queued => tally.put_off += 1,
                    _ => tally.failed += 1,
                }
            }
        }
    }
    Ok(tally)
}

enum Next {
    Send(Box<Mail>, Box<Outgoing>),
    PutOff,
    Stopped,
}

/// Why a mail does not go now.
enum Hold {
    Until(Instant, &'static str),
    Forever(&'static str),
}

/// Takes the next due mail and makes it ready, or settles it.
fn next(tx: &mut Tx<'_>, secret: &Secret, now: Instant) -> Result<Option<Next>, StoreError> {
    let Some(mail) = mails::claim(tx, now)? else { return Ok(None) };
    let prepared = match shops::find(tx, &mail.shop)? {
        Some(shop) => prepare(tx, secret, &shop, &mail, now)?,
        None => Err(Hold::Forever("the shop is gone")),
    };
    match prepared {
        Ok(outgoing) => Ok(Some(Next::Send(Box::new(mail), Box::new(outgoing)))),
        Err(Hold::Until(until, reason)) => {
            mails::put_off(tx, &mail.shop, &mail.id, until, reason, false)?;
            Ok(Some(Next::PutOff))
        }
        Err(Hold::Forever(reason)) => {
            mails::end(tx, &mail.shop, &mail.id, MailState::Stopped, reason)?;
            Ok(Some(Next::Stopped))
        }
    }
}

fn prepare(
    tx: &mut Tx<'_>,
    secret: &Secret,
    shop: &Shop,
    mail: &Mail,
    now: Instant,
) -> Result<Result<Outgoing, Hold>, StoreError> {
    if let Some(hold) = hold(tx, shop, mail, now)? {
        return Ok(Err(hold));
    }
    let Some(content) = &mail.content else { return Ok(Err(Hold::Forever("what it said was erased"))) };
    let Some(contact) = contacts::get(tx, &shop.id, &mail.contact)? else {
        return Ok(Err(Hold::Forever("the address was erased")));
    };
    let Ok(to) = Email::parse(&contact.email) else {
        return Ok(Err(Hold::Forever("the address cannot be mailed to")));
    };
    let customer = customers::by_contact(tx, &shop.id, &mail.contact)?;
    // An address that nobody has proved may belong to somebody else, who need not learn a name.
    let proved = customer.filter(|customer| customer.state.is_proved());
    let links = Links::new(&shop.base_url);
    let minted = mint(tx, secret, &shop.id, mail, content, now)?;
    let supply = match content {
        Content::Forwarding { forwarding } => match supply::read(tx, &shop.id, forwarding)? {
            None => return Ok(Err(Hold::Forever("the order was cancelled, or nobody knows any more where it goes"))),
            known => known,
        },
        _ => None,
    };
    let marketing = mail.purpose == Purpose::Marketing;
    let facts = Facts {
        shop_name: &shop.name,
        links,
        zone: &shop.zone(),
        lang: &shop.locale,
        name: proved.as_ref().map_or("", |customer| &customer.name),
        minted: minted.as_ref(),
        supply: supply.as_ref(),
        unsubscribe: marketing.then(|| links.unsubscribe(&unsubscribe::token(secret, &shop.id, &mail.contact))),
    };
    let letter = letter::write(content, &facts);
    let (Ok(text), Ok(html)) = (render::text(&letter), render::html(&letter)) else {
        return Ok(Err(Hold::Forever("it could not be put into words")));
    };
    Ok(Ok(Outgoing {
        shop: shop.id.clone(),
        id: mail.id.clone(),
        at: now,
        from_name: shop.name.clone(),
        reply_to: shop.policies.reply_to.as_deref().and_then(|address| Email::parse(address).ok()),
        to,
        subject: letter.subject,
        text,
        html,
        unsubscribe: letter.unsubscribe,
    }))
}

/// What holds a mail back, checked now.
fn hold(tx: &mut Tx<'_>, shop: &Shop, mail: &Mail, now: Instant) -> Result<Option<Hold>, StoreError> {
    for signal in &mail.stop_when {
        if mails::last_signal(tx, &shop.id, &mail.contact, *signal)?.is_some_and(|at| at > mail.queued_at) {
            return Ok(Some(Hold::Forever(stopped_by(*signal))));
        }
    }
    if mail.purpose == Purpose::Security && now - mail.queued_at > WAITED_FOR {
        return Ok(Some(Hold::Forever("nobody waits for it any more")));
    }
    if mail.purpose == Purpose::Marketing {
        if mails::is_suppressed(tx, &shop.id, &mail.contact)? {
            return Ok(Some(Hold::Forever("the recipient has unsubscribed")));
        }
        let customer = customers::by_contact(tx, &shop.id, &mail.contact)?;
        if customer.is_none_or(|customer| customer.marketing_since.is_none() || !customer.state.is_proved()) {
            return Ok(Some(Hold::Forever("the recipient has not consented to marketing")));
        }
    }
    if mail.sender == SHOP {
        return Ok(None);
    }
    if let Some(quiet) = &shop.policies.quiet_hours
        && let Some(until) = hours::quiet_until(quiet, &shop.zone(), now)
    {
        return Ok(Some(Hold::Until(until, "it is quiet at night")));
    }
    capped(tx, shop, mail, now)
}

/// One cap over all extensions: each mail needs fewer than the allowed number before it in the span.
fn capped(tx: &mut Tx<'_>, shop: &Shop, mail: &Mail, now: Instant) -> Result<Option<Hold>, StoreError> {
    let cap = &shop.policies.mail_cap;
    let span = i64::from(cap.days) * DAY;
    let sent = mails::sent_by_extensions(tx, &shop.id, &mail.contact, &mail.id, now - span)?;
    let allowed = cap.messages as usize;
    if sent.len() < allowed {
        return Ok(None);
    }
    // Free again once so many have left the span that one more fits.
    let free_at = allowed.checked_sub(1).and_then(|fewer| sent.get(sent.len() - 1 - fewer)).map(|at| at + span);
    Ok(Some(match free_at {
        Some(at) if at - mail.queued_at <= HELD_BACK.max(span) => {
            Hold::Until(at, "the recipient has had enough mails for now")
        }
        _ => Hold::Forever("the recipient has had enough mails"),
    }))
}

fn stopped_by(signal: Signal) -> &'static str {
    match signal {
        Signal::Ordered => "the recipient has ordered since",
        Signal::Unsubscribed => "the recipient has unsubscribed since",
        Signal::Refunded => "the recipient was refunded since",
        Signal::Verified => "the recipient has proved the address since",
    }
}

/// Makes the proof that a mail carries.
fn mint(
    tx: &mut Tx<'_>,
    secret: &Secret,
    shop: &str,
    mail: &Mail,
    content: &Content,
    now: Instant,
) -> Result<Option<Minted>, StoreError> {
    let contact = &mail.contact;
    match content {
        Content::SignIn { handle } => {
            proofs::mint(tx, secret, shop, ProofPurpose::SignIn, contact, handle, now).map(Some)
        }
        Content::Invitation { .. } => {
            offer::invited(tx, shop, contact)?;
            let handle = proofs::invitation_handle(secret, shop, contact);
            proofs::mint(tx, secret, shop, ProofPurpose::Invitation, contact, &handle, now).map(Some)
        }
        Content::AccountReminder { .. } | Content::Order(_) | Content::Forwarding { .. } | Content::Message(_) => {
            Ok(None)
        }
    }
}

/// Notes what the mail server said, and gives what became of the mail.
fn settle(tx: &mut Tx<'_>, mail: &Mail, result: Result<(), SendError>, now: Instant) -> Result<MailState, StoreError> {
    let (shop, id) = (&mail.shop, &mail.id);
    let Err(error) = result else {
        mails::sent(tx, shop, id, now)?;
        if let Some(Content::Forwarding { forwarding }) = &mail.content {
            forwardings::sent(tx, shop, forwarding, now)?;
        }
        return Ok(MailState::Sent);
    };
    let reason = error.to_string();
    let again = BACK_OFF.get(mail.attempts.saturating_sub(1) as usize);
    let state = match (error, again) {
        (SendError::Later(_), Some(wait)) => {
            mails::put_off(tx, shop, id, now + wait, &reason, true)?;
            return Ok(MailState::Queued);
        }
        (SendError::Unknown(_), _) => MailState::Uncertain,
        (SendError::Later(_) | SendError::Refused(_), _) => MailState::Failed,
    };
    mails::end(tx, shop, id, state, &reason)?;
    Ok(state)
}
