//! What shoppers do to carts.

use super::*;
use crate::catalogue::{ProductDetails, Status, Variant, VariantDetails};

fn mug(stock: Option<i64>) -> Product {
    Product {
        id: "prd".into(),
        categories: Vec::new(),
        offered_since: 0,
        lowest_price: 900,
        details: ProductDetails::default(),
        variants: vec![Variant {
            id: "var".into(),
            product: "prd".into(),
            details: VariantDetails { price: 900, stock, ..Default::default() },
        }],
    }
}

fn none() -> Attributes {
    Attributes::new()
}

fn engraved(text: &str) -> Attributes {
    Attributes::from([("engraving".into(), text.into())])
}

#[test]
fn the_same_variant_goes_onto_the_same_line_and_a_different_note_onto_another() {
    let mut cart = Cart::new(0);
    cart.add(1, &mug(None), "var", 2, &none()).unwrap();
    cart.add(2, &mug(None), "var", 1, &none()).unwrap();
    cart.add(3, &mug(None), "var", 1, &engraved("Ann")).unwrap();
    let held: Vec<_> = cart.lines.iter().map(|line| (line.quantity, line.added_at)).collect();
    assert_eq!(held, [(3, 2), (1, 3)]);
    assert_eq!(cart.units(), 4);
}

#[test]
fn f4_more_units_renew_the_time_a_line_was_added_and_fewer_do_not() {
    let mut cart = Cart::new(0);
    cart.add(1, &mug(None), "var", 5, &none()).unwrap();
    let line = cart.lines[0].id.clone();
    cart.set_quantity(2, Some(&mug(None)), &line, 3).unwrap();
    assert_eq!(cart.lines[0].added_at, 1);
    cart.set_quantity(3, Some(&mug(None)), &line, 4).unwrap();
    assert_eq!((cart.lines[0].quantity, cart.lines[0].added_at), (4, 3));
    cart.set_quantity(4, None, &line, 0).unwrap();
    assert_eq!(cart.lines, []);
}

#[test]
fn stock_counts_over_all_lines_of_a_variant() {
    let mut cart = Cart::new(0);
    cart.add(1, &mug(Some(3)), "var", 2, &engraved("Ann")).unwrap();
    assert_eq!(cart.add(1, &mug(Some(3)), "var", 2, &none()), Err(CartError::OutOfStock { left: 1 }));
    cart.add(1, &mug(Some(3)), "var", 1, &none()).unwrap();
    let line = cart.lines[0].id.clone();
    let more = cart.set_quantity(2, Some(&mug(Some(3))), &line, 3);
    assert_eq!(more, Err(CartError::OutOfStock { left: 2 }));
    // Stock that has shrunk meanwhile never stands in the way of fewer.
    assert_eq!(cart.set_quantity(2, Some(&mug(Some(0))), &line, 1), Ok(()));
}

#[test]
fn quantities_out_of_range_are_refused_and_change_nothing() {
    let mut cart = Cart::new(0);
    for quantity in [0, MOST_UNITS + 1, u32::MAX] {
        assert_eq!(cart.add(1, &mug(None), "var", quantity, &none()), Err(CartError::Quantity));
    }
    cart.add(1, &mug(None), "var", MOST_UNITS, &none()).unwrap();
    for quantity in [1, u32::MAX] {
        assert_eq!(cart.add(1, &mug(None), "var", quantity, &none()), Err(CartError::Quantity));
    }
    assert_eq!(cart.units(), u64::from(MOST_UNITS));
}

#[test]
fn what_is_not_on_sale_cannot_be_added_or_raised_but_can_be_taken_out() {
    let mut archived = mug(None);
    archived.details.status = Status::Archived;
    let mut cart = Cart::new(0);
    assert_eq!(cart.add(1, &archived, "var", 1, &none()), Err(CartError::NotOnSale));
    assert_eq!(cart.add(1, &mug(None), "other", 1, &none()), Err(CartError::NotOnSale));
    cart.add(1, &mug(None), "var", 2, &none()).unwrap();
    let line = cart.lines[0].id.clone();
    assert_eq!(cart.set_quantity(2, None, &line, 3), Err(CartError::NotOnSale));
    assert_eq!(cart.set_quantity(2, None, &line, 1), Ok(()));
    assert_eq!(cart.set_quantity(2, None, "other", 1), Err(CartError::UnknownLine("other".into())));
}

#[test]
fn a_cart_has_an_end() {
    let mut cart = Cart::new(0);
    for number in 0..MOST_LINES {
        cart.add(1, &mug(None), "var", 1, &engraved(&number.to_string())).unwrap();
    }
    assert_eq!(cart.add(1, &mug(None), "var", 1, &none()), Err(CartError::Full));
}

#[test]
fn codes_are_kept_as_typed_and_entered_once() {
    let mut cart = Cart::new(0);
    cart.add_code(" Spring ").unwrap();
    cart.add_code("SPRING").unwrap();
    assert_eq!(cart.codes, ["Spring"]);
    assert_eq!(cart.add_code(""), Err(CartError::Code));
    assert_eq!(cart.add_code(&"x".repeat(65)), Err(CartError::Code));
    cart.remove_code("sPring");
    assert_eq!(cart.codes, Vec::<String>::new());
}

#[test]
fn attributes_merge_and_an_empty_value_takes_one_out() {
    let mut cart = Cart::new(0);
    let set = |pairs: &[(&str, &str)]| pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
    cart.set_attributes(&set(&[("loyalty-points.redeem", "500"), ("note", "x")])).unwrap();
    cart.set_attributes(&set(&[("note", "")])).unwrap();
    assert_eq!(cart.attributes, set(&[("loyalty-points.redeem", "500")]));
    assert_eq!(cart.set_attributes(&set(&[("a", "1"), ("", "2")])), Err(CartError::Attribute));
    assert_eq!(cart.attributes.len(), 1);
}

#[test]
fn c2_what_was_typed_wins_over_what_was_filled_in() {
    let mut cart = Cart::new(0);
    let form = CheckoutEntries {
        typed: [("email".into(), " ann@example.com ".into())].into(),
        prefilled: [("email".into(), "old@example.com".into()), ("shipping.name".into(), "Ann".into())].into(),
        ..Default::default()
    };
    cart.set_form(form).unwrap();
    assert_eq!(cart.form.value("email"), Some("ann@example.com"));
    assert_eq!(cart.form.value("shipping.name"), Some("Ann"));
    let long = CheckoutEntries { typed: [("email".into(), "x".repeat(501))].into(), ..Default::default() };
    assert_eq!(cart.set_form(long), Err(CartError::Field("email".into())));
}

#[test]
fn merging_keeps_the_larger_line_and_what_is_already_there() {
    let mut cart = Cart::new(0);
    cart.add(1, &mug(None), "var", 1, &none()).unwrap();
    cart.country = Some("AT".into());
    cart.codes = vec!["one".into()];
    let mut guest = Cart::new(0);
    guest.add(2, &mug(None), "var", 3, &none()).unwrap();
    guest.add(2, &mug(None), "var", 1, &engraved("Ann")).unwrap();
    guest.country = Some("DE".into());
    guest.codes = vec!["ONE".into(), "two".into()];
    guest.checkout_since = Some(7);
    cart.merge(guest);
    let held: Vec<_> = cart.lines.iter().map(|line| (line.quantity, line.added_at)).collect();
    assert_eq!(held, [(3, 2), (1, 2)]);
    assert_eq!((cart.country.as_deref(), cart.checkout_since), (Some("AT"), Some(7)));
    assert_eq!(cart.codes, ["one", "two"]);
}

#[test]
fn a_country_is_two_capital_letters() {
    let mut cart = Cart::new(0);
    for wrong in ["at", "AUT", "", "Ä", "A1"] {
        assert_eq!(cart.set_country(wrong), Err(CartError::Country));
    }
    assert_eq!(cart.set_country("AT"), Ok(()));
}

#[test]
fn checkout_opens_once() {
    let mut cart = Cart::new(0);
    cart.open_checkout(5);
    cart.open_checkout(9);
    assert_eq!(cart.checkout_since, Some(5));
}
