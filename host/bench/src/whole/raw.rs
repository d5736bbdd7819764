//! The writes between two states of a database, alone: the rows that differ, in so many transactions.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

/// Writes every row that `after` has and `before` has not into `before`, and deletes those that it has no more, spread
/// evenly over so many transactions, in the way the store writes, and says how long that took. What was updated several
/// times in between is written once.
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
        let key = key(database, &table)?;
        let same_key = key.iter().map(|column| format!("y.{column} = x.{column}")).collect::<Vec<_>>().join(" and ");
        let gone = format!(
            "select {} from main.{table} x where not exists (select 1 from changed.{table} y where {same_key})",
            key.join(", ")
        );
        let is_key = key.iter().map(|column| format!("{column} = ?")).collect::<Vec<_>>().join(" and ");
        collect(database, &gone, |_| format!("delete from {table} where {is_key}"), &mut written)?;
        let new = format!("select * from changed.{table} except select * from main.{table}");
        let insert = |columns| format!("insert or replace into {table} values ({})", vec!["?"; columns].join(", "));
        collect(database, &new, insert, &mut written)?;
    }
    Ok(written)
}

/// The columns of a table's primary key.
fn key(database: &Connection, table: &str) -> Result<Vec<String>> {
    let mut columns = database.prepare("select name from pragma_table_info(?1) where pk > 0 order by pk")?;
    Ok(columns.query_map([table], |row| row.get(0))?.collect::<Result<_, rusqlite::Error>>()?)
}

/// What a statement, made for so many columns, is to write: the rows of a query.
fn collect(
    database: &Connection,
    query: &str,
    statement: impl Fn(usize) -> String,
    written: &mut Vec<Written>,
) -> Result<()> {
    let mut query = database.prepare(query)?;
    let columns = query.column_count();
    let statement = statement(columns);
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let values = (0..columns).map(|column| row.get(column)).collect::<Result<_, _>>()?;
        written.push((statement.clone(), values));
    }
    Ok(())
}
