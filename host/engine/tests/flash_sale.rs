//! Flash sales in the real engine: the shipped component, called as a platform calls it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use boomerang_engine::capability::{Catalogue, Customers, OrderHistory, Quotas, TimeZones};
use boomerang_engine::contract::{
    Block, Cart, CartLine, Content, Context, Fault, Instant, LocalTime, Money, Order, OrderAdjustment, OrderLine,
    OrderPage, OrderSummary, Page, Product, Profile, ProfilePage, ReportRequest, Resolved, ShownProduct, VariantInfo,
};
use boomerang_engine::{
    Call, Capabilities, CounterClaim, Engine, EngineConfig, Extension, Installation, InstallationOptions,
    Installations, OrderClaim, Point, PreparedSettings, Pricing, Read, Report, Scope, SettingsError,
};
use serde_json::{Value, json};

const MINUTE: Instant = 60_000;
const DAY: Instant = 24 * 60 * MINUTE;

/// 1 July 2026, 09:00 and 21:00 in UTC: the sale of these tests.
const START: Instant = 1_782_896_400_000;
const END: Instant = START + 12 * 60 * MINUTE;

/// A component that has been built: in `target/components`, or where `BOOMERANG_COMPONENTS` says.
fn component(name: &str) -> Vec<u8> {
    let folder = std::env::var_os("BOOMERANG_COMPONENTS")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/components"), PathBuf::from);
    let path = folder.join(name).with_extension("wasm");
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}; run `cargo xtask guests` first", path.display()))
}

/// A shop in which everything costs 10.00, has cost so for years, and clocks show UTC.
#[derive(Clone, Default)]
struct Shop {
    taken: BTreeMap<String, u32>,
    taken_by: BTreeMap<String, u32>,
    orders: Vec<Order>,
}

#[async_trait]
impl Catalogue for Shop {
    async fn products(&self, _: &Scope, ids: &[String]) -> Result<Read<Vec<Product>>, Fault> {
        let product = |id: &String| Product {
            id: id.clone(),
            title: id.clone(),
            categories: vec!["all".into()],
            tags: vec![],
            offered_since: START - 400 * DAY,
            variants: vec![VariantInfo {
                id: format!("{id}-v"),
                title: String::new(),
                price: 10_00,
                stock: Some(50),
                cost: Some(4_00),
            }],
            attributes: vec![],
        };
        Ok(ids.iter().map(product).collect::<Vec<_>>().into())
    }

    async fn prior_price(&self, _: &Scope, _: &str, _: Instant, _: u32) -> Result<Read<Option<Money>>, Fault> {
        Ok(Some(10_00).into())
    }
}

#[async_trait]
impl Customers for Shop {
    async fn get(&self, _: &Scope, customer: &str) -> Result<Read<Option<Profile>>, Fault> {
        let profile = Profile {
            id: customer.into(),
            contact: "contact".into(),
            registered_at: 0,
            verified_at: Some(0),
            birthday: None,
            locale: "en".into(),
            blocked: false,
            marketing_consent: false,
            tags: vec![customer.into()],
            attributes: vec![],
        };
        Ok(Some(profile).into())
    }

    async fn page(&self, _: &Scope, _: Option<&str>, _: u32) -> Result<Read<ProfilePage>, Fault> {
        panic!("a sale walks over no customers")
    }
}

#[async_trait]
impl Quotas for Shop {
    async fn taken(&self, _: &Scope, names: &[String]) -> Result<Read<Vec<u32>>, Fault> {
        Ok(names.iter().map(|name| self.taken.get(name).copied().unwrap_or(0)).collect::<Vec<_>>().into())
    }

    async fn taken_by(&self, _: &Scope, _: &str, names: &[String]) -> Result<Read<Vec<u32>>, Fault> {
        Ok(names.iter().map(|name| self.taken_by.get(name).copied().unwrap_or(0)).collect::<Vec<_>>().into())
    }
}

#[async_trait]
impl OrderHistory for Shop {
    async fn get(&self, _: &Scope, order: &str) -> Result<Read<Option<Order>>, Fault> {
        Ok(self.orders.iter().find(|known| known.id == order).cloned().into())
    }

    async fn of(&self, _: &Scope, _: &str, _: u32) -> Result<Read<Vec<OrderSummary>>, Fault> {
        panic!("a sale asks for nobody's orders")
    }

    async fn between(
        &self,
        _: &Scope,
        from: Instant,
        until: Instant,
        _: Option<&str>,
        _: u32,
    ) -> Result<Read<OrderPage>, Fault> {
        let summary = |order: &Order| OrderSummary {
            id: order.id.clone(),
            number: order.number.clone(),
            placed_at: order.placed_at,
            paid_at: None,
            delivered_at: None,
            cancelled: false,
            currency: order.currency.clone(),
            total: order.total,
            refunded: 0,
            customer: None,
            contact: order.contact.clone(),
        };
        let within = self.orders.iter().filter(|order| (from..until).contains(&order.placed_at));
        Ok(OrderPage { orders: within.map(summary).collect(), cursor: None }.into())
    }
}

#[async_trait]
impl TimeZones for Shop {
    async fn resolve(&self, _: &Scope, zone: &str, time: LocalTime) -> Result<Read<Resolved>, Fault> {
        if zone != "UTC" {
            return Err(Fault { code: "unknown-zone".into(), message: format!("There is no zone {zone}.") });
        }
        // Days since 1970-01-01, counting years from March.
        let (year, month) = (i64::from(time.year), i64::from(time.month));
        let year = if month <= 2 { year - 1 } else { year };
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(time.day) - 1;
        let days = year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719_468;
        let clock = i64::from(time.hour) * 60 + i64::from(time.minute);
        let at = days * DAY + clock * MINUTE + i64::from(time.second) * 1_000;
        Ok(Resolved { earlier: at, later: at, in_gap: false }.into())
    }

    async fn to_local(&self, _: &Scope, _: &str, at: Instant) -> Result<Read<LocalTime>, Fault> {
        assert!((START..=END).contains(&at), "only the times of the sale are asked for");
        let hour = (at - START) / (60 * MINUTE) + 9;
        Ok(LocalTime { year: 2026, month: 7, day: 1, hour: hour as u8, minute: 0, second: 0 }.into())
    }
}

/// The component in an engine over a shop.
struct Stage {
    engine: Engine,
    extension: Arc<Extension>,
}

impl Stage {
    fn new(shop: Shop) -> Self {
        let shop = Arc::new(shop);
        let capabilities = Capabilities::builder()
            .catalogue(shop.clone())
            .customers(shop.clone())
            .quotas(shop.clone())
            .order_history(shop.clone())
            .time_zones(shop)
            .build();
        let engine = Engine::new(EngineConfig::default(), capabilities).expect("the engine starts");
        let extension = engine.load(&component("flash-sale")).unwrap_or_else(|refusal| panic!("{refusal}"));
        Self { engine, extension }
    }

    async fn prepare(&self, settings: Value) -> Result<PreparedSettings, SettingsError> {
        self.engine.prepare_settings(&self.extension, &call(0), &settings).await
    }

    async fn install(&self, settings: Value) -> Installations {
        let prepared = self.prepare(settings).await.unwrap_or_else(|error| panic!("{error}"));
        let options = InstallationOptions::new(prepared, self.extension.capabilities().to_vec());
        let installation = Installation::new(Arc::clone(&self.extension), options).expect("everything is granted");
        Installations::new([Arc::new(installation)]).expect("one")
    }

    async fn price(&self, installed: &Installations, call: &Call, cart: &Cart) -> Pricing {
        let report = self.engine.price_cart(installed, call, cart).await.expect("the cart can be priced");
        clean(report)
    }

    async fn blocks(&self, installed: &Installations, now: Instant, page: &Page) -> Vec<Block> {
        let report = self.engine.render_blocks(installed, &call(now), page).await;
        clean(report).into_iter().map(|placed| placed.block).collect()
    }
}

/// The answer, if nothing was skipped or refused on the way.
fn clean<T>(report: Report<T>) -> T {
    assert!(report.is_clean(), "skipped: {:?}, refused: {:?}", report.skipped, report.refused);
    report.value
}

fn call(now: Instant) -> Call {
    Call::new("shop-1", Context { now, locale: "en".into(), time_zone: "UTC".into() })
}

/// 20 % off product `p`, with changes.
fn sale(changes: Value) -> Value {
    let mut sale = json!({
        "id": "summer", "title": "Summer sale", "starts": "2026-07-01T09:00", "ends": "2026-07-01T21:00",
        "products": ["p"], "percent": 2000, "cart_policy": "live",
    });
    for (name, value) in changes.as_object().expect("changes are an object") {
        sale[name] = value.clone();
    }
    json!({ "sales": [sale] })
}

fn cart(quantity: u32) -> Cart {
    let line = |product: &str| CartLine {
        product: product.into(),
        variant: format!("{product}-v"),
        quantity,
        unit_price: 10_00,
        added_at: START,
        attributes: vec![],
    };
    Cart {
        currency: "EUR".into(),
        lines: vec![line("p"), line("q")],
        delivery_fee: 0,
        customer: None,
        country: None,
        checkout_since: None,
        codes: vec![],
        attributes: vec![],
    }
}

fn page(current_price: Money) -> Page {
    Page {
        kind: "product".into(),
        slots: vec!["price".into(), "product-info".into()],
        currency: "EUR".into(),
        customer: None,
        products: vec![ShownProduct { product: "p".into(), variant: "p-v".into(), list_price: 10_00, current_price }],
        cart: None,
        cart_total: 0,
        order: None,
        attributes: vec![],
    }
}

#[test]
fn component_is_small_and_asks_only_for_what_it_needs() {
    let stage = Stage::new(Shop::default());
    assert!(stage.extension.size() <= 150_000, "{} bytes", stage.extension.size());
    let mut points = stage.extension.points().to_vec();
    points.sort();
    assert_eq!(points, [Point::Configuration, Point::CartPricing, Point::StorefrontBlocks, Point::Insights]);
    let mut asked: Vec<_> = stage.extension.capabilities().iter().map(|capability| capability.id()).collect();
    asked.sort_unstable();
    assert_eq!(asked, ["catalogue", "customers", "log", "order-history", "quotas", "settings", "time-zones"]);
    assert!(
        !stage.extension.capabilities().iter().any(|capability| capability.is_write()),
        "it decides, and writes nothing"
    );
    assert_eq!(stage.extension.manifest().reports.len(), 3);
}

#[tokio::test]
async fn f1_price_and_timer_change_at_the_same_instant_in_cart_and_page() {
    let stage = Stage::new(Shop::default());
    let installed = stage.install(sale(json!({}))).await;
    for (now, paid) in [(START - 1, 10_00), (START, 8_00), (END - 1, 8_00), (END, 10_00)] {
        let pricing = stage.price(&installed, &call(now), &cart(1)).await;
        assert_eq!((pricing.lines[0].total, pricing.lines[1].total), (paid, 10_00), "at {now}");
        let blocks = stage.blocks(&installed, now, &page(paid)).await;
        let timer = blocks.iter().find_map(|block| match &block.content {
            Content::Countdown(timer) => Some(timer.ends_at),
            _ => None,
        });
        assert_eq!(timer, (paid < 10_00).then_some(END), "at {now}");
    }
}

/// Several pages of memory, so that the host's allocations and the component's own both grow it.
#[tokio::test]
async fn a_cart_of_a_thousand_lines_is_priced_line_by_line() {
    let taken = BTreeMap::from([("sale/summer/v500".to_owned(), 9)]);
    let stage = Stage::new(Shop { taken, ..Shop::default() });
    let installed = stage.install(sale(json!({ "stock": 10 }))).await;
    let line = |line: usize| CartLine { variant: format!("v{line}"), quantity: 2, ..cart(1).lines[0].clone() };
    let cart = Cart { lines: (0..1_000).map(line).collect(), ..cart(1) };
    let pricing = stage.price(&installed, &call(START), &cart).await;
    for (line, price) in pricing.lines.iter().enumerate() {
        assert_eq!(price.total, if line == 500 { 8_00 + 10_00 } else { 2 * 8_00 }, "line {line}");
    }
}

/// The usual linker puts two more around it, which a call would have to start as well.
#[test]
fn a_component_is_one_module_and_its_memory() {
    for name in ["auto-account", "checkout-autofill", "flash-sale", "loyalty-points"] {
        let wasm = component(name);
        let parts = wasmparser::Parser::new(0).parse_all(&wasm);
        let modules = parts.filter(|part| matches!(part, Ok(wasmparser::Payload::ModuleSection { .. }))).count();
        assert_eq!(modules, 2, "{name}");
    }
}

#[tokio::test]
async fn f4_grace_keeps_the_price_of_a_cart_in_checkout() {
    let stage = Stage::new(Shop::default());
    let installed = stage.install(sale(json!({ "cart_policy": "grace", "keep_minutes": 15 }))).await;
    let cart = Cart { checkout_since: Some(END - 1), ..cart(1) };
    for (now, total) in [(END, 8_00), (END + 15 * MINUTE - 1, 8_00), (END + 15 * MINUTE, 10_00)] {
        assert_eq!(stage.price(&installed, &call(now), &cart).await.lines[0].total, total);
    }
}

#[tokio::test]
async fn f5_claims_name_the_stock_of_the_sale_and_the_share_of_the_shopper() {
    let taken = BTreeMap::from([("sale/summer/p-v".to_owned(), 8)]);
    let stage = Stage::new(Shop { taken, ..Shop::default() });
    let installed = stage.install(sale(json!({ "stock": 10, "per_customer": 5 }))).await;
    let pricing = stage.price(&installed, &call(START), &cart(3)).await;
    assert_eq!(pricing.lines[0].total, 2 * 8_00 + 10_00, "two are left");
    let claim = |name: &str, limit, per_shopper| {
        OrderClaim::Counter(CounterClaim { name: name.into(), units: 2, limit, per_shopper })
    };
    let claims: Vec<_> = pricing.claims(&cart(3)).map(|(_, claim)| claim).collect();
    assert_eq!(claims, [claim("sale/summer/p-v", 10, false), claim("sale/summer/each", 5, true)]);
    let blocks = stage.blocks(&installed, START, &page(8_00)).await;
    assert!(blocks.iter().any(|block| matches!(&block.content, Content::Price(price) if price.remaining == Some(2))));
}

#[tokio::test]
async fn f6_was_comes_from_the_price_history() {
    let stage = Stage::new(Shop::default());
    let installed = stage.install(sale(json!({}))).await;
    let blocks = stage.blocks(&installed, START, &page(8_00)).await;
    let Content::Price(price) = &blocks[0].content else { panic!("{blocks:?}") };
    assert_eq!((price.now, price.was, price.reduced_since), (8_00, Some(10_00), START));
}

#[tokio::test]
async fn f7_promises_of_the_settings_in_force_are_kept() {
    let stage = Stage::new(Shop::default());
    let in_force = stage.prepare(sale(json!({}))).await.unwrap();
    let replace = async |settings: Value, now| {
        stage.engine.replace_settings(&stage.extension, &call(now), &settings, &in_force).await
    };
    let put_off = sale(json!({ "ends": "2026-07-02T21:00" }));
    let extended = replace(put_off.clone(), START + 1).await.unwrap();
    assert_ne!(extended.bytes(), stage.prepare(put_off.clone()).await.unwrap().bytes(), "the first end is remembered");
    match replace(put_off, END).await {
        Err(SettingsError::Invalid(errors)) => assert_eq!(errors[0].pointer, "/sales/0/ends"),
        other => panic!("a sale that is over was put off: {other:?}"),
    }
}

#[tokio::test]
async fn f7_wrong_settings_are_refused_where_they_are_wrong() {
    let stage = Stage::new(Shop::default());
    for (change, pointer) in [
        (json!({ "ends": "2026-07-01T09:00" }), "/sales/0/ends"),
        (json!({ "ends": "2026-09-01T09:00" }), "/sales/0/ends"),
        (json!({ "zone": "Moon/Base" }), "/sales/0/starts"),
        (json!({ "products": [] }), "/sales/0/products"),
        (json!({ "percent": 20_000 }), "/sales/0/percent"),
        (json!({ "percent": null }), "/sales/0/percent"),
        (json!({ "starts": "soon" }), "/sales/0/starts"),
    ] {
        match stage.prepare(sale(change.clone())).await {
            Err(SettingsError::Invalid(errors)) => {
                assert!(errors.iter().any(|error| error.pointer == pointer), "{change}: {errors:?}");
            }
            other => panic!("{change} was accepted: {other:?}"),
        }
    }
    stage.prepare(json!({})).await.expect("nothing set up is right too");
}

#[tokio::test]
async fn f8_bundle_is_shared_over_its_lines() {
    let stage = Stage::new(Shop::default());
    let settings = json!({ "bundles": [{
        "id": "pair", "title": "Pair", "starts": "2026-07-01T09:00", "ends": "2026-07-01T21:00",
        "slow": "p-v", "best": "q-v", "price": 1501,
    }] });
    let installed = stage.install(settings).await;
    let pricing = stage.price(&installed, &call(START), &cart(1)).await;
    assert_eq!(pricing.lines.iter().map(|line| line.total).collect::<Vec<_>>(), [7_50, 7_51]);
}

#[tokio::test]
async fn f9_early_access_is_for_proved_members() {
    let stage = Stage::new(Shop::default());
    let installed = stage.install(sale(json!({ "early_access": { "minutes": 60, "tags": ["vip"] } }))).await;
    let total = async |customer: Option<&str>, now| {
        let call = customer.map_or_else(|| call(now), |customer| call(now).for_customer(customer));
        let cart = Cart { customer: customer.map(Into::into), ..cart(1) };
        stage.price(&installed, &call, &cart).await.lines[0].total
    };
    assert_eq!(total(Some("vip"), START - 60 * MINUTE).await, 8_00);
    assert_eq!(total(Some("vip"), START - 60 * MINUTE - 1).await, 10_00);
    assert_eq!(total(Some("other"), START - 1).await, 10_00);
    assert_eq!(total(None, START - 1).await, 10_00);
}

#[tokio::test]
async fn f10_every_instant_can_be_previewed() {
    let stage = Stage::new(Shop::default());
    let installed = stage.install(sale(json!({ "categories": ["all"], "products": [], "margin_floor": 0 }))).await;
    let first = stage.price(&installed, &call(START), &cart(1)).await;
    assert_eq!(first.lines.iter().map(|line| line.total).collect::<Vec<_>>(), [8_00, 8_00]);
    assert_eq!(stage.price(&installed, &call(START), &cart(1)).await, first, "the same moment, the same price");
}

#[tokio::test]
async fn f9_f10_reports_are_made() {
    let order = Order {
        id: "1".into(),
        number: "1".into(),
        placed_at: START,
        currency: "EUR".into(),
        lines: vec![OrderLine {
            id: "l".into(),
            product: "p".into(),
            variant: "p-v".into(),
            quantity: 2,
            unit_price: 10_00,
            total: 16_00,
            paid_with_points: 0,
            paid_with_gift_cards: 0,
            tax: 0,
            attributes: vec![],
        }],
        adjustments: vec![OrderAdjustment {
            extension: "flash-sale".into(),
            line: Some("l".into()),
            class: "sale".into(),
            label: "Summer sale".into(),
            amount: -4_00,
        }],
        delivery_fee: 0,
        tax: 0,
        total: 16_00,
        customer: None,
        contact: "contact".into(),
        contact_domain: "example.com".into(),
        country: None,
        flags: vec![],
        attributes: vec![],
    };
    let stage = Stage::new(Shop { orders: vec![order], ..Shop::default() });
    let installed = stage.install(sale(json!({}))).await;
    let installation = installed.get("flash-sale").expect("it is installed");
    let report = async |name: &str| {
        let request = ReportRequest { report: name.into(), from: START, until: END };
        let report = stage.engine.make_report(installation, &call(END), &request).await;
        clean(report).expect("a report")
    };
    assert_eq!(report("results").await.tables[0].rows, [["Summer sale", "over", "1", "2", "16.00 EUR", "4.00 EUR"]]);
    assert_eq!(report("sell-through").await.tables[0].rows[0][1..], ["2", "50", "3.8 %"]);
    let calendar = [["summer", "Summer sale", "20260701T090000Z", "20260701T210000Z"]];
    assert_eq!(report("calendar").await.tables[0].rows, calendar);
}
