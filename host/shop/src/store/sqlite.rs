//! SQLite: one file in WAL mode, one writer, several readers.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::types::ValueRef;
use rusqlite::{Connection as Handle, OpenFlags, TransactionBehavior, params_from_iter};

use super::changes::{Changes, Written};
use super::db::{Connection, Row, StoreError, Tx, Value};
use super::watch::{self, Moment};
use super::{backup, schema};

/// Readers kept open for the next snapshot. More are opened when more are needed at once.
const IDLE_READERS: usize = 8;

pub(super) struct Sqlite {
    path: PathBuf,
    /// Remove the file at the end.
    temporary: bool,
    writer: Mutex<Handle>,
    readers: Mutex<Vec<Handle>>,
    changes: Changes,
}

impl Sqlite {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        Self::start(path.to_owned(), false)
    }

    /// A file of its own, removed with the last handle. SQLite's own in-memory mode has no snapshots for readers.
    pub(super) fn temporary() -> Result<Self, StoreError> {
        let mut name = [0_u8; 8];
        getrandom::fill(&mut name).map_err(|error| StoreError::Database(error.to_string()))?;
        let path = std::env::temp_dir().join(format!("boomerang-{}.sqlite", crate::secrets::hex(&name)));
        Self::start(path, true)
    }

    fn start(path: PathBuf, temporary: bool) -> Result<Self, StoreError> {
        let mut writer = connect(&path)?;
        schema::migrate(&mut writer)?;
        let changes = Changes::new(connect(&path)?, &writer)?;
        Ok(Self { path, temporary, writer: Mutex::new(writer), readers: Mutex::new(Vec::new()), changes })
    }

    pub(super) fn read<T, E: From<StoreError>>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let idle = lock(&self.readers).pop();
        let mut reader = match idle {
            Some(reader) => reader,
            None => connect(&self.path)?,
        };
        let result = {
            let transaction =
                reader.transaction_with_behavior(TransactionBehavior::Deferred).map_err(StoreError::from)?;
            work(&mut Tx::new(&mut Session { handle: &transaction, written: Written::default() }))
        };
        let mut readers = lock(&self.readers);
        if readers.len() < IDLE_READERS {
            readers.push(reader);
        }
        result
    }

    pub(super) fn write<T, E: From<StoreError>>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let mut writer = lock(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StoreError::from)?;
        let mut session = Session { handle: &transaction, written: Written::default() };
        let value = work(&mut Tx::new(&mut session))?;
        let written = session.written;
        watch::tell(Moment::BeforeCommit);
        transaction.commit().map_err(StoreError::from).inspect_err(|_| self.changes.unknown())?;
        self.changes.committed(&written, &writer);
        watch::tell(Moment::AfterCommit);
        Ok(value)
    }

    pub(super) fn data_version(&self, shop: &str) -> Result<u64, StoreError> {
        self.changes.version(shop)
    }

    pub(super) fn backup(&self, path: &Path) -> Result<(), StoreError> {
        backup::copy(&self.path, path)
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        if self.temporary {
            for suffix in ["", "-wal", "-shm"] {
                let mut name = self.path.clone().into_os_string();
                name.push(suffix);
                // What cannot be removed is left to whoever empties the directory for temporary files.
                let _ = std::fs::remove_file(name);
            }
        }
    }
}

/// A panic inside a transaction rolls it back, so the connection behind a poisoned lock is sound.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn connect(path: &Path) -> Result<Handle, StoreError> {
    let handle = Handle::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    handle.set_prepared_statement_cache_capacity(256);
    handle.execute_batch(
        "pragma journal_mode = wal;
         pragma synchronous = normal;
         pragma foreign_keys = on;
         pragma busy_timeout = 10000;
         pragma temp_store = memory;",
    )?;
    Ok(handle)
}

struct Session<'a> {
    handle: &'a Handle,
    written: Written,
}

impl Connection for Session<'_> {
    fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        #[cfg(test)]
        super::plans::watched::statement(self.handle, sql);
        let changed = self.handle.prepare_cached(sql)?.execute(params_from_iter(values))?;
        if changed > 0 {
            self.written.note(sql, values);
        }
        Ok(changed as u64)
    }

    fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        #[cfg(test)]
        super::plans::watched::statement(self.handle, sql);
        let mut statement = self.handle.prepare_cached(sql)?;
        let columns = statement.column_count();
        let mut answer = statement.query(params_from_iter(values))?;
        let mut rows = Vec::new();
        while let Some(row) = answer.next()? {
            let cells = (0..columns).map(|column| cell(row.get_ref(column)?, column)).collect::<Result<_, _>>()?;
            rows.push(Row(cells));
        }
        drop(answer);
        if !statement.readonly() && !rows.is_empty() {
            self.written.note(sql, values);
        }
        Ok(rows)
    }
}

fn cell(value: ValueRef<'_>, column: usize) -> Result<Value, StoreError> {
    match value {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(value) => Ok(Value::Int(value)),
        ValueRef::Text(value) => {
            let text = std::str::from_utf8(value).map_err(|_| StoreError::Corrupt { column })?;
            Ok(Value::Text(text.to_owned()))
        }
        ValueRef::Blob(value) => Ok(Value::Bytes(value.to_vec())),
        ValueRef::Real(_) => Err(StoreError::Corrupt { column }),
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::ToSqlOutput::Borrowed;
        Ok(Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Bytes(value) => ValueRef::Blob(value),
        }))
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::ConstraintViolation) => Self::Constraint(error.to_string()),
            Some(rusqlite::ErrorCode::DiskFull) => Self::Full,
            Some(rusqlite::ErrorCode::ReadOnly) => Self::ReadOnly,
            // A disk that is full by a quota, and not by its size, says no more than that.
            Some(rusqlite::ErrorCode::SystemIoFailure) => Self::Disk(error.to_string()),
            _ => Self::Database(error.to_string()),
        }
    }
}

#[cfg(test)]
#[path = "sqlite_tests.rs"]
mod tests;
