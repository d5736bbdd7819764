//! The schema and its versions. A migration, once released, never changes; a new one is appended.

use super::db::StoreError;
use super::plans;

/// The tables, one file a concern. Version 1 is all of them.
const VERSION_1: &[&str] = &[
    include_str!("schema/base.sql"),
    include_str!("schema/catalogue.sql"),
    include_str!("schema/carts.sql"),
    include_str!("schema/people.sql"),
    include_str!("schema/mail.sql"),
    include_str!("schema/admin.sql"),
    include_str!("schema/ledger.sql"),
    include_str!("schema/claims.sql"),
    include_str!("schema/orders.sql"),
    include_str!("schema/payments.sql"),
    include_str!("schema/events.sql"),
    include_str!("schema/extensions.sql"),
];

/// A second factor for staff.
const VERSION_2: &[&str] = &[include_str!("schema/second_factor.sql")];

/// The lots of an entry, which the points of an order are found by.
const VERSION_3: &[&str] = &["create index points_lots_by_entry on points_lots (shop, entry);"];

/// Reviews and referrals.
const VERSION_4: &[&str] = &[include_str!("schema/word_of_mouth.sql")];

/// What is due, by installation, so that each can have its turn.
const VERSION_5: &[&str] = &["drop index deliveries_due;
     create index deliveries_by_turn on deliveries (state, shop, extension, due_at, event);"];

/// What checkouts take, and what buyers send back.
const VERSION_6: &[&str] = &[include_str!("schema/checkout_efforts.sql"), include_str!("schema/returns.sql")];

const MIGRATIONS: &[&[&str]] = &[VERSION_1, VERSION_2, VERSION_3, VERSION_4, VERSION_5, VERSION_6];

/// The newest version that this program knows.
pub(super) fn newest() -> i64 {
    MIGRATIONS.len() as i64
}

/// The version of a database; 0 for one that was not made by this program.
pub(super) fn version(handle: &rusqlite::Connection) -> Result<i64, StoreError> {
    Ok(handle.query_row("pragma user_version", [], |row| row.get(0))?)
}

/// Brings a database up to date, in one transaction.
pub(super) fn migrate(handle: &mut rusqlite::Connection) -> Result<(), StoreError> {
    let known = newest();
    let transaction = handle.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let found = version(&transaction)?;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for files in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        for file in *files {
            transaction.execute_batch(file)?;
        }
    }
    if found < known {
        plans::advise(&transaction)?;
    }
    transaction.pragma_update(None, "user_version", known)?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::orders::OrderState;
    use crate::store::{Store, admins, ledger, orders, shops};

    /// An order of Ann's, and the points that it has earned.
    const HISTORY: &str = "
        insert into orders (shop, id, number, cart, placed_at, paid_at, currency, locale, customer, contact, contact_domain,
            gift, delivery_method, delivery_name, delivery_fee, delivery_total, delivery_points, delivery_tax, tax, total,
            flags, attributes)
        values ('a', 'ord_1', '1001', 'crt_1', 6, 7, 'EUR', 'en', 'cus_ann', 'con_ann', 'example.com', 0, 'standard',
            'Standard', 490, 490, 0, 0, 0, 4490, '[]', '{}');
        insert into order_lines values
            ('a', 'ord_1', 'l1', 0, 'p', 'v', 'Mug', 4, 1000, 4000, 0, 0, 0, '{}');
        insert into points_holders values ('a', 'cus_ann', 'acc_ann', 'customer', 1);
        insert into points_entries values
            ('a', 'ent_1', 7, 'loyalty-points', 'order/ord_1', 'earn', 'ord_1', 'purchase', 'You bought something', 'system');
        insert into points_postings values
            ('a', 'ent_1', 0, 'issued', 'acc_ann', 'lot_1', 'l1', null, -40),
            ('a', 'ent_1', 1, 'lot', 'acc_ann', 'lot_1', 'l1', null, 40);
        insert into points_lots values ('a', 'lot_1', 'acc_ann', 1, 'ent_1', 'purchase', 7, null);";

    /// A database as an earlier version made it, with a shop, its staff, an order and points.
    fn older(path: &std::path::Path, version: usize) {
        let handle = rusqlite::Connection::open(path).unwrap();
        for sql in MIGRATIONS[..version].iter().copied().flatten() {
            handle.execute_batch(sql).unwrap();
        }
        handle.pragma_update(None, "user_version", version as i64).unwrap();
        handle
            .execute_batch(
                "insert into shops values ('a', 'A shop', 'https://a.example', 'EUR', 'UTC', 'en', 'AT', 5, '{}');
                 insert into admins values ('a', 'adm_1', 'ann@example.com', 'Ann', 'owner', 'hash', 5, null);",
            )
            .unwrap();
        handle.execute_batch(HISTORY).unwrap();
    }

    #[tokio::test]
    async fn a_database_of_every_earlier_version_opens_with_what_it_holds() {
        let folder = tempfile::tempdir().unwrap();
        for version in 1..MIGRATIONS.len() {
            let path = folder.path().join(format!("{version}.db"));
            older(&path, version);
            for _ in 0..2 {
                let store = Store::open(&path).unwrap();
                let (shop, staff) = store
                    .read(|tx| -> Result<_, StoreError> { Ok((shops::find(tx, "a")?, admins::list(tx, "a")?)) })
                    .await
                    .unwrap();
                assert_eq!(shop.unwrap().name, "A shop");
                assert_eq!(staff[0].email, "ann@example.com");
                bought_and_earned(&store).await;
            }
            let fresh = folder.path().join(format!("{version}-fresh.db"));
            drop(Store::open(&fresh).unwrap());
            assert_eq!(tables(&path), tables(&fresh), "an upgraded database is like a new one");
        }
    }

    /// The order and its points are what they were, and the books balance.
    async fn bought_and_earned(store: &Store) {
        let read = store.read(|tx| -> Result<_, StoreError> {
            let order = orders::find(tx, "a", "ord_1")?.expect("it was placed");
            let points = ledger::of_order(tx, "a", "ord_1")?;
            let balance = ledger::balance(tx, "a", "cus_ann", None, 8)?;
            Ok((order, points, balance, ledger::books(tx, "a", &TimeZone::UTC, 8)?))
        });
        let (order, points, balance, books) = read.await.unwrap();
        assert_eq!((order.state, order.total, order.lines[0].quantity), (OrderState::Paid, 4_490, 4));
        let earned: Vec<_> =
            points.earned.iter().map(|line| (line.line.as_str(), line.earned, line.reversed)).collect();
        assert_eq!((earned, balance.available), (vec![("l1", 40, 0)], 40));
        assert!(books.balances() && books.outstanding == 40, "{books:?}");
    }

    fn tables(path: &std::path::Path) -> Vec<String> {
        let handle = rusqlite::Connection::open(path).unwrap();
        assert_eq!(version(&handle).unwrap(), newest());
        let mut statement = handle.prepare("select sql from sqlite_schema where sql is not null order by sql").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn a_database_of_a_newer_program_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("newer.db");
        rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", newest() + 1).unwrap();
        assert!(matches!(Store::open(&path), Err(StoreError::Newer { .. })));
    }

    #[test]
    fn an_upgrade_that_fails_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("older.db");
        older(&path, 1);
        // Something is in the way of the second version's last table.
        rusqlite::Connection::open(&path).unwrap().execute_batch("create table admin_recovery_codes (x)").unwrap();
        assert!(matches!(Store::open(&path), Err(StoreError::Database(_))));
        let handle = rusqlite::Connection::open(&path).unwrap();
        assert_eq!(version(&handle).unwrap(), 1);
        assert!(handle.prepare("select 1 from admin_factors").is_err());
    }
}
