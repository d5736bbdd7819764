//! The one place that holds e-mail addresses: a contact id, and the address it stands for.

use super::{StoreError, Tx, values};
use crate::clock::Instant;

/// A contact id's address.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    /// The opaque id.
    pub id: String,
    /// The address as typed.
    pub email: String,
    /// When somebody proved that they read the mail sent there.
    pub proved_at: Option<Instant>,
}

/// Keeps an address, until `kept_until` if nothing else needs it, or for good. An unproved address takes the spelling
/// typed last, because mail goes to the address as typed; a proved one keeps the spelling that was proved.
///
/// # Errors
/// If the database fails.
pub fn remember(
    tx: &mut Tx<'_>,
    shop: &str,
    id: &str,
    email: &str,
    kept_until: Option<Instant>,
) -> Result<(), StoreError> {
    tx.execute(
        "insert into contacts (shop, id, email, proved_at, kept_until) values (?1, ?2, ?3, null, ?4)
         on conflict (shop, id) do update set
             email = case when contacts.proved_at is null then excluded.email else contacts.email end,
             kept_until = case when contacts.kept_until is null or excluded.kept_until is null then null
                 when contacts.kept_until > excluded.kept_until then contacts.kept_until
                 else excluded.kept_until end",
        values![shop, id, email, kept_until],
    )?;
    Ok(())
}

/// Notes that the address was proved, and keeps it for good.
///
/// # Errors
/// If the database fails.
pub fn prove(tx: &mut Tx<'_>, shop: &str, id: &str, now: Instant) -> Result<(), StoreError> {
    tx.execute(
        "update contacts set proved_at = coalesce(proved_at, ?3), kept_until = null where shop = ?1 and id = ?2",
        values![shop, id, now],
    )?;
    Ok(())
}

/// The address behind a contact id; none once it was erased or forgotten.
///
/// # Errors
/// If the database fails.
pub fn get(tx: &mut Tx<'_>, shop: &str, id: &str) -> Result<Option<Contact>, StoreError> {
    tx.first("select id, email, proved_at from contacts where shop = ?1 and id = ?2", values![shop, id])?
        .map(|row| Ok(Contact { id: row.text(0)?, email: row.text(1)?, proved_at: row.opt_int(2)? }))
        .transpose()
}

/// Forgets an address. What named it keeps an id that leads nowhere.
///
/// # Errors
/// If the database fails.
pub fn delete(tx: &mut Tx<'_>, shop: &str, id: &str) -> Result<(), StoreError> {
    tx.execute("delete from contacts where shop = ?1 and id = ?2", values![shop, id])?;
    Ok(())
}

/// Forgets the addresses of every shop that were only typed, and counts them.
///
/// # Errors
/// If the database fails.
pub fn sweep(tx: &mut Tx<'_>, now: Instant) -> Result<u64, StoreError> {
    tx.execute("delete from contacts where kept_until <= ?1", values![now])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn a8_an_unproved_address_takes_the_spelling_typed_last_and_a_proved_one_keeps_its_own() {
        let store = Store::in_memory().unwrap();
        store
            .write(|tx| -> Result<(), StoreError> {
                remember(tx, "a", "con_1", "ann@example.com", Some(10))?;
                remember(tx, "a", "con_1", "Ann@example.com", Some(20))?;
                assert_eq!(get(tx, "a", "con_1")?.unwrap().email, "Ann@example.com");
                prove(tx, "a", "con_1", 5)?;
                remember(tx, "a", "con_1", "ANN@example.com", Some(30))?;
                prove(tx, "a", "con_1", 7)?;
                let contact = get(tx, "a", "con_1")?.unwrap();
                assert_eq!((contact.email.as_str(), contact.proved_at), ("Ann@example.com", Some(5)));
                Ok(())
            })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn an_address_that_was_only_typed_is_forgotten() {
        let store = Store::in_memory().unwrap();
        store
            .write(|tx| -> Result<(), StoreError> {
                remember(tx, "a", "typed", "a@example.com", Some(10))?;
                remember(tx, "a", "typed-again", "b@example.com", Some(10))?;
                remember(tx, "a", "typed-again", "b@example.com", Some(11))?;
                remember(tx, "a", "ordered", "c@example.com", Some(10))?;
                remember(tx, "a", "ordered", "c@example.com", None)?;
                remember(tx, "a", "ordered", "c@example.com", Some(10))?;
                assert_eq!(sweep(tx, 10)?, 1);
                assert!(get(tx, "a", "typed")?.is_none());
                assert_eq!(sweep(tx, 11)?, 1);
                assert!(get(tx, "a", "ordered")?.is_some());
                Ok(())
            })
            .await
            .unwrap();
    }
}
