//! Lines and sums of carts and orders, for people to read.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::cart::delivery::DeliveryOffer;
use crate::cart::totals::ShownAdjustment;
use crate::catalogue::Product;
use crate::money::Money;
use crate::orders::Order;
use crate::pricing::PricedCart;
use crate::web::pictures::Image;

/// The sums of a cart or an order.
#[derive(Clone, Debug, Default, Serialize)]
pub(in crate::web) struct TotalsView {
    goods: Money,
    adjustments: Vec<Row>,
    /// None while no delivery is chosen.
    delivery: Option<Money>,
    delivery_name: String,
    /// Nothing has to be delivered.
    no_delivery: bool,
    total: Money,
    tax: Money,
    tax_label: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Row {
    label: String,
    amount: Money,
}

/// A line of a cart or an order.
#[derive(Clone, Debug, Default, Serialize)]
pub(in crate::web) struct LineView {
    id: String,
    handle: String,
    title: String,
    variant: String,
    picture: Image,
    quantity: u32,
    /// What it costs in the catalogue.
    before: Money,
    total: Money,
    labels: Vec<String>,
    /// Why it cannot be bought as it is.
    problem: Option<String>,
    /// It is not sold any more.
    gone: bool,
}

const INCLUDED: &str = "Including VAT";
const ADDED: &str = "Of which VAT";

impl TotalsView {
    pub(in crate::web) fn of_cart(priced: &PricedCart) -> Self {
        let (totals, snapshot) = (&priced.totals, &priced.snapshot);
        let delivery = snapshot.delivery.as_ref();
        Self {
            goods: totals.goods,
            adjustments: together(totals.adjustments.iter().map(|row| (row.label.as_str(), row.amount))),
            delivery: delivery.map(|_| totals.delivery.list),
            delivery_name: delivery.map(|offer: &DeliveryOffer| offer.name.clone()).unwrap_or_default(),
            no_delivery: !snapshot.needs_delivery,
            total: totals.to_pay,
            tax: totals.tax,
            tax_label: if totals.prices_include_tax { INCLUDED } else { ADDED },
        }
    }

    pub(in crate::web) fn of_order(order: &Order) -> Self {
        let has_delivery = !order.delivery.method.is_empty();
        Self {
            goods: order.lines.iter().map(|line| line.unit_price * i64::from(line.quantity)).sum(),
            adjustments: together(order.adjustments.iter().map(|row| (row.label.as_str(), row.amount))),
            delivery: has_delivery.then_some(order.delivery.fee),
            delivery_name: order.delivery.name.clone(),
            no_delivery: !has_delivery,
            total: order.total,
            tax: order.tax,
            tax_label: INCLUDED,
        }
    }
}

/// Adjustments with the same words, as one row each.
fn together<'a>(rows: impl Iterator<Item = (&'a str, Money)>) -> Vec<Row> {
    let mut sums: Vec<Row> = Vec::new();
    for (label, amount) in rows {
        match sums.iter_mut().find(|row| row.label == label) {
            Some(row) => row.amount = row.amount.saturating_add(amount),
            None => sums.push(Row { label: label.to_owned(), amount }),
        }
    }
    sums
}

/// The lines of a cart; those that cannot be bought any more stand last.
pub(in crate::web) fn cart_lines(priced: &PricedCart) -> Vec<LineView> {
    let products: BTreeMap<&str, &Product> =
        priced.products.iter().map(|product| (product.id.as_str(), product)).collect();
    let short: BTreeMap<&str, u32> =
        priced.snapshot.short.iter().map(|short| (short.line.as_str(), short.left)).collect();
    let known = priced.snapshot.lines.iter().zip(&priced.totals.lines).map(|(line, total)| {
        let product = products.get(total.product.as_str()).copied();
        LineView {
            id: line.id.clone(),
            handle: line.handle.clone(),
            title: line.title.clone(),
            variant: line.variant_title.clone(),
            picture: product.map_or_else(Image::none, |product| Image::of(product, product.variant(&total.variant))),
            quantity: total.quantity,
            before: total.price.list,
            total: total.price.total,
            labels: labels(&priced.totals.adjustments, &line.id),
            problem: short.get(line.id.as_str()).map(|left| match left {
                0 => "Sold out. Take it out to go on.".to_owned(),
                left => format!("Only {left} left. Choose fewer to go on."),
            }),
            gone: false,
        }
    });
    let gone = priced.snapshot.gone.iter().map(|line| LineView {
        id: line.id.clone(),
        title: products.get(line.product.as_str()).map_or("A product", |product| &product.details.title).to_owned(),
        picture: Image::none(),
        quantity: line.quantity,
        problem: Some("It is not sold any more. Take it out to go on.".into()),
        gone: true,
        ..LineView::default()
    });
    known.chain(gone).collect()
}

fn labels(adjustments: &[ShownAdjustment], line: &str) -> Vec<String> {
    let of_line = |row: &&ShownAdjustment| row.line.as_deref() == Some(line) && row.class != "points";
    let mut labels: Vec<String> = adjustments.iter().filter(of_line).map(|row| row.label.clone()).collect();
    labels.dedup();
    labels
}

/// The lines of an order. A product that is gone keeps its name.
pub(in crate::web) fn order_lines(order: &Order, products: &[Product]) -> Vec<LineView> {
    let find = |id: &str| products.iter().find(|product| product.id == id);
    order
        .lines
        .iter()
        .map(|line| {
            let product = find(&line.product);
            LineView {
                id: line.id.clone(),
                handle: product
                    .filter(|product| product.is_on_sale())
                    .map(|known| known.details.handle.clone())
                    .unwrap_or_default(),
                title: line.title.clone(),
                picture: product.map_or_else(Image::none, |known| Image::of(known, known.variant(&line.variant))),
                quantity: line.quantity,
                before: line.unit_price * i64::from(line.quantity),
                total: line.total,
                ..LineView::default()
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjustments_with_the_same_words_are_one_row() {
        let rows = together([("Sale", -100), ("10 points", -50), ("Sale", -20)].into_iter());
        let row = |label: &str, amount| Row { label: label.into(), amount };
        assert_eq!(rows, [row("Sale", -120), row("10 points", -50)]);
    }
}
