//! Mail: what the shop and its extensions write to people.
//!
//! A mail is queued as data in the transaction that gives the reason for it, names its recipient by contact id, and is
//! looked at again when it is sent: it may have become pointless, unwanted, too many or too late at night. Links that
//! prove something are made then, so the outbox never holds one.

mod content;

pub use content::{Action, Content, Message, OrderMail, OrderMailLine, OrderNews, Purpose, Signal};
