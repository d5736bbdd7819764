//! A small shop with a book of points, for tests. It keeps what the contract says of a ledger, and no lots.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use boomerang_sdk::catalogue::Product;
use boomerang_sdk::customers::{Profile, ProfilePage};
use boomerang_sdk::messages::Message;
use boomerang_sdk::order_history::{OrderPage, OrderSummary};
use boomerang_sdk::points::{EarnedLine, Expiring, ExpiringPage, Holdings, Lot, OrderPoints};
use boomerang_sdk::points_ledger::{DeficitPolicy, Grant, Restoration, Reversal};
use boomerang_sdk::types::{Fault, Instant, Order, OrderLine};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::calendar::Zone;
use crate::date::Date;
use crate::desk::{Reads, Writes};

/// The clocks of a real time zone.
pub(crate) struct TestZone(TimeZone);

pub(crate) fn zone(name: &str) -> TestZone {
    TestZone(TimeZone::get(name).expect("a zone of the database"))
}

impl TestZone {
    pub(crate) fn instant(&self, local: &str) -> Instant {
        let local: DateTime = local.parse().expect("a wall time");
        self.0.to_timestamp(local).expect("a time in range").as_millisecond()
    }

    pub(crate) fn shows(&self, at: Instant) -> String {
        let at = jiff::Timestamp::from_millisecond(at).expect("a time in range");
        self.0.to_datetime(at).strftime("%Y-%m-%dT%H:%M").to_string()
    }
}

impl Zone for TestZone {
    fn date(&self, at: Instant) -> Result<Date, Fault> {
        let at = jiff::Timestamp::from_millisecond(at).expect("a time in range");
        let date = self.0.to_datetime(at).date();
        Ok(Date::new(date.year().into(), date.month() as u8, date.day() as u8))
    }

    fn midnight(&self, date: Date) -> Result<Instant, Fault> {
        let date = jiff::civil::date(date.year as i16, date.month as i8, date.day as i8);
        let midnight = self.0.to_ambiguous_timestamp(date.at(0, 0, 0, 0));
        Ok(midnight.later().expect("a time in range").as_millisecond())
    }
}

struct Earned {
    grant: Grant,
    /// By line; points that belong to no line are under the empty one.
    left: BTreeMap<String, u64>,
}

impl Earned {
    fn left(&self) -> u64 {
        self.left.values().sum()
    }
}

struct Spent {
    holder: String,
    order: String,
    points: u64,
    restored: u64,
}

/// The shop.
pub(crate) struct Book {
    pub(crate) zone: TestZone,
    pub(crate) now: Cell<Instant>,
    pub(crate) profiles: RefCell<Vec<Profile>>,
    pub(crate) products: RefCell<Vec<Product>>,
    pub(crate) orders: RefCell<Vec<(Order, OrderSummary)>>,
    pub(crate) messages: RefCell<Vec<Message>>,
    pub(crate) extended: RefCell<Vec<(String, Instant)>>,
    pub(crate) deficits: RefCell<Vec<DeficitPolicy>>,
    pub(crate) notes: RefCell<BTreeMap<String, Vec<u8>>>,
    earned: RefCell<Vec<Earned>>,
    spent: RefCell<Vec<Spent>>,
    keys: RefCell<BTreeSet<String>>,
}

impl Book {
    /// A shop in Vienna, in the morning of a day.
    pub(crate) fn on(day: &str) -> Self {
        let zone = zone("Europe/Vienna");
        let now = zone.instant(&format!("{day}T09:00"));
        Self {
            zone,
            now: Cell::new(now),
            profiles: RefCell::default(),
            products: RefCell::default(),
            orders: RefCell::default(),
            messages: RefCell::default(),
            extended: RefCell::default(),
            deficits: RefCell::default(),
            notes: RefCell::default(),
            earned: RefCell::default(),
            spent: RefCell::default(),
            keys: RefCell::default(),
        }
    }

    pub(crate) fn customer(&self, id: &str) -> Profile {
        let profile =
            Profile { id: id.into(), contact: format!("contact-of-{id}"), verified_at: Some(0), ..Profile::default() };
        self.profiles.borrow_mut().push(profile.clone());
        profile
    }

    pub(crate) fn change(&self, id: &str, change: impl FnOnce(&mut Profile)) {
        change(self.profiles.borrow_mut().iter_mut().find(|profile| profile.id == id).expect("a customer"));
    }

    pub(crate) fn days_pass(&self, days: i64) {
        self.now.set(self.now.get() + days * boomerang_sdk::time::DAY);
    }

    /// Keeps an order in the history, paid at its instant.
    pub(crate) fn keep(&self, order: &Order) {
        let summary = OrderSummary {
            id: order.id.clone(),
            number: order.number.clone(),
            placed_at: order.placed_at,
            paid_at: Some(order.placed_at),
            currency: order.currency.clone(),
            total: order.total,
            customer: order.customer.clone(),
            contact: order.contact.clone(),
            ..OrderSummary::default()
        };
        self.orders.borrow_mut().push((order.clone(), summary));
    }

    pub(crate) fn spend(&self, holder: &str, order: &str, points: u64) {
        let (holder, order) = (holder.into(), order.into());
        self.spent.borrow_mut().push(Spent { holder, order, points, restored: 0 });
    }

    pub(crate) fn available(&self, holder: &str) -> i64 {
        self.balance(holder).unwrap().available
    }

    pub(crate) fn pending(&self, holder: &str) -> u64 {
        self.balance(holder).unwrap().pending
    }

    pub(crate) fn grants(&self) -> Vec<Grant> {
        self.earned.borrow().iter().map(|earned| earned.grant.clone()).collect()
    }

    fn known(&self, key: &str) -> bool {
        !self.keys.borrow_mut().insert(key.into())
    }
}

/// An order of one customer, paid in full with money: a line for each (product, price of the line).
pub(crate) fn order(id: &str, customer: &str, lines: &[(&str, i64)]) -> Order {
    let lines: Vec<OrderLine> = lines
        .iter()
        .enumerate()
        .map(|(position, (product, total))| OrderLine {
            id: format!("line-{position}"),
            product: (*product).into(),
            variant: format!("{product}-one"),
            quantity: 1,
            unit_price: *total,
            total: *total,
            ..OrderLine::default()
        })
        .collect();
    Order {
        id: id.into(),
        number: id.into(),
        currency: "EUR".into(),
        total: lines.iter().map(|line| line.total).sum(),
        lines,
        customer: Some(customer.into()),
        contact: format!("contact-of-{customer}"),
        ..Order::default()
    }
}

impl Zone for Book {
    fn date(&self, at: Instant) -> Result<Date, Fault> {
        self.zone.date(at)
    }

    fn midnight(&self, date: Date) -> Result<Instant, Fault> {
        self.zone.midnight(date)
    }
}

impl Reads for Book {
    fn profile(&self, customer: &str) -> Result<Option<Profile>, Fault> {
        Ok(self.profiles.borrow().iter().find(|profile| profile.id == customer).cloned())
    }

    fn profiles(&self, cursor: Option<&str>, limit: u32) -> Result<ProfilePage, Fault> {
        let profiles = self.profiles.borrow();
        let start: usize = cursor.map_or(0, |cursor| cursor.parse().unwrap());
        let end = (start + limit as usize).min(profiles.len());
        let cursor = (end < profiles.len()).then(|| end.to_string());
        Ok(ProfilePage { profiles: profiles[start..end].to_vec(), cursor })
    }

    fn products(&self, ids: &[String]) -> Result<Vec<Product>, Fault> {
        Ok(self.products.borrow().iter().filter(|product| ids.contains(&product.id)).cloned().collect())
    }

    fn order(&self, order: &str) -> Result<Option<Order>, Fault> {
        Ok(self.orders.borrow().iter().find(|(kept, _)| kept.id == order).map(|(kept, _)| kept.clone()))
    }

    fn orders_of(&self, holder: &str) -> Result<Vec<OrderSummary>, Fault> {
        let orders = self.orders.borrow();
        let of_holder =
            orders.iter().filter(|(order, _)| order.customer.as_deref().unwrap_or(&order.contact) == holder);
        Ok(of_holder.map(|(_, summary)| summary.clone()).collect())
    }

    fn orders_between(&self, from: Instant, until: Instant, _: Option<&str>) -> Result<OrderPage, Fault> {
        let orders = self.orders.borrow();
        let inside = orders.iter().filter(|(order, _)| (from..until).contains(&order.placed_at));
        Ok(OrderPage { orders: inside.map(|(_, summary)| summary.clone()).collect(), cursor: None })
    }

    fn balance(&self, holder: &str) -> Result<Holdings, Fault> {
        let mut holdings = Holdings::default();
        for earned in self.earned.borrow().iter().filter(|earned| earned.grant.holder == holder) {
            let available_at = earned.grant.available_at.unwrap_or(0);
            if holder.starts_with("contact-") {
                holdings.held += earned.left();
            } else if available_at <= self.now.get() {
                holdings.available += earned.left() as i64;
            } else {
                holdings.pending += earned.left();
                let next = holdings.next_available_at.get_or_insert(available_at);
                *next = available_at.min(*next);
            }
        }
        for spent in self.spent.borrow().iter().filter(|spent| spent.holder == holder) {
            holdings.available -= (spent.points - spent.restored) as i64;
        }
        Ok(holdings)
    }

    fn lots(&self, holder: &str) -> Result<Vec<Lot>, Fault> {
        let earned = self.earned.borrow();
        let mut lots: Vec<Lot> = earned
            .iter()
            .filter(|earned| earned.grant.holder == holder && earned.grant.available_at.unwrap_or(0) <= self.now.get())
            .map(|earned| Lot {
                id: earned.grant.key.clone(),
                remaining: earned.left(),
                expires_at: earned.grant.expires_at,
            })
            .collect();
        lots.sort_by_key(|lot| lot.expires_at.unwrap_or(Instant::MAX));
        Ok(lots)
    }

    fn of_order(&self, order: &str) -> Result<OrderPoints, Fault> {
        let mut lines: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for earned in self.earned.borrow().iter().filter(|earned| earned.grant.order.as_deref() == Some(order)) {
            for share in &earned.grant.lines {
                let line = lines.entry(share.line.clone()).or_default();
                line.0 += share.points;
                line.1 += share.points - earned.left[&share.line];
            }
        }
        let earned =
            lines.into_iter().map(|(line, (earned, reversed))| EarnedLine { line, earned, reversed }).collect();
        let spent = self.spent.borrow();
        let (spent, restored) = spent
            .iter()
            .filter(|spent| spent.order == order)
            .fold((0, 0), |(points, restored), spent| (points + spent.points, restored + spent.restored));
        Ok(OrderPoints { earned, spent, restored })
    }

    fn earned_between(&self, holder: &str, from: Instant, until: Instant, rules: &[String]) -> Result<i64, Fault> {
        let earned = self.earned.borrow();
        let counted = earned.iter().filter(|earned| {
            earned.grant.holder == holder
                && (from..until.min(self.now.get() + 1)).contains(&earned.grant.available_at.unwrap_or(0))
                && (rules.is_empty() || rules.contains(&earned.grant.rule))
        });
        Ok(counted.map(|earned| earned.left() as i64).sum())
    }

    fn expiring_between(&self, from: Instant, until: Instant, _: Option<&str>, _: u32) -> Result<ExpiringPage, Fault> {
        let earned = self.earned.borrow();
        let entries = earned.iter().filter(|earned| earned.left() > 0).filter_map(|earned| {
            let expires_at = earned.grant.expires_at.filter(|at| (from..until).contains(at))?;
            Some(Expiring { holder: earned.grant.holder.clone(), points: earned.left(), expires_at })
        });
        Ok(ExpiringPage { entries: entries.collect(), cursor: None })
    }

    fn recall(&self, key: &str) -> Result<Option<Vec<u8>>, Fault> {
        Ok(self.notes.borrow().get(key).cloned())
    }
}

impl Writes for Book {
    fn earn(&self, entry: &Grant) -> Result<(), Fault> {
        let shares: u64 = entry.lines.iter().map(|share| share.points).sum();
        assert!(entry.lines.is_empty() || shares == entry.points, "lines sum to the grant");
        assert!(entry.points > 0, "a grant of nothing");
        if self.known(&entry.key) {
            return Ok(());
        }
        let mut left: BTreeMap<String, u64> =
            entry.lines.iter().map(|share| (share.line.clone(), share.points)).collect();
        if left.is_empty() {
            left.insert(String::new(), entry.points);
        }
        self.earned.borrow_mut().push(Earned { grant: entry.clone(), left });
        Ok(())
    }

    fn reverse(&self, entry: &Reversal, deficit: DeficitPolicy) -> Result<(), Fault> {
        if self.known(&entry.key) {
            return Ok(());
        }
        self.deficits.borrow_mut().push(deficit);
        for share in &entry.lines {
            let mut points = share.points;
            for earned in self.earned.borrow_mut().iter_mut() {
                if earned.grant.order.as_deref() == Some(&entry.order)
                    && let Some(left) = earned.left.get_mut(&share.line)
                {
                    let taken = points.min(*left);
                    *left -= taken;
                    points -= taken;
                }
            }
            assert_eq!(points, 0, "more is taken back of {} than it earned", share.line);
        }
        Ok(())
    }

    fn restore(&self, entry: &Restoration) -> Result<(), Fault> {
        if self.known(&entry.key) {
            return Ok(());
        }
        let mut spent = self.spent.borrow_mut();
        let spent = spent.iter_mut().find(|spent| spent.order == entry.order).expect("an order paid with points");
        spent.restored += entry.points;
        assert!(spent.restored <= spent.points, "more is given back than was spent");
        Ok(())
    }

    fn extend(&self, holder: &str, expires_at: Instant, key: &str) -> Result<(), Fault> {
        if !self.known(key) {
            self.extended.borrow_mut().push((holder.into(), expires_at));
        }
        Ok(())
    }

    fn remember(&self, key: &str, value: &[u8]) -> Result<(), Fault> {
        self.notes.borrow_mut().insert(key.into(), value.into());
        Ok(())
    }

    fn send(&self, message: &Message) -> Result<(), Fault> {
        if !self.known(&message.key) {
            self.messages.borrow_mut().push(message.clone());
        }
        Ok(())
    }
}
