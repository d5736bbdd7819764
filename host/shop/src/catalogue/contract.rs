//! Products as extensions see them.

use boomerang_engine::contract::{self, Attribute};

use super::{Attributes, Product, Variant};

impl From<&Product> for contract::Product {
    fn from(product: &Product) -> Self {
        Self {
            id: product.id.clone(),
            title: product.details.title.clone(),
            categories: product.categories.clone(),
            tags: product.details.tags.clone(),
            offered_since: product.offered_since,
            variants: product.variants.iter().map(Into::into).collect(),
            attributes: attributes(&product.details.attributes),
        }
    }
}

impl From<&Variant> for contract::VariantInfo {
    fn from(variant: &Variant) -> Self {
        Self {
            id: variant.id.clone(),
            title: variant.title(),
            price: variant.details.price,
            stock: variant.details.sellable(),
            cost: variant.details.cost,
        }
    }
}

/// Free keys and values as the contract has them.
#[must_use]
pub fn attributes(attributes: &Attributes) -> Vec<Attribute> {
    let each = attributes.iter();
    each.map(|(key, value)| Attribute { key: key.clone(), value: value.clone() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{ProductDetails, VariantDetails};

    #[test]
    fn stock_that_does_not_limit_is_not_told() {
        let info = |stock, backorder| {
            let details =
                VariantDetails { stock, backorder, options: vec!["Blue".into(), "L".into()], ..Default::default() };
            contract::VariantInfo::from(&Variant { id: "v".into(), product: "p".into(), details })
        };
        assert_eq!(info(Some(3), false).stock, Some(3));
        assert_eq!(info(Some(-3), false).stock, Some(0));
        assert_eq!(info(Some(3), true).stock, None);
        assert_eq!(info(None, false).stock, None);
        assert_eq!(info(None, false).title, "Blue / L");
    }

    #[test]
    fn a_product_keeps_its_path_and_attributes() {
        let details = ProductDetails { attributes: [("a".into(), "1".into())].into(), ..Default::default() };
        let product = Product {
            id: "p".into(),
            categories: vec!["home".into(), "mugs".into()],
            offered_since: 7,
            lowest_price: 0,
            details,
            variants: Vec::new(),
        };
        let seen = contract::Product::from(&product);
        assert_eq!((seen.categories, seen.offered_since), (product.categories, 7));
        assert_eq!(seen.attributes, [Attribute { key: "a".into(), value: "1".into() }]);
    }
}
