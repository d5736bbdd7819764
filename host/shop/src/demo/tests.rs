//! The demo shop as a whole.

use super::*;
use crate::catalogue::Listing;
use crate::clock::MINUTE;
use crate::store::{catalogue as products, customers, prices};

const NOW: Instant = 1_000 * DAY + 11 * 60 * MINUTE;

async fn opened() -> Store {
    let store = Store::in_memory().unwrap();
    assert!(open(&store, &Secret::new([7; 32]), NOW, "http://127.0.0.1:8080/").await.unwrap());
    store
}

#[tokio::test]
async fn it_opens_once() {
    let store = opened().await;
    assert!(!open(&store, &Secret::new([7; 32]), NOW, "http://127.0.0.1:8080/").await.unwrap());
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
