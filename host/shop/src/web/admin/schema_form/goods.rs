//! The shop's own goods, so that a merchant picks them by name where an extension asks for ids.

use serde_json::Value;

/// What ids may be picked from. A list that is empty is picked from by hand.
#[derive(Debug, Default)]
pub(in crate::web::admin) struct Goods {
    /// Every product.
    pub(in crate::web::admin) products: Vec<Named>,
    /// Every variant.
    pub(in crate::web::admin) variants: Vec<Named>,
    /// Every category.
    pub(in crate::web::admin) categories: Vec<Named>,
}

/// An id and what people call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::web::admin) struct Named {
    /// The id.
    pub(in crate::web::admin) id: String,
    /// The name.
    pub(in crate::web::admin) name: String,
}

impl Goods {
    /// Whether a schema asks for any of them.
    pub(in crate::web::admin) fn are_asked_for(schema: &Value) -> bool {
        match schema {
            Value::Object(fields) => fields.contains_key("x-of") || fields.values().any(Self::are_asked_for),
            Value::Array(items) => items.iter().any(Self::are_asked_for),
            _ => false,
        }
    }

    /// Those that the annotation `x-of` means; none for anything else.
    pub(super) fn of(&self, kind: &str) -> &[Named] {
        match kind {
            "products" => &self.products,
            "variants" => &self.variants,
            "categories" => &self.categories,
            _ => &[],
        }
    }
}
