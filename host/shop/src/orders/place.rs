//! From a draft to a paid order.
//!
//! Money is kept ready before the transaction that makes the order, and taken after it, so that no order is made that
//! cannot be paid and nobody is charged for an order that was not made. Whatever is interrupted on the way is finished, or
//! was never begun:
//!
//! - before the transaction: the gateway lets the money go by itself;
//! - after it: [`settle`] is called again, by the shopper's next try or by [`manage::resume`](super::manage::resume).

use super::{Draft, Order, OrderError};
use crate::clock::Instant;
use crate::gateway::{Authorisation, Gateway, GatewayError};
use crate::secrets::hash_token;
use crate::store::orders::{self as stored, PlaceError, Placed};
use crate::store::payments::{self, PaymentState};
use crate::store::{Store, StoreError, claims};

/// Places an order and charges for it. The same cart gives one order, however often and from wherever it is sent.
///
/// An order whose money could not be taken because the gateway is away is placed all the same, and settled later.
///
/// # Errors
/// If no order was placed; what the cart had reserved is released then.
pub async fn place(
    store: &Store,
    gateway: &dyn Gateway,
    shop: &str,
    draft: Draft,
    now: Instant,
) -> Result<Placed, PlaceError> {
    let cart = draft.cart.clone();
    match attempt(store, gateway, shop, draft, now).await {
        Ok(placed) => {
            let order = settle(store, gateway, shop, placed.order, now).await?;
            Ok(Placed { order, ..placed })
        }
        Err(error) => {
            let shop = shop.to_owned();
            store.write(move |tx| claims::release(tx, &shop, &cart)).await?;
            Err(error)
        }
    }
}

async fn attempt(
    store: &Store,
    gateway: &dyn Gateway,
    shop: &str,
    draft: Draft,
    now: Instant,
) -> Result<Placed, PlaceError> {
    let (owner, cart) = (shop.to_owned(), draft.cart.clone());
    let known = store.lookup(move |tx| stored::by_cart(tx, &owner, &cart)).await?;
    if let Some(order) = known {
        return Ok(Placed { order, again: true });
    }
    let authorisation = authorise(gateway, shop, &draft).await?;
    let (owner, kept) = (shop.to_owned(), authorisation.clone());
    let placed = store.write(move |tx| stored::place(tx, &owner, &draft, kept.as_ref(), now)).await;
    if let Some(authorisation) = authorisation {
        let needed = match &placed {
            Ok(placed) if placed.again => is_of(store, shop, &placed.order, &authorisation).await?,
            Ok(_) => true,
            // Nobody knows whether it was committed; the gateway lets the money go by itself if it was not.
            Err(PlaceError::Store(_)) => true,
            Err(_) => false,
        };
        if !needed {
            // If the gateway is away, it lets the money go by itself.
            let _ = gateway.void(&format!("void/{}", authorisation.id), &authorisation.id).await;
        }
    }
    placed
}

/// Keeps the order's money ready, once for each try of the shopper.
async fn authorise(gateway: &dyn Gateway, shop: &str, draft: &Draft) -> Result<Option<Authorisation>, PlaceError> {
    if draft.total == 0 {
        return Ok(None);
    }
    // Nothing is asked of the gateway for an order that cannot be placed anyway.
    if draft.total > draft.shown {
        return Err(PlaceError::PriceRose { shown: draft.shown, now: draft.total });
    }
    let payment = draft.payment.as_ref().ok_or(PlaceError::NoPayment)?;
    let key = hash_token(&format!(
        "{shop}/{}/{}/{}/{}/{}",
        draft.cart,
        draft.cart_version,
        draft.total,
        payment.attempt,
        payment.token.expose()
    ));
    Ok(Some(gateway.authorise(&key, &payment.token, draft.total, &draft.currency).await?))
}

/// Whether an authorisation is the one an order is paid with: the button was pressed twice in one try.
async fn is_of(store: &Store, shop: &str, order: &Order, authorisation: &Authorisation) -> Result<bool, StoreError> {
    let (shop, order) = (shop.to_owned(), order.id.clone());
    let payment = store.lookup(move |tx| payments::get(tx, &shop, &order)).await?;
    Ok(payment.is_some_and(|payment| payment.authorisation == authorisation.id))
}

/// Takes the money that is kept ready for an order, and marks it paid. An order that is paid or cancelled stays as it is;
/// while the gateway is away it stays placed. If the money cannot be had at all, the order is cancelled.
///
/// # Errors
/// If the money could not be had, or the database fails.
pub async fn settle(
    store: &Store,
    gateway: &dyn Gateway,
    shop: &str,
    order: Order,
    now: Instant,
) -> Result<Order, PlaceError> {
    let (owner, id) = (shop.to_owned(), order.id.clone());
    if order.paid_at.is_some() || order.cancelled_at.is_some() {
        return Ok(order);
    }
    let payment = store.lookup(move |tx| payments::get(tx, &owner, &id)).await?;
    let (owner, id) = (shop.to_owned(), order.id.clone());
    if let Some(payment) = payment.filter(|payment| payment.state == PaymentState::Authorised) {
        let captured = gateway.capture(&format!("capture/{id}"), &payment.authorisation, payment.authorised).await;
        match captured {
            Ok(()) => {}
            Err(GatewayError::Unavailable) => return Ok(order),
            Err(error) => {
                // If the gateway is away, it lets the money go by itself.
                let _ = gateway.void(&format!("void/{}", payment.authorisation), &payment.authorisation).await;
                store
                    .write(move |tx| -> Result<Order, OrderError> {
                        payments::voided(tx, &owner, &id, now)?;
                        stored::cancel(tx, &owner, &id, "system", now)
                    })
                    .await
                    .map_err(unexpected)?;
                return Err(error.into());
            }
        }
    }
    store
        .write(move |tx| -> Result<Order, OrderError> {
            payments::captured(tx, &owner, &id, now)?;
            stored::pay(tx, &owner, &id, now)
        })
        .await
        .map_err(unexpected)
}

/// An order that was just read can only fail by the database, or by what somebody else did to it meanwhile.
fn unexpected(error: OrderError) -> PlaceError {
    match error {
        OrderError::Store(error) => PlaceError::Store(error),
        _ => PlaceError::CartChanged,
    }
}

#[cfg(test)]
#[path = "place_tests.rs"]
mod tests;
