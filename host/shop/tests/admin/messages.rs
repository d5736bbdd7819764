//! Messages: events that could not be handled, tried again or given up.

use boomerang_engine::contract::CustomerEvent;
use boomerang_shop::demo::SHOP;
use boomerang_shop::platform::Platform;
use boomerang_shop::store::StoreError;
use boomerang_shop::store::events::{self, MOST_ATTEMPTS, OpenDelivery};

use crate::browser::{Browser, START, demo};

const EXTENSION: &str = "loyalty-points";

/// An event that a feature could not handle too often; its id.
pub(crate) async fn dead_event(platform: &Platform) -> String {
    let event = CustomerEvent {
        id: String::new(),
        topic: "subscribed".into(),
        occurred_at: START,
        customer: "cus_nobody".into(),
        attributes: Vec::new(),
    };
    let write = platform.store.write(move |tx| events::publish_customer(tx, SHOP, event));
    let event = write.await.map_err(|error: StoreError| error).unwrap();
    fail(platform, &event).await;
    event
}

async fn fail(platform: &Platform, event: &str) {
    let event = event.to_owned();
    let write = platform.store.write(move |tx| -> Result<(), StoreError> {
        for _ in 0..MOST_ATTEMPTS {
            events::fail(tx, SHOP, EXTENSION, &event, "the <wheel> came off", START)?;
        }
        Ok(())
    });
    write.await.unwrap();
}

/// What is still to be told to the feature of this event.
async fn delivery(platform: &Platform, event: &str) -> Option<OpenDelivery> {
    let open = platform.store.read(|tx| events::open(tx, SHOP, 1_000)).await.unwrap();
    open.into_iter().find(|one| one.event == event && one.extension == EXTENSION)
}

#[tokio::test]
async fn a_dead_event_is_tried_again_from_its_page() {
    let platform = demo().await;
    let browser = Browser::of_owner(&platform).await;
    browser.get("/admin/outbox").await.shows("Nothing: every event was handled");
    let event = dead_event(&platform).await;
    let page = browser.get("/admin/outbox").await;
    page.shows("subscribed").shows("tried 12 times").shows("the &lt;wheel&gt; came off");
    page.shows(&format!("href=\"/admin/features/{EXTENSION}\""));
    let form = page.form("/admin/outbox/retry");
    assert_eq!(browser.send(form.clone()).await.location, "/admin/outbox?done=retried");
    let alive = delivery(&platform, &event).await.unwrap();
    assert!(!alive.dead && alive.due_at <= START, "{alive:?}");
    assert!(browser.last_action().await.starts_with("delivery.retried"), "{}", browser.last_action().await);
    browser.get("/admin/outbox?done=retried").await.shows("It is tried again within a minute.");
    // Pressed once more, on a page that is out of date.
    let again = browser.send(form).await;
    assert_eq!(again.status, 422);
    again.shows("reload the list");
    // This time it works.
    let round = platform.extensions.dispatch(&platform.secret, START).await.unwrap();
    assert_eq!(round.failed, 0);
    assert_eq!(delivery(&platform, &event).await, None);
}

#[tokio::test]
async fn a_dead_event_is_given_up_from_its_page() {
    let platform = demo().await;
    let browser = Browser::of_owner(&platform).await;
    let event = dead_event(&platform).await;
    let kept = dead_event(&platform).await;
    let page = browser.get("/admin/outbox").await;
    let form = page.form("/admin/outbox/discard").fill("event", &event);
    assert_eq!(browser.send(form.clone()).await.location, "/admin/outbox?done=discarded");
    assert_eq!(delivery(&platform, &event).await, None);
    assert!(delivery(&platform, &kept).await.unwrap().dead, "only that one is given up");
    assert!(browser.last_action().await.starts_with("delivery.discarded"), "{}", browser.last_action().await);
    browser.get("/admin/outbox?done=discarded").await.shows("Given up. Those behind it go on.");
    assert_eq!(browser.send(form).await.status, 422);
    // What is still tried by itself cannot be given up.
    browser.send(page.form("/admin/outbox/retry").fill("event", &kept)).await;
    let before = delivery(&platform, &kept).await;
    assert_eq!(browser.send(page.form("/admin/outbox/discard").fill("event", &kept)).await.status, 422);
    assert_eq!(delivery(&platform, &kept).await, before);
}
