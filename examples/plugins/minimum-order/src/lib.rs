//! Asks for a minimum worth of goods, or a minimum number of items, before an order can be placed.
//!
//! Written without Boomerang's SDK: `wit-bindgen`, the standard library, and the contract. This is what any language with
//! component tooling has to do.

use exports::boomerang::shop::checkout_validation::{Cart, CheckoutForm, Context, Fault, FieldError, Guest};
use serde::Deserialize;

wit_bindgen::generate!({
    // In a repository of your own, keep a copy of Boomerang's `wit/` folder.
    path: "../../../wit",
    inline: "
        package outsider:minimum-order;

        world extension {
            import boomerang:shop/settings@0.1.0;
            export boomerang:shop/checkout-validation@0.1.0;
        }
    ",
    generate_all,
});

/// The manifest, where the host looks for it. `boomerang pack` puts it there too, in any language.
#[cfg(target_arch = "wasm32")]
#[used]
#[unsafe(link_section = "boomerang:manifest")]
static MANIFEST: [u8; include_bytes!("../manifest.json").len()] = *include_bytes!("../manifest.json");

/// What the merchant sets up: a JSON text that satisfies the manifest's schema, with its defaults filled in.
#[derive(Deserialize)]
struct Settings {
    worth: i64,
    items: u64,
}

struct MinimumOrder;

#[cfg(target_arch = "wasm32")]
export!(MinimumOrder);

impl Guest for MinimumOrder {
    fn validate_checkout(_: Context, _: CheckoutForm, cart: Cart) -> Result<Vec<FieldError>, Fault> {
        let settings = serde_json::from_slice(&boomerang::shop::settings::get()).map_err(|error| Fault {
            code: "settings-invalid".into(),
            message: format!("The settings of Minimum order cannot be read ({error}). Save them once more."),
        })?;
        Ok(errors(&settings, &cart))
    }
}

/// What keeps this cart from being ordered.
fn errors(settings: &Settings, cart: &Cart) -> Vec<FieldError> {
    let worth: i64 = cart.lines.iter().map(|line| line.unit_price * i64::from(line.quantity)).sum();
    let items: u64 = cart.lines.iter().map(|line| u64::from(line.quantity)).sum();
    let mut errors = Vec::new();
    if worth < settings.worth {
        let (least, missing) = (settings.worth, settings.worth - worth);
        errors.push(FieldError {
            field: String::new(),
            code: "minimum-worth".into(),
            message: format!("We deliver orders from {}.", price(cart, least)),
            remedy: format!("Add something for {} or more.", price(cart, missing)),
        });
    }
    if items < settings.items {
        errors.push(FieldError {
            field: String::new(),
            code: "minimum-items".into(),
            message: format!("We deliver orders of {} items or more.", settings.items),
            remedy: format!("Add {} more.", settings.items - items),
        });
    }
    errors
}

fn price(cart: &Cart, amount: i64) -> String {
    format!("{} {}.{:02}", cart.currency, amount / 100, amount % 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use boomerang::shop::types::CartLine;

    fn cart(unit_price: i64, quantity: u32) -> Cart {
        let line = CartLine { quantity, unit_price, added_at: 0 };
        Cart {
            currency: "EUR".into(),
            lines: vec![line],
            products: "p1".into(),
            variants: "v1".into(),
            delivery_fee: 0,
            customer: None,
            country: None,
            checkout_since: None,
            codes: Vec::new(),
            attributes: Vec::new(),
            line_attributes: Vec::new(),
        }
    }

    fn codes(cart: &Cart) -> Vec<String> {
        errors(&Settings { worth: 15_00, items: 2 }, cart).into_iter().map(|error| error.code).collect()
    }

    #[test]
    fn enough_of_both_passes() {
        assert_eq!(codes(&cart(7_50, 2)), [""; 0]);
    }

    #[test]
    fn each_minimum_is_asked_for_on_its_own() {
        assert_eq!(codes(&cart(7_49, 2)), ["minimum-worth"]);
        assert_eq!(codes(&cart(15_00, 1)), ["minimum-items"]);
    }

    #[test]
    fn the_shopper_is_told_what_to_add() {
        let error = &errors(&Settings { worth: 15_00, items: 0 }, &cart(2_95, 1))[0];
        assert_eq!(error.message, "We deliver orders from EUR 15.00.");
        assert_eq!(error.remedy, "Add something for EUR 12.05 or more.");
    }
}
