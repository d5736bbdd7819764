//! A small shop in memory with its pages. No extension is installed: everything works without one (C11).

use std::sync::Arc;

use boomerang_shop::background::Worked;
use boomerang_shop::catalogue::{Category, Picture, ProductDetails, ProductInput, VariantDetails};
use boomerang_shop::clock::{Clock, DAY, Instant, SECOND};
use boomerang_shop::gateway::TestGateway;
use boomerang_shop::mail::Mailbox;
use boomerang_shop::people::{Address, Customer, CustomerState, PaymentToken};
use boomerang_shop::platform::{Platform, PlatformConfig};
use boomerang_shop::secrets::Secret;
use boomerang_shop::shops::{Policies, Shop};
use boomerang_shop::store::{
    Store, StoreError, addresses, catalogue, contacts, customers, mailbox, orders, payment_tokens, shops,
};
use boomerang_shop::web;

use crate::browser::{Browser, Page};

/// When every story begins: 2 March 2026, 9:00 in Vienna.
pub(crate) const START: Instant = 1_772_438_400_000;
/// A customer with an address and a card.
pub(crate) const ANN: &str = "ann@example.com";

/// What a guest enters.
pub(crate) const GUEST: [(&str, &str); 7] = [
    ("email", "gus@example.com"),
    ("shipping.country", "AT"),
    ("shipping.name", "Gus Guest"),
    ("shipping.line1", "Hauptplatz 1"),
    ("shipping.postal-code", "8010"),
    ("shipping.locality", "Graz"),
    ("payment_token", "tok_visa_ok"),
];

/// A shop.
pub(crate) struct World {
    pub(crate) platform: Platform,
}

impl World {
    pub(crate) async fn new() -> Self {
        let config = PlatformConfig {
            clock: Clock::manual(START),
            secret: Secret::new([7; 32]),
            components: None,
            cache: None,
            demo: true,
        };
        let platform = Platform::new(Store::in_memory().unwrap(), Arc::new(TestGateway::new()), config).unwrap();
        let shop = Shop {
            id: "demo".into(),
            name: "Demo".into(),
            base_url: "https://shop.example".into(),
            currency: "EUR".into(),
            time_zone: "Europe/Vienna".into(),
            locale: "en".into(),
            country: "AT".into(),
            created_at: START - 90 * DAY,
            policies: Policies::default(),
        };
        platform.store.write(move |tx| shops::create(tx, "system", &shop)).await.unwrap();
        let world = Self { platform };
        world.stock().await;
        world
    }

    async fn stock(&self) {
        let mug = |title: &str, handle: &str, price, stock| ProductInput {
            details: ProductDetails {
                handle: handle.into(),
                title: title.into(),
                description: "Holds 0.3 l.".into(),
                category: Some("kitchen".into()),
                options: vec!["Colour".into()],
                pictures: vec![Picture { source: "drawing:mug/sea".into(), alt: "A mug".into() }],
                ..ProductDetails::default()
            },
            variants: ["Sea", "Clay"]
                .map(|colour| VariantDetails {
                    options: vec![colour.into()],
                    sku: format!("{handle}-{colour}"),
                    price,
                    stock: Some(stock),
                    ..VariantDetails::default()
                })
                .into(),
        };
        let goods = [mug("Blue <mug>", "blue-mug", 1_490, 5), mug("Tea pot", "tea-pot", 4_900, 0)];
        self.platform
            .store
            .write(move |tx| -> Result<(), catalogue::CatalogueError> {
                let kitchen = Category { id: "kitchen".into(), title: "Kitchen".into(), parent: None, position: 0 };
                catalogue::save_category(tx, "demo", START - 60 * DAY, "system", &kitchen)?;
                for product in &goods {
                    catalogue::save(tx, "demo", START - 60 * DAY, "system", product)?;
                }
                Ok(())
            })
            .await
            .unwrap();
    }

    /// Ann, who has an account with an address and a card.
    pub(crate) async fn ann(&self) -> String {
        let contact = self.platform.secret.contact("demo", ANN);
        let customer = Customer {
            id: "cus_ann".into(),
            contact,
            email: ANN.into(),
            state: CustomerState::Active,
            name: "Ann Lee".into(),
            phone: String::new(),
            locale: "en".into(),
            birthday: None,
            blocked: false,
            marketing_since: Some(START),
            tags: Vec::new(),
            attributes: Default::default(),
            default_shipping: None,
            default_billing: None,
            registered_at: START - 60 * DAY,
            verified_at: Some(START - 60 * DAY),
            delete_unclaimed_at: None,
        };
        let address = Address {
            name: "Ann Lee".into(),
            line1: "Hauptplatz 2".into(),
            postal_code: "8010".into(),
            locality: "Graz".into(),
            country: "AT".into(),
            ..Address::default()
        };
        let card = PaymentToken {
            token: "tok_visa_ok".into(),
            brand: "visa".into(),
            last4: "4242".into(),
            expires_year: 2034,
            expires_month: 12,
            used_at: START,
        };
        self.platform
            .store
            .write(move |tx| -> Result<_, StoreError> {
                contacts::remember(tx, "demo", &customer.contact, &customer.email, None)?;
                customers::insert(tx, "demo", &customer)?;
                addresses::add(tx, "demo", &customer.id, &address, None, START)?;
                payment_tokens::keep(tx, "demo", &customer.id, &card)?;
                Ok(customer.id)
            })
            .await
            .unwrap()
    }

    /// A browser that has never been here.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(web::router(self.platform.clone()))
    }

    /// Does what is due, as the background worker would, and gives the newest mail to an address.
    pub(crate) async fn mail(&self, to: &'static str) -> mailbox::Received {
        self.work().await;
        let found = self.platform.store.read(move |tx| mailbox::list(tx, "demo", Some(to), 1)).await.unwrap();
        found.into_iter().next().unwrap_or_else(|| panic!("no mail to {to}"))
    }

    /// Works until there is nothing left to do.
    pub(crate) async fn work(&self) {
        let transport = Mailbox::new(self.platform.store.clone());
        while self.platform.work(&transport).await.unwrap() != Worked::default() {}
    }

    /// The path of the link in a mail that starts with `start`.
    pub(crate) fn link(mail: &mailbox::Received, start: &str) -> String {
        let at = mail.text.find(&format!("https://shop.example{start}")).unwrap_or_else(|| panic!("{}", mail.text));
        let rest = &mail.text[at + "https://shop.example".len()..];
        rest.split_whitespace().next().unwrap().to_owned()
    }

    /// Signs in with the link of a mail.
    pub(crate) async fn sign_in(&self, browser: &mut Browser, email: &'static str, remember: bool) -> Page {
        // The mails of two sign-ins are told apart by when they arrive.
        self.platform.clock.advance(SECOND);
        let page = browser.get("/sign-in").await.ok();
        browser.send(&page, "/sign-in", &[("email", email)]).await.ok();
        let link = Self::link(&self.mail(email).await, "/sign-in/confirm");
        let page = browser.get(&link).await.ok();
        let remember = if remember { &[("remember", "true")][..] } else { &[] };
        browser.send(&page, "/sign-in/confirm", remember).await.ok()
    }

    /// Puts a mug into the cart, from the page of the product.
    pub(crate) async fn fill_cart(&self, browser: &mut Browser) -> Page {
        let page = browser.get("/p/blue-mug").await.ok();
        browser.send(&page, "/cart/lines", &[]).await.ok()
    }

    /// How many orders there are.
    pub(crate) async fn orders(&self) -> usize {
        let listing = orders::Listing { limit: 100, ..orders::Listing::default() };
        self.platform.store.read(move |tx| orders::list(tx, "demo", &listing)).await.unwrap().len()
    }
}
