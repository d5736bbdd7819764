//! Referrals: a customer hands a link on, and somebody who opens it and then makes an account was brought by them.
//!
//! A code that is unknown, old or one's own is passed over: nobody is kept from signing in by it, and nobody learns whose
//! it is.

use serde::Serialize;
use utoipa::ToSchema;

use super::happenings::tell;
use super::{Customer, Email};
use crate::clock::Instant;
use crate::secrets::{Secret, hex};
use crate::shops::Shop;
use crate::store::{Store, StoreError, Tx, contacts, customers, referrals};

/// With what a customer recommends the shop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Referral {
    /// The code. It opens nothing, and does not tell whose it is.
    #[schema(example = "7b0e19c2a4d85f63")]
    pub code: String,
    /// The link to hand on.
    #[schema(example = "https://shop.example/r/7b0e19c2a4d85f63")]
    pub link: String,
    /// New customers who came with it.
    pub brought: u32,
}

/// With what a customer recommends the shop. The first call makes the code; later ones only read.
///
/// # Errors
/// If the database fails.
pub async fn of(store: &Store, secret: &Secret, shop: &Shop, customer: &str) -> Result<Referral, StoreError> {
    let (id, who) = (shop.id.clone(), customer.to_owned());
    let read = store.lookup(move |tx| -> Result<_, StoreError> {
        Ok((referrals::code_of(tx, &id, &who)?, referrals::count(tx, &id, &who)?))
    });
    let (known, brought) = read.await?;
    let code = match known {
        Some(code) => code,
        None => {
            let code = hex(&secret.mac(&["referral", &shop.id, customer])[..8]);
            let (id, who, new) = (shop.id.clone(), customer.to_owned(), code.clone());
            store.write(move |tx| referrals::add_code(tx, &id, &who, &new)).await?;
            code
        }
    };
    Ok(Referral { link: format!("{}/r/{code}", shop.base_url), code, brought })
}

/// Notes that a new customer came with a code, and tells extensions (`referred`). Says whether they did.
///
/// Nobody brings themselves: not with another spelling of their address, and not in a browser in which the owner of the
/// code was just signed in, whom `was_signed_in` names (L11).
///
/// # Errors
/// If the database fails.
pub(crate) fn accept(
    tx: &mut Tx<'_>,
    shop: &str,
    code: &str,
    customer: &Customer,
    was_signed_in: Option<&str>,
    now: Instant,
) -> Result<bool, StoreError> {
    let Some(by) = referrals::owner(tx, shop, code)? else { return Ok(false) };
    let Some(referrer) = customers::get(tx, shop, &by)?.filter(|referrer| referrer.state.is_proved()) else {
        return Ok(false);
    };
    if by == customer.id || was_signed_in == Some(&by) || is_one_mailbox(tx, shop, &referrer, customer)? {
        return Ok(false);
    }
    if !referrals::insert(tx, shop, &customer.id, &by, now)? {
        return Ok(false);
    }
    tell(tx, shop, &customer.id, "referred", &[("by", &by)], now)?;
    Ok(true)
}

fn is_one_mailbox(tx: &mut Tx<'_>, shop: &str, one: &Customer, other: &Customer) -> Result<bool, StoreError> {
    let mut forms = Vec::with_capacity(2);
    for customer in [one, other] {
        let contact = contacts::get(tx, shop, &customer.contact)?;
        forms.push(contact.and_then(|contact| Email::parse(&contact.email).ok()).map(|email| email.abuse_form()));
    }
    Ok(forms[0] == forms[1])
}
