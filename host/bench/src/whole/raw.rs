//! The writes between two states of a database, alone: the rows that differ, in so many transactions.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

/// Writes every row that `after` has and `before` has not into `before`, spread evenly over so many transactions, in the
/// way the store writes, and says how long that took. What was updated several times in between is written once.
pub(super) fn write(before: &Path, after: &Path, transactions: u32) -> Result<Duration> {
    let mut database = Connection::open(before)?;
    database.execute_batch("pragma journal_mode = wal; pragma synchronous = normal; pragma temp_store = memory;")?;
    database.execute("attach ?1 as changed", [after.to_str().context("the path is no text")?])?;
    let rows = differences(&database)?;
    database.execute_batch("detach changed")?;
    let size = rows.len().div_ceil(transactions as usize).max(1);
    let started = Instant::now();
    for chunk in rows.chunks(size) {
        let transaction = database.transaction()?;
        for (statement, values) in chunk {
            transaction.prepare_cached(statement)?.execute(params_from_iter(values))?;
        }
        transaction.commit()?;
    }
    Ok(started.elapsed())
}

/// A statement, and the values of its row.
type Written = (String, Vec<Value>);

fn differences(database: &Connection) -> Result<Vec<Written>> {
    let names = "select name from main.sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name";
    let tables: Vec<String> =
        database.prepare(names)?.query_map([], |row| row.get(0))?.collect::<Result<_, rusqlite::Error>>()?;
    let mut written = Vec::new();
    for table in tables {
        let mut query =
            database.prepare(&format!("select * from changed.{table} except select * from main.{table}"))?;
        let columns = query.column_count();
        let marks = vec!["?"; columns].join(", ");
        let statement = format!("insert or replace into {table} values ({marks})");
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let values = (0..columns).map(|column| row.get(column)).collect::<Result<_, _>>()?;
            written.push((statement.clone(), values));
        }
    }
    Ok(written)
}
