//! What an order will bring: the one function behind the preview in the cart and the grant after payment.

use alloc::{string::String, vec::Vec};

use boomerang_sdk::catalogue::Product;
use boomerang_sdk::types::{Fault, Instant};

use crate::calendar;
use crate::desk::Reads;
use crate::earn::{self, Earned, Item};
use crate::limits::{self, rule};
use crate::member::Member;
use crate::settings::{AppliesTo, Settings};

/// Goods of a cart or an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goods<'a> {
    /// The product's id.
    pub product: &'a str,
    /// Units.
    pub quantity: u32,
    /// Money that earns points, in minor units.
    pub basis: i64,
}

/// When and for whom.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    /// Who buys.
    pub member: &'a Member,
    /// The order; none while it is a cart.
    pub order: Option<&'a str>,
    /// Of the cart or order.
    pub currency: &'a str,
    /// When the order was placed; for a cart, now. Tiers are read at this instant, so that they are those the shopper
    /// saw.
    pub placed_at: Instant,
    /// When the refund window opens.
    pub window_from: Instant,
}

/// What an order brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// Points for the goods, by line.
    pub purchase: Earned,
    /// Points for the first order, by line.
    pub first_order: Earned,
    /// When they can be spent.
    pub available_at: Instant,
    /// When they expire; none for never.
    pub expires_at: Option<Instant>,
}

impl Promise {
    /// All points together.
    pub fn total(&self) -> u64 {
        self.purchase.total.saturating_add(self.first_order.total)
    }
}

/// What goods bring somebody.
pub fn promise(
    desk: &impl Reads,
    settings: &Settings,
    occasion: Occasion<'_>,
    goods: &[Goods<'_>],
) -> Result<Promise, Fault> {
    let Occasion { member, currency, placed_at, .. } = occasion;
    let products = facts(desk, settings, goods)?;
    let items: Vec<Item<'_>> = goods.iter().map(|goods| item(goods, &products)).collect();
    let available_at = calendar::window_end(occasion.window_from, settings.earning.pending_days);

    let tier = member.multiplier(desk, settings, Some(currency), placed_at)?;
    let mut purchase = earn::purchase(&settings.earning, tier, &items);
    let mut first_order = if is_first(desk, settings, &occasion)? {
        earn::bonus(u64::from(settings.bonuses.first_order), &items)
    } else {
        earn::bonus(0, &items)
    };
    if let Some(holder) = member.holder() {
        let room = |rule, decided: &limits::Decided<'_>| {
            limits::room(desk, &settings.earning.limits, holder, rule, occasion.window_from, decided)
        };
        purchase = purchase.at_most(room(rule::PURCHASE, &[])?);
        first_order = first_order.at_most(room(rule::FIRST_ORDER, &[(rule::PURCHASE, purchase.total)])?);
    }
    let expires_at = calendar::expires_at(desk, &settings.expiry, available_at)?;
    Ok(Promise { purchase, first_order, available_at, expires_at })
}

/// Whether the order is the first that somebody pays. Of somebody unknown nothing is promised.
fn is_first(desk: &impl Reads, settings: &Settings, occasion: &Occasion<'_>) -> Result<bool, Fault> {
    let Some(holder) = occasion.member.holder().filter(|_| settings.bonuses.first_order > 0) else {
        return Ok(false);
    };
    let orders = desk.orders_of(holder)?;
    Ok(orders.iter().all(|order| Some(&*order.id) == occasion.order || order.cancelled || order.paid_at.is_none()))
}

/// Categories and tags, where a rule asks for them.
fn facts(desk: &impl Reads, settings: &Settings, goods: &[Goods<'_>]) -> Result<Vec<Product>, Fault> {
    let asked = |applies_to| matches!(applies_to, AppliesTo::Category | AppliesTo::Tag);
    if !settings.earning.rules.iter().any(|rule| asked(rule.applies_to)) {
        return Ok(Vec::new());
    }
    let mut ids: Vec<String> = Vec::with_capacity(goods.len());
    for goods in goods {
        if !ids.iter().any(|id| id == goods.product) {
            ids.push(goods.product.into());
        }
    }
    let mut products = Vec::with_capacity(ids.len());
    for page in ids.chunks(crate::desk::PAGE as usize) {
        products.extend(desk.products(page)?);
    }
    Ok(products)
}

fn item<'a>(goods: &Goods<'a>, products: &'a [Product]) -> Item<'a> {
    let product = products.iter().find(|product| product.id == goods.product);
    Item {
        product: goods.product,
        quantity: goods.quantity,
        basis: goods.basis,
        categories: product.map_or(&[], |product| &product.categories),
        tags: product.map_or(&[], |product| &product.tags),
    }
}
