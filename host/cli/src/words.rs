//! What is said about a component, for people.

use std::fmt::Write as _;

use boomerang_engine::{Inspection, Point};

/// What a component is, does and asks for, in a few lines.
pub(crate) fn describe(inspection: &Inspection) -> String {
    let manifest = &inspection.manifest;
    let mut text = String::new();
    let mut line = |words: std::fmt::Arguments<'_>| {
        // Writing to a string cannot fail.
        let _ = text.write_fmt(words);
        text.push('\n');
    };
    line(format_args!("{} {} ({})", manifest.name, manifest.version, manifest.id));
    line(format_args!("{}", manifest.summary));
    line(format_args!("\nIt can:"));
    for point in &inspection.points {
        line(format_args!("  {:<20} {}", point.id(), point.describe()));
    }
    line(format_args!("\nIt asks the merchant to let it:"));
    let asked: Vec<_> = inspection.capabilities.iter().filter(|capability| !capability.is_always_granted()).collect();
    for capability in &asked {
        line(format_args!("  {:<20} {}", capability.id(), capability.describe()));
    }
    if asked.is_empty() {
        line(format_args!("  nothing"));
    }
    if !manifest.attributes.is_empty() {
        line(format_args!("\nOf what is noted on carts it also sees: {}", manifest.attributes.join(", ")));
    }
    if !inspection.wasi.is_empty() {
        let count = inspection.wasi.len();
        line(format_args!(
            "\nIt uses a standard library: {count} WASI interfaces, answered without files, network or clocks."
        ));
    }
    for entry in &manifest.schedule {
        line(format_args!("\nScheduled: {} {}", entry.name, entry.every));
    }
    for report in &manifest.reports {
        line(format_args!("\nReport: {} ({})", report.title, report.id));
    }
    line(format_args!("\n{:.1} kB, sha256 {}", inspection.size as f64 / 1000.0, inspection.digest));
    text
}

/// The ids of points, for a sentence.
pub(crate) fn list(points: &[Point]) -> String {
    points.iter().map(|point| point.id()).collect::<Vec<_>>().join(", ")
}
