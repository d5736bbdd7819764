//! Features: what a merchant sees of extensions and does with them.

use boomerang_shop::store::installations::InstallationRow;
use serde_json::Value;

use crate::browser::{Browser, components, demo, demo_with};
use crate::forms::Form;
use crate::guest::{CHANGES_NOTHING, component};

const FEATURES: [&str; 4] = ["auto-account", "checkout-autofill", "flash-sale", "loyalty-points"];

async fn row(browser: &Browser, id: &str) -> InstallationRow {
    let rows = browser.platform.extensions.rows(&browser.shop().await).await.unwrap();
    rows.into_iter().find(|row| row.extension == id).unwrap()
}

fn path(feature: &str, action: &str) -> String {
    format!("/admin/features/{feature}{action}")
}

async fn settings(browser: &Browser, feature: &str) -> Form {
    browser.get(&path(feature, "")).await.form(&path(feature, "/settings"))
}

#[tokio::test]
async fn f_a_switch_acts_on_the_next_request_and_is_in_the_audit_log() {
    let platform = demo().await;
    let browser = Browser::of_owner(&platform).await;
    let on_sale = "−20 %";
    browser.get("/").await.shows(on_sale);
    let list = browser.get("/admin/features").await;
    let page = browser.send(list.form(&path("flash-sale", "/switch")).with("enabled", "false")).await;
    assert_eq!(page.location, "/admin/features?done=off");
    assert!(!browser.get("/").await.text.contains(on_sale), "the very next page has no sale");
    assert_eq!(browser.last_action().await, "extension.disable flash-sale");
    let page = browser.get(&path("flash-sale", "")).await;
    browser.send(page.form(&path("flash-sale", "/switch")).with("enabled", "true")).await;
    browser.get("/").await.shows(on_sale);
    assert_eq!(browser.last_action().await, "extension.enable flash-sale");
    browser.get("/admin/audit").await.shows("Robin").shows("Switched a feature on");
}

#[tokio::test]
async fn every_setting_of_every_feature_is_on_its_form_and_comes_back_as_it_was() {
    let platform = demo().await;
    let browser = Browser::of_owner(&platform).await;
    for feature in FEATURES {
        let before = row(&browser, feature).await;
        let form = settings(&browser, feature).await;
        let page = browser.send(form.clone()).await;
        assert_eq!(page.location, format!("{}?done=saved", path(feature, "")), "{feature}: {}", page.text);
        let after = row(&browser, feature).await;
        assert_eq!(after.settings, before.settings, "{feature}");
        assert_eq!(after.prepared, before.prepared, "{feature}");
        let mut leaves = Vec::new();
        pointers(&before.settings, String::new(), &mut leaves);
        let page = browser.get(&path(feature, "")).await;
        for leaf in leaves {
            let found = page.text.contains(&format!("name=\"{leaf}\""));
            assert!(found, "{feature} has no field for {leaf}");
        }
    }
}

/// The pointers of everything that has a field of its own.
fn pointers(value: &Value, name: String, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(key, value)| pointers(value, format!("{name}/{key}"), found));
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            items.iter().enumerate().for_each(|(number, item)| pointers(item, format!("{name}/{number}"), found));
        }
        Value::Array(items) if items.is_empty() => {}
        _ => found.push(name),
    }
}

#[tokio::test]
async fn a_wrong_setting_names_its_field_and_loses_nothing_that_was_typed() {
    let platform = demo().await;
    let browser = Browser::of_owner(&platform).await;
    let before = row(&browser, "flash-sale").await.settings;
    let form = settings(&browser, "flash-sale").await;
    let form = form.fill("/max_days", "a fortnight").fill("/sales/0/title", "").fill("/sales/1/title", "Typed & kept");
    let page = browser.send(form).await;
    assert_eq!(page.status, 422);
    page.shows("Nothing was saved").shows("Enter a whole number from 1 to 60.").shows("Fill this in.");
    page.shows("href=\"#set-max-days\"").shows("id=\"set-max-days-error\"").shows("aria-invalid=\"true\"");
    let shown = page.form(&path("flash-sale", "/settings"));
    assert_eq!(shown.value("/max_days"), Some("a fortnight"));
    assert_eq!(shown.value("/sales/1/title"), Some("Typed & kept"));
    assert_eq!(row(&browser, "flash-sale").await.settings, before);
}

#[tokio::test]
async fn what_the_extension_itself_refuses_stands_at_its_field_too() {
    let platform = demo().await;
    let browser = Browser::of_owner(&platform).await;
    let form = settings(&browser, "flash-sale").await;
    let starts = form.value("/sales/0/starts").unwrap().to_owned();
    let page = browser.send(form.fill("/sales/0/ends", &starts)).await;
    assert_eq!(page.status, 422);
    page.shows("id=\"set-sales-0-ends-error\"");
}

#[tokio::test]
async fn items_are_added_and_removed_without_scripts_and_without_saving() {
    let platform = demo().await;
    let browser = Browser::of_owner(&platform).await;
    let before = row(&browser, "loyalty-points").await.settings;
    let form = settings(&browser, "loyalty-points").await.fill("/name/many", "stars");
    let page = browser.send(form.with("add", "/tiers/levels")).await;
    page.shows("Not saved yet");
    let form = page.form(&path("loyalty-points", "/settings"));
    assert_eq!(form.value("/name/many"), Some("stars"));
    let form = form.fill("/tiers/levels/3/id", "platinum").fill("/tiers/levels/3/name", "Platinum");
    let form = form.fill("/tiers/levels/3/from", "2000");
    let page = browser.send(form.with("remove", "/tiers/levels/0")).await;
    let form = page.form(&path("loyalty-points", "/settings"));
    assert_eq!(form.value("/tiers/levels/2/name"), Some("Platinum"));
    assert_eq!(row(&browser, "loyalty-points").await.settings, before);
    let page = browser.send(form).await;
    assert_eq!(page.status, 303, "{}", page.text);
    let after = row(&browser, "loyalty-points").await.settings;
    assert_eq!(after["tiers"]["levels"][2]["id"], "platinum");
    assert_eq!(after["name"]["many"], "stars");
}

#[tokio::test]
async fn the_pricing_chain_moves_by_button_and_by_dragging() {
    let platform = demo().await;
    let browser = Browser::of_owner(&platform).await;
    let order = async || {
        let rows = platform.extensions.rows(&browser.shop().await).await.unwrap();
        let prices = |row: &InstallationRow| ["flash-sale", "loyalty-points"].contains(&row.extension.as_str());
        rows.into_iter().filter(prices).map(|row| row.extension).collect::<Vec<_>>()
    };
    assert_eq!(order().await, ["flash-sale", "loyalty-points"]);
    let form = browser.get("/admin/features").await.form("/admin/feature-order");
    browser.send(form.with("down", "flash-sale")).await;
    assert_eq!(order().await, ["loyalty-points", "flash-sale"]);
    let mut form = browser.get("/admin/features").await.form("/admin/feature-order");
    form.fields.retain(|(name, _)| name != "order");
    let dragged = form.clone().with("order", "flash-sale").with("order", "loyalty-points");
    assert_eq!(browser.send(dragged).await.location, "/admin/features?done=ordered");
    assert_eq!(order().await, ["flash-sale", "loyalty-points"]);
    assert_eq!(browser.send(form.with("order", "flash-sale")).await.status, 422);
}

#[tokio::test]
async fn a_component_that_is_none_is_refused_with_the_reason() {
    let platform = demo().await;
    let browser = Browser::of_owner(&platform).await;
    let form = browser.get("/admin/feature-upload").await.form("/admin/feature-upload");
    let page = browser.upload(&form, b"no component at all").await;
    assert_eq!(page.status, 422);
    page.shows("This component was refused").shows("not a WebAssembly component");
    browser.upload(&form, b"").await.shows("No file was chosen");
}

#[tokio::test]
async fn somebody_elses_component_shows_what_it_asks_for_and_is_installed_switched_off() {
    let platform = demo().await;
    let browser = Browser::of_owner(&platform).await;
    let wasm = std::fs::read(components().join("plugins/thank-you-coupon.wasm")).unwrap();
    let form = browser.get("/admin/feature-upload").await.form("/admin/feature-upload");
    let asked = browser.upload(&form, &wasm).await.location;
    assert!(asked.starts_with("/admin/feature-upload/"), "{asked}");
    let page = browser.get(&asked).await;
    page.shows("Make coupon codes").shows("What it may change");
    let mut without = page.form(&asked);
    without.fields.retain(|(name, _)| name != "grant");
    browser.send(without).await.shows("onsent is missing");
    let installed = browser.send(page.form(&asked)).await.location;
    assert!(installed.ends_with("?done=installed"), "{installed}");
    let page = browser.get(&installed).await;
    page.shows("aria-checked=\"false\"");
    let again = browser.upload(&form, &wasm).await.location;
    browser.get(&again).await.shows("It takes the place of the version you have");
    let id = installed.trim_start_matches("/admin/features/").split('?').next().unwrap().to_owned();
    browser.send(page.form(&path(&id, "/remove"))).await;
    assert_eq!(browser.last_action().await, format!("extension.remove {id}"));
}

#[tokio::test]
async fn a_removed_feature_is_on_the_shelf_with_what_it_asks_for_and_reports_are_made() {
    let platform = demo().await;
    let browser = Browser::of_owner(&platform).await;
    browser.get(&path("loyalty-points", "/reports/liability?days=90")).await.shows("Points outstanding");
    assert_eq!(browser.get(&path("loyalty-points", "/reports/nothing")).await.status, 404);
    let page = browser.get(&path("loyalty-points", "")).await;
    page.shows("Grant points, take them back and extend them");
    browser.send(page.form(&path("loyalty-points", "/remove"))).await;
    browser.get("/admin/features").await.shows("Ready to be added");
    let page = browser.get(&path("loyalty-points", "")).await;
    let installed = browser.send(page.form(&path("loyalty-points", "/install"))).await;
    assert_eq!(installed.location, "/admin/features/loyalty-points?done=installed");
}

#[tokio::test]
async fn goods_are_picked_by_name_in_settings() {
    let platform = demo().await;
    let browser = Browser::of_owner(&platform).await;
    let form = settings(&browser, "flash-sale").await;
    let before = row(&browser, "flash-sale").await.settings["sales"][0]["products"].clone();
    let page = browser.get(&path("flash-sale", "")).await;
    let mug =
        page.text.split("name=\"/sales/0/products\" value=\"").find(|one| one.contains("<span>Harbour mug</span>"));
    let mug = mug.unwrap().split('"').next().unwrap();
    let form = form.with("remove", "/sales/1").with("/sales/0/products", mug);
    let page = browser.send(form).await;
    let shown = page.form(&path("flash-sale", "/settings"));
    let picked: Vec<_> = shown.fields.iter().filter(|(name, _)| name == "/sales/0/products").collect();
    assert_eq!(picked.len(), 2, "the lamp and the mug");
    assert_eq!(row(&browser, "flash-sale").await.settings["sales"][0]["products"], before, "nothing is saved yet");
}

#[tokio::test]
async fn a_newer_version_on_the_shelf_shows_what_more_and_less_it_wants_and_takes_consent() {
    let newer = component("prices", "2.0.0", &["catalogue", "order-history"], CHANGES_NOTHING);
    let platform = demo_with(&[("prices", &newer)]).await;
    let browser = Browser::of_owner(&platform).await;
    let form = browser.get("/admin/feature-upload").await.form("/admin/feature-upload");
    let older = component("prices", "1.0.0", &["catalogue", "points"], CHANGES_NOTHING);
    let asked = browser.upload(&form, &older).await.location;
    browser.send(browser.get(&asked).await.form(&asked)).await;
    let page = browser.get(&path("prices", "")).await;
    browser.send(page.form(&path("prices", "/switch")).with("enabled", "true")).await;

    let page = browser.get(&path("prices", "")).await;
    page.shows("Version 2.0.0 is here").shows("Version 1.0.0");
    let update = page.text.split("Version 2.0.0 is here").nth(1).unwrap().split("</section>").next().unwrap();
    let (more, less) = update.split_once("It no longer needs to:").unwrap();
    assert!(more.contains("It also wants to:") && more.contains("Read past orders"), "{more}");
    assert!(less.contains("Read points balances") && less.contains("Allow this and update"), "{less}");
    assert!(!update.contains("Read products"), "what it may do already is not asked for again: {update}");

    let mut without = page.form(&path("prices", "/install"));
    without.fields.retain(|(_, value)| value != "order-history");
    assert_eq!(browser.send(without).await.status, 422);
    assert_eq!(row(&browser, "prices").await.grants.len(), 2, "nothing is updated without consent");
    let updated = browser.send(page.form(&path("prices", "/install"))).await;
    assert_eq!(updated.location, format!("{}?done=updated", path("prices", "")), "{}", updated.text);
    let page = browser.get(&updated.location).await;
    page.shows("Updated. Its settings and its place stay as they were.").shows("Version 2.0.0");
    assert!(!page.text.contains("is here"), "{}", page.text);
    assert!(row(&browser, "prices").await.enabled, "it stays switched on");
}
