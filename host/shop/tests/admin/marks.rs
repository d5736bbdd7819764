//! What staff say about customers and orders, and what they take off a page.

use boomerang_shop::demo::SHOP;
use boomerang_shop::orders::OrderState;
use boomerang_shop::people::reviews::{self, ReviewInput};
use boomerang_shop::store::{StoreError, Tx, customers, orders, reviews as stored, ticks};

use crate::browser::{Browser, START, demo};

#[tokio::test]
async fn l10_f9_a_customer_is_tagged_and_a_tier_pinned_from_their_page() {
    let platform = demo().await;
    let browser = Browser::of_staff(&platform).await;
    let ada = platform.store.read(|tx| customers::search(tx, SHOP, "ada@example.com", 1)).await.unwrap().remove(0).id;
    let path = format!("/admin/customers/{ada}");
    let form = browser.get(&path).await.form(&format!("{path}/standing"));
    let form = form.fill("tags", "vip, press").fill("key", "loyalty-points.tier-pin").fill("value", "gold");
    assert_eq!(browser.send(form).await.location, format!("{path}?done=noted"));
    browser.get(&path).await.shows("vip, press").shows("loyalty-points.tier-pin").shows("gold");
    let form = browser.get(&path).await.form(&format!("{path}/standing"));
    let refused = browser.send(form.fill("key", "no spaces").fill("value", "x")).await;
    assert_eq!(refused.status, 422);
    let found = platform.store.read(move |tx| customers::get(tx, SHOP, &ada)).await.unwrap().unwrap();
    assert_eq!((found.tags, found.attributes.len()), (vec!["vip".to_owned(), "press".to_owned()], 1));
    browser.get("/admin/audit").await.shows("Set a customer&#x27;s tags");
}

#[tokio::test]
async fn a2_l11_an_order_is_flagged_before_it_is_sent_and_the_flag_taken_off() {
    let platform = demo().await;
    let browser = Browser::of_staff(&platform).await;
    let listing = orders::Listing { state: Some(OrderState::Paid), limit: 1, ..orders::Listing::default() };
    let order = platform.store.read(move |tx| orders::list(tx, SHOP, &listing)).await.unwrap().remove(0);
    let path = format!("/admin/orders/{}", order.id);
    for done in ["flagged", "unflagged"] {
        let form = browser.get(&path).await.form(&format!("{path}/flag"));
        assert_eq!(browser.send(form).await.location, format!("{path}?done={done}"));
        let shown = browser.get(&path).await.text.contains("fraud suspected");
        assert_eq!(shown, done == "flagged");
    }
}

#[tokio::test]
async fn a_review_is_taken_off_the_page_of_its_product() {
    let platform = demo().await;
    let browser = Browser::of_staff(&platform).await;
    let listing = orders::Listing { state: Some(OrderState::Delivered), limit: 200, ..orders::Listing::default() };
    let found = platform.store.read(move |tx| orders::list(tx, SHOP, &listing)).await.unwrap();
    let order = found.into_iter().find(|order| order.customer.is_some()).unwrap();
    let (product, customer) = (order.lines[0].product.clone(), order.customer.unwrap());
    let reviewed = product.clone();
    let write = platform.store.write(move |tx| {
        let input = ReviewInput { rating: 1, text: "Buy at another shop".into() };
        reviews::write(tx, SHOP, &reviewed, &customer, &input, START)
    });
    let review = write.await.unwrap().id;
    let path = format!("/admin/products/{product}");
    let form = browser.get(&path).await.shows("Buy at another shop").form(&format!("{path}/reviews/{review}"));
    assert_eq!(browser.send(form).await.location, format!("{path}?done=withdrawn"));
    let left = platform.store.read(move |tx| stored::of_product(tx, SHOP, &product, None, 9)).await.unwrap();
    assert!(left.is_empty());
}

#[tokio::test]
async fn scheduled_work_that_fails_is_shown_beside_the_events() {
    let platform = demo().await;
    let browser = Browser::of_staff(&platform).await;
    let fail = platform.store.write(|tx: &mut Tx<'_>| -> Result<_, StoreError> {
        let tick = ticks::due(tx, i64::MAX, 1)?.remove(0);
        ticks::fail(tx, &tick, START, "the moon was in the way")?;
        Ok(tick)
    });
    let tick = fail.await.unwrap();
    browser.get("/admin/outbox").await.shows("the moon was in the way").shows(&tick.name);
}
