//! My plugin: takes something off large orders.
#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use boomerang_sdk::prelude::*;
use boomerang_sdk::{money, settings};
use serde::{Deserialize, Serialize};

/// What the merchant sets up. `manifest.json` has the schema and the defaults.
#[derive(Serialize, Deserialize)]
struct Settings {
    from: Money,
    percent: u32,
}

struct MyPlugin;

impl Configuration for MyPlugin {
    fn prepare(_: Context, text: String) -> Result<Vec<u8>, Vec<SettingError>> {
        settings::prepare(&text, Ok::<Settings, _>)
    }
}

impl CartPricing for MyPlugin {
    fn price_cart(_: Context, cart: Cart, _: Vec<Applied>) -> Result<Vec<Adjustment>, Fault> {
        Ok(adjustment(&settings::load()?, &cart).into_iter().collect())
    }
}

boomerang_sdk::extension! {
    manifest: "../manifest.json",
    type: MyPlugin,
    points: [configuration, cart_pricing],
}

/// The decision, as a plain function.
fn adjustment(settings: &Settings, cart: &Cart) -> Option<Adjustment> {
    let goods: Money = cart
        .lines
        .iter()
        .map(|line| line.unit_price * Money::from(line.quantity))
        .sum();
    let amount = -money::share(goods, settings.percent * 100);
    let label = format!("{} % off", settings.percent);
    (goods >= settings.from).then(|| Adjustment::new("sale", label, Target::Order, amount))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: Settings = Settings {
        from: 5000,
        percent: 10,
    };

    fn cart(unit_price: Money) -> Cart {
        Cart {
            lines: vec![CartLine {
                quantity: 2,
                unit_price,
                ..CartLine::default()
            }],
            ..Cart::default()
        }
    }

    #[test]
    fn a_large_order_costs_less() {
        assert_eq!(
            adjustment(&SETTINGS, &cart(2500)).map(|adjustment| adjustment.changes[0].amount),
            Some(-500)
        );
    }

    #[test]
    fn a_small_order_does_not() {
        assert_eq!(adjustment(&SETTINGS, &cart(2499)), None);
    }
}
