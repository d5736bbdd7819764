//! Prices of single units: what somebody would pay for one of each of some variants, and which of those prices are public.

use boomerang_engine::contract::{Cart, CartLine};
use boomerang_engine::{Placed, Pricing};

use crate::catalogue::{Product, Variant};
use crate::clock::Instant;
use crate::money::Money;
use crate::shops::Shop;

/// The class of adjustments that are public: a sale for everybody.
const SALE: &str = "sale";
/// The class of adjustments that need several goods together.
const BUNDLE: &str = "bundle";

/// A cart with one unit of each variant, of nobody in particular, to be priced by the chain.
#[must_use]
pub fn probe(shop: &Shop, variants: &[(&Product, &Variant)], now: Instant) -> Cart {
    let line = |(product, variant): &(&Product, &Variant)| CartLine {
        product: product.id.clone(),
        variant: variant.id.clone(),
        quantity: 1,
        unit_price: variant.details.price,
        added_at: now,
        attributes: Vec::new(),
    };
    Cart {
        currency: shop.currency.clone(),
        lines: variants.iter().map(line).collect(),
        delivery_fee: 0,
        customer: None,
        country: Some(shop.country.clone()),
        checkout_since: None,
        codes: Vec::new(),
        attributes: Vec::new(),
    }
}

/// What one unit of each line of a [`probe`] costs by itself: without bundles, because the goods of a page are not bought
/// together.
#[must_use]
pub fn unit_prices(pricing: &Pricing) -> Vec<Money> {
    with_shares(pricing, pricing.placed.iter().filter(|placed| placed.adjustment.class != BUNDLE))
}

/// The public sale price of each line of a [`probe`]: the catalogue's price with the adjustments of class `sale` and no
/// others. None where there is no sale.
#[must_use]
pub fn sale_prices(pricing: &Pricing) -> Vec<Option<Money>> {
    let prices = with_shares(pricing, pricing.placed.iter().filter(|placed| placed.adjustment.class == SALE));
    let reduced = pricing.lines.iter().zip(prices).map(|(line, price)| (price < line.list).then_some(price));
    reduced.collect()
}

/// The catalogue's price of each line, with the shares of some adjustments.
fn with_shares<'a>(pricing: &Pricing, placed: impl Iterator<Item = &'a Placed>) -> Vec<Money> {
    let mut prices: Vec<Money> = pricing.lines.iter().map(|line| line.list).collect();
    for share in placed.flat_map(|placed| &placed.shares) {
        if let Some(price) = prices.get_mut(share.line as usize) {
            *price += share.amount;
        }
    }
    prices
}

#[cfg(test)]
mod tests {
    use boomerang_engine::Price;

    use super::*;
    use crate::cart::totals::tests::placed;
    use crate::catalogue::{ProductDetails, VariantDetails};

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
        assert_eq!(sale_prices(&pricing(vec![placed("sale", -200)])), [Some(800)]);
        assert_eq!(sale_prices(&pricing(vec![placed("sale", -200), placed("sale", -100)])), [Some(700)]);
        assert_eq!(sale_prices(&pricing(vec![placed("membership", -100), placed("coupon", -50)])), [None]);
        assert_eq!(sale_prices(&pricing(vec![placed("membership", -100), placed("sale", -50)])), [Some(950)]);
        assert_eq!(sale_prices(&pricing(Vec::new())), [None]);
    }

    #[test]
    fn f8_a_unit_costs_what_it_costs_without_the_other_goods_of_the_page() {
        assert_eq!(unit_prices(&pricing(vec![placed("sale", -200), placed("membership", -50)])), [750]);
        assert_eq!(unit_prices(&pricing(vec![placed("sale", -200), placed("bundle", -150)])), [800]);
    }

    #[test]
    fn a_probe_is_one_unit_of_each_variant_for_nobody_in_particular() {
        let shop = crate::shops::tests::vienna();
        let details = VariantDetails { price: 1_000, ..Default::default() };
        let variant = Variant { id: "v".into(), product: "p".into(), details };
        let product = Product {
            id: "p".into(),
            categories: Vec::new(),
            offered_since: 0,
            lowest_price: 1_000,
            details: ProductDetails::default(),
            variants: vec![variant.clone()],
        };
        let cart = probe(&shop, &[(&product, &variant)], 7);
        assert_eq!((cart.customer, cart.codes.len(), cart.attributes.len()), (None, 0, 0));
        assert_eq!((cart.lines[0].unit_price, cart.lines[0].quantity, cart.lines[0].added_at), (1_000, 1, 7));
    }
}
