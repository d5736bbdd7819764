//! Payment: a trait that a payment provider implements, and a test gateway that knows only tokens.
//!
//! The shop never sees a card. It holds a [`CardToken`], which refuses to be made from anything that could be a card
//! number, and prints nothing. Money is authorised before an order is placed and captured after it. Every call that moves
//! money carries an idempotency key: the same key with the same request gives the same answer and moves money once.

mod test;
mod token;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use test::{TEST_CARDS, TestGateway};
pub use token::{CardToken, NotAToken};

use crate::money::Money;

/// What the shopper may be shown of the card behind a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Card {
    /// Such as `visa`.
    pub brand: String,
    /// The last four digits.
    #[schema(min_length = 4, max_length = 4)]
    pub last4: String,
    /// The year in which it expires.
    pub expires_year: u16,
    /// The month in which it expires, 1 to 12.
    pub expires_month: u8,
}

/// Money that the gateway keeps ready on a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorisation {
    /// What the gateway calls it.
    pub id: String,
    /// How much.
    pub amount: Money,
    /// The card.
    pub card: Card,
}

/// A payment provider. Amounts are minor units of `currency`, above 0.
#[async_trait]
pub trait Gateway: Send + Sync {
    /// The card behind a token that can still be paid with.
    ///
    /// # Errors
    /// If the token is not known any more, or the gateway cannot be reached.
    async fn card(&self, token: &CardToken) -> Result<Card, GatewayError>;

    /// Keeps money ready.
    ///
    /// # Errors
    /// If the card's bank declines, or the gateway cannot be reached.
    async fn authorise(
        &self,
        key: &str,
        token: &CardToken,
        amount: Money,
        currency: &str,
    ) -> Result<Authorisation, GatewayError>;

    /// Takes money that was kept ready, at most as much; the rest is let go.
    ///
    /// # Errors
    /// If it cannot be taken, or the gateway cannot be reached.
    async fn capture(&self, key: &str, authorisation: &str, amount: Money) -> Result<(), GatewayError>;

    /// Gives back money that was taken, in all at most as much.
    ///
    /// # Errors
    /// If it cannot be given back, or the gateway cannot be reached.
    async fn refund(&self, key: &str, authorisation: &str, amount: Money) -> Result<(), GatewayError>;

    /// Lets money go that was kept ready and has not been taken.
    ///
    /// # Errors
    /// If it was taken already, or the gateway cannot be reached.
    async fn void(&self, key: &str, authorisation: &str) -> Result<(), GatewayError>;
}

/// Why the gateway did not do it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GatewayError {
    /// The token is not known, or not any more.
    #[error("this means of payment is not known any more; choose another")]
    UnknownToken,
    /// The card's bank said no.
    #[error("the card was declined; ask its bank, or choose another means of payment")]
    Declined,
    /// There is too little money.
    #[error("there is not enough money on the card; choose another means of payment")]
    InsufficientFunds,
    /// The card has expired.
    #[error("the card has expired; choose another means of payment")]
    Expired,
    /// More than was authorised or captured, or nothing.
    #[error("the amount {asked} is not between 1 and {most}; refund or capture less")]
    Amount {
        /// What was asked for.
        asked: Money,
        /// What is possible.
        most: Money,
    },
    /// The authorisation is not known, or is past this.
    #[error("the payment cannot be changed that way any more; look at its state at the payment provider")]
    State,
    /// The key came before with another request.
    #[error("the idempotency key was used for another request; use a new one")]
    KeyReused,
    /// The gateway could not be asked, and may or may not have done it: ask again with the same key.
    #[error("the payment provider cannot be reached; try again in a minute")]
    Unavailable,
}

impl GatewayError {
    /// The answer would be the same another time, so something else has to change.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        !matches!(self, Self::Unavailable)
    }
}
