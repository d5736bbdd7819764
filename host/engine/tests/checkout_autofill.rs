//! Checkout autofill in the real engine: the shipped component, called as a platform calls it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use boomerang_engine::capability::AddressBook;
use boomerang_engine::contract::{
    Address, Book, Cart, CheckoutForm, CheckoutPlan, Context, Delivery, Fault, FieldPlan, Instant, PaymentToken,
    Recognition, TypedField,
};
use boomerang_engine::{
    Call, Capabilities, Engine, EngineConfig, Extension, Installation, InstallationOptions, Installations, Point, Read,
    Report, Scope, SettingsError,
};
use serde_json::{Value, json};

/// 15 July 2026.
const NOW: Instant = 1_784_073_600_000;

/// A component that has been built: in `target/components`, or where `BOOMERANG_COMPONENTS` says.
fn component(name: &str) -> Vec<u8> {
    let folder = std::env::var_os("BOOMERANG_COMPONENTS")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/components"), PathBuf::from);
    let path = folder.join(name).with_extension("wasm");
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}; run `cargo xtask guests` first", path.display()))
}

/// Everybody's address book is that of Ada Berger in Vienna; it counts how often it is opened.
#[derive(Default)]
struct Books(AtomicU32);

#[async_trait]
impl AddressBook for Books {
    async fn get(&self, _: &Scope, _: &str) -> Result<Read<Option<Book>>, Fault> {
        self.0.fetch_add(1, Ordering::Relaxed);
        let home = Address {
            id: "home".into(),
            name: "Ada Berger".into(),
            organization: String::new(),
            line1: "Gasse 1".into(),
            line2: String::new(),
            dependent_locality: String::new(),
            locality: "Wien".into(),
            region: String::new(),
            postal_code: "1010".into(),
            sorting_code: String::new(),
            country: "AT".into(),
            phone: "+43 1 234".into(),
        };
        let book = Book {
            name: "Ada Berger".into(),
            email: "ada@example.com".into(),
            phone: "+43 660 1".into(),
            addresses: vec![home],
            default_shipping: Some("home".into()),
            default_billing: None,
            deliveries: vec![Delivery {
                address: "home".into(),
                method: "post".into(),
                delivered_at: Some(NOW - 1),
                gift: false,
            }],
            last_payment_token: Some("tok".into()),
        };
        Ok(Some(book).into())
    }
}

/// The component in an engine.
struct Stage {
    engine: Engine,
    extension: Arc<Extension>,
    installed: Installations,
    books: Arc<Books>,
}

impl Stage {
    async fn new(settings: Value) -> Self {
        let books = Arc::new(Books::default());
        let capabilities = Capabilities::builder().address_book(books.clone()).build();
        let engine = Engine::new(EngineConfig::default(), capabilities).expect("the engine starts");
        let extension = engine.load(&component("checkout-autofill")).unwrap_or_else(|refusal| panic!("{refusal}"));
        let prepared = engine.prepare_settings(&extension, &call("en"), &settings).await;
        let prepared = prepared.unwrap_or_else(|error| panic!("{error}"));
        let options = InstallationOptions::new(prepared, extension.capabilities().to_vec());
        let installation = Installation::new(Arc::clone(&extension), options).expect("everything is granted");
        Self { engine, extension, installed: Installations::new([Arc::new(installation)]).expect("one"), books }
    }

    async fn plan(&self, call: &Call, form: &CheckoutForm) -> CheckoutPlan {
        clean(self.engine.plan_checkout(&self.installed, call, form).await).expect("a plan")
    }

    async fn objections(&self, form: &CheckoutForm) -> Vec<(String, String)> {
        let cart = Cart {
            currency: "EUR".into(),
            lines: vec![],
            delivery_fee: 0,
            customer: None,
            country: None,
            checkout_since: None,
            codes: vec![],
            attributes: vec![],
        };
        let report = self.engine.validate_checkout(&self.installed, &call("en"), form, &cart).await;
        clean(report).objections.into_iter().map(|objection| (objection.error.field, objection.error.code)).collect()
    }

    fn opened(&self) -> u32 {
        self.books.0.load(Ordering::Relaxed)
    }
}

/// The answer, if nothing was skipped or refused on the way.
fn clean<T>(report: Report<T>) -> T {
    assert!(report.is_clean(), "skipped: {:?}, refused: {:?}", report.skipped, report.refused);
    report.value
}

fn call(locale: &str) -> Call {
    Call::new("shop-1", Context { now: NOW, locale: locale.into(), time_zone: "Europe/Vienna".into() })
}

fn guest(country: &str) -> CheckoutForm {
    CheckoutForm {
        recognition: Recognition::Anonymous,
        customer: None,
        country: country.into(),
        fields: vec![],
        billing_differs: false,
        gift: false,
        needs_delivery: true,
        delivery_methods: vec!["post".into(), "express".into()],
        payment_tokens: vec![],
        attributes: vec![],
    }
}

fn ada(recognition: Recognition) -> (Call, CheckoutForm) {
    let card = PaymentToken {
        token: "tok".into(),
        brand: "visa".into(),
        last4: "4242".into(),
        expires_year: 2027,
        expires_month: 1,
    };
    let form = CheckoutForm { recognition, customer: Some("ada".into()), payment_tokens: vec![card], ..guest("AT") };
    (call("en").for_customer("ada"), form)
}

fn typed(field: &str, value: &str) -> TypedField {
    TypedField { field: field.into(), value: value.into(), typed: true }
}

fn field<'a>(plan: &'a CheckoutPlan, id: &str) -> &'a FieldPlan {
    plan.fields.iter().find(|field| field.field == id).unwrap_or_else(|| panic!("no field {id}"))
}

#[tokio::test]
async fn component_is_small_and_asks_only_for_the_address_book() {
    let stage = Stage::new(json!({})).await;
    assert!(stage.extension.size() <= 150_000, "{} bytes", stage.extension.size());
    let mut points = stage.extension.points().to_vec();
    points.sort();
    assert_eq!(points, [Point::Configuration, Point::CheckoutAutofill, Point::CheckoutValidation]);
    let mut asked: Vec<_> = stage.extension.capabilities().iter().map(|capability| capability.id()).collect();
    asked.sort_unstable();
    assert_eq!(asked, ["address-book", "settings"]);
}

#[tokio::test]
async fn c1_typed_email_opens_no_address_book_and_changes_nothing() {
    let stage = Stage::new(json!({})).await;
    let with = |email: &str| CheckoutForm { fields: vec![typed("email", email)], ..guest("AT") };
    let known = stage.plan(&call("en"), &with("ada@example.com")).await;
    let unknown = stage.plan(&call("en"), &with("nobody@example.com")).await;
    assert_eq!(known, unknown);
    assert_eq!(stage.opened(), 0);
}

#[tokio::test]
async fn c1_c7_recognised_customer_finds_the_form_filled() {
    for recognition in [Recognition::Device, Recognition::SignedIn] {
        let stage = Stage::new(json!({})).await;
        let (call, form) = ada(recognition);
        let plan = stage.plan(&call, &form).await;
        assert_eq!(field(&plan, "shipping.line1").value.as_deref(), Some("Gasse 1"));
        assert_eq!(field(&plan, "shipping.line1").source, "last-order");
        assert_eq!(field(&plan, "email").value.as_deref(), Some("ada@example.com"));
        assert_eq!((plan.delivery_method.as_deref(), plan.payment_token.as_deref()), (Some("post"), Some("tok")));
        assert_eq!(stage.opened(), 1);
    }
}

#[tokio::test]
async fn c1_remembered_devices_can_be_switched_off() {
    let stage = Stage::new(json!({ "remembered_devices": false })).await;
    let (call, form) = ada(Recognition::Device);
    let plan = stage.plan(&call, &form).await;
    assert_eq!(field(&plan, "shipping.line1").value, None);
    assert_eq!(stage.opened(), 0);
}

#[tokio::test]
async fn c2_typed_fields_are_left_alone() {
    let stage = Stage::new(json!({})).await;
    let (call, mut form) = ada(Recognition::SignedIn);
    form.fields = vec![typed("shipping.name", "Bea")];
    let plan = stage.plan(&call, &form).await;
    assert_eq!(field(&plan, "shipping.name").value, None);
    assert_eq!(field(&plan, "shipping.postal-code").value.as_deref(), Some("1010"));
}

#[tokio::test]
async fn c5_every_country_gets_a_form_that_the_engine_accepts() {
    let stage = Stage::new(json!({})).await;
    let countries = "AE AR AT AU BE BG BR CA CH CL CN CO CY CZ DE DK EE ES FI FR GB GR HK HR HU ID IE IL IN IS IT JP KR LT \
                     LU LV MT MX MY NL NO NZ PE PH PL PT RO RS RU SA SE SG SI SK TH TR TW UA US VN ZA ZZ";
    for country in countries.split(' ') {
        let form = CheckoutForm { billing_differs: true, ..guest(country) };
        for locale in ["en", "de-AT", "fr", "es", "it"] {
            let plan = stage.plan(&call(locale), &form).await;
            let shown =
                |side: &str| plan.fields.iter().filter(|field| !field.hidden && field.field.starts_with(side)).count();
            assert!(shown("shipping.") < 8, "{country}");
            assert!(shown("billing.") >= 3, "{country}");
        }
    }
}

#[tokio::test]
async fn c5_c9_checkout_is_refused_field_by_field() {
    let stage = Stage::new(json!({})).await;
    let mut form = guest("AT");
    form.fields = vec![
        typed("email", "ada@example.com"),
        typed("shipping.country", "AT"),
        typed("shipping.name", "Ada Berger"),
        typed("shipping.line1", "Gasse 1"),
        typed("shipping.locality", "Wien"),
        typed("shipping.postal-code", "A-1010"),
    ];
    assert_eq!(stage.objections(&form).await, [("shipping.postal-code".into(), "postal-code-format".into())]);
    form.fields[5].value = " 1010 ".into();
    assert_eq!(stage.objections(&form).await, []);
    form.fields.remove(3);
    assert_eq!(stage.objections(&form).await, [("shipping.line1".into(), "required".into())]);
}

#[tokio::test]
async fn c6_gift_goes_to_somebody_else() {
    let stage = Stage::new(json!({})).await;
    let (call, mut form) = ada(Recognition::SignedIn);
    form.gift = true;
    let plan = stage.plan(&call, &form).await;
    assert_eq!(field(&plan, "shipping.name").value, None);
    assert_eq!(field(&plan, "shipping.line1").value, None);
    assert!(plan.show_billing);
    assert_eq!(field(&plan, "billing.line1").value.as_deref(), Some("Gasse 1"));
}

#[tokio::test]
async fn c7_method_that_is_no_longer_offered_is_not_selected() {
    let stage = Stage::new(json!({})).await;
    let (call, mut form) = ada(Recognition::SignedIn);
    form.delivery_methods = vec!["express".into(), "drone".into()];
    form.payment_tokens[0].expires_year = 2026;
    form.payment_tokens[0].expires_month = 6;
    let plan = stage.plan(&call, &form).await;
    assert_eq!((plan.delivery_method, plan.payment_token), (None, None));
}

#[tokio::test]
async fn wrong_settings_are_refused_where_they_are_wrong() {
    let stage = Stage::new(json!({})).await;
    for (settings, pointer) in [(json!({ "phone": "maybe" }), "/phone"), (json!({ "most_fields": 2 }), "/most_fields")]
    {
        match stage.engine.prepare_settings(&stage.extension, &call("en"), &settings).await {
            Err(SettingsError::Invalid(errors)) => assert_eq!(errors[0].pointer, pointer),
            other => panic!("{settings} was accepted: {other:?}"),
        }
    }
}
