//! The demo shop with the four features that ship, as built by `cargo xtask guests`.

use std::path::PathBuf;
use std::sync::Arc;

use boomerang_shop::catalogue::{ProductDetails, ProductInput, VariantDetails};
use boomerang_shop::checkout::effort::Effort;
use boomerang_shop::clock::{Clock, HOUR, SECOND};
use boomerang_shop::demo::{SHOP, SHOPPER, features};
use boomerang_shop::extensions::manage::Actor;
use boomerang_shop::gateway::TestGateway;
use boomerang_shop::platform::{Platform, PlatformConfig};
use boomerang_shop::secrets::Secret;
use boomerang_shop::store::catalogue::{self, CatalogueError};
use boomerang_shop::store::{Store, addresses, checkout_efforts, offers, orders, shops};
use serde_json::json;

use crate::browser::{Browser, Page};
use crate::world::{GUEST, START, World};

/// The demo, with every feature on.
pub(crate) async fn demo() -> World {
    let components = std::env::var_os("BOOMERANG_COMPONENTS")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/components"), PathBuf::from);
    let config = PlatformConfig {
        clock: Clock::manual(START),
        secret: Secret::new([7; 32]),
        components: Some(components),
        cache: None,
        demo: true,
    };
    let platform = Platform::new(Store::in_memory().unwrap(), Arc::new(TestGateway::new()), config).unwrap();
    features::set_up(&platform, "https://shop.example").await.unwrap();
    World { platform }
}

pub(crate) async fn put_in(browser: &mut Browser, handle: &str) -> Page {
    let page = browser.get(&format!("/p/{handle}")).await.ok();
    browser.send(&page, "/cart/lines", &[]).await.ok()
}

/// The fields in which somebody would have to type.
fn typed(page: &Page) -> Vec<String> {
    let chosen = ["delivery_method", "payment_token", "gift", "billing_differs", "remember"];
    page.visible("/checkout").into_iter().filter(|name| !chosen.contains(&name.as_str())).collect()
}

#[tokio::test]
async fn c7_somebody_on_a_known_device_orders_without_typing_anything() {
    let world = demo().await;
    let mut browser = world.browser();
    world.sign_in(&mut browser, SHOPPER, true).await;
    browser.cookies.remove("session");
    put_in(&mut browser, "reading-lamp").await;
    let page = browser.get("/checkout").await.ok();
    page.says("Welcome back, Ada Berger");
    assert_eq!(typed(&page), [""; 0]);
    let thanks = browser.send(&page, "/checkout", &[("action", "place")]).await.ok();
    assert!(thanks.path.ends_with("/thank-you"), "{}", thanks.text());
    thanks.says("1070 Wien");
}

#[tokio::test]
async fn c13_a_guest_is_asked_for_eight_fields_at_the_most() {
    let world = demo().await;
    let mut browser = world.browser();
    put_in(&mut browser, "harbour-mug").await;
    let page = browser.get("/checkout").await.ok();
    let fields = typed(&page);
    assert!((5..=8).contains(&fields.len()), "{fields:?}");
    // One country has regions and another order; what was typed comes along.
    let entered = [&GUEST[..], &[("action", "recalculate"), ("shipping.country", "IT")]].concat();
    let page = browser.send(&page, "/checkout", &entered).await.ok();
    assert_eq!(page.value("shipping.line1"), "Hauptplatz 1");
    assert!(page.html.contains("autocomplete=\"shipping postal-code\""));
}

#[tokio::test]
async fn c13_what_checkout_took_of_a_guest_and_of_somebody_on_a_known_device_is_counted() {
    let world = demo().await;
    let buy = async |browser: &mut Browser, seconds: i64, fields: &[(&str, &str)]| -> Effort {
        put_in(browser, "reading-lamp").await;
        let page = browser.get("/checkout").await.ok();
        let shown = typed(&page).len();
        world.platform.clock.advance(seconds * SECOND);
        let thanks = browser.send(&page, "/checkout", &[fields, &[("action", "place")]].concat()).await.ok();
        assert!(thanks.path.ends_with("/thank-you"), "{}", thanks.text());
        let read = world.platform.store.read(move |tx| checkout_efforts::since(tx, SHOP, START, 9)).await;
        let effort = read.unwrap().remove(0);
        assert!(effort.shown == 0 || effort.shown as usize == shown, "{effort:?}, and the page had {shown} open");
        effort
    };
    let mut guest = world.browser();
    let effort = buy(&mut guest, 95, &GUEST).await;
    assert!((6..=8).contains(&effort.shown), "{effort:?}");
    // The country was put in for them; five fields are typed into, and the rest may stay empty.
    assert_eq!((effort.recognised, effort.typed, effort.kept, effort.changed), (false, 5, 1, 0));
    assert_eq!(effort.took, 95 * SECOND);

    let mut known = world.browser();
    world.sign_in(&mut known, SHOPPER, true).await;
    known.cookies.remove("session");
    let effort = buy(&mut known, 4, &[]).await;
    assert_eq!((effort.recognised, effort.shown, effort.typed, effort.changed), (true, 0, 0, 0));
    assert!(effort.kept >= 6, "{effort:?}");
    assert_eq!(effort.took, 4 * SECOND);

    // Somebody who opens what was folded and changes one line of it.
    put_in(&mut known, "reading-lamp").await;
    let page = known.get("/checkout?edit=address").await.ok();
    let fields = [("shipping.line1", "Lindengasse 99"), ("action", "place")];
    known.send(&page, "/checkout", &fields).await.ok();
    let read = world.platform.store.read(move |tx| checkout_efforts::since(tx, SHOP, START, 1)).await;
    let effort = read.unwrap().remove(0);
    assert_eq!((effort.typed, effort.changed), (0, 1));
    assert!(effort.kept >= 5 && effort.shown >= 5, "{effort:?}");
}

#[tokio::test]
async fn c5_the_page_knows_the_form_of_a_postal_code_and_what_is_saved_is_written_as_the_country_writes_it() {
    let world = demo().await;
    let mut browser = world.browser();
    world.sign_in(&mut browser, "new@example.com", false).await;
    put_in(&mut browser, "harbour-mug").await;
    let page = browser.get("/checkout").await.ok();
    assert!(page.html.contains("pattern=\"[0-9][0-9][0-9][0-9]\""), "the pattern of Austria");
    let entered = [
        ("email", "new@example.com"),
        ("shipping.country", "FR"),
        ("shipping.name", "Gus Guest"),
        ("shipping.line1", "Rue du Port 1"),
        ("shipping.postal-code", "75 001"),
        ("shipping.locality", "Paris"),
        ("payment_token", "tok_visa_ok"),
    ];
    let page = browser.send(&page, "/checkout", &[&entered[..], &[("action", "recalculate")]].concat()).await.ok();
    let thanks = browser.send(&page, "/checkout", &[("payment_token", "tok_visa_ok"), ("action", "place")]).await.ok();
    assert!(thanks.path.ends_with("/thank-you"), "{}", thanks.text());
    let id = thanks.path.split('/').nth(2).unwrap().to_owned();
    let (order, book) = world
        .platform
        .store
        .read(move |tx| -> Result<_, boomerang_shop::store::StoreError> {
            let order = orders::find(tx, SHOP, &id)?.unwrap();
            let book = addresses::list(tx, SHOP, order.customer.as_deref().unwrap())?;
            Ok((order, book))
        })
        .await
        .unwrap();
    let address = order.shipping.unwrap();
    assert_eq!((address.postal_code.as_str(), address.locality.as_str()), ("75001", "PARIS"));
    assert_eq!(book[0].address, address, "the book has what the order has");
}

#[tokio::test]
async fn c9_everything_that_is_wrong_is_said_at_once_and_in_the_order_of_the_form() {
    let world = demo().await;
    let mut browser = world.browser();
    put_in(&mut browser, "harbour-mug").await;
    let page = browser.get("/checkout").await.ok();
    let fields = [("action", "place"), ("email", "gus"), ("shipping.name", "Gus"), ("shipping.postal-code", "80")];
    let page = browser.send(&page, "/checkout", &fields).await;
    assert_eq!(page.status, 422);
    let list = page.html.split("id=\"errors\"").nth(1).unwrap().split("</ul>").next().unwrap().to_owned();
    let named: Vec<_> = list.split("href=\"#").skip(1).map(|link| link.split('"').next().unwrap()).collect();
    assert_eq!(named, ["email", "shipping-line1", "shipping-postal-code", "shipping-locality", "payment-1"]);
}

#[tokio::test]
async fn f2_f3_f6_a_sale_shows_its_end_its_lawful_price_and_what_is_left_without_a_script() {
    let world = demo().await;
    let mut browser = world.browser();
    let page = browser.get("/p/harbour-mug").await.ok();
    assert!(page.html.contains(&format!("data-now=\"{START}\"")));
    assert!(page.html.contains("role=\"timer\" aria-live=\"off\" hidden"));
    assert_eq!(page.html.matches("data-countdown").count(), 1, "one timer for all variants");
    page.says("until 2 March 2026, 09:31 CET");
    page.says("€12.67");
    page.says("Lowest price of the last 30 days before: €14.90");
    page.says("−14 %");
    page.says("25 left at this price");
    // The same end in another browser, and none once it is over.
    let ends =
        |page: &Page| page.html.split("data-ends=\"").nth(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    assert_eq!(ends(&world.browser().get("/p/harbour-mug").await.ok()), ends(&page));
    world.platform.clock.advance(HOUR);
    let over = browser.get("/p/harbour-mug").await.ok();
    over.says("€14.90");
    assert_eq!(ends(&over), None);
}

#[tokio::test]
async fn f10_calendars_are_told_of_the_sales_that_run_and_of_those_to_come() {
    let world = demo().await;
    let shop = world.platform.store.read(|tx| shops::get(tx, SHOP)).await.unwrap();
    let (extensions, actor) = (&world.platform.extensions, Actor { name: "system", now: START });
    let mut settings = extensions.standing(&shop, "flash-sale", START).await.unwrap().row.settings;
    settings["sales"].as_array_mut().unwrap().push(json!({
        "id": "coming", "title": "Tea, cups; and more", "starts": "2026-03-29T01:00", "ends": "2026-03-29T04:00",
        "variants": ["var_tea"], "percent": 1_000, "early_access": { "minutes": 60, "tags": ["vip"] },
    }));
    extensions.save_settings(&shop, "flash-sale", &settings, &actor).await.unwrap();
    let mut browser = world.browser();
    assert!(browser.get("/").await.ok().html.contains("href=\"/sales.ics\""));
    let calendar = browser.get("/sales.ics").await.ok();
    assert_eq!(calendar.headers["content-type"], "text/calendar; charset=utf-8");
    let events = |calendar: &Page| -> Vec<String> {
        let unfolded = calendar.html.replace("\r\n ", "");
        assert!(unfolded.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"), "{unfolded}");
        let of = |line: &&str| ["SUMMARY:", "DTSTART:", "DTEND:"].iter().any(|name| line.starts_with(name));
        unfolded.split("\r\n").filter(of).map(str::to_owned).collect()
    };
    // The clocks go forward in the night of the last sale, which is why it is an hour shorter than it seems.
    let expected = [
        ["DTSTART:20260302T070000Z", "DTEND:20260305T080000Z", "SUMMARY:Three bright days"],
        ["DTSTART:20260302T070000Z", "DTEND:20260302T083100Z", "SUMMARY:The last half hour"],
        ["DTSTART:20260329T000000Z", "DTEND:20260329T020000Z", "SUMMARY:Tea\\, cups\\; and more"],
    ];
    assert_eq!(events(&calendar), expected.concat());
    let uid = |calendar: &Page, at: usize| {
        calendar.html.split("UID:").nth(at).unwrap().split("\r\nDTSTAMP").next().unwrap().to_owned()
    };
    let coming = uid(&calendar, 3);
    world.platform.clock.advance(HOUR);
    let later = world.browser().get("/sales.ics").await.ok();
    assert_eq!(events(&later), [&expected[0][..], &expected[2][..]].concat(), "what is over is no longer in it");
    assert_eq!(uid(&later, 2), coming, "an event is known again");
}

#[tokio::test]
async fn a_running_sale_stands_on_the_first_page_however_many_newer_products_there_are() {
    let world = demo().await;
    let mut browser = world.browser();
    let save = world.platform.store.write(|tx| -> Result<(), CatalogueError> {
        for number in 0..60 {
            let (handle, title) = (format!("new-{number}"), format!("New thing {number}"));
            let details = ProductDetails { handle, title, ..ProductDetails::default() };
            let variants = vec![VariantDetails { price: 1_000, stock: Some(1), ..VariantDetails::default() }];
            catalogue::save(tx, SHOP, START, "system", &ProductInput { details, variants })?;
        }
        Ok(())
    });
    save.await.unwrap();
    let deals = |page: &Page| {
        page.html.split("class=\"deals\"").nth(1).map(|rest| rest.split("</section>").next().unwrap().to_owned())
    };
    let page = browser.get("/").await.ok();
    page.says("New thing 59");
    let shown = deals(&page).expect("something is on sale");
    assert!(shown.contains("Harbour mug") && shown.contains("€12.67"), "{shown}");
    assert!(!shown.contains("New thing"), "{shown}");
    world.platform.clock.advance(HOUR);
    let page = browser.get("/").await.ok();
    assert!(deals(&page).is_none_or(|shown| !shown.contains("Harbour mug")));
}

#[tokio::test]
async fn l5_l6_points_are_promised_on_the_product_and_spent_in_the_cart() {
    let world = demo().await;
    let mut browser = world.browser();
    world.sign_in(&mut browser, SHOPPER, false).await;
    browser.get("/p/storm-lantern").await.ok().says("Earn ");
    let cart = put_in(&mut browser, "storm-lantern").await;
    cart.says("Pay with points");
    let name = cart.html.split("name=\"attribute:").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let paid = browser.send(&cart, "/cart/attributes", &[(&format!("attribute:{name}"), "100")]).await.ok();
    paid.says("€40.00");
    // An attribute of an extension that the shop does not have is not kept.
    let page = browser.get("/checkout").await.ok();
    let fields = [("action", "recalculate"), ("attribute:other.key", "1"), (&format!("attribute:{name}"), "200")];
    let page = browser.send(&page, "/checkout", &fields).await.ok();
    page.says("Order and pay €39.90");
    let account = browser.get("/account").await.ok();
    account.says("Your points");
}

#[tokio::test]
async fn a7_the_thank_you_page_stays_and_an_account_is_turned_down_with_one_press() {
    let world = demo().await;
    let mut browser = world.browser();
    put_in(&mut browser, "harbour-mug").await;
    let page = browser.get("/checkout").await.ok();
    let thanks = browser.send(&page, "/checkout", &[&GUEST[..], &[("action", "place")]].concat()).await.ok();
    assert!(thanks.path.ends_with("/thank-you"));
    assert!(thanks.html.contains("data-again"), "the offer comes once the order is paid");
    thanks.does_not_say("Don’t keep it");
    world.work().await;
    let thanks = browser.get(&thanks.path).await.ok();
    let (order, automatic) = (thanks.path.split('/').nth(2).unwrap().to_owned(), "An account comes with this order");
    let offer = world.platform.store.read(move |tx| offers::of_order(tx, SHOP, &order)).await.unwrap().unwrap();
    if offer.automatic {
        thanks.says(automatic)
    } else {
        thanks.does_not_say(automatic)
    }
    let action = thanks.path.replace("thank-you", "refuse-account");
    let after = browser.send(&thanks, &action, &[]).await.ok();
    assert_eq!(after.path, thanks.path);
    after.does_not_say("Don’t keep it");
    let id = thanks.path.split('/').nth(2).unwrap().to_owned();
    let (order, offer) = world
        .platform
        .store
        .read(move |tx| -> Result<_, boomerang_shop::store::StoreError> {
            Ok((orders::find(tx, SHOP, &id)?, offers::of_order(tx, SHOP, &id)?))
        })
        .await
        .unwrap();
    assert!(order.is_some());
    assert_eq!(offer.unwrap().state, offers::OfferState::Refused);
}
