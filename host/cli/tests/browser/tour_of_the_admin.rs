//! Every page that a merchant may see.

use std::fs;
use std::path::Path;

use boomerang_shop::demo::features::{ADMIN, PASSWORD};
use serde_json::json;

use crate::admin::sign_in;
use crate::buying::{buy, go_to_checkout};
use crate::checks::Inspector;
use crate::features::{upload, version};
use crate::stage::merchant::SECOND;
use crate::stage::{Stage, Tab, on_stage, poll};

#[test]
fn every_page_of_the_daily_business_is_sound() {
    on_stage(|stage| {
        let began = stage.merchant.now();
        buy(&stage.visitor().tab(), "harbour-mug", "guest@example.com");
        let order = stage.merchant.orders_since(began).pop().unwrap();
        let order = format!("/admin/orders/{}", order["id"].as_str().unwrap());
        let (_visitor, tab) = stage.tab();
        let inspector = Inspector::new();
        inspector.inspect(tab.go("/admin/sign-in"), "admin-sign-in");
        tab.fill("E-mail", "merchant@example.com").fill("Password", "wrong-password").follow("Sign in");
        inspector.inspect(&tab, "admin-sign-in-with-error");
        sign_in(&tab);
        inspector.inspect(&tab, "admin-overview");
        for (name, path) in [
            ("admin-orders", "/admin/orders"),
            ("admin-order", order.as_str()),
            ("admin-customers", "/admin/customers"),
            ("admin-products", "/admin/products"),
            ("admin-import", "/admin/import"),
            ("admin-messages", "/admin/outbox"),
            ("admin-audit-log", "/admin/audit"),
            ("admin-staff", "/admin/staff"),
            ("admin-clock", "/admin/clock"),
            ("admin-no-such-page", "/admin/nothing-here"),
        ] {
            inspector.inspect(tab.go(path), name);
        }
        let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
        fs::write(file.path(), "Handle,Title,Variant Price\nkettle,Kettle,a lot\n").unwrap();
        tab.go("/admin/import").attach("CSV file…", file.path()).follow("Import");
        inspector.inspect(tab.says("Nothing was imported"), "admin-import-with-problems");
        tab.go(&order).fill("Units of Harbour mug, Sea to give back, of 1", "1").follow("Give back");
        inspector.inspect(tab.says("Refunded"), "admin-order-refunded");
        tab.go("/admin/customers").follow("Ada Berger");
        inspector.inspect(&tab, "admin-customer");
        tab.go("/admin/products").follow("Harbour mug");
        tab.eval("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
        inspector.inspect(&tab, "admin-product");
        inspector.end();
    });
}

#[test]
fn every_page_of_the_features_is_sound() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        let inspector = Inspector::new();
        sign_in(&tab);
        inspector.inspect(tab.go("/admin/features"), "admin-features");
        for feature in ["flash-sale", "loyalty-points", "checkout-autofill", "auto-account"] {
            inspector.inspect(tab.go(&format!("/admin/features/{feature}")), &format!("admin-feature-{feature}"));
        }
        tab.go("/admin/features/flash-sale");
        tab.eval("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
        inspector.inspect(&tab, "admin-feature-unfolded");
        tab.eval("document.getElementById('set-max-days').value = 'a fortnight'");
        tab.follow("Save settings");
        inspector.inspect(&tab, "admin-feature-with-errors");
        // As if it were sent once more: nobody is there to answer whether what was typed may be lost.
        tab.eval("document.querySelectorAll('form.settings').forEach((form) => { form.dispatchEvent(new Event('submit')); })");
        tab.go("/admin/features/loyalty-points").follow("Add a product");
        let wanted = tab.string("document.getElementById('line-1').options[9].text");
        tab.choose("Product 2", &wanted).fill("Units 2", "3").fill("Customer (optional)", "ada@example.com");
        tab.follow("Show the price");
        inspector.inspect(tab.says("How many points to spend"), "admin-feature-preview");
        tab.fill("Customer (optional)", "nobody@example.com").follow("Show the price");
        inspector.inspect(tab.says("Nobody with this e-mail address"), "admin-feature-preview-with-error");
        let reports = tab
            .go("/admin/features/loyalty-points")
            .eval("[...document.querySelectorAll('a[href*=\"/reports/\"]')].map((link) => link.getAttribute('href'))");
        for report in reports.as_array().unwrap().iter().map(|path| path.as_str().unwrap()) {
            inspector.inspect(tab.go(report), &format!("admin-report-{}", report.rsplit('/').next().unwrap()));
        }
        inspector.inspect(tab.go("/admin/feature-upload"), "admin-upload");
        upload(&tab, &version("1.0.0", "free-delivery").path().join("feature.wasm"));
        inspector.inspect(tab.says("Regulars"), "admin-upload-consent");
        tab.follow("Allow this and install");
        upload(&tab, &version("2.0.0", "thank-you-coupon").path().join("feature.wasm"));
        inspector.inspect(tab.says("It also wants to:"), "admin-upload-update");
        upload(&tab, Path::new(env!("CARGO_MANIFEST_PATH")));
        inspector.inspect(tab.says("This component was refused"), "admin-upload-refused");
        // What was removed is ready to be added again.
        tab.go("/admin/features/auto-account").press("Remove from the shop").follow("Remove Automatic accounts");
        inspector.inspect(tab.go("/admin/features"), "admin-features-to-add");
        inspector.inspect(tab.go("/admin/features/auto-account"), "admin-feature-to-add");
        inspector.end();
    });
}

/// Installs a version of somebody's feature and switches it on.
fn switch_on(stage: &Stage, tab: &Tab, plugin: &str) {
    upload(tab, &version("1.0.0", plugin).path().join("feature.wasm"));
    tab.follow("Allow this and install");
    stage.merchant.change("PATCH", "/admin/extensions/regulars", &json!({ "enabled": true }));
}

#[test]
fn every_page_about_a_feature_that_is_left_out_is_sound() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        let inspector = Inspector::new();
        sign_in(&tab);
        // It looks for settings that it does not have.
        switch_on(stage, &tab, "minimum-order");
        let (_shopper, shop) = stage.tab();
        go_to_checkout(&shop, "harbour-mug");
        shop.follow("Order and pay…");
        inspector.inspect(tab.go("/admin/features").says("Last error"), "admin-features-with-an-error");
        for _ in 1..5 {
            shop.follow("Order and pay…");
        }
        for (name, path) in [
            ("admin-features-left-out", "/admin/features"),
            ("admin-feature-left-out", "/admin/features/regulars"),
            ("admin-overview-left-out", "/admin"),
        ] {
            tab.go(path).says("This feature is left out for now").says("cannot be read");
            inspector.inspect(&tab, name);
        }
        tab.go("/admin/features/regulars").follow("Call it again now");
        tab.says("It is called again from now on.").lacks("left out for now");
        inspector.end();
    });
}

#[test]
fn every_page_about_events_that_could_not_be_handled_is_sound() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        let inspector = Inspector::new();
        sign_in(&tab);
        switch_on(stage, &tab, "thank-you-coupon");
        // A coupon that takes off more than everything is refused, however often it is tried.
        let settings = json!({ "from": 0, "percent": 900 });
        stage.merchant.change("PUT", "/admin/extensions/regulars/settings", &settings);
        let (_shopper, shop) = stage.tab();
        buy(&shop, "harbour-mug", "guest@example.com");
        until_dead(stage);
        inspector.inspect(tab.go("/admin").says("1 event could not be handled"), "admin-overview-with-a-dead-event");
        inspector.inspect(tab.go("/admin/outbox").says("tried 12 times"), "admin-messages-dead");
        tab.follow("Give up");
        inspector.inspect(tab.says("Given up."), "admin-messages-given-up");
        tab.lacks("tried 12 times");
        inspector.end();
    });
}

/// Lets time pass until an event has been tried too often.
fn until_dead(stage: &Stage) {
    let state = || {
        let open = stage.merchant.get("/admin/deliveries");
        let own = open.as_array().unwrap().iter().find(|one| one["extension"] == "regulars").cloned();
        own.map(|own| (own["dead"] == true, own["attempts"].as_u64().unwrap()))
    };
    let mut tried = 0;
    loop {
        let (dead, attempts) = poll(|| state().filter(|(_, attempts)| *attempts > tried)).expect("it is tried again");
        if dead {
            return;
        }
        tried = attempts;
        // Each pause is twice as long as the one before.
        stage.merchant.advance((10 * SECOND) << (attempts - 1));
    }
}

#[test]
fn every_page_about_a_second_factor_is_sound() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        let inspector = Inspector::new();
        sign_in(&tab);
        inspector.inspect(tab.go("/admin/security"), "admin-second-factor");
        tab.follow("Set it up");
        inspector.inspect(&tab, "admin-second-factor-key");
        let secret = totp_rs::Secret::try_from_base32(tab.text_of("main code")).unwrap();
        let app = totp_rs::Builder::new().with_secret(secret).build().unwrap();
        let code = || app.generate((stage.merchant.now() / SECOND).cast_unsigned()).to_string();
        tab.fill("The code that it shows", "12").follow("Confirm");
        inspector.inspect(tab.says("The code is wrong"), "admin-second-factor-with-error");
        tab.fill("The code that it shows", &code()).follow("Confirm");
        inspector.inspect(tab.says("They are shown this once"), "admin-second-factor-recovery-codes");
        tab.follow("I have kept them");
        inspector.inspect(tab.says("Turn it off"), "admin-second-factor-in-force");
        tab.follow("Sign out");
        tab.fill("E-mail", ADMIN).fill("Password", PASSWORD).follow("Sign in");
        inspector.inspect(tab.says("Enter the code"), "admin-sign-in-with-code");
        // A code is good once.
        stage.merchant.advance(60 * SECOND);
        tab.fill("Password", PASSWORD).fill("Code", &code()).follow("Sign in");
        assert_eq!(tab.path(), "/admin");
        inspector.end();
    });
}
