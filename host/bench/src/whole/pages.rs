//! A product page and a checkout over HTTP, with the features on and off.

use std::hint::black_box;

use anyhow::{Result, ensure};

use super::browser::Browser;
use super::{CHECKOUT_PAGE, ON, PRODUCT, PRODUCT_PAGE, Site, shows_the_sale};
use crate::contenders::{Entry, Way};

/// Both pages of both sites.
pub(super) fn entries(on: &Site, off: &Site) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for site in [on, off] {
        let mut browser = Browser::open(&site.platform)?;
        let path = format!("/p/{PRODUCT}");
        let page = browser.get(&path)?;
        ensure!(shows_the_sale(&page) == (site.name == ON), "{}: the product page shows the wrong price", site.name);
        let product = move || browser.get(&path).map(|page| drop(black_box(page)));
        entries.push(Entry::new(PRODUCT_PAGE, Way::new(site.name, product)));

        let mut browser = Browser::open(&site.platform)?;
        let page = browser.get(&format!("/p/{PRODUCT}"))?;
        browser.submit(&page, "/cart/lines", &[("variant", &site.variant), ("quantity", "2")])?;
        let checkout = move || browser.get("/checkout").map(|page| drop(black_box(page)));
        entries.push(Entry::new(CHECKOUT_PAGE, Way::new(site.name, checkout)));
    }
    Ok(entries)
}
