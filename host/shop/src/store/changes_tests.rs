use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};

use super::*;
use crate::catalogue::{Attributes, ProductDetails, ProductInput, Status, VariantDetails};
use crate::shops::tests::vienna;
use crate::store::{Store, Tx, audit, carts, catalogue, claims, extension_storage, ledger, prices, shops, versions};

fn mug(shop: &str) -> ProductInput {
    ProductInput {
        details: ProductDetails {
            handle: format!("mug-of-{shop}"),
            title: "Mug".into(),
            status: Status::Active,
            ..Default::default()
        },
        variants: vec![VariantDetails { price: 1_000, ..Default::default() }],
    }
}

/// A store with a mug in shop `a`, and the mug's variant.
async fn with_mug() -> (Store, String) {
    let store = Store::in_memory().unwrap();
    let saved = store.write(|tx| catalogue::save(tx, "a", 0, "system", &mug("a"))).await.unwrap();
    (store, saved.variants[0].id.clone())
}

async fn versions_of(store: &Store) -> (u64, u64) {
    (store.data_version("a").await.unwrap(), store.data_version("b").await.unwrap())
}

/// Whether some work moves the version of shop `a`, and that of shop `b`.
async fn moves<T: Send + 'static, E: From<StoreError> + std::fmt::Debug + Send + 'static>(
    store: &Store,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
) -> (bool, bool) {
    let before = versions_of(store).await;
    store.write(work).await.unwrap();
    let after = versions_of(store).await;
    assert!(after.0 >= before.0 && after.1 >= before.1, "a version comes back");
    (after.0 > before.0, after.1 > before.1)
}

const OF_A: (bool, bool) = (true, false);
const OF_BOTH: (bool, bool) = (true, true);
const OF_NONE: (bool, bool) = (false, false);

#[tokio::test]
async fn every_kind_of_data_that_extensions_are_answered_from_moves_the_version_of_its_shop() {
    let (store, variant) = with_mug().await;
    let (priced, seen, bought) = (variant.clone(), variant.clone(), variant);
    assert_eq!(moves(&store, move |tx| prices::set(tx, "a", 1, "system", &priced, 900)).await, OF_A);
    assert_eq!(moves(&store, move |tx| prices::observe(tx, "a", &seen, 800, 1)).await, OF_A);
    assert_eq!(moves(&store, |tx| catalogue::save(tx, "a", 2, "system", &mug("a2"))).await, OF_A);
    assert_eq!(moves(&store, |tx| extension_storage::set(tx, "a", "e", "key", b"value")).await, OF_A);
    let claim = |units| {
        use boomerang_engine::{CounterClaim, OrderClaim};
        let claim = OrderClaim::Counter(CounterClaim { name: "sale".into(), units, limit: 9, per_shopper: false });
        crate::orders::draft::PricedClaim { extension: "e".into(), claim }
    };
    let nobody = || crate::orders::draft::Shopper { customer: None, contact: None };
    let reserve = move |tx: &mut Tx<'_>| claims::reserve(tx, "a", "cart", &nobody(), &[claim(2)], 100, 1);
    assert_eq!(moves(&store, reserve).await, OF_A);
    assert_eq!(moves(&store, |tx| claims::release(tx, "a", "cart")).await, OF_A);
    let grant = |tx: &mut Tx<'_>| ledger::reserve(tx, "a", "cart", "cus_ann", 0, 100, 1);
    assert_eq!(moves(&store, grant).await, OF_NONE, "no points are no reservation");
    let stocked = move |tx: &mut Tx<'_>| {
        tx.execute("update variants set stock = 7 where shop = ?1 and id = ?2", crate::store::values!["a", &bought])
    };
    assert_eq!(moves(&store, stocked).await, OF_A);
}

#[tokio::test]
async fn what_is_of_no_shop_moves_the_versions_of_all() {
    let (store, _) = with_mug().await;
    assert_eq!(moves(&store, |tx| shops::create(tx, "system", &vienna())).await, OF_BOTH);
}

#[tokio::test]
async fn what_no_capability_answers_from_moves_nothing() {
    let (store, variant) = with_mug().await;
    let cart = store.write(|tx| carts::create(tx, "a", 0, None)).await.unwrap().id;
    let fill = move |tx: &mut Tx<'_>| carts::add(tx, "a", 1, &cart, &variant, 2, &Attributes::new());
    assert_eq!(moves(&store, fill).await, OF_NONE);
    let noted = |tx: &mut Tx<'_>| audit::write(tx, "a", 1, "system", "a.b", "c", &serde_json::json!({}));
    assert_eq!(moves(&store, noted).await, OF_NONE);
    assert_eq!(moves(&store, |tx| versions::bump(tx, "a", "order/1")).await, OF_NONE);
}

#[tokio::test]
async fn a_write_that_changes_nothing_moves_nothing() {
    let (store, variant) = with_mug().await;
    let again = variant.clone();
    assert_eq!(moves(&store, move |tx| prices::set(tx, "a", 1, "system", &again, 1_000)).await, OF_NONE);
    assert_eq!(moves(&store, |tx| claims::release(tx, "a", "no-cart")).await, OF_NONE);
    let before = versions_of(&store).await;
    let failed: Result<(), StoreError> = store
        .write(move |tx| {
            prices::set(tx, "a", 1, "system", &variant, 900).unwrap();
            Err(StoreError::Interrupted)
        })
        .await;
    assert!(failed.is_err());
    assert_eq!(versions_of(&store).await, before, "it was rolled back");
}

#[tokio::test]
async fn a_commit_of_another_process_moves_every_version_also_where_one_of_this_process_follows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    let (ours, theirs) = (Store::open(&path).unwrap(), Store::open(&path).unwrap());
    let note = |tx: &mut Tx<'_>| audit::write(tx, "a", 1, "system", "a.b", "c", &serde_json::json!({}));
    let before = versions_of(&ours).await;
    assert_eq!(versions_of(&ours).await, before);
    theirs.write(note).await.unwrap();
    let after = versions_of(&ours).await;
    assert!(after.0 > before.0 && after.1 > before.1);
    theirs.write(note).await.unwrap();
    ours.write(note).await.unwrap();
    let last = versions_of(&ours).await;
    assert!(last.0 > after.0 && last.1 > after.1, "our own commit must not hide theirs");
    assert_eq!(versions_of(&ours).await, last);
}

/// What a memo does: remembers what was read under a version, and gives it to whoever finds that version later.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_read_under_a_version_is_never_older_than_what_was_committed_before_it_is_taken_again() {
    let (store, variant) = with_mug().await;
    static COMMITTED: AtomicI64 = AtomicI64::new(0);
    let (writer, priced) = (store.clone(), variant.clone());
    let writing = tokio::spawn(async move {
        for price in 1..=400_i64 {
            let variant = priced.clone();
            writer.write(move |tx| prices::set(tx, "a", price, "system", &variant, price)).await.unwrap();
            COMMITTED.store(price, Ordering::SeqCst);
        }
    });
    let mut memo: HashMap<u64, i64> = HashMap::new();
    while !writing.is_finished() {
        let committed = COMMITTED.load(Ordering::SeqCst);
        let version = store.data_version("a").await.unwrap();
        let known = match memo.get(&version) {
            Some(known) => *known,
            None => {
                let variant = variant.clone();
                let row = store
                    .lookup(move |tx| -> Result<_, StoreError> {
                        let sql = "select price from variants where shop = ?1 and id = ?2";
                        tx.first(sql, crate::store::values!["a", &variant])
                    })
                    .await;
                let price = row.unwrap().unwrap().int(0).unwrap();
                memo.insert(version, price);
                price
            }
        };
        assert!(known >= committed, "{known} under version {version}, when {committed} was committed before");
    }
    writing.await.unwrap();
    assert!(memo.len() > 1);
}

#[test]
fn every_table_that_is_left_out_exists() {
    let mut handle = Connection::open_in_memory().unwrap();
    crate::store::schema::migrate(&mut handle).unwrap();
    for name in UNANSWERED {
        let sql = "select count(*) from sqlite_schema where type = 'table' and name = ?1";
        let found: i64 = handle.query_row(sql, [name], |row| row.get(0)).unwrap();
        assert_eq!(found, 1, "{name}");
    }
}

#[test]
fn a_statement_that_is_not_understood_concerns_everybody() {
    let shop = [Value::Text("a".into())];
    let noted = |sql: &str, values: &[Value]| {
        let mut written = Written::default();
        written.note(sql, values);
        (written.shops.len(), written.everybody)
    };
    assert_eq!(noted("update products set title = ?2 where shop = ?1", &shop), (1, false));
    assert_eq!(noted("insert into products (shop, id) values (?1, ?2)", &shop), (1, false));
    assert_eq!(noted("delete from products where shop = ?1", &shop), (1, false));
    assert_eq!(noted("delete from products where shop = ?1", &[]), (0, true));
    assert_eq!(noted("delete from products where id = ?1", &shop), (0, true));
    assert_eq!(noted("insert into products (id, shop) values (?1, ?2)", &shop), (0, true));
    assert_eq!(noted("replace into products (shop, id) values (?1, ?2)", &shop), (0, true));
    assert_eq!(noted("delete from sessions where expires_at <= ?1", &[Value::Int(1)]), (0, false));
}

#[test]
fn an_answer_reads_only_what_is_counted() {
    assert!(counts("select id from products where shop = ?1"));
    assert!(counts("select version from versions where shop = ?1 and key = ?2"));
    assert!(counts("select sum(units) from quota_reservations where shop = ?1 and cart <> ?2"));
    assert!(!counts("select token from sessions where shop = ?1"));
    assert!(!counts("select p.id from products p join carts on carts.shop = p.shop"));
}
