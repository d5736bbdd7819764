//! Sending something back, from the page of the order.

use boomerang_shop::clock::DAY;
use boomerang_shop::orders::returns::{Return, ReturnAnswer, ReturnError, ReturnState};
use boomerang_shop::orders::{Order, OrderError};
use boomerang_shop::store::orders;

use crate::browser::{Browser, Page};
use crate::world::{GUEST, START, World};

const STAFF: &str = "admin/adm_1";

/// Buys two mugs as a guest, which arrive at once; the order's path.
async fn delivered(world: &World, browser: &mut Browser) -> (String, Order) {
    let page = browser.get("/p/blue-mug").await.ok();
    browser.send(&page, "/cart/lines", &[("quantity", "2")]).await.ok();
    let page = browser.get("/checkout").await.ok();
    let thanks = browser.send(&page, "/checkout", &[&GUEST[..], &[("action", "place")]].concat()).await.ok();
    let path = thanks.path.trim_end_matches("/thank-you").to_owned();
    browser.get(&path).await.ok().does_not_say("Send something back");
    let id = path.trim_start_matches("/orders/").to_owned();
    let arrived = world.platform.store.write(move |tx| -> Result<Order, OrderError> {
        orders::fulfil(tx, "demo", &id, None, STAFF, START)?;
        orders::deliver(tx, "demo", &id, STAFF, START)
    });
    (path, arrived.await.unwrap())
}

async fn returns(world: &World, order: &Order) -> Vec<Return> {
    let id = order.id.clone();
    world.platform.store.read(move |tx| orders::returns::of_order(tx, "demo", &id)).await.unwrap()
}

async fn ask(browser: &mut Browser, page: &Page, path: &str, units: &str, reason: &str) -> Page {
    let line = page.html.split("name=\"units.").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let fields = [(format!("units.{line}"), units.to_owned()), ("reason".to_owned(), reason.to_owned())];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.send(page, &format!("{path}/returns"), &fields).await
}

#[tokio::test]
async fn a11_a_guest_asks_to_send_back_and_sees_what_the_shop_answers() {
    let world = World::new().await;
    let mut browser = world.browser();
    let (path, order) = delivered(&world, &mut browser).await;
    let page = browser.get(&path).await.ok();
    page.says("2 can come back");
    let page = ask(&mut browser, &page, &path, "1", "Too <small>").await.ok();
    page.says("You asked to send this back");
    page.says("1 × Blue <mug>, Sea");
    let asked = returns(&world, &order).await.remove(0);
    assert_eq!((asked.state, asked.lines[0].quantity, asked.reason.as_str()), (ReturnState::Asked, 1, "Too <small>"));
    // One is spoken for, so one is left, with a box in the place of a number.
    assert!(page.html.contains("type=\"checkbox\" id=\"units-1\""));

    let (id, answer) = (order.id.clone(), ReturnAnswer { accept: true, answer: "Send it to Graz".into() });
    let write = world.platform.store.write(move |tx| -> Result<Return, ReturnError> {
        orders::returns::answer(tx, "demo", &id, &asked.id, &answer, STAFF, START)
    });
    write.await.unwrap();
    let page = browser.get(&path).await.ok();
    page.says("Yes, you can send this back");
    page.says("Send it to Graz");
    let mail = world.mail("gus@example.com").await;
    assert_eq!(mail.subject, "Yes, you can send it back");
    assert!(mail.text.contains("Send it to Graz"), "{}", mail.text);
}

#[tokio::test]
async fn what_cannot_be_sent_back_is_said_on_the_page_and_changes_nothing() {
    let world = World::new().await;
    let mut browser = world.browser();
    let (path, order) = delivered(&world, &mut browser).await;
    let page = browser.get(&path).await.ok();
    for (units, words) in
        [("", "Nothing is to be sent back"), ("3", "2 can be"), ("many", "Nothing is to be sent back")]
    {
        let refused = ask(&mut browser, &page, &path, units, "It is broken").await;
        assert_eq!(refused.status, 422, "{units}");
        refused.says(words);
        assert!(refused.html.contains(">It is broken</textarea>"), "what was typed is not lost");
    }
    let long = ask(&mut browser, &page, &path, "1", &"x".repeat(501)).await;
    assert_eq!(long.status, 422);
    assert!(returns(&world, &order).await.is_empty());

    world.platform.clock.advance(30 * DAY);
    let late = ask(&mut browser, &page, &path, "1", "").await;
    assert_eq!(late.status, 422);
    late.says("The time for returns of this order is over");
    browser.get(&path).await.ok().does_not_say("Send something back");
    assert!(returns(&world, &order).await.is_empty());
}

#[tokio::test]
async fn nobody_else_sends_an_order_back() {
    let world = World::new().await;
    let mut browser = world.browser();
    let (path, order) = delivered(&world, &mut browser).await;
    let mut stranger = world.browser();
    let csrf = stranger.get("/sign-in").await.ok().value("csrf");
    let units = format!("units.{}", order.lines[0].id);
    let refused = stranger.post(&format!("{path}/returns"), &[("csrf", &csrf), (&units, "1")]).await;
    assert_eq!(refused.status, 404);
    assert!(returns(&world, &order).await.is_empty());
}
