//! The way from the first page to an order, as a guest.

use crate::stage::{Stage, Tab, on_stage, poll};

/// Fills in what a guest has to fill in.
pub(crate) fn enter_address(tab: &Tab, email: &str) {
    tab.fill("E-mail", email)
        .fill("Full name", "Gus Guest")
        .fill("Street and number", "Hauptplatz 1")
        .fill("Postal code", "8010")
        .fill("City", "Graz");
}

/// Puts a product into the cart and goes to the checkout.
pub(crate) fn go_to_checkout(tab: &Tab, product: &str) {
    tab.go(&format!("/p/{product}")).follow("Add to cart");
    tab.follow("Check out");
}

/// Buys as a guest, and gives the path of the thank-you page.
pub(crate) fn buy(tab: &Tab, product: &str, email: &str) -> String {
    go_to_checkout(tab, product);
    enter_address(tab, email);
    tab.press("Visa ending in 4242…");
    tab.follow("Order and pay…");
    let path = tab.path();
    assert!(path.ends_with("/thank-you"), "{path}:\n{}", tab.text());
    path
}

/// Everything that a shopper does and sees, whether the browser runs scripts or not.
fn walk(stage: &Stage, tab: &Tab) {
    let began = stage.merchant.now();
    tab.go("/").follow("Kitchen");
    tab.says("Harbour mug").follow("Harbour mug");
    assert_eq!(tab.path(), "/p/harbour-mug");
    tab.press("Sand").fill("Quantity", "2").follow("Add to cart");
    assert_eq!(tab.path(), "/cart");
    assert_eq!(tab.value("Quantity of Harbour mug"), "2");
    tab.says("Sand").follow("Check out");
    enter_address(tab, "gus@example.com");
    tab.press("Pick up in the shop…").press("Visa ending in 4242…");
    tab.follow("Order and pay…");
    assert!(tab.path().ends_with("/thank-you"), "{}", tab.text());
    tab.says("Thank you, we have your order").says("gus@example.com").says("Harbour mug");
    let orders = stage.merchant.orders_since(began);
    assert_eq!(orders.len(), 1);
    assert_eq!(orders[0]["delivery"]["method"], "pick-up");
    tab.follow("Follow your order");
    tab.says("Visa ending in 4242");
    assert_eq!(tab.record().complaints(), [""; 0]);
}

#[test]
fn c11_a_guest_buys_with_scripts_switched_off() {
    on_stage(|stage| {
        let visitor = stage.visitor();
        let tab = visitor.tab_without_scripts();
        walk(stage, &tab);
        let ran = tab.record().loaded().iter().any(|loaded| loaded.kind == "Script");
        assert!(!ran, "a browser without scripts loads none");
    });
}

#[test]
fn c11_a_guest_buys_with_scripts_running() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        walk(stage, &tab);
    });
}

#[test]
fn c9_a_double_click_on_the_button_makes_one_order_with_scripts_and_without() {
    on_stage(|stage| {
        for runs_scripts in [true, false] {
            let began = stage.merchant.now();
            let visitor = stage.visitor();
            let tab = if runs_scripts { visitor.tab() } else { visitor.tab_without_scripts() };
            go_to_checkout(&tab, "storm-lantern");
            enter_address(&tab, "double@example.com");
            tab.press("Visa ending in 4242…").leave(|| tab.press_twice("Order and pay…"));
            tab.says("Thank you, we have your order");
            let orders = stage.merchant.orders_since(began);
            assert_eq!(orders.len(), 1, "scripts: {runs_scripts}");
            // The second click may be answered while the payment of the first is still on its way.
            let order = format!("/admin/orders/{}", orders[0]["id"].as_str().unwrap());
            let paid = poll(|| Some(stage.merchant.get(&order)).filter(|order| order["state"] == "paid"));
            assert!(paid.is_some(), "the order is paid");
        }
    });
}
