//! A shop with a mailbox, and people, for tests.

use std::collections::BTreeMap;

use super::sign_in::{Confirmation, Origin, SignedIn, Visit};
use super::{Customer, CustomerState};
use crate::clock::Instant;
use crate::mail::{Mailbox, Tally, send_due};
use crate::secrets::Secret;
use crate::shops::{Policies, Shop};
use crate::store::mailbox::{self, Received};
use crate::store::{Store, StoreError, Tx, shops};

/// A customer who proved their address at instant 0.
pub(crate) fn customer(id: &str, contact: &str, email: &str) -> Customer {
    Customer {
        id: id.into(),
        contact: contact.into(),
        email: email.into(),
        state: CustomerState::Active,
        name: String::new(),
        phone: String::new(),
        locale: "en".into(),
        birthday: None,
        blocked: false,
        marketing_since: None,
        tags: Vec::new(),
        attributes: BTreeMap::new(),
        default_shipping: None,
        default_billing: None,
        registered_at: 0,
        verified_at: Some(0),
        delete_unclaimed_at: None,
    }
}

/// A browser on a network of its own.
pub(crate) const VISIT: Visit<'_> = Visit {
    origin: Origin { ip: "192.0.2.1", browser: None },
    session: None,
    label: "Phone",
    remember: false,
    locale: "en",
    referral: None,
};

/// The shop `a` with a mailbox.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) secret: Secret,
    mailbox: Mailbox,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(Policies::default()).await
    }

    pub(crate) async fn with(policies: Policies) -> Self {
        let store = Store::in_memory().unwrap();
        let shop = Shop {
            id: "a".into(),
            name: "Shop".into(),
            base_url: "https://shop.example".into(),
            currency: "EUR".into(),
            time_zone: "UTC".into(),
            locale: "en".into(),
            country: "AT".into(),
            created_at: 0,
            policies,
        };
        store.write(move |tx| shops::create(tx, "system", &shop)).await.unwrap();
        Self { mailbox: Mailbox::new(store.clone()), store, secret: Secret::new([7; 32]) }
    }

    /// Runs `work` in a transaction that is committed.
    pub(crate) async fn write<T, E>(
        &self,
        work: impl FnOnce(&mut Tx<'_>, &Secret) -> Result<T, E> + Send + 'static,
    ) -> T
    where
        T: Send + 'static,
        E: From<StoreError> + std::fmt::Debug + Send + 'static,
    {
        let secret = self.secret.clone();
        self.store.write(move |tx| work(tx, &secret)).await.unwrap()
    }

    /// Sends what is due.
    pub(crate) async fn deliver(&self, now: Instant) -> Tally {
        send_due(&self.store, &self.secret, &self.mailbox, now, 1_000).await.unwrap()
    }

    /// What a reader of an address has received, newest first.
    pub(crate) async fn inbox(&self, email: &str) -> Vec<Received> {
        let email = email.to_owned();
        self.write(move |tx, _| mailbox::list(tx, "a", Some(&email), 100)).await
    }

    /// The mail that came last.
    pub(crate) async fn newest(&self, email: &str) -> Received {
        self.inbox(email).await.into_iter().next().expect("a mail has arrived")
    }
}

/// The token of a mail's link.
pub(crate) fn token_in(mail: &Received) -> String {
    let rest = mail.text.split("?token=").nth(1).expect("the mail has a link");
    rest.chars().take_while(|letter| letter.is_ascii_hexdigit()).collect()
}

/// A mail's code.
pub(crate) fn code_in(mail: &Received) -> String {
    let line = mail.text.lines().find(|line| line.len() == 10 && line.starts_with("    "));
    line.expect("the mail has a code").trim().into()
}

/// Somebody who is signed in.
pub(crate) fn signed_in(confirmation: Confirmation) -> SignedIn {
    match confirmation {
        Confirmation::SignedIn(signed_in) => *signed_in,
        Confirmation::Refused => panic!("the proof was refused"),
    }
}
