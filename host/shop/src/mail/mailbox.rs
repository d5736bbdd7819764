//! The way out by default: a mailbox in the store, shown on localhost.

use async_trait::async_trait;

use super::send::{Outgoing, SendError, Transport};
use crate::store::mailbox::{self, Received};
use crate::store::{Store, StoreError};

/// Keeps mails as their recipients would have received them.
#[derive(Clone)]
pub struct Mailbox {
    store: Store,
}

impl Mailbox {
    /// A mailbox in a store.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

#[async_trait]
impl Transport for Mailbox {
    async fn send(&self, mail: &Outgoing) -> Result<(), SendError> {
        let shop = mail.shop.clone();
        let received = Received {
            id: mail.id.clone(),
            at: mail.at,
            recipient: mail.to.as_typed().into(),
            sender: mail.from_name.clone(),
            subject: mail.subject.clone(),
            text: mail.text.clone(),
            html: mail.html.clone(),
            unsubscribe: mail.unsubscribe.clone().unwrap_or_default(),
        };
        let kept: Result<(), StoreError> = self.store.write(move |tx| mailbox::insert(tx, &shop, &received)).await;
        kept.map_err(|error| SendError::Later(error.to_string()))
    }
}
