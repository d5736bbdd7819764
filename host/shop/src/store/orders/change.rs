//! What staff change about an order that has not been sent: where it goes, and fewer units of a line. What was agreed stays:
//! no price, no discount and no sale is looked at again (F11).

use serde_json::json;

use super::{begin_refund, read, version};
use crate::clock::Instant;
use crate::orders::refund::LineRequest;
use crate::orders::state::{Step, is_due};
use crate::orders::{Order, OrderError, Refund, RefundRequest};
use crate::people::Address;
use crate::people::profile::{WrongField, tidy};
use crate::store::db::to_json;
use crate::store::{Tx, audit, values, versions};

/// Sets where an order goes, within the country that it was priced for.
///
/// # Errors
/// If it was sent or is cancelled, has no address, the address cannot be one, or the database fails.
pub fn set_address(
    tx: &mut Tx<'_>,
    shop: &str,
    order: &str,
    address: &Address,
    actor: &str,
    now: Instant,
) -> Result<Order, OrderError> {
    let order = read::get(tx, shop, order)?;
    is_due(&order, Step::Change)?;
    let before = order.shipping.as_ref().ok_or(OrderError::NoAddress)?;
    let address = tidy(address)?;
    for (field, value) in [("name", &address.name), ("line1", &address.line1)] {
        if value.is_empty() {
            return Err(WrongField { field, message: "must not be empty" }.into());
        }
    }
    if address.country != before.country {
        return Err(OrderError::Country(before.country.clone()));
    }
    if address == *before {
        return Ok(order);
    }
    tx.execute(
        "update orders set shipping = ?3 where shop = ?1 and id = ?2",
        values![shop, &order.id, to_json(&address)?],
    )?;
    versions::bump(tx, shop, &version(&order.id))?;
    let details = json!({ "number": order.number });
    audit::write(tx, shop, now, actor, "order.address-changed", &version(&order.id), &details)?;
    read::get(tx, shop, &order.id)
}

/// Begins to send fewer units of a line, and to give back what the others cost in this order; they go back into stock. None
/// if the line has that many units already.
///
/// # Errors
/// If the order is not paid or was sent, the line has fewer units, nothing would be left to be sent, or the database fails.
#[expect(clippy::too_many_arguments, reason = "how many of what is kept, why, under which key, by whom and when")]
pub fn begin_reduction(
    tx: &mut Tx<'_>,
    shop: &str,
    order: &str,
    line: &str,
    keep: u32,
    reason: &str,
    key: &str,
    actor: &str,
    now: Instant,
) -> Result<Option<Refund>, OrderError> {
    let order = read::get(tx, shop, order)?;
    is_due(&order, Step::Change)?;
    let known = order.lines.iter().find(|known| known.id == line);
    let known = known.ok_or_else(|| OrderError::UnknownLine(line.to_owned()))?;
    let left = known.quantity.saturating_sub(known.returned);
    if keep > left {
        return Err(OrderError::MoreUnits { line: line.to_owned(), left });
    }
    if keep == left {
        return Ok(None);
    }
    let others = order.lines.iter().filter(|other| other.id != line);
    if keep == 0 && others.map(|other| other.quantity.saturating_sub(other.returned)).all(|left| left == 0) {
        return Err(OrderError::NothingLeft);
    }
    let request = RefundRequest {
        lines: vec![LineRequest { line: line.to_owned(), quantity: left - keep, amount: None }],
        delivery: 0,
        reason: reason.to_owned(),
        restock: true,
        settles: None,
    };
    begin_refund(tx, shop, &order.id, key, &request, actor, now).map(Some)
}
