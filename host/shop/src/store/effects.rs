//! The commit of a handler: its effects, the event's acknowledgement and a look at everything it read, in one transaction.

use std::collections::BTreeMap;

use boomerang_engine::contract::{AccountMode, AccountOffer, Forwarding, Message as Wanted, Restoration, Reversal};
use boomerang_engine::{Commit, Effect, ReadVersion};
use thiserror::Error;

use super::coupons::Issuing;
use super::{
    StoreError, Tx, contacts, coupons, customers, events, extension_storage, forwardings, ledger, orders, shops,
    values, versions,
};
use crate::clock::Instant;
use crate::ledger::LedgerError;
use crate::mail::{Action, ExtensionMessage, Message, MessageError, queue_for_extension, queue_for_supplier};
use crate::people::{
    CustomerState, Email,
    offer::{NewOffer, OfferError, OfferMode, offer},
};
use crate::secrets::{Secret, is_contact};

/// Why effects could not be committed. Nothing was written; the event is tried again.
#[derive(Debug, Error)]
pub enum EffectError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The book of points refused an entry.
    #[error("the book of points refused an entry: {0}")]
    Ledger(#[from] LedgerError),
    /// Points were to be given to nobody.
    #[error("there is no customer {0:?} to give points to; use the id of a customer or `order.contact`")]
    NoSuchHolder(String),
    /// Something was to be done about an order of another shop, or of none.
    #[error("there is no order {0:?}; use the id that the event gives")]
    NoSuchOrder(String),
    /// An account could not be offered.
    #[error("the account was not offered: {0}")]
    Offer(#[from] OfferError),
    /// A message could not be queued.
    #[error("the message was not queued: {0}")]
    Message(#[from] MessageError),
    /// Another coupon has the code.
    #[error("another coupon has the code {0:?}; make codes that nobody else would")]
    CodeTaken(String),
    /// Nobody like that sends goods for the shop.
    #[error("the shop has no supplier {0:?}; set one up in its policies, or name one that is there")]
    NoSuchSupplier(String),
    /// A supplier was to get what the order does not have.
    #[error("order {order:?} has no {quantity} units of line {line:?} left to forward; look at the order again")]
    NothingToForward {
        /// The order.
        order: String,
        /// The line.
        line: String,
        /// Units to be forwarded.
        quantity: u32,
    },
}

/// Commits what a handler wants under the key of its event, once. Use it inside [`Store::write`](super::Store::write): an
/// error rolls everything back.
///
/// `Conflict` and `AlreadyDone` have written nothing but the acknowledgement.
///
/// # Errors
/// If an effect is not possible, or the database fails.
#[expect(clippy::too_many_arguments, reason = "one commit is described by nothing less")]
pub fn commit(
    tx: &mut Tx<'_>,
    secret: &Secret,
    shop: &str,
    extension: &str,
    event_key: &str,
    effects: &[Effect],
    reads: &[ReadVersion],
    now: Instant,
) -> Result<Commit, EffectError> {
    let sql = "select 1 from commits where shop = ?1 and extension = ?2 and event_key = ?3";
    if tx.first(sql, values![shop, extension, event_key])?.is_some() {
        events::acknowledge(tx, shop, extension, event_key)?;
        return Ok(Commit::AlreadyDone);
    }
    for read in reads {
        if versions::get(tx, shop, &read.key)? != read.version {
            return Ok(Commit::Conflict);
        }
    }
    let mut commit = Committing { tx, secret, shop, extension, now };
    for effect in effects {
        commit.apply(effect)?;
    }
    tx.execute(
        "insert into commits (shop, extension, event_key, at) values (?1, ?2, ?3, ?4)",
        values![shop, extension, event_key, now],
    )?;
    events::acknowledge(tx, shop, extension, event_key)?;
    Ok(Commit::Done)
}

struct Committing<'a, 'tx> {
    tx: &'a mut Tx<'tx>,
    secret: &'a Secret,
    shop: &'a str,
    extension: &'a str,
    now: Instant,
}

impl Committing<'_, '_> {
    fn apply(&mut self, effect: &Effect) -> Result<(), EffectError> {
        let Self { shop, extension, now, .. } = *self;
        match effect {
            Effect::PointsGrant(grant) => {
                if self.has_holder(&grant.holder)? {
                    if let Some(order) = &grant.order {
                        self.check_order(order)?;
                    }
                    ledger::earn(self.tx, shop, extension, grant, now)?;
                }
            }
            Effect::PointsReverse { reversal, deficit } => self.reverse(reversal, *deficit)?,
            Effect::PointsRestore(restoration) => self.restore(restoration)?,
            Effect::PointsExtend { holder, expires_at, key } => {
                if self.has_holder(holder)? {
                    ledger::extend(self.tx, shop, extension, holder, *expires_at, key, now)?;
                }
            }
            Effect::StorageSet { key, value } => extension_storage::set(self.tx, shop, extension, key, value)?,
            Effect::StorageDelete { key } => extension_storage::delete(self.tx, shop, extension, key)?,
            Effect::AccountOffer(offer) => self.offer(offer)?,
            Effect::Message(message) => self.message(message)?,
            Effect::Coupon(coupon) => {
                if coupons::issue(self.tx, shop, extension, coupon, now)? == Issuing::CodeTaken {
                    return Err(EffectError::CodeTaken(coupon.code.clone()));
                }
            }
            Effect::Forwarding(forwarding) => self.forward(forwarding)?,
        }
        Ok(())
    }

    /// Whether there is somebody to have points. Somebody who was erased is nobody, and that is no error.
    fn has_holder(&mut self, holder: &str) -> Result<bool, EffectError> {
        if is_contact(holder) {
            return Ok(true);
        }
        match customers::get(self.tx, self.shop, holder)? {
            Some(customer) => Ok(customer.state != CustomerState::Erased),
            None => Err(EffectError::NoSuchHolder(holder.to_owned())),
        }
    }

    fn check_order(&mut self, order: &str) -> Result<(), EffectError> {
        match orders::find(self.tx, self.shop, order)? {
            Some(_) => Ok(()),
            None => Err(EffectError::NoSuchOrder(order.to_owned())),
        }
    }

    fn reverse(
        &mut self,
        reversal: &Reversal,
        deficit: boomerang_engine::contract::DeficitPolicy,
    ) -> Result<(), EffectError> {
        ledger::reverse(self.tx, self.shop, self.extension, reversal, deficit, self.now)?;
        Ok(())
    }

    fn restore(&mut self, restoration: &Restoration) -> Result<(), EffectError> {
        ledger::restore(self.tx, self.shop, self.extension, restoration, self.now)?;
        Ok(())
    }

    fn offer(&mut self, wanted: &AccountOffer) -> Result<(), EffectError> {
        let no_order = || EffectError::NoSuchOrder(wanted.order.clone());
        let order = orders::find(self.tx, self.shop, &wanted.order)?.ok_or_else(no_order)?;
        // Nobody is there to be offered anything once the address is erased.
        let Some(contact) = contacts::get(self.tx, self.shop, &order.contact)? else { return Ok(()) };
        let Ok(email) = Email::parse(&contact.email) else { return Ok(()) };
        let new = NewOffer {
            extension: self.extension,
            order: &order.id,
            number: &order.number,
            email: &email,
            locale: &order.locale,
            mode: match wanted.mode {
                AccountMode::Invite => OfferMode::Invite,
                AccountMode::Automatic => OfferMode::Automatic,
            },
            delete_unclaimed_after_days: wanted.delete_unclaimed_after_days,
        };
        offer(self.tx, self.secret, self.shop, &new, self.now)?;
        Ok(())
    }

    fn message(&mut self, wanted: &Wanted) -> Result<(), EffectError> {
        let action = wanted.action.as_ref().map(|action| Action {
            label: action.label.clone(),
            page: action.page.clone(),
            id: action.id.clone(),
        });
        let (subject, paragraphs) = (wanted.subject.clone(), wanted.paragraphs.clone());
        let message = ExtensionMessage {
            extension: self.extension,
            to: &wanted.to,
            channel: &wanted.channel,
            purpose: &wanted.purpose,
            message: &Message { subject, paragraphs, action },
            key: &wanted.key,
            send_at: wanted.send_at,
            stop_when: &wanted.stop_when,
        };
        queue_for_extension(self.tx, self.shop, &message, self.now)?;
        Ok(())
    }

    fn forward(&mut self, forwarding: &Forwarding) -> Result<(), EffectError> {
        let no_order = || EffectError::NoSuchOrder(forwarding.order.clone());
        let order = orders::find(self.tx, self.shop, &forwarding.order)?.ok_or_else(no_order)?;
        let mut left: BTreeMap<&str, u32> =
            order.lines.iter().map(|line| (line.id.as_str(), line.quantity - line.returned)).collect();
        let earlier = forwardings::of_order(self.tx, self.shop, &order.id)?;
        let same = |queued: &&forwardings::Queued| {
            queued.extension == self.extension && queued.forwarding.key == forwarding.key
        };
        if earlier.iter().any(|queued| same(&queued)) {
            return Ok(());
        }
        for sent in earlier.iter().flat_map(|queued| &queued.forwarding.lines) {
            if let Some(left) = left.get_mut(sent.line.as_str()) {
                *left = left.saturating_sub(sent.quantity);
            }
        }
        for line in &forwarding.lines {
            let open = left.get_mut(line.line.as_str()).filter(|left| **left >= line.quantity);
            let Some(open) = open else {
                return Err(EffectError::NothingToForward {
                    order: order.id.clone(),
                    line: line.line.clone(),
                    quantity: line.quantity,
                });
            };
            *open -= line.quantity;
        }
        let shop = shops::find(self.tx, self.shop)?;
        let known =
            shop.and_then(|shop| shop.policies.suppliers.into_iter().find(|known| known.id == forwarding.supplier));
        let supplier = known.ok_or_else(|| EffectError::NoSuchSupplier(forwarding.supplier.clone()))?;
        if let Some(id) = forwardings::queue(self.tx, self.shop, self.extension, forwarding, self.now)? {
            queue_for_supplier(self.tx, self.secret, self.shop, &supplier, &id, self.now)?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "effects_tests.rs"]
mod tests;
