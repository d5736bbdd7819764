//! Whom a shopper's session is known to be: signed in, on a device that was asked to be remembered, or nobody.
//!
//! A known device fills a checkout and keeps a cart; it opens no account (C1).

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::auth::{Here, Shopper, found};
use super::problem::Problem;
use crate::cart::Cart;
use crate::checkout::Visitor;
use crate::clock::Instant;
use crate::people::devices;
use crate::platform::Platform;

/// The header that carries a device's token.
pub(crate) const DEVICE_TOKEN: &str = "device-token";

/// Who shops.
#[derive(Clone)]
pub(crate) struct Guest {
    /// The customer who is signed in.
    signed_in: Option<String>,
    /// The customer of a device that was recognised.
    on_device: Option<String>,
}

impl Guest {
    /// The customer, however they are known.
    pub(crate) fn customer(&self) -> Option<&str> {
        self.signed_in.as_deref().or(self.on_device.as_deref())
    }

    /// The shopper as checkout knows them.
    pub(crate) fn visitor(&self) -> Visitor {
        match (&self.signed_in, &self.on_device) {
            (Some(customer), _) => Visitor::signed_in(customer.as_str()),
            (None, Some(customer)) => Visitor::on_known_device(customer.as_str()),
            (None, None) => Visitor::anonymous(),
        }
    }

    /// The successor of the device's token, when it is time for one.
    pub(crate) async fn rotate(
        &self,
        platform: &Platform,
        shop: &str,
        headers: &HeaderMap,
        now: Instant,
    ) -> Result<Option<String>, Problem> {
        let (None, Some(_), Some(token)) = (&self.signed_in, &self.on_device, device_token(headers)) else {
            return Ok(None);
        };
        let shop = shop.to_owned();
        let recognised = platform.store.write(move |tx| devices::recognise(tx, &shop, &token, now)).await?;
        Ok(recognised.and_then(|recognised| recognised.token))
    }
}

impl FromRequestParts<Platform> for Guest {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, platform: &Platform) -> Result<Self, Problem> {
        let (Here(shop), shopper): (Here, Shopper) = (found(parts)?, found(parts)?);
        let on_device = match (&shopper.session.customer, device_token(&parts.headers)) {
            (None, Some(token)) => {
                let now = platform.clock.now();
                let device = platform.store.lookup(move |tx| devices::peek(tx, &shop.id, &token, now)).await?;
                device.map(|device| device.customer)
            }
            _ => None,
        };
        Ok(Self { signed_in: shopper.session.customer, on_device })
    }
}

fn device_token(headers: &HeaderMap) -> Option<String> {
    headers.get(DEVICE_TOKEN).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// A cart that belongs to a customer is there for nobody else, whoever knows its id.
pub(crate) fn require_own(cart: &Cart, customer: Option<&str>) -> Result<(), Problem> {
    match &cart.customer {
        Some(owner) if Some(owner.as_str()) != customer => Err(Problem::not_found("cart")),
        _ => Ok(()),
    }
}
