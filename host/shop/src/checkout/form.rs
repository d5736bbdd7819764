//! The fields of the form, and the form as extensions see it.

use boomerang_engine::contract::{self, CheckoutForm, TypedField};

use super::Visitor;
use crate::cart::snapshot::Snapshot;
use crate::cart::{Cart, CheckoutEntries};
use crate::catalogue::contract::attributes;
use crate::people::{Address, PaymentToken};
use crate::shops::Shop;

/// The field of the e-mail address.
pub const EMAIL: &str = "email";
/// What the fields of the delivery address start with.
pub const SHIPPING: &str = "shipping";
/// What the fields of the billing address start with.
pub const BILLING: &str = "billing";

/// The fields of an address, after `shipping.` or `billing.`, in the order in which a plain form shows them.
pub const ADDRESS: [&str; 11] = [
    "country",
    "name",
    "organization",
    "line1",
    "line2",
    "postal-code",
    "locality",
    "dependent-locality",
    "region",
    "sorting-code",
    "phone",
];

/// Whether a field of this name is on the form.
#[must_use]
pub fn is_field(name: &str) -> bool {
    name == EMAIL
        || name
            .split_once('.')
            .is_some_and(|(part, field)| (part == SHIPPING || part == BILLING) && ADDRESS.contains(&field))
}

/// The fields that a form has now.
pub fn fields(needs_delivery: bool, billing_differs: bool) -> impl Iterator<Item = String> {
    // Somebody who has nothing delivered still pays from somewhere.
    let shipping = needs_delivery.then_some(SHIPPING);
    let billing = (billing_differs || !needs_delivery).then_some(BILLING);
    let of = |part: &'static str| ADDRESS.iter().map(move |field| format!("{part}.{field}"));
    std::iter::once(EMAIL.to_owned()).chain(shipping.into_iter().chain(billing).flat_map(of))
}

/// Whoever pays has an address of their own: it was said to differ, or the goods go to somebody else.
#[must_use]
pub fn has_own_billing(entries: &CheckoutEntries) -> bool {
    entries.billing_differs || entries.gift
}

/// The country that the form is for.
#[must_use]
pub fn country(shop: &Shop, cart: &Cart) -> String {
    cart.country.clone().unwrap_or_else(|| shop.country.clone())
}

/// The form as extensions see it.
#[must_use]
pub fn for_extensions(
    shop: &Shop,
    cart: &Cart,
    snapshot: &Snapshot,
    visitor: &Visitor,
    tokens: &[PaymentToken],
) -> CheckoutForm {
    let entries = &cart.form;
    let field = |field: String| {
        let typed = entries.typed.contains_key(&field);
        TypedField { value: entries.value(&field).unwrap_or_default().to_owned(), field, typed }
    };
    CheckoutForm {
        recognition: visitor.recognition,
        customer: visitor.customer.clone(),
        country: country(shop, cart),
        fields: fields(snapshot.needs_delivery, has_own_billing(entries)).map(field).collect(),
        billing_differs: entries.billing_differs,
        gift: entries.gift,
        needs_delivery: snapshot.needs_delivery,
        delivery_methods: snapshot.offers.iter().map(|offer| offer.id.clone()).collect(),
        payment_tokens: tokens.iter().map(token).collect(),
        attributes: attributes(&cart.attributes),
    }
}

fn token(token: &PaymentToken) -> contract::PaymentToken {
    contract::PaymentToken {
        token: token.token.clone(),
        brand: token.brand.clone(),
        last4: token.last4.clone(),
        expires_year: token.expires_year,
        expires_month: token.expires_month,
    }
}

/// The address that a part of the form holds.
#[must_use]
pub fn address(entries: &CheckoutEntries, part: &str) -> Address {
    let value = |field: &str| entries.value(&format!("{part}.{field}")).unwrap_or_default().trim().to_owned();
    Address {
        name: value("name"),
        organization: value("organization"),
        line1: value("line1"),
        line2: value("line2"),
        dependent_locality: value("dependent-locality"),
        locality: value("locality"),
        region: value("region"),
        postal_code: value("postal-code"),
        sorting_code: value("sorting-code"),
        country: value("country"),
        phone: value("phone"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c6_billing_fields_are_there_only_when_they_differ_or_nothing_is_delivered() {
        let has = |needs, differs, part: &str| fields(needs, differs).any(|field| field.starts_with(part));
        assert!(has(true, false, SHIPPING) && !has(true, false, BILLING));
        assert!(has(true, true, SHIPPING) && has(true, true, BILLING));
        assert!(!has(false, false, SHIPPING) && has(false, false, BILLING));
    }

    #[test]
    fn only_the_contracts_fields_are_fields() {
        assert!(fields(true, true).all(|field| is_field(&field)));
        for other in ["", "shipping", "shipping.", "shipping.card-number", "gift.name", "billing.country.x"] {
            assert!(!is_field(other), "{other}");
        }
    }

    #[test]
    fn an_address_is_read_from_typed_and_filled_fields_alike() {
        let entries = CheckoutEntries {
            typed: [("shipping.name".into(), " Ann Lee ".into())].into(),
            prefilled: [("shipping.name".into(), "Old".into()), ("shipping.locality".into(), "Wien".into())].into(),
            ..CheckoutEntries::default()
        };
        let address = address(&entries, SHIPPING);
        assert_eq!((address.name.as_str(), address.locality.as_str()), ("Ann Lee", "Wien"));
    }
}
