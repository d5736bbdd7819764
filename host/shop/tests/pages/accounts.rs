//! Signing in, and what customers have with the shop.

use boomerang_shop::mail::unsubscribe;
use boomerang_shop::orders::draft::Buyer;
use boomerang_shop::orders::{Draft, OrderLine};
use boomerang_shop::people::Email;
use boomerang_shop::people::offer::{self, NewOffer, OfferMode};
use boomerang_shop::store::{carts, catalogue, customers, orders, sessions};

use crate::world::{ANN, GUEST, START, World};

#[tokio::test]
async fn a5_a_scanner_that_opens_the_link_uses_nothing_up() {
    let world = World::new().await;
    world.ann().await;
    let mut browser = world.browser();
    let page = browser.get("/sign-in").await.ok();
    browser.send(&page, "/sign-in", &[("email", ANN)]).await.ok().says("Check your mail");
    let link = World::link(&world.mail(ANN).await, "/sign-in/confirm");
    for method in ["GET", "HEAD", "GET"] {
        let seen = world.browser().request(method, &link, String::new()).await;
        assert_eq!(seen.status, 200);
        assert_eq!(seen.headers["referrer-policy"], "no-referrer");
    }
    let page = browser.get(&link).await.ok();
    let account = browser.send(&page, "/sign-in/confirm", &[]).await.ok();
    assert_eq!(account.path, "/account");
    account.says("Hello, Ann Lee");
    // The link worked once.
    assert_eq!(browser.send(&page, "/sign-in/confirm", &[]).await.status, 403, "the form is of the session before");
    assert_eq!(world.browser().get(&link).await.status, 410);
}

#[tokio::test]
async fn a5_a_code_signs_in_where_it_was_asked_for_and_a_wrong_one_does_not() {
    let world = World::new().await;
    world.ann().await;
    let mut browser = world.browser();
    let page = browser.get("/sign-in?back=/cart").await.ok();
    let page = browser.send(&page, "/sign-in", &[("email", ANN)]).await.ok();
    assert!(page.path.starts_with("/sign-in/code"));
    let mail = world.mail(ANN).await;
    let code =
        mail.text.split_whitespace().find(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit()));
    let code = code.unwrap_or_else(|| panic!("{}", mail.text)).to_owned();
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let refused = browser.send(&page, "/sign-in/code", &[("code", wrong)]).await;
    assert_eq!(refused.status, 422);
    refused.says("This code is wrong");
    let cart = browser.send(&refused, "/sign-in/code", &[("code", &code)]).await.ok();
    assert_eq!(cart.path, "/cart", "back to where they were");
    browser.get("/account").await.ok().says(ANN);
}

#[tokio::test]
async fn a6_asking_for_a_mail_looks_the_same_for_every_address() {
    let world = World::new().await;
    world.ann().await;
    let ask = async |email: &'static str| {
        let mut browser = world.browser();
        let page = browser.get("/sign-in").await.ok();
        let page = browser.send(&page, "/sign-in", &[("email", email)]).await;
        let csrf = page.value("csrf");
        (page.status, page.path.clone(), page.html.replace(&csrf, ""))
    };
    assert_eq!(ask(ANN).await, ask("nobody@example.com").await);
}

#[tokio::test]
async fn a10_signing_in_gives_the_browser_a_new_session_and_signing_out_ends_it() {
    let world = World::new().await;
    let ann = world.ann().await;
    let mut browser = world.browser();
    browser.get("/").await.ok();
    let before = browser.cookies["session"].clone();
    let account = world.sign_in(&mut browser, ANN, false).await;
    assert_ne!(browser.cookies["session"], before);
    browser.send(&account, "/sign-out", &[]).await.ok();
    assert!(browser.get("/account").await.path.starts_with("/sign-in?back="));
    let left = world.platform.store.read(move |tx| sessions::of_customer(tx, "demo", &ann, START)).await.unwrap();
    assert!(left.is_empty());
}

#[tokio::test]
async fn the_cart_of_a_guest_is_theirs_once_they_sign_in() {
    let world = World::new().await;
    world.ann().await;
    let mut browser = world.browser();
    world.fill_cart(&mut browser).await;
    let id = browser.cookies["cart"].clone();
    world.sign_in(&mut browser, ANN, false).await;
    browser.get("/cart").await.ok().says("Blue <mug>");
    // A stranger who knows its id sees an empty cart.
    let mut stranger = world.browser();
    stranger.cookies.insert("cart".into(), id);
    stranger.get("/cart").await.ok().says("There is nothing in it yet.");
    // On another device the cart is there once they sign in.
    let mut phone = world.browser();
    world.sign_in(&mut phone, ANN, false).await;
    phone.get("/cart").await.ok().says("Blue <mug>");
}

#[tokio::test]
async fn a7_a12_history_favourites_export_and_erase() {
    let world = World::new().await;
    let ann = world.ann().await;
    let mut browser = world.browser();
    world.sign_in(&mut browser, ANN, false).await;
    world.fill_cart(&mut browser).await;
    let checkout = browser.get("/checkout").await.ok();
    let mine = GUEST.map(|(name, value)| if name == "email" { (name, ANN) } else { (name, value) });
    let thanks = browser.send(&checkout, "/checkout", &[&mine[..], &[("action", "place")]].concat()).await.ok();
    assert!(thanks.path.ends_with("/thank-you"));

    let product = browser.get("/p/blue-mug").await.ok();
    browser.send(&product, "/account/favourites", &[]).await.ok().says("In your favourites");
    let account = browser.get("/account").await.ok();
    account.says("We are packing it");
    account.says("Favourites");
    let export = browser.get("/account/export").await.ok();
    assert!(export.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    assert!(export.html.contains("Hauptplatz"));

    assert_eq!(browser.send(&account, "/account/erase", &[]).await.status, 422, "the box was not ticked");
    browser.send(&account, "/account/erase", &[("sure", "true")]).await.ok();
    let nobody = world.platform.store.read(move |tx| customers::get(tx, "demo", &ann)).await.unwrap().unwrap();
    assert_eq!((nobody.name.as_str(), nobody.email.as_str()), ("", ""));
    assert!(browser.get("/account").await.path.starts_with("/sign-in"));
}

#[tokio::test]
async fn a1_a7_the_thank_you_page_says_what_was_made_and_what_was_only_offered() {
    let world = World::new().await;
    for (mode, says, silent) in [
        (OfferMode::Automatic, "An account comes with this order", "Nothing of it is kept"),
        (OfferMode::Invite, "Nothing of it is kept unless you say yes", "An account comes with this order"),
    ] {
        let mut browser = world.browser();
        world.fill_cart(&mut browser).await;
        let checkout = browser.get("/checkout").await.ok();
        let thanks = browser.send(&checkout, "/checkout", &[&GUEST[..], &[("action", "place")]].concat()).await.ok();
        let (id, secret) = (thanks.path.split('/').nth(2).unwrap().to_owned(), world.platform.secret.clone());
        let offer = world.platform.store.write(move |tx| {
            let email = Email::parse("gus@example.com").unwrap();
            let new = NewOffer {
                extension: "auto-account",
                order: &id,
                number: "1001",
                email: &email,
                locale: "en",
                mode,
                delete_unclaimed_after_days: 30,
            };
            offer::offer(tx, &secret, "demo", &new, START)
        });
        offer.await.unwrap();
        let page = browser.get(&thanks.path).await.ok();
        page.says(says);
        page.does_not_say(silent);
    }
}

#[tokio::test]
async fn a_birthday_is_given_and_taken_out_again() {
    let world = World::new().await;
    world.ann().await;
    let mut browser = world.browser();
    world.sign_in(&mut browser, ANN, false).await;
    let birthday = async || {
        let found = world.platform.store.read(|tx| customers::get(tx, "demo", "cus_ann")).await.unwrap();
        found.unwrap().birthday.map(|day| (day.month, day.day))
    };
    let page = browser.get("/account/profile").await.ok();
    let day = [("birthday_day", "29"), ("birthday_month", "2")];
    browser.send(&page, "/account/profile", &day).await.ok();
    assert_eq!(birthday().await, Some((2, 29)));
    for half in [("birthday_day", ""), ("birthday_month", "x")] {
        let page = browser.get("/account/profile").await.ok();
        let refused = browser.send(&page, "/account/profile", &[half]).await;
        assert_eq!(refused.status, 422);
        refused.says("empty both to take it out");
    }
    assert_eq!(birthday().await, Some((2, 29)), "what is refused changes nothing");
    let page = browser.get("/account/profile").await.ok();
    browser.send(&page, "/account/profile", &[("birthday_day", ""), ("birthday_month", "")]).await.ok();
    assert_eq!(birthday().await, None);
}

#[tokio::test]
async fn a11_orders_beyond_the_first_page_are_one_press_away() {
    let world = World::new().await;
    world.ann().await;
    let variant = {
        let read = world.platform.store.read(|tx| catalogue::by_handle(tx, "demo", "blue-mug"));
        read.await.unwrap().unwrap().variants.remove(0)
    };
    let id = variant.id.clone();
    let stock = world.platform.store.write(move |tx| catalogue::set_stock(tx, "demo", START, "system", &id, Some(99)));
    stock.await.unwrap();
    for number in 0..31_i64 {
        let (product, variant, secret) = (variant.clone(), variant.id.clone(), world.platform.secret.clone());
        let place = world.platform.store.write(move |tx| {
            let now = START + number;
            let cart = carts::create(tx, "demo", now, Some("cus_ann")).unwrap();
            let cart = carts::add(tx, "demo", now, &cart.id, &variant, 1, &Default::default()).unwrap();
            let line = OrderLine {
                id: cart.lines[0].id.clone(),
                product: cart.lines[0].product.clone(),
                variant,
                title: format!("Mug {number}"),
                quantity: 1,
                unit_price: product.details.price,
                total: product.details.price,
                paid_with_points: product.details.price,
                paid_with_gift_cards: 0,
                tax: 0,
                returned: 0,
                refunded: 0,
                attributes: Default::default(),
            };
            let email = Email::parse(ANN).unwrap();
            let contact = secret.contact("demo", ANN);
            let draft = Draft {
                cart: cart.id,
                cart_version: cart.version,
                shown: 0,
                currency: "EUR".into(),
                locale: "en".into(),
                buyer: Buyer { customer: Some("cus_ann".into()), contact, email },
                country: None,
                shipping: None,
                billing: None,
                gift: false,
                delivery: Default::default(),
                lines: vec![line],
                adjustments: Vec::new(),
                tax: 0,
                total: 0,
                claims: Vec::new(),
                flags: Vec::new(),
                attributes: Default::default(),
                payment: None,
                effort: None,
            };
            orders::place(tx, "demo", &draft, None, now).map(|placed| placed.order.number)
        });
        place.await.unwrap();
    }
    let mut browser = world.browser();
    world.sign_in(&mut browser, ANN, false).await;
    let account = browser.get("/account").await.ok();
    account.says("1031");
    account.does_not_say("1001");
    let more = account.html.split("href=\"/account/orders?before=").nth(1).expect("a link to more");
    let rest = browser.get(&format!("/account/orders?before={}", more.split('"').next().unwrap())).await.ok();
    rest.says("1001");
    rest.does_not_say("1002");
    let all = browser.get("/account/orders").await.ok();
    all.says("Earlier orders");
    assert_eq!(browser.get("/account/orders?before=ord_none").await.ok().status, 200);
}

#[tokio::test]
async fn unsubscribing_takes_a_button_or_the_one_click_of_a_mail_program() {
    let world = World::new().await;
    let ann = world.ann().await;
    let token = unsubscribe::token(&world.platform.secret, "demo", &world.platform.secret.contact("demo", ANN));
    let path = format!("/unsubscribe?token={token}");
    let consent = async || {
        let id = ann.clone();
        world.platform.store.read(move |tx| customers::get(tx, "demo", &id)).await.unwrap().unwrap().marketing_since
    };
    let mut browser = world.browser();
    browser.get(&path).await.ok().says("No more news?");
    assert!(consent().await.is_some(), "a look changes nothing");
    let done = world.browser().request("POST", &path, unsubscribe::ONE_CLICK.into()).await.ok();
    done.says("Done");
    assert_eq!(consent().await, None);
    assert_eq!(browser.get("/unsubscribe?token=con_1.made-up").await.status, 404);
}
