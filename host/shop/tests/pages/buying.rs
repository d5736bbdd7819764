//! From the first page to the order, as a guest without JavaScript.

use crate::world::{GUEST, World};

#[tokio::test]
async fn c11_a_guest_buys_without_javascript_and_without_any_extension() {
    let world = World::new().await;
    let mut browser = world.browser();
    let home = browser.get("/").await.ok();
    home.says("Blue <mug>");
    browser.get("/c/kitchen").await.ok().says("2 products");
    browser.get("/search?q=mugs").await.ok();
    browser.get("/search?q=mug").await.ok().says("1 product");

    let cart = world.fill_cart(&mut browser).await;
    assert_eq!(cart.path, "/cart");
    cart.says("€14.90");

    let checkout = browser.get("/checkout").await.ok();
    let thanks = browser.send(&checkout, "/checkout", &[&GUEST[..], &[("action", "place")]].concat()).await.ok();
    assert!(thanks.path.ends_with("/thank-you"), "{}", thanks.path);
    thanks.says("gus@example.com");
    assert_eq!(world.orders().await, 1);
    browser.get("/cart").await.ok().says("There is nothing in it yet.");

    let order = thanks.path.trim_end_matches("/thank-you").to_owned();
    let page = browser.get(&order).await.ok();
    page.says("Hauptplatz 1");
    page.says("Visa ending in 4242");

    let again = browser.send(&page, &format!("{order}/again"), &[]).await.ok();
    assert_eq!(again.path, "/cart");
    again.says("Blue <mug>");
}

#[tokio::test]
async fn an_order_is_shown_to_the_browser_that_placed_it_and_to_nobody_else() {
    let world = World::new().await;
    let mut browser = world.browser();
    world.fill_cart(&mut browser).await;
    let checkout = browser.get("/checkout").await.ok();
    let thanks = browser.send(&checkout, "/checkout", &[&GUEST[..], &[("action", "place")]].concat()).await.ok();
    let order = thanks.path.trim_end_matches("/thank-you").to_owned();

    let mut stranger = world.browser();
    let (theirs, none) = (stranger.get(&order).await, stranger.get("/orders/ord_none").await);
    assert!(theirs.path.starts_with("/sign-in?back="), "{}", theirs.path);
    assert!(none.path.starts_with("/sign-in?back="), "{}", none.path);
    let ann = world.ann().await;
    assert_eq!(ann, "cus_ann");
    world.sign_in(&mut stranger, crate::world::ANN, false).await;
    assert_eq!(stranger.get(&order).await.status, 404);
}

#[tokio::test]
async fn a_cart_is_changed_and_says_what_cannot_be_had() {
    let world = World::new().await;
    let mut browser = world.browser();
    let cart = world.fill_cart(&mut browser).await;
    let line = cart.html.split("action=\"/cart/lines/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let action = format!("/cart/lines/{line}");
    let cart = browser.send(&cart, &action, &[("quantity", "3")]).await.ok();
    cart.says("€44.70");
    let refused = browser.send(&cart, &action, &[("quantity", "6")]).await;
    assert_eq!(refused.status, 422);
    refused.says("Only 5 are left");
    refused.says("€44.70");
    let empty = browser.send(&refused, &action, &[("remove", "true")]).await.ok();
    empty.says("There is nothing in it yet.");

    let page = browser.get("/p/tea-pot").await.ok();
    page.says("Sold out");
    let page = browser.get("/p/blue-mug").await.ok();
    let product = browser.send(&page, "/cart/lines", &[("quantity", "9")]).await;
    assert_eq!(product.status, 422);
    product.says("Only 5 are left");
}

#[tokio::test]
async fn looking_around_leaves_no_row_behind_and_pages_carry_no_markup_of_the_catalogue() {
    let world = World::new().await;
    let mut browser = world.browser();
    let page = browser.get("/p/blue-mug").await.ok();
    assert!(!page.html.contains("<mug>") && page.html.contains("Blue &lt;mug&gt;"));
    let sessions = world
        .platform
        .store
        .read(|tx| boomerang_shop::store::sessions::of_customer(tx, "demo", "", crate::world::START))
        .await
        .unwrap();
    assert!(sessions.is_empty());
    let token = browser.cookies["session"].clone();
    let open = world
        .platform
        .store
        .read(move |tx| boomerang_shop::people::session::open(tx, "demo", &token, crate::world::START))
        .await
        .unwrap();
    assert_eq!(open, None);
}

#[tokio::test]
async fn an_order_opens_for_the_browser_it_was_given_to_and_not_for_a_cookie_that_was_made_up() {
    let world = World::new().await;
    let mut browser = world.browser();
    world.fill_cart(&mut browser).await;
    let closed = browser.cookies["cart"].clone();
    let checkout = browser.get("/checkout").await.ok();
    let thanks = browser.send(&checkout, "/checkout", &[&GUEST[..], &[("action", "place")]].concat()).await.ok();
    let order = thanks.path.trim_end_matches("/thank-you").to_owned();
    let (cart, _) = closed.rsplit_once('-').expect("the cart's id and what closes it");
    browser.get(&order).await.ok().says("Hauptplatz 1");
    // Somebody who knows the cart's id, and even the cookie, from another browser.
    for (name, value) in [
        ("ordered", cart.to_owned()),
        ("ordered", format!("{cart}-{}", "0".repeat(32))),
        ("ordered", browser.cookies["ordered"].clone()),
        ("cart", cart.to_owned()),
        ("cart", closed.clone()),
    ] {
        let mut stranger = world.browser();
        stranger.get("/").await.ok();
        stranger.cookies.insert(name.into(), value.clone());
        let refused = stranger.get(&order).await;
        assert!(refused.path.starts_with("/sign-in?back="), "{name}={value} opens {}", refused.path);
        let csrf = stranger.get("/sign-in").await.ok().value("csrf");
        let sent = stranger.post("/checkout", &[("csrf", &csrf), ("action", "place")]).await.ok();
        assert_eq!(sent.path, "/cart", "the button of a page that is still open leads nobody else to the order");
        assert!(stranger.get(&order).await.path.starts_with("/sign-in"));
    }
    // Signing in changes the browser's token; what it was given goes on to be its own.
    world.ann().await;
    world.sign_in(&mut browser, crate::world::ANN, false).await;
    browser.get(&order).await.ok().says("Hauptplatz 1");
}
