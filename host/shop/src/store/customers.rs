//! Customers. Every change bumps `customer/<id>`, because handlers read profiles.

use std::collections::BTreeMap;

use super::db::to_json;
use super::{Row, StoreError, Tx, values, versions};
use crate::clock::Instant;
use crate::people::{Birthday, Customer, CustomerState};

const COLUMNS: &str = "customers.id, customers.contact, coalesce(contacts.email, ''), customers.state, customers.name,
    customers.phone, customers.locale, customers.birthday_month, customers.birthday_day, customers.blocked,
    customers.marketing_since, customers.tags, customers.attributes, customers.default_shipping,
    customers.default_billing, customers.registered_at, customers.verified_at, customers.delete_unclaimed_at
    from customers left join contacts on contacts.shop = customers.shop and contacts.id = customers.contact";

/// The key under which the version of all customers together stands: it grows when there is one more.
pub const ANY_VERSION: &str = "customers";

/// Adds a customer. The address behind `customer.contact` must have been remembered.
///
/// # Errors
/// If the contact has a customer already, or the database fails.
pub fn insert(tx: &mut Tx<'_>, shop: &str, customer: &Customer) -> Result<(), StoreError> {
    tx.execute(
        "insert into customers (shop, id, contact, state, name, phone, locale, birthday_month, birthday_day, blocked,
             marketing_since, tags, attributes, default_shipping, default_billing, registered_at, verified_at,
             delete_unclaimed_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
        &row_of(shop, customer)?,
    )?;
    versions::bump(tx, shop, ANY_VERSION)?;
    versions::bump(tx, shop, &format!("customer/{}", customer.id))
}

/// Writes every field of a customer but the e-mail address.
///
/// # Errors
/// If the database fails.
pub fn update(tx: &mut Tx<'_>, shop: &str, customer: &Customer) -> Result<(), StoreError> {
    tx.execute(
        "update customers set contact = ?3, state = ?4, name = ?5, phone = ?6, locale = ?7, birthday_month = ?8,
             birthday_day = ?9, blocked = ?10, marketing_since = ?11, tags = ?12, attributes = ?13,
             default_shipping = ?14, default_billing = ?15, registered_at = ?16, verified_at = ?17,
             delete_unclaimed_at = ?18
         where shop = ?1 and id = ?2",
        &row_of(shop, customer)?,
    )?;
    versions::bump(tx, shop, &format!("customer/{}", customer.id))
}

/// The customer with an id.
///
/// # Errors
/// If the database fails.
pub fn get(tx: &mut Tx<'_>, shop: &str, id: &str) -> Result<Option<Customer>, StoreError> {
    let sql = format!("select {COLUMNS} where customers.shop = ?1 and customers.id = ?2");
    tx.first(&sql, values![shop, id])?.as_ref().map(customer).transpose()
}

/// The customer with an e-mail address, by its contact id.
///
/// # Errors
/// If the database fails.
pub fn by_contact(tx: &mut Tx<'_>, shop: &str, contact: &str) -> Result<Option<Customer>, StoreError> {
    let sql = format!("select {COLUMNS} where customers.shop = ?1 and customers.contact = ?2");
    tx.first(&sql, values![shop, contact])?.as_ref().map(customer).transpose()
}

/// Customers in the order of their ids, after the id `after`, at most `limit`, without the erased.
///
/// # Errors
/// If the database fails.
pub fn page(tx: &mut Tx<'_>, shop: &str, after: Option<&str>, limit: u32) -> Result<Vec<Customer>, StoreError> {
    let sql = format!(
        "select {COLUMNS} where customers.shop = ?1 and (?2 is null or customers.id > ?2)
         and customers.state <> 'erased' order by customers.id limit ?3"
    );
    tx.query(&sql, values![shop, after, limit])?.iter().map(customer).collect()
}

/// For the admin: customers whose name or e-mail address holds `words`, whatever the case, newest first.
///
/// # Errors
/// If the database fails.
pub fn search(tx: &mut Tx<'_>, shop: &str, words: &str, limit: u32) -> Result<Vec<Customer>, StoreError> {
    let pattern =
        format!("%{}%", words.trim().to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
    let sql = format!(
        "select {COLUMNS} where customers.shop = ?1 and customers.state <> 'erased'
         and (lower(customers.name) like ?2 escape '\\' or lower(contacts.email) like ?2 escape '\\')
         order by customers.registered_at desc, customers.id desc limit ?3"
    );
    tx.query(&sql, values![shop, pattern, limit])?.iter().map(customer).collect()
}

/// Accounts of every shop that nobody has claimed in time: shop and customer.
///
/// # Errors
/// If the database fails.
pub fn unclaimed(tx: &mut Tx<'_>, now: Instant, limit: u32) -> Result<Vec<(String, String)>, StoreError> {
    tx.query(
        "select shop, id from customers where delete_unclaimed_at <= ?1 and state in ('shell', 'invited')
         order by delete_unclaimed_at limit ?2",
        values![now, limit],
    )?
    .iter()
    .map(|row| Ok((row.text(0)?, row.text(1)?)))
    .collect()
}

/// Deletes an account that nobody has claimed; one that somebody has is left alone. Says whether there was one.
///
/// # Errors
/// If the database fails.
pub fn delete_unclaimed(tx: &mut Tx<'_>, shop: &str, id: &str) -> Result<bool, StoreError> {
    let deleted = tx.execute(
        "delete from customers where shop = ?1 and id = ?2 and state in ('shell', 'invited')",
        values![shop, id],
    )?;
    if deleted > 0 {
        versions::bump(tx, shop, &format!("customer/{id}"))?;
    }
    Ok(deleted > 0)
}

fn row_of(shop: &str, customer: &Customer) -> Result<Vec<super::db::Value>, StoreError> {
    Ok(values![
        shop,
        &customer.id,
        &customer.contact,
        customer.state.as_str(),
        &customer.name,
        &customer.phone,
        &customer.locale,
        customer.birthday.map(|birthday| u32::from(birthday.month)),
        customer.birthday.map(|birthday| u32::from(birthday.day)),
        customer.blocked,
        customer.marketing_since,
        to_json(&customer.tags)?,
        to_json(&customer.attributes)?,
        customer.default_shipping.as_deref(),
        customer.default_billing.as_deref(),
        customer.registered_at,
        customer.verified_at,
        customer.delete_unclaimed_at,
    ]
    .to_vec())
}

fn customer(row: &Row) -> Result<Customer, StoreError> {
    let month = row.opt_int(7)?.map(u8::try_from).transpose().map_err(|_| StoreError::Corrupt { column: 7 })?;
    let day = row.opt_int(8)?.map(u8::try_from).transpose().map_err(|_| StoreError::Corrupt { column: 8 })?;
    Ok(Customer {
        id: row.text(0)?,
        contact: row.text(1)?,
        email: row.text(2)?,
        state: CustomerState::read(&row.text(3)?).ok_or(StoreError::Corrupt { column: 3 })?,
        name: row.text(4)?,
        phone: row.text(5)?,
        locale: row.text(6)?,
        birthday: month.zip(day).map(|(month, day)| Birthday { month, day }),
        blocked: row.flag(9)?,
        marketing_since: row.opt_int(10)?,
        tags: row.json(11)?,
        attributes: row.json::<BTreeMap<String, String>>(12)?,
        default_shipping: row.opt_text(13)?,
        default_billing: row.opt_text(14)?,
        registered_at: row.int(15)?,
        verified_at: row.opt_int(16)?,
        delete_unclaimed_at: row.opt_int(17)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::testing;
    use crate::store::{Store, contacts};

    #[tokio::test]
    async fn a_customer_reads_back_and_every_change_is_a_new_version() {
        let store = Store::in_memory().unwrap();
        store
            .write(|tx| -> Result<(), StoreError> {
                contacts::remember(tx, "a", "con_1", "Ann@example.com", None)?;
                let mut ann = testing::customer("cus_1", "con_1", "Ann@example.com");
                ann.birthday = Some(Birthday { month: 2, day: 29 });
                ann.tags = vec!["vip".into()];
                insert(tx, "a", &ann)?;
                assert_eq!(get(tx, "a", "cus_1")?.as_ref(), Some(&ann));
                assert_eq!(by_contact(tx, "a", "con_1")?.as_ref(), Some(&ann));
                assert_eq!(get(tx, "b", "cus_1")?, None);
                ann.blocked = true;
                update(tx, "a", &ann)?;
                assert!(get(tx, "a", "cus_1")?.unwrap().blocked);
                assert_eq!(versions::get(tx, "a", "customer/cus_1")?, 2);
                Ok(())
            })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn a_search_takes_its_words_literally() {
        let store = Store::in_memory().unwrap();
        store
            .write(|tx| -> Result<(), StoreError> {
                contacts::remember(tx, "a", "con_1", "ann_lee@example.com", None)?;
                insert(tx, "a", &testing::customer("cus_1", "con_1", ""))?;
                assert_eq!(search(tx, "a", " ANN_", 10)?.len(), 1);
                assert_eq!(search(tx, "a", "a%e", 10)?.len(), 0);
                assert_eq!(search(tx, "b", "ann", 10)?.len(), 0);
                Ok(())
            })
            .await
            .unwrap();
    }
}
