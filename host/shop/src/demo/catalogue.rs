//! What the demo shop sells: home goods in six categories, with slow movers and best sellers.

use super::goods::Good;
use crate::catalogue::check::handle_of;
use crate::catalogue::{Category, Picture, ProductDetails, ProductInput, VariantDetails};
use crate::money::Money;

/// Id, title and the next wider category of each category, wider ones first.
const CATEGORIES: [(&str, &str, Option<&str>); 8] = [
    ("kitchen", "Kitchen", None),
    ("mugs-and-tea", "Mugs & tea", Some("kitchen")),
    ("light", "Light", None),
    ("textiles", "Textiles", None),
    ("wear", "Wear", None),
    ("desk", "Desk", None),
    ("pantry", "Pantry", None),
    ("sweets", "Sweets", Some("pantry")),
];

/// What each larger size costs more, in percent of the price.
const SIZE_STEP: Money = 15;

/// The categories, in the order shown.
pub(super) fn categories() -> impl Iterator<Item = Category> {
    (0..).zip(CATEGORIES).map(|(position, (id, title, parent))| Category {
        id: id.into(),
        title: title.into(),
        parent: parent.map(Into::into),
        position,
    })
}

/// A product at `percent` of today's price.
pub(super) fn product(good: &Good, percent: Money) -> ProductInput {
    let pictures = good.colours.iter().map(|(name, tone)| Picture {
        source: format!("drawing:{}/{tone}", good.shape),
        alt: format!("Drawing: {}, {}", good.title, name.to_lowercase()),
    });
    let mut options = Vec::new();
    if good.colours.len() > 1 {
        options.push(good.varies.clone());
    }
    if !good.sizes.is_empty() {
        options.push("Size".to_owned());
    }
    ProductInput {
        details: ProductDetails {
            handle: handle_of(&good.title),
            title: good.title.clone(),
            description: good.description.clone(),
            brand: good.brand.clone(),
            category: Some(good.category.clone()),
            tags: good.tags.clone(),
            options,
            pictures: pictures.collect(),
            tax_basis_points: good.tax_basis_points,
            perishable: good.perishable,
            attributes: [("material".into(), good.material.clone())].into(),
            ..ProductDetails::default()
        },
        variants: variants(good, percent),
    }
}

fn variants(good: &Good, percent: Money) -> Vec<VariantDetails> {
    let sizes: Vec<Option<&String>> =
        if good.sizes.is_empty() { vec![None] } else { good.sizes.iter().map(Some).collect() };
    let mut variants = Vec::new();
    for (picture, (colour, _)) in (0..).zip(&good.colours) {
        for (step, size) in (0..).zip(&sizes) {
            let colour = (good.colours.len() > 1).then_some(colour);
            let today = price(good.price, step, 100);
            variants.push(VariantDetails {
                options: colour.into_iter().chain(*size).cloned().collect(),
                sku: format!("{}-{:02}", good.sku, variants.len() + 1),
                price: price(good.price, step, percent),
                cost: Some(today * good.cost_percent / 100),
                stock: good.stock,
                backorder: good.backorder,
                weight_grams: good.weight_grams,
                needs_delivery: good.weight_grams > 0,
                picture: Some(picture),
                ..VariantDetails::default()
            });
        }
    }
    variants
}

/// The price of a size, in whole ten cents.
fn price(smallest: Money, step: Money, percent: Money) -> Money {
    smallest * (100 + SIZE_STEP * step) / 100 * percent / 100 / 10 * 10
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::catalogue::picture::draw;
    use crate::demo::goods;

    #[test]
    fn every_product_is_valid_and_drawn_in_a_category_that_exists() {
        let known: BTreeSet<String> = categories().map(|category| category.id).collect();
        let mut handles = BTreeSet::new();
        let mut skus = BTreeSet::new();
        for good in goods::all().unwrap() {
            let product = product(&good, 100);
            product.check().unwrap_or_else(|error| panic!("{}: {error}", good.title));
            assert!(known.contains(&good.category), "{}", good.title);
            for picture in &product.details.pictures {
                assert!(draw(&picture.source).is_some(), "{}", picture.source);
            }
            assert!(handles.insert(product.details.handle), "{}", good.title);
            for variant in &product.variants {
                assert!(skus.insert(variant.sku.clone()), "{}", variant.sku);
                assert!(variant.cost.is_some_and(|cost| cost > 0 && cost < variant.price), "{}", variant.sku);
            }
        }
        assert!(handles.len() >= 30, "{}", handles.len());
    }

    #[test]
    fn every_category_has_something_to_show() {
        let goods = goods::all().unwrap();
        for category in categories() {
            let holds = goods.iter().any(|good| good.category == category.id);
            let is_wider = CATEGORIES.iter().any(|(_, _, parent)| *parent == Some(category.id.as_str()));
            assert!(holds || is_wider, "{}", category.id);
        }
    }

    #[test]
    fn larger_sizes_cost_more_and_prices_end_in_ten_cents() {
        assert_eq!((price(1_490, 0, 100), price(1_490, 1, 100), price(1_490, 2, 100)), (1_490, 1_710, 1_930));
        assert_eq!(price(1_490, 0, 94), 1_400);
    }
}
