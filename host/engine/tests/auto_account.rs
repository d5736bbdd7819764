//! Automatic accounts in the real engine: the shipped component, called as a platform calls it.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use boomerang_engine::capability::OrderHistory;
use boomerang_engine::contract::{
    AccountMode, Content, Context, Fault, Instant, Order, OrderEvent, OrderPage, OrderSummary, Page,
};
use boomerang_engine::{
    Call, Capabilities, Capability, Effect, Engine, EngineConfig, Installation, InstallationOptions, Installations,
    Point, Read, Scope, SettingsError,
};
use serde_json::{Value, json};

/// A component that has been built: in `target/components`, or where `BOOMERANG_COMPONENTS` says.
fn component(name: &str) -> Vec<u8> {
    let folder = std::env::var_os("BOOMERANG_COMPONENTS")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/components"), PathBuf::from);
    let path = folder.join(name).with_extension("wasm");
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}; run `cargo xtask guests` first", path.display()))
}

/// A guest's order, paid for.
fn order(country: &str, domain: &str) -> Order {
    Order {
        id: "1042".into(),
        number: "1042".into(),
        placed_at: 0,
        currency: "EUR".into(),
        lines: Vec::new(),
        adjustments: Vec::new(),
        delivery_fee: 0,
        tax: 0,
        total: 0,
        customer: None,
        contact: "contact-7".into(),
        contact_domain: domain.into(),
        country: Some(country.into()),
        flags: Vec::new(),
        attributes: Vec::new(),
    }
}

/// A shop with one order.
struct OneOrder(Order);

#[async_trait]
impl OrderHistory for OneOrder {
    async fn get(&self, _: &Scope, order: &str) -> Result<Read<Option<Order>>, Fault> {
        Ok(Some(self.0.clone()).filter(|kept| kept.id == order).into())
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

struct Shop {
    engine: Engine,
    call: Call,
    installed: Arc<Installation>,
}

impl Shop {
    async fn new(order: Order, settings: Value) -> Result<Self, SettingsError> {
        let offered = Capabilities::builder().order_history(Arc::new(OneOrder(order))).all_writes().build();
        let engine = Engine::new(EngineConfig::default(), offered).expect("an engine");
        let extension = engine.load(&component("auto-account")).expect("the component loads");
        let context = Context { now: 1_764_000_000_000, locale: "en".into(), time_zone: "Europe/Vienna".into() };
        let call = Call::new("shop", context);
        let settings = engine.prepare_settings(&extension, &call, &settings).await?;
        let grants = extension.capabilities().to_vec();
        let installed = Installation::new(extension, InstallationOptions::new(settings, grants)).expect("granted");
        Ok(Self { engine, call, installed: Arc::new(installed) })
    }

    async fn happens(&self, topic: &str, order: Order) -> Vec<Effect> {
        let event = OrderEvent { id: topic.into(), topic: topic.into(), occurred_at: 0, order, refund: None };
        let handled = self.engine.handle_order_event(&self.installed, &self.call, &event).await;
        handled.unwrap_or_else(|failure| panic!("{failure}")).effects
    }

    async fn thank_you(&self, customer: Option<&str>) -> Vec<Content> {
        let page = Page {
            kind: "thank-you".into(),
            slots: vec!["thank-you".into()],
            currency: "EUR".into(),
            customer: customer.map(Into::into),
            products: Vec::new(),
            cart: None,
            cart_total: 0,
            order: Some("1042".into()),
            attributes: Vec::new(),
        };
        let installed = Installations::new([Arc::clone(&self.installed)]).expect("one");
        let report = self.engine.render_blocks(&installed, &self.call, &page).await;
        assert!(report.is_clean(), "{report:?}");
        report.value.into_iter().map(|placed| placed.block.content).collect()
    }
}

#[tokio::test]
async fn a9_it_can_offer_accounts_and_nothing_else() {
    let shop = Shop::new(order("DE", "example.com"), json!({})).await.unwrap();
    let extension = shop.installed.extension();
    assert_eq!(extension.points(), [Point::Configuration, Point::StorefrontBlocks, Point::OrderEvents]);
    let mut asked = extension.capabilities().to_vec();
    asked.retain(|capability| !matches!(capability, Capability::Settings | Capability::Log));
    assert_eq!(asked, [Capability::OrderHistory, Capability::Accounts], "no way to consent, to write or to read mail");
}

#[tokio::test]
async fn a2_one_offer_when_the_order_is_paid() {
    let order = order("DE", "example.com");
    let shop = Shop::new(order.clone(), json!({ "delete-unclaimed-after-days": 14 })).await.unwrap();
    for topic in ["placed", "fulfilled", "delivered", "cancelled"] {
        assert_eq!(shop.happens(topic, order.clone()).await, [], "{topic}");
    }
    let first = shop.happens("paid", order.clone()).await;
    let [Effect::AccountOffer(offer)] = first.as_slice() else { panic!("not one offer: {first:?}") };
    assert_eq!((offer.order.as_str(), offer.key.as_str()), ("1042", "order/1042/account"));
    assert_eq!((offer.mode, offer.delete_unclaimed_after_days), (AccountMode::Invite, 14));
    assert_eq!(
        shop.happens("paid", order).await,
        first,
        "the same offer under the same key, which the host takes once"
    );
}

#[tokio::test]
async fn a1_policy_by_jurisdiction() {
    let settings = json!({ "elsewhere": "automatic", "countries": [{ "country": "fr", "policy": "off" }] });
    let shop = Shop::new(order("DE", "example.com"), settings).await.unwrap();
    for (country, mode) in [("DE", Some(AccountMode::Invite)), ("US", Some(AccountMode::Automatic)), ("FR", None)] {
        let effects = shop.happens("paid", order(country, "example.com")).await;
        let offered = effects.first().map(|effect| match effect {
            Effect::AccountOffer(offer) => offer.mode,
            other => panic!("not an offer: {other:?}"),
        });
        assert_eq!(offered, mode, "{country}");
    }
}

#[tokio::test]
async fn a2_nothing_for_flagged_orders_throw_away_addresses_and_customers() {
    let shop = Shop::new(order("DE", "example.com"), json!({})).await.unwrap();
    let mut flagged = order("DE", "example.com");
    flagged.flags = vec!["fraud-suspected".into()];
    let mut known = order("DE", "example.com");
    known.customer = Some("anna".into());
    for order in [flagged, known, order("DE", "box.mailinator.com")] {
        assert_eq!(shop.happens("paid", order).await, []);
    }
}

#[tokio::test]
async fn a1_the_thank_you_page_says_so_with_a_way_out() {
    let shop = Shop::new(order("US", "example.com"), json!({ "elsewhere": "automatic" })).await.unwrap();
    let blocks = shop.thank_you(None).await;
    let [Content::Notice(notice)] = blocks.as_slice() else { panic!("not one notice: {blocks:?}") };
    assert!(notice.text.contains("Don’t keep it") && notice.text.contains("30 days"), "{}", notice.text);
    assert_eq!(shop.thank_you(Some("anna")).await, [], "a signed-in buyer has an account");
}

#[tokio::test]
async fn settings_that_make_no_sense_are_pointed_at() {
    let settings = json!({ "blocked-domains": ["localhost"] });
    let Err(SettingsError::Invalid(errors)) = Shop::new(order("DE", "example.com"), settings).await.map(|_| ()) else {
        panic!("accepted");
    };
    assert_eq!(errors[0].pointer, "/blocked-domains/0");
}
