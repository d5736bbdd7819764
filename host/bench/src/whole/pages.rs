//! A product page and a checkout over HTTP, with the features on and off: looked at again and again, and each time right
//! after a write, so that no answer of an extension can be given again.

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Result, ensure};
use boomerang_shop::demo::SHOP;
use boomerang_shop::store::extension_storage;

use super::browser::Browser;
use super::{CHECKOUT_PAGE, ON, PRODUCT, PRODUCT_PAGE, Site, shows_the_sale};
use crate::contenders::{Contender, Entry, Times, Way};
use crate::setup;

/// Both pages of both sites.
pub(super) fn entries(on: &Site, off: &Site) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for site in [on, off] {
        let mut browser = Browser::open(&site.platform)?;
        let product = format!("/p/{PRODUCT}");
        let page = browser.get(&product)?;
        ensure!(shows_the_sale(&page) == (site.name == ON), "{}: the product page shows the wrong price", site.name);
        entries.extend(looks(PRODUCT_PAGE, site, browser, &product)?);

        let mut browser = Browser::open(&site.platform)?;
        let page = browser.get(&product)?;
        browser.submit(&page, "/cart/lines", &[("variant", &site.variant), ("quantity", "2")])?;
        entries.extend(looks(CHECKOUT_PAGE, site, browser, "/checkout")?);
    }
    Ok(entries)
}

/// The two ways to look at a page.
fn looks(task: &str, site: &Site, mut browser: Browser, path: &str) -> Result<[Entry; 2]> {
    let other = browser.again(&site.platform)?;
    let after = AfterWrite { site: site.clone(), browser: other, path: path.to_owned(), written: 0 };
    let path = path.to_owned();
    let again = Way::new(site.name, move || browser.get(&path).map(|page| drop(black_box(page))));
    Ok([Entry::new(task, again), Entry::new(format!("{task}, after a write"), after)])
}

/// Writes something that extensions may be answered from before every look.
struct AfterWrite {
    site: Site,
    browser: Browser,
    path: String,
    written: u64,
}

impl Contender for AfterWrite {
    fn name(&self) -> &str {
        self.site.name
    }

    fn round(&mut self, times: &mut Times) -> Result<()> {
        let runtime = setup::runtime()?;
        for _ in 0..times.calls {
            self.written += 1;
            let value = self.written.to_le_bytes();
            let write =
                self.site.platform.store.write(move |tx| extension_storage::set(tx, SHOP, "bench", "key", &value));
            runtime.block_on(write)?;
            let started = Instant::now();
            black_box(self.browser.get(&self.path)?);
            times.note(started);
        }
        Ok(())
    }
}
