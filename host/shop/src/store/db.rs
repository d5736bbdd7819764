//! What the SQL below this module is written against: values, rows and a connection, the same for every database.

use thiserror::Error;

/// Why the database could not do something.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The database refused a statement, or its file could not be opened.
    #[error("the database failed: {0}; look at its file, restore a backup or report this")]
    Database(String),
    /// There is no room on the disk.
    #[error("the disk of the database is full; make room on it, and the shop goes on by itself")]
    Full,
    /// The file, or its folder, may not be written.
    #[error(
        "the file of the database cannot be written; let the user that the shop runs as write it, its folder and what \
         begins with its name there"
    )]
    ReadOnly,
    /// The disk refused to write or to read.
    #[error("the disk of the database failed: {0}; look at its room, at the quota of its user and at its health")]
    Disk(String),
    /// A unique key or a check would have been violated.
    #[error("the database refused a row: {0}")]
    Constraint(String),
    /// A row does not hold what the schema says.
    #[error("the database holds an unexpected value in column {column}; restore a backup or report this")]
    Corrupt {
        /// The column, counted from 0.
        column: usize,
    },
    /// A column of JSON does not read.
    #[error("the database holds JSON that does not read: {0}; restore a backup or report this")]
    Json(#[from] serde_json::Error),
    /// The file was made by a newer version.
    #[error(
        "the database has schema version {found}, and this program knows versions up to {known}; use a newer program"
    )]
    Newer {
        /// The file's version.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// The file holds another program's data.
    #[error("the file is a database, but not of a shop; name a file that `boomerang backup` has made")]
    Foreign,
    /// The file is not whole.
    #[error("the database is damaged: {0}; use another backup")]
    Damaged(String),
    /// The thread that did the work ended early.
    #[error("the work was interrupted; try again")]
    Interrupted,
}

impl StoreError {
    /// Whether it is for whoever runs the machine to mend, so that the same request succeeds afterwards.
    #[must_use]
    pub const fn is_of_the_machine(&self) -> bool {
        matches!(self, Self::Full | Self::ReadOnly | Self::Disk(_))
    }
}

/// What a column can hold.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

macro_rules! value_from {
    ($($from:ty => |$name:ident| $value:expr;)*) => {
        $(impl From<$from> for Value {
            fn from($name: $from) -> Self {
                $value
            }
        })*
    };
}

value_from! {
    i64 => |value| Self::Int(value);
    u32 => |value| Self::Int(i64::from(value));
    bool => |value| Self::Int(i64::from(value));
    &str => |value| Self::Text(value.to_owned());
    &String => |value| Self::Text(value.clone());
    String => |value| Self::Text(value);
    &[u8] => |value| Self::Bytes(value.to_vec());
    Vec<u8> => |value| Self::Bytes(value);
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The parameters of a statement, in the order of `?1`, `?2` and so on.
macro_rules! values {
    ($($value:expr),* $(,)?) => {
        &[$($crate::store::db::Value::from($value)),*][..]
    };
}
pub(crate) use values;

/// One row of an answer, columns counted from 0.
#[derive(Debug)]
pub(crate) struct Row(pub(super) Vec<Value>);

impl Row {
    pub(crate) fn int(&self, column: usize) -> Result<i64, StoreError> {
        match self.0.get(column) {
            Some(Value::Int(value)) => Ok(*value),
            _ => Err(StoreError::Corrupt { column }),
        }
    }

    pub(crate) fn opt_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            _ => self.int(column).map(Some),
        }
    }

    pub(crate) fn uint(&self, column: usize) -> Result<u32, StoreError> {
        u32::try_from(self.int(column)?).map_err(|_| StoreError::Corrupt { column })
    }

    pub(crate) fn flag(&self, column: usize) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
    }

    pub(crate) fn text(&self, column: usize) -> Result<String, StoreError> {
        match self.0.get(column) {
            Some(Value::Text(value)) => Ok(value.clone()),
            _ => Err(StoreError::Corrupt { column }),
        }
    }

    pub(crate) fn opt_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            _ => self.text(column).map(Some),
        }
    }

    pub(crate) fn bytes(&self, column: usize) -> Result<Vec<u8>, StoreError> {
        match self.0.get(column) {
            Some(Value::Bytes(value)) => Ok(value.clone()),
            _ => Err(StoreError::Corrupt { column }),
        }
    }

    /// A column of JSON text.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self, column: usize) -> Result<T, StoreError> {
        match self.0.get(column) {
            Some(Value::Text(value)) => Ok(serde_json::from_str(value)?),
            _ => Err(StoreError::Corrupt { column }),
        }
    }
}

/// A connection inside a transaction or a snapshot. One implementation a database.
pub(super) trait Connection {
    fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, StoreError>;
    fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError>;
}

/// A transaction, or a snapshot for reading.
///
/// Opaque outside the store: pass it to the functions of the store's modules.
pub struct Tx<'a> {
    connection: &'a mut dyn Connection,
    answers: bool,
}

impl<'a> Tx<'a> {
    pub(super) fn new(connection: &'a mut dyn Connection) -> Self {
        Self { connection, answers: false }
    }

    /// The same, to answer an extension: a build with checks panics if it reads what [`Store::data_version`] does not count.
    ///
    /// [`Store::data_version`]: super::Store::data_version
    pub(crate) fn answering(&mut self) -> Tx<'_> {
        Tx { connection: &mut *self.connection, answers: true }
    }

    /// Runs a statement and counts the rows it changed.
    pub(crate) fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        self.connection.execute(sql, values)
    }

    /// Does `work` as a part of the transaction that is all or nothing by itself: an error of its own, the inner one, undoes
    /// what it has written and nothing else.
    pub(crate) fn attempt<T, E>(
        &mut self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<Result<T, E>, StoreError> {
        self.execute("savepoint attempt", &[])?;
        let result = work(self);
        if result.is_err() {
            self.execute("rollback to savepoint attempt", &[])?;
        }
        self.execute("release savepoint attempt", &[])?;
        Ok(result)
    }

    /// Every row of the answer.
    pub(crate) fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        debug_assert!(!self.answers || super::changes::counts(sql), "an answer whose changes are not counted: {sql}");
        self.connection.query(sql, values)
    }

    /// The first row of the answer, if it has one.
    pub(crate) fn first(&mut self, sql: &str, values: &[Value]) -> Result<Option<Row>, StoreError> {
        Ok(self.query(sql, values)?.into_iter().next())
    }
}

/// JSON for a column.
pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    Ok(serde_json::to_string(value)?)
}
