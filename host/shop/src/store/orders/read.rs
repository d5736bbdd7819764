//! Orders by id, cart, holder and time.

use boomerang_engine::contract::{OrderPage, OrderSummary};

use crate::clock::Instant;
use crate::orders::{Order, OrderAdjustment, OrderDelivery, OrderError, OrderLine, OrderPayment, OrderState};
use crate::store::{Row, StoreError, Tx, payments, values};

const COLUMNS: &str =
    "id, number, cart, placed_at, paid_at, fulfilled_at, delivered_at, cancelled_at, currency, locale,
    customer, contact, contact_domain, country, shipping, billing, gift, delivery_method, delivery_name,
    delivery_promise, delivery_fee, delivery_total, delivery_points, delivery_tax, tax, total, flags, attributes";

/// What has been given back, as far as a second refund may not give it back again.
const COUNTS: &str = "state in ('pending', 'done')";

/// Which orders to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// In this state only.
    pub state: Option<OrderState>,
    /// Placed before the order with this id.
    pub before: Option<String>,
    /// At most this many.
    pub limit: u32,
}

/// An order.
///
/// # Errors
/// If the database fails.
pub fn find(tx: &mut Tx<'_>, shop: &str, id: &str) -> Result<Option<Order>, StoreError> {
    one(tx, shop, "id", id)
}

/// An order that has to be there.
///
/// # Errors
/// If it is not, or the database fails.
pub fn get(tx: &mut Tx<'_>, shop: &str, id: &str) -> Result<Order, OrderError> {
    find(tx, shop, id)?.ok_or(OrderError::NotFound)
}

/// The order that a cart became.
///
/// # Errors
/// If the database fails.
pub fn by_cart(tx: &mut Tx<'_>, shop: &str, cart: &str) -> Result<Option<Order>, StoreError> {
    one(tx, shop, "cart", cart)
}

/// The order with a number.
///
/// # Errors
/// If the database fails.
pub fn by_number(tx: &mut Tx<'_>, shop: &str, number: &str) -> Result<Option<Order>, StoreError> {
    one(tx, shop, "number", number)
}

/// Orders, newest first.
///
/// # Errors
/// If the database fails.
pub fn list(tx: &mut Tx<'_>, shop: &str, listing: &Listing) -> Result<Vec<Order>, StoreError> {
    let state = match listing.state {
        None => "1 = 1",
        Some(OrderState::Placed) => "paid_at is null and cancelled_at is null",
        Some(OrderState::Paid) => "paid_at is not null and fulfilled_at is null and cancelled_at is null",
        Some(OrderState::Fulfilled) => "fulfilled_at is not null and delivered_at is null and cancelled_at is null",
        Some(OrderState::Delivered) => "delivered_at is not null and cancelled_at is null",
        Some(OrderState::Cancelled) => "cancelled_at is not null",
    };
    // Ids sort by the time they were made, so by when the order was placed.
    let rows = tx.query(
        &format!(
            "select {COLUMNS} from orders where shop = ?1 and {state} and (?2 is null or id < ?2)
             order by id desc limit ?3"
        ),
        values![shop, listing.before.as_deref(), listing.limit],
    )?;
    rows.iter().map(|row| read(tx, shop, row)).collect()
}

/// A customer's or contact's orders, newest first, at most `limit`.
///
/// # Errors
/// If the database fails.
pub fn of(tx: &mut Tx<'_>, shop: &str, holder: &str, limit: u32) -> Result<Vec<Order>, StoreError> {
    let column = holder_column(holder);
    let rows = tx.query(
        &format!(
            "select {COLUMNS} from orders where shop = ?1 and {column} = ?2 order by placed_at desc, id desc limit ?3"
        ),
        values![shop, holder, limit],
    )?;
    rows.iter().map(|row| read(tx, shop, row)).collect()
}

/// One page of them: those that were placed before the order `before`, at most `limit`.
///
/// # Errors
/// If the database fails.
pub fn page_of(
    tx: &mut Tx<'_>,
    shop: &str,
    holder: &str,
    before: Option<&str>,
    limit: u32,
) -> Result<Vec<Order>, StoreError> {
    let column = holder_column(holder);
    let rows = tx.query(
        &format!(
            "select {COLUMNS} from orders where shop = ?1 and {column} = ?2
                 and (?3 is null or (placed_at, id) < (select o.placed_at, o.id from orders o
                                                       where o.shop = ?1 and o.id = ?3 and o.{column} = ?2))
             order by placed_at desc, id desc limit ?4"
        ),
        values![shop, holder, before, limit],
    )?;
    rows.iter().map(|row| read(tx, shop, row)).collect()
}

fn holder_column(holder: &str) -> &'static str {
    if crate::secrets::is_contact(holder) { "contact" } else { "customer" }
}

const SUMMARY: &str = "id, number, placed_at, paid_at, delivered_at, cancelled_at, currency, total, customer, contact,
    coalesce((select cast(sum(r.amount) as bigint) from refunds r
              where r.shop = orders.shop and r.order_id = orders.id and r.state = 'done'), 0)";

/// The same in short, as extensions see it.
///
/// # Errors
/// If the database fails.
pub fn summaries_of(tx: &mut Tx<'_>, shop: &str, holder: &str, limit: u32) -> Result<Vec<OrderSummary>, StoreError> {
    let column = holder_column(holder);
    let sql = format!(
        "select {SUMMARY} from orders where shop = ?1 and {column} = ?2 order by placed_at desc, id desc limit ?3"
    );
    tx.query(&sql, values![shop, holder, limit])?.iter().map(summary).collect()
}

/// Every order placed in [from, until) in short, oldest first, `limit` a page.
///
/// # Errors
/// If the database fails.
pub fn between(
    tx: &mut Tx<'_>,
    shop: &str,
    from: Instant,
    until: Instant,
    cursor: Option<&str>,
    limit: u32,
) -> Result<OrderPage, StoreError> {
    // The cursor is the last order's instant and id. One that does not read starts from the front.
    let (after_at, after_id) = cursor
        .and_then(|cursor| cursor.split_once('/'))
        .and_then(|(at, id)| Some((at.parse::<Instant>().ok()?, id)))
        .unwrap_or((Instant::MIN, ""));
    let sql = format!(
        "select {SUMMARY} from orders
         where shop = ?1 and placed_at >= ?2 and placed_at < ?3
               and (placed_at > ?4 or (placed_at = ?4 and id > ?5))
         order by placed_at, id limit ?6"
    );
    let rows = tx.query(&sql, values![shop, from, until, after_at, after_id, limit])?;
    let orders: Vec<OrderSummary> = rows.iter().map(summary).collect::<Result<_, _>>()?;
    let full = orders.len() == usize::try_from(limit).unwrap_or(usize::MAX);
    let cursor = orders.last().filter(|_| full).map(|last| format!("{}/{}", last.placed_at, last.id));
    Ok(OrderPage { orders, cursor })
}

fn summary(row: &Row) -> Result<OrderSummary, StoreError> {
    Ok(OrderSummary {
        id: row.text(0)?,
        number: row.text(1)?,
        placed_at: row.int(2)?,
        paid_at: row.opt_int(3)?,
        delivered_at: row.opt_int(4)?,
        cancelled: row.opt_int(5)?.is_some(),
        currency: row.text(6)?,
        total: row.int(7)?,
        customer: row.opt_text(8)?,
        contact: row.text(9)?,
        refunded: row.int(10)?,
    })
}

fn one(tx: &mut Tx<'_>, shop: &str, column: &str, value: &str) -> Result<Option<Order>, StoreError> {
    let sql = format!("select {COLUMNS} from orders where shop = ?1 and {column} = ?2");
    let Some(row) = tx.first(&sql, values![shop, value])? else { return Ok(None) };
    read(tx, shop, &row).map(Some)
}

fn optional_json<T: serde::de::DeserializeOwned>(row: &Row, column: usize) -> Result<Option<T>, StoreError> {
    if row.opt_text(column)?.is_none() { Ok(None) } else { row.json(column).map(Some) }
}

fn read(tx: &mut Tx<'_>, shop: &str, row: &Row) -> Result<Order, StoreError> {
    let id = row.text(0)?;
    let (paid_at, fulfilled_at, delivered_at, cancelled_at) =
        (row.opt_int(4)?, row.opt_int(5)?, row.opt_int(6)?, row.opt_int(7)?);
    let given_back = tx.first(
        &format!(
            "select cast(coalesce(sum(amount), 0) as bigint), cast(coalesce(sum(delivery), 0) as bigint)
             from refunds where shop = ?1 and order_id = ?2 and {COUNTS}"
        ),
        values![shop, &id],
    )?;
    let (refunded, delivery_refunded) =
        given_back.map_or(Ok((0, 0)), |row| -> Result<_, StoreError> { Ok((row.int(0)?, row.int(1)?)) })?;
    Ok(Order {
        number: row.text(1)?,
        cart: row.text(2)?,
        state: OrderState::of(
            paid_at.is_some(),
            fulfilled_at.is_some(),
            delivered_at.is_some(),
            cancelled_at.is_some(),
        ),
        placed_at: row.int(3)?,
        paid_at,
        fulfilled_at,
        delivered_at,
        cancelled_at,
        currency: row.text(8)?,
        locale: row.text(9)?,
        customer: row.opt_text(10)?,
        contact: row.text(11)?,
        contact_domain: row.text(12)?,
        country: row.opt_text(13)?,
        shipping: optional_json(row, 14)?,
        billing: optional_json(row, 15)?,
        gift: row.flag(16)?,
        delivery: OrderDelivery {
            method: row.text(17)?,
            name: row.text(18)?,
            promise: optional_json(row, 19)?,
            fee: row.int(20)?,
            total: row.int(21)?,
            paid_with_points: row.int(22)?,
            tax: row.int(23)?,
            refunded: delivery_refunded,
        },
        tax: row.int(24)?,
        total: row.int(25)?,
        refunded,
        flags: row.json(26)?,
        attributes: row.json(27)?,
        lines: lines(tx, shop, &id)?,
        adjustments: adjustments(tx, shop, &id)?,
        payment: payments::get(tx, shop, &id)?.map(|payment| OrderPayment {
            brand: payment.brand,
            last4: payment.last4,
            authorised: payment.authorised,
            captured: payment.captured,
            refunded: payment.refunded,
            state: payment.state.id().to_owned(),
        }),
        id,
    })
}

fn lines(tx: &mut Tx<'_>, shop: &str, order: &str) -> Result<Vec<OrderLine>, StoreError> {
    tx.query(
        &format!(
            "select l.id, l.product, l.variant, l.title, l.quantity, l.unit_price, l.total, l.paid_with_points,
                    l.paid_with_gift_cards, l.tax, l.attributes,
                    cast(coalesce(sum(b.quantity), 0) as bigint), cast(coalesce(sum(b.amount), 0) as bigint)
             from order_lines l
             left join (select x.line, x.quantity, x.amount from refunds r
                        join refund_lines x on x.shop = r.shop and x.refund = r.id
                        where r.shop = ?1 and r.order_id = ?2 and r.{COUNTS}) b on b.line = l.id
             where l.shop = ?1 and l.order_id = ?2
             group by l.id, l.product, l.variant, l.title, l.quantity, l.unit_price, l.total, l.paid_with_points,
                      l.paid_with_gift_cards, l.tax, l.attributes, l.position
             order by l.position"
        ),
        values![shop, order],
    )?
    .iter()
    .map(|row| {
        Ok(OrderLine {
            id: row.text(0)?,
            product: row.text(1)?,
            variant: row.text(2)?,
            title: row.text(3)?,
            quantity: row.uint(4)?,
            unit_price: row.int(5)?,
            total: row.int(6)?,
            paid_with_points: row.int(7)?,
            paid_with_gift_cards: row.int(8)?,
            tax: row.int(9)?,
            attributes: row.json(10)?,
            returned: row.uint(11)?,
            refunded: row.int(12)?,
        })
    })
    .collect()
}

fn adjustments(tx: &mut Tx<'_>, shop: &str, order: &str) -> Result<Vec<OrderAdjustment>, StoreError> {
    tx.query(
        "select extension, line, class, label, amount from order_adjustments
         where shop = ?1 and order_id = ?2 order by position",
        values![shop, order],
    )?
    .iter()
    .map(|row| {
        Ok(OrderAdjustment {
            extension: row.text(0)?,
            line: row.opt_text(1)?,
            class: row.text(2)?,
            label: row.text(3)?,
            amount: row.int(4)?,
        })
    })
    .collect()
}
