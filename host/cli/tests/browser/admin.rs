//! The admin's everyday: signing in, orders, refunds, and all of it by keyboard.

use crate::buying::buy;
use crate::stage::{Tab, on_stage};
use boomerang_shop::demo::features::{ADMIN, PASSWORD};

/// Signs in as the demo's merchant.
pub(crate) fn sign_in(tab: &Tab) {
    tab.go("/admin/sign-in").fill("E-mail", ADMIN).fill("Password", PASSWORD).follow("Sign in");
    assert_eq!(tab.path(), "/admin");
}

#[test]
fn a_merchant_signs_in_and_sees_first_whether_people_come_back() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        tab.go("/admin/orders");
        assert!(tab.path().starts_with("/admin/sign-in"), "{}", tab.path());
        tab.fill("E-mail", ADMIN).fill("Password", "wrong-password").follow("Sign in");
        tab.lacks("Latest orders");
        assert_eq!(tab.focused().map(|thing| thing.name).as_deref(), Some("Password"));
        tab.fill("Password", PASSWORD).follow("Sign in");
        assert_eq!(tab.path(), "/admin/orders", "back to where they were going");
        tab.go("/admin").says("Are people coming back?").says("On sale just now");
        assert_eq!(tab.record().complaints(), [""; 0]);
    });
}

#[test]
fn one_line_of_an_order_is_refunded_from_its_page() {
    on_stage(|stage| {
        let began = stage.merchant.now();
        let shopper = stage.visitor();
        buy(&shopper.tab(), "harbour-mug", "back@example.com");
        let order = stage.merchant.orders_since(began).pop().unwrap();
        let (_visitor, tab) = stage.tab();
        sign_in(&tab);
        tab.follow(order["number"].as_str().unwrap());
        tab.fill("Units of Harbour mug, Sea to give back, of 1", "1")
            .fill("Reason, for the buyer", "It arrived in pieces");
        tab.follow("Give back");
        tab.says("Refunded").says("It arrived in pieces");
        let after = stage.merchant.get(&format!("/admin/orders/{}", order["id"].as_str().unwrap()));
        assert_eq!(after["refunded"], order["lines"][0]["total"]);
        // The buyer is told, and sees it.
        shopper.tab().until_shown("/mailbox?to=back@example.com", "Your money is on its way back");
    });
}

#[test]
fn the_admin_is_used_with_the_keyboard_alone() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        tab.go("/admin/sign-in").tab_to("E-mail");
        tab.call("Input.insertText", serde_json::json!({ "text": ADMIN }));
        tab.tab_to("Password");
        tab.call("Input.insertText", serde_json::json!({ "text": PASSWORD }));
        tab.leave(|| {
            tab.key("Enter");
        });
        // Past the menu in one step.
        tab.tab_to("Skip to content").key("Enter");
        assert_eq!(tab.string("document.activeElement.id"), "main");
        tab.go("/admin").tab_to("Features").leave(|| {
            tab.key("Enter");
        });
        tab.tab_to("Flash sale").key("Tab");
        let switch = tab.focused().unwrap();
        assert_eq!((switch.role.as_str(), switch.name.as_str()), ("switch", "Flash sale"));
        tab.leave(|| {
            tab.key("Space");
        });
        tab.says("Switched off.");
        let order = || {
            let names = tab.eval(
                "[...document.querySelectorAll('.chain-name')].map((name) => name.innerText.split('\\n')[0].trim())",
            );
            names.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let before = order();
        let last = before.last().unwrap().replace(" off", "");
        tab.tab_to(&format!("Move {last} up")).leave(|| {
            tab.key("Enter");
        });
        tab.says("The new order is in force.");
        let after = order();
        assert_eq!(after.iter().rev().collect::<Vec<_>>(), before.iter().collect::<Vec<_>>());
        assert!(outlined(tab.go("/admin")), "what has the focus can be seen");
    });
}

/// Whether everything that the keyboard gets to first on the page shows that it has the focus.
fn outlined(tab: &Tab) -> bool {
    (0..12).all(|_| {
        tab.key("Tab");
        tab.eval(
            "(() => { const style = getComputedStyle(document.activeElement);
                return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none'; })()",
        ) == true
    })
}
