//! How a feature stands: what it costs, why it fails, and that it is left out and called again.

use boomerang_engine::Point;
use boomerang_shop::demo::SHOP;
use boomerang_shop::extensions::manage::Actor;
use boomerang_shop::extensions::stats::Cost;
use boomerang_shop::platform::Platform;

use crate::browser::{Browser, Page, START, demo};
use crate::guest::{TRAPS, component};

const PAGE: &str = "/admin/features/trips";
const LEFT_OUT: &str = "This feature is left out for now";
/// Failures in a row that open a breaker.
const PATIENCE: usize = 5;

/// A shop where somebody's feature is on that runs into a trap whenever it is to price a cart.
async fn trap_in_the_chain(platform: &Platform) -> Browser {
    let browser = Browser::of_owner(platform).await;
    let form = browser.get("/admin/feature-upload").await.form("/admin/feature-upload");
    let asked = browser.upload(&form, &component("trips", "1.0.0", &[], TRAPS)).await.location;
    let installed = browser.send(browser.get(&asked).await.form(&asked)).await.location;
    assert_eq!(installed, format!("{PAGE}?done=installed"));
    let switch = browser.get(PAGE).await.form(&format!("{PAGE}/switch")).with("enabled", "true");
    browser.send(switch).await;
    browser
}

fn cost(platform: &Platform, feature: &str) -> Cost {
    platform.extensions.stats().of(SHOP, feature)
}

/// The part of the list of features that is about one.
fn card<'a>(list: &'a Page, feature: &str) -> &'a str {
    let start = list.text.find(&format!("aria-labelledby=\"f-{feature}\"")).unwrap();
    list.text[start..].split("</article>").next().unwrap()
}

/// What stands beside a name in a list of figures.
#[track_caller]
fn figure(part: &str, name: &str) -> String {
    let value = part.split(&format!("<dt>{name}</dt><dd")).nth(1).unwrap_or_else(|| panic!("no {name} in {part}"));
    value.split('>').nth(1).unwrap().trim_end_matches("</dd").replace('\u{a0}', " ")
}

#[tokio::test]
async fn a_feature_that_fails_says_why_also_while_it_is_still_called() {
    let platform = demo().await;
    let browser = trap_in_the_chain(&platform).await;
    browser.get("/c/kitchen").await.shows("Supper bowl");
    let why = cost(&platform, "trips").last_failure.unwrap().detail;
    assert!(why.contains("unreachable"), "{why}");
    let list = browser.get("/admin/features").await;
    let own = card(&list, "trips");
    assert!(!own.contains(LEFT_OUT), "{own}");
    assert!(own.contains("Last error, 2 March 2026, 09:00 CET") && own.contains("unreachable"), "{own}");
    assert_eq!(figure(own, "Errors"), "1");
    assert!(!card(&list, "flash-sale").contains("Last error"));
    browser.get(PAGE).await.shows("Last error, 2 March 2026").shows("Change what a cart costs: ").shows("unreachable");
    browser.get("/admin").await.shows("Everything that is switched on works.");
}

#[tokio::test]
async fn a_feature_that_keeps_failing_is_left_out_and_says_so_until_somebody_has_it_called_again() {
    let platform = demo().await;
    let browser = trap_in_the_chain(&platform).await;
    for _ in 0..PATIENCE + 2 {
        browser.get("/c/kitchen").await.shows("Supper bowl");
    }
    assert_eq!(cost(&platform, "trips").calls, PATIENCE as u64, "shoppers no longer wait for it");
    assert_eq!(cost(&platform, "trips").failures, PATIENCE as u64);
    let list = browser.get("/admin/features").await;
    assert!(card(&list, "trips").contains(LEFT_OUT), "{}", list.text);
    assert!(!card(&list, "flash-sale").contains(LEFT_OUT));
    for page in [&list, &browser.get(PAGE).await, &browser.get("/admin").await] {
        page.shows(LEFT_OUT).shows("It kept failing when it was to change what a cart costs").shows("unreachable");
    }
    let page = browser.get(PAGE).await;
    page.shows("It is tried again at 2 March 2026, 09:00 CET").shows("Call it again now");

    let pressed = browser.send(page.form(&format!("{PAGE}/reset"))).await;
    assert_eq!(pressed.location, format!("{PAGE}?done=reset"));
    assert_eq!(browser.last_action().await, "extension.breaker-reset trips");
    let page = browser.get(&pressed.location).await;
    page.shows("It is called again from now on.");
    assert!(!page.text.contains(LEFT_OUT), "{}", page.text);
    browser.get("/admin").await.shows("Everything that is switched on works.");
    browser.get("/c/kitchen").await;
    assert_eq!(cost(&platform, "trips").calls, PATIENCE as u64 + 1, "it is called again");
    browser.get("/admin/audit").await.shows("Had a feature called again");
}

#[tokio::test]
async fn a_breaker_of_what_is_not_there_is_not_closed() {
    let platform = demo().await;
    let browser = Browser::of_owner(&platform).await;
    let (shop, actor) = (browser.shop().await, Actor { name: "admin:adm_1", now: START });
    let before = browser.last_action().await;
    assert!(!platform.extensions.reset_breaker(&shop, "nothing", Point::CartPricing, &actor).await.unwrap());
    let switch = browser.get("/admin/features").await.form("/admin/features/flash-sale/switch");
    let mut reset = switch;
    reset.action = "/admin/features/nothing/reset".into();
    assert_eq!(browser.send(reset).await.status, 404);
    assert_eq!(browser.last_action().await, before);
}

/// The microseconds that a page shows, and how coarsely it does.
fn micros(shown: &str) -> (u64, u64) {
    let (number, unit) = shown.split_once(' ').unwrap();
    match (unit, number.split_once('.')) {
        ("µs", None) => (number.parse().unwrap(), 1),
        ("ms", Some((whole, part))) => {
            (whole.parse::<u64>().unwrap() * 1_000 + part.parse::<u64>().unwrap() * 100, 100)
        }
        ("ms", None) => (number.parse::<u64>().unwrap() * 1_000, 1_000),
        _ => panic!("{shown} is no time"),
    }
}

#[tokio::test]
async fn what_a_feature_costs_stands_on_its_card_and_on_its_page() {
    let platform = demo().await;
    let browser = trap_in_the_chain(&platform).await;
    for path in ["/c/kitchen", "/p/harbour-mug", "/c/kitchen"] {
        browser.get(path).await;
    }
    let list = browser.get("/admin/features").await;
    for feature in ["flash-sale", "trips"] {
        let known = cost(&platform, feature);
        assert!(known.calls > 0);
        let page = browser.get(&format!("/admin/features/{feature}")).await;
        for part in [card(&list, feature), &page.text] {
            assert_eq!(figure(part, "Calls"), known.calls.to_string());
            assert_eq!(figure(part, "Errors"), known.failures.to_string());
            for (name, exact) in [("Usual time", known.p50_micros), ("Slowest in 100", known.p99_micros)] {
                let (shown, unit) = micros(&figure(part, name));
                assert_eq!(shown, exact / unit * unit, "{name} of {feature}");
            }
        }
    }
}

#[tokio::test]
async fn a_feature_that_nobody_has_called_has_taken_no_time() {
    let platform = demo().await;
    let list = Browser::of_owner(&platform).await.get("/admin/features").await;
    let own = card(&list, "checkout-autofill");
    assert_eq!((figure(own, "Calls"), figure(own, "Usual time")), ("0".to_owned(), "–".to_owned()));
}
