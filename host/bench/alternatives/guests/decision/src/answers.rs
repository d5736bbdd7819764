//! The shop of the benchmark as the component's logic sees it: nothing has been sold yet, and nothing else is known.

use boomerang_sdk::catalogue::Product;
use boomerang_sdk::customers::Profile;
use boomerang_sdk::order_history::OrderPage;
use boomerang_sdk::time_zones::{LocalTime, Resolved};
use boomerang_sdk::types::{Fault, Instant, Money, Order};

use crate::shop::Shop;

/// Answers at once, and to everybody the same.
#[derive(Debug)]
pub struct Answers;

impl Shop for Answers {
    fn products(&self, _: &[String]) -> Result<Vec<Product>, Fault> {
        Ok(Vec::new())
    }

    fn prior_price(&self, _: &str, _: Instant, _: u32) -> Result<Option<Money>, Fault> {
        Ok(None)
    }

    fn profile(&self, _: &str) -> Result<Option<Profile>, Fault> {
        Ok(None)
    }

    fn taken(&self, counters: &[String]) -> Result<Vec<u32>, Fault> {
        Ok(vec![0; counters.len()])
    }

    fn taken_of_variants(&self, _: &str, variants: &str) -> Result<Vec<u32>, Fault> {
        Ok(vec![0; variants.split('\n').count()])
    }

    fn taken_by(&self, _: &str, counters: &[String]) -> Result<Vec<u32>, Fault> {
        Ok(vec![0; counters.len()])
    }

    fn resolve(&self, _: &str, _: LocalTime) -> Result<Resolved, Fault> {
        Ok(Resolved::default())
    }

    fn to_local(&self, _: &str, _: Instant) -> Result<LocalTime, Fault> {
        Ok(LocalTime::default())
    }

    fn orders(&self, _: Instant, _: Instant, _: Option<&str>) -> Result<OrderPage, Fault> {
        Ok(OrderPage::default())
    }

    fn order(&self, _: &str) -> Result<Option<Order>, Fault> {
        Ok(None)
    }
}
