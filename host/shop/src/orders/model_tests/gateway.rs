//! A payment provider that cannot be reached once, when it is told to: before it has done what it was asked, or after.

use std::sync::Mutex;

use async_trait::async_trait;

use crate::gateway::{Authorisation, Card, CardToken, Gateway, GatewayError, TestGateway};
use crate::money::Money;

/// When the provider is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outage {
    /// Before it has moved any money.
    Before,
    /// After it has, and before it could say so.
    After,
}

/// The provider, and the outage that is to come.
#[derive(Debug, Default)]
pub(super) struct Unsteady {
    provider: TestGateway,
    outage: Mutex<Option<Outage>>,
}

impl Unsteady {
    /// Lets the next movement of money meet an outage, if there is to be one.
    pub(super) fn prepare(&self, outage: Option<Outage>) {
        *self.outage.lock().unwrap() = outage;
    }

    /// Takes back an outage that nothing has met. Says whether it was still to come.
    pub(super) fn is_spared(&self) -> bool {
        self.outage.lock().unwrap().take().is_some()
    }

    /// What was captured and what was refunded under an authorisation.
    pub(super) fn moved(&self, authorisation: &str) -> (Money, Money) {
        self.provider.moved(authorisation)
    }

    async fn meet(&self, work: impl Future<Output = Result<(), GatewayError>>) -> Result<(), GatewayError> {
        let outage = self.outage.lock().unwrap().take();
        match outage {
            None => work.await,
            Some(Outage::Before) => Err(GatewayError::Unavailable),
            Some(Outage::After) => {
                work.await?;
                Err(GatewayError::Unavailable)
            }
        }
    }
}

#[async_trait]
impl Gateway for Unsteady {
    async fn card(&self, token: &CardToken) -> Result<Card, GatewayError> {
        self.provider.card(token).await
    }

    async fn authorise(
        &self,
        key: &str,
        token: &CardToken,
        amount: Money,
        currency: &str,
    ) -> Result<Authorisation, GatewayError> {
        self.provider.authorise(key, token, amount, currency).await
    }

    async fn capture(&self, key: &str, authorisation: &str, amount: Money) -> Result<(), GatewayError> {
        self.meet(self.provider.capture(key, authorisation, amount)).await
    }

    async fn refund(&self, key: &str, authorisation: &str, amount: Money) -> Result<(), GatewayError> {
        self.meet(self.provider.refund(key, authorisation, amount)).await
    }

    async fn void(&self, key: &str, authorisation: &str) -> Result<(), GatewayError> {
        self.provider.void(key, authorisation).await
    }
}
