//! How far the shop knows who is in front of it (C1). A typed e-mail address never raises this.

use super::{Session, devices};
use crate::clock::Instant;
use crate::store::{StoreError, Tx};

/// How the shop knows a shopper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recognition {
    /// Nothing is proved.
    Anonymous,
    /// A device that this customer asked to be remembered on: enough to fill in a checkout, not to see the account.
    Device {
        /// Whose device it is.
        customer: String,
        /// The new value for the device's cookie, if it is time for one.
        token: Option<String>,
    },
    /// Signed in.
    SignedIn {
        /// Who.
        customer: String,
    },
}

impl Recognition {
    /// Who it is, if anything is proved.
    #[must_use]
    pub fn customer(&self) -> Option<&str> {
        match self {
            Self::Anonymous => None,
            Self::Device { customer, .. } | Self::SignedIn { customer } => Some(customer),
        }
    }

    /// Who is signed in: the only one who sees and changes the account.
    #[must_use]
    pub fn signed_in(&self) -> Option<&str> {
        match self {
            Self::SignedIn { customer } => Some(customer),
            Self::Anonymous | Self::Device { .. } => None,
        }
    }
}

/// Recognises a shopper by an open session, or else by the token of a device's cookie. Needs a transaction that may write:
/// a device's token rotates.
///
/// # Errors
/// If the database fails.
pub fn recognise(
    tx: &mut Tx<'_>,
    shop: &str,
    session: Option<&Session>,
    device_token: Option<&str>,
    now: Instant,
) -> Result<Recognition, StoreError> {
    if let Some(customer) = session.and_then(|session| session.customer.clone()) {
        return Ok(Recognition::SignedIn { customer });
    }
    let Some(token) = device_token else { return Ok(Recognition::Anonymous) };
    Ok(match devices::recognise(tx, shop, token, now)? {
        Some(recognised) => Recognition::Device { customer: recognised.device.customer, token: recognised.token },
        None => Recognition::Anonymous,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::session;
    use crate::store::Store;

    #[tokio::test]
    async fn c1_a_session_is_more_than_a_device_and_a_device_is_more_than_nothing() {
        let store = Store::in_memory().unwrap();
        store
            .write(|tx| -> Result<(), StoreError> {
                let device = devices::remember(tx, "a", "cus_1", "Phone", 0)?;
                let open = session::begin(tx, "a", None, "Phone", 0)?.session;
                let signed_in = session::begin(tx, "a", Some("cus_2"), "Phone", 0)?.session;
                let mut known =
                    |session: Option<&Session>, device: Option<&str>| recognise(tx, "a", session, device, 1);
                assert_eq!(known(None, None)?, Recognition::Anonymous);
                assert_eq!(known(Some(&open), Some("made up"))?, Recognition::Anonymous);
                let by_device = known(Some(&open), Some(&device))?;
                assert_eq!((by_device.customer(), by_device.signed_in()), (Some("cus_1"), None));
                let by_session = known(Some(&signed_in), Some(&device))?;
                assert_eq!((by_session.customer(), by_session.signed_in()), (Some("cus_2"), Some("cus_2")));
                Ok(())
            })
            .await
            .unwrap();
    }
}
