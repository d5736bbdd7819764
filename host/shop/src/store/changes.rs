//! Whether anything has changed that extensions are answered from: a number for each shop that moves with every such commit.
//!
//! Commits of this process say which tables of which shops they changed. Those of other processes that have the file open
//! are noticed when somebody asks for a version, and then count for every shop. A version moves too often rather than too
//! seldom: whatever is not known to concern nobody concerns the shop, and whatever is of no shop concerns them all.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use super::db::{StoreError, Value};

/// Tables that no capability answers from: who is signed in, what is in carts (which decisions are handed), what has been
/// done, what is still to be sent. Pages and background work write them all the time.
const UNANSWERED: &[&str] = &[
    "admin_factors",
    "admin_recovery_codes",
    "admin_sessions",
    "admins",
    "audit",
    "cart_lines",
    "carts",
    "commits",
    "deliveries",
    "devices",
    "events",
    "forwardings",
    "idempotency",
    "limits",
    "mailbox",
    "mails",
    "order_claims",
    "order_numbers",
    "search_terms",
    "sessions",
    "signals",
    "suppressions",
    "ticks",
    "tokens",
    VERSIONS,
];

/// Told to handlers beside an answer, and never part of one.
const VERSIONS: &str = "versions";

/// What a transaction has changed of the data that extensions are answered from.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    shops: BTreeSet<String>,
    everybody: bool,
}

impl Written {
    /// Notes a statement that has changed rows.
    pub(super) fn note(&mut self, sql: &str, values: &[Value]) {
        let table = table(sql);
        if table.is_some_and(|table| UNANSWERED.contains(&table)) {
            return;
        }
        match (values.first(), table.is_some_and(|table| is_of_a_shop(sql, table))) {
            (Some(Value::Text(shop)), true) => {
                self.shops.insert(shop.clone());
            }
            _ => self.everybody = true,
        }
    }
}

/// The table that a statement writes.
fn table(sql: &str) -> Option<&str> {
    let mut words = sql.split_ascii_whitespace();
    match (words.next()?, words.next()?) {
        ("insert", "into") | ("delete", "from") => words.next(),
        ("update", table) => Some(table),
        _ => None,
    }
}

/// The first value of the statement is the shop that every row it writes is of.
fn is_of_a_shop(sql: &str, table: &str) -> bool {
    let rest = sql.split_once(table).map_or("", |(_, rest)| rest.trim_start());
    if sql.starts_with("insert") {
        rest.starts_with("(shop,") && rest.contains("values (?1,")
    } else {
        rest.contains("where shop = ?1")
    }
}

/// A query for an answer reads nothing whose changes are not counted.
pub(super) fn counts(sql: &str) -> bool {
    let mut names = sql.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    names.all(|name| name == VERSIONS || !UNANSWERED.contains(&name))
}

/// The versions of all shops.
pub(super) struct Changes(Mutex<Counts>);

struct Counts {
    /// Reads nothing but whether somebody else has committed.
    sentinel: Connection,
    /// What the sentinel saw last.
    seen: i64,
    /// What the writer saw of the commits of other processes.
    foreign: i64,
    /// Changes that concern every shop.
    everybody: u64,
    shops: HashMap<String, u64>,
}

impl Changes {
    pub(super) fn new(sentinel: Connection, writer: &Connection) -> Result<Self, StoreError> {
        let (seen, foreign) = (commits_of_others(&sentinel)?, commits_of_others(writer)?);
        Ok(Self(Mutex::new(Counts { sentinel, seen, foreign, everybody: 0, shops: HashMap::new() })))
    }

    /// The version of what extensions are answered from in a shop. Take it before anything is read.
    pub(super) fn version(&self, shop: &str) -> Result<u64, StoreError> {
        let mut counts = self.lock();
        let seen = commits_of_others(&counts.sentinel)?;
        if seen != counts.seen {
            // A commit of another process, or one of this process that has not got to `committed` yet.
            counts.seen = seen;
            counts.everybody += 1;
        }
        Ok(counts.everybody + counts.shops.get(shop).copied().unwrap_or(0))
    }

    /// Counts what a transaction of this process has changed. Call it once it is committed, before anybody is told, while
    /// no other one is written.
    pub(super) fn committed(&self, written: &Written, writer: &Connection) {
        let mut counts = self.lock();
        for shop in &written.shops {
            *counts.shops.entry(shop.clone()).or_default() += 1;
        }
        // The sentinel first: a commit of another process between the two is seen by the writer now, and one after both by
        // the sentinel the next time.
        let looked = commits_of_others(&counts.sentinel).and_then(|seen| Ok((seen, commits_of_others(writer)?)));
        let is_own = matches!(looked, Ok((_, foreign)) if foreign == counts.foreign);
        if let Ok((seen, foreign)) = looked {
            (counts.seen, counts.foreign) = (seen, foreign);
        }
        if written.everybody || !is_own {
            counts.everybody += 1;
        }
    }

    /// Nobody knows what has changed.
    pub(super) fn unknown(&self) {
        self.lock().everybody += 1;
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        // Whatever panicked while it held the lock, the counts only grow.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A number that changes when another connection has committed.
fn commits_of_others(handle: &Connection) -> Result<i64, StoreError> {
    Ok(handle.prepare_cached("pragma data_version")?.query_row([], |row| row.get(0))?)
}

#[cfg(test)]
#[path = "changes_tests.rs"]
mod tests;
