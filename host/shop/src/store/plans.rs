//! How SQLite finds rows.
//!
//! Its planner goes by statistics, and without any it takes a shop for something with ten orders. Then it may read a whole
//! shop's ledger where an index leads to the three rows in question. So it is told what shops look like once they are
//! worth planning for, and every query is planned alike on every host, on its first day and after years.

use rusqlite::{Connection, params};

/// Rows of every table.
const ROWS: u64 = 1_000_000;
/// Rows of one shop.
const OF_A_SHOP: u64 = 100_000;
/// Rows with one value in the first column of an index that does not begin with the shop.
const OF_A_VALUE: u64 = 1_000;
/// Rows that one more column leaves, at the most.
const OF_A_KEY: u64 = 20;

/// Tells the planner. Call it after every change of the schema.
pub(super) fn advise(handle: &Connection) -> rusqlite::Result<()> {
    // Makes the table of the statistics, which cannot be made in any other way.
    handle.execute_batch("analyze; delete from sqlite_stat1;")?;
    let mut indexes = handle.prepare(
        "select t.name, i.name, i.\"unique\", group_concat(c.name order by c.seqno)
         from sqlite_schema t, pragma_index_list(t.name) i, pragma_index_info(i.name) c
         where t.type = 'table' and t.name not like 'sqlite_%' group by t.name, i.name",
    )?;
    let mut rows = indexes.query([])?;
    while let Some(row) = rows.next()? {
        let (table, index, unique): (String, String, bool) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let columns: String = row.get(3)?;
        handle
            .execute("insert into sqlite_stat1 values (?1, ?2, ?3)", params![table, index, counts(&columns, unique)])?;
    }
    // Reads the statistics that were just written, and those alone.
    handle.execute_batch("analyze sqlite_schema;")
}

/// Rows of the table, and those that the first column of an index leaves, the first two, and so on.
fn counts(columns: &str, unique: bool) -> String {
    let mut counts = vec![ROWS];
    let columns: Vec<_> = columns.split(',').collect();
    for (position, column) in columns.iter().enumerate() {
        let left = match (position, *column) {
            (0, "shop") => OF_A_SHOP,
            (0, _) => OF_A_VALUE,
            _ => (counts[position] / 10).clamp(1, OF_A_KEY),
        };
        counts.push(if unique && position + 1 == columns.len() { 1 } else { left });
    }
    counts.iter().map(u64::to_string).collect::<Vec<_>>().join(" ")
}

/// Looks at how every statement of every test finds its rows.
#[cfg(test)]
pub(super) mod watched {
    use std::collections::HashSet;
    use std::sync::{Mutex, PoisonError};

    use rusqlite::Connection;

    /// Tables with a few rows a shop, with the names that queries give them.
    const SMALL: &[&str] = &["admins", "installations", "i", "ticks", "categories", "audit"];
    /// Tables that merchants list, search and sweep.
    const LISTED: &[&str] =
        &["products", "search_terms", "customers", "orders", "mails", "mailbox", "deliveries", "commits"];
    /// What a query calls a table that it goes through for a report.
    const ALL: &str = "all_";

    static SEEN: Mutex<Option<HashSet<String>>> = Mutex::new(None);

    /// Panics if a statement reads everything that a shop has of something, unless it is meant to.
    pub(in crate::store) fn statement(handle: &Connection, sql: &str) {
        let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
        if !seen.get_or_insert_default().insert(sql.to_owned()) {
            return;
        }
        for step in steps(handle, sql) {
            let table = step.split_whitespace().nth(1).unwrap_or_default();
            assert!(
                !step.ends_with("(shop=?)")
                    || SMALL.contains(&table)
                    || LISTED.contains(&table)
                    || table.starts_with(ALL),
                "this reads all that a shop has of `{table}`; give it an index: {sql}\n{step}"
            );
        }
    }

    fn steps(handle: &Connection, sql: &str) -> Vec<String> {
        let mut plan = handle.prepare(&format!("explain query plan {sql}")).unwrap();
        for number in 1..=plan.parameter_count() {
            plan.raw_bind_parameter(number, rusqlite::types::Null).unwrap();
        }
        let mut rows = plan.raw_query();
        let mut steps = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            steps.push(row.get(3).unwrap());
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::counts;

    #[test]
    fn more_columns_leave_fewer_rows() {
        assert_eq!(counts("shop,id", true), "1000000 100000 1");
        assert_eq!(counts("shop,lot,book,points", false), "1000000 100000 20 2 1");
        assert_eq!(counts("state,due_at", false), "1000000 1000 20");
    }
}
