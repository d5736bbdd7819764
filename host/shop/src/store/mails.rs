//! The outbox of mails, the signals that stop them, and the contacts that want no marketing.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::db::to_json;
use super::{Row, StoreError, Tx, audit, values};
use crate::clock::Instant;
use crate::ids;
use crate::mail::{Content, Purpose, Signal};

/// The sender of the shop's own mails; all others are extensions.
pub const SHOP: &str = "shop";

/// A mail to be queued.
#[derive(Clone, Debug)]
pub struct NewMail<'a> {
    /// [`SHOP`] or an extension's id.
    pub sender: &'a str,
    /// Unique for its sender: a second mail with the key is not queued.
    pub key: &'a str,
    /// The recipient's contact id.
    pub contact: &'a str,
    /// What it is for.
    pub purpose: Purpose,
    /// What it says.
    pub content: &'a Content,
    /// What makes it pointless.
    pub stop_when: &'a [Signal],
    /// Not before this instant.
    pub send_at: Option<Instant>,
}

/// What has become of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MailState {
    /// Waits to be sent.
    Queued,
    /// Is being handed to the mail server.
    Sending,
    /// The mail server took it.
    Sent,
    /// Was not sent, on purpose.
    Stopped,
    /// The mail server refused it for good.
    Failed,
    /// The mail server may have taken it: nobody knows. It is not sent again by itself.
    Uncertain,
}

impl MailState {
    const ALL: [Self; 6] = [Self::Queued, Self::Sending, Self::Sent, Self::Stopped, Self::Failed, Self::Uncertain];

    fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
            Self::Uncertain => "uncertain",
        }
    }
}

/// A mail of the outbox.
#[derive(Clone, Debug, PartialEq)]
pub struct Mail {
    /// The shop that it is from.
    pub shop: String,
    /// The mail's id.
    pub id: String,
    /// [`SHOP`] or an extension's id.
    pub sender: String,
    /// Unique for its sender.
    pub key: String,
    /// The recipient's contact id.
    pub contact: String,
    /// What it is for.
    pub purpose: Purpose,
    /// What it says; none once it is sent.
    pub content: Option<Content>,
    /// What makes it pointless.
    pub stop_when: Vec<Signal>,
    /// What has become of it.
    pub state: MailState,
    /// Why it was stopped, failed or is uncertain.
    pub reason: String,
    /// How often it was handed to the mail server.
    pub attempts: u32,
    /// When it was queued.
    pub queued_at: Instant,
    /// When it is looked at next.
    pub due_at: Instant,
    /// When it was handed to the mail server.
    pub sent_at: Option<Instant>,
}

const COLUMNS: &str = "shop, id, sender, key, contact, purpose, content, stop_when, state, reason, attempts,
    queued_at, due_at, sent_at";

/// Puts a mail into the outbox. Says no if its sender has queued one with its key before.
///
/// # Errors
/// If the database fails.
pub fn queue(tx: &mut Tx<'_>, shop: &str, mail: &NewMail<'_>, now: Instant) -> Result<bool, StoreError> {
    let queued = tx.execute(
        "insert into mails (shop, id, sender, key, contact, purpose, content, stop_when, state, reason, attempts,
             queued_at, due_at, sent_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'queued', '', 0, ?9, ?10, null)
         on conflict (shop, sender, key) do nothing",
        values![
            shop,
            ids::new("mai", now),
            mail.sender,
            mail.key,
            mail.contact,
            mail.purpose.as_str(),
            to_json(mail.content)?,
            to_json(&mail.stop_when)?,
            now,
            mail.send_at.unwrap_or(now).max(now),
        ],
    )?;
    Ok(queued > 0)
}

/// Takes the mail of any shop that has waited longest beyond its due time, and counts it as being handed over.
///
/// # Errors
/// If the database fails.
pub fn claim(tx: &mut Tx<'_>, now: Instant) -> Result<Option<Mail>, StoreError> {
    let sql = format!(
        "update mails set state = 'sending', attempts = attempts + 1, sent_at = ?1
         where (shop, id) = (
             select shop, id from mails where state = 'queued' and due_at <= ?1 order by due_at, id limit 1)
         returning {COLUMNS}"
    );
    tx.first(&sql, values![now])?.as_ref().map(mail).transpose()
}

/// The mail server took it. What it said is forgotten here.
///
/// # Errors
/// If the database fails.
pub fn sent(tx: &mut Tx<'_>, shop: &str, id: &str, now: Instant) -> Result<(), StoreError> {
    tx.execute(
        "update mails set state = 'sent', reason = '', content = 'null', sent_at = ?3 where shop = ?1 and id = ?2",
        values![shop, id, now],
    )?;
    Ok(())
}

/// Ends a mail that is not going to be sent by itself.
///
/// # Errors
/// If the database fails.
pub fn end(tx: &mut Tx<'_>, shop: &str, id: &str, state: MailState, reason: &str) -> Result<(), StoreError> {
    tx.execute(
        "update mails set state = ?3, reason = ?4 where shop = ?1 and id = ?2",
        values![shop, id, state.as_str(), reason],
    )?;
    Ok(())
}

/// Puts a mail off. `tried` says that the mail server was asked, else the attempt is not counted.
///
/// # Errors
/// If the database fails.
pub fn put_off(
    tx: &mut Tx<'_>,
    shop: &str,
    id: &str,
    until: Instant,
    reason: &str,
    tried: bool,
) -> Result<(), StoreError> {
    tx.execute(
        "update mails set state = 'queued', due_at = ?3, reason = ?4, sent_at = null,
             attempts = attempts - case when ?5 = 1 then 0 else 1 end
         where shop = ?1 and id = ?2",
        values![shop, id, until, reason, tried],
    )?;
    Ok(())
}

/// Mails of every shop that were being handed over when the program ended: whether the server took them is unknown.
///
/// # Errors
/// If the database fails.
pub fn mark_lost(tx: &mut Tx<'_>, claimed_before: Instant, reason: &str) -> Result<u64, StoreError> {
    tx.execute(
        "update mails set state = 'uncertain', reason = ?2 where state = 'sending' and sent_at < ?1",
        values![claimed_before, reason],
    )
}

/// Queues a failed or uncertain mail once more, because a person wants it. Says whether it was one of these.
///
/// # Errors
/// If the database fails.
pub fn retry(tx: &mut Tx<'_>, shop: &str, id: &str, actor: &str, now: Instant) -> Result<bool, StoreError> {
    let retried = tx.execute(
        "update mails set state = 'queued', due_at = ?3, sent_at = null
         where shop = ?1 and id = ?2 and state in ('failed', 'uncertain')",
        values![shop, id, now],
    )?;
    if retried > 0 {
        audit::write(tx, shop, now, actor, "mail.retried", &format!("mail/{id}"), &json!({}))?;
    }
    Ok(retried > 0)
}

/// Stops what waits for a contact, and forgets what any mail to it says.
///
/// # Errors
/// If the database fails.
pub fn erase_contact(tx: &mut Tx<'_>, shop: &str, contact: &str, reason: &str) -> Result<(), StoreError> {
    tx.execute(
        "update mails set reason = case when state in ('queued', 'sending') then ?3 else reason end,
             state = case when state in ('queued', 'sending') then 'stopped' else state end, content = 'null'
         where shop = ?1 and contact = ?2",
        values![shop, contact, reason],
    )?;
    Ok(())
}

/// Settles what waits to be sent about an invented history: the shop's own mails went when they were queued, and those of
/// extensions are not sent.
///
/// # Errors
/// If the database fails.
pub fn settle_history(tx: &mut Tx<'_>, shop: &str) -> Result<(), StoreError> {
    tx.execute(
        "update mails set state = 'sent', sent_at = queued_at, attempts = 1, content = 'null'
         where shop = ?1 and sender = 'shop' and state = 'queued'",
        values![shop],
    )?;
    tx.execute(
        "update mails set state = 'stopped', reason = 'it is about the history of the demo'
         where shop = ?1 and state = 'queued'",
        values![shop],
    )?;
    Ok(())
}

/// Stops a mail that still waits, by its sender's key. Says whether it did.
///
/// # Errors
/// If the database fails.
pub fn stop(tx: &mut Tx<'_>, shop: &str, sender: &str, key: &str, reason: &str) -> Result<bool, StoreError> {
    let stopped = tx.execute(
        "update mails set state = 'stopped', reason = ?4
         where shop = ?1 and sender = ?2 and key = ?3 and state = 'queued'",
        values![shop, sender, key, reason],
    )?;
    Ok(stopped > 0)
}

/// One mail.
///
/// # Errors
/// If the database fails.
pub fn get(tx: &mut Tx<'_>, shop: &str, id: &str) -> Result<Option<Mail>, StoreError> {
    let sql = format!("select {COLUMNS} from mails where shop = ?1 and id = ?2");
    tx.first(&sql, values![shop, id])?.as_ref().map(mail).transpose()
}

/// The newest mails first, older than the mail `before` if one is given, at most `limit`.
///
/// # Errors
/// If the database fails.
pub fn list(tx: &mut Tx<'_>, shop: &str, before: Option<&str>, limit: u32) -> Result<Vec<Mail>, StoreError> {
    let sql =
        format!("select {COLUMNS} from mails where shop = ?1 and (?2 is null or id < ?2) order by id desc limit ?3");
    tx.query(&sql, values![shop, before, limit])?.iter().map(mail).collect()
}

/// The mails to a contact, newest first.
///
/// # Errors
/// If the database fails.
pub fn of_contact(tx: &mut Tx<'_>, shop: &str, contact: &str) -> Result<Vec<Mail>, StoreError> {
    let sql = format!("select {COLUMNS} from mails where shop = ?1 and contact = ?2 order by id desc");
    tx.query(&sql, values![shop, contact])?.iter().map(mail).collect()
}

/// When mails of extensions other than the mail `but` went to a contact after `since`, oldest first; of all extensions
/// together.
///
/// # Errors
/// If the database fails.
pub fn sent_by_extensions(
    tx: &mut Tx<'_>,
    shop: &str,
    contact: &str,
    but: &str,
    since: Instant,
) -> Result<Vec<Instant>, StoreError> {
    tx.query(
        "select sent_at from mails where shop = ?1 and contact = ?2 and sender <> 'shop' and id <> ?3
             and state in ('sending', 'sent', 'uncertain') and sent_at > ?4
         order by sent_at",
        values![shop, contact, but, since],
    )?
    .iter()
    .map(|row| row.int(0))
    .collect()
}

/// Notes that something happened to a contact that may stop mails to it.
///
/// # Errors
/// If the database fails.
pub fn signal(tx: &mut Tx<'_>, shop: &str, contact: &str, signal: Signal, now: Instant) -> Result<(), StoreError> {
    tx.execute(
        "insert into signals (shop, contact, signal, at) values (?1, ?2, ?3, ?4)
         on conflict (shop, contact, signal) do update set at = excluded.at",
        values![shop, contact, signal.as_str(), now],
    )?;
    Ok(())
}

/// When something last happened to a contact.
///
/// # Errors
/// If the database fails.
pub fn last_signal(tx: &mut Tx<'_>, shop: &str, contact: &str, signal: Signal) -> Result<Option<Instant>, StoreError> {
    tx.first(
        "select at from signals where shop = ?1 and contact = ?2 and signal = ?3",
        values![shop, contact, signal.as_str()],
    )?
    .map(|row| row.int(0))
    .transpose()
}

/// A contact wants no marketing from now on.
///
/// # Errors
/// If the database fails.
pub fn suppress(tx: &mut Tx<'_>, shop: &str, contact: &str, now: Instant) -> Result<(), StoreError> {
    tx.execute(
        "insert into suppressions (shop, contact, at) values (?1, ?2, ?3) on conflict (shop, contact) do nothing",
        values![shop, contact, now],
    )?;
    Ok(())
}

/// A contact, having proved the address, wants marketing after all.
///
/// # Errors
/// If the database fails.
pub fn unsuppress(tx: &mut Tx<'_>, shop: &str, contact: &str) -> Result<(), StoreError> {
    tx.execute("delete from suppressions where shop = ?1 and contact = ?2", values![shop, contact])?;
    Ok(())
}

/// The contact wants no marketing.
///
/// # Errors
/// If the database fails.
pub fn is_suppressed(tx: &mut Tx<'_>, shop: &str, contact: &str) -> Result<bool, StoreError> {
    Ok(tx.first("select 1 from suppressions where shop = ?1 and contact = ?2", values![shop, contact])?.is_some())
}

fn mail(row: &Row) -> Result<Mail, StoreError> {
    let state = row.text(8)?;
    Ok(Mail {
        shop: row.text(0)?,
        id: row.text(1)?,
        sender: row.text(2)?,
        key: row.text(3)?,
        contact: row.text(4)?,
        purpose: Purpose::read(&row.text(5)?).ok_or(StoreError::Corrupt { column: 5 })?,
        content: row.json(6)?,
        stop_when: row.json(7)?,
        state: MailState::ALL
            .into_iter()
            .find(|known| known.as_str() == state)
            .ok_or(StoreError::Corrupt { column: 8 })?,
        reason: row.text(9)?,
        attempts: row.uint(10)?,
        queued_at: row.int(11)?,
        due_at: row.int(12)?,
        sent_at: row.opt_int(13)?,
    })
}
