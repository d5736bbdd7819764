//! The demo shop as a whole.

use std::collections::BTreeMap;

use super::*;
use crate::catalogue::Listing;
use crate::clock::MINUTE;
use crate::gateway::TestGateway;
use crate::money::Money;
use crate::orders::Order;
use crate::store::{catalogue as products, customers, orders as stored, prices};

const NOW: Instant = 1_000 * DAY + 11 * 60 * MINUTE;

async fn opened() -> Store {
    let store = Store::in_memory().unwrap();
    assert!(open(&store, NOW, "http://127.0.0.1:8080/").await.unwrap());
    fill(&store, &Secret::new([7; 32]), &TestGateway::new(), NOW).await.unwrap();
    store
}

#[tokio::test]
async fn it_opens_once() {
    let store = opened().await;
    assert!(!open(&store, NOW, "http://127.0.0.1:8080/").await.unwrap());
    let shop = store.read(|tx| shops::get(tx, SHOP)).await.unwrap();
    assert_eq!(shop.check(), Ok(()));
    assert_eq!(shop.base_url, "http://127.0.0.1:8080");
}

#[tokio::test]
async fn it_sells_thirty_products_with_the_stock_and_prices_of_the_file() {
    let store = opened().await;
    let page = store.read(|tx| products::list(tx, SHOP, &Listing::default())).await.unwrap();
    assert!(page.total >= 30, "{}", page.total);
    for good in goods::all().unwrap() {
        let handle = crate::catalogue::check::handle_of(&good.title);
        let product = page.products.iter().find(|product| product.details.handle == handle).unwrap();
        let expected = catalogue::product(&good, 100);
        for (variant, input) in product.variants.iter().zip(expected.variants) {
            assert_eq!((variant.details.price, variant.details.stock), (input.price, input.stock), "{handle}");
        }
        assert_eq!(product.offered_since, NOW - good.offered_days * DAY, "{handle}");
    }
}

#[tokio::test]
async fn f6_its_prices_have_a_history_that_reaches_back_beyond_the_thirty_days() {
    let store = opened().await;
    let page = store.read(|tx| products::list(tx, SHOP, &Listing::default())).await.unwrap();
    let lantern = page.products.iter().find(|product| product.details.handle == "storm-lantern").unwrap();
    let (variant, price) = (lantern.variants[0].id.clone(), lantern.variants[0].details.price);
    let zone = jiff::tz::TimeZone::UTC;
    let lowest = store.read(move |tx| prices::lowest_before(tx, SHOP, &variant, NOW, 30, &zone)).await.unwrap();
    // It was raised ten days ago, so its price of today is no lawful "was".
    assert_eq!((lowest, price), (Some(3_600), 4_500));
    let long = page.products.iter().filter(|product| product.offered_since <= NOW - 60 * DAY).count();
    assert!(long >= 25, "{long}");
}

#[tokio::test]
async fn its_customers_have_proved_their_addresses() {
    let store = opened().await;
    let people = store.read(|tx| customers::page(tx, SHOP, None, 200)).await.unwrap();
    assert!(people.len() >= 16);
    assert!(people.iter().all(|customer| customer.state.is_proved() && customer.default_shipping.is_some()));
    assert!(people.iter().any(|customer| customer.email == SHOPPER));
}

#[tokio::test]
async fn its_orders_reach_back_months_and_add_up() {
    let store = opened().await;
    let orders = store
        .read(|tx| -> Result<_, OrderError> {
            let page = stored::between(tx, SHOP, 0, NOW, None, 200)?;
            page.orders.iter().map(|order| stored::get(tx, SHOP, &order.id)).collect::<Result<Vec<_>, _>>()
        })
        .await
        .unwrap();
    assert!(orders.len() >= 120, "{}", orders.len());
    assert!(orders.iter().any(|order| order.placed_at < NOW - 80 * DAY));
    assert!(orders.iter().all(|order| order.placed_at < NOW && order.paid_at.is_some()));
    let count = |wanted: &dyn Fn(&Order) -> bool| orders.iter().filter(|order| wanted(order)).count();
    assert!(count(&|order| order.customer.is_none()) >= 10, "guests");
    assert!(count(&|order| order.delivered_at.is_some()) >= 100, "delivered");
    assert!(count(&|order| order.cancelled_at.is_some()) >= 1, "cancelled");
    assert!(count(&|order| order.refunded > 0 && order.cancelled_at.is_none()) >= 3, "refunded");
    for order in &orders {
        let lines: Money = order.lines.iter().map(|line| line.total).sum();
        assert_eq!(lines + order.delivery.total, order.total, "{}", order.number);
    }
}

#[tokio::test]
async fn f8_some_goods_sell_fast_and_some_hardly_at_all() {
    let store = opened().await;
    let sold = store
        .read(|tx| -> Result<_, OrderError> {
            let mut sold: BTreeMap<String, u32> = BTreeMap::new();
            for order in stored::between(tx, SHOP, 0, NOW, None, 200)?.orders {
                for line in stored::get(tx, SHOP, &order.id)?.lines {
                    *sold.entry(line.product).or_default() += line.quantity;
                }
            }
            let products = products::list(tx, SHOP, &Listing::default())?.products;
            let of = |handle: &str| {
                let product = products.iter().find(|product| product.details.handle == handle);
                product.and_then(|product| sold.get(&product.id).copied()).unwrap_or(0)
            };
            Ok((of("house-blend-coffee"), of("hall-runner")))
        })
        .await
        .unwrap();
    assert!(sold.0 >= 20 && sold.1 <= 3, "{sold:?}");
}

#[tokio::test]
async fn f11_an_order_keeps_the_price_of_its_day() {
    let store = opened().await;
    let (charged, asked) = store
        .read(|tx| -> Result<_, OrderError> {
            let (mut charged, mut asked) = (Vec::new(), Vec::new());
            for order in stored::between(tx, SHOP, 0, NOW, None, 200)?.orders {
                for line in stored::get(tx, SHOP, &order.id)?.lines {
                    let history = prices::history(tx, SHOP, &line.variant)?;
                    charged.push(Some(line.unit_price));
                    asked.push(
                        history.changes.iter().rfind(|change| change.at <= order.placed_at).and_then(|one| one.price),
                    );
                }
            }
            Ok((charged, asked))
        })
        .await
        .unwrap();
    assert!(charged.len() > 150, "{}", charged.len());
    assert_eq!(charged, asked);
}

#[tokio::test]
async fn it_is_the_same_at_every_start() {
    let numbers = |store: Store| async move {
        store
            .read(|tx| -> Result<_, OrderError> {
                let page = stored::between(tx, SHOP, 0, NOW, None, 200)?;
                Ok(page
                    .orders
                    .into_iter()
                    .map(|order| (order.number, order.total, order.placed_at))
                    .collect::<Vec<_>>())
            })
            .await
            .unwrap()
    };
    assert_eq!(numbers(opened().await).await, numbers(opened().await).await);
}
