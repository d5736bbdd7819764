//! The table of everything that is tried, for readers.

use std::fmt::Write;

use crate::case::Case;

/// The table.
pub(crate) fn of(cases: &[Case]) -> String {
    let mut out = String::from(
        "# Hostile components\n\n\
         What `cargo test -p boomerang-engine --test hostile` tries, and what must come of it. Written by that test: run it \
         with `BLESS=1` after a change.\n",
    );
    let mut class = "";
    for case in cases {
        if case.class != class {
            class = case.class;
            let count = cases.iter().filter(|case| case.class == class).count();
            // Writing to a string cannot fail.
            let _ = write!(out, "\n## {class}: {count}\n\n| name | what it tries | verdict |\n| --- | --- | --- |\n");
        }
        let _ = writeln!(out, "| {} | {} | {} |", case.name, case.tries, case.verdict);
    }
    let _ = write!(out, "\n{} components in all.\n", cases.len());
    out
}
