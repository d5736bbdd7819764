//! A shop with a product, and drafts of orders for it.

use std::collections::BTreeMap;

use boomerang_engine::contract::Grant;
use boomerang_engine::{CounterClaim, OrderClaim};

use super::draft::{Buyer, PaymentChoice, PricedClaim};
use super::{Draft, Order, OrderDelivery, OrderLine, OrderState};
use crate::catalogue::{Attributes, ProductDetails, ProductInput, Status, VariantDetails};
use crate::clock::Instant;
use crate::gateway::{CardToken, TestGateway};
use crate::money::Money;
use crate::people::Email;
use crate::secrets::Secret;
use crate::store::events::{self, Due, Happenings, Listener};
use crate::store::{Store, StoreError, Tx, carts, catalogue, installations, ledger};

pub(crate) const SHOP: &str = "shop";
pub(crate) const ANN: &str = "cus_ann";

/// An order of one line, paid.
pub(crate) fn order() -> Order {
    Order {
        id: "ord_1".into(),
        number: "1001".into(),
        cart: "cart".into(),
        state: OrderState::Paid,
        placed_at: 0,
        paid_at: Some(0),
        fulfilled_at: None,
        delivered_at: None,
        cancelled_at: None,
        currency: "EUR".into(),
        locale: "en".into(),
        customer: None,
        contact: "con_1".into(),
        contact_domain: "example.com".into(),
        country: None,
        shipping: None,
        billing: None,
        gift: false,
        delivery: OrderDelivery { total: 500, ..OrderDelivery::default() },
        lines: vec![line("0", "v", 1, 1_000)],
        adjustments: Vec::new(),
        tax: 0,
        total: 1_500,
        refunded: 0,
        flags: Vec::new(),
        attributes: BTreeMap::new(),
        payment: None,
    }
}

pub(crate) fn line(id: &str, variant: &str, quantity: u32, total: Money) -> OrderLine {
    OrderLine {
        id: id.into(),
        product: "p".into(),
        variant: variant.into(),
        title: "Mug".into(),
        quantity,
        unit_price: 1_000,
        total,
        paid_with_points: 0,
        paid_with_gift_cards: 0,
        tax: 0,
        returned: 0,
        refunded: 0,
        attributes: Attributes::new(),
    }
}

/// Takes what is due to every installation, at most so much to each.
pub(crate) fn claim_due(tx: &mut Tx<'_>, now: Instant, most: usize) -> Result<Vec<Due>, StoreError> {
    let mut claimed = Vec::new();
    for listener in events::waiting(tx, now, &Listener::default(), usize::MAX)? {
        claimed.extend(events::claim(tx, &listener, now, most, &mut Happenings::default())?);
    }
    Ok(claimed)
}

/// A shop in a database of its own, with a mug.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) gateway: TestGateway,
    pub(crate) secret: Secret,
    pub(crate) product: String,
    pub(crate) variant: String,
}

impl World {
    /// `stock` mugs at 10.00.
    pub(crate) async fn new(stock: i64) -> Self {
        Self::over(Store::in_memory().unwrap(), stock).await
    }

    /// The same in a database that is there.
    pub(crate) async fn over(store: Store, stock: i64) -> Self {
        let input = ProductInput {
            details: ProductDetails {
                handle: "mug".into(),
                title: "Mug".into(),
                status: Status::Active,
                ..Default::default()
            },
            variants: vec![VariantDetails { price: 1_000, stock: Some(stock), ..Default::default() }],
        };
        let product = store.write(move |tx| catalogue::save(tx, SHOP, 0, "system", &input)).await.unwrap();
        let variant = product.variants[0].id.clone();
        let secret = Secret::new([7; 32]);
        Self { store, gateway: TestGateway::new(), secret, product: product.id, variant }
    }

    pub(crate) async fn write<T: Send + 'static, E: From<StoreError> + Send + std::fmt::Debug + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> T {
        self.store.write(work).await.unwrap()
    }

    /// Enables extensions, so that they are told of events.
    pub(crate) async fn enable(&self, extensions: &'static [&'static str]) {
        self.write(move |tx| -> Result<(), StoreError> {
            installations::put_component(tx, "d", b"wasm", 0)?;
            for extension in extensions {
                installations::put(tx, SHOP, &installations::tests::row(extension, "d", 0))?;
            }
            Ok(())
        })
        .await;
    }

    pub(crate) async fn give_points(&self, points: u64) {
        let grant = Grant {
            holder: ANN.into(),
            points,
            key: "gift".into(),
            rule: "gift".into(),
            reason: "A gift".into(),
            order: None,
            lines: Vec::new(),
            available_at: None,
            expires_at: None,
        };
        self.write(move |tx| ledger::earn(tx, SHOP, "loyalty-points", &grant, 0)).await;
    }

    pub(crate) async fn points(&self, now: Instant) -> i64 {
        self.write(move |tx| ledger::balance(tx, SHOP, ANN, None, now)).await.available
    }

    pub(crate) async fn stock(&self) -> i64 {
        let product = self.product.clone();
        let product = self.write(move |tx| catalogue::get(tx, SHOP, &product)).await.unwrap();
        product.variants[0].details.stock.unwrap()
    }

    /// A guest's cart of mugs at their price, with free delivery, paid with a card that pays.
    pub(crate) async fn draft(&self, quantity: u32) -> Draft {
        let variant = self.variant.clone();
        let cart = self
            .write(move |tx| -> Result<_, carts::CartChangeError> {
                let cart = carts::create(tx, SHOP, 0, None)?;
                carts::add(tx, SHOP, 0, &cart.id, &variant, quantity, &Attributes::new())
            })
            .await;
        let total = 1_000 * i64::from(quantity);
        let email = Email::parse("Ann@Example.com").unwrap();
        let lines = vec![OrderLine { product: self.product.clone(), ..line("l1", &self.variant, quantity, total) }];
        Draft {
            cart: cart.id,
            cart_version: cart.version,
            shown: total,
            currency: "EUR".into(),
            locale: "en".into(),
            buyer: Buyer { customer: None, contact: self.secret.contact(SHOP, email.as_typed()), email },
            country: Some("AT".into()),
            shipping: None,
            billing: None,
            gift: false,
            delivery: OrderDelivery::default(),
            lines,
            adjustments: Vec::new(),
            tax: 0,
            total,
            claims: Vec::new(),
            flags: Vec::new(),
            attributes: Attributes::new(),
            payment: Some(PaymentChoice { token: CardToken::new("tok_visa_ok").unwrap(), attempt: "1".into() }),
            effort: None,
        }
    }
}

/// The draft for Ann, who pays some of it with points, one a cent.
pub(crate) fn with_points(mut draft: Draft, points: i64) -> Draft {
    draft.buyer.customer = Some(ANN.into());
    draft.lines[0].paid_with_points = points;
    draft.total -= points;
    draft.shown -= points;
    let claim = OrderClaim::Points(points.unsigned_abs());
    draft.claims.push(PricedClaim { extension: "loyalty-points".into(), claim });
    draft
}

/// The draft with a claim on units of a sale.
pub(crate) fn with_quota(mut draft: Draft, units: u32, limit: u32, per_shopper: bool) -> Draft {
    let claim = OrderClaim::Counter(CounterClaim { name: "sale/mug".into(), units: units.into(), limit, per_shopper });
    draft.claims.push(PricedClaim { extension: "flash-sale".into(), claim });
    draft
}
