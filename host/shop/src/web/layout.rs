//! What every page is given beside its own content.

use serde::Serialize;

use super::assets;
use super::visit::Visit;
use crate::clock::Instant;

/// The frame of a page.
#[derive(Debug, Serialize)]
pub(super) struct Layout<'a> {
    shop_name: &'a str,
    currency: &'a str,
    locale: &'a str,
    time_zone: &'a str,
    /// The server's clock, which timers count from.
    now: Instant,
    csrf: &'a str,
    /// The page itself, to come back to.
    path: &'a str,
    /// What was searched for.
    query: &'a str,
    /// The category that the page is in.
    category: &'a str,
    categories: Vec<Link<'a>>,
    cart_count: u64,
    customer_name: Option<&'a str>,
    signed_in: bool,
    demo: bool,
    /// The days before a reduction whose lowest price it is compared with.
    prior_days: u32,
    style: &'static str,
    script: &'static str,
    icon: &'static str,
}

/// A category in the menu.
#[derive(Debug, Serialize)]
struct Link<'a> {
    id: &'a str,
    title: &'a str,
}

/// A page: the frame and its content.
#[derive(Debug, Serialize)]
pub(super) struct Page<'a, T> {
    layout: Layout<'a>,
    #[serde(flatten)]
    content: &'a T,
}

/// Where a page is: what its menu and search field show.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place<'a> {
    /// The category that the page is in.
    pub(super) category: &'a str,
    /// What was searched for.
    pub(super) query: &'a str,
}

impl<'a, T> Page<'a, T> {
    pub(super) fn new(visit: &'a Visit, place: Place<'a>, content: &'a T) -> Self {
        let top = visit.categories.iter().filter(|category| category.parent.is_none());
        let layout = Layout {
            shop_name: &visit.shop.name,
            currency: &visit.shop.currency,
            locale: &visit.shop.locale,
            time_zone: &visit.shop.time_zone,
            now: visit.now,
            csrf: &visit.csrf,
            path: &visit.path,
            query: place.query,
            category: place.category,
            categories: top.map(|category| Link { id: &category.id, title: &category.title }).collect(),
            cart_count: visit.cart.as_ref().map_or(0, crate::cart::Cart::units),
            customer_name: visit
                .person
                .as_ref()
                .filter(|_| visit.signed_in().is_some())
                .map(|known| known.name.as_str()),
            signed_in: visit.signed_in().is_some(),
            demo: visit.demo,
            prior_days: visit.shop.policies.prior_price.days,
            style: assets::style(),
            script: assets::shop_script(),
            icon: assets::icon(),
        };
        Self { layout, content }
    }
}
