//! The decision as a program that reads a document from stdin and writes its answer to stdout, which is what a Shopify
//! Function is.

use std::io::{Read, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let mut document = Vec::new();
    std::io::stdin().read_to_end(&mut document).map_err(|error| error.to_string())?;
    let answer = decision::decide(&document)?;
    std::io::stdout().write_all(&answer).map_err(|error| error.to_string())
}
