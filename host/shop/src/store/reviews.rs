//! What customers say of products.

use super::{Row, StoreError, Tx, values};
use crate::clock::Instant;
use crate::people::reviews::Review;

const COLUMNS: &str = "id, product, customer, rating, text, published_at, withdrawn_at";

/// Adds a review. False if the customer has written one of this product before.
///
/// # Errors
/// If the database fails.
pub fn insert(tx: &mut Tx<'_>, shop: &str, review: &Review) -> Result<bool, StoreError> {
    let added = tx.execute(
        "insert into reviews (shop, id, product, customer, rating, text, published_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7) on conflict (shop, product, customer) do nothing",
        values![
            shop,
            &review.id,
            &review.product,
            &review.customer,
            u32::from(review.rating),
            &review.text,
            review.published_at,
        ],
    )?;
    Ok(added > 0)
}

/// The reviews of a product that its page shows, newest first, at most `limit`, older than the review `before` if one is
/// given.
///
/// # Errors
/// If the database fails.
pub fn of_product(
    tx: &mut Tx<'_>,
    shop: &str,
    product: &str,
    before: Option<&str>,
    limit: u32,
) -> Result<Vec<Review>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from reviews where shop = ?1 and product = ?2 and withdrawn_at is null
             and (?3 is null or id < ?3)
         order by id desc limit ?4"
    );
    tx.query(&sql, values![shop, product, before, limit])?.iter().map(review).collect()
}

/// How many reviews a product's page shows, and the sum of their ratings.
///
/// # Errors
/// If the database fails.
pub fn ratings(tx: &mut Tx<'_>, shop: &str, product: &str) -> Result<(u32, u32), StoreError> {
    let row = tx.first(
        "select count(*), cast(coalesce(sum(rating), 0) as bigint) from reviews
         where shop = ?1 and product = ?2 and withdrawn_at is null",
        values![shop, product],
    )?;
    row.map_or(Ok((0, 0)), |row| Ok((row.uint(0)?, row.uint(1)?)))
}

/// Everything that a customer wrote, newest first.
///
/// # Errors
/// If the database fails.
pub fn of_customer(tx: &mut Tx<'_>, shop: &str, customer: &str) -> Result<Vec<Review>, StoreError> {
    let sql = format!("select {COLUMNS} from reviews where shop = ?1 and customer = ?2 order by id desc");
    tx.query(&sql, values![shop, customer])?.iter().map(review).collect()
}

/// Whether a customer has written a review of a product, on its page or not.
///
/// # Errors
/// If the database fails.
pub fn has(tx: &mut Tx<'_>, shop: &str, product: &str, customer: &str) -> Result<bool, StoreError> {
    let sql = "select 1 from reviews where shop = ?1 and product = ?2 and customer = ?3";
    Ok(tx.first(sql, values![shop, product, customer])?.is_some())
}

/// Takes a review off the page. None if there is none with the id there.
///
/// # Errors
/// If the database fails.
pub fn withdraw(tx: &mut Tx<'_>, shop: &str, id: &str, now: Instant) -> Result<Option<Review>, StoreError> {
    let sql = format!(
        "update reviews set withdrawn_at = ?3 where shop = ?1 and id = ?2 and withdrawn_at is null returning {COLUMNS}"
    );
    tx.first(&sql, values![shop, id, now])?.as_ref().map(review).transpose()
}

/// Deletes everything that a customer wrote.
///
/// # Errors
/// If the database fails.
pub fn clear(tx: &mut Tx<'_>, shop: &str, customer: &str) -> Result<(), StoreError> {
    tx.execute("delete from reviews where shop = ?1 and customer = ?2", values![shop, customer])?;
    Ok(())
}

/// Whether a customer has paid for a product, in an order that was not cancelled.
///
/// # Errors
/// If the database fails.
pub fn bought(tx: &mut Tx<'_>, shop: &str, product: &str, customer: &str) -> Result<bool, StoreError> {
    let found = tx.first(
        "select 1 from orders o join order_lines l on l.shop = o.shop and l.order_id = o.id and l.product = ?3
         where o.shop = ?1 and o.customer = ?2 and o.paid_at is not null and o.cancelled_at is null limit 1",
        values![shop, customer, product],
    )?;
    Ok(found.is_some())
}

fn review(row: &Row) -> Result<Review, StoreError> {
    Ok(Review {
        id: row.text(0)?,
        product: row.text(1)?,
        customer: row.text(2)?,
        rating: u8::try_from(row.uint(3)?).map_err(|_| StoreError::Corrupt { column: 3 })?,
        text: row.text(4)?,
        published_at: row.int(5)?,
        withdrawn_at: row.opt_int(6)?,
    })
}
