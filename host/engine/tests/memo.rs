//! Answers that are given again: only to the same question, and only if everybody answered it.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use async_trait::async_trait;
use boomerang_engine::capability::Quotas;
use boomerang_engine::contract::{Cart, CartLine, CheckoutForm, Fault, Page, Recognition};
use boomerang_engine::{
    Call, Capabilities, Engine, EngineConfig, Installation, InstallationOptions, Installations, MemoConfig,
    PreparedSettings, Pricing, Read, Report, Scope, SkipReason,
};
use proptest::prelude::*;
use support::*;

/// What the platform knows: one counter.
#[derive(Default)]
struct Counter {
    taken: AtomicU32,
    is_away: AtomicBool,
}

#[async_trait]
impl Quotas for Counter {
    async fn taken(&self, _: &Scope, names: &[String]) -> Result<Read<Vec<u32>>, Fault> {
        if self.is_away.load(Ordering::Relaxed) {
            return Err(Fault::new("unavailable", "the counter is away"));
        }
        Ok(vec![self.taken.load(Ordering::Relaxed); names.len()].into())
    }

    async fn taken_by(&self, scope: &Scope, _: &str, names: &[String]) -> Result<Read<Vec<u32>>, Fault> {
        self.taken(scope, names).await
    }
}

/// Makes an order cheaper by something that the instant, the cart and the counter decide together; by nothing if the counter
/// is away.
fn reckoner() -> Guest {
    let body = r#"
        (local $sum i64) (local $line i32) (local $left i32)
        (call $taken (i32.const 4200) (i32.const 1) (i32.const 4000))
        (if (i32.load8_u (i32.const 4000)) (then (return (i32.const 1024))))
        (local.set $sum (i64.add (i64.load (local.get 0)) (i64.load32_u (i32.load (i32.const 4004)))))
        (local.set $line (i32.load offset=32 (local.get 0)))
        (local.set $left (i32.load offset=36 (local.get 0)))
        (block $done (loop $next
            (br_if $done (i32.eqz (local.get $left)))
            (local.set $sum (i64.add (local.get $sum)
                (i64.mul (i64.load offset=8 (local.get $line)) (i64.load32_u (local.get $line)))))
            (local.set $line (i32.add (local.get $line) (i32.const 24)))
            (local.set $left (i32.sub (local.get $left) (i32.const 1)))
            (br $next)))
        (i64.store (i32.const 8200) (i64.sub (i64.const -1) (i64.rem_u (local.get $sum) (i64.const 97))))
        (i32.const 2048)"#;
    Guest::new("reckoner")
        .imports("boomerang:shop/quotas@0.1.0", "taken", "(param i32 i32 i32)")
        .prices(body)
        .with(&adjustments(&[(-1, 0, "sale", "Sale")]))
        // The list of names: one, of one letter.
        .with(r#"(data (i32.const 4200) "\70\10\00\00\01\00\00\00") (data (i32.const 4208) "n")"#)
}

struct Platform {
    engine: Engine,
    counter: Arc<Counter>,
}

impl Platform {
    fn new(memo: MemoConfig) -> Self {
        let counter = Arc::new(Counter::default());
        let config = EngineConfig { memo, ..EngineConfig::default() };
        let engine = engine_with(config, Capabilities::builder().quotas(counter.clone()).build());
        Self { engine, counter }
    }

    async fn price(&self, installed: &Installations, call: &Call, cart: &Cart) -> Report<Pricing> {
        self.engine.price_cart(installed, call, cart).await.unwrap()
    }
}

fn platform() -> Platform {
    Platform::new(MemoConfig::default())
}

fn versioned(now: i64, version: u64) -> Call {
    call_at(now).at_data_version(version)
}

fn line(quantity: u32, unit_price: i64) -> CartLine {
    CartLine { product: "p".into(), variant: "v".into(), quantity, unit_price, added_at: 0, attributes: Vec::new() }
}

/// What happens in a shop: the counter moves, or a cart is priced at an instant.
#[derive(Clone, Debug)]
enum Step {
    Take(u32),
    Price { now: i64, lines: Vec<(u32, i64)> },
}

fn step() -> impl Strategy<Value = Step> {
    // Few values, so that the same question comes up again and again.
    let lines = prop::collection::vec((1_u32..3, 500_i64..503), 1..3);
    prop_oneof![
        1 => (1_u32..3).prop_map(Step::Take),
        4 => (0_i64..3, lines).prop_map(|(now, lines)| Step::Price { now, lines }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn an_answer_given_again_is_what_a_fresh_one_would_be(steps in prop::collection::vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            // So few are kept that they make room for one another.
            let platform = Platform::new(MemoConfig { entries: 6, bytes: 1 << 20 });
            let installed = shop(&[&reckoner().install(&platform.engine)]);
            let mut version = 0;
            for step in steps {
                match step {
                    Step::Take(units) => {
                        platform.counter.taken.fetch_add(units, Ordering::Relaxed);
                        version += 1;
                    }
                    Step::Price { now, lines } => {
                        let lines = lines.into_iter().map(|(quantity, price)| line(quantity, price)).collect();
                        let cart = Cart { lines, ..cart(0) };
                        let fresh = platform.price(&installed, &call_at(now), &cart).await;
                        for _ in 0..2 {
                            let again = platform.price(&installed, &versioned(now, version), &cart).await;
                            prop_assert_eq!(&again.value, &fresh.value);
                        }
                    }
                }
            }
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn the_second_answer_costs_no_call_and_says_so() {
    let platform = platform();
    let greedy = pricing_guest("greedy", &[(0, -100, "sale", "Sale"), (7, -1, "sale", "No such line")]);
    let installed = shop(&[&greedy.install(&platform.engine)]);
    let first = platform.price(&installed, &versioned(0, 1), &cart(1)).await;
    let second = platform.price(&installed, &versioned(0, 1), &cart(1)).await;
    assert_eq!((first.is_repeated, second.is_repeated), (false, true));
    assert_eq!((first.stats.len(), second.stats.len()), (1, 0));
    assert_eq!((&second.value, &second.refused), (&first.value, &first.refused));
    assert_eq!(second.refused.len(), 1, "what was refused is still left out");
    let used = platform.engine.memo_use();
    assert_eq!((used.entries, used.hits, used.misses), (1, 1, 1));
}

#[tokio::test]
async fn without_a_data_version_extensions_are_asked_every_time() {
    let platform = platform();
    let installed = shop(&[&reckoner().install(&platform.engine)]);
    for _ in 0..3 {
        assert!(!platform.price(&installed, &call_at(0), &cart(1)).await.is_repeated);
    }
    assert_eq!(platform.engine.memo_use().entries, 0);
}

#[tokio::test]
async fn whatever_differs_makes_another_question() {
    let platform = platform();
    let installed = shop(&[&reckoner().install(&platform.engine)]);
    let call = versioned(5, 1);
    let (mut elsewhere, mut in_english) = (call.clone(), call.clone());
    elsewhere.shop = "shop-2".into();
    in_english.context.locale = "en".into();
    let others = [
        versioned(6, 1),
        versioned(5, 2),
        call.clone().for_customer("customer-1"),
        call.clone().about("cart-1"),
        elsewhere,
        in_english,
    ];
    platform.price(&installed, &call, &cart(1)).await;
    for other in others {
        assert!(!platform.price(&installed, &other, &cart(1)).await.is_repeated, "{other:?}");
        assert!(platform.price(&installed, &other, &cart(1)).await.is_repeated, "{other:?}");
    }
    assert!(!platform.price(&installed, &call, &cart(2)).await.is_repeated);
    let mut dearer = cart(1);
    dearer.lines[0].unit_price += 1;
    assert!(!platform.price(&installed, &call, &dearer).await.is_repeated);
    assert!(platform.price(&installed, &call, &cart(1)).await.is_repeated);
}

#[tokio::test]
async fn a_change_of_the_merchant_takes_effect_on_the_next_call() {
    let platform = platform();
    let extension = pricing_guest("sale", &[(0, -100, "sale", "Sale")]).load(&platform.engine);
    let with_settings = |settings: &str| {
        let prepared = PreparedSettings::from_bytes(settings.as_bytes());
        Arc::new(Installation::new(Arc::clone(&extension), InstallationOptions::new(prepared, [])).unwrap())
    };
    let before = shop(&[&with_settings("{}")]);
    platform.price(&before, &versioned(0, 1), &cart(1)).await;
    assert!(platform.price(&before.clone(), &versioned(0, 1), &cart(1)).await.is_repeated);
    let off = platform.price(&shop(&[]), &versioned(0, 1), &cart(1)).await;
    assert_eq!((off.is_repeated, off.value.total), (false, 1_490));
    let after = shop(&[&with_settings(r#"{"percent":1}"#)]);
    assert!(!platform.price(&after, &versioned(0, 1), &cart(1)).await.is_repeated);
}

#[tokio::test]
async fn a_skip_is_never_given_again() {
    let platform = platform();
    let broken = Guest::new("broken").prices("unreachable").install(&platform.engine);
    let sale = pricing_guest("sale", &[(0, -100, "sale", "Sale")]).install(&platform.engine);
    let installed = shop(&[&sale, &broken]);
    for _ in 0..2 {
        let report = platform.price(&installed, &versioned(0, 1), &cart(1)).await;
        assert_eq!((report.is_repeated, report.stats.len()), (false, 2));
        assert_eq!(report.skipped[0].reason, SkipReason::Trapped);
    }
    assert_eq!(platform.engine.memo_use().entries, 0);
}

#[tokio::test]
async fn an_answer_made_while_a_capability_was_away_is_never_given_again() {
    let platform = platform();
    let installed = shop(&[&reckoner().install(&platform.engine)]);
    platform.counter.is_away.store(true, Ordering::Relaxed);
    let without = platform.price(&installed, &versioned(0, 1), &cart(1)).await;
    assert!(without.is_clean(), "the extension gets along without it");
    platform.counter.is_away.store(false, Ordering::Relaxed);
    let with = platform.price(&installed, &versioned(0, 1), &cart(1)).await;
    assert!(!with.is_repeated && with.value.total < without.value.total);
}

#[tokio::test]
async fn blocks_and_plans_are_given_again_too() {
    let platform = platform();
    let guest = Guest::new("guest").exports("storefront-blocks").exports("checkout-autofill").with(
        r#"(func (export "boomerang:shop/storefront-blocks@0.1.0#render-blocks") (param i32) (result i32) i32.const 1024)
           (func (export "boomerang:shop/checkout-autofill@0.1.0#plan-checkout") (param i32) (result i32) i32.const 1024)"#,
    );
    let installed = shop(&[&guest.install(&platform.engine)]);
    let page = Page {
        kind: "product".into(),
        slots: vec!["price".into()],
        currency: "EUR".into(),
        customer: None,
        products: Vec::new(),
        cart: None,
        cart_total: 0,
        order: None,
        attributes: Vec::new(),
    };
    let form = CheckoutForm {
        recognition: Recognition::Anonymous,
        customer: None,
        country: "AT".into(),
        fields: Vec::new(),
        billing_differs: false,
        gift: false,
        needs_delivery: true,
        delivery_methods: Vec::new(),
        payment_tokens: Vec::new(),
        attributes: Vec::new(),
    };
    let call = versioned(0, 1);
    for is_repeated in [false, true] {
        let blocks = platform.engine.render_blocks(&installed, &call, &page).await;
        assert_eq!((blocks.is_repeated, blocks.is_clean()), (is_repeated, true), "{:?}", blocks.skipped);
        let plan = platform.engine.plan_checkout(&installed, &call, &form).await;
        assert_eq!((plan.is_repeated, plan.is_clean()), (is_repeated, true), "{:?}", plan.skipped);
        assert!(plan.value.is_some());
    }
}

#[tokio::test]
async fn what_is_kept_is_bounded_in_number_and_in_bytes() {
    for memo in [MemoConfig { entries: 8, bytes: 1 << 20 }, MemoConfig { entries: 1_000, bytes: 200_000 }] {
        let platform = Platform::new(memo.clone());
        let installed = shop(&[&reckoner().install(&platform.engine)]);
        for version in 0..200 {
            platform.price(&installed, &versioned(0, version), &cart(5)).await;
            let used = platform.engine.memo_use();
            assert!(used.entries <= memo.entries && used.bytes <= memo.bytes as u64, "{used:?}");
        }
        assert!(platform.engine.memo_use().entries > 0);
        let latest = platform.price(&installed, &versioned(0, 199), &cart(5)).await;
        assert!(latest.is_repeated, "what was asked last is kept: {memo:?}");
    }
}

#[tokio::test]
async fn what_is_too_large_or_not_wanted_is_not_kept() {
    for memo in [MemoConfig { entries: 8, bytes: 100 }, MemoConfig { entries: 0, bytes: 1 << 20 }] {
        let platform = Platform::new(memo);
        let installed = shop(&[&reckoner().install(&platform.engine)]);
        for _ in 0..2 {
            assert!(!platform.price(&installed, &versioned(0, 1), &cart(5)).await.is_repeated);
        }
        assert_eq!(platform.engine.memo_use().entries, 0);
    }
}
