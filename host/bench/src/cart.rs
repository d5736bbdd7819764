//! What is decided: the price of a cart in a flash sale that is running, what its page shows, what its checkout asks.

use boomerang_engine::contract::{
    Attribute, Cart, CartLine, CheckoutForm, Context, Page, Recognition, ShownProduct, TypedField,
};
use serde_json::{Value, json};

/// The instant of every decision: noon of 20 November 2026 in Vienna, in the middle of the sale.
const NOW: i64 = 1_795_172_400_000;
/// The customer whose cart it is.
pub(crate) const CUSTOMER: &str = "cust_01J9Z3K8QW";

/// The circumstances of every decision.
pub(crate) fn context() -> Context {
    Context { now: NOW, locale: "de-AT".into(), time_zone: "Europe/Vienna".into() }
}

/// A cart of so many lines, with ids of the length that platforms use and an attribute on every line. The shopper pays
/// with some points, for the extension that knows what that means.
pub(crate) fn cart(lines: usize) -> Cart {
    let attribute = |key: &str, value: &str| Attribute { key: key.into(), value: value.into() };
    Cart {
        currency: "EUR".into(),
        lines: (0..lines)
            .map(|line| CartLine {
                product: format!("{:03}-prod-01J9Z3", line / 2),
                variant: format!("{line:03}-variant-01J9"),
                quantity: 1 + line as u32 % 3,
                unit_price: 1_990 + 100 * line as i64,
                added_at: NOW - 60_000,
                attributes: vec![attribute("engraving", "For Robin")],
            })
            .collect(),
        delivery_fee: 490,
        customer: Some(CUSTOMER.into()),
        country: Some("AT".into()),
        checkout_since: None,
        codes: vec![],
        attributes: vec![attribute("loyalty-points.redeem", "100")],
    }
}

/// The cart as the sale is shown it, which sees no attributes: what is sent to everybody else.
pub(crate) fn seen(lines: usize) -> Cart {
    let mut cart = cart(lines);
    cart.attributes.clear();
    cart.lines.iter_mut().for_each(|line| line.attributes.clear());
    cart
}

/// The page of a product that is in the sale.
pub(crate) fn page() -> Page {
    let shown = ShownProduct {
        product: "000-prod-01J9Z3".into(),
        variant: "000-variant-01J9".into(),
        list_price: 1_990,
        current_price: 1_592,
    };
    Page {
        kind: "product".into(),
        slots: vec!["banner".into(), "price".into(), "product-info".into()],
        currency: "EUR".into(),
        customer: None,
        products: vec![shown],
        cart: None,
        cart_total: 0,
        order: None,
        attributes: vec![],
    }
}

/// The form of a guest who has entered an e-mail address.
pub(crate) fn form() -> CheckoutForm {
    CheckoutForm {
        recognition: Recognition::Anonymous,
        customer: None,
        country: "AT".into(),
        fields: vec![TypedField { field: "email".into(), value: "ada@example.com".into(), typed: true }],
        billing_differs: false,
        gift: false,
        needs_delivery: true,
        delivery_methods: vec!["post".into(), "express".into()],
        payment_tokens: vec![],
        attributes: vec![],
    }
}

/// The settings of the sale: 20 % off everything, with a stock of its own.
pub(crate) fn flash_sale() -> Value {
    json!({ "sales": [{
        "id": "three-bright-days",
        "title": "Three bright days",
        "starts": "2026-11-19T09:00",
        "ends": "2026-11-22T09:00",
        "everything": true,
        "percent": 2_000,
        "stock": 1_000_000,
    }] })
}

/// The settings of every feature, in the order of the pricing chain.
pub(crate) fn features() -> [(&'static str, Value); 4] {
    [
        ("flash-sale", flash_sale()),
        ("loyalty-points", json!({ "redemption": { "points": 100, "worth": 500, "minimum": 10, "step": 10 } })),
        ("checkout-autofill", json!({})),
        ("auto-account", json!({})),
    ]
}
