//! Flash sales: prices with a real end, a true prior price and stock of their own.
//!
//! Everything follows from one function of a sale and an instant, [`Sale::offer`](plan::Sale::offer): the price in the
//! cart, the price on the page and the timer beside it cannot disagree, and no job has to switch a sale on or off.
//!
//! - [`settings`] checks what the merchant enters, once, and resolves wall times to instants;
//! - [`plan`] is what comes out of that, [`sale`] what a sale says at an instant;
//! - [`choice`] picks the sale that a product gets, [`pricing`] and [`bundles`] price carts with it, and [`display`] shows
//!   it;
//! - [`report`] says how sales went, and which goods to bundle.
//!
//! All of it is plain functions over [`shop::Shop`], the few things that have to be asked of the platform.
#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

use alloc::string::String;
use alloc::vec::Vec;

use boomerang_sdk::prelude::*;
use boomerang_sdk::settings::packed::{load, pack};

use plan::Plan;
use shop::Platform;

pub mod bundles;
pub mod choice;
pub mod display;
mod limits;
pub mod plan;
pub mod pricing;
pub mod report;
pub mod sale;
pub mod settings;
pub mod shop;

/// The extension.
pub struct FlashSale;

impl Configuration for FlashSale {
    fn prepare(ctx: Context, settings: String) -> Result<Vec<u8>, Vec<SettingError>> {
        // While settings are being prepared, the ones in force are those they will replace.
        let before = load::<Plan>().ok().filter(Plan::is_of_this_version);
        let plan = settings::check(boomerang_sdk::settings::read_group(&settings)?, before.as_ref(), &ctx, &Platform)?;
        for sale in plan.sales.iter().filter(|sale| sale.announced_end.is_some()) {
            boomerang_sdk::log::warn(&["The end of the sale `", &sale.id, "` has been put off."].concat());
        }
        Ok(pack(plan))
    }
}

impl CartPricing for FlashSale {
    fn price_cart(ctx: Context, cart: Cart, applied: Vec<Applied>) -> Result<Vec<Adjustment>, Fault> {
        pricing::price_cart(&load::<Plan>()?, ctx.now, &cart, &applied, &Platform)
    }
}

impl StorefrontBlocks for FlashSale {
    fn render_blocks(ctx: Context, page: Page) -> Result<Vec<Block>, Fault> {
        display::render_blocks(&load::<Plan>()?, ctx.now, &page, &Platform)
    }
}

impl Insights for FlashSale {
    fn make_report(ctx: Context, request: ReportRequest) -> Result<Report, Fault> {
        report::make_report(&load::<Plan>()?, ctx.now, &request, &Platform)
    }
}

boomerang_sdk::extension! {
    manifest: "../manifest.json",
    type: FlashSale,
    points: [configuration, cart_pricing, storefront_blocks, insights],
}
