//! What a supplier is to send of an order, by mail.
//!
//! The mail in the outbox names the forwarding only. What it says is read when it is sent, so that the outbox holds no postal
//! address, and a supplier never gets one that was erased.

use super::content::{Content, Purpose};
use crate::clock::Instant;
use crate::people::Address;
use crate::secrets::Secret;
use crate::shops::Supplier;
use crate::store::mails::{self, NewMail, SHOP};
use crate::store::{StoreError, Tx, contacts, forwardings, orders};

/// What a supplier is to send.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Supply {
    /// The order's number.
    pub(crate) number: String,
    /// Units, and what they are called.
    pub(crate) lines: Vec<(u32, String)>,
    /// Where to, line by line.
    pub(crate) address: Vec<String>,
    /// What the extension adds.
    pub(crate) notes: Vec<(String, String)>,
}

/// Queues the mail of a forwarding. Its sending marks the forwarding as sent.
pub(crate) fn queue(
    tx: &mut Tx<'_>,
    secret: &Secret,
    shop: &str,
    supplier: &Supplier,
    forwarding: &str,
    now: Instant,
) -> Result<(), StoreError> {
    let contact = secret.contact(shop, &supplier.email);
    contacts::remember(tx, shop, &contact, &supplier.email, None)?;
    let mail = NewMail {
        sender: SHOP,
        key: &format!("forwarding/{forwarding}"),
        contact: &contact,
        purpose: Purpose::Service,
        content: &Content::Forwarding { forwarding: forwarding.to_owned() },
        stop_when: &[],
        send_at: None,
    };
    mails::queue(tx, shop, &mail, now)?;
    Ok(())
}

/// What the mail says now; none if there is nothing to send any more: the order was cancelled, or the address erased.
pub(crate) fn read(tx: &mut Tx<'_>, shop: &str, forwarding: &str) -> Result<Option<Supply>, StoreError> {
    let Some(queued) = forwardings::get(tx, shop, forwarding)? else { return Ok(None) };
    let order = orders::find(tx, shop, &queued.forwarding.order)?.filter(|order| order.cancelled_at.is_none());
    let Some(order) = order else { return Ok(None) };
    let Some(address) = order.shipping.as_ref().map(envelope) else { return Ok(None) };
    let title = |id: &str| order.lines.iter().find(|line| line.id == id).map(|line| line.title.clone());
    let lines = queued.forwarding.lines.iter();
    Ok(Some(Supply {
        lines: lines.map(|line| (line.quantity, title(&line.line).unwrap_or_else(|| line.line.clone()))).collect(),
        address,
        notes: queued.forwarding.attributes.into_iter().map(|note| (note.key, note.value)).collect(),
        number: order.number,
    }))
}

fn envelope(address: &Address) -> Vec<String> {
    let town = [address.postal_code.as_str(), &address.locality].join(" ");
    let lines = [
        address.name.as_str(),
        &address.organization,
        &address.line1,
        &address.line2,
        &address.dependent_locality,
        town.trim(),
        &address.region,
        &address.sorting_code,
        &address.country,
    ];
    lines.into_iter().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}
