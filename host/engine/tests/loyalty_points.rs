//! Loyalty points in the real engine: the shipped component, called as a platform calls it, over a small book in memory.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use boomerang_engine::capability::{Catalogue, Customers, OrderHistory, Points, Storage, TimeZones};
use boomerang_engine::contract::{
    Attribute, Cart, CartLine, Content, Context, EarnedLine, Expiring, ExpiringPage, Fault, Holdings, Instant, KeyPage,
    LocalTime, Lot, Money, Order, OrderEvent, OrderLine, OrderPage, OrderPoints, OrderSummary, Page, Product, Profile,
    ProfilePage, Refund, RefundedLine, ReportRequest, Resolved, Tick,
};
use boomerang_engine::{
    Call, Capabilities, Capability, Effect, Engine, EngineConfig, Installation, InstallationOptions, Installations,
    OrderClaim, Read, Scope, SettingsError,
};
use jiff::Timestamp;
use jiff::tz::{AmbiguousOffset, TimeZone};
use serde_json::{Value, json};

/// Noon of 20 November 2026 in Vienna.
const NOON: Instant = 1_795_172_400_000;

/// A component that has been built: in `target/components`, or where `BOOMERANG_COMPONENTS` says.
fn component(name: &str) -> Vec<u8> {
    let folder = std::env::var_os("BOOMERANG_COMPONENTS")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/components"), PathBuf::from);
    let path = folder.join(name).with_extension("wasm");
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}; run `cargo xtask guests` first", path.display()))
}

/// What the shop's book says: of everybody and of every order the same.
#[derive(Clone, Default)]
struct Book {
    blocked: bool,
    available: i64,
    order: Option<OrderPoints>,
    expiring: Vec<Expiring>,
}

#[async_trait]
impl TimeZones for Book {
    async fn resolve(&self, _: &Scope, zone: &str, time: LocalTime) -> Result<Read<Resolved>, Fault> {
        let zone = TimeZone::get(zone).expect("a known zone");
        let local = jiff::civil::date(time.year as i16, time.month as i8, time.day as i8).at(
            time.hour as i8,
            time.minute as i8,
            time.second as i8,
            0,
        );
        let ambiguous = zone.to_ambiguous_timestamp(local);
        let in_gap = matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. });
        let (earlier, later) = (ambiguous.earlier(), ambiguous.later());
        let instant = |at: Result<Timestamp, _>| at.expect("a time in range").as_millisecond();
        Ok(Resolved { earlier: instant(earlier), later: instant(later), in_gap }.into())
    }

    async fn to_local(&self, _: &Scope, zone: &str, at: Instant) -> Result<Read<LocalTime>, Fault> {
        let local = Timestamp::from_millisecond(at).unwrap().to_zoned(TimeZone::get(zone).expect("a known zone"));
        Ok(LocalTime {
            year: local.year().into(),
            month: local.month() as u8,
            day: local.day() as u8,
            hour: local.hour() as u8,
            minute: local.minute() as u8,
            second: local.second() as u8,
        }
        .into())
    }
}

fn profile(id: &str, blocked: bool) -> Profile {
    Profile {
        id: id.into(),
        contact: format!("contact-of-{id}"),
        registered_at: 0,
        verified_at: Some(0),
        birthday: None,
        locale: "en".into(),
        blocked,
        marketing_consent: false,
        tags: Vec::new(),
        attributes: Vec::new(),
    }
}

#[async_trait]
impl Customers for Book {
    async fn get(&self, _: &Scope, customer: &str) -> Result<Read<Option<Profile>>, Fault> {
        Ok(Some(profile(customer, self.blocked)).into())
    }

    async fn page(&self, _: &Scope, cursor: Option<&str>, _: u32) -> Result<Read<ProfilePage>, Fault> {
        let (name, next) = if cursor.is_none() { ("anna", Some("anna".into())) } else { ("ben", None) };
        Ok(ProfilePage { profiles: vec![profile(name, self.blocked)], cursor: next }.into())
    }
}

#[async_trait]
impl Catalogue for Book {
    async fn products(&self, _: &Scope, _: &[String]) -> Result<Read<Vec<Product>>, Fault> {
        Ok(Vec::new().into())
    }

    async fn prior_price(&self, _: &Scope, _: &str, _: Instant, _: u32) -> Result<Read<Option<Money>>, Fault> {
        Ok(None.into())
    }
}

#[async_trait]
impl OrderHistory for Book {
    async fn get(&self, _: &Scope, _: &str) -> Result<Read<Option<Order>>, Fault> {
        Ok(None.into())
    }

    async fn of(&self, _: &Scope, _: &str, _: u32) -> Result<Read<Vec<OrderSummary>>, Fault> {
        Ok(Vec::new().into())
    }

    async fn between(
        &self,
        _: &Scope,
        _: Instant,
        _: Instant,
        _: Option<&str>,
        _: u32,
    ) -> Result<Read<OrderPage>, Fault> {
        Ok(OrderPage { orders: Vec::new(), cursor: None }.into())
    }
}

#[async_trait]
impl Points for Book {
    async fn balance(&self, _: &Scope, _: &str) -> Result<Read<Holdings>, Fault> {
        let available = self.available;
        Ok(Holdings { available, pending: 0, next_available_at: None, held: 0, reserved: 0 }.into())
    }

    async fn lots(&self, _: &Scope, _: &str) -> Result<Read<Vec<Lot>>, Fault> {
        Ok(Vec::new().into())
    }

    async fn of_order(&self, _: &Scope, _: &str) -> Result<Read<OrderPoints>, Fault> {
        let nothing = OrderPoints { earned: Vec::new(), spent: 0, restored: 0 };
        Ok(self.order.clone().unwrap_or(nothing).into())
    }

    async fn earned_between(
        &self,
        _: &Scope,
        _: &str,
        _: Instant,
        _: Instant,
        _: &[String],
    ) -> Result<Read<i64>, Fault> {
        Ok(0.into())
    }

    async fn expiring_between(
        &self,
        _: &Scope,
        from: Instant,
        until: Instant,
        _: Option<&str>,
        _: u32,
    ) -> Result<Read<ExpiringPage>, Fault> {
        let inside = self.expiring.iter().filter(|entry| (from..until).contains(&entry.expires_at));
        Ok(ExpiringPage { entries: inside.cloned().collect(), cursor: None }.into())
    }
}

#[async_trait]
impl Storage for Book {
    async fn get(&self, _: &Scope, _: &str) -> Result<Read<Option<Vec<u8>>>, Fault> {
        Ok(None.into())
    }

    async fn list(&self, _: &Scope, _: &str, _: Option<&str>, _: u32) -> Result<Read<KeyPage>, Fault> {
        Ok(KeyPage { keys: Vec::new(), cursor: None }.into())
    }
}

struct Shop {
    engine: Engine,
    call: Call,
    installed: Arc<Installation>,
}

impl Shop {
    async fn new(book: Book, settings: Value) -> Result<Self, SettingsError> {
        let book = Arc::new(book);
        let offered = Capabilities::builder()
            .time_zones(book.clone())
            .customers(book.clone())
            .catalogue(book.clone())
            .order_history(book.clone())
            .points(book.clone())
            .storage(book)
            .all_writes()
            .build();
        let engine = Engine::new(EngineConfig::default(), offered).expect("an engine");
        let extension = engine.load(&component("loyalty-points")).expect("the component loads");
        let context = Context { now: NOON, locale: "en".into(), time_zone: "Europe/Vienna".into() };
        let call = Call::new("shop", context).for_customer("anna");
        let settings = engine.prepare_settings(&extension, &call, &settings).await?;
        let grants = extension.capabilities().to_vec();
        let installed = Installation::new(extension, InstallationOptions::new(settings, grants)).expect("granted");
        Ok(Self { engine, call, installed: Arc::new(installed) })
    }

    fn installed(&self) -> Installations {
        Installations::new([Arc::clone(&self.installed)]).expect("one")
    }

    async fn happens(&self, topic: &str, order: Order, refund: Option<Refund>) -> Vec<Effect> {
        let event = OrderEvent { id: topic.into(), topic: topic.into(), occurred_at: NOON, order, refund };
        let handled = self.engine.handle_order_event(&self.installed, &self.call, &event).await;
        handled.unwrap_or_else(|failure| panic!("{failure}")).effects
    }
}

/// A cart of (product, price), asking to spend points.
fn cart(lines: &[(&str, Money)], redeem: &str) -> Cart {
    let line = |(product, price): &(&str, Money)| CartLine {
        product: (*product).into(),
        variant: (*product).into(),
        quantity: 1,
        unit_price: *price,
        added_at: NOON,
        attributes: Vec::new(),
    };
    Cart {
        currency: "EUR".into(),
        lines: lines.iter().map(line).collect(),
        delivery_fee: 0,
        customer: Some("anna".into()),
        country: None,
        checkout_since: None,
        codes: Vec::new(),
        attributes: vec![Attribute { key: "loyalty-points.redeem".into(), value: redeem.into() }],
    }
}

/// The order of such a cart, paid with money.
fn order(lines: &[(&str, Money)]) -> Order {
    let line = |(position, (product, total)): (usize, &(&str, Money))| OrderLine {
        id: format!("line-{position}"),
        product: (*product).into(),
        variant: (*product).into(),
        quantity: 1,
        unit_price: *total,
        total: *total,
        paid_with_points: 0,
        paid_with_gift_cards: 0,
        tax: 0,
        attributes: Vec::new(),
    };
    Order {
        id: "1042".into(),
        number: "1042".into(),
        placed_at: NOON,
        currency: "EUR".into(),
        lines: lines.iter().enumerate().map(line).collect(),
        adjustments: Vec::new(),
        delivery_fee: 0,
        tax: 0,
        total: lines.iter().map(|(_, total)| total).sum(),
        customer: Some("anna".into()),
        contact: "contact-of-anna".into(),
        contact_domain: "example.com".into(),
        country: None,
        flags: Vec::new(),
        attributes: Vec::new(),
    }
}

#[tokio::test]
async fn it_asks_for_what_it_uses_and_no_more() {
    let shop = Shop::new(Book::default(), json!({})).await.unwrap();
    let asked = shop.installed.extension().capabilities();
    for never in [Capability::AddressBook, Capability::Accounts, Capability::Coupons, Capability::Fulfilment] {
        assert!(!asked.contains(&never), "{never:?}");
    }
    assert!(asked.contains(&Capability::PointsLedger));
}

#[tokio::test]
async fn l6_a_hundred_percent_leaves_exactly_zero() {
    let book = Book { available: 5_000, ..Book::default() };
    let shop = Shop::new(book, json!({ "redemption": { "points": 1, "worth": 3 } })).await.unwrap();
    let cart = cart(&[("a", 33), ("b", 34), ("c", 33)], "5000");
    let report = shop.engine.price_cart(&shop.installed(), &shop.call, &cart).await.unwrap();
    assert!(report.is_clean(), "{report:?}");
    assert_eq!((report.value.total, report.value.paid_with_points, report.value.to_pay), (100, 100, 0));
    let claims: Vec<_> = report.value.claims(&cart).map(|(_, claim)| claim).collect();
    assert_eq!(claims, [OrderClaim::Points(34)]);
}

#[tokio::test]
async fn l6_excluded_goods_are_paid_with_money_line_by_line() {
    let book = Book { available: 5_000, ..Book::default() };
    let settings = json!({ "redemption": { "excluded-products": ["gift-card"] } });
    let shop = Shop::new(book, settings).await.unwrap();
    let cart = cart(&[("a", 700), ("gift-card", 5_000), ("b", 300)], "5000");
    let report = shop.engine.price_cart(&shop.installed(), &shop.call, &cart).await.unwrap();
    assert!(report.is_clean(), "{report:?}");
    assert_eq!((report.value.paid_with_points, report.value.to_pay), (1_000, 5_000));
}

#[tokio::test]
async fn l5_what_the_cart_promises_is_granted() {
    let shop = Shop::new(Book::default(), json!({ "earning": { "points": 3, "per": 70 } })).await.unwrap();
    let goods = [("a", 3_333), ("b", 1_234)];
    let page = Page {
        kind: "cart".into(),
        slots: vec!["cart-summary".into()],
        currency: "EUR".into(),
        customer: Some("anna".into()),
        products: Vec::new(),
        cart: Some(cart(&goods, "")),
        cart_total: 4_567,
        order: None,
        attributes: Vec::new(),
    };
    let report = shop.engine.render_blocks(&shop.installed(), &shop.call, &page).await;
    assert!(report.is_clean(), "{report:?}");
    let Content::Notice(notice) = &report.value[0].block.content else { panic!("{report:?}") };
    assert_eq!(notice.title, "You earn 195 points with this order");
    assert_eq!(notice.text, "You can spend them from 20 December 2026.");

    let effects = shop.happens("paid", order(&goods), None).await;
    let [Effect::PointsGrant(grant)] = effects.as_slice() else { panic!("not one grant: {effects:?}") };
    assert_eq!((grant.points, grant.key.as_str(), grant.rule.as_str()), (195, "order/1042/earn", "purchase"));
    assert_eq!(grant.lines.iter().map(|line| line.points).sum::<u64>(), 195);
    assert_eq!(grant.available_at, Some(NOON + 30 * 86_400_000));
}

#[tokio::test]
async fn l9_points_expire_at_a_midnight_of_the_shop_over_a_clock_change() {
    let settings = json!({
        "earning": { "pending-days": 0 }, "expiry": { "policy": "days", "days": 150, "dry-run": false } });
    let shop = Shop::new(Book::default(), settings).await.unwrap();
    let effects = shop.happens("paid", order(&[("a", 1_000)]), None).await;
    let [Effect::PointsGrant(grant)] = effects.as_slice() else { panic!("not one grant: {effects:?}") };
    let expires = Timestamp::from_millisecond(grant.expires_at.unwrap()).unwrap();
    assert_eq!(expires.to_string(), "2027-04-19T22:00:00Z", "midnight in summer time, bought in winter time");
}

#[tokio::test]
async fn l7_a_refund_takes_back_and_gives_back_its_part() {
    let earned = |line: &str, earned| EarnedLine { line: line.into(), earned, reversed: 0 };
    let points = OrderPoints { earned: vec![earned("line-0", 60), earned("line-1", 35)], spent: 500, restored: 0 };
    let shop = Shop::new(Book { order: Some(points), ..Book::default() }, json!({})).await.unwrap();
    let mut order = order(&[("a", 6_000), ("b", 4_000)]);
    order.lines[1].paid_with_points = 500;
    let line = RefundedLine { line: "line-1".into(), quantity: 1, amount: 2_000, amount_so_far: 2_000 };
    let refund = Refund { id: "r1".into(), lines: vec![line], delivery: 0, reason: String::new() };
    let effects = shop.happens("refunded", order, Some(refund)).await;
    let [Effect::PointsRestore(restored), Effect::PointsReverse { reversal, .. }] = effects.as_slice() else {
        panic!("not one of each: {effects:?}")
    };
    assert_eq!((restored.points, restored.key.as_str()), (250, "order/1042/refund/r1/restore"));
    assert_eq!((reversal.lines[0].points, reversal.key.as_str()), (17, "order/1042/refund/r1"));
}

#[tokio::test]
async fn l11_whoever_is_blocked_neither_spends_nor_earns() {
    let book = Book { blocked: true, available: 5_000, ..Book::default() };
    let shop = Shop::new(book, json!({})).await.unwrap();
    let report = shop.engine.price_cart(&shop.installed(), &shop.call, &cart(&[("a", 1_000)], "500")).await.unwrap();
    assert!(report.is_clean(), "{report:?}");
    assert_eq!(report.value.to_pay, 1_000);
    assert_eq!(shop.happens("paid", order(&[("a", 1_000)]), None).await, []);
}

#[tokio::test]
async fn l9_the_daily_round_goes_page_by_page_and_warns() {
    let expires_at = NOON + 86_400_000;
    let expiring = vec![Expiring { holder: "anna".into(), points: 120, expires_at }];
    let shop = Shop::new(Book { expiring, ..Book::default() }, json!({})).await.unwrap();
    let mut tick = Tick { id: "t".into(), name: "daily".into(), due_at: NOON, cursor: None };
    let mut pages = Vec::new();
    loop {
        let page = shop.engine.handle_tick(&shop.installed, &shop.call, &tick).await;
        let page = page.unwrap_or_else(|failure| panic!("{failure}"));
        pages.push(page.effects);
        tick.cursor = page.next_cursor;
        if tick.cursor.is_none() {
            break;
        }
    }
    assert!(pages[0].is_empty(), "the first page counts the first customers");
    assert!(matches!(pages[1].as_slice(), [Effect::StorageSet { key, .. }] if key == "summary"));
    let [Effect::Message(message)] = pages[2].as_slice() else { panic!("not one message: {:?}", pages[2]) };
    assert_eq!((message.to.as_str(), message.purpose.as_str()), ("anna", "service"));
    assert_eq!(message.key, format!("expiry/anna/{expires_at}"));
}

#[tokio::test]
async fn l14_the_merchant_sees_the_liability_by_month() {
    let expiring = vec![Expiring { holder: "anna".into(), points: 120, expires_at: NOON + 86_400_000 }];
    let shop = Shop::new(Book { expiring, ..Book::default() }, json!({})).await.unwrap();
    let request = ReportRequest { report: "liability".into(), from: NOON, until: NOON + 365 * 86_400_000 };
    let report = shop.engine.make_report(&shop.installed, &shop.call, &request).await;
    assert!(report.is_clean(), "{report:?}");
    let report = report.value.expect("a report");
    assert_eq!(report.tables[0].rows, [["November 2026", "120", "120"]]);
}

#[tokio::test]
async fn settings_that_make_no_sense_are_pointed_at() {
    let settings = json!({ "redemption": { "minimum": 150, "step": 100 } });
    let Err(SettingsError::Invalid(errors)) = Shop::new(Book::default(), settings).await.map(|_| ()) else {
        panic!("accepted");
    };
    assert_eq!(errors[0].pointer, "/redemption/minimum");
}
