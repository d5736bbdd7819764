//! What the benchmark says on stdin and is told on stdout, as lines of JSON: first what can be asked and by whom, then one
//! [`Turn`] and one [`Done`] after the other until stdin ends.

use std::io::{BufRead, Write, stdin, stdout};

use anyhow::{Context, Result};
use decision::document::{Asked, Made};
use serde::{Deserialize, Serialize};

/// What to do next.
#[derive(Deserialize)]
pub(crate) struct Turn {
    /// Which way, by its place among the names.
    pub(crate) way: usize,
    /// Which document, by its place among those of the first line.
    document: usize,
    pub(crate) calls: usize,
}

/// How it went.
#[derive(Default, Serialize)]
pub(crate) struct Done {
    /// Microseconds of each call.
    pub(crate) micros: Vec<f64>,
    /// The last answer.
    pub(crate) made: Vec<Made>,
}

/// Reads the documents, says who there is, and lets `take` do one turn after the other.
pub(crate) fn serve(names: &[&str], mut take: impl FnMut(&Asked, &Turn) -> Result<Done>) -> Result<()> {
    let mut lines = stdin().lock().lines();
    let documents = lines.next().context("no documents on stdin: the benchmark starts this program")??;
    let documents: Vec<Asked> = serde_json::from_str(&documents)?;
    say(&names)?;
    for line in lines {
        let turn: Turn = serde_json::from_str(&line?)?;
        let asked = documents.get(turn.document).context("there is no such document")?;
        say(&take(asked, &turn)?)?;
    }
    Ok(())
}

fn say(value: &impl Serialize) -> Result<()> {
    let mut out = stdout().lock();
    serde_json::to_writer(&mut out, value)?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}
