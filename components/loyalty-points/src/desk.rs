//! What the logic asks of the shop, as traits: the real thing in the component, a small book-keeper in the tests.
//!
//! Decisions are given a [`Reads`], so the type system keeps them from writing.

use alloc::{string::String, vec::Vec};

use boomerang_sdk::catalogue::Product;
use boomerang_sdk::customers::{Profile, ProfilePage};
use boomerang_sdk::messages::Message;
use boomerang_sdk::order_history::{OrderPage, OrderSummary};
use boomerang_sdk::points::{ExpiringPage, Holdings, Lot, OrderPoints};
use boomerang_sdk::points_ledger::{DeficitPolicy, Grant, Restoration, Reversal};
use boomerang_sdk::time_zones::{self, LocalTime};
use boomerang_sdk::types::{Fault, Instant, Order};
use boomerang_sdk::{catalogue, customers, messages, order_history, points, points_ledger, storage, storage_write};

use crate::calendar::Zone;
use crate::date::Date;

/// The most that the contract gives on one page.
pub const PAGE: u32 = 200;

/// What can be asked.
pub trait Reads: Zone {
    /// A customer, unless erased.
    fn profile(&self, customer: &str) -> Result<Option<Profile>, Fault>;
    /// A page of all customers.
    fn profiles(&self, cursor: Option<&str>, limit: u32) -> Result<ProfilePage, Fault>;
    /// Products by id.
    fn products(&self, ids: &[String]) -> Result<Vec<Product>, Fault>;
    /// One order.
    fn order(&self, order: &str) -> Result<Option<Order>, Fault>;
    /// The latest orders of a holder.
    fn orders_of(&self, holder: &str) -> Result<Vec<OrderSummary>, Fault>;
    /// A page of the orders placed in a span.
    fn orders_between(&self, from: Instant, until: Instant, cursor: Option<&str>) -> Result<OrderPage, Fault>;
    /// What a holder has.
    fn balance(&self, holder: &str) -> Result<Holdings, Fault>;
    /// The lots of a holder.
    fn lots(&self, holder: &str) -> Result<Vec<Lot>, Fault>;
    /// What an order earned and was paid with.
    fn of_order(&self, order: &str) -> Result<OrderPoints, Fault>;
    /// What became available in a span, under some rules or all.
    fn earned_between(&self, holder: &str, from: Instant, until: Instant, rules: &[String]) -> Result<i64, Fault>;
    /// A page of what expires in a span.
    fn expiring_between(
        &self,
        from: Instant,
        until: Instant,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<ExpiringPage, Fault>;
    /// A note of our own.
    fn recall(&self, key: &str) -> Result<Option<Vec<u8>>, Fault>;
}

/// What a handler can also do.
pub trait Writes: Reads {
    /// Grants points.
    fn earn(&self, entry: &Grant) -> Result<(), Fault>;
    /// Takes back what an order earned.
    fn reverse(&self, entry: &Reversal, deficit: DeficitPolicy) -> Result<(), Fault>;
    /// Gives back what an order was paid with.
    fn restore(&self, entry: &Restoration) -> Result<(), Fault>;
    /// Moves the expiry of all lots of a holder.
    fn extend(&self, holder: &str, expires_at: Instant, key: &str) -> Result<(), Fault>;
    /// Keeps a note of our own.
    fn remember(&self, key: &str, value: &[u8]) -> Result<(), Fault>;
    /// Sends a message.
    fn send(&self, message: &Message) -> Result<(), Fault>;
}

/// The shop that calls this component.
#[derive(Clone, Copy, Debug)]
pub struct Shop<'a> {
    /// Its time zone.
    pub time_zone: &'a str,
}

impl Zone for Shop<'_> {
    fn date(&self, at: Instant) -> Result<Date, Fault> {
        let local = time_zones::to_local(self.time_zone, at)?;
        Ok(Date::new(local.year, local.month, local.day))
    }

    fn midnight(&self, date: Date) -> Result<Instant, Fault> {
        let Date { year, month, day } = date;
        let midnight = LocalTime { year, month, day, hour: 0, minute: 0, second: 0 };
        Ok(time_zones::resolve(self.time_zone, midnight)?.later)
    }
}

impl Reads for Shop<'_> {
    fn profile(&self, customer: &str) -> Result<Option<Profile>, Fault> {
        customers::get(customer)
    }

    fn profiles(&self, cursor: Option<&str>, limit: u32) -> Result<ProfilePage, Fault> {
        customers::page(cursor, limit)
    }

    fn products(&self, ids: &[String]) -> Result<Vec<Product>, Fault> {
        catalogue::products(ids)
    }

    fn order(&self, order: &str) -> Result<Option<Order>, Fault> {
        order_history::get(order)
    }

    fn orders_of(&self, holder: &str) -> Result<Vec<OrderSummary>, Fault> {
        order_history::of(holder, PAGE)
    }

    fn orders_between(&self, from: Instant, until: Instant, cursor: Option<&str>) -> Result<OrderPage, Fault> {
        order_history::between(from, until, cursor, PAGE)
    }

    fn balance(&self, holder: &str) -> Result<Holdings, Fault> {
        points::balance(holder)
    }

    fn lots(&self, holder: &str) -> Result<Vec<Lot>, Fault> {
        points::lots(holder)
    }

    fn of_order(&self, order: &str) -> Result<OrderPoints, Fault> {
        points::of_order(order)
    }

    fn earned_between(&self, holder: &str, from: Instant, until: Instant, rules: &[String]) -> Result<i64, Fault> {
        points::earned_between(holder, from, until, rules)
    }

    fn expiring_between(
        &self,
        from: Instant,
        until: Instant,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<ExpiringPage, Fault> {
        points::expiring_between(from, until, cursor, limit)
    }

    fn recall(&self, key: &str) -> Result<Option<Vec<u8>>, Fault> {
        storage::get(key)
    }
}

impl Writes for Shop<'_> {
    fn earn(&self, entry: &Grant) -> Result<(), Fault> {
        points_ledger::earn(entry)
    }

    fn reverse(&self, entry: &Reversal, deficit: DeficitPolicy) -> Result<(), Fault> {
        points_ledger::reverse(entry, deficit)
    }

    fn restore(&self, entry: &Restoration) -> Result<(), Fault> {
        points_ledger::restore(entry)
    }

    fn extend(&self, holder: &str, expires_at: Instant, key: &str) -> Result<(), Fault> {
        points_ledger::extend(holder, expires_at, key)
    }

    fn remember(&self, key: &str, value: &[u8]) -> Result<(), Fault> {
        storage_write::set(key, value)
    }

    fn send(&self, message: &Message) -> Result<(), Fault> {
        messages::send(message)
    }
}
