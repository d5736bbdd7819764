//! Decisions: chained, merged by the host's rules, skipped when they fail, left out when they keep failing.

mod support;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use boomerang_engine::capability::{AddressBook, Read, Scope};
use boomerang_engine::contract::{Adjustment, Book, Change, CheckoutForm, Fault, Page, Recognition, Target};
use boomerang_engine::{
    BreakerState, Capabilities, Capability, CartError, EngineConfig, Installation, InstallationOptions, Installations,
    PLATFORM, Point, PreparedSettings, SettingsError, SkipReason,
};
use serde_json::json;
use support::*;

#[tokio::test]
async fn an_id_with_a_line_break_is_no_id() {
    let mut cart = cart(3);
    cart.lines[1].variant = "a\nb".into();
    let priced = engine().price_cart(&Installations::default(), &call_at(0), &cart).await;
    assert_eq!(priced.err(), Some(CartError::Id(1)));
}

#[tokio::test]
async fn extensions_price_in_the_merchants_order_and_see_what_was_applied() {
    let engine = engine();
    let sale = pricing_guest("sale", &[(0, -100, "sale", "Sale"), (-1, -90, "coupon", "Coupon")]).install(&engine);
    // Fails unless two adjustments were made before: the length of `applied` is the last word of the arguments.
    let second = Guest::new("second")
        .prices(
            "(if (i32.ne (i32.load offset=APPLIED (local.get 0)) (i32.const 2)) (then unreachable))
             (i32.const 1024)"
                .replace("APPLIED", &APPLIED_LEN.to_string())
                .as_str(),
        )
        .install(&engine);
    let report = engine.price_cart(&shop(&[&sale, &second]), &call_at(0), &cart(2)).await.unwrap();
    assert!(report.is_clean(), "{:?}", report.skipped);
    assert_eq!(report.value.total, 2_490 - 190);
    let report = engine.price_cart(&shop(&[&second, &sale]), &call_at(0), &cart(2)).await.unwrap();
    assert_eq!(report.skipped[0].extension, "second");
    assert_eq!(report.value.total, 2_490 - 190);
}

/// Where the length of `applied` is in the arguments of `price-cart`: after the context (24 bytes), the cart (80) and a pointer.
const APPLIED_LEN: usize = 24 + 104 + 4;

#[tokio::test]
async fn the_platforms_own_adjustments_stand_before_the_chain_and_keep_its_rules() {
    let engine = engine();
    let second = Guest::new("second")
        .prices(
            "(if (i32.ne (i32.load offset=APPLIED (local.get 0)) (i32.const 1)) (then unreachable))
             (i32.const 1024)"
                .replace("APPLIED", &APPLIED_LEN.to_string())
                .as_str(),
        )
        .install(&engine);
    let code = |amount| Adjustment {
        class: "coupon".into(),
        label: "Code SPRING".into(),
        changes: vec![Change { target: Target::Order, amount, units: 0 }],
        claims: Vec::new(),
    };
    let own = vec![code(-190), code(190)];
    let report = engine.price_cart_after(&shop(&[&second]), &call_at(0), &cart(2), &own).await.unwrap();
    assert!(report.skipped.is_empty(), "{:?}", report.skipped);
    assert_eq!((report.value.total, &*report.value.placed[0].extension), (2_490 - 190, PLATFORM));
    assert_eq!((report.refused.len(), &*report.refused[0].extension, report.refused[0].index), (1, PLATFORM, 1));
}

#[tokio::test]
async fn a_refused_adjustment_is_reported_and_the_others_stay() {
    let engine = engine();
    let greedy = pricing_guest(
        "greedy",
        &[
            (0, -100, "sale", "Sale"),
            (7, -1, "sale", "No such line"),
            (0, 100, "sale", "Dearer"),
            (0, i64::MIN, "sale", "Everything"),
            (-2, -490, "membership", "Free delivery"),
        ],
    )
    .install(&engine);
    let report = engine.price_cart(&shop(&[&greedy]), &call_at(0), &cart(1)).await.unwrap();
    assert_eq!(report.value.total, 900);
    let refused: Vec<_> = report.refused.iter().map(|refused| refused.index).collect();
    assert_eq!(refused, [1, 2, 3]);
    assert!(report.refused[0].reason.contains("line 7 does not exist"), "{}", report.refused[0].reason);
    assert!(report.skipped.is_empty());
}

#[tokio::test]
async fn the_same_input_gives_the_same_answer_and_fuel() {
    let engine = engine();
    let installed = shop(&[&pricing_guest("sale", &[(-1, -333, "sale", "Sale")]).install(&engine)]);
    let (call, cart) = (call_at(0), cart(10));
    let one = engine.price_cart(&installed, &call, &cart).await.unwrap();
    let two = engine.price_cart(&installed, &call, &cart).await.unwrap();
    assert_eq!(one.value, two.value);
    assert_eq!(one.stats[0].fuel, two.stats[0].fuel);
    assert!(one.stats[0].fuel > 0);
}

#[tokio::test]
async fn inputs_and_outputs_are_the_same_after_a_trip_through_json() {
    let engine = engine();
    let installed = shop(&[&pricing_guest("sale", &[(-1, -333, "sale", "Sale")]).install(&engine)]);
    let (call, cart) = (call_at(0), cart(3));
    let replayed = serde_json::from_str(&serde_json::to_string(&cart).unwrap()).unwrap();
    assert_eq!(cart, replayed);
    let one = engine.price_cart(&installed, &call, &cart).await.unwrap().value;
    let two = engine.price_cart(&installed, &call, &replayed).await.unwrap().value;
    assert_eq!(one, two);
    assert_eq!(serde_json::from_value::<boomerang_engine::Pricing>(json!(one)).unwrap(), two);
}

#[tokio::test]
async fn the_breaker_leaves_out_what_keeps_failing_and_tries_again() {
    let engine = engine();
    let broken = Guest::new("broken").prices("unreachable").install(&engine);
    let installed = shop(&[&broken]);
    let price = async |now| {
        let report = engine.price_cart(&installed, &call_at(now), &cart(1)).await.unwrap();
        report.skipped.into_iter().next().unwrap()
    };
    for _ in 0..4 {
        assert!(!price(0).await.opened_breaker);
    }
    assert!(price(0).await.opened_breaker);
    assert_eq!(price(1).await.reason, SkipReason::BreakerOpen);
    let breaker = broken.breaker();
    assert_eq!(breaker.state(Point::CartPricing, 1), BreakerState::Open { until: 30_000 });
    assert_eq!(price(30_000).await.reason, SkipReason::Trapped, "half-open: one call tries");
    assert_eq!(price(30_001).await.reason, SkipReason::BreakerOpen);
    breaker.reset(Point::CartPricing);
    assert_eq!(price(30_002).await.reason, SkipReason::Trapped);
}

#[tokio::test]
async fn a_toggle_takes_effect_on_the_next_call() {
    let engine = engine();
    let sale = pricing_guest("sale", &[(0, -100, "sale", "Sale")]).install(&engine);
    let price = async |installed: &Installations| {
        engine.price_cart(installed, &call_at(0), &cart(1)).await.unwrap().value.total
    };
    assert_eq!(price(&shop(&[&sale])).await, 1_390);
    assert_eq!(price(&shop(&[])).await, 1_490);
}

#[test]
fn one_extension_cannot_be_installed_twice_in_a_shop() {
    let engine = engine();
    let sale = pricing_guest("sale", &[(0, -100, "sale", "Sale")]).install(&engine);
    let again = pricing_guest("sale", &[(0, -50, "sale", "Another version")]).install(&engine);
    let error = Installations::new([sale, again]).unwrap_err();
    assert_eq!(error.0.as_str(), "sale");
    assert!(error.to_string().contains("installed twice"), "{error}");
}

#[test]
fn consent_is_to_everything_an_extension_imports() {
    let engine = engine();
    let extension = Guest::new("writer")
        .handles_orders(OK_EMPTY)
        .imports("boomerang:shop/log@0.1.0", "write", "(param i32 i32 i32)")
        .imports("boomerang:shop/storage-write@0.1.0", "delete", "(param i32 i32 i32)")
        .load(&engine);
    let install = |grants: &[Capability]| {
        let settings = PreparedSettings::from_bytes(*b"{}");
        Installation::new(Arc::clone(&extension), InstallationOptions::new(settings, grants.iter().copied()))
    };
    let refusal = install(&[]).unwrap_err();
    assert_eq!(refusal.0.0, [Capability::StorageWrite], "the log is always granted");
    assert!(install(&[Capability::StorageWrite]).is_ok());
}

#[test]
fn an_installation_is_small() {
    assert!(size_of::<Installation>() <= 1_024, "{}", size_of::<Installation>());
}

#[tokio::test]
async fn validation_fails_open_unless_the_merchant_says_otherwise() {
    let engine = engine();
    let extension = Guest::new("validator")
        .exports("checkout-validation")
        .with(
            r#"(func (export "boomerang:shop/checkout-validation@0.1.0#validate-checkout") (param i32) (result i32)
                unreachable)"#,
        )
        .load(&engine);
    let form = form();
    for fail_closed in [false, true] {
        let settings = PreparedSettings::from_bytes(*b"{}");
        let options = InstallationOptions { settings, grants: BTreeSet::new(), fail_closed };
        let installed = shop(&[&Arc::new(Installation::new(Arc::clone(&extension), options).unwrap())]);
        let report = engine.validate_checkout(&installed, &call_at(0), &form, &cart(1)).await;
        assert_eq!(report.skipped.len(), 1);
        assert_eq!(report.value.passes(), !fail_closed);
    }
}

#[tokio::test]
async fn a_shop_without_an_extension_for_a_point_gets_the_plain_thing() {
    let engine = engine();
    let installed = shop(&[&pricing_guest("sale", &[]).install(&engine)]);
    let plan = engine.plan_checkout(&installed, &call_at(0), &form()).await;
    assert!(plan.value.is_none() && plan.is_clean() && plan.stats.is_empty());
    let page = Page {
        kind: "home".into(),
        slots: vec!["banner".into()],
        currency: "EUR".into(),
        customer: None,
        products: vec![],
        cart: None,
        cart_total: 0,
        order: None,
        attributes: vec![],
    };
    let blocks = engine.render_blocks(&installed, &call_at(0), &page).await;
    assert!(blocks.value.is_empty() && blocks.is_clean());
}

#[tokio::test]
async fn settings_are_completed_and_reach_the_extension() {
    let engine = engine();
    // Copies its settings into the code of a fault.
    let extension = Guest::new("set")
        .imports("boomerang:shop/settings@0.1.0", "get", "(param i32)")
        .prices(
            "(call $get (i32.const 3076))
             (i32.store (i32.const 3072) (i32.const 1))
             (i32.store (i32.const 3084) (i32.const 0)) (i32.store (i32.const 3088) (i32.const 0))
             (i32.const 3072)",
        )
        .manifest(|manifest| {
            manifest["settings"] = json!({
                "type": "object",
                "additionalProperties": false,
                "properties": { "percent": { "type": "integer", "maximum": 100, "default": 10 } },
            });
        })
        .load(&engine);
    let call = call_at(0);
    let settings = engine.prepare_settings(&extension, &call, &json!({})).await.unwrap();
    assert_eq!(settings.bytes(), br#"{"percent":10}"#);
    let wrong = engine.prepare_settings(&extension, &call, &json!({ "percent": 250 })).await;
    assert!(matches!(wrong, Err(SettingsError::Invalid(errors)) if errors[0].pointer == "/percent"));
    let options = InstallationOptions::new(settings, []);
    let installed = shop(&[&Arc::new(Installation::new(extension, options).unwrap())]);
    let report = engine.price_cart(&installed, &call, &cart(1)).await.unwrap();
    assert_eq!(report.skipped[0].detail, r#"{"percent":10}: "#);
}

#[tokio::test]
async fn an_extension_that_prepares_its_settings_reads_what_it_prepared() {
    let engine = engine();
    // Gives the bytes `ok!`, or one error where the settings are not the two bytes `{}`.
    let prepare = |valid: bool| {
        let case = i32::from(!valid);
        Guest::new("prepared").exports("configuration").with(&format!(
            r#"(func (export "boomerang:shop/configuration@0.1.0#prepare")
                    (param i64 i32 i32 i32 i32 i32 i32) (result i32)
                (i32.store (i32.const 256) (i32.const {case}))
                (i32.store (i32.const 260) (i32.const 300))
                (i32.store (i32.const 264) (i32.const {len}))
                (i32.store (i32.const 300) (i32.const 400)) (i32.store (i32.const 304) (i32.const 11))
                (i32.store (i32.const 308) (i32.const 411)) (i32.store (i32.const 312) (i32.const 20))
                (i32.const 256))
               (data (i32.const 400) "/sales/0/idIt ends before it was.")"#,
            len = if valid { 3 } else { 1 },
        ))
    };
    let extension = prepare(true).load(&engine);
    let settings = engine.prepare_settings(&extension, &call_at(0), &json!({})).await.unwrap();
    assert_eq!(settings.bytes(), 400_u32.to_le_bytes()[..3].to_vec());
    let extension = prepare(false).load(&engine);
    let wrong = engine.prepare_settings(&extension, &call_at(0), &json!({})).await;
    match wrong {
        Err(SettingsError::Invalid(errors)) => {
            assert_eq!(errors[0].pointer, "/sales/0/id");
            assert_eq!(errors[0].message, "It ends before it wa");
        }
        other => panic!("{other:?}"),
    }
}

/// Remembers who was asked for.
#[derive(Default)]
struct Asked(Mutex<Vec<String>>);

#[async_trait::async_trait]
impl AddressBook for Asked {
    async fn get(&self, _: &Scope, customer: &str) -> Result<Read<Option<Book>>, Fault> {
        self.0.lock().unwrap().push(customer.into());
        Ok(None.into())
    }
}

#[tokio::test]
async fn c1_only_the_recognised_customers_address_book_can_be_read() {
    let asked = Arc::new(Asked::default());
    let vendor: Arc<dyn AddressBook> = asked.clone();
    let engine = engine_with(EngineConfig::default(), Capabilities::builder().address_book(vendor).build());
    let nosy = Guest::new("nosy")
        .imports("boomerang:shop/address-book@0.1.0", "get", "(param i32 i32 i32)")
        .with(r#"(data (i32.const 64) "customer-1")"#)
        .prices("(call $get (i32.const 64) (i32.const 10) (i32.const 2560)) (i32.const 1024)")
        .install(&engine);
    let installed = shop(&[&nosy]);
    for (call, expected) in
        [(call_at(0), 0), (call_at(0).for_customer("customer-2"), 0), (call_at(0).for_customer("customer-1"), 1)]
    {
        let report = engine.price_cart(&installed, &call, &cart(1)).await.unwrap();
        assert!(report.is_clean(), "{:?}", report.skipped);
        assert_eq!(asked.0.lock().unwrap().len(), expected);
    }
}

fn form() -> CheckoutForm {
    CheckoutForm {
        recognition: Recognition::Anonymous,
        customer: None,
        country: "AT".into(),
        fields: vec![],
        billing_differs: false,
        gift: false,
        needs_delivery: true,
        delivery_methods: vec![],
        payment_tokens: vec![],
        attributes: vec![],
    }
}
