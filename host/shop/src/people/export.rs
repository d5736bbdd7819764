//! Everything the shop keeps of a customer, for the customer (A12, L15).

use serde::Serialize;
use utoipa::ToSchema;

use super::reviews::Review;
use super::{Customer, Device, PaymentToken, SavedAddress, Session};
use crate::clock::Instant;
use crate::ledger::HistoryEntry;
use crate::orders::Order;
use crate::orders::returns::Return;
use crate::store::mails::MailState;
use crate::store::{
    StoreError, Tx, addresses, customers, devices, favourites, ledger, mails, orders, payment_tokens, reviews, sessions,
};

/// The most orders and the most entries of points in one export.
const MOST: u32 = 10_000;

/// What the shop keeps of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonalData {
    /// The profile.
    pub profile: Customer,
    /// The address book.
    pub addresses: Vec<SavedAddress>,
    /// The wish list.
    pub favourites: Vec<Favourite>,
    /// What the customer wrote about products, also what staff took off the page.
    pub reviews: Vec<Review>,
    /// Kept payment tokens.
    pub payment_tokens: Vec<PaymentToken>,
    /// Where the customer is signed in.
    pub sessions: Vec<Session>,
    /// Remembered devices.
    pub devices: Vec<Device>,
    /// Mails that were sent, or wait.
    pub mails: Vec<MailNote>,
    /// Orders, newest first.
    pub orders: Vec<Order>,
    /// What the customer asked to send back of them.
    pub returns: Vec<Return>,
    /// What happened to the customer's points, newest first.
    pub points: Vec<HistoryEntry>,
}

/// A product on the wish list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Favourite {
    /// The product.
    pub product: String,
    /// Since when.
    pub added_at: Instant,
}

/// A mail to the customer. What it said is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MailNote {
    /// `shop` or an extension.
    pub sender: String,
    /// Its sender's name for it.
    pub key: String,
    /// What has become of it.
    pub state: MailState,
    /// When it was queued.
    pub queued_at: Instant,
    /// When it was sent.
    pub sent_at: Option<Instant>,
}

/// Gathers what the shop keeps of a customer; none if there is no such account.
///
/// # Errors
/// If the database fails.
pub fn personal_data(tx: &mut Tx<'_>, shop: &str, id: &str, now: Instant) -> Result<Option<PersonalData>, StoreError> {
    let Some(profile) = customers::get(tx, shop, id)? else { return Ok(None) };
    let mails = mails::of_contact(tx, shop, &profile.contact)?;
    let orders = orders::of(tx, shop, id, MOST)?;
    Ok(Some(PersonalData {
        addresses: addresses::list(tx, shop, id)?,
        favourites: favourites::list(tx, shop, id)?
            .into_iter()
            .map(|(product, added_at)| Favourite { product, added_at })
            .collect(),
        reviews: reviews::of_customer(tx, shop, id)?,
        payment_tokens: payment_tokens::list(tx, shop, id)?,
        sessions: sessions::of_customer(tx, shop, id, now)?,
        devices: devices::of_customer(tx, shop, id, now)?,
        mails: mails
            .into_iter()
            .map(|mail| MailNote {
                sender: mail.sender,
                key: mail.key,
                state: mail.state,
                queued_at: mail.queued_at,
                sent_at: mail.sent_at,
            })
            .collect(),
        returns: returns_of(tx, shop, &orders)?,
        orders,
        points: ledger::history(tx, shop, id, None, MOST)?,
        profile,
    }))
}

fn returns_of(tx: &mut Tx<'_>, shop: &str, bought: &[Order]) -> Result<Vec<Return>, StoreError> {
    let mut returns = Vec::new();
    for order in bought {
        returns.extend(orders::returns::of_order(tx, shop, &order.id)?);
    }
    Ok(returns)
}
