//! Every page that a merchant may see.

use std::fs;
use std::path::Path;

use crate::admin::sign_in;
use crate::buying::buy;
use crate::checks::Inspector;
use crate::features::{upload, version};
use crate::stage::on_stage;

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
        tab.go("/admin/features/flash-sale").follow("Show the price");
        inspector.inspect(&tab, "admin-feature-preview");
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
