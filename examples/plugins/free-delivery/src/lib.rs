//! Delivers large orders for nothing, and tells shoppers how much is missing.
//!
//! The decisions are plain functions of the settings and the cart, so `cargo test` tests them with no engine at all.
#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use boomerang_sdk::prelude::*;
use boomerang_sdk::settings;
use serde::{Deserialize, Serialize};

/// What the merchant sets up. The manifest has the schema and the defaults.
#[derive(Serialize, Deserialize)]
struct Settings {
    from: Money,
    countries: Vec<String>,
}

struct FreeDelivery;

impl Configuration for FreeDelivery {
    fn prepare(_: Context, text: String) -> Result<Vec<u8>, Vec<SettingError>> {
        settings::prepare(&text, Ok::<Settings, _>)
    }
}

impl CartPricing for FreeDelivery {
    fn price_cart(_: Context, cart: Cart, applied: Vec<Applied>) -> Result<Vec<Adjustment>, Fault> {
        Ok(adjustment(&settings::load()?, &cart, &applied).into_iter().collect())
    }
}

impl StorefrontBlocks for FreeDelivery {
    fn render_blocks(_: Context, page: Page) -> Result<Vec<Block>, Fault> {
        Ok(progress(&settings::load()?, &page).into_iter().collect())
    }
}

boomerang_sdk::extension! {
    manifest: "../manifest.json",
    type: FreeDelivery,
    points: [configuration, cart_pricing, storefront_blocks],
}

/// Takes off what is left of the delivery fee, where the goods are worth enough.
fn adjustment(settings: &Settings, cart: &Cart, applied: &[Applied]) -> Option<Adjustment> {
    let fee = cart.delivery_fee + sum(applied, |target| matches!(target, Target::Delivery));
    let goods = goods(cart) + sum(applied, |target| !matches!(target, Target::Delivery));
    let is_due = goods >= settings.from && fee > 0 && delivers_to(settings, cart);
    is_due.then(|| Adjustment::new("sale", "Free delivery", Target::Delivery, -fee))
}

/// Shows how far the cart is from free delivery, on pages that have a place for it.
fn progress(settings: &Settings, page: &Page) -> Option<Block> {
    let slot =
        ["cart-summary", "checkout-summary"].into_iter().find(|slot| page.slots.iter().any(|has| has == slot))?;
    let cart = page.cart.as_ref().filter(|cart| !cart.lines.is_empty() && delivers_to(settings, cart))?;
    let missing = settings.from - page.cart_total;
    let text = match missing {
        1.. => format!("{} {}.{:02} more, and delivery is free.", cart.currency, missing / 100, missing % 100),
        _ => "Delivery is free.".into(),
    };
    let progress = Progress {
        title: "Free delivery".into(),
        value: page.cart_total.clamp(0, settings.from).unsigned_abs(),
        of: settings.from.unsigned_abs(),
        text,
    };
    Some(Block::new(slot, Content::Progress(progress)))
}

fn goods(cart: &Cart) -> Money {
    cart.lines.iter().map(|line| line.unit_price * Money::from(line.quantity)).sum()
}

fn sum(applied: &[Applied], concerns: impl Fn(&Target) -> bool) -> Money {
    applied
        .iter()
        .flat_map(|one| &one.changes)
        .filter(|change| concerns(&change.target))
        .map(|change| change.amount)
        .sum()
}

/// A country that is not known yet may still be one of those.
fn delivers_to(settings: &Settings, cart: &Cart) -> bool {
    let country = cart.country.as_ref();
    settings.countries.is_empty() || country.is_none_or(|country| settings.countries.contains(country))
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    fn settings(countries: &[&str]) -> Settings {
        Settings { from: 50_00, countries: countries.iter().map(|&country| country.into()).collect() }
    }

    fn cart(unit_price: Money, quantity: u32) -> Cart {
        let line = CartLine { unit_price, quantity, ..CartLine::default() };
        Cart { currency: "EUR".into(), lines: vec![line], delivery_fee: 4_90, ..Cart::default() }
    }

    fn applied(target: Target, amount: Money) -> Applied {
        Applied { class: "sale".into(), changes: vec![Change { target, amount, units: 0 }] }
    }

    fn amount(cart: &Cart, before: &[Applied]) -> Option<Money> {
        adjustment(&settings(&["AT"]), cart, before).map(|adjustment| adjustment.changes[0].amount)
    }

    #[test]
    fn a_large_order_is_delivered_for_nothing() {
        assert_eq!(amount(&cart(25_00, 2), &[]), Some(-4_90));
        assert_eq!(amount(&cart(24_99, 2), &[]), None);
    }

    #[test]
    fn the_goods_count_after_reductions() {
        assert_eq!(amount(&cart(25_00, 2), &[applied(Target::Line(0), -1)]), None);
        assert_eq!(amount(&cart(25_01, 2), &[applied(Target::Order, -2)]), Some(-4_90));
    }

    #[test]
    fn only_what_is_left_of_the_fee_is_taken_off() {
        assert_eq!(amount(&cart(50_00, 1), &[applied(Target::Delivery, -2_00)]), Some(-2_90));
        assert_eq!(amount(&cart(50_00, 1), &[applied(Target::Delivery, -4_90)]), None);
    }

    #[test]
    fn other_countries_pay() {
        let to = |country: &str| Cart { country: Some(country.into()), ..cart(50_00, 1) };
        assert_eq!(amount(&to("AT"), &[]), Some(-4_90));
        assert_eq!(amount(&to("US"), &[]), None);
    }

    #[test]
    fn the_page_says_how_much_is_missing() {
        let page = |total| Page {
            slots: vec!["banner".into(), "cart-summary".into()],
            cart: Some(cart(total, 1)),
            cart_total: total,
            ..Page::default()
        };
        let shown = |total| match progress(&settings(&[]), &page(total)).unwrap().content {
            Content::Progress(shown) => (shown.value, shown.of, shown.text),
            other => panic!("{other:?}"),
        };
        assert_eq!(shown(37_95), (37_95, 50_00, "EUR 12.05 more, and delivery is free.".into()));
        assert_eq!(shown(80_00), (50_00, 50_00, "Delivery is free.".into()));
    }

    #[test]
    fn a_page_without_a_place_shows_nothing() {
        assert_eq!(progress(&settings(&[]), &Page { cart: Some(cart(1, 1)), ..Page::default() }), None);
    }
}
