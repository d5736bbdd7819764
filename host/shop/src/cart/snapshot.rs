//! A cart with the prices of now, as the pricing chain gets it.

use boomerang_engine::contract;

use super::delivery::{DeliveryOffer, offers};
use super::{Cart, CartLine};
use crate::catalogue::contract::attributes;
use crate::catalogue::{Product, Variant};
use crate::clock::Instant;
use crate::money::{Money, MoneyError, plus, times};
use crate::shops::Shop;

/// What a cart is at one instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// The cart for the pricing chain; its lines are [`lines`](Self::lines) in the same order.
    pub cart: contract::Cart,
    /// What is known of each line.
    pub lines: Vec<SnapshotLine>,
    /// Lines that cannot be bought any more, and are not priced.
    pub gone: Vec<CartLine>,
    /// Lines of which there are fewer in stock than wanted, with how many there are.
    pub short: Vec<Short>,
    /// What the goods are worth in the catalogue.
    pub goods: Money,
    /// Something has to be delivered to an address.
    pub needs_delivery: bool,
    /// The delivery methods offered; none where nothing has to be delivered.
    pub offers: Vec<DeliveryOffer>,
    /// The one chosen, if it is still offered.
    pub delivery: Option<DeliveryOffer>,
}

/// What is known of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotLine {
    /// The cart line's id.
    pub id: String,
    /// The product's title.
    pub title: String,
    /// The variant's title; empty for the only variant of a product.
    pub variant_title: String,
    /// The product's handle.
    pub handle: String,
    /// The product's own rate of tax.
    pub tax_basis_points: Option<u32>,
}

/// A line that wants more than there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Short {
    /// The cart line's id.
    pub line: String,
    /// How many can be bought.
    pub left: u32,
}

/// What a cart is at `now`. `products` are those of its lines; one that is missing is gone.
///
/// # Errors
/// If the cart is worth more than can be counted.
pub fn snapshot(shop: &Shop, cart: &Cart, products: &[Product], now: Instant) -> Result<Snapshot, MoneyError> {
    let mut lines = Vec::with_capacity(cart.lines.len());
    let mut known = Vec::with_capacity(cart.lines.len());
    let (mut gone, mut short) = (Vec::new(), Vec::new());
    let (mut goods, mut needs_delivery) = (0, false);
    for line in &cart.lines {
        let Some((product, variant)) = find(products, line) else {
            gone.push(line.clone());
            continue;
        };
        if let Some(left) = left(cart, line, variant) {
            short.push(Short { line: line.id.clone(), left });
        }
        goods = plus(goods, times(variant.details.price, line.quantity)?)?;
        needs_delivery |= variant.details.needs_delivery;
        known.push(SnapshotLine {
            id: line.id.clone(),
            title: product.details.title.clone(),
            variant_title: variant.title(),
            handle: product.details.handle.clone(),
            tax_basis_points: product.details.tax_basis_points,
        });
        lines.push(contract::CartLine {
            product: product.id.clone(),
            variant: variant.id.clone(),
            quantity: line.quantity,
            unit_price: variant.details.price,
            added_at: line.added_at,
            attributes: attributes(&line.attributes),
        });
    }
    let policies = &shop.policies;
    let offers = if needs_delivery {
        offers(&policies.delivery, cart.country.as_deref(), goods, now, &shop.zone(), &policies.holidays)
    } else {
        Vec::new()
    };
    let chosen = cart.delivery_method.as_deref();
    let delivery = offers.iter().find(|offer| Some(offer.id.as_str()) == chosen).cloned();
    let cart = contract::Cart {
        currency: shop.currency.clone(),
        lines,
        delivery_fee: delivery.as_ref().map_or(0, |offer| offer.fee),
        customer: cart.customer.clone(),
        country: cart.country.clone(),
        checkout_since: cart.checkout_since,
        codes: cart.codes.clone(),
        attributes: attributes(&cart.attributes),
    };
    Ok(Snapshot { cart, lines: known, gone, short, goods, needs_delivery, offers, delivery })
}

fn find<'a>(products: &'a [Product], line: &CartLine) -> Option<(&'a Product, &'a Variant)> {
    let product = products.iter().find(|product| product.id == line.product && product.is_on_sale())?;
    Some((product, product.variant(&line.variant)?))
}

/// How many units of a line can be bought, if that is fewer than it wants. Earlier lines of the same variant come first.
fn left(cart: &Cart, line: &CartLine, variant: &Variant) -> Option<u32> {
    let stock = variant.details.sellable()?;
    let earlier = cart.lines.iter().take_while(|other| other.id != line.id);
    let taken: i64 = earlier.filter(|other| other.variant == line.variant).map(|other| i64::from(other.quantity)).sum();
    let left = (stock - taken).max(0);
    (left < i64::from(line.quantity)).then(|| u32::try_from(left).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cart::delivery::DeliveryMethod;
    use crate::catalogue::{Attributes, ProductDetails, Status, VariantDetails};
    use crate::shops::tests::vienna;

    fn product(id: &str, price: Money, needs_delivery: bool) -> Product {
        let details = VariantDetails { price, needs_delivery, stock: Some(5), ..Default::default() };
        Product {
            id: id.into(),
            categories: Vec::new(),
            offered_since: 0,
            lowest_price: price,
            details: ProductDetails { title: id.into(), ..Default::default() },
            variants: vec![Variant { id: format!("{id}-v"), product: id.into(), details }],
        }
    }

    fn shop() -> Shop {
        let mut shop = vienna();
        shop.policies.delivery = vec![DeliveryMethod {
            fee: 490,
            free_from: Some(5_000),
            countries: vec!["AT".into()],
            ..DeliveryMethod::standard()
        }];
        shop
    }

    fn cart(products: &[Product], quantity: u32) -> Cart {
        let mut cart = Cart::new(0);
        for product in products {
            cart.add(3, product, &product.variants[0].id, quantity, &Attributes::new()).unwrap();
        }
        cart
    }

    #[test]
    fn a_cart_is_priced_from_the_catalogue_of_now() {
        let mug = product("mug", 900, true);
        let mut cart = cart(std::slice::from_ref(&mug), 2);
        cart.customer = Some("ann".into());
        cart.checkout_since = Some(4);
        cart.codes = vec!["Spring".into()];
        let raised = product("mug", 1_000, true);
        let snapshot = snapshot(&shop(), &cart, &[raised], 9).unwrap();
        let line = &snapshot.cart.lines[0];
        assert_eq!((line.unit_price, line.quantity, line.added_at), (1_000, 2, 3));
        assert_eq!((snapshot.goods, snapshot.cart.currency.as_str()), (2_000, "EUR"));
        assert_eq!(snapshot.cart.customer.as_deref(), Some("ann"));
        assert_eq!((snapshot.cart.checkout_since, snapshot.cart.codes), (Some(4), vec!["Spring".to_owned()]));
        assert_eq!(snapshot.lines[0].id, cart.lines[0].id);
    }

    #[test]
    fn what_is_no_longer_sold_is_named_and_not_priced() {
        let products = [product("mug", 900, true), product("lamp", 4_000, true)];
        let cart = cart(&products, 1);
        let mut archived = products[1].clone();
        archived.details.status = Status::Archived;
        let after = snapshot(&shop(), &cart, &[products[0].clone(), archived], 9).unwrap();
        assert_eq!((after.lines.len(), after.gone.len(), after.goods), (1, 1, 900));
        assert_eq!(snapshot(&shop(), &cart, &[], 9).unwrap().gone, cart.lines);
    }

    #[test]
    fn stock_that_has_shrunk_is_named() {
        let mug = product("mug", 900, true);
        let mut cart = cart(std::slice::from_ref(&mug), 2);
        let note = Attributes::from([("engraving".into(), "Ann".into())]);
        cart.add(3, &mug, "mug-v", 3, &note).unwrap();
        let mut fewer = mug.clone();
        fewer.variants[0].details.stock = Some(4);
        let after = snapshot(&shop(), &cart, &[fewer], 9).unwrap();
        assert_eq!(after.short, [Short { line: cart.lines[1].id.clone(), left: 2 }]);
        assert_eq!(snapshot(&shop(), &cart, &[mug], 9).unwrap().short, []);
    }

    #[test]
    fn delivery_costs_what_was_chosen_while_it_is_offered() {
        let products = [product("mug", 900, true)];
        let mut cart = cart(&products, 1);
        let fee = |cart: &Cart| snapshot(&shop(), cart, &products, 9).unwrap().cart.delivery_fee;
        assert_eq!(fee(&cart), 0);
        cart.delivery_method = Some("standard".into());
        assert_eq!(fee(&cart), 490);
        cart.country = Some("DE".into());
        assert_eq!(fee(&cart), 0);
    }

    #[test]
    fn what_needs_no_delivery_is_offered_none() {
        let products = [product("voucher", 9_000, false)];
        let snapshot = snapshot(&shop(), &cart(&products, 1), &products, 9).unwrap();
        assert_eq!((snapshot.needs_delivery, snapshot.offers), (false, vec![]));
    }

    #[test]
    fn a_cart_that_is_worth_too_much_is_refused() {
        let products = [product("mug", i64::MAX, true)];
        assert_eq!(snapshot(&shop(), &cart(&products, 2), &products, 9), Err(MoneyError::Overflow));
    }
}
