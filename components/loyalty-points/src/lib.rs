//! Loyalty points: earned with orders and more, spent at the next one.
//!
//! The component decides how many points; the host's ledger keeps the book and decides whether it allows them.
//!
//! | module | holds |
//! | --- | --- |
//! | [`settings`], [`names`], [`fields`], [`json`], [`check`] | what the merchant can set |
//! | [`earn`], [`redeem`], [`refund`], [`tiers`], [`calendar`] | the rules, as functions of plain values |
//! | [`promise`] | what an order will bring: behind both the preview and the grant |
//! | [`desk`] | what the rules ask of the shop |
//! | [`pricing`], [`blocks`], [`orders`], [`people`], [`daily`], [`report`] | the extension points |
#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

pub mod blocks;
pub mod calendar;
pub mod check;
pub mod daily;
pub mod date;
pub mod desk;
pub mod earn;
pub mod fields;
pub mod json;
pub mod limits;
pub mod member;
pub mod names;
pub mod orders;
pub mod people;
pub mod preview;
pub mod pricing;
pub mod promise;
pub mod redeem;
pub mod refund;
pub mod report;
pub mod settings;
pub mod share;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod tiers;
pub mod words;

use alloc::{string::String, vec::Vec};

use boomerang_sdk::prelude::*;

use crate::desk::Shop;
use crate::settings::Settings;

struct LoyaltyPoints;

fn settings() -> Result<Settings, Fault> {
    fields::unpack(&boomerang_sdk::settings::bytes())
}

fn shop(ctx: &Context) -> Shop<'_> {
    Shop { time_zone: &ctx.time_zone }
}

impl Configuration for LoyaltyPoints {
    fn prepare(_: Context, settings: String) -> Result<Vec<u8>, Vec<SettingError>> {
        let entered = boomerang_sdk::settings::read_value(&settings)?;
        let mut settings = check::check(json::read(entered)?)?;
        Ok(fields::pack(&mut settings))
    }
}

impl CartPricing for LoyaltyPoints {
    fn price_cart(ctx: Context, cart: Cart, applied: Vec<Applied>) -> Result<Vec<Adjustment>, Fault> {
        // Most carts spend no points: they cost nothing but this look.
        if pricing::requested(&cart) == 0 {
            return Ok(Vec::new());
        }
        pricing::price(&shop(&ctx), &settings()?, &cart, &applied)
    }
}

impl StorefrontBlocks for LoyaltyPoints {
    fn render_blocks(ctx: Context, page: Page) -> Result<Vec<Block>, Fault> {
        blocks::render(&shop(&ctx), &settings()?, &ctx, &page)
    }
}

impl OrderEvents for LoyaltyPoints {
    fn on_order_event(ctx: Context, event: OrderEvent) -> Result<(), Fault> {
        orders::on_event(&shop(&ctx), &settings()?, &event)
    }
}

impl CustomerEvents for LoyaltyPoints {
    fn on_customer_event(ctx: Context, event: CustomerEvent) -> Result<(), Fault> {
        people::on_event(&shop(&ctx), &settings()?, &event)
    }
}

impl Schedule for LoyaltyPoints {
    fn on_tick(ctx: Context, tick: Tick) -> Result<Option<String>, Fault> {
        daily::on_tick(&shop(&ctx), &settings()?, &tick)
    }
}

impl Insights for LoyaltyPoints {
    fn make_report(ctx: Context, request: ReportRequest) -> Result<Report, Fault> {
        report::make(&shop(&ctx), &settings()?, ctx.now, &request)
    }
}

boomerang_sdk::extension! {
    manifest: "../manifest.json",
    type: LoyaltyPoints,
    points: [
        configuration,
        cart_pricing,
        storefront_blocks,
        order_events,
        customer_events,
        schedule,
        insights,
    ],
}
