//! Every page that a merchant may see.

use crate::admin::sign_in;
use crate::buying::buy;
use crate::checks::Inspector;
use crate::stage::{on_stage, tools};

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
        tab.go("/admin/features/flash-sale").follow("Show the price");
        inspector.inspect(&tab, "admin-feature-preview");
        let reports = tab
            .go("/admin/features/loyalty-points")
            .eval("[...document.querySelectorAll('a[href*=\"/reports/\"]')].map((link) => link.getAttribute('href'))");
        for report in reports.as_array().unwrap().iter().map(|path| path.as_str().unwrap()) {
            inspector.inspect(tab.go(report), &format!("admin-report-{}", report.rsplit('/').next().unwrap()));
        }
        tab.go("/admin/feature-upload");
        inspector.inspect(&tab, "admin-upload");
        tab.attach("WebAssembly component…", &tools::plugin("thank-you-coupon")).follow("Look at it");
        inspector.inspect(&tab, "admin-upload-consent");
        inspector.end();
    });
}
