//! What customers change of their own.

use thiserror::Error;

use super::happenings::tell;
use super::{Address, Birthday, Customer, CustomerState, ProfileChange, SavedAddress, proved};
use crate::clock::Instant;
use crate::mail::unsubscribe;
use crate::store::{StoreError, Tx, addresses, customers, favourites, mails};

/// The most addresses in a book.
const MOST_ADDRESSES: usize = 50;
const LONGEST_NAME: usize = 200;
const LONGEST_CODE: usize = 40;
const LONGEST_PHONE: usize = 50;

/// Why a profile was not changed.
#[derive(Debug, Error)]
pub enum ProfileError {
    /// There is no such account, or it was erased.
    #[error("there is no account with this id; sign in again")]
    Unknown,
    /// There is no such address in the book.
    #[error("there is no address with this id in the address book; take an id from the list of addresses")]
    UnknownAddress,
    /// A field holds what it cannot.
    #[error(transparent)]
    Field(#[from] WrongField),
    /// The book is full.
    #[error("the address book holds {MOST_ADDRESSES} addresses; remove one first")]
    Full,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A field that holds what it cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{field} {message}")]
pub struct WrongField {
    /// The field.
    pub field: &'static str,
    /// What to enter instead.
    pub message: &'static str,
}

/// Changes a profile, and says who the customer is now. Consent that is given also ends an earlier "unsubscribe".
///
/// # Errors
/// If there is no such account, a field holds what it cannot, or the database fails.
pub fn change(
    tx: &mut Tx<'_>,
    shop: &str,
    id: &str,
    change: &ProfileChange,
    now: Instant,
) -> Result<Customer, ProfileError> {
    let customer = find(tx, shop, id)?;
    let mut customer = proved::activate(tx, shop, customer)?;
    if let Some(name) = &change.name {
        customer.name = text("name", name, LONGEST_NAME)?;
    }
    if let Some(phone) = &change.phone {
        customer.phone = text("phone", phone, LONGEST_PHONE)?;
    }
    if let Some(locale) = &change.locale {
        let fits =
            (2..=35).contains(&locale.len()) && locale.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        ensure(fits, "locale", "must be a language tag such as de-AT")?;
        customer.locale = locale.clone();
    }
    if let Some(birthday) = change.birthday {
        let exists = birthday.is_none_or(Birthday::exists);
        ensure(exists, "birthday", "must be a day that some year has")?;
        customer.birthday = birthday;
    }
    match change.marketing_consent {
        Some(true) if customer.marketing_since.is_none() => {
            customer.marketing_since = Some(now);
            mails::unsuppress(tx, shop, &customer.contact)?;
        }
        Some(false) if customer.marketing_since.is_some() => {
            customer.marketing_since = None;
            unsubscribe::unsubscribe(tx, shop, &customer.contact, now)?;
        }
        _ => {}
    }
    customers::update(tx, shop, &customer)?;
    tell(tx, shop, id, "profile-changed", &[], now)?;
    if customer.marketing_since == Some(now) {
        tell(tx, shop, id, "subscribed", &[], now)?;
    }
    Ok(customer)
}

/// Puts a product on the wish list; one that is there stays as it is.
///
/// # Errors
/// If there is no such account or the database fails.
pub fn add_favourite(tx: &mut Tx<'_>, shop: &str, id: &str, product: &str, now: Instant) -> Result<(), ProfileError> {
    find(tx, shop, id)?;
    if favourites::add(tx, shop, id, product, now)? {
        tell(tx, shop, id, "wish-listed", &[("product", product)], now)?;
    }
    Ok(())
}

/// Puts an address into the book.
///
/// # Errors
/// If there is no such account, a field holds what it cannot, the book is full, or the database fails.
pub fn add_address(
    tx: &mut Tx<'_>,
    shop: &str,
    id: &str,
    address: &Address,
    now: Instant,
) -> Result<SavedAddress, ProfileError> {
    let customer = find(tx, shop, id)?;
    proved::activate(tx, shop, customer)?;
    let address = tidy(address)?;
    if addresses::list(tx, shop, id)?.len() >= MOST_ADDRESSES {
        return Err(ProfileError::Full);
    }
    let saved = addresses::add(tx, shop, id, &address, None, now)?;
    addresses::get(tx, shop, id, &saved)?.ok_or(ProfileError::UnknownAddress)
}

/// Changes an address of the book. Orders keep the address they had.
///
/// # Errors
/// If there is no such address, a field holds what it cannot, or the database fails.
pub fn change_address(
    tx: &mut Tx<'_>,
    shop: &str,
    id: &str,
    address_id: &str,
    address: &Address,
) -> Result<SavedAddress, ProfileError> {
    if !addresses::change(tx, shop, id, address_id, &tidy(address)?)? {
        return Err(ProfileError::UnknownAddress);
    }
    addresses::get(tx, shop, id, address_id)?.ok_or(ProfileError::UnknownAddress)
}

/// Which addresses of the book are the defaults; none for no default.
///
/// # Errors
/// If there is no such account or address, or the database fails.
pub fn set_defaults(
    tx: &mut Tx<'_>,
    shop: &str,
    id: &str,
    shipping: Option<&str>,
    billing: Option<&str>,
) -> Result<Customer, ProfileError> {
    let mut customer = find(tx, shop, id)?;
    for address in [shipping, billing].into_iter().flatten() {
        addresses::get(tx, shop, id, address)?.ok_or(ProfileError::UnknownAddress)?;
    }
    customer.default_shipping = shipping.map(str::to_owned);
    customer.default_billing = billing.map(str::to_owned);
    customers::update(tx, shop, &customer)?;
    Ok(customer)
}

pub(super) fn find(tx: &mut Tx<'_>, shop: &str, id: &str) -> Result<Customer, ProfileError> {
    let customer = customers::get(tx, shop, id)?;
    customer.filter(|customer| customer.state != CustomerState::Erased).ok_or(ProfileError::Unknown)
}

/// An address as it is kept: without spaces around the fields, the country in capitals.
pub(crate) fn tidy(address: &Address) -> Result<Address, WrongField> {
    let country = address.country.trim().to_uppercase();
    let fits = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
    ensure(fits, "country", "must be two letters of ISO 3166, such as AT")?;
    Ok(Address {
        name: text("name", &address.name, LONGEST_NAME)?,
        organization: text("organization", &address.organization, LONGEST_NAME)?,
        line1: text("line1", &address.line1, LONGEST_NAME)?,
        line2: text("line2", &address.line2, LONGEST_NAME)?,
        dependent_locality: text("dependent_locality", &address.dependent_locality, LONGEST_NAME)?,
        locality: text("locality", &address.locality, LONGEST_NAME)?,
        region: text("region", &address.region, LONGEST_NAME)?,
        postal_code: text("postal_code", &address.postal_code, LONGEST_CODE)?,
        sorting_code: text("sorting_code", &address.sorting_code, LONGEST_CODE)?,
        country,
        phone: text("phone", &address.phone, LONGEST_PHONE)?,
    })
}

fn text(field: &'static str, value: &str, longest: usize) -> Result<String, WrongField> {
    let value = value.trim();
    ensure(value.chars().count() <= longest, field, "is too long; shorten it")?;
    ensure(!value.chars().any(char::is_control), field, "must be one line of plain text")?;
    Ok(value.to_owned())
}

pub(super) fn ensure(holds: bool, field: &'static str, message: &'static str) -> Result<(), WrongField> {
    if holds { Ok(()) } else { Err(WrongField { field, message }) }
}
