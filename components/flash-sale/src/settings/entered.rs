//! The settings as the merchant's form gives them. The schema in the manifest says the same in JSON Schema.

use alloc::string::String;
use alloc::vec::Vec;

use boomerang_sdk::types::Money;
use serde::Deserialize;

/// Everything that can be set up.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The sales.
    pub sales: Vec<SaleEntry>,
    /// The bundles.
    pub bundles: Vec<BundleEntry>,
    /// The most days a sale may last.
    pub max_days: u32,
    /// The days for which goods that were on sale may not be on sale again.
    pub cooldown_days: u32,
    /// What shoppers may be told a price was.
    pub prior_price: PriorPriceEntry,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            sales: Vec::new(),
            bundles: Vec::new(),
            max_days: 14,
            cooldown_days: 30,
            prior_price: PriorPriceEntry::default(),
        }
    }
}

/// A sale.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct SaleEntry {
    /// An id in kebab-case that does not change.
    pub id: String,
    /// What shoppers read.
    pub title: String,
    /// The wall time at which it starts.
    pub starts: String,
    /// The wall time at which it is over.
    pub ends: String,
    /// The IANA time zone of both; empty for the shop's own.
    pub zone: String,
    /// It is about the whole catalogue.
    pub everything: bool,
    /// Product ids.
    pub products: Vec<String>,
    /// Variant ids.
    pub variants: Vec<String>,
    /// Category ids.
    pub categories: Vec<String>,
    /// What is taken off, in basis points.
    pub percent: Option<u32>,
    /// Or what one unit costs.
    pub fixed_price: Option<Money>,
    /// Units of each variant at this price; 0 for no limit.
    pub stock: u32,
    /// Units for each shopper; 0 for no limit.
    pub per_customer: u32,
    /// What carts get that were filled before the end.
    pub cart_policy: Policy,
    /// For how long after the end.
    pub keep_minutes: u32,
    /// Of several sales of the same goods the highest counts.
    pub priority: i32,
    /// Does not combine with any other reduction.
    pub exclusive: bool,
    /// Combines with coupons.
    pub with_coupons: bool,
    /// The least margin over the merchant's cost, in basis points.
    pub margin_floor: Option<u32>,
    /// Who gets it first.
    pub early_access: EarlyEntry,
    /// The id of the sale that this one continues without a break, with a deeper cut.
    pub continues: String,
}

impl Default for SaleEntry {
    fn default() -> Self {
        Self {
            id: String::new(),
            title: String::new(),
            starts: String::new(),
            ends: String::new(),
            zone: String::new(),
            everything: false,
            products: Vec::new(),
            variants: Vec::new(),
            categories: Vec::new(),
            percent: None,
            fixed_price: None,
            stock: 0,
            per_customer: 0,
            cart_policy: Policy::Grace,
            keep_minutes: 15,
            priority: 0,
            exclusive: false,
            with_coupons: true,
            margin_floor: None,
            early_access: EarlyEntry::default(),
            continues: String::new(),
        }
    }
}

/// What carts get that were filled before the end.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// The price of the moment.
    Live,
    /// A line keeps the price it had when it was put in.
    Locked,
    /// A cart that is in checkout keeps its prices.
    Grace,
}

/// Early access to a sale.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct EarlyEntry {
    /// How long before the start; 0 for no early access.
    pub minutes: u32,
    /// For customers with one of these tags.
    pub tags: Vec<String>,
    /// For customers who have agreed to marketing messages.
    pub subscribers: bool,
}

/// A bundle.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct BundleEntry {
    /// An id in kebab-case that does not change.
    pub id: String,
    /// What shoppers read.
    pub title: String,
    /// The wall time at which it starts.
    pub starts: String,
    /// The wall time at which it is over.
    pub ends: String,
    /// The IANA time zone of both; empty for the shop's own.
    pub zone: String,
    /// The variant that sells slowly.
    pub slow: String,
    /// The variant that sells best.
    pub best: String,
    /// The price of one of each.
    pub price: Money,
}

/// When a prior price is shown.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct PriorPriceEntry {
    /// The days before the reduction whose lowest price counts.
    pub days: u32,
    /// Show one for goods that have been offered for fewer days.
    pub new_goods: bool,
    /// Categories of goods that spoil.
    pub perishable_categories: Vec<String>,
}

impl Default for PriorPriceEntry {
    fn default() -> Self {
        Self { days: 30, new_goods: false, perishable_categories: Vec::new() }
    }
}
