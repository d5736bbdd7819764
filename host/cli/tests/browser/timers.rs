//! Sales that end.

use serde_json::json;

use crate::stage::{Look, Stage, Tab, merchant::SECOND, on_stage};

/// A product whose sale ends half an hour after the demo began.
const ON_SALE: &str = "/p/harbour-mug";
/// What it costs, on sale and before.
const REDUCED: &str = "€12.67";
const LIST: &str = "€14.90";

/// Puts the device's own clock wrong by years, before any script of a page runs, and lets it be moved.
const WRONG_CLOCK: &str = "{
    const real = Date;
    window.wrongNow = 1e12;
    window.Date = class extends real { constructor(...parts) { parts.length ? super(...parts) : super(wrongNow); } };
    Date.now = () => wrongNow;
    Date.isWrong = true;
}";

/// The seconds that the digits show, on the page.
const DIGITS: &str = "((digits) => {
    const [days, time] = digits.includes('d') ? digits.split('d ') : [0, digits];
    return time.split(':').reduce((all, part) => all * 60 + Number(part), 0) + days * 86400;
})(document.querySelector('[role=timer]').innerText)";

/// Waits until the timer has counted on by some seconds, many looks of the page at its clock.
fn goes_on(tab: &Tab) {
    let before = shown(tab);
    tab.until("the timer to go on", &format!("{DIGITS} <= {before} - 3"));
}

/// The amount at the end of a text such as `Order and pay €17.57`, in cents.
fn cents(text: &str) -> i64 {
    let amount = text.rsplit('€').next().unwrap();
    amount.replace(['.', ','], "").trim().parse().unwrap_or_else(|_| panic!("{text} ends in no amount"))
}

/// How many seconds the timer shows.
fn shown(tab: &Tab) -> i64 {
    let digits = tab.text_of("[role=timer]");
    let (days, time) =
        digits.split_once("d ").map_or((0, digits.as_str()), |(days, time)| (days.parse().unwrap(), time));
    let parts: Vec<i64> = time.split(':').map(|part| part.parse().unwrap_or_else(|_| panic!("{digits}"))).collect();
    assert_eq!(parts.len(), 3, "{digits}");
    days * 86_400 + parts[0] * 3_600 + parts[1] * 60 + parts[2]
}

/// How many seconds are left by the server's clock.
fn left(stage: &Stage, tab: &Tab) -> i64 {
    let ends = tab.string("document.querySelector('[data-ends]').dataset.ends").parse::<i64>().unwrap();
    (ends - stage.merchant.now() + 999) / SECOND
}

/// What a timer shows is what the server knows, give or take the time that asking takes.
#[track_caller]
fn is_right(stage: &Stage, tab: &Tab) {
    let (before, digits, after) = (left(stage, tab), shown(tab), left(stage, tab));
    assert!(
        (after - 1..=before + 1).contains(&digits),
        "the timer shows {digits} s, and {after} to {before} s are left"
    );
}

/// Moves the clock so that the sale ends in so many milliseconds.
fn nearly_end(stage: &Stage, tab: &Tab, left: i64) {
    let ends = tab.string("document.querySelector('[data-ends]').dataset.ends").parse::<i64>().unwrap();
    stage.merchant.advance(ends - stage.merchant.now() - left);
}

#[test]
fn f2_the_timer_shows_the_same_after_a_reload_in_a_second_tab_and_under_a_wrong_device_clock() {
    on_stage(|stage| {
        let (visitor, tab) = stage.tab();
        tab.go(ON_SALE);
        is_right(stage, &tab);
        tab.go(ON_SALE);
        is_right(stage, &tab);
        let second = visitor.tab();
        second.go(ON_SALE);
        is_right(stage, &second);
        assert!((shown(&tab) - shown(&second)).abs() <= 1);
        let stranger = stage.visitor();
        let wrong = stranger.tab();
        wrong.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WRONG_CLOCK }));
        wrong.go(ON_SALE);
        assert_eq!(wrong.eval("Date.isWrong && Date.now()"), 1_000_000_000_000_i64);
        is_right(stage, &wrong);
        // It goes on counting while the wrong clock stands still, and when that clock jumps, forwards and back.
        goes_on(&wrong);
        is_right(stage, &wrong);
        for jump in ["5e12", "2e11"] {
            wrong.eval(&format!("window.wrongNow = {jump}; window.isSamePage = true"));
            goes_on(&wrong);
            is_right(stage, &wrong);
            assert_eq!(wrong.eval("window.isSamePage"), true, "the page was loaded again");
        }
    });
}

#[test]
fn f2_at_zero_price_and_button_change_without_a_reload() {
    on_stage(|stage| {
        let (visitor, tab) = stage.tab();
        tab.go(ON_SALE).follow("Add to cart");
        tab.go(ON_SALE);
        nearly_end(stage, &tab, 12 * SECOND);
        tab.go(ON_SALE).says(REDUCED).eval("window.isSamePage = true");
        let cart = visitor.tab();
        cart.go("/cart").says(REDUCED).eval("window.isSamePage = true");
        tab.until("the price of every day", &format!("document.querySelector('.price-now').innerText === {LIST:?}"));
        tab.lacks(REDUCED).lacks("Lowest price");
        assert_eq!(tab.eval("document.querySelector('[role=timer]')"), serde_json::Value::Null);
        cart.until("the sum of every day", &format!("document.querySelector('dd.total').innerText === {LIST:?}"));
        for tab in [&tab, &cart] {
            assert_eq!(tab.eval("window.isSamePage"), true, "{} was loaded again", tab.path());
            assert_eq!(tab.record().complaints(), [""; 0]);
        }
    });
}

/// Lets carts in checkout follow the price of the moment, in the place of a while at the old one.
fn follow_the_moment(stage: &Stage) {
    let mut settings = stage.merchant.get("/admin/extensions/flash-sale")["settings"].clone();
    for sale in settings["sales"].as_array_mut().unwrap() {
        sale["cart_policy"] = "live".into();
    }
    stage.merchant.change("PUT", "/admin/extensions/flash-sale/settings", &settings);
}

/// What the button in the checkout says, which is always the sum above it.
#[track_caller]
fn button(tab: &Tab) -> String {
    let says = tab.text_of("button[value=place]");
    assert_eq!(says, format!("Order and pay {}", tab.text_of("dd.total")));
    says
}

/// Waits until the button says something else.
fn until_another_sum(tab: &Tab, before: &str) {
    let says = "document.querySelector('button[value=place]').innerText.replace(/\\s/g, ' ')";
    tab.until("another sum on the button", &format!("{says} !== {before:?}"));
}

#[test]
fn f2_f4_the_button_that_orders_says_the_price_of_before_zero_and_of_after() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        follow_the_moment(stage);
        tab.go(ON_SALE).follow("Add to cart");
        nearly_end(stage, &tab, 8 * SECOND);
        tab.go("/checkout").eval("window.isSamePage = true");
        let before = button(&tab);
        until_another_sum(&tab, &before);
        assert_eq!(cents(&button(&tab)) - cents(&before), cents(LIST) - cents(REDUCED));
        assert_eq!(tab.eval("window.isSamePage"), true, "the page was loaded again");
    });
}

#[test]
fn f2_c11_a_checkout_that_cannot_reach_the_shop_at_zero_loses_nothing_and_asks_again() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        follow_the_moment(stage);
        tab.go(ON_SALE).follow("Add to cart");
        nearly_end(stage, &tab, 8 * SECOND);
        tab.go("/checkout").fill("Full name", "Gus Guest").eval("window.isSamePage = true");
        let before = button(&tab);
        let reach = |offline: bool| {
            let network = json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
            tab.call("Network.emulateNetworkConditions", network);
        };
        reach(true);
        tab.until("the sale to be over", "document.querySelector('.timer-over') !== null");
        // Long enough for the page to have asked again in vain.
        tab.until(
            "more tries",
            "performance.getEntriesByType('resource').filter((one) => one.name.endsWith('/checkout')).length >= 2",
        );
        assert_eq!(tab.eval("window.isSamePage"), true, "the page was loaded again");
        assert_eq!((tab.value("Full name").as_str(), button(&tab)), ("Gus Guest", before.clone()));
        reach(false);
        until_another_sum(&tab, &before);
        assert_eq!(tab.eval("window.isSamePage"), true, "the page was loaded again");
        assert_eq!(tab.value("Full name"), "Gus Guest");
    });
}

#[test]
fn f3_the_timer_has_its_role_speaks_rarely_and_stands_still_for_those_who_ask() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        tab.look(Look { still: true, ..Look::PHONE });
        tab.go(ON_SALE);
        let timers = tab.things().into_iter().filter(|thing| thing.role == "timer").count();
        assert_eq!(timers, 1, "one timer for all variants");
        let first = shown(&tab);
        tab.until("the timer to go on", &format!("{DIGITS} < {first}"));
        assert_eq!(tab.string("document.querySelector('[role=timer]').getAttribute('aria-live')"), "off");
        assert_eq!(
            tab.string("document.getElementById('announcer').innerText"),
            "",
            "nothing is read out at every second"
        );
        let moving = "[...document.querySelectorAll('*')].filter((one) => {
            const style = getComputedStyle(one);
            return style.animationName !== 'none' || style.transitionDuration.split(', ').some((time) => parseFloat(time) > 0) && style.transitionProperty !== 'none';
        }).length";
        assert_eq!(tab.number(moving), 0.0);
        // It is said once when ten minutes are left.
        nearly_end(stage, &tab, 601 * SECOND);
        tab.go(ON_SALE).until(
            "words for those who do not see it",
            "/10 minutes left/.test(document.getElementById('announcer').textContent)",
        );
    });
}

#[test]
fn f2_without_scripts_the_absolute_end_stands_there_with_its_zone() {
    on_stage(|stage| {
        let visitor = stage.visitor();
        let tab = visitor.tab_without_scripts();
        tab.go(ON_SALE);
        let until = tab.text_of(".timer time");
        let zone = until.rsplit(' ').next().unwrap();
        assert!(["CET", "CEST"].contains(&zone), "{until}");
        assert_eq!(
            tab.eval("document.querySelector('[role=timer]').checkVisibility()"),
            false,
            "no digits that stand still"
        );
        tab.says(REDUCED);
    });
}
