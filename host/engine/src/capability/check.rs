//! Checks that capabilities share. A broken rule is a [`Fault`] for the guest, with words for its developer.

use crate::contract::{Attribute, Fault};

/// Ids, names or entries that one capability call may carry.
pub(super) const MOST: usize = 200;

/// Bytes of an idempotency key or a storage key.
const KEY: usize = 256;

/// A refused request.
pub(super) fn refuse(message: impl Into<String>) -> Fault {
    Fault::new("invalid-request", message)
}

/// At most 200 of something.
pub(super) fn count(what: &str, len: usize) -> Result<(), Fault> {
    if len > MOST {
        return Err(refuse(format!("{len} {what} in one call; ask for at most {MOST} at a time.")));
    }
    Ok(())
}

/// A page of 1 to 200.
pub(super) fn page_limit(limit: u32) -> Result<(), Fault> {
    if !(1..=MOST as u32).contains(&limit) {
        return Err(refuse(format!("The limit {limit} is not between 1 and {MOST}.")));
    }
    Ok(())
}

/// A key: 1 to 256 bytes without control characters.
pub(super) fn key(key: &str) -> Result<(), Fault> {
    if key.is_empty() || key.len() > KEY || key.chars().any(char::is_control) {
        return Err(refuse(format!(
            "A key has 1 to {KEY} bytes and no control characters; this one has {} bytes.",
            key.len()
        )));
    }
    Ok(())
}

/// An id of something in the shop.
pub(super) fn id(what: &str, id: &str) -> Result<(), Fault> {
    key(id).map_err(|_| refuse(format!("The {what} is empty, longer than {KEY} bytes or unreadable.")))
}

/// Plain text of 1 to `most` characters on one line.
pub(super) fn line(what: &str, text: &str, most: usize) -> Result<(), Fault> {
    if text.trim().is_empty() {
        return Err(refuse(format!("The {what} is empty.")));
    }
    optional_line(what, text, most)
}

/// Plain text of at most `most` characters on one line.
pub(super) fn optional_line(what: &str, text: &str, most: usize) -> Result<(), Fault> {
    if text.chars().count() > most || text.chars().any(char::is_control) {
        return Err(refuse(format!("The {what} has more than {most} characters, or a control character.")));
    }
    Ok(())
}

/// One of a set of ids.
pub(super) fn one_of(what: &str, id: &str, known: &[&str]) -> Result<(), Fault> {
    if known.contains(&id) {
        return Ok(());
    }
    Err(refuse(format!("The {what} is none of: {}.", known.join(", "))))
}

/// A few attributes.
pub(super) fn attributes(attributes: &[Attribute]) -> Result<(), Fault> {
    count("attributes", attributes.len())?;
    attributes.iter().try_for_each(|attribute| key(&attribute.key))
}
