//! A merchant switches a feature off and on: how long that takes, and whether the very next request shows it.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use boomerang_shop::extensions::manage::Actor;
use serde::Serialize;

use super::browser::Browser;
use super::{PRODUCT, Site, shows_the_sale};
use crate::rounds::median;
use crate::setup::{self, Components};

/// How often a feature is switched.
const TOGGLES: u32 = 100;

/// A feature that was switched again and again.
#[derive(Debug, Serialize)]
pub(crate) struct Toggle {
    /// How often.
    pub(crate) toggles: u32,
    /// After how many of them the next request showed it.
    pub(crate) shown_by_next: u32,
    /// Microseconds until it was switched, and in the audit log.
    pub(crate) switched_micros: f64,
    /// Microseconds from there until the next page was there.
    pub(crate) next_page_micros: f64,
}

/// Switches the sale off and on, and asks for the page of its product each time.
pub(super) fn measure(folder: &Path, components: &Components) -> Result<Toggle> {
    let runtime = setup::runtime()?;
    let site = runtime.block_on(Site::open(folder, components, true))?;
    let mut browser = Browser::open(&site.platform)?;
    let path = format!("/p/{PRODUCT}");
    browser.get(&path)?;
    let (mut switched, mut pages, mut shown_by_next) = (Vec::new(), Vec::new(), 0);
    for toggle in 0..TOGGLES {
        let on = toggle % 2 == 1;
        let actor = Actor { name: "system", now: site.platform.clock.now() };
        let started = Instant::now();
        runtime.block_on(site.platform.extensions.set_enabled(&site.shop, "flash-sale", on, &actor))?;
        switched.push(started.elapsed().as_secs_f64() * 1e6);
        let asked = Instant::now();
        let page = browser.get(&path)?;
        pages.push(asked.elapsed().as_secs_f64() * 1e6);
        shown_by_next += u32::from(shows_the_sale(&page) == on);
    }
    Ok(Toggle {
        toggles: TOGGLES,
        shown_by_next,
        switched_micros: median(&mut switched),
        next_page_micros: median(&mut pages),
    })
}
