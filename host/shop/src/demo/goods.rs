//! The goods of the demo shop, read from the file beside this one.

use serde::Deserialize;

use crate::money::Money;

const FILE: &str = include_str!("goods.json");

/// One product, and how it has sold.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Good {
    pub(super) title: String,
    pub(super) category: String,
    #[serde(default = "house_brand")]
    pub(super) brand: String,
    pub(super) material: String,
    pub(super) description: String,
    #[serde(default)]
    pub(super) tags: Vec<String>,
    /// What the numbers of its variants start with.
    pub(super) sku: String,
    /// The shape of its drawing.
    pub(super) shape: String,
    /// What the entries of `colours` differ in.
    #[serde(default = "colour")]
    pub(super) varies: String,
    /// Each with the tone of its drawing.
    pub(super) colours: Vec<(String, String)>,
    #[serde(default)]
    pub(super) sizes: Vec<String>,
    pub(super) price: Money,
    #[serde(default = "usual_cost")]
    pub(super) cost_percent: Money,
    /// Units of each variant; none where stock is not tracked.
    #[serde(default = "usual_stock")]
    pub(super) stock: Option<i64>,
    #[serde(default)]
    pub(super) backorder: bool,
    #[serde(default = "usual_weight")]
    pub(super) weight_grams: u32,
    #[serde(default)]
    pub(super) tax_basis_points: Option<u32>,
    #[serde(default)]
    pub(super) perishable: bool,
    /// How often it is bought, against the others.
    #[serde(default = "usual_demand")]
    pub(super) demand: u64,
    /// Since how many days it has been offered.
    #[serde(default = "usual_days")]
    pub(super) offered_days: i64,
    /// What it cost until so many days ago, in percent of today's price, the oldest first.
    #[serde(default)]
    pub(super) earlier: Vec<(i64, Money)>,
}

fn house_brand() -> String {
    "Hearth & Hand".into()
}

fn colour() -> String {
    "Colour".into()
}

fn usual_cost() -> Money {
    45
}

fn usual_stock() -> Option<i64> {
    Some(40)
}

fn usual_weight() -> u32 {
    400
}

fn usual_demand() -> u64 {
    10
}

fn usual_days() -> i64 {
    120
}

/// Every product of the file.
///
/// # Errors
/// If the file does not read, which a test rules out.
pub(super) fn all() -> Result<Vec<Good>, serde_json::Error> {
    serde_json::from_str(FILE)
}
