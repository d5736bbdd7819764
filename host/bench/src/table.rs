//! The results for people, as tables in Markdown.

use std::fmt::Write;

use crate::report::Report;

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
    writeln!(out, "\n\n| lines | pricing a cart | median µs | p99 µs | × bare wasmtime | × engine |")?;
    writeln!(out, "| ---: | --- | ---: | ---: | ---: | ---: |")?;
    for row in &report.decisions {
        writeln!(
            out,
            "| {} | {} | {} | {} | {:.2} | {:.2} |",
            row.lines,
            row.name,
            short(row.median_micros),
            short(row.p99_micros),
            row.of_bare,
            row.of_engine
        )?;
    }
    writeln!(out, "\n| decisions per second, 10 lines | 1 thread | 2 threads | × |\n| --- | ---: | ---: | ---: |")?;
    for row in &report.throughput {
        writeln!(out, "| {} | {:.0} | {:.0} | {:.2} |", row.name, row.one_thread, row.two_threads, row.gain)?;
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
