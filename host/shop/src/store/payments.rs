//! The payment of each order: what was authorised, captured and given back.

use super::{Row, StoreError, Tx, values};
use crate::clock::Instant;
use crate::gateway::{Authorisation, CardToken};
use crate::money::Money;

/// How far a payment has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentState {
    /// Money is kept ready.
    Authorised,
    /// Money was taken.
    Captured,
    /// Money was let go.
    Voided,
}

impl PaymentState {
    /// The name in the store.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Authorised => "authorised",
            Self::Captured => "captured",
            Self::Voided => "voided",
        }
    }

    fn parse(id: &str) -> Option<Self> {
        [Self::Authorised, Self::Captured, Self::Voided].into_iter().find(|state| state.id() == id)
    }
}

/// The payment of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// The order.
    pub order: String,
    /// The card's brand.
    pub brand: String,
    /// The card's last four digits.
    pub last4: String,
    /// What the gateway calls the authorisation.
    pub authorisation: String,
    /// Money kept ready.
    pub authorised: Money,
    /// Money taken.
    pub captured: Money,
    /// Money given back.
    pub refunded: Money,
    /// How far it has come.
    pub state: PaymentState,
}

/// Keeps the authorisation of an order that is being placed.
///
/// # Errors
/// If the database fails.
pub fn insert(
    tx: &mut Tx<'_>,
    shop: &str,
    order: &str,
    token: &CardToken,
    authorisation: &Authorisation,
    now: Instant,
) -> Result<(), StoreError> {
    tx.execute(
        "insert into payments
             (shop, order_id, token, brand, last4, authorisation, authorised, captured, refunded, state, updated_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, ?8, ?9)",
        values![
            shop,
            order,
            token.expose(),
            &authorisation.card.brand,
            &authorisation.card.last4,
            &authorisation.id,
            authorisation.amount,
            PaymentState::Authorised.id(),
            now,
        ],
    )?;
    Ok(())
}

/// The payment of an order; none if it cost nothing.
///
/// # Errors
/// If the database fails.
pub fn get(tx: &mut Tx<'_>, shop: &str, order: &str) -> Result<Option<Payment>, StoreError> {
    tx.first(
        "select order_id, brand, last4, authorisation, authorised, captured, refunded, state
         from payments where shop = ?1 and order_id = ?2",
        values![shop, order],
    )?
    .as_ref()
    .map(payment)
    .transpose()
}

fn payment(row: &Row) -> Result<Payment, StoreError> {
    Ok(Payment {
        order: row.text(0)?,
        brand: row.text(1)?,
        last4: row.text(2)?,
        authorisation: row.text(3)?,
        authorised: row.int(4)?,
        captured: row.int(5)?,
        refunded: row.int(6)?,
        state: PaymentState::parse(&row.text(7)?).ok_or(StoreError::Corrupt { column: 7 })?,
    })
}

/// Notes that all the money kept ready was taken.
///
/// # Errors
/// If the database fails.
pub fn captured(tx: &mut Tx<'_>, shop: &str, order: &str, now: Instant) -> Result<(), StoreError> {
    tx.execute(
        "update payments set state = 'captured', captured = authorised, updated_at = ?3
         where shop = ?1 and order_id = ?2",
        values![shop, order, now],
    )?;
    Ok(())
}

/// Notes that the money kept ready was let go.
///
/// # Errors
/// If the database fails.
pub fn voided(tx: &mut Tx<'_>, shop: &str, order: &str, now: Instant) -> Result<(), StoreError> {
    tx.execute(
        "update payments set state = 'voided', updated_at = ?3 where shop = ?1 and order_id = ?2",
        values![shop, order, now],
    )?;
    Ok(())
}

/// Notes that money was given back.
///
/// # Errors
/// If the database fails.
pub fn refunded(tx: &mut Tx<'_>, shop: &str, order: &str, money: Money, now: Instant) -> Result<(), StoreError> {
    tx.execute(
        "update payments set refunded = refunded + ?3, updated_at = ?4 where shop = ?1 and order_id = ?2",
        values![shop, order, money, now],
    )?;
    Ok(())
}

/// Orders of every shop whose money has been kept ready since before `before`: shop and order. Something interrupted them.
///
/// # Errors
/// If the database fails.
pub fn open(tx: &mut Tx<'_>, before: Instant, limit: u32) -> Result<Vec<(String, String)>, StoreError> {
    tx.query(
        "select shop, order_id from payments where state = 'authorised' and updated_at < ?1
         order by updated_at limit ?2",
        values![before, limit],
    )?
    .iter()
    .map(|row| Ok((row.text(0)?, row.text(1)?)))
    .collect()
}
