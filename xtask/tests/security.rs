//! SECURITY.md names a test for every control. Each of them exists.

use std::fs;
use std::path::Path;

/// The rows of the tables: attack, control, file and name of the test.
fn rows(text: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut rows = Vec::new();
    let mut is_of_attacks = false;
    for line in text.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        is_of_attacks = line.starts_with('|') && (is_of_attacks || cells[0] == "attack");
        if !is_of_attacks || cells.len() != 3 || cells[0] == "attack" || cells[0].starts_with("---") {
            continue;
        }
        let tests = cells[2].split("<br>").map(|test| {
            let test = test.trim().trim_matches('`');
            let (file, name) = test.split_once("::").unwrap_or_else(|| panic!("{test:?} is no `file::test`"));
            (file.to_owned(), name.to_owned())
        });
        rows.push((cells[0].to_owned(), tests.collect()));
    }
    rows
}

#[test]
fn every_control_has_a_test_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let rows = rows(&fs::read_to_string(root.join("SECURITY.md")).unwrap());
    assert!(rows.len() >= 40, "{} rows", rows.len());
    let mut missing = Vec::new();
    for (attack, tests) in &rows {
        for (file, name) in tests {
            let text = fs::read_to_string(root.join(file)).unwrap_or_default();
            let is_there = text.match_indices(&format!("fn {name}(")).any(|(at, _)| {
                // An attribute before it says that it is run.
                text[..at]
                    .lines()
                    .rev()
                    .take(8)
                    .any(|line| line.trim_start().starts_with("#[") && line.contains("test"))
            });
            if !is_there {
                missing.push(format!("{attack}: {file}::{name}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn a_row_without_a_test_is_found() {
    let text = "| attack | control | test |\n| --- | --- | --- |\n| a | b | `x.rs::y`<br>`z.rs::w` |\n";
    let both = [("x.rs".to_owned(), "y".to_owned()), ("z.rs".to_owned(), "w".to_owned())];
    assert_eq!(rows(text), [("a".to_owned(), both.to_vec())]);
}
