//! The preview: any cart, of anybody, at any instant, with a feature that is still off and without it.

use boomerang_shop::demo::SHOP;
use boomerang_shop::extensions::stats::Cost;
use boomerang_shop::platform::Platform;

use crate::browser::{Browser, Page, demo};
use crate::forms::Form;
use crate::guest::{TAKES_CODES, TRAPS, component};

const REDEEM: &str = "attribute:loyalty-points.redeem";

fn address(feature: &str) -> String {
    format!("/admin/features/{feature}/preview")
}

/// A browser of the owner in a shop where a feature is off, and the form of its preview.
async fn off(platform: &Platform, feature: &str) -> (Browser, Form) {
    let browser = Browser::of_owner(platform).await;
    let page = format!("/admin/features/{feature}");
    let switch = browser.get(&page).await.form(&format!("{page}/switch")).with("enabled", "false");
    browser.send(switch).await;
    let form = browser.get(&page).await.form(&address(feature));
    (browser, form)
}

/// Installs somebody's component, which stays switched off, and gives the form of its preview.
async fn upload(browser: &Browser, id: &str, prices: &str) -> Form {
    let form = browser.get("/admin/feature-upload").await.form("/admin/feature-upload");
    let asked = browser.upload(&form, &component(id, "1.0.0", &[], prices)).await.location;
    browser.send(browser.get(&asked).await.form(&asked)).await;
    browser.get(&format!("/admin/features/{id}")).await.form(&address(id))
}

/// The choice of this name on a page with the form.
#[track_caller]
fn choice(page: &Page, name: &str) -> String {
    let option = page.text.split("<option value=\"").find(|option| option.contains(&format!(">{name}</option>")));
    option.unwrap_or_else(|| panic!("{name} cannot be chosen")).split('"').next().unwrap().to_owned()
}

/// What one side of the answer says is to be paid.
#[track_caller]
fn to_pay(page: &Page, side: &str) -> String {
    let part = page.text.split(&format!("<h3>{side}")).nth(1).unwrap_or_else(|| panic!("{}", page.text));
    part.split("<dd class=\"total\">").nth(1).unwrap().split('<').next().unwrap().to_owned()
}

fn cost(platform: &Platform, feature: &str) -> Cost {
    platform.extensions.stats().of(SHOP, feature)
}

#[tokio::test]
async fn a_cart_has_its_price_at_any_instant_with_a_feature_that_is_off_and_is_nobodys_cost() {
    let platform = demo().await;
    let (browser, form) = off(&platform, "flash-sale").await;
    let lamp = choice(&browser.get("/admin/features/flash-sale").await, "Reading lamp, Sun");
    let form = form.fill("variant", &lamp);
    let before = cost(&platform, "flash-sale");
    let page = browser.send(form.clone().fill("at", "2026-03-02T10:00")).await;
    page.shows("it changes the price by <strong>−€15.80</strong>").shows("Three bright days");
    assert_eq!((to_pay(&page, "Without"), to_pay(&page, "With ")), ("€79.00".to_owned(), "€63.20".to_owned()));
    browser
        .send(form.clone().fill("at", "2026-04-02T10:00"))
        .await
        .shows("It changes nothing at 2 April 2026, 10:00 CEST");
    for wrong in ["whenever", "2026-02-30T10:00", ""] {
        let page = browser.send(form.clone().fill("at", wrong)).await;
        assert_eq!(page.status, 422);
        page.shows("Choose a day and time that there is.");
    }
    assert_eq!(cost(&platform, "flash-sale"), before);
    let again = browser.get(&address("flash-sale")).await;
    assert_eq!(again.location, "/admin/features/flash-sale#preview");
}

#[tokio::test]
async fn lines_are_added_and_taken_out_without_scripts_and_nothing_entered_is_lost() {
    let platform = demo().await;
    let (browser, form) = off(&platform, "flash-sale").await;
    let page = browser.get("/admin/features/flash-sale").await;
    let (lamp, mug) = (choice(&page, "Reading lamp, Sun"), choice(&page, "Harbour mug, Sea"));
    let form = form.fill("variant", &lamp).fill("units", "2").fill("codes", "SPRING");
    let page = browser.send(form.with("add", "line")).await;
    assert_eq!(page.status, 200);
    let form = page.form(&address("flash-sale"));
    let of = |form: &Form, name: &str| -> Vec<String> {
        form.fields.iter().filter(|(known, _)| known == name).map(|(_, value)| value.clone()).collect()
    };
    assert_eq!((of(&form, "units"), form.value("codes")), (vec!["2".into(), "1".into()], Some("SPRING")));
    assert_eq!(of(&form, "variant"), [lamp.as_str()], "nothing is chosen in the new line");
    assert_eq!(to_pay(&page, "Without"), "€158.00", "a line without a product waits");
    // The new line is where the keyboard goes on.
    page.shows("formaction=\"/admin/features/flash-sale/preview#line-3\"").shows("id=\"line-2\"");
    page.shows("Product<span class=\"visually-hidden\"> 2</span>");
    let place = form.fields.iter().rposition(|(name, _)| name == "units").unwrap();
    let mut two = form.clone();
    two.fields.insert(place, ("variant".into(), mug.clone()));
    let page = browser.send(two).await;
    // Two lamps at 20 % less and a mug at 15 % less, of 2 × 79.00 + 14.90.
    assert_eq!((to_pay(&page, "Without"), to_pay(&page, "With ")), ("€172.90".to_owned(), "€139.07".to_owned()));
    page.shows("Three bright days").shows("The last half hour");
    let page = browser.send(page.form(&address("flash-sale")).with("remove", "0")).await;
    assert_eq!(of(&page.form(&address("flash-sale")), "variant"), [mug]);
    assert_eq!(to_pay(&page, "Without"), "€14.90");
}

#[tokio::test]
async fn a_customer_spends_points_in_a_preview_and_has_them_afterwards() {
    let platform = demo().await;
    let (browser, form) = off(&platform, "loyalty-points").await;
    let lamp = choice(&browser.get("/admin/features/loyalty-points").await, "Reading lamp, Sun");
    let form = form.fill("variant", &lamp).fill("at", "2026-06-02T10:00");
    let nobody = browser.send(form.clone()).await;
    assert!(!nobody.text.contains(REDEEM), "somebody unknown has no points");
    let page = browser.send(form.clone().fill("customer", "Ada@example.com")).await;
    page.shows("How many points to spend").shows("At most ").shows("It changes nothing at");
    let asked = page.form(&address("loyalty-points"));
    let page = browser.send(asked.fill(REDEEM, "50")).await;
    page.shows("Paid with 50 points").shows("it changes the price by <strong>−€2.50</strong>");
    assert_eq!((to_pay(&page, "Without"), to_pay(&page, "With ")), ("€79.00".to_owned(), "€76.50".to_owned()));
    let kept = page.form(&address("loyalty-points"));
    assert_eq!(kept.value(REDEEM), Some("50"));
    browser.send(kept).await.shows("Paid with 50 points");
    assert!(!page.location.contains("ada"), "no address of a customer stands in one of a page");
    for stranger in ["nobody@example.com", "no address"] {
        let page = browser.send(form.clone().fill("customer", stranger)).await;
        assert_eq!(page.status, 422);
        page.shows("Nobody with this e-mail address has an account").shows(stranger);
    }
}

#[tokio::test]
async fn a_code_is_entered_and_delivery_is_chosen() {
    let platform = demo().await;
    let browser = Browser::of_owner(&platform).await;
    let form = upload(&browser, "codes", TAKES_CODES).await;
    let mug = choice(&browser.get("/admin/features/codes").await, "Harbour mug, Sea");
    let form = form.fill("variant", &mug).fill("at", "2026-06-02T10:00").with("delivery", "standard");
    browser.send(form.clone()).await.shows("It changes nothing at");
    let page = browser.send(form.clone().fill("codes", "WELCOME, SPRING")).await;
    page.shows("it changes the price by <strong>−€1.00</strong>").shows("One off").shows("Standard delivery");
    assert_eq!((to_pay(&page, "Without"), to_pay(&page, "With ")), ("€19.80".to_owned(), "€18.80".to_owned()));
    let page = browser.send(form.fill("codes", &"X".repeat(65))).await;
    assert_eq!(page.status, 422);
    page.shows("A code has 1 to 64 characters");
}

#[tokio::test]
async fn what_is_no_cart_is_refused_in_words_and_shown_as_it_was_typed() {
    let platform = demo().await;
    let (browser, form) = off(&platform, "flash-sale").await;
    for (field, value, words) in [
        ("units", "0", "Choose 1 to 9999 units."),
        ("units", "a few", "Choose 1 to 9999 units."),
        ("variant", "", "Choose at least one product."),
        ("variant", "nothing|at-all", "There is no such variant on sale; choose another."),
    ] {
        let page = browser.send(form.clone().fill(field, value)).await;
        assert_eq!(page.status, 422, "{field} {value}");
        page.shows(words);
        match field {
            "units" => assert_eq!(page.form(&address("flash-sale")).value("units"), Some(value)),
            _ => assert!(page.text.contains("<option value=\"\">Choose a product</option>")),
        }
    }
}

#[tokio::test]
async fn a_preview_of_a_feature_that_fails_says_why_and_leaves_its_breaker_alone() {
    let platform = demo().await;
    let browser = Browser::of_owner(&platform).await;
    let form = upload(&browser, "trips", TRAPS).await.fill("at", "2036-03-02T10:00");
    let path = "/admin/features/trips";
    let switch = browser.get(path).await.form(&format!("{path}/switch")).with("enabled", "true");
    browser.send(switch).await;
    for _ in 0..10 {
        browser.send(form.clone()).await.shows("It changes nothing at").shows("unreachable");
    }
    assert_eq!(cost(&platform, "trips"), Cost::default());
    assert!(!browser.get(path).await.text.contains("left out for now"));
    browser.get("/c/kitchen").await;
    assert_eq!(cost(&platform, "trips").calls, 1, "shoppers' carts are still shown to it");
}
