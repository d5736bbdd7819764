//! Accounts offered to guests, at most one offer an order.

use super::{Row, StoreError, Tx, values};
use crate::clock::Instant;

/// What has become of an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OfferState {
    /// Nobody has answered yet.
    Offered,
    /// The address was proved.
    Accepted,
    /// The buyer does not want it.
    Refused,
    /// Nobody answered in time.
    Lapsed,
}

impl OfferState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Lapsed => "lapsed",
        }
    }
}

/// One offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The order it was made for.
    pub order: String,
    /// The extension that made it.
    pub extension: String,
    /// Whom it was made to.
    pub contact: String,
    /// An empty account was made at once.
    pub automatic: bool,
    /// The empty account that was made for it.
    pub customer: Option<String>,
    /// What has become of it.
    pub state: OfferState,
    /// When it was made.
    pub offered_at: Instant,
    /// When it ends by itself.
    pub lapses_at: Instant,
}

/// Adds an offer. Says no if the order has one already.
///
/// # Errors
/// If the database fails.
pub fn insert(tx: &mut Tx<'_>, shop: &str, offer: &Offer) -> Result<bool, StoreError> {
    let added = tx.execute(
        "insert into account_offers (shop, order_id, extension, contact, automatic, customer, state, offered_at, lapses_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) on conflict (shop, order_id) do nothing",
        values![
            shop,
            &offer.order,
            &offer.extension,
            &offer.contact,
            offer.automatic,
            offer.customer.as_deref(),
            offer.state.as_str(),
            offer.offered_at,
            offer.lapses_at,
        ],
    )?;
    Ok(added > 0)
}

/// The offer made for an order.
///
/// # Errors
/// If the database fails.
pub fn of_order(tx: &mut Tx<'_>, shop: &str, order: &str) -> Result<Option<Offer>, StoreError> {
    tx.first(
        "select order_id, extension, contact, automatic, customer, state, offered_at, lapses_at from account_offers
         where shop = ?1 and order_id = ?2",
        values![shop, order],
    )?
    .as_ref()
    .map(offer)
    .transpose()
}

/// Settles an offer that is still open. Says whether it was.
///
/// # Errors
/// If the database fails.
pub fn settle(tx: &mut Tx<'_>, shop: &str, order: &str, state: OfferState) -> Result<bool, StoreError> {
    let settled = tx.execute(
        "update account_offers set state = ?3 where shop = ?1 and order_id = ?2 and state = 'offered'",
        values![shop, order, state.as_str()],
    )?;
    Ok(settled > 0)
}

/// Settles every open offer to a contact.
///
/// # Errors
/// If the database fails.
pub fn settle_contact(tx: &mut Tx<'_>, shop: &str, contact: &str, state: OfferState) -> Result<(), StoreError> {
    tx.execute(
        "update account_offers set state = ?3 where shop = ?1 and contact = ?2 and state = 'offered'",
        values![shop, contact, state.as_str()],
    )?;
    Ok(())
}

/// The reader of a contact's mail, or a buyer who typed its address, has turned an account down before.
///
/// # Errors
/// If the database fails.
pub fn was_refused(tx: &mut Tx<'_>, shop: &str, contact: &str) -> Result<bool, StoreError> {
    let row = tx.first(
        "select 1 from account_offers where shop = ?1 and contact = ?2 and state = 'refused' limit 1",
        values![shop, contact],
    )?;
    Ok(row.is_some())
}

/// Lets the open offers of every shop end whose time is up, and counts them.
///
/// # Errors
/// If the database fails.
pub fn lapse(tx: &mut Tx<'_>, now: Instant) -> Result<u64, StoreError> {
    tx.execute("update account_offers set state = 'lapsed' where state = 'offered' and lapses_at <= ?1", values![now])
}

fn offer(row: &Row) -> Result<Offer, StoreError> {
    let state = match row.text(5)?.as_str() {
        "offered" => OfferState::Offered,
        "accepted" => OfferState::Accepted,
        "refused" => OfferState::Refused,
        "lapsed" => OfferState::Lapsed,
        _ => return Err(StoreError::Corrupt { column: 5 }),
    };
    Ok(Offer {
        order: row.text(0)?,
        extension: row.text(1)?,
        contact: row.text(2)?,
        automatic: row.flag(3)?,
        customer: row.opt_text(4)?,
        state,
        offered_at: row.int(6)?,
        lapses_at: row.int(7)?,
    })
}
