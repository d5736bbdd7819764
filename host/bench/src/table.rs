//! The results for people, as tables in Markdown.

use std::fmt::Write;

use crate::neighbour;
use crate::report::Report;
use crate::rotation::{self, Loaded};
use crate::rounds::Row;
use crate::tenants::{self, Installed};
use crate::whole::{self, Events};

pub(crate) fn render(report: &Report) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut text, report);
    text
}

fn write(out: &mut String, report: &Report) -> std::fmt::Result {
    write!(out, "\n{}, {} rounds", report.machine, report.rounds)?;
    if let Some(load) = report.load_after {
        write!(out, ", load {load} at the end")?;
    }
    writeln!(out, "\n")?;
    rows(out, &report.decisions, &["bare wasmtime", "engine"])?;
    writeln!(out, "\n| decisions per second, 10 lines | 1 thread | 2 threads | × |\n| --- | ---: | ---: | ---: |")?;
    for row in &report.throughput {
        writeln!(out, "| {} | {:.0} | {:.0} | {:.2} |", row.name, row.one_thread, row.two_threads, row.gain)?;
    }
    writeln!(out)?;
    rows(out, &report.neighbours, &[neighbour::QUIET])?;
    writeln!(out)?;
    rows(out, &report.tenants, &[tenants::ALONE])?;
    writeln!(out)?;
    rows(out, &report.rotation.decisions, &[rotation::ONE])?;
    writeln!(out)?;
    rows(out, &report.requests, &[whole::OFF])?;
    let Events { deliveries, handlers, raw, share } = report.events;
    writeln!(out, "\n| order events, {deliveries} deliveries | per second | share of raw |\n| --- | ---: | ---: |")?;
    writeln!(out, "| through handlers, effects committed | {handlers:.0} | {share:.2} |")?;
    writeln!(out, "| the same rows in as many raw SQLite transactions | {raw:.0} | 1.00 |")?;
    writeln!(out, "\n| in memory | kB each |\n| --- | ---: |")?;
    let Installed { shops, bytes } = report.installed;
    writeln!(out, "| an installation, {shops} shops with four each | {:.2} |", bytes as f64 / 1e3)?;
    writeln!(out, "\n| components loaded from the cache | ms | MB |\n| ---: | ---: | ---: |")?;
    for Loaded { components, millis, bytes } in &report.rotation.loads {
        writeln!(out, "| {components} | {millis:.0} | {:.1} |", *bytes as f64 / 1e6)?;
    }
    writeln!(out, "\n| component | file kB | loaded kB |\n| --- | ---: | ---: |")?;
    for (size, memory) in report.sizes.iter().zip(&report.memory) {
        let kilobytes = |bytes: f64| bytes / 1e3;
        let (file, loaded) = (kilobytes(size.bytes as f64), kilobytes(memory.bytes as f64));
        writeln!(out, "| {} | {file:.1} | {loaded:.0} |", size.component)?;
    }
    writeln!(out, "\n| process start, warm cache | components ms | none ms | × |\n| --- | ---: | ---: | ---: |")?;
    for row in &report.starts {
        let (with, without) = (row.with_components_millis, row.without_millis);
        writeln!(out, "| {} | {with:.1} | {without:.1} | {:.1} |", row.name, row.ratio)?;
    }
    Ok(())
}

/// Rows and what they are multiples of.
fn rows(out: &mut String, rows: &[Row], bases: &[&str]) -> std::fmt::Result {
    write!(out, "| task | way | median µs | p99 µs |")?;
    bases.iter().try_for_each(|base| write!(out, " × {base} |"))?;
    writeln!(out, "\n| --- | --- | ---: | ---: |{}", " ---: |".repeat(bases.len()))?;
    for row in rows {
        let (median, p99) = (short(row.median_micros), short(row.p99_micros));
        write!(out, "| {} | {} | {median} | {p99} |", row.task, row.name)?;
        for times in &row.times_of {
            match times {
                Some(times) => write!(out, " {times:.2} |")?,
                None => write!(out, " |")?,
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Three digits that matter.
fn short(value: f64) -> String {
    match value {
        ..10.0 => format!("{value:.2}"),
        ..100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn numbers_have_three_digits() {
        assert_eq!([0.4754, 14.04, 116.2].map(short), ["0.48", "14.0", "116"]);
    }
}
