//! The checkout's page.

use crate::world::{ANN, GUEST, World};

#[tokio::test]
async fn c9_every_error_names_its_field_says_what_to_do_and_loses_nothing() {
    let world = World::new().await;
    let mut browser = world.browser();
    world.fill_cart(&mut browser).await;
    let page = browser.get("/checkout").await.ok();
    let fields = [("action", "place"), ("shipping.name", "Gus <Guest>"), ("email", "gus")];
    let page = browser.send(&page, "/checkout", &fields).await;
    assert_eq!(page.status, 422);
    page.says("This is no e-mail address.");
    page.says("How do you want to pay?");
    assert_eq!((page.value("email").as_str(), page.value("shipping.name").as_str()), ("gus", "Gus <Guest>"));
    for id in ["email", "shipping-line1", "payment-1"] {
        assert!(page.html.contains(&format!("href=\"#{id}\"")), "the summary leads to {id}");
        assert!(page.html.contains(&format!("id=\"{id}\"")), "{id} is on the page");
    }
    assert!(page.html.contains("aria-describedby=\"email-error\"") && page.html.contains("id=\"email-error\""));
    assert_eq!(world.orders().await, 0);
}

#[tokio::test]
async fn c9_a_double_submit_makes_one_order() {
    let world = World::new().await;
    let mut browser = world.browser();
    world.fill_cart(&mut browser).await;
    let page = browser.get("/checkout").await.ok();
    let fields = [&GUEST[..], &[("action", "place")]].concat();
    // Both presses leave with the cookies of the page; the second answer is the one that is seen.
    let mut twin = browser.clone();
    let (first, second) =
        tokio::join!(browser.send(&page, "/checkout", &fields), twin.send(&page, "/checkout", &fields));
    assert_eq!((first.ok().path, world.orders().await), (second.ok().path, 1));
    // And once more from the page that is still open behind.
    let late = browser.send(&page, "/checkout", &fields).await.ok();
    assert!(late.path.ends_with("/thank-you"));
    assert_eq!(world.orders().await, 1);
}

#[tokio::test]
async fn c9_a_card_that_is_declined_is_said_at_the_cards_and_another_one_pays() {
    let world = World::new().await;
    let mut browser = world.browser();
    world.fill_cart(&mut browser).await;
    let page = browser.get("/checkout").await.ok();
    let fields = [&GUEST[..], &[("action", "place"), ("payment_token", "tok_declined")]].concat();
    let page = browser.send(&page, "/checkout", &fields).await;
    assert_eq!(page.status, 422);
    page.says("The card was declined");
    assert!(page.html.contains("href=\"#payment-1\""));
    let paid = browser.send(&page, "/checkout", &[("action", "place"), ("payment_token", "tok_visa_ok")]).await.ok();
    assert!(paid.path.ends_with("/thank-you"));
}

#[tokio::test]
async fn f4_a_price_that_rose_is_shown_and_asked_for_again() {
    let world = World::new().await;
    let mut browser = world.browser();
    world.fill_cart(&mut browser).await;
    let page = browser.get("/checkout").await.ok();
    let fields = [&GUEST[..], &[("action", "place"), ("shown_total", "1000")]].concat();
    let page = browser.send(&page, "/checkout", &fields).await;
    assert_eq!(page.status, 422);
    page.says("The price has changed");
    assert_eq!(world.orders().await, 0);
    browser.send(&page, "/checkout", &[("action", "place")]).await.ok();
    assert_eq!(world.orders().await, 1);
}

#[tokio::test]
async fn c4_c6_a_change_of_country_loses_nothing_and_a_gift_shows_who_pays() {
    let world = World::new().await;
    let mut browser = world.browser();
    world.fill_cart(&mut browser).await;
    let page = browser.get("/checkout").await.ok();
    let fields = [&GUEST[..], &[("action", "recalculate"), ("shipping.country", "DE")]].concat();
    let page = browser.send(&page, "/checkout", &fields).await.ok();
    assert_eq!(page.path, "/checkout");
    page.says("Hauptplatz 1, 8010 Graz, Germany");
    assert!(!page.html.contains("name=\"billing.name\""));
    let page = browser.send(&page, "/checkout", &[("action", "recalculate"), ("gift", "true")]).await.ok();
    assert!(page.html.contains("name=\"billing.name\""));
    page.says("Hauptplatz 1, 8010 Graz, Germany");
}

#[tokio::test]
async fn c6_what_is_complete_is_folded_and_opens_again_and_what_is_wrong_stays_open() {
    let world = World::new().await;
    let mut browser = world.browser();
    world.fill_cart(&mut browser).await;
    let page = browser.get("/checkout").await.ok();
    assert!(page.html.contains("name=\"shipping.line1\""), "nothing is folded for somebody who has entered nothing");
    let fields = [&GUEST[..], &[("action", "recalculate")]].concat();
    let page = browser.send(&page, "/checkout", &fields).await.ok();
    assert!(!page.html.contains("name=\"shipping.line1\"") && !page.html.contains("name=\"email\""));
    page.says("gus@example.com");
    let page = browser.send(&page, "/checkout", &[("action", "change-address")]).await.ok();
    assert_eq!(page.value("shipping.line1"), "Hauptplatz 1");
    assert!(!page.html.contains("name=\"email\""), "only what was asked for is open");
    let page = browser.send(&page, "/checkout", &[("action", "place"), ("shipping.locality", "")]).await;
    assert_eq!((page.status, page.value("shipping.name").as_str()), (422, "Gus Guest"));
    let town = page.html.split("id=\"shipping-locality\"").nth(1).unwrap().split('>').next().unwrap();
    assert!(town.contains(" autofocus"), "the first thing to change has the focus also without a script: {town}");
}

#[tokio::test]
async fn c10_c11_before_the_button_stand_sum_date_and_total_and_no_menu() {
    let world = World::new().await;
    let mut browser = world.browser();
    world.fill_cart(&mut browser).await;
    let page = browser.get("/checkout").await.ok();
    page.says("Order and pay €14.90");
    page.says("Arrives Wed 4 – Fri 6 March");
    assert!(!page.html.contains("site-nav") && !page.html.contains("site-footer"));
}

#[tokio::test]
async fn c10_after_the_button_the_same_date_and_total_stand_on_the_page_and_in_the_mail() {
    let world = World::new().await;
    let mut browser = world.browser();
    world.fill_cart(&mut browser).await;
    let page = browser.get("/checkout").await.ok();
    page.says("Arrives Wed 4 – Fri 6 March");
    page.says("Order and pay €14.90");
    let thanks = browser.send(&page, "/checkout", &[&GUEST[..], &[("action", "place")]].concat()).await.ok();
    thanks.says("It should arrive Wed 4 – Fri 6 March");
    thanks.says("Total €14.90");
    let mail = world.mail("gus@example.com").await;
    assert!(mail.text.contains("It should be with you by Friday, 6 March 2026."), "{}", mail.text);
    let total = mail.text.lines().find(|line| line.starts_with("Total")).unwrap_or_else(|| panic!("{}", mail.text));
    assert!(total.contains("€14.90"), "{total}");
}

#[tokio::test]
async fn c9_a_misspelt_address_is_asked_about_once_and_never_changed_by_itself() {
    let world = World::new().await;
    let mut browser = world.browser();
    world.fill_cart(&mut browser).await;
    let page = browser.get("/checkout").await.ok();
    let typo = GUEST.map(|(name, value)| if name == "email" { (name, "gus@gmial.com") } else { (name, value) });
    let place = [&typo[..], &[("action", "place")]].concat();
    let asked = browser.send(&page, "/checkout", &place).await;
    assert_eq!((asked.status, world.orders().await), (422, 0));
    asked.says("Did you mean gus@gmail.com?");
    assert_eq!(asked.value("email"), "gus@gmial.com", "what was typed stays");
    // Whoever presses the hint gets what it says; the rest of the form stays.
    let mut other = browser.clone();
    let mended = other.send(&asked, "/checkout", &[("action", "mend-email")]).await.ok();
    mended.says("gus@gmail.com");
    mended.does_not_say("Did you mean");
    // Whoever presses the button again means what they typed.
    let thanks = browser.send(&asked, "/checkout", &[("email", "gus@gmial.com"), ("action", "place")]).await.ok();
    thanks.says("gus@gmial.com");
    assert_eq!(world.orders().await, 1);
}

#[tokio::test]
async fn c9_the_hint_stands_there_before_the_button_is_pressed() {
    let world = World::new().await;
    let mut browser = world.browser();
    world.fill_cart(&mut browser).await;
    let page = browser.get("/checkout").await.ok();
    let fields = [("email", "gus@gmail.con"), ("action", "recalculate")];
    let page = browser.send(&page, "/checkout", &fields).await.ok();
    page.says("Did you mean gus@gmail.com ?");
    // Who has seen it is not asked again.
    let rest: Vec<_> = GUEST.into_iter().filter(|(name, _)| *name != "email").collect();
    let thanks = browser.send(&page, "/checkout", &[&rest[..], &[("action", "place")]].concat()).await.ok();
    assert!(thanks.path.ends_with("/thank-you"), "{}", thanks.text());
}

#[tokio::test]
async fn c1_signing_in_from_the_checkout_keeps_what_was_entered() {
    let world = World::new().await;
    world.ann().await;
    let mut browser = world.browser();
    world.fill_cart(&mut browser).await;
    let page = browser.get("/checkout").await.ok();
    let fields = [("shipping.name", "Somebody Else"), ("shipping.line1", "Ring 7"), ("action", "sign-in")];
    let page = browser.send(&page, "/checkout", &fields).await.ok();
    assert_eq!(page.path, "/sign-in?back=/checkout");
    browser.send(&page, "/sign-in", &[("email", ANN)]).await.ok();
    let link = World::link(&world.mail(ANN).await, "/sign-in/confirm");
    let page = browser.get(&link).await.ok();
    browser.send(&page, "/sign-in/confirm", &[]).await.ok();
    let page = browser.get("/checkout").await.ok();
    page.says("Welcome back");
    assert_eq!(page.value("shipping.name"), "Somebody Else");
    assert_eq!(page.value("shipping.line1"), "Ring 7");
}

#[tokio::test]
async fn a_known_customer_is_told_so_and_not_you_forgets_the_device() {
    let world = World::new().await;
    let ann = world.ann().await;
    let mut browser = world.browser();
    world.sign_in(&mut browser, ANN, true).await;
    assert!(browser.cookies.contains_key("device"));
    // The session ends, the device stays known.
    browser.cookies.remove("session");
    world.fill_cart(&mut browser).await;
    assert!(browser.get("/account").await.path.starts_with("/sign-in"), "a device opens no account");
    let page = browser.get("/checkout").await.ok();
    page.says("Welcome back, Ann Lee");
    page.says("Visa ending in 4242");
    let page = browser.send(&page, "/checkout", &[("action", "not-me")]).await.ok();
    page.does_not_say("Ann Lee");
    assert!(!browser.cookies.contains_key("device"));
    let devices = world
        .platform
        .store
        .read(move |tx| boomerang_shop::store::devices::of_customer(tx, "demo", &ann, crate::world::START))
        .await
        .unwrap();
    assert!(devices.is_empty());
}
