//! What was done and how, in words.

use serde_json::Value;

use crate::shops::Shop;
use crate::words;

/// How a shop writes amounts.
pub(super) struct Money {
    currency: String,
    locale: String,
}

impl Money {
    pub(super) fn of(shop: &Shop) -> Self {
        Self { currency: shop.currency.clone(), locale: shop.locale.clone() }
    }

    fn write(&self, amount: &Value) -> Option<String> {
        Some(words::money(amount.as_i64()?, &self.currency, &self.locale))
    }
}

/// What was done, in words. What this does not know is shown by its name.
pub(super) fn action(action: &str) -> String {
    let known = match action {
        "catalogue.imported" => "Imported a file",
        "category.removed" => "Removed a category",
        "category.saved" => "Saved a category",
        "clock.moved" => "Moved the demo's clock",
        "customer.blocked" => "Shut a customer out of rewards",
        "customer.erased" => "Erased a customer",
        "customer.attributes-set" => "Set a customer's attributes",
        "customer.tagged" => "Set a customer's tags",
        "customer.unblocked" => "Let a customer earn rewards again",
        "demo.begun" => "Began to fill the demo",
        "delivery.discarded" => "Gave an event up",
        "delivery.retried" => "Had an event tried again",
        "extension.breaker-reset" => "Had a feature called again",
        "extension.disable" => "Switched a feature off",
        "extension.enable" => "Switched a feature on",
        "extension.fail-closed" => "Said what happens when it cannot check",
        "extension.install" => "Installed a feature",
        "extension.remove" => "Removed a feature",
        "extension.reorder" => "Changed who prices first",
        "extension.settings" => "Saved a feature's settings",
        "mail.retried" => "Had a mail sent again",
        "order.address-changed" => "Changed where an order goes",
        "order.cancelled" => "Cancelled an order",
        "order.delivered" => "Noted that an order arrived",
        "order.flagged" => "Flagged an order",
        "order.fulfilled" => "Sent an order",
        "order.refunded" => "Gave money back",
        "order.unflagged" => "Took a flag off an order",
        "points.adjusted" => "Corrected points",
        "price.changed" => "Set a price",
        "product.saved" => "Saved a product",
        "return.accepted" => "Accepted a return",
        "return.declined" => "Declined a return",
        "review.withdrawn" => "Took a review off a page",
        "shop.created" => "Opened the shop",
        "shop.policies-changed" => "Changed the shop's policies",
        "staff.added" => "Added somebody to the staff",
        "staff.disabled" => "Shut somebody out",
        "staff.enabled" => "Let somebody in again",
        "staff.password-changed" => "Set a new password",
        "staff.role-set" => "Changed what somebody may do",
        "staff.second-factor-off" => "Turned a second factor off",
        "staff.second-factor-on" => "Turned a second factor on",
        "staff.signed-in" => "Signed in",
        "stock.changed" => "Set what is in stock",
        other => return other.replace(['.', '-'], " "),
    };
    known.to_owned()
}

/// How it was done, in a few words; empty where there are none for it.
pub(super) fn how(action: &str, details: &Value, money: &Money) -> String {
    let known = match action {
        "price.changed" => change(details, |price| money.write(price)),
        "stock.changed" => change(details, |units| match units {
            Value::Null => Some("not tracked".to_owned()),
            units => units.as_i64().map(|units| units.to_string()),
        }),
        "order.refunded" => money.write(&details["amount"]),
        "points.adjusted" => details["points"].as_i64().map(|points| {
            let sign = if points > 0 { "+" } else { "" };
            format!("{sign}{points}: {}", details["reason"].as_str().unwrap_or_default())
        }),
        "extension.fail-closed" => details["fail_closed"].as_bool().map(|stops| {
            let then = if stops { "Checkout stops" } else { "Checkout goes on" };
            then.to_owned()
        }),
        "extension.reorder" => details["order"]
            .as_array()
            .map(|order| order.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", then ")),
        "extension.install" => details["version"].as_str().map(|version| format!("Version {version}")),
        // The subject says it.
        "order.cancelled" | "order.delivered" | "order.fulfilled" => None,
        _ => None,
    };
    known.unwrap_or_default()
}

fn change(details: &Value, write: impl Fn(&Value) -> Option<String>) -> Option<String> {
    Some(format!("{} → {}", write(&details["from"])?, write(&details["to"])?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::shops::tests::vienna;

    #[test]
    fn changes_are_said_in_the_shops_money_and_what_is_unknown_by_its_name() {
        let money = Money::of(&Shop { locale: "en".into(), ..vienna() });
        let said = |action: &str, details| how(action, &details, &money);
        assert_eq!(said("price.changed", json!({ "from": 1_000, "to": 850 })), "€10.00 → €8.50");
        assert_eq!(said("stock.changed", json!({ "from": null, "to": 4 })), "not tracked → 4");
        assert_eq!(said("points.adjusted", json!({ "points": 40, "reason": "An apology" })), "+40: An apology");
        assert_eq!(said("extension.reorder", json!({ "order": ["a", "b"] })), "a, then b");
        assert_eq!(said("something.new", json!({ "from": 1 })), "");
        assert_eq!(action("something.quite-new"), "something quite new");
    }
}
