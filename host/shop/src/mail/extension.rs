//! Messages of extensions, as the contract's `messages` has them.

use thiserror::Error;

use super::content::{Content, Message, Purpose, Signal};
use crate::clock::Instant;
use crate::secrets::is_contact;
use crate::store::mails::{self, NewMail, SHOP};
use crate::store::{StoreError, Tx, contacts, customers};

/// A message that a handler wants sent.
#[derive(Clone, Copy, Debug)]
pub struct ExtensionMessage<'a> {
    /// The extension's id.
    pub extension: &'a str,
    /// A customer's id or a contact id.
    pub to: &'a str,
    /// `email`, `sms` or `push`.
    pub channel: &'a str,
    /// `service` or `marketing`.
    pub purpose: &'a str,
    /// What it says.
    pub message: &'a Message,
    /// Unique in the extension.
    pub key: &'a str,
    /// Not before this instant.
    pub send_at: Option<Instant>,
    /// As in the contract's `message.stop-when`.
    pub stop_when: &'a [String],
}

/// What came of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queued {
    /// It waits to be sent.
    Yes,
    /// The extension sent one with this key before, so nothing was done.
    Already,
    /// The recipient was erased, so there is nobody to write to.
    Nobody,
    /// It was noted as stopped: the shop has no way to send by this channel.
    NoChannel,
}

/// Why a message is not a message.
#[derive(Debug, Error)]
pub enum MessageError {
    /// The purpose is unknown.
    #[error("a message has the purpose `{0}`; it must be `service` or `marketing`")]
    Purpose(String),
    /// A stop condition is unknown, and a message that should have been stopped must not go out.
    #[error(
        "a message stops when `{0}`, which this platform does not know; it knows ordered, unsubscribed, refunded and verified"
    )]
    StopCondition(String),
    /// There is no such customer.
    #[error("there is no customer {0:?} to write to; use the id of a customer or `order.contact`")]
    Recipient(String),
    /// The name is the platform's own.
    #[error("an extension cannot be called `shop`; change its id")]
    Sender,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Queues a message of an extension, in the transaction of its handler's effects.
///
/// # Errors
/// If the message is not one, or the database fails.
pub fn queue(
    tx: &mut Tx<'_>,
    shop: &str,
    message: &ExtensionMessage<'_>,
    now: Instant,
) -> Result<Queued, MessageError> {
    let purpose = match message.purpose {
        "service" => Purpose::Service,
        "marketing" => Purpose::Marketing,
        other => return Err(MessageError::Purpose(other.into())),
    };
    if message.extension == SHOP {
        return Err(MessageError::Sender);
    }
    let mut stop_when = Vec::with_capacity(message.stop_when.len());
    for name in message.stop_when {
        stop_when.push(Signal::read(name).ok_or_else(|| MessageError::StopCondition(name.clone()))?);
    }
    let contact = match customers::get(tx, shop, message.to)? {
        Some(customer) => customer.contact,
        None if is_contact(message.to) => message.to.to_owned(),
        None => return Err(MessageError::Recipient(message.to.to_owned())),
    };
    if contacts::get(tx, shop, &contact)?.is_none() {
        return Ok(Queued::Nobody);
    }
    let mail = NewMail {
        sender: message.extension,
        key: message.key,
        contact: &contact,
        purpose,
        content: &Content::Message(message.message.clone()),
        stop_when: &stop_when,
        send_at: message.send_at,
    };
    if !mails::queue(tx, shop, &mail, now)? {
        return Ok(Queued::Already);
    }
    if message.channel == "email" {
        return Ok(Queued::Yes);
    }
    let reason = "the shop has no way to send by this channel";
    mails::stop(tx, shop, message.extension, message.key, reason)?;
    Ok(Queued::NoChannel)
}
