//! The results for people, as tables in Markdown.

use std::fmt::Write;

use crate::bars::{Aim, Bar};
use crate::live::Live;
use crate::neighbour;
use crate::report::Report;
use crate::rotation::{self, Loaded};
use crate::rounds::Row;
use crate::tenants::{self, Installed};
use crate::whole::{self, Events, Toggle};

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
    if let Some(decisions) = &report.decisions {
        rows(out, decisions, &["bare wasmtime", "engine"])?;
    }
    if let Some(throughput) = &report.throughput {
        writeln!(out, "\n| decisions per second, 10 lines | 1 thread | 2 threads | × |\n| --- | ---: | ---: | ---: |")?;
        for row in throughput {
            writeln!(out, "| {} | {:.0} | {:.0} | {:.2} |", row.name, row.one_thread, row.two_threads, row.gain)?;
        }
    }
    let rotation = report.rotation.as_ref().map(|rotation| &rotation.decisions);
    if let Some(neighbours) = &report.neighbours {
        beside(out, neighbours)?;
    }
    let others =
        [(report.tenants.as_ref(), tenants::ALONE), (rotation, rotation::ONE), (report.requests.as_ref(), whole::OFF)];
    for (measured, base) in others {
        if let Some(measured) = measured {
            writeln!(out)?;
            rows(out, measured, &[base])?;
        }
    }
    if let Some(Events { deliveries, handlers, raw, share }) = &report.events {
        writeln!(
            out,
            "\n| order events, {deliveries} deliveries | per second | share of raw |\n| --- | ---: | ---: |"
        )?;
        writeln!(out, "| through handlers, effects committed | {handlers:.0} | {share:.2} |")?;
        writeln!(out, "| the same rows in as many raw SQLite transactions | {raw:.0} | 1.00 |")?;
    }
    if let Some(Toggle { toggles, shown_by_next, switched_micros, next_page_micros }) = &report.toggle {
        writeln!(out, "\n| a merchant's toggle | median µs |\n| --- | ---: |")?;
        writeln!(out, "| switched, and in the audit log | {switched_micros:.0} |")?;
        writeln!(out, "| the next page, which shows it: {shown_by_next} of {toggles} did | {next_page_micros:.0} |")?;
    }
    in_memory(out, report)?;
    if let Some(rotation) = &report.rotation {
        writeln!(out, "\n| components loaded from the cache | ms | MB |\n| ---: | ---: | ---: |")?;
        for Loaded { components, millis, bytes } in &rotation.loads {
            writeln!(out, "| {components} | {millis:.0} | {:.1} |", *bytes as f64 / 1e6)?;
        }
    }
    components(out, report)?;
    if let Some(starts) = &report.starts {
        writeln!(out, "\n| process start, warm cache | components ms | none ms | × |\n| --- | ---: | ---: | ---: |")?;
        for row in starts {
            let (with, without) = (row.with_components_millis, row.without_millis);
            writeln!(out, "| {} | {with:.1} | {without:.1} | {:.1} |", row.name, row.ratio)?;
        }
    }
    bars(out, &report.bars)
}

/// What many of something take.
fn in_memory(out: &mut String, report: &Report) -> std::fmt::Result {
    if report.installed.is_some() || report.live.is_some() {
        writeln!(out, "\n| in memory | kB each |\n| --- | ---: |")?;
    }
    if let Some(Installed { shops, bytes }) = &report.installed {
        writeln!(out, "| an installation, {shops} shops with four each | {:.2} |", *bytes as f64 / 1e3)?;
    }
    if let Some(Live { calls, bytes }) = &report.live {
        writeln!(out, "| a live call, {calls} at the same time | {:.1} |", *bytes as f64 / 1e3)?;
    }
    Ok(())
}

/// What was aimed at, and what came out.
fn bars(out: &mut String, bars: &[Bar]) -> std::fmt::Result {
    writeln!(out, "\n| bar | aim | measured | reached |\n| --- | ---: | ---: | --- |")?;
    for Bar { about, aim, measured, reached } in bars {
        let aim = match aim {
            Aim::AtMost(most) => format!("≤ {most}"),
            Aim::AtLeast(least) => format!("≥ {least}"),
        };
        writeln!(out, "| {about} | {aim} | {} | {} |", short(*measured), if *reached { "yes" } else { "**no**" })?;
    }
    Ok(())
}

/// How large each feature is, on disk and loaded.
fn components(out: &mut String, report: &Report) -> std::fmt::Result {
    let kilobytes = |bytes: f64| bytes / 1e3;
    writeln!(out, "\n| component | file kB | loaded kB |\n| --- | ---: | ---: |")?;
    for (index, size) in report.sizes.iter().enumerate() {
        let loaded = report.memory.as_ref().and_then(|memory| memory.get(index));
        let loaded = loaded.map(|loaded| format!("{:.0}", kilobytes(loaded.bytes as f64))).unwrap_or_default();
        writeln!(out, "| {} | {:.1} | {loaded} |", size.component, kilobytes(size.bytes as f64))?;
    }
    Ok(())
}

/// Rows and what they are multiples of.
fn rows(out: &mut String, rows: &[Row], bases: &[&str]) -> std::fmt::Result {
    write!(out, "| task | way | median µs | p99 µs | p99 ÷ median |")?;
    bases.iter().try_for_each(|base| write!(out, " × {base} |"))?;
    writeln!(out, "\n| --- | --- | ---: | ---: | ---: |{}", " ---: |".repeat(bases.len()))?;
    for row in rows {
        let (median, p99) = (short(row.median_micros), short(row.p99_micros));
        write!(out, "| {} | {} | {median} | {p99} | {:.1} |", row.task, row.name, row.tail())?;
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

/// How much others disturb a decision, at the median and at the slowest in a hundred.
fn beside(out: &mut String, rows: &[Row]) -> std::fmt::Result {
    let quiet = neighbour::QUIET;
    writeln!(out, "\n| task | way | median µs | p99 µs | × {quiet} | p99 × {quiet} |")?;
    writeln!(out, "| --- | --- | ---: | ---: | ---: | ---: |")?;
    for row in rows {
        let (median, p99) = (short(row.median_micros), short(row.p99_micros));
        let times = |times: Option<f64>| times.map(|times| format!("{times:.2}")).unwrap_or_default();
        let (at_median, at_p99) =
            (times(row.times_of.first().copied().flatten()), times(neighbour::p99_ratio(rows, row)));
        writeln!(out, "| {} | {} | {median} | {p99} | {at_median} | {at_p99} |", row.task, row.name)?;
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
