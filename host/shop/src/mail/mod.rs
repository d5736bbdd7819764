//! Mail: what the shop and its extensions write to people.
//!
//! A mail is queued as data in the transaction that gives the reason for it, names its recipient by contact id, and is
//! looked at again when it is sent: it may have become pointless, unwanted, too many or too late at night. Links that
//! prove something are made then, so the outbox never holds one.

mod content;
mod extension;
mod hours;
mod letter;
mod links;
mod mailbox;
pub(crate) mod order_mail;
mod render;
mod send;
mod smtp;
mod supply;
#[cfg(test)]
mod tests;
pub mod unsubscribe;

pub use content::{Action, Content, Message, OrderMail, OrderMailLine, OrderNews, Purpose, Signal};
pub use extension::{ExtensionMessage, MessageError, Queued, queue as queue_for_extension};
pub use links::Links;
pub use mailbox::Mailbox;
pub use send::{Outgoing, SendError, Tally, Transport, send_due};
pub use smtp::{Smtp, SmtpError};
pub(crate) use supply::queue as queue_for_supplier;
