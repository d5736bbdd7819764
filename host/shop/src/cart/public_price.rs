//! The price of a variant for somebody unknown: what listings show, and what counts as a public price afterwards.

use boomerang_engine::Pricing;
use boomerang_engine::contract::{Cart, CartLine};

use crate::clock::Instant;
use crate::money::Money;

/// The class of adjustments that are public: a sale for everybody.
const SALE: &str = "sale";

/// A cart with one unit of a variant, of nobody in particular, to be priced by the chain.
#[must_use]
pub fn probe(currency: &str, country: &str, product: &str, variant: &str, price: Money, now: Instant) -> Cart {
    Cart {
        currency: currency.to_owned(),
        lines: vec![CartLine {
            product: product.to_owned(),
            variant: variant.to_owned(),
            quantity: 1,
            unit_price: price,
            added_at: now,
            attributes: Vec::new(),
        }],
        delivery_fee: 0,
        customer: None,
        country: Some(country.to_owned()),
        checkout_since: None,
        codes: Vec::new(),
        attributes: Vec::new(),
    }
}

/// The public sale price that a [`probe`] came out at: the catalogue's price with the adjustments of class `sale` and no
/// others. None where there is no sale.
#[must_use]
pub fn sale_price(pricing: &Pricing) -> Option<Money> {
    let list = pricing.lines.first()?.list;
    let sales = pricing.placed.iter().filter(|placed| placed.adjustment.class == SALE);
    let shares: Vec<Money> = sales.flat_map(|placed| placed.shares.iter().map(|share| share.amount)).collect();
    let reduction: Money = shares.iter().sum();
    (reduction < 0).then_some(list + reduction)
}

#[cfg(test)]
mod tests {
    use boomerang_engine::Price;

    use super::*;
    use crate::cart::totals::tests::placed;

    fn pricing(placed: Vec<boomerang_engine::Placed>) -> Pricing {
        Pricing {
            placed,
            lines: vec![Price { list: 1_000, total: 1_000, paid_with_points: 0 }],
            delivery: Price::default(),
            total: 1_000,
            paid_with_points: 0,
            to_pay: 1_000,
        }
    }

    #[test]
    fn f6_only_sales_for_everybody_make_a_public_price() {
        assert_eq!(sale_price(&pricing(vec![placed("sale", -200)])), Some(800));
        assert_eq!(sale_price(&pricing(vec![placed("sale", -200), placed("sale", -100)])), Some(700));
        assert_eq!(sale_price(&pricing(vec![placed("membership", -100), placed("coupon", -50)])), None);
        assert_eq!(sale_price(&pricing(vec![placed("membership", -100), placed("sale", -50)])), Some(950));
        assert_eq!(sale_price(&pricing(Vec::new())), None);
    }

    #[test]
    fn a_probe_is_of_nobody_in_particular() {
        let cart = probe("EUR", "AT", "p", "v", 1_000, 7);
        assert_eq!((cart.customer, cart.codes.len(), cart.attributes.len()), (None, 0, 0));
        assert_eq!((cart.lines[0].unit_price, cart.lines[0].quantity, cart.lines[0].added_at), (1_000, 1, 7));
    }
}
