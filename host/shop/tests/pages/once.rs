//! Answers that pages share: for one second, while nothing has changed that they may depend on, and not a moment longer.

use boomerang_shop::clock::{Instant, MINUTE, SECOND};
use boomerang_shop::demo::SHOP;
use boomerang_shop::extensions::manage::Actor;
use boomerang_shop::shops::Shop;
use boomerang_shop::store::{carts, catalogue, prices, shops};
use serde_json::json;

use crate::features::{demo, put_in};
use crate::world::{GUEST, START, World};

const SALE: &str = "flash-sale";
/// When the sale of the harbour mug is over.
const SALE_ENDS: Instant = START + 31 * MINUTE;

/// How often an extension of the demo has been called.
fn calls(world: &World, extension: &str) -> u64 {
    world.platform.extensions.stats().of(SHOP, extension).calls
}

async fn shop(world: &World) -> Shop {
    world.platform.store.read(|tx| shops::get(tx, SHOP)).await.unwrap()
}

fn actor(world: &World) -> Actor<'static> {
    Actor { name: "system", now: world.platform.clock.now() }
}

#[tokio::test]
async fn pages_of_one_second_share_their_answers_and_those_of_the_next_do_not() {
    let world = demo().await;
    let mut browser = world.browser();
    // The first view notes the sale price in the price history.
    browser.get("/p/harbour-mug").await.ok();
    browser.get("/p/harbour-mug").await.ok().says("€12.67");
    let before = calls(&world, SALE);
    world.platform.clock.advance(SECOND - 1);
    let page = world.browser().get("/p/harbour-mug").await.ok();
    page.says("€12.67");
    page.says("25 left at this price");
    assert!(page.html.contains(&format!("data-now=\"{}\"", START + SECOND - 1)), "the countdown has the true time");
    assert_eq!(calls(&world, SALE), before);
    world.platform.clock.advance(1);
    browser.get("/p/harbour-mug").await.ok();
    assert!(calls(&world, SALE) > before);
}

#[tokio::test]
async fn f1_a_sale_is_over_for_pages_at_the_millisecond_that_it_ends() {
    let world = demo().await;
    let mut browser = world.browser();
    world.platform.clock.advance(SALE_ENDS - START - 1);
    browser.get("/p/harbour-mug").await.ok().says("€12.67");
    world.platform.clock.advance(1);
    let page = browser.get("/p/harbour-mug").await.ok();
    page.says("€14.90");
    page.does_not_say("€12.67");
}

#[tokio::test]
async fn what_somebody_else_takes_is_gone_from_the_next_page_of_the_same_second() {
    let world = demo().await;
    let mut browser = world.browser();
    for _ in 0..2 {
        browser.get("/p/harbour-mug").await.ok().says("25 left at this price");
    }
    let mut other = world.browser();
    put_in(&mut other, "harbour-mug").await;
    let page = other.get("/checkout").await.ok();
    browser.get("/p/harbour-mug").await.ok().says("24 left at this price");
    let placed = other.send(&page, "/checkout", &[&GUEST[..], &[("action", "place")]].concat()).await.ok();
    assert!(placed.path.ends_with("/thank-you"), "{}", placed.text());
    browser.get("/p/harbour-mug").await.ok().says("24 left at this price");
}

#[tokio::test]
async fn a_switch_and_new_settings_are_seen_by_the_next_page_of_the_same_second() {
    let world = demo().await;
    let mut browser = world.browser();
    let (shop, extensions) = (shop(&world).await, &world.platform.extensions);
    browser.get("/p/harbour-mug").await.ok().says("€12.67");
    extensions.set_enabled(&shop, SALE, false, &actor(&world)).await.unwrap();
    let off = browser.get("/p/harbour-mug").await.ok();
    off.says("€14.90");
    off.does_not_say("€12.67");
    extensions.set_enabled(&shop, SALE, true, &actor(&world)).await.unwrap();
    browser.get("/p/harbour-mug").await.ok().says("€12.67");
    let mut settings = extensions.standing(&shop, SALE, START).await.unwrap().row.settings;
    settings["sales"].as_array_mut().unwrap().last_mut().unwrap()["title"] = json!("Another title");
    extensions.save_settings(&shop, SALE, &settings, &actor(&world)).await.unwrap();
    browser.get("/p/harbour-mug").await.ok().says("Another title");
}

#[tokio::test]
async fn a_new_price_of_the_catalogue_is_seen_by_the_next_page_of_the_same_second() {
    let world = demo().await;
    let mut browser = world.browser();
    put_in(&mut browser, "harbour-mug").await.says("€12.67");
    let store = &world.platform.store;
    let product = store.read(|tx| catalogue::by_handle(tx, SHOP, "harbour-mug")).await.unwrap().unwrap();
    for variant in product.variants {
        store.write(move |tx| prices::set(tx, SHOP, START, "system", &variant.id, 2_000)).await.unwrap();
    }
    let cart = browser.get("/cart").await.ok();
    cart.says("€17.00");
    cart.does_not_say("€12.67");
}

#[tokio::test]
async fn an_order_is_priced_anew_and_at_what_was_shown() {
    let world = demo().await;
    let mut browser = world.browser();
    put_in(&mut browser, "harbour-mug").await;
    let page = browser.get("/checkout").await.ok();
    browser.get("/checkout").await.ok();
    let before = (calls(&world, SALE), calls(&world, "checkout-autofill"));
    let placed = browser.send(&page, "/checkout", &[&GUEST[..], &[("action", "place")]].concat()).await.ok();
    assert!(placed.path.ends_with("/thank-you"), "{}", placed.text());
    placed.says("€12.67");
    let after = (calls(&world, SALE), calls(&world, "checkout-autofill"));
    assert!(after.0 > before.0 && after.1 >= before.1 + 2, "plan and validation: {before:?} {after:?}");
}

#[tokio::test]
async fn whoever_comes_back_to_a_checkout_writes_nothing_until_the_reservation_is_renewed() {
    let world = demo().await;
    let mut browser = world.browser();
    put_in(&mut browser, "harbour-mug").await;
    // Before its seal stands the id.
    let cart = browser.cookies["cart"].rsplit_once('-').unwrap().0.to_owned();
    let version = async || {
        let id = cart.clone();
        let cart = world.platform.store.read(move |tx| carts::get(tx, SHOP, &id)).await.unwrap();
        (world.platform.store.data_version(SHOP).await.unwrap(), cart.version)
    };
    browser.get("/checkout").await.ok();
    let opened = version().await;
    world.platform.clock.advance(MINUTE);
    browser.get("/checkout").await.ok().says("€12.67");
    assert_eq!(version().await, opened);
    // The demo keeps things for 15 minutes, and a tenth of that is over now.
    world.platform.clock.advance(MINUTE);
    browser.get("/checkout").await.ok();
    assert!(version().await.0 > opened.0);
    // What is no longer in the cart is given back at once.
    let page = browser.get("/cart").await.ok();
    let line = page.html.split("/cart/lines/").nth(1).unwrap().split(['"', '/']).next().unwrap().to_owned();
    browser.send(&page, &format!("/cart/lines/{line}"), &[("quantity", "2")]).await.ok();
    browser.get("/checkout").await.ok();
    world.browser().get("/p/harbour-mug").await.ok().says("23 left at this price");
}
