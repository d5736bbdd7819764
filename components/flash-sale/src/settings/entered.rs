//! The settings as the merchant's form gives them. The schema in the manifest says the same in JSON Schema.

use alloc::string::String;
use alloc::vec::Vec;

use boomerang_sdk::settings::{Setting, SettingMismatch, Value};
use boomerang_sdk::settings_group;
use boomerang_sdk::types::Money;

settings_group! {
    /// Everything that can be set up.
    pub struct Settings {
        /// The sales.
        pub sales: Vec<SaleEntry> = Vec::new(),
        /// The bundles.
        pub bundles: Vec<BundleEntry> = Vec::new(),
        /// The most days a sale may last.
        pub max_days: u32 = 14,
        /// The days for which goods that were on sale may not be on sale again.
        pub cooldown_days: u32 = 30,
        /// What shoppers may be told a price was.
        pub prior_price: PriorPriceEntry = PriorPriceEntry::default(),
    }
}

settings_group! {
    /// A sale.
    pub struct SaleEntry {
        /// An id in kebab-case that does not change.
        pub id: String = String::new(),
        /// What shoppers read.
        pub title: String = String::new(),
        /// The wall time at which it starts.
        pub starts: String = String::new(),
        /// The wall time at which it is over.
        pub ends: String = String::new(),
        /// The IANA time zone of both; empty for the shop's own.
        pub zone: String = String::new(),
        /// It is about the whole catalogue.
        pub everything: bool = false,
        /// Product ids.
        pub products: Vec<String> = Vec::new(),
        /// Variant ids.
        pub variants: Vec<String> = Vec::new(),
        /// Category ids.
        pub categories: Vec<String> = Vec::new(),
        /// What is taken off, in basis points.
        pub percent: Option<u32> = None,
        /// Or what one unit costs.
        pub fixed_price: Option<Money> = None,
        /// Units of each variant at this price; 0 for no limit.
        pub stock: u32 = 0,
        /// Units for each shopper; 0 for no limit.
        pub per_customer: u32 = 0,
        /// What carts get that were filled before the end.
        pub cart_policy: Policy = Policy::Grace,
        /// For how long after the end.
        pub keep_minutes: u32 = 15,
        /// Of several sales of the same goods the highest counts.
        pub priority: i32 = 0,
        /// Does not combine with any other reduction.
        pub exclusive: bool = false,
        /// Combines with coupons.
        pub with_coupons: bool = true,
        /// The least margin over the merchant's cost, in basis points.
        pub margin_floor: Option<u32> = None,
        /// Who gets it first.
        pub early_access: EarlyEntry = EarlyEntry::default(),
        /// The id of the sale that this one continues without a break, with a deeper cut.
        pub continues: String = String::new(),
    }
}

/// What carts get that were filled before the end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Policy {
    /// The price of the moment.
    Live,
    /// A line keeps the price it had when it was put in.
    Locked,
    /// A cart that is in checkout keeps its prices.
    Grace,
}

impl Setting for Policy {
    fn read(value: &Value) -> Result<Self, SettingMismatch> {
        match String::read(value)?.as_str() {
            "live" => Ok(Self::Live),
            "locked" => Ok(Self::Locked),
            "grace" => Ok(Self::Grace),
            _ => Err(SettingMismatch::expected("live, locked or grace")),
        }
    }
}

settings_group! {
    /// Early access to a sale.
    pub struct EarlyEntry {
        /// How long before the start; 0 for no early access.
        pub minutes: u32 = 0,
        /// For customers with one of these tags.
        pub tags: Vec<String> = Vec::new(),
        /// For customers who have agreed to marketing messages.
        pub subscribers: bool = false,
    }
}

settings_group! {
    /// A bundle.
    pub struct BundleEntry {
        /// An id in kebab-case that does not change.
        pub id: String = String::new(),
        /// What shoppers read.
        pub title: String = String::new(),
        /// The wall time at which it starts.
        pub starts: String = String::new(),
        /// The wall time at which it is over.
        pub ends: String = String::new(),
        /// The IANA time zone of both; empty for the shop's own.
        pub zone: String = String::new(),
        /// The variant that sells slowly.
        pub slow: String = String::new(),
        /// The variant that sells best.
        pub best: String = String::new(),
        /// The price of one of each.
        pub price: Money = 0,
    }
}

settings_group! {
    /// When a prior price is shown.
    pub struct PriorPriceEntry {
        /// The days before the reduction whose lowest price counts.
        pub days: u32 = 30,
        /// Show one for goods that have been offered for fewer days.
        pub new_goods: bool = false,
        /// Categories of goods that spoil.
        pub perishable_categories: Vec<String> = Vec::new(),
    }
}
