//! A platform in memory, and short ways to write sales and carts.
#![allow(dead_code, reason = "every test file uses its own part of this")]

use std::cell::RefCell;
use std::collections::BTreeMap;

use boomerang_sdk::catalogue::{Product, VariantInfo};
use boomerang_sdk::customers::Profile;
use boomerang_sdk::order_history::{OrderPage, OrderSummary};
use boomerang_sdk::prelude::*;
use boomerang_sdk::time_zones::{LocalTime, Resolved};
use flash_sale::plan::{CartPolicy, Cut, Goods, Plan, PriorPrice, Sale, Window};
use flash_sale::settings::SaleEntry;
use flash_sale::shop::Shop;
use jiff::tz::{AmbiguousOffset, TimeZone};

/// What the platform knows, and what it was asked.
#[derive(Default)]
pub(crate) struct Fake {
    pub(crate) products: Vec<Product>,
    pub(crate) prior_prices: BTreeMap<String, Money>,
    pub(crate) profiles: Vec<Profile>,
    pub(crate) taken: BTreeMap<String, u32>,
    pub(crate) taken_by: BTreeMap<(String, String), u32>,
    pub(crate) orders: Vec<Order>,
    pub(crate) asked: RefCell<Vec<&'static str>>,
}

impl Fake {
    fn note(&self, what: &'static str) {
        self.asked.borrow_mut().push(what);
    }
}

impl Shop for Fake {
    fn products(&self, ids: &[String]) -> Result<Vec<Product>, Fault> {
        self.note("products");
        Ok(ids.iter().filter_map(|id| self.products.iter().find(|product| product.id == *id)).cloned().collect())
    }

    fn prior_price(&self, variant: &str, _: Instant, _: u32) -> Result<Option<Money>, Fault> {
        self.note("prior-price");
        Ok(self.prior_prices.get(variant).copied())
    }

    fn profile(&self, customer: &str) -> Result<Option<Profile>, Fault> {
        self.note("profile");
        Ok(self.profiles.iter().find(|profile| profile.id == customer).cloned())
    }

    fn taken(&self, counters: &[String]) -> Result<Vec<u32>, Fault> {
        if !counters.is_empty() {
            self.note("taken");
        }
        Ok(counters.iter().map(|name| self.taken.get(name).copied().unwrap_or(0)).collect())
    }

    fn taken_of_variants(&self, name: &str, variants: &str) -> Result<Vec<u32>, Fault> {
        self.taken(&variants.split('\n').map(|variant| format!("{name}/{variant}")).collect::<Vec<_>>())
    }

    fn taken_by(&self, customer: &str, counters: &[String]) -> Result<Vec<u32>, Fault> {
        let key = |name: &String| (customer.to_owned(), name.clone());
        Ok(counters.iter().map(|name| self.taken_by.get(&key(name)).copied().unwrap_or(0)).collect())
    }

    fn resolve(&self, zone: &str, time: LocalTime) -> Result<Resolved, Fault> {
        let zone = TimeZone::get(zone).map_err(|error| Fault::new("unknown-zone", format!("{error}.")))?;
        let civil = jiff::civil::date(time.year as i16, time.month as i8, time.day as i8).at(
            time.hour as i8,
            time.minute as i8,
            time.second as i8,
            0,
        );
        let (first, second, in_gap) = match zone.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => (offset, offset, false),
            AmbiguousOffset::Fold { before, after } => (before, after, false),
            AmbiguousOffset::Gap { before, after } => (after, before, true),
        };
        let at = |offset: jiff::tz::Offset| offset.to_timestamp(civil).unwrap().as_millisecond();
        Ok(Resolved { earlier: at(first), later: at(second), in_gap })
    }

    fn to_local(&self, zone: &str, at: Instant) -> Result<LocalTime, Fault> {
        let zone = TimeZone::get(zone).map_err(|error| Fault::new("unknown-zone", error.to_string()))?;
        let shown = jiff::Timestamp::from_millisecond(at).unwrap().to_zoned(zone);
        Ok(LocalTime {
            year: shown.year().into(),
            month: shown.month() as u8,
            day: shown.day() as u8,
            hour: shown.hour() as u8,
            minute: shown.minute() as u8,
            second: shown.second() as u8,
        })
    }

    fn orders(&self, from: Instant, until: Instant, cursor: Option<&str>) -> Result<OrderPage, Fault> {
        // Pages of two, so that a test with three orders turns one.
        let start: usize = cursor.map_or(0, |cursor| cursor.parse().unwrap());
        let within: Vec<_> =
            self.orders.iter().filter(|order| (from..until).contains(&order.placed_at)).skip(start).collect();
        let orders = within
            .iter()
            .take(2)
            .map(|order| OrderSummary {
                id: order.id.clone(),
                cancelled: order.flags.iter().any(|flag| flag == "cancelled"),
                ..OrderSummary::default()
            })
            .collect();
        Ok(OrderPage { orders, cursor: (within.len() > 2).then(|| (start + 2).to_string()) })
    }

    fn order(&self, id: &str) -> Result<Option<Order>, Fault> {
        Ok(self.orders.iter().find(|order| order.id == id).cloned())
    }
}

/// The instant of a UTC time such as `2026-11-27T08:00:00Z`.
pub(crate) fn at(text: &str) -> Instant {
    text.parse::<jiff::Timestamp>().unwrap().as_millisecond()
}

pub(crate) const START: Instant = 1_000_000;
pub(crate) const END: Instant = 2_000_000;

/// 20 % off product `p`, from `START` until `END`.
pub(crate) fn sale() -> Sale {
    Sale {
        id: "summer".into(),
        title: "Summer sale".into(),
        window: Window { starts_at: START, ends_at: END },
        goods: Goods { products: vec!["p".into()], ..Goods::default() },
        cut: Cut::Percent(2_000),
        policy: CartPolicy::Live,
        with_coupons: true,
        reduced_since: START,
        ..Sale::default()
    }
}

pub(crate) fn plan(sales: Vec<Sale>) -> Plan {
    Plan { sales, prior_price: PriorPrice { days: 30, ..PriorPrice::default() }, ..Plan::default() }
}

/// The product's and the variant's id, and the numbers of a line.
pub(crate) type Line = (String, String, CartLine);

pub(crate) fn line(product: &str, variant: &str, quantity: u32, unit_price: Money) -> Line {
    (product.into(), variant.into(), CartLine { quantity, unit_price, ..CartLine::default() })
}

pub(crate) fn cart(lines: Vec<Line>) -> Cart {
    let empty = Cart { currency: "EUR".into(), ..Cart::default() };
    lines.into_iter().fold(empty, |cart, (product, variant, line)| cart.with(&product, &variant, line))
}

pub(crate) fn product(id: &str, variant: &str, price: Money) -> Product {
    let info = VariantInfo { id: variant.into(), price, ..VariantInfo::default() };
    Product { id: id.into(), title: id.into(), variants: vec![info], ..Product::default() }
}

/// A sale as a merchant enters it: 20 % off product `p`.
pub(crate) fn entry(id: &str, starts: &str, ends: &str) -> SaleEntry {
    SaleEntry {
        id: id.into(),
        title: format!("Sale {id}"),
        starts: starts.into(),
        ends: ends.into(),
        products: vec!["p".into()],
        percent: Some(2_000),
        ..SaleEntry::default()
    }
}

/// What a line costs once the adjustments are taken off.
pub(crate) fn total(cart: &Cart, adjustments: &[Adjustment], index: u32) -> Money {
    let line = &cart.lines[index as usize];
    let of_line = changes(adjustments).filter(|change| change.target == Target::Line(index));
    line.unit_price * Money::from(line.quantity) + of_line.map(|change| change.amount).sum::<Money>()
}

/// Every change of some adjustments.
pub(crate) fn changes(adjustments: &[Adjustment]) -> impl Iterator<Item = &Change> {
    adjustments.iter().flat_map(|made| &made.changes)
}

/// The amounts of the changes of some adjustments.
pub(crate) fn amounts(adjustments: &[Adjustment]) -> Vec<Money> {
    changes(adjustments).map(|change| change.amount).collect()
}
