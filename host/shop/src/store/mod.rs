//! The database: all SQL is below this module, one file a concern, and nothing outside knows which database it is.
//!
//! Work is a closure over a [`Tx`]: [`Store::read`] gives a consistent snapshot, [`Store::write`] one transaction that is
//! committed if the closure returns `Ok` and rolled back otherwise. Both run on blocking threads; [`Store::lookup`] and
//! [`Store::write_here`] run on the caller's, and say when that is right. No guest code and no network call ever runs inside a closure.
//!
//! The SQL keeps to what SQLite and PostgreSQL share: `?1` placeholders, integers, texts and byte strings,
//! `ON CONFLICT`, `RETURNING`. Every primary key starts with the shop's id, so the schema shards.

pub mod addresses;
pub mod admins;
pub mod audit;
mod backup;
pub mod carts;
pub mod catalogue;
mod changes;
pub mod checkout_efforts;
pub mod claims;
pub mod contacts;
pub mod coupons;
pub mod customers;
mod db;
pub mod devices;
pub mod effects;
pub mod events;
pub mod extension_storage;
pub mod favourites;
pub mod forwardings;
pub mod idempotency;
pub mod installations;
pub mod ledger;
pub mod limits;
pub mod mailbox;
pub mod mails;
pub mod offers;
pub mod orders;
pub mod payment_tokens;
pub mod payments;
mod plans;
pub mod prices;
pub mod referrals;
pub mod reviews;
mod schema;
pub mod second_factors;
pub mod sessions;
pub mod shops;
mod sqlite;
pub mod ticks;
pub mod tokens;
pub mod versions;
pub mod watch;
pub mod wipe;

use std::path::Path;
use std::sync::Arc;

pub(crate) use db::{Row, values};
pub use db::{StoreError, Tx};

/// A handle to the database. Clones share it.
#[derive(Clone)]
pub struct Store {
    database: Arc<sqlite::Sqlite>,
}

impl Store {
    /// Opens the SQLite file at `path`, makes it if it is missing, and brings its schema up to date.
    ///
    /// # Errors
    /// If the file cannot be opened or written, is no database, or is of a newer version than this program.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { database: Arc::new(sqlite::Sqlite::open(path)?) })
    }

    /// A database of its own, gone with the last handle.
    ///
    /// # Errors
    /// If there is nowhere to put it.
    pub fn in_memory() -> Result<Self, StoreError> {
        Ok(Self { database: Arc::new(sqlite::Sqlite::temporary()?) })
    }

    /// Runs `work` on a snapshot that no concurrent write changes. It must not write.
    ///
    /// # Errors
    /// Whatever `work` returns, or a failure of the database.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let database = Arc::clone(&self.database);
        blocking(move || database.read(work)).await
    }

    /// Runs `work` on a snapshot like [`read`](Self::read), for the few rows by key that a page, a decision or a handler
    /// needs. Where the database is a file, that takes less time than another thread takes to wake, so it is done on the
    /// caller's.
    ///
    /// # Errors
    /// Whatever `work` returns, or a failure of the database.
    pub async fn lookup<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E>,
        E: From<StoreError>,
    {
        self.database.read(work)
    }

    /// Runs `work` in one transaction: committed if it returns `Ok`, rolled back otherwise. Writes run one after the
    /// other.
    ///
    /// # Errors
    /// Whatever `work` returns, or a failure of the database; nothing is written then.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let database = Arc::clone(&self.database);
        blocking(move || database.write(work)).await
    }

    /// Runs `work` in one transaction like [`write`](Self::write), but on the caller's thread: for work that has a thread of
    /// its own anyway.
    ///
    /// # Errors
    /// Whatever `work` returns, or a failure of the database; nothing is written then.
    pub async fn write_here<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E>,
        E: From<StoreError>,
    {
        self.database.write(work)
    }

    /// The version of everything in a shop that extensions are answered from. It moves with every change of that, whoever
    /// made it, and never comes back to a number it had in this process. Take it before anything is read: what is worked
    /// out from data that has changed meanwhile then stands under a version that nobody asks for any more.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn data_version(&self, shop: &str) -> Result<u64, StoreError> {
        self.database.data_version(shop)
    }

    /// Copies the database, consistent at one moment, into a new file while work goes on.
    ///
    /// # Errors
    /// If `path` exists already or cannot be written.
    pub async fn backup(&self, path: &Path) -> Result<(), StoreError> {
        let database = Arc::clone(&self.database);
        let path = path.to_owned();
        blocking(move || database.backup(&path)).await
    }

    /// Copies a database that another program may be working on, consistent at one moment, into a new file.
    ///
    /// # Errors
    /// If `from` cannot be read, or `to` exists already or cannot be written.
    pub async fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
        let (from, to) = (from.to_owned(), to.to_owned());
        blocking(move || backup::copy(&from, &to)).await
    }

    /// Looks through a copy that nobody is using: whether it is whole, and of a version that this program knows.
    ///
    /// # Errors
    /// If it is not.
    pub async fn check(path: &Path) -> Result<(), StoreError> {
        let path = path.to_owned();
        blocking(move || backup::check(&path)).await
    }
}

async fn blocking<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(_) => Err(StoreError::Interrupted.into()),
    }
}
