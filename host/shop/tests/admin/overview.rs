//! The first page: its figures, what is on sale, and what needs attention.

use std::collections::BTreeSet;

use boomerang_shop::catalogue::{Product, ProductDetails, ProductInput, VariantDetails};
use boomerang_shop::clock::DAY;
use boomerang_shop::demo::SHOP;
use boomerang_shop::extensions::manage::Actor;
use boomerang_shop::orders::refund::RefundState;
use boomerang_shop::orders::{Order, Refund};
use boomerang_shop::platform::Platform;
use boomerang_shop::store::catalogue::CatalogueError;
use boomerang_shop::store::{StoreError, catalogue, orders, prices};
use boomerang_shop::words;
use serde_json::{Value, json};

use crate::browser::{Browser, Page, START, demo};
use crate::messages::dead_event;

/// Every order with what was given back of it, the oldest first.
async fn all_orders(platform: &Platform) -> Vec<(Order, Vec<Refund>)> {
    let read = platform.store.read(|tx| -> Result<_, StoreError> {
        let listing = orders::Listing { limit: 100_000, ..orders::Listing::default() };
        let mut all = orders::list(tx, SHOP, &listing)?;
        all.sort_by(|one, other| (one.placed_at, &one.id).cmp(&(other.placed_at, &other.id)));
        all.into_iter().map(|order| Ok((orders::refunds(tx, SHOP, &order.id)?, order))).collect::<Result<Vec<_>, _>>()
    });
    read.await.unwrap().into_iter().map(|(refunds, order)| (order, refunds)).collect()
}

/// The buyers of the days before an instant, those of them who had bought before, all revenue, and that of repeat orders.
fn came_back(all: &[(Order, Vec<Refund>)], until: i64) -> (usize, usize, i64, i64) {
    let (mut known, mut buyers, mut returning) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let (mut revenue, mut repeat) = (0, 0);
    for (order, refunds) in all.iter().filter(|(order, _)| order.cancelled_at.is_none() && order.placed_at < until) {
        let again = !known.insert(&order.contact);
        if order.placed_at < until - 30 * DAY {
            continue;
        }
        let back: i64 = refunds.iter().filter(|one| one.state == RefundState::Done).map(|one| one.money).sum();
        buyers.insert(&order.contact);
        revenue += order.total - back;
        if again {
            returning.insert(&order.contact);
            repeat += order.total - back;
        }
    }
    (buyers.len(), returning.len(), revenue, repeat)
}

fn percent(part: i64, of: i64) -> i64 {
    (part * 10_000 / of.max(1) + 50) / 100
}

/// The value and the note of a tile.
#[track_caller]
fn tile(page: &Page, label: &str) -> (String, String) {
    let part = page.text.split(&format!("<span class=\"tile-label\">{label}</span>")).nth(1).unwrap();
    let text = |start: &str| part.split(start).nth(1).unwrap().split('<').next().unwrap().replace('\u{a0}', " ");
    (text("tile-value\">"), text("muted\">"))
}

#[tokio::test]
async fn the_tiles_say_who_came_back_and_what_they_brought() {
    let platform = demo().await;
    let browser = Browser::of_owner(&platform).await;
    let all = all_orders(&platform).await;
    let (buyers, returning, revenue, repeat) = came_back(&all, START);
    let (before, returned, earlier, repeated) = came_back(&all, START - 30 * DAY);
    assert!(returning > 0 && returned > 0 && repeat > 0 && repeat < revenue, "the demo has both kinds of buyers");
    let page = browser.get("/admin").await;
    let share = |part: usize, of: usize| percent(part as i64, of as i64);
    let note = format!("of {buyers} who bought: {} %, before {} %", share(returning, buyers), share(returned, before));
    assert_eq!(tile(&page, "Returning customers"), (returning.to_string(), note));
    let money = |amount| words::money(amount, "EUR", "en");
    let note =
        format!("of {}: {} %, before {} %", money(revenue), percent(repeat, revenue), percent(repeated, earlier));
    assert_eq!(tile(&page, "Revenue from repeat orders"), (money(repeat), note));
}

#[tokio::test]
async fn the_points_owed_grow_by_what_is_granted() {
    let platform = demo().await;
    let browser = Browser::of_owner(&platform).await;
    let owed = async || {
        let (value, note) = tile(&browser.get("/admin").await, "Points owed to customers");
        (value.parse::<i64>().unwrap(), note)
    };
    let (before, pending) = owed().await;
    assert!(before > 0 && !pending.starts_with("0 "), "{before}, {pending}");
    let listed = browser.get("/admin/customers?q=ada@example.com").await;
    let ada = listed.text.split("href=\"/admin/customers/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let path = format!("/admin/customers/{ada}");
    let form = browser.get(&path).await.form(&format!("{path}/points"));
    browser.send(form.fill("points", "40").fill("reason", "An apology")).await;
    assert_eq!(owed().await, (before + 40, pending), "what is granted by hand is not pending");
}

async fn product(platform: &Platform, handle: &'static str) -> Product {
    platform.store.read(move |tx| catalogue::by_handle(tx, SHOP, handle)).await.unwrap().unwrap()
}

async fn put_on_sale(browser: &Browser, sale: Value) {
    let mut all = json!({
        "id": "clearance", "title": "Clearance", "starts": "2026-03-02T08:30", "ends": "2026-03-04T18:00",
    });
    all.as_object_mut().unwrap().extend(sale.as_object().unwrap().clone());
    let (shop, actor) = (browser.shop().await, Actor { name: "system", now: START });
    // As if the demo had had no sales before.
    let settings = json!({ "sales": [all], "cooldown_days": 0 });
    browser.platform.extensions.save_settings(&shop, "flash-sale", &settings, &actor).await.unwrap();
}

/// The part of the page that says what is on sale.
fn on_sale(page: &Page) -> &str {
    page.text.split("id=\"sales\"").nth(1).unwrap().split("</section>").next().unwrap()
}

#[tokio::test]
async fn a_sale_of_any_variant_of_any_product_is_on_the_dashboard_with_its_price_and_end() {
    let platform = demo().await;
    let browser = Browser::of_owner(&platform).await;
    // As many products come before the one on sale as one page of the catalogue has, and more.
    let fill = platform.store.write(|tx| -> Result<(), CatalogueError> {
        for number in 0..210 {
            let details = ProductDetails {
                handle: format!("filler-{number}"),
                title: format!("A filler {number}"),
                ..ProductDetails::default()
            };
            let variants = vec![VariantDetails { price: 1_000, ..VariantDetails::default() }];
            catalogue::save(tx, SHOP, START, "system", &ProductInput { details, variants })?;
        }
        Ok(())
    });
    fill.await.unwrap();
    let plate = product(&platform, "table-plate").await;
    assert!(plate.variants.len() > 2);
    let last = plate.variants.last().unwrap();
    put_on_sale(&browser, json!({ "variants": [last.id], "fixed_price": 999, "stock": 7 })).await;
    let page = browser.get("/admin").await;
    let shown = on_sale(&page);
    assert!(shown.contains(&format!("Table plate, {}</a>", last.title())), "{shown}");
    assert!(shown.contains("<strong>€9.99</strong>"), "{shown}");
    assert!(shown.contains("until 4 March 2026, 18:00 CET, 7 left"), "{shown}");
    assert!(shown.contains("before </span>€"), "the lawful price before stands beside it: {shown}");
    assert!(!shown.contains("filler") && !shown.contains("more</p>"), "nothing else is reduced: {shown}");
    // Nobody has been shown that price, so it is not in the history of prices.
    let variant = last.id.clone();
    let seen = platform.store.read(move |tx| prices::history(tx, SHOP, &variant)).await.unwrap().observations;
    assert_eq!(seen, []);
}

#[tokio::test]
async fn a_sale_of_some_variants_says_how_many_and_from_which_price() {
    let platform = demo().await;
    let browser = Browser::of_owner(&platform).await;
    let mug = product(&platform, "harbour-mug").await;
    let some: Vec<&str> = mug.variants[1..].iter().map(|variant| variant.id.as_str()).collect();
    put_on_sale(&browser, json!({ "variants": some, "percent": 1_000 })).await;
    let page = browser.get("/admin").await;
    let shown = on_sale(&page);
    assert!(shown.contains(">Harbour mug</a>") && shown.contains("2 of 3 variants"), "{shown}");
    assert!(shown.contains("from </span>€13.41"), "{shown}");
}

#[tokio::test]
async fn a_sale_of_everything_shows_a_few_and_counts_the_rest() {
    let platform = demo().await;
    let browser = Browser::of_owner(&platform).await;
    put_on_sale(&browser, json!({ "everything": true, "percent": 1_000 })).await;
    let products = platform.store.read(|tx| catalogue::list(tx, SHOP, &boomerang_shop::catalogue::Listing::default()));
    let reduced = products.await.unwrap().total as usize;
    let page = browser.get("/admin").await;
    let shown = on_sale(&page);
    assert_eq!(shown.matches("<li ").count(), 8);
    assert!(shown.contains(&format!("and {} more", reduced - 8)), "{shown}");
    put_on_sale(&browser, json!({ "everything": true, "percent": 1_000, "id": "later", "starts": "2026-03-03T09:00" }))
        .await;
    let page = browser.get("/admin").await;
    assert!(on_sale(&page).contains("Nothing is reduced."), "a sale that has not begun is none: {}", on_sale(&page));
}

#[tokio::test]
async fn an_event_that_could_not_be_handled_is_on_the_dashboard_and_in_the_menu() {
    let platform = demo().await;
    let browser = Browser::of_owner(&platform).await;
    browser.get("/admin").await.shows("Everything that is switched on works.");
    dead_event(&platform).await;
    let page = browser.get("/admin").await;
    page.shows("<a href=\"/admin/outbox\">1 event could not be handled</a>").shows("Nothing is lost");
    page.shows("<span class=\"badge badge-bad\">1<span class=\"visually-hidden\"> to look at</span>");
    assert!(!page.text.contains("Everything that is switched on works."));
    dead_event(&platform).await;
    browser.get("/admin").await.shows("2 events could not be handled");
}
