//! Leaving marketing with one click (RFC 8058).
//!
//! The token in the link is the contact's id with a keyed hash of it: it needs no row, works for as long as the mail is
//! kept, and is good for nothing else. A GET shows a page with a button; only a POST unsubscribes, because mail scanners
//! open links.

use subtle::ConstantTimeEq;

use crate::clock::Instant;
use crate::mail::Signal;
use crate::secrets::{Secret, hex};
use crate::store::{StoreError, Tx, customers, mails};

/// What mail programs send in the body of their one-click request.
pub const ONE_CLICK: &str = "List-Unsubscribe=One-Click";

/// The token of a contact's link.
#[must_use]
pub fn token(secret: &Secret, shop: &str, contact: &str) -> String {
    format!("{contact}.{}", hex(&secret.mac(&["unsubscribe", shop, contact])[..16]))
}

/// The contact that a token was made for; none if it was made up.
#[must_use]
pub fn contact_of(secret: &Secret, shop: &str, given: &str) -> Option<String> {
    let (contact, _) = given.rsplit_once('.')?;
    let right: bool = token(secret, shop, contact).as_bytes().ct_eq(given.as_bytes()).into();
    right.then(|| contact.to_owned())
}

/// Ends marketing to a contact, as often as it is asked. Mails that wait are stopped when they are due.
///
/// # Errors
/// If the database fails.
pub fn unsubscribe(tx: &mut Tx<'_>, shop: &str, contact: &str, now: Instant) -> Result<(), StoreError> {
    mails::suppress(tx, shop, contact, now)?;
    mails::signal(tx, shop, contact, Signal::Unsubscribed, now)?;
    if let Some(mut customer) = customers::by_contact(tx, shop, contact)?
        && customer.marketing_since.is_some()
    {
        customer.marketing_since = None;
        customers::update(tx, shop, &customer)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::testing;
    use crate::store::Store;

    #[test]
    fn a_token_names_its_contact_in_its_shop_and_cannot_be_made_up() {
        let secret = Secret::new([5; 32]);
        let token = token(&secret, "a", "con_1");
        assert_eq!(contact_of(&secret, "a", &token).as_deref(), Some("con_1"));
        assert_eq!(contact_of(&secret, "b", &token), None);
        assert_eq!(contact_of(&secret, "a", &token.replace("con_1", "con_2")), None);
        for made_up in ["", ".", "con_1", "con_1."] {
            assert_eq!(contact_of(&secret, "a", made_up), None, "{made_up}");
        }
    }

    #[tokio::test]
    async fn unsubscribing_ends_consent_and_may_be_repeated() {
        let store = Store::in_memory().unwrap();
        store
            .write(|tx| -> Result<(), StoreError> {
                let mut ann = testing::customer("cus_1", "con_1", "");
                ann.marketing_since = Some(1);
                customers::insert(tx, "a", &ann)?;
                for _ in 0..2 {
                    unsubscribe(tx, "a", "con_1", 5)?;
                }
                assert_eq!(customers::get(tx, "a", "cus_1")?.unwrap().marketing_since, None);
                assert!(mails::is_suppressed(tx, "a", "con_1")?);
                assert_eq!(mails::last_signal(tx, "a", "con_1", Signal::Unsubscribed)?, Some(5));
                Ok(())
            })
            .await
            .unwrap();
    }
}
