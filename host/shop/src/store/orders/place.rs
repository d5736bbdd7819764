//! The one transaction that makes an order: it takes the version of the cart that was priced, the stock and every claim,
//! or it takes nothing.

use thiserror::Error;

use super::read;
use crate::clock::Instant;
use crate::gateway::{Authorisation, GatewayError};
use crate::ids;
use crate::mail::Signal;
use crate::money::{Money, MoneyError, sum};
use crate::orders::{Draft, Order};
use crate::store::claims::{self, ClaimError};
use crate::store::db::to_json;
use crate::store::events::{self, OrderNotice};
use crate::store::{StoreError, Tx, carts, catalogue, checkout_efforts, contacts, mails, payments, values, versions};

/// The number of a shop's first order.
const FIRST_NUMBER: i64 = 1001;

/// An order, and whether it was made just now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The order.
    pub order: Order,
    /// The cart had become this order before: the button was pressed twice.
    pub again: bool,
}

/// Why no order was placed. Nothing was taken.
#[derive(Debug, Error)]
pub enum PlaceError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The cart changed after it was priced.
    #[error("the cart has changed; look at it again and confirm")]
    CartChanged,
    /// There is nothing in the cart.
    #[error("the cart is empty; put something in")]
    Empty,
    /// It costs more than the shopper was shown. A drop is passed on without a word.
    #[error("the price is {now} now and was shown as {shown}; look at it again and confirm")]
    PriceRose {
        /// What was shown.
        shown: Money,
        /// What it costs.
        now: Money,
    },
    /// There are too few of these variants.
    #[error("some products are sold out; take them out of the cart or choose fewer")]
    OutOfStock {
        /// The variants.
        variants: Vec<String>,
    },
    /// Something scarce that the price builds on is gone.
    #[error("an offer in the cart is used up: {0}")]
    ClaimRefused(ClaimError),
    /// There is something to pay and nothing to pay with, or too little was authorised.
    #[error("choose how to pay")]
    NoPayment,
    /// The card was not charged.
    #[error(transparent)]
    Payment(#[from] GatewayError),
    /// The amounts of the draft do not make up its total, or do not fit.
    #[error("the order's amounts do not add up; reload the cart and try again")]
    Amounts,
}

impl From<ClaimError> for PlaceError {
    fn from(error: ClaimError) -> Self {
        match error {
            ClaimError::Store(error) => Self::Store(error),
            refused => Self::ClaimRefused(refused),
        }
    }
}

impl From<MoneyError> for PlaceError {
    fn from(_: MoneyError) -> Self {
        Self::Amounts
    }
}

/// Places an order, once for a cart. The payment has been authorised; it is captured afterwards.
///
/// # Errors
/// If the cart is not what was priced, it costs more than was shown, or something it needs is gone. Roll the transaction
/// back then.
pub fn place(
    tx: &mut Tx<'_>,
    shop: &str,
    draft: &Draft,
    authorisation: Option<&Authorisation>,
    now: Instant,
) -> Result<Placed, PlaceError> {
    if let Some(order) = read::by_cart(tx, shop, &draft.cart)? {
        return Ok(Placed { order, again: true });
    }
    check(draft, authorisation)?;
    let id = ids::new("ord", now);
    if !carts::mark_placed(tx, shop, now, &draft.cart, draft.cart_version, &id)? {
        return Err(PlaceError::CartChanged);
    }
    take_stock(tx, shop, draft)?;
    claims::take(tx, shop, &id, &draft.cart, &(&draft.buyer).into(), &draft.claims, now)?;
    insert(tx, shop, &id, draft, now)?;
    if let (Some(payment), Some(authorisation)) = (&draft.payment, authorisation) {
        payments::insert(tx, shop, &id, &payment.token, authorisation, now)?;
    }
    if let Some(effort) = &draft.effort {
        checkout_efforts::insert(tx, shop, &id, effort, now)?;
    }
    contacts::remember(tx, shop, &draft.buyer.contact, draft.buyer.email.as_typed(), None)?;
    mails::signal(tx, shop, &draft.buyer.contact, Signal::Ordered, now)?;
    versions::bump(tx, shop, &super::version(&id))?;
    versions::bump(tx, shop, super::ANY_VERSION)?;
    for holder in [Some(&draft.buyer.contact), draft.buyer.customer.as_ref()].into_iter().flatten() {
        versions::bump(tx, shop, &super::holder_version(holder))?;
    }
    let order = read::find(tx, shop, &id)?.ok_or(StoreError::Interrupted)?;
    events::publish_order(tx, shop, &order, OrderNotice::Placed, now)?;
    Ok(Placed { order, again: false })
}

/// What can be refused without looking at anything but the draft.
pub(crate) fn check(draft: &Draft, authorisation: Option<&Authorisation>) -> Result<(), PlaceError> {
    if draft.lines.is_empty() {
        return Err(PlaceError::Empty);
    }
    let delivery = &draft.delivery;
    let charged = draft
        .lines
        .iter()
        .map(|line| line.total - line.paid_with_points - line.paid_with_gift_cards)
        .chain([delivery.total - delivery.paid_with_points]);
    if draft.total < 0 || sum(charged)? != draft.total {
        return Err(PlaceError::Amounts);
    }
    if draft.total > draft.shown {
        return Err(PlaceError::PriceRose { shown: draft.shown, now: draft.total });
    }
    let enough = authorisation.is_some_and(|authorisation| authorisation.amount == draft.total);
    if draft.total > 0 && (draft.payment.is_none() || !enough) {
        return Err(PlaceError::NoPayment);
    }
    Ok(())
}

/// Takes every unit, in the order of the variants, so that two orders never wait for each other.
fn take_stock(tx: &mut Tx<'_>, shop: &str, draft: &Draft) -> Result<(), PlaceError> {
    let mut lines: Vec<_> = draft.lines.iter().collect();
    lines.sort_by(|a, b| a.variant.cmp(&b.variant));
    let mut missing = Vec::new();
    for line in lines {
        if !catalogue::take(tx, shop, &line.variant, line.quantity)? {
            missing.push(line.variant.clone());
        }
    }
    if missing.is_empty() { Ok(()) } else { Err(PlaceError::OutOfStock { variants: missing }) }
}

fn insert(tx: &mut Tx<'_>, shop: &str, id: &str, draft: &Draft, now: Instant) -> Result<(), PlaceError> {
    let buyer = &draft.buyer;
    let mut flags = draft.flags.clone();
    if is_first(tx, shop, draft)? {
        flags.push("first-order".to_owned());
    }
    let number = next_number(tx, shop)?;
    let address = |address: &Option<crate::people::Address>| address.as_ref().map(to_json).transpose();
    let delivery = &draft.delivery;
    tx.execute(
        "insert into orders
             (shop, id, number, cart, placed_at, currency, locale, customer, contact, contact_domain, country, shipping,
              billing, gift, delivery_method, delivery_name, delivery_promise, delivery_fee, delivery_total,
              delivery_points, delivery_tax, tax, total, flags, attributes)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
                 ?23, ?24, ?25)",
        values![
            shop,
            id,
            number,
            &draft.cart,
            now,
            &draft.currency,
            &draft.locale,
            buyer.customer.as_deref(),
            &buyer.contact,
            buyer.email.domain(),
            draft.country.as_deref(),
            address(&draft.shipping)?,
            address(&draft.billing)?,
            draft.gift,
            &delivery.method,
            &delivery.name,
            delivery.promise.as_ref().map(to_json).transpose()?,
            delivery.fee,
            delivery.total,
            delivery.paid_with_points,
            delivery.tax,
            draft.tax,
            draft.total,
            to_json(&flags)?,
            to_json(&draft.attributes)?,
        ],
    )?;
    insert_lines(tx, shop, id, draft)?;
    for (position, adjustment) in (0_u32..).zip(&draft.adjustments) {
        tx.execute(
            "insert into order_adjustments (shop, order_id, position, extension, line, class, label, amount)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            values![
                shop,
                id,
                position,
                &adjustment.extension,
                adjustment.line.as_deref(),
                &adjustment.class,
                &adjustment.label,
                adjustment.amount,
            ],
        )?;
    }
    Ok(())
}

fn insert_lines(tx: &mut Tx<'_>, shop: &str, order: &str, draft: &Draft) -> Result<(), StoreError> {
    for (position, line) in (0_u32..).zip(&draft.lines) {
        tx.execute(
            "insert into order_lines
                 (shop, order_id, id, position, product, variant, title, quantity, unit_price, total,
                  paid_with_points, paid_with_gift_cards, tax, attributes)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            values![
                shop,
                order,
                &line.id,
                position,
                &line.product,
                &line.variant,
                &line.title,
                line.quantity,
                line.unit_price,
                line.total,
                line.paid_with_points,
                line.paid_with_gift_cards,
                line.tax,
                to_json(&line.attributes)?,
            ],
        )?;
    }
    Ok(())
}

/// Whether neither the account nor the address has ordered before. Cancelled orders do not count.
fn is_first(tx: &mut Tx<'_>, shop: &str, draft: &Draft) -> Result<bool, StoreError> {
    let buyer = &draft.buyer;
    let earlier = tx.first(
        "select 1 from orders where shop = ?1 and (contact = ?2 or customer = ?3) and cancelled_at is null limit 1",
        values![shop, &buyer.contact, buyer.customer.as_deref()],
    )?;
    Ok(earlier.is_none())
}

fn next_number(tx: &mut Tx<'_>, shop: &str) -> Result<String, StoreError> {
    let row = tx.first(
        "insert into order_numbers (shop, last) values (?1, ?2)
         on conflict (shop) do update set last = order_numbers.last + 1 returning last",
        values![shop, FIRST_NUMBER],
    )?;
    Ok(row.ok_or(StoreError::Interrupted)?.int(0)?.to_string())
}
