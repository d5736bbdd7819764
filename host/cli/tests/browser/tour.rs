//! Every page that a shopper may see.

use crate::accounts::{link_for, sign_in};
use crate::buying::{buy, enter_address, go_to_checkout};
use crate::checks::Inspector;
use crate::stage::on_stage;

#[test]
fn every_page_of_the_storefront_is_sound() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        let inspector = Inspector::new();
        for (name, path) in [
            ("home", "/"),
            ("category", "/c/kitchen"),
            ("search", "/search?q=lamp"),
            ("search-in-vain", "/search?q=submarine"),
            ("product", "/p/storm-lantern"),
            ("product-on-sale", "/p/harbour-mug"),
            ("cart-empty", "/cart"),
            ("delivery", "/page/delivery"),
            ("privacy", "/page/privacy"),
            ("no-such-page", "/nothing-here"),
        ] {
            inspector.inspect(tab.go(path), name);
        }
        tab.go("/p/harbour-mug").follow("Add to cart");
        inspector.inspect(&tab, "cart");
        tab.go("/checkout");
        inspector.inspect(&tab, "checkout");
        tab.fill("Postal code", "80").follow("Order and pay…");
        inspector.inspect(&tab, "checkout-with-errors");
        tab.press("The bill goes to another address").says("Billing address");
        inspector.inspect(&tab, "checkout-with-billing");
        inspector.end();
    });
}

#[test]
fn every_page_of_an_account_is_sound() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        let inspector = Inspector::new();
        inspector.inspect(tab.go("/sign-in"), "sign-in");
        inspector.inspect(tab.go("/sign-in/code"), "sign-in-code-of-an-invitation");
        tab.go("/sign-in");
        tab.fill("E-mail", "no address").follow("Send me a link");
        inspector.inspect(&tab, "sign-in-with-error");
        tab.fill("E-mail", "ada@example.com").follow("Send me a link");
        inspector.inspect(&tab, "sign-in-code");
        tab.fill("Code from the mail", "12").follow("Sign in");
        inspector.inspect(&tab, "sign-in-code-with-error");
        let link = link_for(&tab, "ada@example.com", 0.0);
        inspector.inspect(&tab, "mailbox");
        inspector.inspect(tab.go(&link), "sign-in-link");
        inspector.inspect(tab.go("/sign-in/confirm?token=used-up"), "sign-in-link-ended");
        sign_in(&tab, "ada@example.com", true);
        inspector.inspect(tab.go("/account"), "account");
        tab.eval("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
        inspector.inspect(&tab, "account-unfolded");
        inspector.inspect(tab.go("/account/addresses/new"), "account-address");
        tab.follow("Save");
        inspector.inspect(&tab, "account-address-with-errors");
        inspector.inspect(tab.go("/account/orders"), "account-orders");
        inspector.inspect(tab.go("/account/points"), "account-points");
        tab.go("/account");
        let order = tab.string("document.querySelector('a[href$=\"#return\"]').pathname");
        inspector.inspect(tab.go(&order), "order-that-can-be-sent-back");
        tab.follow("Ask to send it back");
        inspector.inspect(&tab, "order-sent-back-with-error");
        tab.eval(
            "(() => {
                const units = document.querySelector('#return [name^=\"units.\"]');
                units.checked = true;
                units.value = 1;
            })()",
        );
        tab.follow("Ask to send it back");
        inspector.inspect(&tab, "order-sent-back");
        let (_merchant, desk) = stage.tab();
        crate::admin::sign_in(&desk);
        inspector.inspect(&desk, "admin-overview-with-a-return");
        inspector.inspect(desk.go(&format!("/admin{order}")), "admin-order-with-a-return");
        inspector.inspect(tab.go("/account/profile"), "account-details");
        tab.fill("Day", "31").fill("Month", "2").follow("Save");
        inspector.inspect(&tab, "account-details-with-error");
        tab.go("/p/reading-lamp").follow("Add to favourites");
        inspector.inspect(tab.go("/p/reading-lamp"), "product-of-a-customer");
        go_to_checkout(&tab, "reading-lamp");
        inspector.inspect(&tab, "checkout-of-a-customer");
        inspector.inspect(tab.go("/cart"), "cart-of-a-customer");
        tab.go("/checkout").follow("Order and pay…");
        inspector.inspect(&tab, "thank-you-of-a-customer");
        tab.follow("Follow your order");
        inspector.inspect(&tab, "order");
        inspector.inspect(tab.go(&stage.unsubscribe_page("ada@example.com")), "unsubscribe");
        tab.follow("Unsubscribe");
        inspector.inspect(&tab, "unsubscribed");
        inspector.end();
    });
}

#[test]
fn the_empty_account_of_a_new_customer_is_sound() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        let inspector = Inspector::new();
        sign_in(&tab, "new@example.com", false);
        inspector.inspect(tab.says("Nothing yet."), "account-empty");
        tab.eval("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
        inspector.inspect(tab.says("No card is kept."), "account-empty-unfolded");
        inspector.inspect(tab.go("/account/profile"), "account-details-empty");
        inspector.end();
    });
}

#[test]
fn every_page_of_a_guest_is_sound() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        let inspector = Inspector::new();
        buy(&tab, "harbour-mug", "guest@example.com");
        tab.says("Don’t keep it");
        inspector.inspect(&tab, "thank-you");
        let link = link_for(&tab, "guest@example.com", 0.0);
        inspector.inspect(tab.go(&link), "invitation");
        tab.follow("No, don’t keep it");
        inspector.inspect(&tab, "invitation-refused");
        // A card that is declined, and a price that has risen meanwhile.
        go_to_checkout(&tab, "harbour-mug");
        enter_address(&tab, "guest@example.com");
        tab.press("Visa ending in 0002…").follow("Order and pay…");
        inspector.inspect(&tab, "checkout-card-declined");
        stage.merchant.advance(60 * 60 * 1_000);
        tab.press("Visa ending in 4242…").follow("Order and pay…");
        inspector.inspect(&tab, "checkout-price-rose");
        inspector.end();
    });
}
