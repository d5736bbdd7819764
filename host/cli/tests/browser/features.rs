//! Features: what a merchant does with extensions.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::admin::sign_in;
use crate::stage::{Tab, on_stage, tools};

#[test]
fn a_feature_that_is_switched_off_is_gone_from_the_next_page_of_every_shopper() {
    on_stage(|stage| {
        let (_shopper, shop) = stage.tab();
        let (_merchant, tab) = stage.tab();
        shop.go("/p/reading-lamp").says("Lowest price of the last 30 days before");
        sign_in(&tab);
        tab.go("/admin/features/flash-sale");
        tab.follow("Flash sale");
        tab.says("Switched off.");
        shop.go("/p/reading-lamp").lacks("Lowest price of the last 30 days before");
        tab.follow("Flash sale");
        tab.says("Switched on.");
        shop.go("/p/reading-lamp").says("Lowest price of the last 30 days before");
    });
}

#[test]
fn a_wrong_setting_is_said_at_its_field_with_help_and_a_right_one_is_in_force() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        sign_in(&tab);
        tab.go("/admin/features/flash-sale");
        let field = "document.getElementById('set-max-days')";
        let name = tab.string(&format!("{field}.labels[0].innerText"));
        let help = tab.string(&format!("document.getElementById({field}.getAttribute('aria-describedby')).innerText"));
        assert!(help.len() > 10, "every setting has help: {help:?}");
        tab.fill(&name, "a fortnight").follow("Save settings");
        tab.says("Nothing was saved").says("Enter a whole number");
        assert_eq!(tab.value(&name), "a fortnight");
        assert_eq!(tab.string(&format!("{field}.getAttribute('aria-invalid')")), "true");
        // The list of errors leads to the field.
        tab.press(&name).until("the field to have the focus", &format!("document.activeElement === {field}"));
        tab.fill(&name, "12").follow("Save settings");
        tab.says("Saved. The settings are in force.");
        assert_eq!(stage.merchant.get("/admin/extensions/flash-sale")["settings"]["max_days"], 12);
    });
}

#[test]
fn a_cart_is_previewed_at_any_instant_before_a_feature_is_switched_on() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        sign_in(&tab);
        tab.go("/admin/features/flash-sale").follow("Flash sale");
        tab.says("Switched off.");
        let lamp = "[...document.querySelector('select[name=variant]').options].find((one) => one.text.startsWith('Reading lamp')).text.trim()";
        let lamp = tab.string(lamp);
        tab.choose("Product", &lamp).follow("Show the price");
        tab.says("it changes the price by").says("Three bright days");
        // A month on the sale is over.
        let later = "(() => { const at = document.getElementById('at'); const then = new Date(at.value); then.setMonth(then.getMonth() + 1); return then.toISOString().slice(0, 16); })()";
        let later = tab.string(later);
        tab.set("When, in the shop's time", &later).follow("Show the price");
        tab.says("It changes nothing at");
    });
}

#[test]
fn a_preview_is_put_together_with_the_keyboard_alone() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        sign_in(&tab);
        tab.go("/admin/features/loyalty-points").tab_to("Add a product").leave(|| {
            tab.key("Enter");
        });
        // The new line has the focus.
        let focused = || tab.focused().map(|thing| thing.name);
        assert_eq!(focused().as_deref(), Some("Product 2"));
        tab.key("ArrowDown").key("ArrowDown").key("Tab");
        assert_eq!(focused().as_deref(), Some("Units 2"));
        tab.call("Input.insertText", json!({ "text": "2" }));
        tab.tab_to("Customer (optional)").call("Input.insertText", json!({ "text": "ada@example.com" }));
        // Enter in a field asks for the price, and takes no line out.
        tab.leave(|| {
            tab.key("Enter");
        });
        tab.says("With Loyalty points").says("How many points to spend");
        assert_eq!(tab.value("Units 2"), "2");
        tab.tab_to("How many points to spend").call("Input.insertText", json!({ "text": "5" }));
        tab.tab_to("Remove product 1").leave(|| {
            tab.key("Enter");
        });
        assert_eq!(tab.eval("document.querySelectorAll('select[name=variant]').length"), 1);
        assert_eq!(tab.value("Customer (optional)"), "ada@example.com");
    });
}

#[test]
fn a_preview_is_put_together_without_scripts() {
    on_stage(|stage| {
        let visitor = stage.visitor();
        let tab = visitor.tab_without_scripts();
        sign_in(&tab);
        tab.go("/admin/features/loyalty-points").follow("Add a product");
        let name = tab.string("document.getElementById('line-2').options[2].text");
        tab.choose("Product 2", &name).fill("Customer (optional)", "ada@example.com").follow("Show the price");
        tab.fill("How many points to spend", "50").follow("Show the price");
        tab.says("Paid with 50 points").says("it changes the price by −€2.50");
        assert_eq!(tab.value("Customer (optional)"), "ada@example.com");
    });
}

#[test]
fn the_pricing_chain_is_put_into_another_order_by_dragging() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        sign_in(&tab);
        tab.go("/admin/features");
        let order = "[...document.querySelectorAll('[data-id]')].map((item) => item.dataset.id)";
        assert_eq!(tab.eval(order), json!(["flash-sale", "loyalty-points"]));
        tab.leave(|| tab.drag("[data-id=loyalty-points]", "[data-id=flash-sale]"));
        tab.says("The new order is in force.");
        assert_eq!(tab.go("/admin/features").eval(order), json!(["loyalty-points", "flash-sale"]));
    });
}

/// A version of somebody's feature that does what a plugin does which is already built.
pub(crate) fn version(number: &str, plugin: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (wasm, manifest) = (folder.path().join("feature.wasm"), folder.path().join("manifest.json"));
    fs::copy(tools::plugin(plugin), &wasm).unwrap();
    let summary = "Is good to those who come back.";
    // Settings for either of them.
    let whole = |default: u32| json!({ "type": "integer", "default": default });
    let countries = json!({ "type": "array", "items": { "type": "string" }, "default": [] });
    let fields = json!({ "from": whole(5_000), "percent": whole(10), "days": whole(60), "countries": countries });
    let settings = json!({ "type": "object", "properties": fields });
    let said = json!({
        "id": "regulars", "name": "Regulars", "version": number, "summary": summary, "settings": settings,
    });
    fs::write(&manifest, said.to_string()).unwrap();
    let mut pack = Command::new(env!("CARGO_BIN_EXE_boomerang"));
    let packed = pack.arg("pack").arg(&wasm).arg("--manifest").arg(&manifest).output().unwrap();
    assert!(packed.status.success(), "{}", String::from_utf8_lossy(&packed.stderr));
    folder
}

pub(crate) fn upload(tab: &Tab, file: &Path) {
    tab.go("/admin/feature-upload").attach("WebAssembly component…", file).follow("Look at it");
}

#[test]
fn a_third_partys_component_asks_for_consent_and_its_update_shows_what_more_it_wants() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        sign_in(&tab);
        upload(&tab, &version("1.0.0", "free-delivery").path().join("feature.wasm"));
        tab.says("Regulars").says("What it may change").says("Nothing: it only answers");
        tab.follow("Allow this and install");
        tab.says("Installed, and still switched off.");
        assert_eq!(stage.merchant.get("/admin/extensions/regulars")["enabled"], false);
        // A version later it has grown curious.
        upload(&tab, &version("2.0.0", "thank-you-coupon").path().join("feature.wasm"));
        tab.says("It takes the place of the version you have").says("It also wants to:").says("Make coupon codes");
        tab.follow("Allow this and update");
        tab.says("Updated.").says("Version 2.0.0");
    });
}

#[test]
fn what_is_no_component_is_refused_in_words() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        sign_in(&tab);
        let file = tempfile::Builder::new().suffix(".wasm").tempfile().unwrap();
        fs::write(file.path(), "no component at all").unwrap();
        upload(&tab, file.path());
        tab.says("This component was refused").says("not a WebAssembly component");
    });
}
