//! What merchants may enter: F1 and F7, and the manifest's schema.

mod support;

use boomerang_sdk::prelude::*;
use boomerang_sdk::time::{DAY, HOUR};
use flash_sale::plan::{CartPolicy, Plan};
use flash_sale::pricing::price_cart;
use flash_sale::settings::{BundleEntry, EarlyEntry, SaleEntry, Settings, check};
use support::{Fake, at, cart, entry, line};

fn ctx(now: Instant) -> Context {
    Context { now, locale: "en".into(), time_zone: "Europe/Vienna".into() }
}

fn prepared(sales: Vec<SaleEntry>, before: Option<&Plan>, now: Instant) -> Result<Plan, Vec<SettingError>> {
    check(Settings { sales, ..Settings::default() }, before, &ctx(now), &Fake::default())
}

fn pointers(result: Result<Plan, Vec<SettingError>>) -> Vec<String> {
    result.unwrap_err().into_iter().map(|error| error.pointer).collect()
}

#[test]
fn f1_wall_times_are_read_in_the_shop_zone_or_their_own() {
    let vienna = entry("a", "2026-07-01T09:00", "2026-07-01T21:00");
    let kolkata = SaleEntry {
        zone: "Asia/Kolkata".into(),
        products: vec!["q".into()],
        ..entry("b", "2026-07-01T09:00", "2026-07-01T21:00")
    };
    let lord_howe = SaleEntry {
        zone: "Australia/Lord_Howe".into(),
        products: vec!["r".into()],
        ..entry("c", "2026-07-01T09:00", "2026-07-01T21:00")
    };
    let plan = prepared(vec![vienna, kolkata, lord_howe], None, 0).unwrap();
    let starts: Vec<_> = plan.sales.iter().map(|sale| sale.window.starts_at).collect();
    assert_eq!(starts, [at("2026-07-01T07:00:00Z"), at("2026-07-01T03:30:00Z"), at("2026-06-30T22:30:00Z")]);
}

#[test]
fn f1_night_when_clocks_go_forward() {
    // On 29 March 2026 clocks in Vienna go from 02:00 to 03:00.
    let plan = prepared(vec![entry("a", "2026-03-29T01:00", "2026-03-29T04:00")], None, 0).unwrap();
    let window = plan.sales[0].window;
    assert_eq!(window.ends_at - window.starts_at, 2 * HOUR);
    let errors = prepared(vec![entry("a", "2026-03-29T02:30", "2026-03-29T04:00")], None, 0).unwrap_err();
    assert_eq!(errors[0].pointer, "/sales/0/starts");
    assert!(errors[0].message.contains("Enter 03:30"), "{}", errors[0].message);
}

#[test]
fn f1_night_when_clocks_go_back() {
    // On 25 October 2026 clocks in Vienna show 02:00 to 03:00 twice: a sale is never shorter than it says.
    let plan = prepared(vec![entry("a", "2026-10-25T02:30", "2026-10-25T02:45")], None, 0).unwrap();
    let window = plan.sales[0].window;
    assert_eq!((window.starts_at, window.ends_at), (at("2026-10-25T00:30:00Z"), at("2026-10-25T01:45:00Z")));
}

#[test]
fn f1_half_hour_clock_changes() {
    // Lord Howe Island changes by half an hour: forward on 4 October 2026 at 02:00, back on 5 April 2026 at 02:00.
    let zone = |entry| SaleEntry { zone: "Australia/Lord_Howe".into(), ..entry };
    let errors = prepared(vec![zone(entry("a", "2026-10-04T02:15", "2026-10-04T04:00"))], None, 0).unwrap_err();
    assert!(errors[0].message.contains("Enter 02:45"), "{}", errors[0].message);
    let plan = prepared(vec![zone(entry("a", "2026-04-05T01:00", "2026-04-05T01:45"))], None, 0).unwrap();
    assert_eq!(plan.sales[0].window.ends_at - plan.sales[0].window.starts_at, HOUR + HOUR / 4);
}

#[test]
fn f1_a_day_of_sale_is_the_day_of_its_own_zone_to_the_millisecond() {
    // WooCommerce #63061, #34915, #23163 and magento2 #6610: sales that start or end at the wrong hour, because a job that
    // changes prices has not run yet, or because the wall time was taken for that of another zone.
    for (zone, starts, ends) in [
        ("UTC", "2026-07-01T00:00:00Z", "2026-07-02T00:00:00Z"),
        ("Europe/Vienna", "2026-06-30T22:00:00Z", "2026-07-01T22:00:00Z"),
        ("America/New_York", "2026-07-01T04:00:00Z", "2026-07-02T04:00:00Z"),
        ("Asia/Ho_Chi_Minh", "2026-06-30T17:00:00Z", "2026-07-01T17:00:00Z"),
        ("Asia/Kathmandu", "2026-06-30T18:15:00Z", "2026-07-01T18:15:00Z"),
        ("Pacific/Kiritimati", "2026-06-30T10:00:00Z", "2026-07-01T10:00:00Z"),
        ("Pacific/Pago_Pago", "2026-07-01T11:00:00Z", "2026-07-02T11:00:00Z"),
    ] {
        let entry = SaleEntry { zone: zone.into(), ..entry("a", "2026-07-01T00:00", "2026-07-02T00:00") };
        assert_reduced_between(entry, starts, ends);
    }
}

#[test]
fn f1_a_sale_over_a_night_of_changing_clocks_keeps_its_wall_times() {
    // The same sources: an hour was lost or won where the start's offset from UTC was used for the end.
    let spring = entry("a", "2026-03-28T00:00", "2026-03-30T00:00");
    assert_reduced_between(spring, "2026-03-27T23:00:00Z", "2026-03-29T22:00:00Z");
    let autumn = entry("a", "2026-10-24T00:00", "2026-10-26T00:00");
    assert_reduced_between(autumn, "2026-10-23T22:00:00Z", "2026-10-25T23:00:00Z");
}

/// Whoever asks for the price gets the reduced one from the first instant on and up to the last, and at no other.
fn assert_reduced_between(entry: SaleEntry, starts: &str, ends: &str) {
    let zone = entry.zone.clone();
    let plan = prepared(vec![entry], None, 0).unwrap();
    let cart = cart(vec![line("p", "v", 1, 10_00)]);
    for (now, reduced) in
        [(at(starts) - 1, false), (at(starts), true), (at(ends) - 1, true), (at(ends), false), (at(ends) + DAY, false)]
    {
        let made = price_cart(&plan, now, &cart, &[], &Fake::default()).unwrap();
        assert_eq!(!made.is_empty(), reduced, "{zone} {starts} at {now}");
    }
}

#[test]
fn f1_times_that_make_no_sense_are_refused_where_they_stand() {
    for (starts, ends, zone, pointer) in [
        ("2026-07-01T09:00", "2026-07-01T09:00", "", "/sales/0/ends"),
        ("2026-07-01T09:00", "2026-07-01T08:00", "", "/sales/0/ends"),
        ("2026-02-30T09:00", "2026-07-01T08:00", "", "/sales/0/starts"),
        ("2026-07-01T09:00", "tomorrow", "", "/sales/0/ends"),
        ("2026-07-01T09:00", "2026-07-01T10:00", "Europe/Nowhere", "/sales/0/starts"),
    ] {
        let entry = SaleEntry { zone: zone.into(), ..entry("a", starts, ends) };
        assert_eq!(pointers(prepared(vec![entry], None, 0))[0], pointer, "{starts} {ends} {zone}");
    }
}

#[test]
fn f7_over_long_sale_is_refused() {
    let sale = |ends| vec![entry("a", "2026-07-01T09:00", ends)];
    assert!(prepared(sale("2026-07-15T09:00"), None, 0).is_ok());
    assert_eq!(pointers(prepared(sale("2026-07-15T09:01"), None, 0)), ["/sales/0/ends"]);
}

#[test]
fn f7_same_goods_rest_before_they_are_on_sale_again() {
    let first = entry("a", "2026-07-01T09:00", "2026-07-02T09:00");
    let again = |starts, ends| vec![first.clone(), entry("b", starts, ends)];
    assert_eq!(pointers(prepared(again("2026-07-31T09:00", "2026-08-01T09:00"), None, 0)), ["/sales/1/starts"]);
    assert!(prepared(again("2026-08-01T09:00", "2026-08-02T09:00"), None, 0).is_ok());
    let overlapping = again("2026-07-01T20:00", "2026-07-03T09:00");
    assert_eq!(pointers(prepared(overlapping, None, 0)), ["/sales/1/starts"], "the timer would start again");
    assert!(prepared(again("2026-07-01T20:00", "2026-07-01T21:00"), None, 0).is_ok(), "within the longer one");
    let mut other = again("2026-07-03T09:00", "2026-07-04T09:00");
    other[1].products = vec!["q".into()];
    assert!(prepared(other, None, 0).is_ok(), "other goods");
}

#[test]
fn f7_sale_cannot_be_repeated_by_deleting_it() {
    let first = prepared(vec![entry("a", "2026-07-01T09:00", "2026-07-02T09:00")], None, 0).unwrap();
    let during = at("2026-07-01T12:00:00Z");
    let deleted = prepared(vec![], Some(&first), during).unwrap();
    assert_eq!(deleted.past[0].ended_at, during, "it ended when it was deleted");
    let again = vec![entry("a", "2026-07-05T09:00", "2026-07-06T09:00")];
    assert_eq!(pointers(prepared(again.clone(), Some(&deleted), during + DAY)), ["/sales/0/starts"]);
    let later = vec![entry("a", "2026-08-05T09:00", "2026-08-06T09:00")];
    assert!(prepared(later, Some(&deleted), during + DAY).is_ok());
    let forgotten = prepared(vec![], Some(&deleted), during + 31 * DAY).unwrap();
    assert!(forgotten.past.is_empty(), "after the cooldown nothing is kept");
}

#[test]
fn f7_sale_that_is_over_cannot_be_put_off() {
    let first = prepared(vec![entry("a", "2026-07-01T09:00", "2026-07-02T09:00")], None, 0).unwrap();
    let longer = vec![entry("a", "2026-07-01T09:00", "2026-07-03T09:00")];
    assert_eq!(pointers(prepared(longer.clone(), Some(&first), at("2026-07-02T07:00:00Z"))), ["/sales/0/ends"]);
    assert!(prepared(longer, Some(&first), at("2026-07-02T06:59:59Z")).is_ok());
}

#[test]
fn f7_extension_is_remembered_with_the_end_announced_first() {
    let first = prepared(vec![entry("a", "2026-07-01T09:00", "2026-07-02T09:00")], None, 0).unwrap();
    let now = at("2026-07-01T12:00:00Z");
    let once = prepared(vec![entry("a", "2026-07-01T09:00", "2026-07-03T09:00")], Some(&first), now).unwrap();
    assert_eq!(once.sales[0].announced_end, Some(at("2026-07-02T07:00:00Z")));
    let twice = prepared(vec![entry("a", "2026-07-01T09:00", "2026-07-04T09:00")], Some(&once), now).unwrap();
    assert_eq!(twice.sales[0].announced_end, Some(at("2026-07-02T07:00:00Z")));
    let same = prepared(vec![entry("a", "2026-07-01T09:00", "2026-07-02T09:00")], Some(&first), now).unwrap();
    assert_eq!(same.sales[0].announced_end, None);
    let moved = vec![entry("a", "2026-07-01T20:00", "2026-07-02T09:00")];
    assert_eq!(pointers(prepared(moved, Some(&first), now)), ["/sales/0/starts"], "a sale that is on keeps its start");
}

#[test]
fn f6_progressive_cuts_follow_without_a_break_and_go_deeper() {
    let first = entry("a", "2026-07-01T09:00", "2026-07-02T09:00");
    let step = |percent, starts| SaleEntry {
        continues: "a".into(),
        percent: Some(percent),
        ..entry("b", starts, "2026-07-03T09:00")
    };
    let plan = prepared(vec![first.clone(), step(3_000, "2026-07-02T09:00")], None, 0).unwrap();
    assert_eq!(plan.sales[1].reduced_since, plan.sales[0].window.starts_at);
    for wrong in [step(2_000, "2026-07-02T09:00"), step(3_000, "2026-07-02T10:00")] {
        assert!(pointers(prepared(vec![first.clone(), wrong], None, 0)).contains(&"/sales/1/continues".into()));
    }
}

#[test]
fn every_error_is_reported_at_once() {
    let nothing = SaleEntry { products: vec![], percent: None, ..entry("a", "x", "y") };
    let both =
        SaleEntry { everything: true, fixed_price: Some(1), ..entry("a", "2026-07-01T09:00", "2026-07-02T09:00") };
    assert_eq!(
        pointers(prepared(vec![nothing, both], None, 0)),
        [
            "/sales/1/id",
            "/sales/1/title",
            "/sales/0/starts",
            "/sales/0/ends",
            "/sales/0/products",
            "/sales/0/percent",
            "/sales/1/products",
            "/sales/1/percent"
        ]
    );
}

#[test]
fn bundle_of_one_variant_is_refused() {
    let bundle = BundleEntry {
        starts: "2026-07-01T09:00".into(),
        ends: "2026-07-02T09:00".into(),
        slow: "v".into(),
        best: "v".into(),
        price: -1,
        ..BundleEntry::default()
    };
    let settings = Settings { bundles: vec![bundle], ..Settings::default() };
    assert_eq!(pointers(check(settings, None, &ctx(0), &Fake::default())), ["/bundles/0/best", "/bundles/0/price"]);
}

#[test]
fn settings_survive_packing() {
    let early_access = EarlyEntry { minutes: 60, tags: vec!["vip".into()], subscribers: true };
    let sale = SaleEntry { early_access, ..entry("a", "2026-07-01T09:00", "2026-07-02T09:00") };
    let plan = prepared(vec![sale], None, 0).unwrap();
    assert_eq!(plan.sales[0].policy, CartPolicy::Grace(15 * 60_000));
    assert_eq!(plan.sales[0].early.as_ref().unwrap().starts_at, plan.sales[0].window.starts_at - HOUR);
    let packed = boomerang_sdk::settings::packed::pack(plan.clone());
    assert_eq!(packed, boomerang_sdk::settings::pack(&plan).unwrap(), "what serde makes of it");
    let unpacked = boomerang_sdk::settings::packed::unpack::<Plan>(packed.clone()).unwrap();
    assert_eq!(unpacked, plan);
    assert!(unpacked.is_of_this_version());
    let of_another = [&[2], &packed[1..]].concat();
    assert!(!boomerang_sdk::settings::packed::unpack::<Plan>(of_another).unwrap().is_of_this_version());
}

mod manifest {
    use serde_json::{Value, json};

    use super::*;

    fn schema() -> Value {
        let manifest: Value = serde_json::from_str(include_str!("../manifest.json")).unwrap();
        manifest["settings"].clone()
    }

    #[test]
    fn schema_accepts_what_the_extension_reads() {
        let settings = json!({
            "sales": [{
                "id": "summer", "title": "Summer", "starts": "2026-07-01T09:00", "ends": "2026-07-02T09:00",
                "products": ["p"], "percent": 2000, "cart_policy": "locked", "early_access": {"minutes": 5},
            }],
            "bundles": [{
                "id": "pair", "title": "Pair", "starts": "2026-07-01T09:00", "ends": "2026-07-02T09:00",
                "slow": "a", "best": "b", "price": 1000,
            }],
            "cooldown_days": 0,
        });
        let validator = jsonschema::validator_for(&schema()).unwrap();
        assert!(
            validator.is_valid(&settings),
            "{:?}",
            validator.iter_errors(&settings).map(|e| e.to_string()).collect::<Vec<_>>()
        );
        let entered: Settings = boomerang_sdk::settings::read_group(&settings.to_string()).unwrap();
        let plan = check(entered, None, &ctx(0), &Fake::default()).unwrap();
        assert_eq!((plan.sales.len(), plan.bundles.len()), (1, 1));
    }

    #[test]
    fn schema_refuses_what_makes_no_sense() {
        let validator = jsonschema::validator_for(&schema()).unwrap();
        let sale = |key: &str, value: Value| {
            let mut sale = json!({"id": "a", "title": "A", "starts": "2026-07-01T09:00", "ends": "2026-07-02T09:00"});
            sale[key] = value;
            json!({ "sales": [sale] })
        };
        for wrong in [
            sale("percent", json!(10_001)),
            sale("percent", json!(0)),
            sale("percent", json!(1.5)),
            sale("id", json!("A b")),
            sale("starts", json!("soon")),
            sale("stock", json!(-1)),
            sale("cart_policy", json!("for-ever")),
            sale("unknown", json!(1)),
            sale("title", json!("")),
            json!({"prior_price": {"days": 29}}),
        ] {
            assert!(!validator.is_valid(&wrong), "{wrong}");
        }
    }

    /// Every field has what a form needs, and the defaults are those of the extension itself.
    #[test]
    fn schema_is_a_form() {
        fn walk(schema: &Value, path: &str) {
            for word in ["title", "description"] {
                assert!(schema[word].is_string(), "{path} has no {word}");
            }
            if let Some(items) = schema.get("items").filter(|items| items["type"] == "object") {
                walk(items, &format!("{path}/items"));
            }
            for (name, field) in schema["properties"].as_object().into_iter().flatten() {
                assert!(field.get("default").is_some(), "{path}/{name} has no default");
                walk(field, &format!("{path}/{name}"));
            }
        }
        let schema = schema();
        walk(&schema, "");
        let ours = SaleEntry::default();
        let sale = &schema["properties"]["sales"]["items"]["properties"];
        assert_eq!(sale["keep_minutes"]["default"], ours.keep_minutes);
        assert_eq!(sale["with_coupons"]["default"], ours.with_coupons);
        assert_eq!(sale["cart_policy"]["default"], "grace");
        let ours = Settings::default();
        assert_eq!(schema["properties"]["max_days"]["default"], ours.max_days);
        assert_eq!(schema["properties"]["cooldown_days"]["default"], ours.cooldown_days);
        assert_eq!(schema["properties"]["prior_price"]["default"]["days"], ours.prior_price.days);
    }
}
