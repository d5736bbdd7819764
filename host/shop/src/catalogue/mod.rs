//! What the shop sells: products with variants, in a tree of categories.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`check`] | what a merchant may enter |
//! | [`import`], [`export`] | the product CSV of Shopify, read and written |
//! | [`prior_price`] | the lawful price before a reduction |
//! | [`search`] | words of a product, and of a question |
//! | [`picture`] | drawings for products without photographs |
//! | [`contract`] | products as extensions see them |

pub mod check;
pub mod contract;
pub mod export;
pub mod import;
pub mod picture;
pub mod prior_price;
pub mod search;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::Instant;
use crate::money::Money;

/// Free keys and values, in the order of their keys.
pub type Attributes = BTreeMap<String, String>;

/// A node of the tree that shoppers browse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Category {
    /// The id, which also stands in addresses: `mugs-and-cups`.
    pub id: String,
    /// The title that shoppers read.
    pub title: String,
    /// The next wider category.
    #[serde(default)]
    pub parent: Option<String>,
    /// Where it stands among its siblings.
    #[serde(default)]
    pub position: u32,
}

/// Whether shoppers can see and buy a product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Being prepared.
    Draft,
    /// On sale.
    #[default]
    Active,
    /// No longer on sale.
    Archived,
}

impl Status {
    /// The word in the database and in files.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::Archived => "archived",
        }
    }

    /// The status that a word names.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::Draft, Self::Active, Self::Archived].into_iter().find(|status| status.id() == id)
    }
}

/// A picture of a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Picture {
    /// An address that starts with `https://`, or `drawing:` and a drawing that the shop makes itself.
    pub source: String,
    /// What it shows, for those who do not see it.
    pub alt: String,
}

/// Something that is sold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Product {
    /// The id.
    pub id: String,
    /// The ids of its categories, from the widest to the narrowest.
    pub categories: Vec<String>,
    /// When it was first offered.
    pub offered_since: Instant,
    /// The lowest catalogue price of its variants.
    pub lowest_price: Money,
    /// What the merchant has entered.
    #[serde(flatten)]
    pub details: ProductDetails,
    /// What can be bought, at least one.
    pub variants: Vec<Variant>,
}

/// What a merchant enters about a product, its variants left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProductDetails {
    /// Stands in addresses: `blue-mug`. Unique in the shop.
    pub handle: String,
    /// The title that shoppers read.
    pub title: String,
    /// Plain text.
    #[serde(default)]
    pub description: String,
    /// Who makes it.
    #[serde(default)]
    pub brand: String,
    /// Whether it can be seen and bought.
    #[serde(default)]
    pub status: Status,
    /// The narrowest category.
    #[serde(default)]
    pub category: Option<String>,
    /// Free words for finding and for rules.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What variants differ in, such as `Size`; empty for a product of one variant.
    #[serde(default)]
    pub options: Vec<String>,
    /// Pictures, the first one first.
    #[serde(default)]
    pub pictures: Vec<Picture>,
    /// A rate of tax of its own; none for the shop's.
    #[serde(default)]
    pub tax_basis_points: Option<u32>,
    /// It perishes soon, which the rule for prior prices may exempt.
    #[serde(default)]
    pub perishable: bool,
    /// Free keys and values.
    #[serde(default)]
    pub attributes: Attributes,
}

/// One buyable form of a product: a size, a colour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Variant {
    /// The id.
    pub id: String,
    /// The product's id.
    pub product: String,
    /// What the merchant has entered.
    #[serde(flatten)]
    pub details: VariantDetails,
}

/// What a merchant enters about a variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VariantDetails {
    /// A value for each of the product's options.
    #[serde(default)]
    pub options: Vec<String>,
    /// The merchant's own number.
    #[serde(default)]
    pub sku: String,
    /// EAN, UPC or ISBN.
    #[serde(default)]
    pub barcode: String,
    /// The catalogue's price of one unit.
    pub price: Money,
    /// What one unit costs the merchant.
    #[serde(default)]
    pub cost: Option<Money>,
    /// Units in stock; none where stock is not tracked.
    #[serde(default)]
    pub stock: Option<i64>,
    /// It can be sold when none is in stock.
    #[serde(default)]
    pub backorder: bool,
    /// Weight in grams.
    #[serde(default)]
    pub weight_grams: u32,
    /// Something has to be delivered to an address.
    #[serde(default = "yes")]
    pub needs_delivery: bool,
    /// Which of the product's pictures shows it, counted from 0.
    #[serde(default)]
    pub picture: Option<u32>,
}

fn yes() -> bool {
    true
}

impl Default for VariantDetails {
    fn default() -> Self {
        Self {
            options: Vec::new(),
            sku: String::new(),
            barcode: String::new(),
            price: 0,
            cost: None,
            stock: None,
            backorder: false,
            weight_grams: 0,
            needs_delivery: true,
            picture: None,
        }
    }
}

/// A product as a merchant, an import or the demo hands it in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProductInput {
    /// The product.
    #[serde(flatten)]
    pub details: ProductDetails,
    /// Its variants, in the order shown.
    pub variants: Vec<VariantDetails>,
}

impl Variant {
    /// The variant's title, such as `Blue / L`; empty for the only variant of a product.
    #[must_use]
    pub fn title(&self) -> String {
        self.details.options.join(" / ")
    }
}

impl VariantDetails {
    /// Units that can be sold now; none for as many as anybody wants.
    #[must_use]
    pub fn sellable(&self) -> Option<i64> {
        if self.backorder { None } else { self.stock.map(|units| units.max(0)) }
    }

    /// Whether `units` can be sold now.
    #[must_use]
    pub fn can_sell(&self, units: u32) -> bool {
        self.sellable().is_none_or(|left| i64::from(units) <= left)
    }
}

impl Product {
    /// The variant with this id.
    #[must_use]
    pub fn variant(&self, id: &str) -> Option<&Variant> {
        self.variants.iter().find(|variant| variant.id == id)
    }

    /// Whether shoppers can see and buy it.
    #[must_use]
    pub fn is_on_sale(&self) -> bool {
        self.details.status == Status::Active
    }
}

/// How a page of products is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Listing {
    /// Only this category and the narrower ones below it.
    pub category: Option<String>,
    /// Only products that these words find.
    pub query: Option<String>,
    /// Only products with this status.
    pub status: Option<Status>,
    /// The order.
    pub sort: Sort,
    /// How many to pass over.
    pub offset: u32,
    /// How many to give, at most [`Listing::MOST`]; 0 for that many.
    pub limit: u32,
}

impl Listing {
    /// The most products of a page.
    pub const MOST: u32 = 200;
}

/// The order of a list of products.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// The best answer to the question first; without one, by title.
    #[default]
    Relevance,
    /// By title.
    Title,
    /// The newest first.
    Newest,
    /// The lowest price first.
    PriceAscending,
    /// The highest price first.
    PriceDescending,
}

/// One page of products.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProductPage {
    /// The products.
    pub products: Vec<Product>,
    /// How many there are in all.
    pub total: u32,
}
