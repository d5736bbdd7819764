//! The book against a database: vectors from the field, and random histories against a model that moves single points.

mod concurrent;
mod model;
mod vectors;

use boomerang_engine::contract::{DeficitPolicy, Grant, Holdings, LineShare, Restoration, Reversal};
use jiff::tz::TimeZone;

use super::*;
use crate::clock::DAY;
use crate::ledger::Posted;
use crate::store::Store;

const SHOP: &str = "shop";
const ANN: &str = "cus_ann";
const GUEST: &str = "con_guest";

/// A book in a database of its own, with short words for entries.
struct Ledger {
    store: Option<Store>,
    runtime: tokio::runtime::Runtime,
    /// The file that it can be opened from again.
    file: Option<tempfile::TempDir>,
}

impl Ledger {
    fn new() -> Self {
        Self { store: Some(Store::in_memory().unwrap()), runtime: runtime(), file: None }
    }

    /// A book that outlives the program.
    fn in_file() -> Self {
        let mut ledger = Self { store: None, runtime: runtime(), file: Some(tempfile::tempdir().unwrap()) };
        ledger.restart();
        ledger
    }

    /// The last handle to the file is gone before another is made.
    fn restart(&mut self) {
        self.store = None;
        let file = self.file.as_ref().unwrap().path().join("shops.sqlite");
        self.store = Some(Store::open(&file).unwrap());
    }

    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, LedgerError> {
        self.runtime.block_on(self.store.as_ref().unwrap().write(work))
    }

    fn earn(&self, grant: Grant, now: Instant) -> Posted {
        self.write(move |tx| earn(tx, SHOP, "loyalty-points", &grant, now)).unwrap()
    }

    fn spend(&self, order: &str, points: i64, now: Instant) -> Result<Posted, LedgerError> {
        let order = order.to_owned();
        self.write(move |tx| {
            let key = format!("order/{order}/spend");
            let spending = Spending { extension: "x", key: &key, holder: ANN, order: &order, cart: "", points };
            spend(tx, SHOP, &spending, now)
        })
    }

    fn reverse(
        &self,
        order: &str,
        points: u64,
        key: &str,
        deficit: DeficitPolicy,
        now: Instant,
    ) -> Result<Posted, LedgerError> {
        let lines = vec![LineShare { line: String::new(), points }];
        let reversal = Reversal { order: order.into(), lines, key: key.into(), reason: "Returned".into() };
        self.write(move |tx| reverse(tx, SHOP, "loyalty-points", &reversal, deficit, now))
    }

    fn restore(&self, order: &str, points: u64, key: &str, now: Instant) -> Result<Posted, LedgerError> {
        let restoration = Restoration { order: order.into(), points, key: key.into(), reason: "Returned".into() };
        self.write(move |tx| restore(tx, SHOP, "loyalty-points", &restoration, now))
    }

    fn holdings(&self, holder: &str, now: Instant) -> Holdings {
        let holder = holder.to_owned();
        self.write(move |tx| Ok(balance(tx, SHOP, &holder, None, now)?)).unwrap()
    }

    fn available(&self, now: Instant) -> i64 {
        self.holdings(ANN, now).available
    }

    fn books(&self, now: Instant) -> crate::ledger::Books {
        let books = self.write(move |tx| Ok(books(tx, SHOP, &TimeZone::UTC, now)?)).unwrap();
        assert!(books.balances(), "{books:?}");
        books
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().unwrap()
}

/// A grant to Ann for no order, available at once and for ever.
fn grant(key: &str, points: u64) -> Grant {
    Grant {
        holder: ANN.into(),
        points,
        key: key.into(),
        rule: "purchase".into(),
        reason: "You bought something".into(),
        order: None,
        lines: Vec::new(),
        available_at: None,
        expires_at: None,
    }
}

fn day(day: i64) -> Instant {
    day * DAY
}
