//! Mails as their recipients would have received them, where no mail server is set.

use serde::{Deserialize, Serialize};

use super::{Row, StoreError, Tx, values};
use crate::clock::Instant;

/// A mail in the mailbox.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Received {
    /// The mail's id.
    pub id: String,
    /// When it arrived.
    pub at: Instant,
    /// Whom it is to.
    pub recipient: String,
    /// Whom it is from.
    pub sender: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// Its HTML.
    pub html: String,
    /// The address that unsubscribes in one click; empty where the mail has none.
    pub unsubscribe: String,
}

/// Puts a mail into the mailbox.
///
/// # Errors
/// If the database fails.
pub fn insert(tx: &mut Tx<'_>, shop: &str, mail: &Received) -> Result<(), StoreError> {
    tx.execute(
        "insert into mailbox (shop, id, at, recipient, sender, subject, text_body, html_body, unsubscribe)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) on conflict (shop, id) do nothing",
        values![
            shop,
            &mail.id,
            mail.at,
            &mail.recipient,
            &mail.sender,
            &mail.subject,
            &mail.text,
            &mail.html,
            &mail.unsubscribe,
        ],
    )?;
    Ok(())
}

/// The mails to a recipient, whatever the case, or to everybody; newest first, at most `limit`.
///
/// # Errors
/// If the database fails.
pub fn list(tx: &mut Tx<'_>, shop: &str, recipient: Option<&str>, limit: u32) -> Result<Vec<Received>, StoreError> {
    tx.query(
        "select id, at, recipient, sender, subject, text_body, html_body, unsubscribe from mailbox
         where shop = ?1 and (?2 is null or lower(recipient) = ?2) order by at desc, id desc limit ?3",
        values![shop, recipient.map(|recipient| recipient.trim().to_lowercase()), limit],
    )?
    .iter()
    .map(received)
    .collect()
}

/// One mail.
///
/// # Errors
/// If the database fails.
pub fn get(tx: &mut Tx<'_>, shop: &str, id: &str) -> Result<Option<Received>, StoreError> {
    tx.first(
        "select id, at, recipient, sender, subject, text_body, html_body, unsubscribe from mailbox
         where shop = ?1 and id = ?2",
        values![shop, id],
    )?
    .as_ref()
    .map(received)
    .transpose()
}

/// Deletes the mails to a recipient, whatever the case.
///
/// # Errors
/// If the database fails.
pub fn erase(tx: &mut Tx<'_>, shop: &str, recipient: &str) -> Result<(), StoreError> {
    tx.execute(
        "delete from mailbox where shop = ?1 and lower(recipient) = ?2",
        values![shop, recipient.trim().to_lowercase()],
    )?;
    Ok(())
}

fn received(row: &Row) -> Result<Received, StoreError> {
    Ok(Received {
        id: row.text(0)?,
        at: row.int(1)?,
        recipient: row.text(2)?,
        sender: row.text(3)?,
        subject: row.text(4)?,
        text: row.text(5)?,
        html: row.text(6)?,
        unsubscribe: row.text(7)?,
    })
}
