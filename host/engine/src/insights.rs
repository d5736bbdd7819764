//! `insights`: reports for the merchant, with the host's rules over them.

use crate::call::Call;
use crate::call::invocation::MakeReport;
use crate::call::text;
use crate::chain::Account;
use crate::contract::{self, ReportRequest};
use crate::engine::Engine;
use crate::installation::Installation;
use crate::report::Report;

const FIGURES: usize = 50;
const TABLES: usize = 10;
const COLUMNS: usize = 20;
const ROWS: usize = 1_000;
const SERIES: usize = 10;
const POINTS: usize = 2_000;
const UNITS: [&str; 5] = ["money", "count", "points", "basis-points", "days"];

impl Engine {
    /// Asks an installation for one of the reports of its manifest. None where it could not be made; `skipped` says why.
    pub async fn make_report(
        &self,
        installation: &Installation,
        call: &Call,
        request: &ReportRequest,
    ) -> Report<Option<contract::Report>> {
        let mut account = Account::default();
        let made = self.ask(installation, call, &MakeReport { request }, &mut account).await;
        account.report(made)
    }
}

/// The rules for a report; one that breaks them is not shown.
pub(crate) fn check_answer(_ask: &MakeReport<'_>, report: &contract::Report) -> Result<(), String> {
    let line = |text: &str| {
        if text::is_line(text, 200) {
            Ok(())
        } else {
            Err("a title, label or cell is longer than 200 characters or has control characters")
        }
    };
    let unit = |unit: &str| {
        if UNITS.contains(&unit) {
            Ok(())
        } else {
            Err("a unit is not one of money, count, points, basis-points, days")
        }
    };
    line(&report.title)?;
    if report.figures.len() > FIGURES || report.tables.len() > TABLES || report.series.len() > SERIES {
        return Err(format!("more than {FIGURES} figures, {TABLES} tables or {SERIES} series"));
    }
    for figure in &report.figures {
        line(&figure.label)?;
        unit(&figure.unit)?;
    }
    for table in &report.tables {
        line(&table.title)?;
        if table.columns.len() > COLUMNS || table.rows.len() > ROWS {
            return Err(format!("a table has more than {COLUMNS} columns or {ROWS} rows"));
        }
        if table.rows.iter().any(|row| row.len() != table.columns.len()) {
            return Err("a row of a table has more or fewer cells than there are columns".into());
        }
        table.columns.iter().chain(table.rows.iter().flatten()).try_for_each(|cell| line(cell))?;
    }
    for series in &report.series {
        line(&series.title)?;
        unit(&series.unit)?;
        if series.points.len() > POINTS {
            return Err(format!("a series has more than {POINTS} points"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{Figure, Series, SeriesPoint, Table};

    fn verdict(change: impl FnOnce(&mut contract::Report)) -> Result<(), String> {
        let mut report = contract::Report {
            title: "Sell-through".into(),
            figures: vec![Figure { label: "Sold".into(), value: 7, unit: "count".into() }],
            tables: vec![Table {
                title: "By product".into(),
                columns: vec!["Product".into(), "Sold".into()],
                rows: vec![vec!["Shoe".into(), "7".into()]],
            }],
            series: vec![],
        };
        change(&mut report);
        let request = ReportRequest { report: "sell-through".into(), from: 0, until: 1 };
        check_answer(&MakeReport { request: &request }, &report)
    }

    #[test]
    fn a_report_keeps_its_shape() {
        assert_eq!(verdict(|_| {}), Ok(()));
        assert!(verdict(|report| report.tables[0].rows[0].truncate(1)).is_err());
        assert!(verdict(|report| report.figures[0].unit = "bananas".into()).is_err());
        assert!(verdict(|report| report.title = "a\u{7}".into()).is_err());
        assert!(verdict(|report| report.figures = vec![report.figures[0].clone(); 51]).is_err());
        let point = SeriesPoint { at: 0, value: 0 };
        let long = Series { title: "x".into(), unit: "money".into(), points: vec![point; POINTS + 1] };
        assert!(verdict(|report| report.series.push(long)).is_err());
    }
}
