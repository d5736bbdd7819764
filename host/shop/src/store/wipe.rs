//! Everything that a shop has, to be thrown away: a demo that was not made to its end.

use super::{StoreError, Tx, values};

/// Every table with rows of shops, those first whose rows refer to others.
const TABLES: &[&str] = &[
    "cart_lines",
    "carts",
    "variants",
    "products",
    "categories",
    "search_terms",
    "price_history",
    "price_observations",
    "quotas",
    "quota_reservations",
    "order_claims",
    "events",
    "deliveries",
    "commits",
    "extension_storage",
    "coupons",
    "forwardings",
    "installations",
    "ticks",
    "points_holders",
    "points_entries",
    "points_postings",
    "points_lots",
    "points_extensions",
    "points_reservations",
    "mails",
    "signals",
    "suppressions",
    "mailbox",
    "orders",
    "order_lines",
    "order_adjustments",
    "order_numbers",
    "refunds",
    "refund_lines",
    "returns",
    "return_lines",
    "checkout_efforts",
    "payments",
    "contacts",
    "customers",
    "addresses",
    "favourites",
    "payment_tokens",
    "reviews",
    "referral_codes",
    "referrals",
    "account_offers",
    "devices",
    "sessions",
    "tokens",
    "limits",
    "admins",
    "admin_sessions",
    "admin_factors",
    "admin_recovery_codes",
    "versions",
    "audit",
    "idempotency",
];

/// Deletes a shop and everything it has. Its books and its audit log go too, so this is for a shop that nobody has used.
///
/// # Errors
/// If the database fails.
pub fn shop(tx: &mut Tx<'_>, shop: &str) -> Result<(), StoreError> {
    for table in TABLES {
        tx.execute(&format!("delete from {table} where shop = ?1"), values![shop])?;
    }
    tx.execute("delete from shops where id = ?1", values![shop])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn no_table_of_the_schema_is_forgotten() {
        let store = Store::in_memory().unwrap();
        let tables = store
            .read(|tx| -> Result<BTreeSet<String>, StoreError> {
                let sql = "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'";
                tx.query(sql, values![])?.iter().map(|row| row.text(0)).collect()
            })
            .await
            .unwrap();
        // Components are of no shop.
        let known = TABLES.iter().chain(&["shops", "components"]).map(|table| (*table).to_owned());
        assert_eq!(tables, known.collect());
    }
}
